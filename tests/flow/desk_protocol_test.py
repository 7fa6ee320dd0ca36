# SPDX-License-Identifier: Apache-2.0
"""What the server does with a desk that does not keep to the protocol, and with one that goes away."""
import copy
import os

import grpc
import pytest
from clinic import READY_SECONDS, free_port
from conftest import ERRORS, PIN
from madoguchi.v1 import card_script_pb2, check_pb2, desk_service_pb2
from plain_reader import PlainReader
from python_desk import PythonDesk, StreamClosed

MESSAGE_BYTES_MAX = 64 * 1024


@pytest.fixture
def python_desk(bench):
    """A desk of Python with a card; every one it makes is closed at the end."""
    made = []

    def make(desk=None, card=True, pin=PIN, **options):
        desk = desk or bench.desk()
        reader = None
        if card:
            port = free_port()
            reader = PlainReader(port)
            made.append(reader.close)
            bench.card(port, wait=False)
        root, key, certificate = bench.clinic.desk_credentials(desk)
        client = PythonDesk(bench.clinic.server.address, root, key, certificate, reader, pin.encode(), **options)
        client.desk = desk
        made.append(client.vanish)
        return client

    yield make
    for close in reversed(made):
        close()


def proof_request(desk, press_id=None):
    """Hello, card, press: up to the proof script of the server."""
    desk.say_hello()
    desk.press(desk.run_opening(), press_id)
    desk.receive("press_accepted")
    return desk.receive("run_script")


def refusal(desk):
    return desk.receive("check_answer").refusal.code


def test_a_desk_of_python_gets_an_answer_too(python_desk):
    desk = python_desk()
    run = proof_request(desk)
    desk.answer_script(run, desk.run_script(run.script))
    answer = desk.receive("check_answer")
    assert answer.WhichOneof("outcome") == "answer", answer.refusal.code
    assert answer.facts.card_trips_after_press == 1


def test_a_first_message_other_than_hello_closes_the_stream(python_desk):
    desk = python_desk(card=False)
    desk.send(heartbeat=desk_service_pb2.Heartbeat())
    assert desk.receive_goodbye() == ERRORS["HELLO_EXPECTED"]


def test_a_second_hello_closes_the_stream(python_desk):
    desk = python_desk(card=False)
    desk.say_hello()
    desk.send(hello=desk_service_pb2.Hello(protocol_min=1, protocol_max=1, agent_version="0.1.0", agent_instance=os.urandom(16)))
    assert desk.receive_goodbye() is not None


def test_a_protocol_version_nobody_speaks_is_refused(python_desk):
    desk = python_desk(card=False)
    desk.send(hello=desk_service_pb2.Hello(protocol_min=900, protocol_max=901, agent_version="9.0.0",
                                           agent_instance=os.urandom(16)))
    assert desk.receive_goodbye() == ERRORS["PROTOCOL_VERSION_UNSUPPORTED"]


@pytest.mark.parametrize("sequence", [0, 1, 3, 2**63], ids=["back_to_zero", "repeated", "gap", "far_ahead"])
def test_a_broken_message_number_closes_the_stream(python_desk, sequence):
    desk = python_desk(card=False)
    desk.say_hello()
    desk.send(sequence=sequence, heartbeat=desk_service_pb2.Heartbeat())
    assert desk.receive_goodbye() == ERRORS["SEQUENCE_BROKEN"]


def test_script_answers_sent_twice_do_not_count_twice(python_desk, bench):
    desk = python_desk()
    run = proof_request(desk)
    answers = desk.run_script(run.script)
    desk.answer_script(run, answers)
    desk.answer_script(run, answers)
    try:
        outcome = desk.receive("check_answer").WhichOneof("outcome")
        assert outcome in ("answer", "refusal")
    except (AssertionError, StreamClosed):
        pass  # closed with a code is as good: what counts is the trail
    rows = bench.clinic.run.wait_for("trail", None, lambda: bench.trail("action", desk.desk).count("check.outcome") and
                                     bench.trail("action", desk.desk), READY_SECONDS)
    assert rows.count("check.outcome") == 1 and rows.count("check.intent") == 1, rows


def test_answers_of_an_earlier_press_are_refused_in_a_later_one(python_desk):
    desk = python_desk()
    first = proof_request(desk)
    old = desk.run_script(first.script)
    desk.answer_script(first, old)
    assert desk.receive("check_answer").WhichOneof("outcome") == "answer"
    desk.press(desk.run_opening())
    desk.receive("press_accepted")
    second = desk.receive("run_script")
    desk.answer_script(second, old)
    assert refusal(desk) in (ERRORS["SIGNATURE_NOT_OF_THIS_CARD"], ERRORS["SCRIPT_ANSWERS_INVALID"])


def change_number(result):
    result.script_number += 1


def change_epoch(result):
    result.epoch += 7


def change_press(result):
    result.press_id = os.urandom(16)


