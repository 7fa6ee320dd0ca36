# SPDX-License-Identifier: Apache-2.0
"""Nothing can be recorded: the database's disk is full, or PostgreSQL is gone. Then nobody is checked, no PIN is spent, the desk says what to
do, and when the trouble is over the same server goes on by itself.
"""
import json
import os
import signal
import subprocess
import time

import clinic as clinics
import postgres
import pytest
from conftest import PIN, Bench
from run import Run, RunError
from small_disk import SmallDisk

# What is left in the pages that PostgreSQL has already is used up first: a few rows each.
CHECKS_UNTIL_FULL = 80
REFUSED_IN_A_ROW = 3
# More segments of PostgreSQL's log than it keeps in stock.
LOG_SEGMENTS = 16
SILENT_SECONDS = 4  # a server that hears nothing for five refuses by itself; it asks every second
SESSION_LOST = 2  # psql(1), exit status
NEXT_SEGMENT = "SELECT pg_logical_emit_message(false, 'test', 'x'); SELECT pg_switch_wal();\n"


@pytest.fixture(scope="module")
def small(build, people):
    """A clinic of its own; its database's files are alone on a small disk."""
    with Run() as run:
        clinic = clinics.Clinic(run, build, people)
        clinic.disk = SmallDisk(run)
        clinic.postgres = clinic.disk.postgres()
        clinic.start()
        yield clinic
        assert clinic.server.stop() == 0, run.log_tail("server")


@pytest.fixture
def floor(small):
    """-> bench, a desk, its readers, the card that lies there"""
    made = Bench(small)
    desk, readers = made.desk(), made.readers()
    yield made, desk, readers, made.card(readers.ports[0])
    made.close()


class Waiting:
    """A desk that has made one check and stays connected; only the PIN of the next one is not typed yet."""

    def __init__(self, bench, desk, readers):
        self._bench, self._desk = bench, desk
        clinic = bench.clinic
        read_end, self._pin = os.pipe()
        self._process = clinic.run.spawn("check-" + desk.account, [
            clinic.build.program("madoguchi-terminal"), "check", "--server", clinic.server.address, "--directory", desk.directory, "--method", "pin",
            "--pin-fd", read_end, "--json", "--repeat", "2", "--lock-file", desk.directory / "agent.lock"],
            env=readers.env, pass_fds=(read_end,), stdout=subprocess.PIPE, text=True)
        os.close(read_end)
        bench.ends(self._process)
        os.write(self._pin, PIN.encode())
        assert json.loads(self._process.stdout.readline())["ok"], clinic.run.log_tail("check-" + desk.account)

    def type_pin(self):
        os.write(self._pin, PIN.encode())
        os.close(self._pin)
        return self._bench.answer(self._desk, self._process)


def rows_of(clinic, check):
    return clinic.postgres.query(f"SELECT action FROM audit_event WHERE press_id = '{check['press_id']}' AND action IN ('check.intent', "
                                 "'check.outcome') ORDER BY sequence")


def is_up(postgres_):
    """Started again where it has ended itself, and somebody can log in."""
    if not postgres_.running():
        postgres_.start()
    try:
        return postgres_.query("SELECT 1")
    except RunError:
        return None


def goes_on(bench, desk, readers, server):
    """The same server process, asked again and again, answers at last; and then it always does."""
    answer = bench.clinic.run.wait_for("check", server, lambda: (one if (one := bench.check(desk, readers)).ok else None), clinics.READY_SECONDS)
    for one in (answer, bench.check(desk, readers)):
        assert one.ok and rows_of(bench.clinic, one.check) == ["check.intent", "check.outcome"], one


