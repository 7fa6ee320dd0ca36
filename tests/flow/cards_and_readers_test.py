# SPDX-License-Identifier: Apache-2.0
"""The good check, and trouble between the reader and the card, each with its code of the catalogue and nothing left half done."""
import json
import subprocess

import pytest
from conftest import OTHER_NAME, OTHER_PERSON, ROOT

HELD_SECONDS = 60
WRONG_PIN = "9999"


def test_a_check_answers_with_one_card_trip_after_the_press(bench, shared_desk):
    readers = bench.readers()
    bench.card(readers.ports[0])
    answer = bench.check(shared_desk, readers)
    assert answer.ok and answer.status == 0, answer
    assert answer.check["card_trips_after_press"] == 1
    assert answer.check["method"] == "pin" and answer.check["account_id"] == shared_desk.account
    assert answer.check["results"], "at least one result"


def test_intent_outcome_and_the_screen_of_a_check_are_in_the_trail(bench):
    desk, readers = bench.desk(), bench.readers()
    bench.card(readers.ports[0])
    answer = bench.check(desk, readers)
    assert answer.ok, answer
    rows = bench.trail("action, code, press_id", desk)
    assert [row.split("|")[0] for row in rows if row.endswith(answer.check["press_id"])] == [
        "check.intent", "check.outcome", "desk.result_shown", "desk.result_closed"], rows


def test_no_reader_is_said_plainly(bench, shared_desk):
    readers = bench.readers(count=0)
    answer = bench.check(shared_desk, readers)
    assert answer.is_refused("NO_READER"), answer


def test_a_reader_without_extended_apdus_reads_in_chunks(bench, shared_desk):
    readers = bench.readers(short=True)
    bench.card(readers.ports[0])
    answer = bench.check(shared_desk, readers)
    assert answer.ok, answer
    assert answer.check["card_trips_after_press"] == 1


def test_a_card_that_refuses_extended_apdus_is_read_in_chunks(bench, shared_desk):
    readers = bench.readers()
    bench.card(readers.ports[0], "--no-extended")
    assert bench.check(shared_desk, readers).ok


def test_of_two_readers_the_one_with_the_card_is_used(bench, shared_desk):
    readers = bench.readers(count=2)
    bench.card(readers.ports[1])
    answer = bench.check(shared_desk, readers)
    assert answer.ok or answer.is_refused("SEVERAL_READERS"), answer


def test_of_two_readers_the_named_one_is_used(bench, shared_desk):
    readers = bench.readers(count=2)
    bench.card(readers.ports[1])
    status, listing = bench.clinic.run.call("readers", [bench.clinic.build.program("madoguchi-terminal"), "readers", "--json"],
                                            timeout=60, env=readers.env)
    assert status == 0
    names = [reader["name"] for reader in json.loads(listing)["readers"]]
    assert len(names) == 2
    answer = bench.check(shared_desk, readers, "--reader", names[1])
    assert answer.ok, answer


def test_two_cards_at_once_are_refused(bench, shared_desk):
    readers = bench.readers(count=2)
    bench.card(readers.ports[0])
    bench.card(readers.ports[1], person=OTHER_PERSON)
    answer = bench.check(shared_desk, readers)
    assert answer.is_refused("SEVERAL_CARDS") or answer.is_refused("SEVERAL_READERS"), answer


def test_a_reader_held_by_another_program_is_named_as_the_cause(bench, shared_desk):
    readers = bench.readers()
    bench.card(readers.ports[0])
    holder = bench.clinic.run.spawn("holder", ["/usr/bin/python3", ROOT / "tests/flow/support/hold_reader.py"],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=readers.env)
    assert holder.stdout.readline() == "held\n"
    try:
        answer = bench.check(shared_desk, readers)
        assert answer.is_refused("READER_HELD_BY_OTHER_PROGRAM"), answer
    finally:
        holder.stdin.close()
        holder.wait(HELD_SECONDS)
    assert bench.check(shared_desk, readers).ok, "let go, the reader works again"


def test_no_card_service_is_said_plainly(bench, shared_desk):
    readers = bench.readers()
    readers.process.kill()
    readers.process.wait()
    answer = bench.check(shared_desk, readers)
    assert answer.is_refused("PCSC_SERVICE_UNAVAILABLE"), answer


def test_a_card_service_that_dies_and_returns_is_found_again(bench):
    desk, readers = bench.desk(), bench.readers()
    process = bench.start_check(desk, readers, "--wait", "30")
    bench.wait_until_connected(desk, process)
    readers.process.kill()
    readers.process.wait()
    readers.start()
    bench.ends(readers.process)
    bench.card(readers.ports[0])
    answer = bench.answer(desk, process)
    assert answer.ok, answer


