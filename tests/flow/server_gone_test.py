# SPDX-License-Identifier: Apache-2.0
"""The server is killed in the middle of a check and comes back: one VERIFY, one clear end."""
import signal

import clinic as clinics
import pytest
from conftest import ERRORS
from run import STOP_SECONDS


@pytest.fixture
def own_server(bench):
    server = bench.server()
    server.keep_ports()
    yield server
    server.stop()


# Where the check stands when the server dies: the command of the card that is just being worked on. The card is slow there.
@pytest.mark.parametrize("moment", ["VERIFY", "SIGN"])
def test_a_server_killed_while_the_card_works_leads_to_one_verify_and_one_clear_end(bench, own_server, moment):
    desk, readers = bench.desk(own_server), bench.readers()
    card = bench.card(readers.ports[0], "--timing", "real")
    process = bench.start_check(desk, readers, server=own_server)
    begins = {"VERIFY": bench.verifies, "SIGN": bench.signatures}[moment]
    bench.clinic.run.wait_for("card", process, lambda: begins(card), clinics.READY_SECONDS)
    own_server.kill()
    own_server.start()
    bench.ends(own_server.process)
    answer = bench.answer(desk, process)
    assert answer.ok or any(answer.is_refused(code) for code in ("SERVER_LOST_DURING_CHECK", "PRESS_ID_REUSED",
                                                                "CHECK_DEADLINE", "NATIONAL_OUTCOME_UNKNOWN")), answer
    assert len(bench.verifies(card)) == 1, bench.commands(card)
    if answer.ok:
        # One for each server that had the press (docs/decisions/0007): their epochs order them, the last one holds.
        outcomes = [row.split("|")[1:] for row in bench.trail("action, epoch, code", desk) if row.startswith("check.outcome")]
        epochs = [int(epoch) for epoch, _ in outcomes]
        assert epochs == sorted(set(epochs)) and outcomes[-1][1] == "0", outcomes


def test_a_server_killed_while_the_national_service_thinks_asks_the_same_question_again(bench):
    national = bench.national(latency_ms=3000, only="checks")
    server = bench.server({"eligibility": {"url": national.url}})
    server.keep_ports()
    desk, readers = bench.desk(server), bench.readers()
    card = bench.card(readers.ports[0])
    process = bench.start_check(desk, readers, server=server)
    bench.clinic.run.wait_for("national", process, lambda: bench.asked(national), clinics.READY_SECONDS)
    server.kill()
    server.start()
    bench.ends(server.process)
    answer = bench.answer(desk, process)
    assert answer.ok or any(answer.is_refused(code) for code in ("SERVER_LOST_DURING_CHECK", "CHECK_DEADLINE",
                                                                "NATIONAL_OUTCOME_UNKNOWN", "PRESS_ID_REUSED")), answer
    assert len(bench.verifies(card)) == 1
    assert len(set(bench.asked(national))) == 1, "one inquiry, one key"


def test_a_server_that_stays_away_ends_the_press_with_a_code(bench, own_server):
    desk, readers = bench.desk(own_server), bench.readers()
    card = bench.card(readers.ports[0], "--timing", "real")
    process = bench.start_check(desk, readers, server=own_server)
    bench.clinic.run.wait_for("card", process, lambda: bench.verifies(card), clinics.READY_SECONDS)
    own_server.kill()
    answer = bench.answer(desk, process)
    assert answer.is_refused("SERVER_LOST_DURING_CHECK"), answer
    assert len(bench.verifies(card)) == 1


def test_a_server_that_is_asked_to_stop_twice_still_ends_its_open_check(bench):
    national = bench.national(latency_ms=3000, only="checks")
    server = bench.server({"eligibility": {"url": national.url}})
    desk, readers = bench.desk(server), bench.readers()
    bench.card(readers.ports[0])
    process = bench.start_check(desk, readers, server=server)
    bench.clinic.run.wait_for("national", process, lambda: bench.asked(national), clinics.READY_SECONDS)
    log = bench.clinic.run.log_file(server.name)
    server.process.send_signal(signal.SIGTERM)
    bench.clinic.run.wait_for("server", server.process, lambda: "event=stopping" in log.read_text(), clinics.READY_SECONDS)
    server.process.send_signal(signal.SIGTERM)
    server.process.send_signal(signal.SIGINT)
    answer = bench.answer(desk, process)
    assert answer.ok, answer
    assert server.process.wait(STOP_SECONDS) == 0
    assert "event=stopped" in log.read_text()


def test_a_server_that_is_asked_to_stop_while_it_starts_comes_up_and_ends_cleanly(bench):
    server = bench.server(start=False).start(wait=False)
    bench.ends(server.process)
    log = bench.clinic.run.log_file(server.name)
    bench.clinic.run.wait_for("server", server.process, lambda: "component=store" in log.read_text(), clinics.READY_SECONDS)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(STOP_SECONDS) == 0
    assert "event=stopped" in log.read_text()


def test_a_server_whose_second_port_is_taken_says_which_and_ends(bench):
    taken = bench.clinic.server.ports["enrolment_port"]
    server = bench.server({"enrolment": {"listen": f"127.0.0.1:{taken}"}}, start=False).start(wait=False)
    bench.ends(server.process)
    assert server.process.wait(STOP_SECONDS) == 3
    text = bench.clinic.run.log_file(server.name).read_text()
    assert str(ERRORS["LISTENER_FAILED"]) in text and f"127.0.0.1:{taken}" in text
