# SPDX-License-Identifier: Apache-2.0
"""A good row of the trail (who, how proven, from where, about whom, in which trace), and that nothing of a person is in it. What every test
of a run left in the trail is searched when the run's clinic ends (conftest.py)."""
import contextlib
import hashlib
import json
import os
import re

import administration
import clinic as clinics
import person as persons
import personal_data
import pytest
from conftest import PEOPLE
from handoff_test import FACE, Setting, folder_of

WHY = {"reason": "card-not-brought", "limit-consent": "yes"}
PATIENT_NUMBER = "A-0042"
# Every column of a check's two rows, and what stands in it. A column that is not named is NULL; processing_code is of an error.
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
KEYED = r"[0-9a-f]{8}:[0-9a-f]{64}"      # the key's id, the hash
BOTH = {"sequence": r"\d+", "recorded_at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d", "record_id": UUID, "owner": ".+", "written_by": r"\d+",
        "epoch": "1", "role": "desk", "authentication": "certificate", "source_address": r"127\.0\.0\.1", "trace_id": "[0-9a-f]{32}",
        "clock_state": "synchronised|unsynchronised|unknown", "patient_hash": KEYED, "code": "0"}
ANSWERED = {"insurance_hash": f"{KEYED}(,{KEYED})*", "segment_of_result_code": "1", "processing_status_code": "1", "validity_code": "1",
            "results": "[1-9]", "card_trips": r"\d", "card_us": r"\d+", "national_us": r"[1-9]\d*",
            "total_us": r"[1-9]\d*"}
OF_METHOD = {"pin": {"card_hash": KEYED},
             "sight": {"card_hash": KEYED, "presenter": "holder", "photo_check": "compared"},
             "number": {"inquiry_reason": "card_not_brought"}}
COLUMNS = ("action, role, authentication, source_address, clock_state, length(trace_id), inquiry_id = replace(press_id::text, '-', ''), "
           "insurance_hash IS NOT NULL")


def test_the_search_itself_finds_a_planted_name_and_number():
    name, number = next(value for value in personal_data.values(PEOPLE) if not value.isascii()), "06139992"
    assert personal_data.appearances(PEOPLE, f"(12,handoff.delivered,,{name},)")
    assert personal_data.appearances(PEOPLE, f"(12,handoff.delivered,insurer={number},)")
    assert personal_data.appearances(PEOPLE, "(12,handoff.delivered,,<Name>,)") == ["an XML body"]
    assert not personal_data.appearances(PEOPLE, f"(12,check.outcome,0011aabb:a{number}f,2026-04-01 09:00:00.123456+09)")


def test_a_check_says_who_how_from_where_and_in_which_trace(bench):
    desk, readers = bench.desk(), bench.readers()
    bench.card(readers.ports[0])
    answer = bench.check(desk, readers)
    assert answer.ok, answer
    rows = bench.trail(COLUMNS, desk)
    checks = [row.split("|") for row in rows if row.startswith("check.")]
    assert [row[0] for row in checks] == ["check.intent", "check.outcome"]
    for row in checks:
        assert row[1:4] == ["desk", "certificate", "127.0.0.1"], row
        assert row[4] in ("synchronised", "unsynchronised", "unknown")
        assert row[5:7] == ["32", "t"], row
    assert [row[7] for row in checks] == ["f", "t"], "the insurance is known with the outcome"
    trace = next(row.split("|")[1] for row in bench.trail("action, trace_id", desk) if row.startswith("check.outcome"))
    log = bench.clinic.run.log_file("server").read_text(errors="replace")
    assert re.search(rf"event=check_ended .*press={answer.check['press_id']} .*trace={trace}$", log, re.M)


@pytest.mark.parametrize("method", ["pin", "sight", "number"])
def test_every_column_of_a_good_row_is_filled_by_a_check(bench, method):
    desk, readers = bench.desk(), bench.readers() if method != "number" else None
    if readers:
        bench.card(readers.ports[0])
    numbers = {**persons.numbers(PEOPLE / "hanako-genki.xml")[0], **WHY} if method == "number" else {}
    stated = ("--presenter", "holder", "--attest", "compared") if method == "sight" else ()
    answer = bench.check(desk, readers, *stated, method=method, secrets={**numbers, "patient-number": PATIENT_NUMBER})
    assert answer.ok, answer
    press = answer.check["press_id"]
    rows = [json.loads(row) for row in bench.trail("row_to_json(audit_event)", desk)]
    rows = {row["action"]: row for row in rows if row["press_id"] == press}
    known = {**BOTH, **OF_METHOD[method], "institution_code": clinics.INSTITUTION, "desk_id": desk.desk_id, "account_id": desk.account,
             "press_id": press, "inquiry_id": press.replace("-", ""), "method": method}
    for action, wanted in (("check.intent", known), ("check.outcome", {**known, **ANSWERED})):
        row = {column: str(value) for column, value in rows[action].items() if value is not None and column != "action"}
        assert row.keys() ^ wanted.keys() == set(), action
        for column, pattern in wanted.items():
            assert re.fullmatch(pattern, row[column]), (action, column, row[column])
    intent, outcome = rows["check.intent"], rows["check.outcome"]
    assert all(intent[column] == outcome[column] for column in ("trace_id", "patient_hash", "card_hash", "operator_code"))
    assert int(outcome["sequence"]) > int(intent["sequence"])
    assert {row["trace_id"] for row in rows.values()} == {intent["trace_id"]}, "what the screen did is of the same trace"


