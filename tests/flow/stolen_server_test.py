# SPDX-License-Identifier: Apache-2.0
"""A server that was taken over tries every command the policy of the desk forbids. None may reach the card: the card's own
log of commands is the judge."""
import subprocess

import pytest
from conftest import ERRORS, PIN
from stolen_server import StolenServer, read_file, script, transmit

AP = "d392f000260100000001"
TEXT_AP = "d3921000310001010408"
SELECT_AP = transmit("00a4040c", literal=AP)
SELECT_PIN = transmit("00a4020c", literal="0018")
SELECT_KEY = transmit("00a4020c", literal="0017")
VERIFY_SLOT = transmit("00200080", pin=True)
CHALLENGE = bytes(range(32))
SIGN = transmit("802a0080", challenge=CHALLENGE, expected=256)
OPENING = script(SELECT_AP, read_file(0x0006, 256), read_file(0x000A, 4096, der_length=True))
PROOF = script(SELECT_PIN, VERIFY_SLOT, SELECT_KEY, SIGN, last=True)

# name → (steps after SELECT of the application, what must not be in the card's log)
IN_THE_OPENING = {
    "select_another_application": ([transmit("00a4040c", literal=TEXT_AP)], "00A4040C0A" + TEXT_AP.upper()),
    "read_the_signature_certificate": ([read_file(0x0001)], "00A4020C020001"),
    "read_the_signature_ca_certificate": ([read_file(0x0002)], "00A4020C020002"),
    "read_an_unknown_file": ([read_file(0x0005)], "00A4020C020005"),
    "read_by_bare_apdu": ([transmit("00b08a00", expected=256)], "00B08A00"),
    "verify_with_literal_bytes": ([SELECT_PIN, transmit("00200080", literal="31323334")], "0020008004"),
    "verify_by_short_identifier": ([transmit("00200098", literal="31323334")], "00200098"),
    "verify_from_the_pin_slot_without_a_press": ([SELECT_PIN, VERIFY_SLOT], "0020008004"),
    "look_at_the_signature_password": ([transmit("00a4020c", literal="001b")], "00A4020C02001B"),
    "verify_the_signature_password": ([transmit("0020009b", literal="414243313233")], "0020009B"),
    "change_the_pin": ([SELECT_PIN, transmit("00240180", literal="35363738")], "00240180"),
    "reset_the_retry_counter": ([SELECT_PIN, transmit("002c0080", literal="3536373831323334")], "002C0080"),
    "sign_without_a_press": ([SELECT_KEY, SIGN], "802A0080"),
    "select_the_signature_key": ([transmit("00a4020c", literal="001a")], "00A4020C02001A"),
    "get_challenge_without_sight": ([transmit("00840000", expected=8)], "00840000"),
    "external_authenticate_without_sight": ([transmit("00820000", literal="00" * 8)], "00820000"),
    "verifier_certificate": ([transmit("80a20000", literal="00" * 32)], "80A2"),
    "get_data": ([transmit("00cadf30", expected=256)], "00CADF30"),
    "update_binary": ([transmit("00d60000", literal="00")], "00D60000"),
    "erase_binary": ([transmit("000e0000")], "000E0000"),
    "manage_channel": ([transmit("00700000", expected=1)], "00700000"),
    "another_logical_channel": ([transmit("01a4040c", literal=AP)], "01A4040C"),
    "secure_messaging": ([transmit("0ca4040c", literal=AP)], "0CA4040C"),
    "select_the_master_file": ([transmit("00a40000", literal="3f00")], "00A40000"),
    "get_response": ([transmit("00c00000", expected=256)], "00C00000"),
}

