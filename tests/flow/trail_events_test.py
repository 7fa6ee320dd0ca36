# SPDX-License-Identifier: Apache-2.0
"""What stands in the trail after real acts: a result on a desk's screen and its end, who was at the desk, a lost connection between them,
what a server says of itself, work of the vendor. And that every row fills the columns the registry says, and no other."""
import re
import subprocess
import uuid

import administration
import pytest
from conftest import ERRORS, ROOT, Bench
from desk_rules_test import Floor
from madoguchi.v1 import check_pb2, screen_report_pb2
from network_switch import NetworkSwitch
from number_test import numbers_of
from python_desk import PythonDesk

PERSON = "hanako-genki"
TRAIL_SECONDS = 30
COMMON = {"sequence", "recorded_at", "record_id", "action", "owner", "code", "detail", "actor", "role", "authentication", "operator_code",
          "source_address", "trace_id", "clock_state", "written_by"}


@pytest.fixture(scope="module")
def administrator(clinic):
    made = administration.Administrator(clinic, clinic.server, administration.add_console(clinic, "events-console"), "dekigoto@example.jp")
    made.begin(administration.add_administrator(clinic, "dekigoto@example.jp"), "hajimete-no-aikotoba-1")
    return made


@pytest.fixture(scope="module")
def stand(clinic, administrator):
    """A desk whose policy asks for an operator, at a server of its own."""
    made = Bench(clinic)
    server = made.server({"desk": {"listen": "127.0.0.1:0", "operators": "on"}})
    yield Floor(made, administrator, server)
    made.close()


def rows(floor, columns, about=""):
    return floor.sql(f"SELECT {columns} FROM audit_event WHERE desk_id = '{floor.desk.desk_id}' {about} ORDER BY sequence")


def test_a_check_leaves_intent_outcome_shown_and_closed_with_desk_operator_blocks_and_seconds(stand):
    code = f"A{stand.desk.account[-4:]}"
    stand.operator(code)
    stand.sign_in(code)
    answer = stand.check(PERSON)
    assert answer.ok, answer
    found = rows(stand, "action, operator_code, account_id, shown, seconds, detail, actor", f"AND press_id = '{answer.check['press_id']}'")
    account = stand.desk.account
    assert [row.split("|")[:3] for row in found] == [[action, code, account] for action in (
        "check.intent", "check.outcome", "desk.result_shown", "desk.result_closed")], found
    shown, closed = (row.split("|")[3:] for row in found[2:])
    assert shown[1:] == ["", "form=json", "desk"] and {"outcome", "insurance"} <= set(shown[0].split(",")), found
    assert closed[0] == shown[0] and int(closed[1]) < TRAIL_SECONDS and closed[2:] == ["form=json by=program", "desk"], found


def test_another_operator_takes_over_and_the_trail_says_who_left(stand):
    first, second = (f"{letter}{stand.desk.account[-4:]}" for letter in "CD")
    for code in (first, second):
        stand.operator(code)
    stand.sign_in(first)
    stand.sign_in(second)
    assert f"account.operator_switched|staff:{first}|to=staff:{second}" in rows(stand, "action, actor, detail")


def test_what_the_screen_did_reaches_the_trail_once_although_the_connection_broke(stand):
    bench = stand.bench
    desk = bench.desk(bench.clinic.server)
    about = f"SELECT action, detail FROM audit_event WHERE desk_id = '{desk.desk_id}' AND action LIKE 'desk.result%' ORDER BY sequence"

    def told():
        return [row for row in stand.sql(about) if row.startswith("desk.")]

    with NetworkSwitch(bench.clinic.server.ports["desk_port"]) as switch:
        process = bench.start_check(desk, None, "--stay", server=switch, method="number", secrets=numbers_of(PERSON), stdin=subprocess.PIPE,
                                    program="madoguchi-terminal-marker-pin")  # it alone knows --stay
        bench.clinic.run.wait_for("check", process, told, TRAIL_SECONDS)
        assert [row.split("|")[0] for row in told()] == ["desk.result_shown"]
        switch.cut()
        bench.wait_until_connected(desk, process, before=1)
        process.stdin.close()
        process.stdin = None
        answer = bench.answer(desk, process)
    assert answer.ok, answer
    assert [row.split("|")[0] for row in told()] == ["desk.result_shown", "desk.result_closed"], told()
    assert "by=key" in told()[1], told()


