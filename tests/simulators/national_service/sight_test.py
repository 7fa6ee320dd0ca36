# SPDX-License-Identifier: Apache-2.0
"""Sight as a clinic meets it: a challenge for one card, and the proof that lets this card sign it without PIN."""
import base64
import json
import uuid

import pytest
import sight
from clinic_side import ACCOUNTS, CALLER, CARD_KEY, replace, sign
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

CARD_CHALLENGE = bytes(range(16))


def permitted(clinic, card):
    answer = clinic.sight(card, CARD_CHALLENGE)
    assert answer.status == 200, answer
    return json.loads(answer.body)


def issued(fields):
    return fields["challenge_id"], base64.b64decode(fields["challenge"])


def test_the_proof_is_the_verifiers_signature_over_this_certificate_and_this_card_challenge(shared_clinic, cards):
    fields = permitted(shared_clinic, cards.good)
    assert fields.keys() == {"challenge_id", "challenge", "proof", "expires_in_ms"}
    assert len(base64.b64decode(fields["challenge"])) == 32 and fields["expires_in_ms"] == 120_000
    key = serialization.load_pem_public_key((shared_clinic.program.tls / "sight.pem").read_bytes())
    proof = base64.b64decode(fields["proof"])
    key.verify(proof, sight.signed_input(cards.good, CARD_CHALLENGE), ec.ECDSA(hashes.SHA256()))
    for certificate, challenge in ((cards.of_second, CARD_CHALLENGE), (cards.good, bytes(16))):
        with pytest.raises(InvalidSignature):
            key.verify(proof, sight.signed_input(certificate, challenge), ec.ECDSA(hashes.SHA256()))


def test_a_check_by_sight_is_answered_with_the_challenge_of_its_permit_once(shared_clinic, cards):
    challenge = issued(permitted(shared_clinic, cards.good))
    assert shared_clinic.check(cards.good, issued=challenge, method="sight").status == 200
    assert shared_clinic.check(cards.good, issued=challenge, method="sight").kind == "challenge_invalid"


def test_a_challenge_of_a_permit_serves_no_other_card_and_no_pin_and_the_other_way_round(shared_clinic, cards):
    for card, challenge, method in ((cards.of_second, issued(permitted(shared_clinic, cards.good)), "sight"),
                                    (cards.good, issued(permitted(shared_clinic, cards.good)), "pin"),
                                    (cards.good, shared_clinic.challenge(), "sight")):
        assert shared_clinic.check(card, issued=challenge, method=method).kind == "challenge_invalid"


def test_a_permitted_challenge_still_needs_the_cards_signature(shared_clinic, cards):
    challenge_id, challenge = issued(permitted(shared_clinic, cards.good))
    press = uuid.uuid4()
    wrong = sign(challenge, uuid.uuid4(), key=CARD_KEY)
    answer = shared_clinic.check(cards.good, press=press, issued=(challenge_id, challenge), method="sight",
                                 signature=base64.b64encode(wrong).decode())
    assert answer.kind == "signature_invalid"


@pytest.mark.parametrize("card, kind", [("foreign", "certificate_untrusted"), ("expired", "certificate_expired"),
                                        ("revoked", "certificate_revoked"), ("for_signing", "certificate_untrusted")])
def test_no_proof_is_made_for_a_card_that_proves_nothing(shared_clinic, cards, card, kind):
    assert shared_clinic.sight(getattr(cards, card)).kind == kind


@pytest.mark.parametrize("changes", [{"card_challenge": ""}, {"card_challenge": base64.b64encode(bytes(15)).decode()},
                                     {"card_challenge": "?"}, {"certificate": 1}, {"desk": ""}, {"more": "x"}])
def test_a_request_of_another_shape_is_refused(shared_clinic, cards, changes):
    good = {"certificate": base64.b64encode(cards.good).decode(), "card_challenge": base64.b64encode(CARD_CHALLENGE).decode()}
    answer = shared_clinic.post("/v1/sights", {**CALLER, **good, **changes})
    assert (answer.status, answer.kind) == (400, "request_invalid")


def test_an_account_that_may_not_ask_gets_no_proof(shared_clinic, cards):
    assert shared_clinic.sight(cards.good, device_account="W0000002").kind == "account_not_usable"
    assert shared_clinic.sight(cards.good, device_account="W0000005").kind == "account_not_activated_for_desk"


def test_an_account_without_sight_is_refused_for_sight_and_nothing_else(clinic, cards, files, program):
    replace(files.accounts, json.dumps({"W0000001": {**ACCOUNTS["W0000001"], "sight": False}}))
    answer = clinic.sight(cards.good)
    assert (answer.status, answer.kind) == (403, "sight_not_allowed")
    assert clinic.check(cards.good).status == 200
    assert [(line["kind"], line["key"], line["result"]) for line in program.journal()][0] == ("sight", None, "sight_not_allowed")


def test_the_journal_says_what_became_of_a_question(clinic, cards, program):
    question = clinic.question(cards.good, issued=issued(permitted(clinic, cards.good)), method="sight")
    assert clinic.ask(question).status == 200
    told = clinic.post("/v1/outcomes", {**CALLER, "key": question["press"]})
    assert json.loads(told.body) == {"state": "answered"}
    assert [(line["kind"], line["key"], line["result"]) for line in program.journal()] == [
        ("sight", None, "issued"), ("check", question["press"], "answered"), ("outcome", question["press"], "answered")]


@pytest.mark.parametrize("changes", [{"key": "1"}, {"key": None}, {"institution_code": ""}, {"more": ""}])
def test_an_outcome_asked_for_in_another_shape_is_refused(shared_clinic, changes):
    answer = shared_clinic.post("/v1/outcomes", {**CALLER, "key": str(uuid.uuid4()), **changes})
    assert (answer.status, answer.kind) == (400, "request_invalid")
