# SPDX-License-Identifier: Apache-2.0
"""Links: TLS 1.3 only, mutual, no trust on first use, no proxy, one agent per host."""
import os
import socket
import ssl
import subprocess
import threading

import pytest
from clinic import fed
from conftest import PIN

HANDSHAKE_SECONDS = 60


def handshake(port, version, root, client=None):
    """-> the TLS version agreed on, after a byte has gone through. ssl.SSLError or OSError when refused."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = context.maximum_version = version
    context.load_verify_locations(root)
    context.set_alpn_protocols(["h2"])
    if client:
        context.load_cert_chain(*client)
    with socket.create_connection(("127.0.0.1", port), timeout=HANDSHAKE_SECONDS) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secured:
            secured.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
            if not secured.recv(1):
                raise OSError("closed without an answer")
            return secured.version()


@pytest.fixture
def desk_files(bench, shared_desk):
    return bench.clinic.desk_files(shared_desk)


@pytest.mark.parametrize("listener", ["desk_port", "enrolment_port"])
def test_a_tls_1_2_client_is_refused_where_a_tls_1_3_client_is_served(bench, desk_files, listener):
    certificate, key = desk_files
    port, root = bench.clinic.server.ports[listener], bench.clinic.root_file
    assert handshake(port, ssl.TLSVersion.TLSv1_3, root, (certificate, key)) == "TLSv1.3"
    with pytest.raises(OSError):
        handshake(port, ssl.TLSVersion.TLSv1_2, root, (certificate, key))


@pytest.mark.parametrize("listener", ["desk_port", "enrolment_port", "telemetry_port"])
def test_openssl_with_tls_1_2_gets_no_connection(bench, desk_files, listener):
    certificate, key = desk_files
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{bench.clinic.server.ports[listener]}", "-tls1_2",
                           "-CAfile", bench.clinic.root_file, "-cert", certificate, "-key", key], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=HANDSHAKE_SECONDS)
    assert done.returncode != 0
    assert "Cipher is (NONE)" in done.stdout


def test_the_desk_listener_wants_a_certificate(bench):
    with pytest.raises(OSError):
        handshake(bench.clinic.server.ports["desk_port"], ssl.TLSVersion.TLSv1_3, bench.clinic.root_file)


def test_a_certificate_of_another_authority_is_refused_by_the_desk_listener(bench, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                    "-out", certificate, "-subj", "/CN=desk", "-days", "2"], check=True, capture_output=True, timeout=60)
    with pytest.raises(OSError):
        handshake(bench.clinic.server.ports["desk_port"], ssl.TLSVersion.TLSv1_3, bench.clinic.root_file, (certificate, key))


def test_a_desk_with_another_root_sends_nothing(bench, shared_desk, tmp_path):
    """The server is not the pinned facility's: no hello, no press reaches it."""
    import shutil
    import stolen_server
    directory = bench.clinic.run.directory / "desk-other-root"
    shutil.copytree(shared_desk.directory, directory)
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                    "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"],
                   check=True, capture_output=True, timeout=60)
    readers = bench.readers()
    bench.card(readers.ports[0])
    with stolen_server.StolenServer(key.read_bytes(), certificate.read_bytes(), bench.clinic.root_file.read_bytes(),
                                    stolen_server.script(stolen_server.read_file(6))) as impostor:
        answer = bench.check(shared_desk, readers, server=impostor)
        assert answer.is_refused("SERVER_NOT_TRUSTED") or answer.is_refused("SERVER_UNREACHABLE"), answer
        assert not impostor.presses


def test_an_enrolment_token_works_once(bench):
    from clinic import INSTITUTION, Desk
    from run import RunError
    import json
    added = json.loads(bench.clinic.server_command("add-desk", "--name", "受付", "--institution", INSTITUTION, "--account",
                                                   "W8000001"))
    for number in (1, 2):
        desk = Desk("受付", added["desk_id"], f"W800000{number}", bench.clinic.run.directory / f"desk-token-{number}")
        if number == 1:
            bench.clinic.enrol(desk, added["token"], bench.clinic.server)
        else:
            with pytest.raises(RunError, match="1801|ENROLMENT_TOKEN_INVALID"):
                bench.clinic.enrol(desk, added["token"], bench.clinic.server)


def test_a_second_agent_on_this_host_does_not_start(bench):
    desk, readers = bench.desk(), bench.readers()
    first = bench.start_check(desk, readers, "--wait", "60")
    bench.wait_until_connected(desk, first)
    assert bench.check(desk, readers).is_refused("SECOND_AGENT")
    first.kill()
    first.wait()
    bench.card(readers.ports[0])
    assert bench.check(desk, readers).ok, "a killed agent leaves no lock behind"


def test_a_proxy_in_the_environment_is_not_asked(bench, shared_desk):
    asked = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen():
        try:
            while True:
                connection, _ = listener.accept()
                asked.append(connection.recv(64))
                connection.close()
        except OSError:
            return

    threading.Thread(target=listen, daemon=True).start()
    proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
    names = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "grpc_proxy", "all_proxy", "ALL_PROXY")
    readers = bench.readers()
    bench.card(readers.ports[0])
    answer = bench.check(shared_desk, readers, env={name: proxy for name in names} | {"no_proxy": "", "NO_PROXY": ""})
    listener.close()
    assert answer.ok, answer
    assert not asked


def test_an_unreachable_server_is_said_plainly(bench, shared_desk):
    class Nowhere:
        address = "localhost:1"

    readers = bench.readers()
    bench.card(readers.ports[0])
    assert bench.check(shared_desk, readers, server=Nowhere).is_refused("SERVER_UNREACHABLE")


def test_a_desk_without_identity_is_told_to_enrol(bench, shared_desk, tmp_path):
    from clinic import Desk
    readers = bench.readers()
    desk = Desk("受付", "", "W0000000", bench.clinic.run.directory / "desk-empty")
    desk.directory.mkdir(mode=0o700)
    answer = bench.check(desk, readers)
    assert answer.is_refused("DESK_IDENTITY_MISSING") or answer.is_refused("FACILITY_ROOT_MISSING"), answer


@pytest.mark.parametrize("pin", ["", "123", "12345", "12a4", "１２３４"], ids=["empty", "short", "long", "letter", "wide_digits"])
def test_a_pin_that_is_not_four_digits_never_leaves_the_desk(bench, shared_desk, pin):
    readers = bench.readers()
    card = bench.card(readers.ports[0])
    answer = bench.check(shared_desk, readers, pin=pin)
    assert answer.is_refused("PIN_FORMAT_INVALID"), answer
    assert not bench.verifies(card)