# name → (proof scripts, what must not be in the log, how often something else may be there at most)
AFTER_A_PRESS = {
    "sign_before_the_pin": ([script(SELECT_KEY, SIGN)], "802A", 0),
    "sign_with_the_signature_key": ([script(SELECT_PIN, VERIFY_SLOT, transmit("00a4020c", literal="001a"), SIGN)], "001A", 0),
    "sign_by_short_identifier": ([script(SELECT_PIN, VERIFY_SLOT, transmit("802a0097", challenge=CHALLENGE, expected=256))],
                                 "802A0097", 0),
    "sign_by_short_identifier_of_the_signature_key": (
        [script(SELECT_PIN, VERIFY_SLOT, transmit("802a009a", challenge=CHALLENGE, expected=256))], "802A009A", 0),
    "sign_literal_bytes": ([script(SELECT_PIN, VERIFY_SLOT, SELECT_KEY, transmit("802a0080", literal="00" * 51, expected=256))],
                           "802A0080", 0),
    "sign_with_another_padding": (
        [script(SELECT_PIN, VERIFY_SLOT, SELECT_KEY, transmit("802a0380", challenge=CHALLENGE, expected=256))], "802A0380", 0),
    "sign_twice_in_one_script": ([script(SELECT_PIN, VERIFY_SLOT, SELECT_KEY, SIGN, SIGN)], "802A0080", 1),
    "sign_again_in_a_second_script": ([PROOF, script(SELECT_AP, SELECT_KEY, SIGN)], "802A0080", 1),
    "verify_twice": ([script(SELECT_PIN, transmit("00200080", 0x9000, 0x63C2, pin=True), VERIFY_SLOT)], "0020008004", 1),
    "verify_again_in_a_second_script": ([script(SELECT_PIN, VERIFY_SLOT), script(SELECT_AP, SELECT_PIN, VERIFY_SLOT)],
                                        "0020008004", 1),
    "pin_slot_in_another_command": ([script(SELECT_PIN, transmit("00d60000", pin=True))], "00D60000", 0),
    "pin_slot_for_the_signature_password": (
        [script(transmit("00a4020c", literal="001b"), VERIFY_SLOT)], "0020008004", 0),
    "challenge_in_another_command": ([script(SELECT_PIN, VERIFY_SLOT, transmit("00880000", challenge=CHALLENGE, expected=256))],
                                     "00880000", 0),
    "change_the_pin_after_verify": ([script(SELECT_PIN, VERIFY_SLOT, transmit("00240180", literal="35363738"))], "002401", 0),
    "another_application_after_verify": ([script(SELECT_PIN, VERIFY_SLOT, transmit("00a4040c", literal=TEXT_AP))],
                                         TEXT_AP.upper(), 0),
    "get_challenge_without_sight": ([script(transmit("00840000", expected=8))], "00840000", 0),
}


def run_against(bench, desk, stolen, *options):
    """One check against the stolen server. -> (answer, the card's commands as hex without spaces)"""
    readers = bench.readers()
    card = bench.card(readers.ports[0])
    answer = bench.check(desk, readers, *options, server=stolen)
    return answer, bench.commands(card)


@pytest.fixture
def stolen(bench):
    key, chain, root = bench.clinic.server_credentials()
    return lambda opening, proofs=(), **options: StolenServer(key, chain, root, opening, proofs, **options)


def test_the_allowed_conversation_passes(bench, shared_desk, stolen):
    with stolen(OPENING, [PROOF]) as server:
        _, commands = run_against(bench, shared_desk, server)
        assert not server.refusals
        assert len(server.results) == 1 and server.results[0].stopped_code == 0
        assert len(server.results[0].steps[-1].data) == 256
    assert sum(command.startswith("802A0080") for command in commands) == 1


@pytest.mark.parametrize("name", IN_THE_OPENING)
def test_a_forbidden_opening_never_reaches_the_card(bench, shared_desk, stolen, name):
    steps, forbidden = IN_THE_OPENING[name]
    with stolen(script(SELECT_AP, *steps)) as server:
        answer, commands = run_against(bench, shared_desk, server)
        assert not [command for command in commands if forbidden in command], commands
        assert server.refusals or answer.is_refused("COMMAND_REFUSED_BY_POLICY") or answer.is_refused("SERVER_MESSAGE_INVALID"), answer
    assert not answer.ok


@pytest.mark.parametrize("name", AFTER_A_PRESS)
def test_a_forbidden_proof_never_reaches_the_card(bench, shared_desk, stolen, name):
    proofs, forbidden, at_most = AFTER_A_PRESS[name]
    with stolen(OPENING, proofs) as server:
        answer, commands = run_against(bench, shared_desk, server)
        assert sum(forbidden in command for command in commands) <= at_most, commands
        assert server.refusals or any(result.stopped_code for result in server.results) or \
            answer.is_refused("SERVER_MESSAGE_INVALID") or answer.is_refused("COMMAND_REFUSED_BY_POLICY"), answer
    assert not answer.ok


def test_a_stolen_server_gets_one_signature_over_what_the_desk_computes(bench, shared_desk, stolen):
    import hashlib
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    with stolen(OPENING, [PROOF]) as server:
        run_against(bench, shared_desk, server)
        press, answers = server.presses[0], server.results[0]
    certificate = x509.load_der_x509_certificate(press.opening.steps[-1].data)
    signed = b"madoguchi.check.v1\0" + b"1311234567" + CHALLENGE + press.press_id
    certificate.public_key().verify(answers.steps[-1].data, signed, padding.PKCS1v15(), hashes.SHA256())
    assert hashlib.sha256(signed).digest() not in answers.steps[-1].data


def test_no_message_of_the_desk_holds_the_pin(bench, shared_desk, stolen):
    with stolen(OPENING, [PROOF]) as server:
        run_against(bench, shared_desk, server)
        everything = b"".join(message.SerializeToString() for message in (*server.presses, *server.results))
    assert PIN.encode() not in everything
