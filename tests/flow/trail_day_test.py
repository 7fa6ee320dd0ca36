# SPDX-License-Identifier: Apache-2.0
"""A day at many desks, as an auditor sees it afterwards: the trail of all its checks is exported, verified without any server, and its month
reported; each figure of the report is counted once more here, from the exported rows. With --long there are 20 desks and 2,000 checks.
"""
import collections
import concurrent.futures
import datetime
import json
import os
import subprocess

import administration
import clinic as clinics
import pytest
from conftest import Bench
from run import Run

LONG = bool(os.environ.get("MADOGUCHI_LONG"))
DESKS, CHECKS = (20, 2000) if LONG else (4, 60)
READERS_EACH = min(DESKS, 10)
WRONG_PIN = "0000"
PERSONS = ["hanako-genki", "ichiro-kazoku", "kiku-kouki", "umeko-korei", "takeo-gendo"]
DAY_SECONDS = 1500    # a sanitized build on a slow machine
OF_A_CHECK = ["check.intent", "check.outcome", "desk.result_shown", "desk.result_closed"]
SIGNED_SECONDS = 60   # until what was recorded is in the tree and under a checkpoint
JAPAN = datetime.timezone(datetime.timedelta(hours=9))


@pytest.fixture(scope="module")
def clinic_of_the_day(build, people):
    with Run() as run:
        clinic = clinics.Clinic(run, build, people)
        clinic.start()
        yield clinic
        assert clinic.server.stop() == 0, run.log_tail("server")


