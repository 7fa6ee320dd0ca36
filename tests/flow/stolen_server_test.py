# SPDX-License-Identifier: Apache-2.0
"""A server that was taken over tries every command the policy of the desk forbids. None may reach the card: the card's own
log of commands is the judge."""
import card_log
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

# name → steps after SELECT of the application; the last one is forbidden.
IN_THE_OPENING = {
    "select_another_application": [transmit("00a4040c", literal=TEXT_AP)],
    "read_the_signature_certificate": [read_file(0x0001)],
    "read_the_signature_ca_certificate": [read_file(0x0002)],
    "read_an_unknown_file": [read_file(0x0005)],
    "read_by_bare_apdu": [transmit("00b08a00", expected=256)],
    "verify_with_literal_bytes": [SELECT_PIN, transmit("00200080", literal="31323334")],
    "verify_by_short_identifier": [transmit("00200098", literal="31323334")],
    "verify_from_the_pin_slot_without_a_press": [SELECT_PIN, VERIFY_SLOT],
    "select_the_signature_password": [transmit("00a4020c", literal="001b")],
    "verify_the_signature_password": [transmit("0020009b", literal="414243313233")],
    "change_the_pin": [SELECT_PIN, transmit("00240180", literal="35363738")],
    "reset_the_retry_counter": [SELECT_PIN, transmit("002c0080", literal="3536373831323334")],
    "sign_without_a_press": [SELECT_KEY, SIGN],
    "select_the_signature_key": [transmit("00a4020c", literal="001a")],
    "get_challenge_without_sight": [transmit("00840000", expected=8)],
    "external_authenticate_without_sight": [transmit("00820000", literal="00" * 8)],
    "verifier_certificate": [transmit("80a20000", literal="00" * 32)],
    "get_data": [transmit("00cadf30", expected=256)],
    "update_binary": [transmit("00d60000", literal="00")],
    "erase_binary": [transmit("000e0000")],
    "manage_channel": [transmit("00700000", expected=1)],
    "another_logical_channel": [transmit("01a4040c", literal=AP)],
    "secure_messaging": [transmit("0ca4040c", literal=AP)],
    "select_the_master_file": [transmit("00a40000", literal="3f00")],
    "get_response": [transmit("00c00000", expected=256)],
}

# name → proof scripts; the last step of the last one is forbidden.
AFTER_A_PRESS = {
    "sign_before_the_pin": [script(SELECT_KEY, SIGN)],
    "sign_with_the_signature_key": [script(SELECT_PIN, VERIFY_SLOT, transmit("00a4020c", literal="001a"))],
    "sign_by_short_identifier": [script(SELECT_PIN, VERIFY_SLOT, transmit("802a0097", challenge=CHALLENGE, expected=256))],
    "sign_by_short_identifier_of_the_signature_key": [
        script(SELECT_PIN, VERIFY_SLOT, transmit("802a009a", challenge=CHALLENGE, expected=256))],
    "sign_literal_bytes": [script(SELECT_PIN, VERIFY_SLOT, SELECT_KEY, transmit("802a0080", literal="00" * 51, expected=256))],
    "sign_with_another_padding": [
        script(SELECT_PIN, VERIFY_SLOT, SELECT_KEY, transmit("802a0380", challenge=CHALLENGE, expected=256))],
    "sign_twice_in_one_script": [script(SELECT_PIN, VERIFY_SLOT, SELECT_KEY, SIGN, SIGN)],
    "sign_again_in_a_second_script": [PROOF, script(SELECT_AP, SELECT_KEY, SIGN)],
    "verify_twice": [script(SELECT_PIN, VERIFY_SLOT, VERIFY_SLOT)],
    "verify_again_in_a_second_script": [script(SELECT_PIN, VERIFY_SLOT), script(SELECT_PIN, VERIFY_SLOT)],
    "pin_slot_in_another_command": [script(SELECT_PIN, transmit("00d60000", pin=True))],
    "pin_slot_for_the_signature_password": [script(transmit("0020009b", pin=True))],
    "challenge_in_another_command": [script(SELECT_PIN, VERIFY_SLOT, transmit("00880000", challenge=CHALLENGE, expected=256))],
    "change_the_pin_after_verify": [script(SELECT_PIN, VERIFY_SLOT, transmit("00240180", literal="35363738"))],
    "another_application_after_verify": [script(SELECT_PIN, VERIFY_SLOT, transmit("00a4040c", literal=TEXT_AP))],
    "get_challenge_without_sight": [script(transmit("00840000", expected=8))],
}


def run_against(bench, desk, stolen, *options):
    """One check against the stolen server. -> (answer, card)"""
    readers = bench.readers()
    card = bench.card(readers.ports[0])
    answer = bench.check(desk, readers, *options, server=stolen)
    return answer, card


@pytest.fixture
def stolen(bench):
    key, chain, root = bench.clinic.server_credentials()
    return lambda opening, proofs=(), **options: StolenServer(key, chain, root, opening, proofs, **options)


def test_the_allowed_conversation_passes(bench, shared_desk, stolen):
    with stolen(OPENING, [PROOF]) as server:
        _, card = run_against(bench, shared_desk, server)
        assert not server.refusals
        assert len(server.results) == 1 and server.results[0].stopped_code == 0
        assert len(server.results[0].steps[-1].data) == 256
    assert len(bench.verifies(card)) == len(bench.signatures(card)) == 1
    assert not card_log.excess(card, [*OPENING.steps, *PROOF.steps])
    assert card_log.excess(card, OPENING.steps), "the judge sees what it has to see"


def is_refused_by_the_desk(server, answer):
    stopped = [answers.stopped_code for answers in (*(press.opening for press in server.presses), *server.results)]
    if len(server.results) > 1 and stopped[-1] != 0:
        return True  # a second script: the slot is empty or the card let go, so it does not come to the policy
    return (server.refusals or ERRORS["COMMAND_REFUSED_BY_POLICY"] in stopped or answer.is_refused("COMMAND_REFUSED_BY_POLICY")
            or answer.is_refused("SERVER_MESSAGE_INVALID") or ERRORS["SCRIPT_INVALID"] in stopped
            or answer.is_refused("SCRIPT_INVALID"))


@pytest.mark.parametrize("name", IN_THE_OPENING)
def test_a_forbidden_opening_never_reaches_the_card(bench, shared_desk, stolen, name):
    steps = IN_THE_OPENING[name]
    with stolen(script(SELECT_AP, *steps)) as server:
        answer, card = run_against(bench, shared_desk, server)
        assert not card_log.excess(card, [SELECT_AP, *steps[:-1]]), card.apdus()
        assert is_refused_by_the_desk(server, answer), answer
    assert not answer.ok


@pytest.mark.parametrize("name", AFTER_A_PRESS)
def test_a_forbidden_proof_never_reaches_the_card(bench, shared_desk, stolen, name):
    proofs = AFTER_A_PRESS[name]
    steps = [step for proof in proofs for step in proof.steps]
    with stolen(OPENING, proofs) as server:
        answer, card = run_against(bench, shared_desk, server)
        assert not card_log.excess(card, [*OPENING.steps, *steps[:-1]]), card.apdus()
        assert is_refused_by_the_desk(server, answer), answer
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