def test_a_handed_over_file_is_in_the_trail_with_name_and_hash(bench):
    face = folder_of(bench, "trail-face")
    setting = Setting(bench, oqs_folder=face)
    press = setting.check()
    setting.until(setting.delivered)
    row, = [json.loads(row) for row in bench.trail("row_to_json(audit_event)", setting.desk) if '"handoff.delivered"' in row]
    written, = face.glob("*.xml")
    assert FACE.fullmatch(written.name) and row["file_name"] == written.name and row["press_id"] == press
    assert row["file_sha256"] == hashlib.sha256(written.read_bytes()).hexdigest()
    assert row["destination"] == "oqs_folder" and row["account_id"] == setting.desk.account and row["code"] == 0


@pytest.fixture(scope="module")
def auditor(clinic):
    made = administration.Administrator(clinic, clinic.server, administration.add_console(clinic, "row-console"), "gyo@example.jp")
    made.begin(administration.add_administrator(clinic, "gyo@example.jp"), "hajimete-no-aikotoba-1")
    return made


def test_who_looked_at_a_patient_is_found_over_a_changed_key_and_by_several_insurances_at_once(bench, auditor):
    """The server's key becomes a retired one; a question at the new server finds what both keys hashed, of a past insurance and of today's."""
    clinic = bench.clinic
    before, today = (persons.numbers(PEOPLE / f"{person}.xml")[0] for person in ("kokuho-taro", "emi-gendo-e"))
    desk = bench.desk()

    def press(numbers, server=None):
        answer = bench.check(desk, None, method="number", secrets={**numbers, **WHY}, server=server)
        assert answer.ok, answer
        return answer.check["press_id"]

    old = press(before)
    key = clinic.run.directory / "audit-key-of-today"
    with contextlib.suppress(FileExistsError), os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(os.urandom(32).hex())
    changed = bench.server({"audit": {"key_file": key, "retired_key_files": clinic.run.directory / "audit-key"}})
    new = press(today, changed)
    ids = [row.split("|")[1][:8] for row in bench.trail("action, insurance_hash", desk) if row.startswith("check.outcome")]
    assert len(set(ids)) == 2, "two keys hashed these"
    both = {}
    for number, numbers in ((1, before), (2, today)):
        tail = "" if number == 1 else f"_{number}"
        both |= {name.replace("-", "_") + tail: numbers.get(name, "") for name in ("insurer-number", "symbol", "number", "branch")}

    auditor.server = changed
    auditor.log_in()

    def found(**secrets):
        entries = auditor.done("audit", "subject", "--insurances", str(len(secrets) // 4), **secrets)["entries"]
        return {entry.get("press_id") for entry in entries} & {old, new}

    first = {name: value for name, value in both.items() if not name.endswith("_2")}
    assert found(**both) == {old, new}
    assert found(**first) == {old}


def test_an_inquiry_leaves_the_hash_of_its_numbers_and_none_of_them(bench):
    desk = bench.desk()
    numbers, theirs = persons.numbers(PEOPLE / "ichiro-kazoku.xml")
    assert theirs
    padded = {**numbers, "insurer-number": f"  {numbers['insurer-number'].strip()}", "patient-number": "Ａ－００１２"}
    for typed in ({**numbers, "patient-number": "A-0012"}, padded):
        assert bench.check(desk, None, method="number", secrets={**typed, **WHY}).ok
    outcomes = [row.split("|")[1:] for row in bench.trail("action, insurance_hash, patient_hash", desk) if row.startswith("check.outcome")]
    assert len(outcomes) == 2 and outcomes[0] == outcomes[1], "the same insurance and patient in another width and padding have other hashes"
    assert all(outcomes[0]) and "A-0012" not in "".join(outcomes[0])
    assert not personal_data.appearances(PEOPLE, personal_data.trail_of(bench.clinic))