@pytest.mark.parametrize("change", [change_number, change_epoch, change_press])
def test_answers_that_belong_to_nothing_open_are_refused(python_desk, change):
    desk = python_desk()
    run = proof_request(desk)
    result = check_pb2.ScriptResult(press_id=run.press_id, epoch=run.epoch, script_number=run.script_number,
                                    answers=desk.run_script(run.script))
    change(result)
    desk.send(script_result=result)
    try:
        assert refusal(desk) in (ERRORS["SCRIPT_ANSWERS_INVALID"], ERRORS["CHECK_DEADLINE"], ERRORS["MESSAGE_INVALID"])
    except (AssertionError, StreamClosed) as closed:
        assert "goodbye" in str(closed) or isinstance(closed, StreamClosed)


def test_answers_in_another_order_are_refused(python_desk):
    desk = python_desk()
    run = proof_request(desk)
    answers = desk.run_script(run.script)
    turned = card_script_pb2.ScriptAnswers()
    turned.steps.extend(reversed(answers.steps))
    desk.answer_script(run, turned)
    code = refusal(desk)
    assert 1100 < code < 1400, code


def test_more_answers_than_steps_are_refused(python_desk):
    desk = python_desk()
    run = proof_request(desk)
    answers = desk.run_script(run.script)
    answers.steps.extend([copy.deepcopy(answers.steps[-1])] * 5)
    desk.answer_script(run, answers)
    assert refusal(desk) == ERRORS["SCRIPT_ANSWERS_INVALID"]


def test_a_desk_that_claims_a_wrong_pin_was_right_is_not_believed(python_desk):
    desk = python_desk(pin="9999")
    run = proof_request(desk)
    answers = desk.run_script(run.script)
    for step in answers.steps:
        step.status_word = 0x9000
    answers.stopped_code = 0
    while len(answers.steps) < len(run.script.steps):
        answers.steps.add(status_word=0x9000, apdus=1, microseconds=1)
    answers.steps[-1].data = os.urandom(256)
    desk.answer_script(run, answers)
    assert refusal(desk) == ERRORS["SIGNATURE_NOT_OF_THIS_CARD"]


def test_an_oversized_message_closes_the_stream_and_the_server_goes_on(python_desk, bench):
    desk = python_desk(card=False)
    desk.say_hello()
    opening = card_script_pb2.ScriptAnswers()
    opening.steps.add(status_word=0x9000, data=bytes(4 * MESSAGE_BYTES_MAX), apdus=1, microseconds=1)
    desk.press(opening)
    with pytest.raises((StreamClosed, AssertionError)) as closed:
        desk.receive("press_accepted")
    if isinstance(closed.value, StreamClosed):
        assert closed.value.error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    else:
        assert str(ERRORS["MESSAGE_TOO_LARGE"]) in str(closed.value)
    again = python_desk(card=False)
    assert again.say_hello().protocol == 1


def test_too_many_answers_of_one_press_are_refused(python_desk):
    desk = python_desk(card=False)
    desk.say_hello()
    opening = card_script_pb2.ScriptAnswers()
    for _ in range(33):
        opening.steps.add(status_word=0x9000, data=b"x", apdus=1, microseconds=1)
    desk.press(opening)
    with pytest.raises((StreamClosed, AssertionError)):
        desk.receive("run_script")


def test_a_desk_that_goes_away_in_the_middle_ends_its_check_in_the_trail(python_desk, bench):
    desk = python_desk()
    proof_request(desk)
    desk.vanish()
    rows = bench.clinic.run.wait_for(
        "trail", None, lambda: [row for row in bench.trail("action, code", desk.desk) if row.startswith("check.outcome")], READY_SECONDS)
    assert rows in ([f"check.outcome|{ERRORS['DESK_GONE']}"], [f"check.outcome|{ERRORS['CHECK_DEADLINE']}"]), rows


def test_a_desk_that_comes_back_gets_the_answer_of_its_press(python_desk, bench):
    first = python_desk()
    run = proof_request(first)
    answers = first.run_script(run.script)
    opening = first.opening
    first.vanish()
    again = python_desk(desk=first.desk, card=False)
    again.say_hello()
    again.send(press=check_pb2.Press(press_id=run.press_id, method=check_pb2.PIN, opening=opening, proof=answers,
                                     proof_epoch=run.epoch, remaining_ms=15000))
    answer = again.receive("check_answer")
    assert answer.WhichOneof("outcome") == "answer" or answer.refusal.code in (ERRORS["PRESS_ID_REUSED"], ERRORS["DESK_GONE"])


def test_the_newest_stream_of_a_desk_wins(python_desk, bench):
    desk = bench.desk()
    old = python_desk(desk=desk, card=False)
    old.say_hello()
    new = python_desk(desk=desk, card=False)
    new.say_hello()
    assert old.receive_goodbye() == ERRORS["STREAM_SUPERSEDED"]


def test_two_copies_of_a_desk_that_take_turns_are_both_closed(python_desk, bench):
    desk = bench.desk()
    codes = []
    for _ in range(8):
        client = python_desk(desk=desk, card=False)
        client.send(hello=desk_service_pb2.Hello(protocol_min=1, protocol_max=1, agent_version="0.1.0",
                                                 agent_instance=os.urandom(16)))
        try:
            client.receive("welcome")
        except (AssertionError, StreamClosed) as closed:
            codes.append(str(closed))
    assert any(str(ERRORS["STREAMS_ALTERNATE"]) in code for code in codes), codes
