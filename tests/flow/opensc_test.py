# SPDX-License-Identifier: Apache-2.0
"""Conformance: OpenSC, which knows nothing of us, uses the simulated card through stock pcscd and Debian's stock vpcd driver.

Every command and outcome: reference/virtual-card.md §6. vpcd is fetched and unpacked privately, never installed: its own
configuration would open a port without authentication on every address. It listens inside a network namespace with nothing
in it but loopback; pcscd and the card live there with it. OpenSC reaches pcscd by its socket.
"""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import types

import pytest
from pcscd import start_pcscd, wait_for_card

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "downloads"
COMMAND_SECONDS = 180
FETCH_SECONDS = 120
VPCD_PORT = 35963
PERSON = "hanako-genki"
MODULE = next(pathlib.Path("/usr/lib").glob("*/opensc-pkcs11.so"), "opensc-pkcs11.so")
CONFIGURATION = "app default {{ {driver} framework pkcs15 {{ use_file_caching = no; }} }}\n"
SELECT_JPKI = "00A4040C0AD392F000260100000001"


@pytest.fixture(scope="module")
def vpcd_driver():
    """libifdvpcd.so out of the Debian package, as a file of its own."""
    driver = CACHE / "vsmartcard-vpcd" / "libifdvpcd.so"
    if not driver.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-q", "vsmartcard-vpcd"], cwd=CACHE, check=True, timeout=FETCH_SECONDS)
        package = sorted(CACHE.glob("vsmartcard-vpcd_*.deb"))[-1]
        unpacked = CACHE / "vsmartcard-vpcd"
        subprocess.run(["dpkg-deb", "-x", package, unpacked], check=True, timeout=COMMAND_SECONDS)
        fresh = driver.with_suffix(".new")
        shutil.copyfile(unpacked / "usr/lib/pcsc/drivers/serial/libifdvpcd.so", fresh)
        fresh.rename(driver)
    return driver


@pytest.fixture(scope="module")
def card_state(run, build):
    state = run.directory / "opensc-cards"
    run.call("opensc-init", [build.program("madoguchi-virtual-card"), "init", "--state", state,
                             "--people", ROOT / "tests" / "simulators" / "people"], timeout=COMMAND_SECONDS)
    return state


