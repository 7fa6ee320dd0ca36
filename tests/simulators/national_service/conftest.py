# SPDX-License-Identifier: Apache-2.0
"""What the tests here share: card authorities and cards, the running program, and a clinic that talks to it."""
import json
import pathlib
import shutil
import subprocess
import sys
import types

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import clinic_side  # noqa: E402 (found through the path above)
from clinic_side import ACCOUNTS, DAY, NOW, PROGRAM, SHIPPED_PEOPLE, START_SECONDS, CardAuthority, Clinic, Program  # noqa: E402

SHARED_UNREGISTERED = "unregistered-one"


@pytest.fixture(scope="session")
def authorities():
    return types.SimpleNamespace(first=CardAuthority(), second=CardAuthority(), foreign=CardAuthority())


@pytest.fixture(scope="session")
def cards(authorities):
    first, second = authorities.first, authorities.second
    return types.SimpleNamespace(
        good=first.card("hanako-genki"), shift_jis=first.card("kokuho-taro"), of_second=second.card("hanako-genki"),
        of_nobody=first.card("nobody-here"), unregistered=first.card("nanako-mitouroku"),
        shared_unregistered=first.card(SHARED_UNREGISTERED), foreign=authorities.foreign.card("hanako-genki"),
        revoked=first.card("saburo-shikkou"), revoked_of_second=second.card("saburo-shikkou"),
        expired=first.card("hanako-genki", NOW - 9 * DAY, NOW - DAY),
        early=first.card("hanako-genki", NOW + DAY, NOW + 9 * DAY),
        for_signing=first.card("hanako-genki", policy=clinic_side.SIGNATURE_POLICY),
        of_an_issuer=first.card("hanako-genki", may_issue=True),
        anchor=first.certificate.public_bytes(clinic_side.serialization.Encoding.DER))


@pytest.fixture(scope="session")
def tls(tmp_path_factory):
    directory = tmp_path_factory.mktemp("tls")
    subprocess.run([PROGRAM, "make-tls", "--directory", directory], check=True, timeout=START_SECONDS)
    return directory


@pytest.fixture(scope="session")
def card_ca(tmp_path_factory, authorities, cards):
    directory = tmp_path_factory.mktemp("card-ca")
    first, second = authorities.first, authorities.second
    (directory / "anchors.pem").write_bytes(clinic_side.pem(first.certificate) + clinic_side.pem(second.certificate))
    # A third list bears the anchors' name and revokes the good card, but no anchor signed it.
    (directory / "crl.pem").write_bytes(first.revocations(cards.revoked) + second.revocations()
                                        + first.revocations(cards.good, key=authorities.foreign.key))
    return directory


@pytest.fixture
def files(tmp_path):
    """What a test may change: people, accounts, faults."""
    shutil.copytree(SHIPPED_PEOPLE, tmp_path / "people")
    (tmp_path / "accounts.json").write_text(json.dumps(ACCOUNTS))
    (tmp_path / "faults.json").write_text("{}")
    return types.SimpleNamespace(directory=tmp_path, people=tmp_path / "people", accounts=tmp_path / "accounts.json",
                                 faults=tmp_path / "faults.json")


@pytest.fixture
def start(files, card_ca, tls):
    started = []

    def run(*options, people=files.people, card_ca=card_ca):
        program = Program(files.directory, people, card_ca, tls, files.accounts, *options)
        started.append(program)
        return program

    yield run
    for program in started:
        program.stop()


@pytest.fixture
def program(start, files):
    return start("--faults", files.faults)


@pytest.fixture
def clinic(program):
    made = Clinic(program)
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_clinic(tmp_path_factory, card_ca, tls):
    """For tests that leave no mark. The shipped persons have plain good cards here; SHARED_UNREGISTERED has not."""
    directory = tmp_path_factory.mktemp("shared")
    shutil.copytree(SHIPPED_PEOPLE, directory / "people", ignore=shutil.ignore_patterns("*.card"))
    (directory / "people" / f"{SHARED_UNREGISTERED}.xml").write_text("<XmlMsg><MessageHeader/></XmlMsg>")
    (directory / "people" / f"{SHARED_UNREGISTERED}.card").write_text("# as people write it\nregistered = false\n")
    (directory / "accounts.json").write_text(json.dumps(ACCOUNTS))
    program = Program(directory, directory / "people", card_ca, tls, directory / "accounts.json")
    clinic = Clinic(program)
    yield clinic
    clinic.close()
    program.stop()
