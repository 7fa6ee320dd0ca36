# SPDX-License-Identifier: Apache-2.0
"""Inquiries by the numbers of a paper: no reader, no card, who is found, what is unusual and asked all the same, and what is not asked at all."""
import json
import sys

import pytest
from conftest import PEOPLE, ROOT

sys.path.insert(0, str(ROOT / "deploy" / "private"))
import person as persons  # noqa: E402 (found through the path above)

WHY = {"reason": "card-not-brought", "limit-consent": "yes"}


def numbers_of(person):
    found, theirs = persons.numbers(PEOPLE / f"{person}.xml")
    assert theirs
    return {**found, **WHY}


@pytest.fixture
def by_number(bench, shared_desk):
    """by_number(numbers) → answer; with no card service anywhere."""

    def check(numbers, server=None, desk=shared_desk):
        return bench.check(desk, None, method="number", secrets=numbers, server=server)

    return check


def asked(national):
    return [line for line in map(json.loads, national.journal.read_text().splitlines()) if line["kind"] in ("check", "inquiry")]


def test_a_person_is_found_without_reader_and_card(bench, by_number):
    desk, before = bench.desk(), len(asked(bench.clinic.national))
    answer = by_number(numbers_of("ichiro-kazoku"), desk=desk)
    assert answer.ok, answer
    assert answer.check["method"] == "number" and answer.check["card_trips_after_press"] == 0
    assert [result["name"] for result in answer.check["results"]] == ["見本　一郎"]
    assert answer.check["reference_classification_code"] == "2"
    assert answer.check["search_info"]["birthdate_raw"] == "20120505"
    told = asked(bench.clinic.national)[before:]
    assert [(line["kind"], line["key"], line["result"]) for line in told] == [("inquiry", answer.check["press_id"], "answered")]
    assert "check.intent|number|card_not_brought" in bench.trail("action, method, inquiry_reason", desk)


def test_no_number_of_an_inquiry_is_in_trail_or_log(bench, by_number):
    desk = bench.desk()
    numbers = {**numbers_of("emi-gendo-e"), "number": "87654321098"}
    assert by_number(numbers, desk=desk).ok
    clinic = bench.clinic
    everything = "\n".join([*bench.trail("audit_event", desk), clinic.run.log_file("server").read_text(errors="replace"),
                            clinic.run.log_file("check-" + desk.account).read_text(errors="replace"), clinic.national.journal.read_text()])
    assert "check.intent" in everything and "87654321098" not in everything and numbers["birthdate"] not in everything


@pytest.mark.parametrize("person, insurer", [("kokuho-taro", "139998"), ("kokuho-taro", "１３９９９８"), ("hanako-genki", "06139992")])
def test_widths_and_paddings_are_seen_to(by_number, person, insurer):
    answer = by_number({**numbers_of(person), "insurer-number": insurer})
    assert answer.ok and answer.check["validity_code"] == "1", answer
    assert len(answer.check["search_info"]["insurer_number"]) == 8


def test_nobody_with_these_numbers_is_an_answer_of_its_own(by_number):
    answer = by_number({**numbers_of("hanako-genki"), "birthdate": "19850402"})
    assert answer.ok and answer.check["validity_code"] == "4" and answer.check["results"] == [], answer


def test_twins_are_several_until_the_branch_is_given(by_number):
    numbers = numbers_of("futago-ni")
    branch = numbers.pop("branch")
    several = by_number(numbers)
    assert several.ok and several.check["validity_code"] == "5" and several.check["results"] == [], several
    one = by_number({**numbers, "branch": branch})
    assert [result["name"] for result in one.check["results"]] == ["見本　双二"], one


def test_a_wrong_check_digit_is_a_warning_and_asked_all_the_same(by_number):
    answer = by_number({**numbers_of("hanako-genki"), "insurer-number": "06139993"})
    assert answer.ok and answer.check["validity_code"] == "4", answer
    assert any("check_digit" in word for word in answer.check["number_warnings"])


@pytest.mark.parametrize("changes", [{"number": ""}, {"birthdate": "S600401"}, {"insurer-number": "6139x992"}, {"branch": "a"},
                                     {"reason": "because"}, {"reason": ""}])
def test_what_cannot_be_sent_is_not_asked(bench, by_number, changes):
    before = len(asked(bench.clinic.national))
    answer = by_number({**numbers_of("hanako-genki"), **changes})
    assert answer.is_refused("INQUIRY_FIELD_INVALID"), answer
    assert len(asked(bench.clinic.national)) == before


def test_an_inquiry_is_refused_where_it_is_off(bench, by_number):
    national = bench.national()
    server = bench.server({"number": {"inquiry": "off"}, "eligibility": {"url": national.url}})
    answer = by_number(numbers_of("hanako-genki"), server=server)
    assert answer.is_refused("NUMBER_INQUIRY_OFF"), answer
    assert not asked(national)


def test_an_inquiry_whose_connection_breaks_is_answered_by_asking_the_same_again(bench, by_number):
    national = bench.national(close="after_request", only="inquiries", times=1)
    server = bench.server({"eligibility": {"url": national.url}})
    answer = by_number(numbers_of("hanako-genki"), server=server)
    assert answer.ok, answer
    assert [(line["key"], line["result"]) for line in asked(national)] == [
        (answer.check["press_id"], "answered"), (answer.check["press_id"], "stored")]