def test_a_full_disk_stops_checks_before_the_card_and_they_go_on_when_there_is_room(small, floor, tell):
    bench, desk, readers, card = floor
    server = small.server.process
    small.postgres.query("SELECT pg_switch_wal()", role="postgres")  # the check after it makes a new segment of the log, which has room then
    assert bench.check(desk, readers).ok
    started = small.postgres.query("SELECT pg_postmaster_start_time()")
    taken = small.disk.fill()
    answered, in_a_row, refused = [], 0, []
    for _ in range(CHECKS_UNTIL_FULL):
        verified, asked = len(bench.verifies(card)), len(bench.asked(small.national))
        answer = bench.check(desk, readers)
        if answer.ok:
            answered.append(answer.check)
            in_a_row = 0
            continue
        refused.append(answer.error["name"])
        # What fits into the last page may still be an intent; then its outcome is what could not be recorded, and nothing is shown.
        assert answer.is_refused("TRAIL_UNAVAILABLE") or answer.is_refused("OUTCOME_NOT_RECORDED"), answer
        if answer.is_refused("TRAIL_UNAVAILABLE"):
            assert len(bench.verifies(card)) == verified, "a PIN try was spent on a check that did not begin"
            assert len(bench.asked(small.national)) == asked, "somebody was asked about without a record"
            in_a_row += 1
            text = answer.error["desk_action_ja"]
            if in_a_row == REFUSED_IN_A_ROW:
                break
    assert in_a_row == REFUSED_IN_A_ROW, f"{len(answered)} answered, refused: {refused}"
    tell(f"full disk ({taken >> 20} MB of ballast): {len(answered)} checks fitted into the last pages, then refused: {', '.join(refused)}")
    tell(f"what the desk is told: {text}")
    for check in answered:
        assert rows_of(small, check) == ["check.intent", "check.outcome"], "what was answered is recorded"

    small.disk.make_room()
    goes_on(bench, desk, readers, server)
    assert server.poll() is None and small.postgres.query("SELECT pg_postmaster_start_time()") == started, "nothing was restarted"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
def test_a_database_that_is_gone_stops_checks_before_the_card_and_they_go_on_when_it_is_back(small, floor, tell, how):
    bench, desk, readers, card = floor
    server = small.server.process
    waiting = Waiting(bench, desk, readers)
    verified, asked = len(bench.verifies(card)), len(bench.asked(small.national))
    began = time.monotonic()
    small.postgres.stop(how)
    try:
        answer = waiting.type_pin()
        silent = time.monotonic() - began > SILENT_SECONDS and answer.is_refused("DATABASE_SILENT")
        assert silent or answer.is_refused("TRAIL_UNAVAILABLE"), answer
        assert len(bench.verifies(card)) == verified and len(bench.asked(small.national)) == asked
        tell(f"PostgreSQL {how.name}: {answer.error['name']}, the desk is told: {answer.error['desk_action_ja']}")
    finally:
        small.postgres.start()
    goes_on(bench, desk, readers, server)
    assert server.poll() is None


def test_a_full_disk_that_takes_the_database_down_stops_checks_before_the_card_and_they_go_on_when_it_is_back(small, floor, tell):
    """No room for the next segment of PostgreSQL's own log: it ends in a panic. Then it is gone until somebody starts it, or, where it finds
    segments that it can use again, there and unable to let anybody in."""
    bench, desk, readers, card = floor
    server = small.server.process
    waiting = Waiting(bench, desk, readers)
    verified, asked = len(bench.verifies(card)), len(bench.asked(small.national))
    # A session from before: on a full disk none can be opened.
    session = small.run.spawn("session", [postgres.programs() / "psql", "-X", "-q", "-t", "-A", small.postgres.url("postgres")],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    bench.ends(session)
    session.stdin.write("SELECT 'open';\n")
    session.stdin.flush()
    assert session.stdout.readline() == "open\n"
    small.disk.fill()
    session.communicate(NEXT_SEGMENT * LOG_SEGMENTS, timeout=clinics.READY_SECONDS)
    assert session.returncode == SESSION_LOST
    small.disk.fill()  # what its recovery gave back
    answer = waiting.type_pin()
    assert any(answer.is_refused(code) for code in ("TRAIL_UNAVAILABLE", "DATABASE_SILENT")), answer
    assert len(bench.verifies(card)) == verified and len(bench.asked(small.national)) == asked
    tell(f"full disk and PostgreSQL down: {answer.error['name']}, the desk is told: {answer.error['desk_action_ja']}")
    small.disk.make_room()
    small.run.wait_for("postgres", server, lambda: is_up(small.postgres), clinics.READY_SECONDS)
    goes_on(bench, desk, readers, server)
    assert server.poll() is None
