# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL goes away: at the start, before the intent, before the outcome. No audit, no check; nothing unrecorded is told."""
import pytest
import stolen_server
from clinic import READY_SECONDS, free_port
from conftest import ERRORS, PIN
from plain_reader import PlainReader
from python_desk import PythonDesk
from run import stop


@pytest.fixture
def interrupted(bench):
    """The clinic's PostgreSQL; it runs again when the test ends, whatever happened."""
    postgres = bench.clinic.postgres
    yield postgres
    if not postgres.running():
        postgres.start()


def test_a_server_without_database_does_not_start_and_says_why(bench, interrupted):
    interrupted.stop()
    server = bench.server(start=False)
    server.start(wait=False)
    assert server.process.wait(READY_SECONDS) == 3
    log = bench.clinic.run.log_file(server.name).read_text()
    assert str(ERRORS["DATABASE_UNREACHABLE"]) in log


def test_without_database_no_check_begins_and_no_pin_is_spent(bench, shared_desk, interrupted):
    readers = bench.readers()
    card = bench.card(readers.ports[0])
    interrupted.stop()
    answer = bench.check(shared_desk, readers)
    assert any(answer.is_refused(code) for code in ("TRAIL_UNAVAILABLE", "DATABASE_UNREACHABLE", "DATABASE_SILENT", "SERVER_UNREACHABLE")), answer
    assert not bench.verifies(card)
    interrupted.start()
    # At once, or after the server's next look at a database that was silent for longer than five seconds.
    bench.clinic.run.wait_for("check", None, lambda: bench.check(shared_desk, readers).ok, READY_SECONDS)


def test_a_database_that_goes_before_the_intent_stops_the_press_before_the_card(bench, interrupted):
    desk = bench.desk()
    port = free_port()
    reader = PlainReader(port)
    bench.card(port, wait=False)
    root, key, certificate = bench.clinic.desk_credentials(desk)
    with PythonDesk(bench.clinic.server.address, root, key, certificate, reader, PIN.encode()) as client:
        client.say_hello()
        opening = client.run_opening()
        interrupted.stop()
        client.press(opening)
        # The second one when stopping PostgreSQL took more than five seconds.
        assert client.receive("check_answer").refusal.code in (ERRORS["TRAIL_UNAVAILABLE"], ERRORS["DATABASE_SILENT"])
    reader.close()


def test_a_database_that_goes_before_the_outcome_keeps_the_answer_back(bench, interrupted):
    desk = bench.desk()
    port = free_port()
    reader = PlainReader(port)
    bench.card(port, wait=False)
    root, key, certificate = bench.clinic.desk_credentials(desk)
    with PythonDesk(bench.clinic.server.address, root, key, certificate, reader, PIN.encode()) as client:
        client.say_hello()
        client.press(client.run_opening())
        run = client.receive("run_script")
        answers = client.run_script(run.script)
        interrupted.stop()
        client.answer_script(run, answers)
        answer = client.receive("check_answer")
        assert answer.WhichOneof("outcome") == "refusal"
        assert answer.refusal.code == ERRORS["OUTCOME_NOT_RECORDED"]
    reader.close()


def test_the_servers_role_can_neither_change_nor_remove_a_row_of_the_trail(bench, shared_desk):
    from run import RunError
    readers = bench.readers()
    bench.card(readers.ports[0])
    assert bench.check(shared_desk, readers).ok
    for statement in ("UPDATE audit_event SET code = 0", "DELETE FROM audit_event", "TRUNCATE audit_event", "DROP TABLE audit_event"):
        for role in ("madoguchi_server", "madoguchi_owner")[: 1 if statement.startswith("DROP") else 2]:
            with pytest.raises(RunError):
                bench.clinic.postgres.query(statement, role)


def test_a_stopped_account_is_refused_before_the_card(bench):
    desk, readers = bench.desk(), bench.readers()
    card = bench.card(readers.ports[0])
    bench.clinic.postgres.query(f"UPDATE device_account SET state = 'suspended' WHERE account_id = '{desk.account}'")
    answer = bench.check(desk, readers)
    assert answer.is_refused("ACCOUNT_NOT_USABLE"), answer
    assert not bench.verifies(card)


def test_migrations_run_twice_change_nothing(bench):
    before = bench.clinic.postgres.query("SELECT * FROM schema_migrations")
    bench.clinic.server_command("migrate")
    assert bench.clinic.postgres.query("SELECT * FROM schema_migrations") == before
