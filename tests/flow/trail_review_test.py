# SPDX-License-Identifier: Apache-2.0
"""The trail as an auditor reads it with madoguchi-admin, on a real server with real checks: search by each fact, who looked at a patient by
the numbers of a paper, the timeline of one check, the monthly report, rights, saved searches, exports that other programs take.
"""
import csv
import io
import json
import re

import administration
import fhir_validator
import pytest

INSURER, SYMBOL, NUMBER, BRANCH = "06139992", "見本１", "１００１", "01"   # of the shipped person hanako-genki
WITHIN = 120


@pytest.fixture(scope="module")
def auditor(clinic):
    made = administration.Administrator(clinic, clinic.server, administration.add_console(clinic, "review-console"), "kansa@example.jp")
    made.begin(administration.add_administrator(clinic, "kansa@example.jp"), "tensa-no-aikotoba-1")
    return made


@pytest.fixture
def checked(bench):
    """A desk that has checked hanako-genki once. -> (desk, id of the press)"""
    desk = bench.desk()
    readers = bench.readers()
    bench.card(readers.ports[0])
    answer = bench.check(desk, readers)
    assert answer.ok, answer
    (press,) = bench.clinic.postgres.query(f"SELECT press_id FROM press WHERE desk_id = '{desk.desk_id}'")
    return desk, press


def details(clinic, word):
    return clinic.postgres.query(f"SELECT coalesce(detail, '') FROM audit_event WHERE action = '{word}' ORDER BY sequence")


def test_a_check_is_found_by_each_of_its_facts(auditor, checked):
    desk, press = checked

    def find(*arguments):
        return auditor.done("audit", "search", *arguments)["entries"]
    both = {"check.intent", "check.outcome"}
    by_press = find("--press", press, "--event", "check.*")
    assert {entry["event"] for entry in by_press} == both
    assert all(entry["event_ja"] and entry["desk_name"] == desk.name for entry in by_press)
    for facts in (["--desk", desk.name], ["--desk", desk.desk_id], ["--account", desk.account]):
        assert {entry["event"] for entry in find(*facts, "--event", "check.*")} == both, facts
    assert find("--press", press, "--event", "check.outcome", "--outcome", "answered", "--since", "2020-01-01")
    assert not find("--press", press, "--outcome", "refused")
    assert not find("--press", press, "--until", "2020-01-01")
    assert details(auditor.clinic, "audit.searched")[-1] == "filters=until,press_id rows=0"


def test_who_looked_at_a_patient_is_told_by_the_numbers_of_the_paper_and_they_stay_nowhere(auditor, checked):
    desk, press = checked
    numbers = {"insurer_number": INSURER, "symbol": SYMBOL, "number": NUMBER, "branch": BRANCH}
    found = auditor.done("audit", "subject", "--insurances", "1", **numbers)["entries"]
    mine = [entry for entry in found if entry.get("press_id") == press]
    assert {"check.intent", "check.outcome"} <= {entry["event"] for entry in mine}
    assert {entry["desk_name"] for entry in mine if entry["event"].startswith("check.")} == {desk.name}
    assert not auditor.done("audit", "subject", "--insurances", "1", **{**numbers, "number": "９９９９９"})["entries"]
    everything = "\n".join(auditor.clinic.postgres.query("SELECT audit_event::text FROM audit_event WHERE action LIKE 'audit.%'"))
    assert "audit.subject_read" in everything
    assert not [value for value in (INSURER, SYMBOL, NUMBER, "見本1") if value in everything]


def test_the_timeline_of_a_check_goes_from_its_intent_to_its_end(auditor, checked):
    _, press = checked
    entries = auditor.done("audit", "timeline", press)["entries"]
    events = [entry["event"] for entry in entries]
    assert events[:2] == ["check.intent", "check.outcome"]
    assert entries[1]["after_ms"] >= 0 and entries[0]["after_ms"] == 0
    status, text = auditor.run("audit", "timeline", press, json_output=False)
    assert status == 0 and "ms" in text and "check.outcome" in text