def test_another_card_is_not_taken_for_a_my_number_card(bench, shared_desk):
    readers = bench.readers()
    bench.card(readers.ports[0], "--not-a-my-number-card")
    assert bench.check(shared_desk, readers).is_refused("NOT_A_MY_NUMBER_CARD")


@pytest.mark.parametrize("person, code", [("test-phone", "PHONE_NOT_SUPPORTED"), ("test-iphone", "PHONE_NOT_SUPPORTED"),
                                          ("test-resident-card", "RESIDENT_REGISTER_CARD")])
def test_a_token_label_of_something_else_is_told_apart(bench, shared_desk, person, code):
    readers = bench.readers()
    card = bench.card(readers.ports[0], person=person)
    answer = bench.check(shared_desk, readers)
    assert answer.is_refused(code), answer
    assert not bench.verifies(card)


def test_a_wrong_pin_says_how_many_tries_are_left(bench, shared_desk):
    readers = bench.readers()
    card = bench.card(readers.ports[0])
    answer = bench.check(shared_desk, readers, pin=WRONG_PIN)
    assert answer.is_refused("PIN_WRONG") and answer.error["tries_left"] == 2, answer
    assert len(bench.verifies(card)) == 1


def test_the_last_try_asks_first_and_spends_nothing_without_a_yes(bench, shared_desk):
    readers = bench.readers()
    card = bench.card(readers.ports[0], "--tries", "1")
    answer = bench.check(shared_desk, readers)
    assert answer.is_refused("PIN_LAST_TRY") and answer.error["tries_left"] == 1, answer
    assert not bench.verifies(card)
    assert bench.check(shared_desk, readers, "--confirm-last-try").ok


def test_the_last_try_gone_wrong_is_a_blocked_pin(bench, shared_desk):
    readers = bench.readers()
    bench.card(readers.ports[0], "--tries", "1")
    answer = bench.check(shared_desk, readers, "--confirm-last-try", pin=WRONG_PIN)
    assert answer.is_refused("PIN_BLOCKED") or (answer.is_refused("PIN_WRONG") and answer.error["tries_left"] == 0), answer
    assert bench.check(shared_desk, readers, "--confirm-last-try").is_refused("PIN_BLOCKED")


@pytest.mark.parametrize("options", [[], ["--blocked-6984"]], ids=["63C0", "6984"])
def test_a_blocked_pin_is_called_blocked_and_not_tried(bench, shared_desk, options):
    readers = bench.readers()
    card = bench.card(readers.ports[0], "--tries", "0", *options)
    answer = bench.check(shared_desk, readers)
    assert answer.is_refused("PIN_BLOCKED"), answer
    assert not bench.verifies(card)


def test_a_card_without_pin_is_never_called_blocked(bench, shared_desk):
    readers = bench.readers()
    card = bench.card(readers.ports[0], person="test-without-pin")
    answer = bench.check(shared_desk, readers)
    assert answer.is_refused("PIN_DISABLED"), answer
    assert "tries_left" not in answer.error
    assert not bench.verifies(card)


def apdus_of_a_check(bench, desk):
    readers = bench.readers()
    card = bench.card(readers.ports[0])
    assert bench.check(desk, readers).ok
    return len(card.apdus())


def test_a_card_pulled_at_any_apdu_ends_the_check_with_one_code_and_no_second_verify(bench, shared_desk):
    count = apdus_of_a_check(bench, shared_desk)
    assert 5 <= count <= 40
    for index in range(1, count + 1):
        readers = bench.readers()
        card = bench.card(readers.ports[0], "--pull-at-apdu", str(index))
        answer = bench.check(shared_desk, readers)
        assert answer.is_refused("CARD_REMOVED") or answer.is_refused("CARD_NOT_PRESENT"), f"pulled at {index}: {answer}"
        assert len(bench.verifies(card)) <= 1, f"pulled at {index}: {card.apdus()}"


def test_a_card_swapped_at_any_apdu_never_mixes_two_patients(bench, shared_desk):
    count = apdus_of_a_check(bench, shared_desk)
    for index in range(1, count + 1):
        readers = bench.readers()
        card = bench.card(readers.ports[0], "--swap-at-apdu", str(index), "--swap-person", OTHER_PERSON)
        answer = bench.check(shared_desk, readers)
        if answer.ok:
            # The swap was seen before the press: then everything must be of the second card, and it was read anew.
            assert answer.check["results"][0]["name"] == OTHER_NAME, f"swapped at {index}"
        else:
            assert any(answer.is_refused(code) for code in ("CARD_CHANGED", "CARD_REMOVED", "SIGNATURE_NOT_OF_THIS_CARD",
                                                            "CARD_NOT_PRESENT")), f"swapped at {index}: {answer}"
        assert len(bench.verifies(card)) <= 1, f"swapped at {index}: {card.apdus()}"