@contextlib.contextmanager
def network_of_its_own():
    """-> the beginning of a command line that runs inside. The namespace lives as long as the process that holds it."""
    user = [] if os.geteuid() == 0 else ["-r"]
    holder = subprocess.Popen(["/usr/bin/unshare", *user, "-n", "--", "/bin/sh", "-c", "ip link set lo up && echo up && exec cat"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "up\n"
        inside = ["-U", "--preserve-credentials"] if user else []
        yield ["/usr/bin/nsenter", "-t", str(holder.pid), *inside, "-n", "--"]
    finally:
        holder.stdin.close()
        holder.wait(COMMAND_SECONDS)
        holder.stdout.close()


@pytest.fixture
def opensc(run, build, vpcd_driver, card_state, tmp_path):
    """A fresh pcscd with a fresh card; -> call(*argv, forced=False, fails=False), which gives standard output and error as one."""
    log = run.directory / "opensc.apdus"
    log.unlink(missing_ok=True)
    (tmp_path / "auto.conf").write_text(CONFIGURATION.format(driver=""))
    (tmp_path / "forced.conf").write_text(CONFIGURATION.format(driver="card_drivers = jpki;"))
    pcsc = run.directory / "opensc-pcsc"
    pcsc.mkdir(exist_ok=True)
    with network_of_its_own() as inside:
        pcscd = start_pcscd(pcsc, [("Virtual PCD", f"/dev/null:{VPCD_PORT}")], vpcd_driver,
                            lambda argv, **options: run.spawn("opensc-pcscd", [*inside, *argv], **options))
        card = run.spawn("opensc-card", [
            *inside, build.program("madoguchi-virtual-card"), "run", "--state", card_state, "--person", PERSON, "--port", "vpcd",
            "--pin", "1234", "--tries", "3", "--apdu-log", log])

        def call(*argv, forced=False, fails=False):
            log.write_text("")
            ended = subprocess.run(
                [str(part) for part in argv], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, timeout=COMMAND_SECONDS,
                env={**os.environ, "LC_ALL": "C.UTF-8", "PCSCLITE_CSOCK_NAME": str(pcscd.socket),
                     "OPENSC_CONF": str(tmp_path / ("forced.conf" if forced else "auto.conf"))})
            assert (ended.returncode != 0) == fails, f"{argv}: exit {ended.returncode}\n{ended.stdout}"
            return ended.stdout

        try:
            wait_for_card(pcscd.socket, COMMAND_SECONDS)
            yield types.SimpleNamespace(
                call=call, directory=tmp_path, state=card_state,
                apdus=lambda: log.read_text().splitlines(),
                status_words=lambda: [line.split()[4] for line in log.read_text().splitlines()])
        finally:
            for process in (card, pcscd.process):
                process.terminate()
                process.wait(COMMAND_SECONDS)


def pem_of(text):
    return re.search(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", text, re.DOTALL).group()


def der_of(pem):
    return subprocess.run(["openssl", "x509", "-outform", "DER"], input=pem.encode(), capture_output=True, check=True).stdout


def answers_of(text):
    """What `opensc-tool -s` received, one bytes object per APDU, from its hex dump of 16 bytes a line."""
    blocks = re.findall(r"Received \(SW1=0x90, SW2=0x00\)(?::\n((?:(?:[0-9A-F]{2} ){1,16}[^\n]*\n)+))?", text)
    return [b"".join(bytes.fromhex(re.match(r"(?:[0-9A-F]{2} )+", line[:48]).group()) for line in block.splitlines())
            for block in blocks]


def certificate_on_card(opensc):
    """Read byte by byte as it lies on the card, filler left out."""
    reads = [part for offset in range(0, 2048, 128) for part in ("-s", f"00B0{offset:04X}80")]
    content = b"".join(answers_of(opensc.call("opensc-tool", "-s", SELECT_JPKI, "-s", "00A4020C02000A", *reads, forced=True)))
    assert content[:2] == b"\x30\x82"
    return content[:int.from_bytes(content[2:4], "big") + 4]


def public_key(opensc):
    path = opensc.directory / "public.pem"
    pem = pem_of(opensc.call("pkcs15-tool", "--read-certificate", "1"))
    path.write_bytes(subprocess.run(["openssl", "x509", "-pubkey", "-noout"], input=pem.encode(), capture_output=True,
                                    check=True).stdout)
    return path


def test_the_reader_and_its_card_are_listed(opensc):
    listing = opensc.call("opensc-tool", "-l")
    assert re.search(r"^0 +Yes +Virtual PCD 00 00$", listing, re.M), listing
    assert re.search(r"^1 +No +Virtual PCD 00 01$", listing, re.M), listing
    assert opensc.apdus() == []


def test_the_card_is_recognised_among_all_drivers(opensc):
    assert "jpki" in opensc.call("opensc-tool", "-n").splitlines()
    assert len(opensc.apdus()) > 20, "foreign applications were looked for first"
    assert "jpki" in opensc.call("opensc-tool", "-c", "jpki", "-n").splitlines()
    assert len(opensc.apdus()) == 1


def test_the_atr_is_that_of_a_contactless_card(opensc):
    assert "3b:88:80:01:00:00:05:e0:b3:81:a1:00:7f" in opensc.call("opensc-tool", "-a")


def test_the_whole_card_is_shown(opensc):
    dump = opensc.call("pkcs15-tool", "-D")
    for kind, count in (("PIN", 2), ("Private RSA Key", 2), ("X.509 Certificate", 4)):
        assert len(re.findall(rf"^{re.escape(kind)} \[", dump, re.M)) == count, f"{kind}\n{dump}"
    assert re.findall(r"Tries left +: (\d)", dump) == ["3", "5"]


def test_the_tries_left_are_live(opensc):
    assert re.findall(r"Tries left +: (\d)", opensc.call("pkcs15-tool", "--list-pins")) == ["3", "5"]
    opensc.call("pkcs15-tool", "--verify-pin", "--auth-id", "1", "--pin", "0000", fails=True)
    assert re.findall(r"Tries left +: (\d)", opensc.call("pkcs15-tool", "--list-pins")) == ["2", "5"]


def test_free_certificates_are_read_byte_by_byte_as_they_are(opensc):
    assert der_of(pem_of(opensc.call("pkcs15-tool", "--read-certificate", "1"))) == certificate_on_card(opensc)
    issuers = [pem_of(opensc.call("pkcs15-tool", "--read-certificate", number)) for number in ("3", "4")]
    ours = {pem_of(path.read_text()) for path in (opensc.state / "ca").glob("*.pem")}
    assert set(issuers) <= ours and len(set(issuers)) == 2


def test_the_signature_certificate_needs_its_password(opensc):
    # OpenSC's own words for this are about an offset, so the card's status word is looked at.
    opensc.call("pkcs15-tool", "--read-certificate", "2", fails=True)
    assert "6982" in opensc.status_words()
    given = opensc.call("pkcs15-tool", "--verify-pin", "--auth-id", "2", "--pin", "ABC123", "--read-certificate", "2")
    assert b"JPKI-SIMULATOR for digital signature" in der_of(pem_of(given))


def test_openscs_public_key_command_fails_as_it_does_with_a_real_card(opensc):
    opensc.call("pkcs15-tool", "--read-public-key", "1", fails=True)


@pytest.mark.parametrize("forced", [False, True], ids=["found", "forced"])
def test_pkcs15_crypt_signs_what_openssl_verifies(opensc, forced):
    (opensc.directory / "text").write_bytes(b"to be signed")
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary", "text"], cwd=opensc.directory, capture_output=True,
                            check=True).stdout
    (opensc.directory / "hash").write_bytes(digest)
    opensc.call("pkcs15-crypt", "--sign", "--key", "1", "--pin", "1234", "--sha-256", "--pkcs1", "-f", "openssl", "-i", "hash",
                "-o", "signature", forced=forced)
    assert any(" 9000 " in line and line.split()[1] == "802a0080" for line in opensc.apdus())
    verify(opensc, "sha256")


def verify(opensc, digest, *options):
    key = public_key(opensc)
    ended = subprocess.run(["openssl", "dgst", f"-{digest}", "-verify", key, *options, "-signature", "signature", "text"],
                           cwd=opensc.directory, capture_output=True, text=True)
    assert ended.stdout == "Verified OK\n", ended


def pkcs11(opensc, *arguments, **options):
    return opensc.call("pkcs11-tool", "--module", MODULE, *arguments, **options)


def test_pkcs11_shows_two_tokens_with_their_pins(opensc):
    listing = pkcs11(opensc, "-L")
    assert re.findall(r"pin min/max +: (\d+/\d+)", listing) == ["4/4", "6/16"], listing


def test_pkcs11_shows_the_private_key_only_after_login(opensc):
    before = pkcs11(opensc, "-O")
    assert before.count("Certificate Object") == 3 and before.count("Public Key Object") == 3, before
    assert "Private Key Object" not in before
    after = pkcs11(opensc, "--login", "--pin", "1234", "-O")
    assert after.count("Private Key Object") == 1, after


@pytest.mark.parametrize("forced", [False, True], ids=["found", "forced"])
def test_pkcs11_signs_with_a_digest(opensc, forced):
    (opensc.directory / "text").write_bytes(b"to be signed")
    pkcs11(opensc, "--login", "--pin", "1234", "--sign", "--id", "01", "--mechanism", "SHA256-RSA-PKCS", "-i", "text", "-o",
           "signature", forced=forced)
    verify(opensc, "sha256")


def test_pkcs11_signs_what_it_is_given(opensc):
    # RSA-PKCS leaves hashing and DigestInfo to the caller: the card pads these very bytes.
    (opensc.directory / "text").write_bytes(b"any bytes")
    pkcs11(opensc, "--login", "--pin", "1234", "--sign", "--id", "01", "--mechanism", "RSA-PKCS", "-i", "text", "-o", "signature")
    recovered = subprocess.run(["openssl", "pkeyutl", "-verifyrecover", "-pubin", "-inkey", public_key(opensc), "-in", "signature",
                                "-pkeyopt", "rsa_padding_mode:pkcs1"], cwd=opensc.directory, capture_output=True, check=True)
    assert recovered.stdout == b"any bytes"


def test_pkcs11_says_that_a_pin_is_incorrect(opensc):
    (opensc.directory / "text").write_bytes(b"to be signed")
    told = pkcs11(opensc, "--login", "--pin", "9999", "--sign", "--id", "01", "--mechanism", "SHA256-RSA-PKCS", "-i", "text", "-o",
                  "signature", fails=True)
    assert "CKR_PIN_INCORRECT" in told
    assert re.findall(r"Tries left +: (\d)", opensc.call("pkcs15-tool", "--list-pins"))[0] == "2"


def test_three_wrong_pins_block_and_the_fourth_is_told_so(opensc):
    wrong = ("pkcs15-tool", "--verify-pin", "--auth-id", "1", "--pin", "0000")
    for _ in range(3):
        assert "PIN code or key incorrect" in opensc.call(*wrong, fails=True)
    assert "Reference data not usable" in opensc.call(*wrong, fails=True)
    assert "6984" in opensc.status_words()
    assert re.findall(r"Tries left +: (\d)", opensc.call("pkcs15-tool", "--list-pins")) == ["0", "5"]