def test_every_act_of_a_screen_is_a_row_with_its_press_and_what_is_nobodys_is_refused(bench):
    """Copied, printed, locked, unlocked: what the desk's page will report. The text terminal shows and closes."""
    desk = bench.desk()
    root, key, certificate = bench.clinic.desk_credentials(desk)
    numbers = numbers_of(PERSON)
    inquiry = check_pb2.NumberInquiry(insurer_number=numbers["insurer-number"], symbol=numbers.get("symbol", ""), number=numbers["number"],
                                      branch=numbers.get("branch", ""), birthdate=numbers["birthdate"], limit_consent=True, reason=1)
    blocks = [screen_report_pb2.BLOCK_OUTCOME, screen_report_pb2.BLOCK_INSURANCE]
    with PythonDesk(bench.clinic.server.address, root, key, certificate) as screen:
        screen.say_hello()
        press = uuid.uuid4().bytes
        screen.send(press=check_pb2.Press(press_id=press, method=check_pb2.NUMBER, number_inquiry=inquiry, remaining_ms=15000))
        assert screen.receive("check_answer").WhichOneof("outcome") == "answer"

        def report(**fields):
            one = screen_report_pb2.ScreenReport(report_id=uuid.uuid4().bytes, **fields)
            screen.send(screen_report=one)
            assert screen.receive("screen_report_taken").report_id == one.report_id

        about = {"press_id": press, "blocks": blocks, "form": screen_report_pb2.FORM_PAGE}
        report(act=screen_report_pb2.RESULT_SHOWN, **about)
        report(act=screen_report_pb2.RESULT_SHOWN, again=True, **about)
        report(act=screen_report_pb2.RESULT_COPIED, **about)
        report(act=screen_report_pb2.RESULT_PRINTED, **about)
        report(act=screen_report_pb2.RESULT_CLOSED, end=screen_report_pb2.END_BY_IDLE, seconds=61, **about)
        report(act=screen_report_pb2.SCREEN_LOCKED, end=screen_report_pb2.END_BY_IDLE)
        report(act=screen_report_pb2.SCREEN_UNLOCKED)
        report(act=screen_report_pb2.RESULT_PRINTED, **{**about, "press_id": uuid.uuid4().bytes})
        report(act=77, **about)
    rows = bench.trail("action, press_id IS NOT NULL, shown, seconds, detail, code", desk)
    page, said = "outcome,insurance", ERRORS["MESSAGE_INVALID"]
    assert [row for row in rows if row.startswith("desk.")] == [
        f"desk.result_shown|t|{page}||form=page|0", f"desk.result_shown|t|{page}||form=page again|0", f"desk.result_copied|t|{page}||form=page|0",
        f"desk.result_printed|t|{page}||form=page|0", f"desk.result_closed|t|{page}|61|form=page by=idle|0", "desk.locked|f|||by=idle|0",
        "desk.unlocked|f||||0", f"desk.report_refused|t|||desk.result_printed: no press of this desk that ended|{said}",
        f"desk.report_refused|f|||report: act|{said}"]


def test_the_server_says_whether_its_clock_is_kept_and_which_settings_are_others_than_last_time(stand):
    bench = stand.bench
    firsts = stand.sql("SELECT DISTINCT ON (owner) action FROM audit_event WHERE owner IN (SELECT owner FROM audit_event WHERE action = "
                       "'app.started') ORDER BY owner, sequence")
    assert set(firsts) == {"app.started"}, "no row of a server stands before its start"
    assert stand.sql("SELECT role FROM audit_event WHERE action = 'app.migrated'") == ["root"]
    # The first of each server says how it was at the start; a later one that the kernel's state has changed.
    states = stand.sql("SELECT row_number() OVER (PARTITION BY owner ORDER BY sequence) = 1, detail FROM audit_event WHERE action = 'audit.clock_state'")
    state = "(synchronised|unsynchronised|unknown)"
    assert states and all(re.fullmatch(rf"t\|state={state} at=start|f\|state={state} before={state}", row) for row in states), states
    before = len(stand.sql("SELECT 1 FROM audit_event WHERE action = 'config.changed'"))
    secret = "11"
    server = bench.server({"desk": {"listen": "127.0.0.1:0", "operators": "off", "operator_idle_minutes": secret}})
    changed = stand.sql("SELECT detail, actor, role FROM audit_event WHERE action = 'config.changed' ORDER BY sequence")[before:]
    assert len(changed) == 1 and changed[0].endswith("|server|server"), changed
    assert "desk.operator_idle_minutes" in changed[0] and "desk.operators" in changed[0], changed
    assert secret not in changed[0].replace("desk.operator_idle_minutes", ""), "names, never values"
    server.stop()


def test_work_of_the_vendor_is_opened_with_a_plan_and_closed_with_what_was_done(stand):
    opened = stand.admin("audit", "maintenance", "open", "--company", "窓口保守株式会社", "--plan", "証明書の更新", "--minutes", "60")
    number = opened["number"]
    assert [one["number"] for one in stand.admin("audit", "maintenance", "list")["maintenance"]] == [number]
    stand.admin("audit", "maintenance", "close", str(number), "--done", "更新して動作を確認")
    refused = stand.administrator.refused("audit", "maintenance", "close", str(number), "--done", "もう一度")
    assert refused["code"] == ERRORS["MAINTENANCE_NOT_OPEN"], refused
    found = stand.sql("SELECT action, actor, role, detail FROM audit_event WHERE action LIKE 'audit.maintenance%' ORDER BY sequence")
    assert [row.split("|")[:3] for row in found] == [[f"audit.maintenance_{what}", "dekigoto@example.jp", "administrator"]
                                                     for what in ("opened", "closed")], found
    assert "plan=証明書の更新" in found[0] and "done=更新して動作を確認" in found[1], found


def test_every_row_is_of_a_registered_event_and_fills_only_what_the_registry_says(stand):
    registry = {word: {column for column in fills.split(", ") if column} for word, fills in re.findall(
        r"^\| \d+ \| `([a-z_.]+)` \|.*\| ([a-z0-9_, ]*) \|$", (ROOT / "docs" / "trail-events.md").read_text(), re.MULTILINE)}
    assert len(registry) > 130
    columns = set(stand.sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'audit_event'")) - COMMON
    counts = ", ".join(f"count({column}) AS {column}" for column in sorted(columns))
    others = []
    for row in stand.sql(f"SELECT action, {counts} FROM audit_event GROUP BY action"):
        action, *filled = row.split("|")
        assert action in registry, action
        others += [f"{action}: {column}" for column, count in zip(sorted(columns), filled) if int(count) and column not in registry[action]]
    assert others == []