@pytest.fixture
def floor(clinic_of_the_day):
    """-> bench, [(desk, readers, number of the reader)]"""
    bench = Bench(clinic_of_the_day)
    readers = [bench.readers(READERS_EACH) for _ in range(DESKS // READERS_EACH)]
    places = []
    for number in range(DESKS):
        here = readers[number // READERS_EACH]
        bench.card(here.ports[number % READERS_EACH], person=PERSONS[number % len(PERSONS)])
        places.append((bench.desk(), here, number % READERS_EACH))
    yield bench, places
    bench.close()


@pytest.fixture(scope="module")
def auditor(clinic_of_the_day):
    made = administration.Administrator(clinic_of_the_day, clinic_of_the_day.server, administration.add_console(clinic_of_the_day, "audit-console"),
                                        "kansa@example.jp")
    made.begin(administration.add_administrator(clinic_of_the_day, "kansa@example.jp"), "tensa-no-aikotoba-1")
    return made


def checked(bench, places):
    """Every desk checks its patient again and again. -> the presses that were answered"""
    each = CHECKS // DESKS
    processes = [bench.start_check(desk, readers, "--reader", f"Madoguchi Loopback {reader}", "--repeat", str(each), pin="1234\n" * each)
                 for desk, readers, reader in places]
    with concurrent.futures.ThreadPoolExecutor(DESKS) as pool:
        texts = list(pool.map(lambda process: process.communicate(timeout=DAY_SECONDS)[0], processes))
    documents = [json.loads(line) for text in texts for line in text.splitlines()]
    refused = [document["error"]["name"] for document in documents if not document["ok"]]
    assert not refused and len(documents) == each * DESKS, (refused, len(documents))
    return [document["check"]["press_id"] for document in documents]


def sign(clinic):
    """Until every row there is now is under a signed checkpoint."""
    last = clinic.postgres.query("SELECT max(sequence) FROM audit_event")[0]
    signed = f"SELECT 1 FROM trail_leaf WHERE sequence = {last} AND leaf_index < (SELECT max(size) FROM trail_checkpoint)"
    clinic.run.wait_for("signed", clinic.server.process, lambda: clinic.postgres.query(signed), SIGNED_SECONDS)


def verify(clinic, folder):
    """Offline: no server, no session, the key from the person. -> (exit status, document)"""
    argv = [clinic.build.program("madoguchi-admin"), "--json", "audit", "verify", folder, "--key", clinic.trail_key]
    status, text = clinic.run.call("verify", argv, timeout=clinics.COMMAND_SECONDS, check=False,
                                   env={"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)})
    return status, json.loads(text)


def bundles_of(folder):
    return [path for path in (folder / "tile" / "entries").rglob("*") if path.is_file()]


def lines_of(folder):
    """Every row of an export, read by nothing of ours."""
    for bundle in bundles_of(folder):
        content, at = bundle.read_bytes(), 0
        while at < len(content):
            length = int.from_bytes(content[at:at + 2], "big")
            yield json.loads(content[at + 2:at + 2 + length])
            at += 2 + length


def edit_one_outcome(folder):
    """Changes one bit of one row's action. -> the row's sequence"""
    sequence = next(row["sequence"] for row in lines_of(folder) if row["action"] == "check.outcome")
    mark = f'"sequence":{sequence},'.encode()
    victim = next(bundle for bundle in bundles_of(folder) if mark in bundle.read_bytes())
    content = bytearray(victim.read_bytes())
    content[content.index(b"check.outcome", content.index(mark))] ^= 1
    victim.write_bytes(content)
    return sequence


def at(row):
    """When, by the clock of Japan."""
    return datetime.datetime.fromisoformat(row["recorded_at"]).astimezone(JAPAN)


def counted(rows, month):
    """The figures of a monthly report, from rows alone."""
    rows = sorted((row for row in rows if at(row).strftime("%Y-%m") == month), key=lambda row: (at(row), row["sequence"]))
    checks = {row["press_id"]: row for row in rows if row["action"] == "check.outcome"}.values()   # the last outcome of each
    looked = {row["press_id"]: row["seconds"] for row in rows if row["action"] == "check.intent" and "seconds" in row}
    refused = {(row["press_id"], row["code"]) for row in rows if row["action"] in ("check.refused", "desk.press_refused") and row["code"]}
    late = [row for row in checks if not 7 <= at(row).hour < 21 or at(row).weekday() == 6]
    minutes = collections.Counter((at(row).strftime("%Y-%m-%dT%H:%M:00+09:00"), row.get("operator_code", ""), row["desk_id"])
                                  for row in checks)
    operators = {}
    for row in checks:
        use = operators.setdefault(row.get("operator_code", ""), collections.Counter())
        sight = row["method"] == "sight" and row["press_id"] in looked
        use.update(checks=1, by_number=row["method"] == "number", by_sight=row["method"] == "sight", sight_timed=sight,
                   sight_under_two_seconds=sight and looked[row["press_id"]] < 2, without_patient_number="patient_hash" not in row,
                   refused=row["code"] != 0)
    return {"checks": len(checks), "answered": sum(row["code"] == 0 for row in checks),
            "days": collections.Counter((at(row).strftime("%Y-%m-%d"), row["desk_id"]) for row in checks),
            "desks": collections.Counter(row["desk_id"] for row in checks),
            "failures": collections.Counter(row["code"] for row in checks if row["code"]),
            "not_begun": collections.Counter(code for _, code in refused),
            "late": collections.Counter(row["desk_id"] for row in late),
            "bursts": {key: count for key, count in minutes.items() if count > 10},
            "acts": collections.Counter(row["action"] for row in rows),
            "operators": operators}


def told(report):
    """The same figures as the report tells them."""
    late = collections.Counter()
    for line in report["out_of_hours"]:
        late[line["desk_id"]] += line["checks"]
    names = ("checks", "by_number", "by_sight", "sight_timed", "sight_under_two_seconds", "without_patient_number", "refused")
    acts = collections.Counter()
    for line in report["acts"]:
        acts[line["event"]] += line["count"]
    return {"checks": report["checks"], "answered": report["answered"],
            "days": {(line["day"], line["desk_id"]): line["checks"] for line in report["days"]},
            "desks": {line["desk_id"]: line["checks"] for line in report["desks"]},
            "failures": {line["code"]: line["count"] for line in report["failures"] if line["count"]},
            "not_begun": {line["code"]: line["not_begun"] for line in report["failures"] if line["not_begun"]},
            "late": late,
            "bursts": {(line["minute"], line.get("operator_code", ""), line["desk_id"]): line["checks"] for line in report["bursts"]},
            "acts": acts,
            "operators": {line.get("operator_code", ""): {name: line[name] for name in names} for line in report["operators"]}}


def test_the_trail_of_a_day_at_many_desks_verifies_and_its_month_reads_well(clinic_of_the_day, floor, auditor, tell):
    bench, places = floor
    presses = checked(bench, places)
    desk, readers, reader = places[0]
    wrong = bench.check(desk, readers, "--reader", f"Madoguchi Loopback {reader}", pin=WRONG_PIN + "\n")
    assert not wrong.ok, "one check fails, too"
    for word in ("check.*", "desk.*"):
        auditor.done("audit", "search", "--event", word)
    sign(clinic_of_the_day)
    folder = clinic_of_the_day.run.directory / "export"
    auditor.done("audit", "export", "--to", str(folder))
    status, verified = verify(clinic_of_the_day, folder)
    assert status == 0 and verified["ok"] and verified["findings"] == [], verified
    exported = {}
    for row in lines_of(folder):
        if row.get("press_id"):
            exported.setdefault(row["press_id"], []).append((row["sequence"], row["action"]))
    rows_of = {press: [action for _, action in sorted(exported[press])] for press in presses}
    assert all(actions == OF_A_CHECK for actions in rows_of.values()), "every answered check, and what the screen did with it, in order"
    tell(f"{len(presses)} checks at {DESKS} desks: {verified['rows']} rows under {verified['checkpoints']} checkpoints verify offline")

    month = datetime.datetime.now(JAPAN).strftime("%Y-%m")
    report = auditor.done("audit", "report", "--month", month)["report"]
    shown, own = told(report), counted(lines_of(folder), month)
    assert own["answered"] == len(presses) and own["checks"] == len(presses) + 1 and report["without_outcome"] == 0, own
    # What was written since these rows were taken away: that they were.
    assert shown.pop("acts") == {"audit.searched": 2, "audit.exported": 1} and own.pop("acts")["audit.searched"] == 2
    assert shown == own
    _, text = auditor.run("audit", "report", "--month", month, json_output=False)
    assert all(desk.name in text for desk, _, _ in places), text
    for line in text.splitlines():
        tell("  " + line)

    edited = edit_one_outcome(folder)
    status, found = verify(clinic_of_the_day, folder)
    assert status == 1 and [finding["sequence"] for finding in found["findings"]] == [str(edited)], found
    tell(f"one bit of row {edited} changed: {found['findings'][0]['text_en']}")