def test_the_monthly_report_counts_the_checks_and_reads_well(auditor, checked, tell):
    desk, _ = checked
    (month,) = auditor.clinic.postgres.query("SELECT to_char(clock_timestamp() AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM')")
    report = auditor.done("audit", "report", "--month", month, "--open-from", "0", "--open-until", "24", "--no-closed-days")["report"]
    (day,) = [day for day in report["days"] if day["desk_id"] == desk.desk_id]
    assert day["checks"] == 1 and day["answered"] == 1 and report["checks"] >= 1
    assert not report["out_of_hours"]
    status, text = auditor.run("audit", "report", "--month", month, json_output=False)
    assert status == 0 and "監査証跡の月次報告" in text and "Monthly report" in text and desk.name in text
    status, table = auditor.run("--csv", "audit", "report", "--month", month, json_output=False)
    rows = list(csv.DictReader(io.StringIO(table.lstrip("\ufeff"))))
    assert [row for row in rows if row["section"] == "day" and row["desk_id"] == desk.desk_id and row["count"] == "1"]
    assert auditor.refused("audit", "report", "--month", "2026-13")["code"] == 1620


def test_rights_are_told_from_the_trail_alone(auditor):
    (today,) = auditor.clinic.postgres.query("SELECT to_char(clock_timestamp() AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD')")
    told = auditor.done("audit", "rights", "--day", today)
    (right,) = [right for right in told["rights"] if right["kind"] == "user" and right["who"] == "kansa@example.jp"]
    assert right["right"] == "administrator" and right["given_by"] == "root"
    (row,) = auditor.clinic.postgres.query(f"SELECT action FROM audit_event WHERE sequence = {right['sequence']}")
    assert row == "console.user_created"
    assert told["trail_begins_at"]
    assert not auditor.done("audit", "rights", "--day", "2020-01-01")["rights"]


def test_a_search_is_saved_and_run_again(auditor, checked):
    desk, press = checked
    auditor.done("audit", "search", "--event", "check.outcome", "--save-as", "回答")
    entries = auditor.done("audit", "search", "--saved", "回答", "--desk", desk.desk_id)["entries"]
    assert [entry["press_id"] for entry in entries] == [press]
    assert [search["name"] for search in auditor.done("audit", "saved", "list")["searches"]] == ["回答"]
    auditor.done("audit", "saved", "delete", "回答")
    assert auditor.refused("audit", "search", "--saved", "回答")["code"] == 1621


def test_an_export_is_csv_and_valid_fhir(auditor, checked, tmp_path):
    _, press = checked
    auditor.done("audit", "search", "--press", press, "--export", str(tmp_path / "rows.csv"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "rows.csv").read_text())))
    assert {"check.intent", "check.outcome"} <= {row["event"] for row in rows} and {row["press_id"] for row in rows} == {press}
    assert (tmp_path / "rows.csv").stat().st_mode & 0o077 == 0
    auditor.done("audit", "search", "--export", str(tmp_path / "rows.ndjson"), "--format", "fhir")
    events = [json.loads(line) for line in (tmp_path / "rows.ndjson").read_text().splitlines()]
    assert len(events) > 5
    (tmp_path / "fhir").mkdir()
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": event} for event in events]}
    assert fhir_validator.errors(tmp_path / "fhir", {"events": bundle}) == {"events": []}
    profiles = [profile for event in events for profile in event.get("meta", {}).get("profile", [])]
    assert any(profile.endswith("IHE.BasicAudit.PatientQuery") for profile in profiles)
    assert re.search(r"rows=\d+ format=", details(auditor.clinic, "audit.search_exported")[-1])
    assert auditor.run("audit", "search", "--export", str(tmp_path / "rows.csv"), check=False)[0] == 3, "nothing is overwritten"
