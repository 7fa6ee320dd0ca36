# SPDX-License-Identifier: Apache-2.0
"""The server is killed in the middle of a check and comes back: one VERIFY, one clear end."""
import pytest
from conftest import ERRORS


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
    bench.clinic.run.wait_for("card", process, lambda: begins(card), 30)
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
    bench.clinic.run.wait_for("national", process, lambda: bench.asked(national), 30)
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
    bench.clinic.run.wait_for("card", process, lambda: bench.verifies(card), 30)
    own_server.kill()
    answer = bench.answer(desk, process)
    assert answer.is_refused("SERVER_LOST_DURING_CHECK"), answer
    assert len(bench.verifies(card)) == 1


def test_a_server_that_is_asked_to_stop_ends_cleanly(own_server):
    assert own_server.stop() == 0
