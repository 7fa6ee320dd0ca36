# SPDX-License-Identifier: Apache-2.0
"""Checks by sight (目視), by the reference scheme between the virtual card and the simulated national service: one card trip after the press, no PIN
try, what the person at the desk stated in the trail, and a clear refusal wherever the scheme ends."""
import json

import pytest

SEEN = ("--presenter", "holder", "--attest", "compared")


@pytest.fixture
def by_sight(bench, shared_desk):
    """by_sight(person, …) → (answer, card)."""

    def check(*options, person="hanako-genki", card_options=(), server=None, desk=shared_desk, **keywords):
        readers = bench.readers()
        card = bench.card(readers.ports[0], *card_options, person=person)
        return bench.check(desk, readers, *(options or SEEN), method="sight", server=server, **keywords), card

    return check


def external_authentications(bench, card):
    return [command for command in bench.commands(card) if command.header[2:4] == "82"]


def asked(national, before=0):
    """(kind, result) of every permit and question since. Challenges are fetched ahead, and outcomes are asked about at any time."""
    lines = map(json.loads, national.journal.read_text().splitlines()[before:])
    return [(line["kind"], line["result"]) for line in lines if line["kind"] in ("sight", "check")]


def journal_lines(national):
    return len(national.journal.read_text().splitlines())


def test_a_check_by_sight_is_one_card_trip_after_the_press_and_looks_at_no_pin(bench, by_sight):
    before = journal_lines(bench.clinic.national)
    answer, card = by_sight()
    assert answer.ok, answer
    assert answer.check["method"] == "sight" and answer.check["card_trips_after_press"] == 1
    assert answer.check["attestation"] == {"presenter": "holder", "photo": "compared"}
    assert answer.check["results"][0]["name"] == "見本　花子"
    assert not bench.verifies(card)
    assert len(external_authentications(bench, card)) == len(bench.signatures(card)) == 1
    assert asked(bench.clinic.national, before)[-2:] == [("sight", "issued"), ("check", "answered")]


@pytest.mark.parametrize("person, card_options", [
    ("shiro-kaoninsho", ()), ("wasure-anshou", ("--tries", "1")), ("hanako-genki", ("--tries", "0"))],
    ids=["no PIN", "one try left", "blocked"])
def test_a_card_whose_pin_is_of_no_use_is_checked_by_sight_and_keeps_its_tries(bench, by_sight, person, card_options):
    answer, card = by_sight(person=person, card_options=card_options)
    assert answer.ok, answer
    assert not bench.verifies(card)
    looks = {command.status for command in bench.commands(card) if command.header[2:4] == "20"}
    assert looks == {"63C" + card_options[1] if card_options else "6A88"}


def test_what_the_desk_stated_is_in_the_trail(bench, by_sight):
    desk = bench.desk()
    answer, _ = by_sight("--presenter", "assisted", "--attest", "compared", desk=desk)
    assert answer.ok, answer
    assert "check.intent|sight|assisted|compared" in bench.trail("action, method, presenter, photo_check", desk)


def test_a_card_that_knows_no_verifier_refuses_and_its_pin_still_works(bench, by_sight, shared_desk):
    answer, card = by_sight(card_options=("--without-sight",))
    assert answer.is_refused("SIGHT_REFUSED_BY_CARD"), answer
    assert not bench.verifies(card) and not bench.signatures(card)
    assert [command.status for command in external_authentications(bench, card)] == ["6D00"]
    readers = bench.readers()
    bench.card(readers.ports[0], "--without-sight")
    assert bench.check(shared_desk, readers).ok


def test_a_childs_card_without_photo_is_refused_by_sight_and_answered_with_a_guardian_and_the_pin(bench, by_sight):
    desk, before = bench.desk(), journal_lines(bench.clinic.national)
    answer, card = by_sight("--presenter", "guardian", "--attest", "no-photo", person="moe-kodomo", desk=desk)
    assert answer.is_refused("CARD_WITHOUT_PHOTO"), answer
    assert not bench.signatures(card) and not asked(bench.clinic.national, before)
    readers = bench.readers()
    bench.card(readers.ports[0], person="moe-kodomo")
    answer = bench.check(desk, readers, "--presenter", "guardian", "--attest", "no-photo")
    assert answer.ok and answer.check["results"][0]["preschool_code"] == "1", answer
    assert "check.intent|pin|guardian|none" in bench.trail("action, method, presenter, photo_check", desk)


@pytest.mark.parametrize("options, code", [
    (("--presenter", "holder", "--attest", "another"), "PHOTO_DIFFERS"), (("--attest", "compared"), "ATTESTATION_MISSING"),
    (("--presenter", "holder"), "ATTESTATION_MISSING")])
def test_without_a_face_that_fits_nothing_is_asked(bench, by_sight, options, code):
    before = journal_lines(bench.clinic.national)
    answer, card = by_sight(*options)
    assert answer.is_refused(code), answer
    assert not bench.signatures(card) and not asked(bench.clinic.national, before)


def test_an_account_that_the_national_side_gives_no_sight_is_told_so(bench, by_sight):
    desk = bench.desk()
    bench.clinic.set_account_sight(desk.account, False)
    answer, card = by_sight(desk=desk)
    assert answer.is_refused("NATIONAL_REFUSED_SIGHT"), answer
    assert not external_authentications(bench, card) and not bench.verifies(card)


def test_without_a_scheme_sight_is_refused_before_anybody_hears_of_it(bench, by_sight):
    national = bench.national()
    server = bench.server({"sight": {"scheme": "none"}, "eligibility": {"url": national.url}})
    answer, card = by_sight(server=server)
    assert answer.is_refused("METHOD_NOT_ALLOWED"), answer
    assert not external_authentications(bench, card) and not bench.signatures(card)
    assert ("sight", "issued") not in asked(national) and ("check", "answered") not in asked(national)


def test_a_service_that_does_not_say_that_it_is_the_simulator_is_refused_for_sight_and_not_for_the_pin(bench, by_sight, shared_desk):
    server = bench.server({"eligibility": {"url": bench.national(anonymous=True).url}})
    answer, card = by_sight(server=server)
    assert answer.is_refused("SIGHT_ONLY_SIMULATED"), answer
    assert not external_authentications(bench, card) and not bench.signatures(card)
    readers = bench.readers()
    bench.card(readers.ports[0])
    assert bench.check(shared_desk, readers, server=server).ok


def test_a_proof_that_is_not_right_is_refused_by_the_card_and_costs_no_try(bench, by_sight):
    server = bench.server({"eligibility": {"url": bench.national(body="other_proof").url}})
    answer, card = by_sight(server=server)
    assert answer.is_refused("SIGHT_REFUSED_BY_CARD"), answer
    assert [command.status for command in external_authentications(bench, card)] == ["6300"]
    assert not bench.verifies(card) and not bench.signatures(card)


@pytest.mark.parametrize("person, code", [("test-revoked", "CERTIFICATE_REVOKED"), ("test-foreign", "CERTIFICATE_UNTRUSTED"),
                                          ("test-not-registered", "NOT_REGISTERED_FOR_INSURANCE")])
def test_a_card_that_proves_nothing_proves_nothing_by_sight_either(by_sight, person, code):
    answer, _ = by_sight(person=person)
    assert answer.is_refused(code), answer
