# SPDX-License-Identifier: Apache-2.0
"""Service calls: every request to the national service leaves a row, whatever came of it; one inquiry has one key; what stayed unknown is
asked about later and never asked again; a service that is away is left alone until it is back.
"""
import http.client
import json
import re
import ssl

import administration
import clinic as clinics
import pytest
from conftest import ERRORS

DEADLINE_MS = 8000
WITHIN = 120          # seconds for what the server's rounds do by themselves
PRESSES_MOST = 12     # until a service that is away is left alone
LONGER_THAN_ANY_CALL = 121


class Stand:
    """One server, one desk with a card, and a national service of its own; or the one of the whole clinic, where any server of the
    clinic may be the one that asks what became of a call."""

    def __init__(self, bench, person=None, national=None):
        self.bench = bench
        self.run = bench.clinic.run
        self.national = national or bench.national()
        self.server = bench.server({"eligibility": {"url": self.national.url}, "check": {"deadline_ms": DEADLINE_MS}})
        self.desk = bench.desk(self.server)
        self.readers = bench.readers()
        self.card = bench.card(self.readers.ports[0], **({"person": person} if person else {}))

    def fault(self, **fault):
        """From now on; none: no trouble any more."""
        fresh = self.national.faults.with_suffix(".new")
        fresh.write_text(json.dumps(fault))
        fresh.rename(self.national.faults)

    def check(self):
        return self.bench.check(self.desk, self.readers, server=self.server)

    def sql(self, statement):
        return self.bench.clinic.postgres.query(statement)

    def rows(self, kind):
        """[[outcome, code, attempts, status, key]] of this desk's ended calls, oldest first."""
        found = self.sql("SELECT outcome, code, attempts, status, coalesce(key, '') FROM service_call "
                         f"WHERE desk_id = '{self.desk.desk_id}' AND kind = '{kind}' AND ended_at IS NOT NULL ORDER BY number")
        return [row.split("|") for row in found]

    def rows_when_written(self, kind, count=1):
        """Rows are written beside the call, not before its answer."""
        return self.run.wait_for("calls", None, lambda: (found if len(found := self.rows(kind)) >= count else None), WITHIN)

    def ask_now(self):
        """What is unknown is due at once instead of in half a minute."""
        self.sql(f"UPDATE service_call SET reconcile_at = clock_timestamp() WHERE desk_id = '{self.desk.desk_id}' AND reconcile_at IS NOT NULL")

    def reconciled(self):
        """What the national side said of the unknown call, once a round of any server has asked."""
        self.ask_now()

        def told():
            return self.sql("SELECT reconciled_as FROM service_call WHERE outcome = 'reconciled' AND reconciled_at IS NOT NULL AND "
                            f"desk_id = '{self.desk.desk_id}'")
        return self.run.wait_for("reconciled", self.server.process, lambda: told() or None, WITHIN)

    def asked(self, key):
        """How often this check was asked."""
        return len([entry for entry in self.journal("check") if entry["key"] == key])

    def journal(self, kind):
        lines = self.national.journal.read_text().splitlines() if self.national.journal.exists() else []
        return [entry for entry in map(json.loads, lines) if entry["kind"] == kind]

    def metric(self, line):
        """The value of this line of /metrics; None: it is not there."""
        trust = ssl.create_default_context(cafile=self.bench.clinic.root_file)
        connection = http.client.HTTPSConnection("localhost", self.server.ports["telemetry_port"], context=trust, timeout=30)
        try:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        finally:
            connection.close()
        found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
        return float(found.group(1)) if found else None


@pytest.fixture
def stand(bench):
    return Stand(bench)


@pytest.fixture
def in_clinic(bench):
    made = Stand(bench, national=bench.clinic.national)
    yield made
    made.fault()


def test_an_answered_check_leaves_a_row_per_call_and_figures(stand):
    answer = stand.check()
    assert answer.ok, answer
    (row,) = stand.rows_when_written("check")
    press = stand.sql(f"SELECT press_id FROM press WHERE desk_id = '{stand.desk.desk_id}'")
    assert row == ["answered", "0", "1", "200", press[0]]
    assert stand.rows_when_written("challenge")[0][:4] == ["answered", "0", "1", "200"]
    assert stand.sql("SELECT institution_code, account_id, processing_code LIKE '1/%', took_us > 0, ended_at >= started_at FROM service_call "
                     f"WHERE desk_id = '{stand.desk.desk_id}' AND kind = 'check'") == [f"{clinics.INSTITUTION}|{stand.desk.account}|t|t|t"]
    assert stand.metric('madoguchi_eligibility_calls_total{kind="check",outcome="answered"}') == 1
    assert stand.metric('madoguchi_eligibility_call_seconds_count{kind="check"}') == 1
    assert stand.metric("madoguchi_eligibility_breaker_state") == 0
    assert stand.metric("madoguchi_eligibility_calls_unrecorded_total") == 0


def test_no_row_holds_anything_of_the_person(stand):
    assert stand.check().ok
    stand.rows_when_written("check")
    text = "\n".join(stand.sql("SELECT service_call::text FROM service_call"))
    for value in re.findall(r"<(?:Name|NameKana|Number|Symbol|Birthdate|Address|InsuredCardSymbol|InsuredIdentificationNumber)>([^<]{3,})<",
                            (stand.bench.clinic.people / "hanako-genki.xml").read_text(errors="replace")):
        assert value.strip() not in text


def test_a_row_is_forgotten_after_four_hundred_days(bench):
    sql = bench.clinic.postgres.query
    sql("INSERT INTO service_call (call_id, kind, owner, started_at, ended_at, outcome) SELECT gen_random_uuid(), 'check', 'long-ago', began, began, "
        "'answered' FROM (SELECT clock_timestamp() - days * interval '1 day' AS began FROM unnest('{399,401}'::int[]) AS days) AS rows")
    server = bench.server()
    left = "SELECT extract(day FROM clock_timestamp() - started_at) FROM service_call WHERE owner = 'long-ago'"
    assert bench.clinic.run.wait_for("forgotten", server.process, lambda: len(rows := sql(left)) == 1 and rows, WITHIN) == ["399"]


def test_a_refused_check_is_recorded_as_refused(bench):
    stand = Stand(bench, "test-revoked")
    assert stand.check().is_refused("CERTIFICATE_REVOKED")
    assert stand.rows_when_written("check")[0][:4] == ["refused", str(ERRORS["CERTIFICATE_REVOKED"]), "1", "422"]


def test_a_challenge_that_never_comes_is_recorded_as_failed(stand):
    stand.fault(status=503, only="challenges")
    assert stand.check().is_refused("NATIONAL_UNAVAILABLE")
    assert stand.rows_when_written("challenge")[0][:4] == ["failed", str(ERRORS["NATIONAL_UNAVAILABLE"]), "3", "503"]
    assert not stand.rows("check")
    assert stand.metric("madoguchi_eligibility_retries_total") >= 2


@pytest.mark.parametrize("close, became", [("after_request", "answered"), ("before", "not_seen")])
def test_an_unknown_outcome_is_asked_about_and_never_asked_again(in_clinic, close, became):
    stand = in_clinic
    stand.fault(close=close, only="checks")
    assert stand.check().is_refused("NATIONAL_OUTCOME_UNKNOWN")
    (row,) = stand.rows_when_written("check")
    assert row[:4] == ["unknown", str(ERRORS["NATIONAL_OUTCOME_UNKNOWN"]), "3", "0"]
    key, asked = row[4], stand.asked(row[4])
    assert asked >= 1
    assert stand.sql(f"SELECT count(DISTINCT key) FROM service_call WHERE desk_id = '{stand.desk.desk_id}' AND kind = 'check'") == ["1"]
    stand.fault()
    assert stand.reconciled() == [became]
    assert stand.asked(key) == asked, "the question was not asked again"
    assert [entry["result"] for entry in stand.journal("outcome") if entry["key"] == key] == [became]
    assert stand.bench.trail("press_id, detail, actor", stand.desk)[-1] == f"{key}|check {became}|national"
    assert stand.rows_when_written("outcome")[0][0] == "answered"
    assert stand.metric('madoguchi_eligibility_calls_total{kind="check",outcome="unknown"}') == 1


def test_a_call_of_a_server_that_was_killed_ends_as_unknown_and_is_asked_about(in_clinic):
    stand = in_clinic
    stand.fault(hang=True, only="checks")
    process = stand.bench.start_check(stand.desk, stand.readers, server=stand.server)
    open_row = f"SELECT key FROM service_call WHERE desk_id = '{stand.desk.desk_id}' AND kind = 'check' AND ended_at IS NULL"
    (key,) = stand.run.wait_for("open row", stand.server.process, lambda: stand.sql(open_row) or None, WITHIN)
    stand.run.wait_for("asked", stand.server.process, lambda: stand.asked(key) or None, WITHIN)
    stand.server.kill()
    process.kill()
    process.wait(WITHIN)
    stand.fault()
    ended = f"SELECT outcome FROM service_call WHERE desk_id = '{stand.desk.desk_id}' AND kind = 'check' AND ended_at IS NOT NULL"
    assert not stand.sql(ended)
    stand.sql(f"UPDATE service_call SET started_at = started_at - interval '{LONGER_THAN_ANY_CALL} s' WHERE desk_id = '{stand.desk.desk_id}'")
    told = f"SELECT reconciled_as FROM service_call WHERE desk_id = '{stand.desk.desk_id}' AND outcome = 'reconciled'"
    assert stand.run.wait_for("told", None, lambda: stand.sql(told) or None, WITHIN) == ["answered"], "by another server of the clinic"


def test_a_service_that_is_away_is_left_alone_and_found_again_when_it_is_back(stand):
    stand.fault(status=503)
    for _ in range(PRESSES_MOST):
        answer = stand.check()
        if answer.error.get("name") == "NATIONAL_PAUSED":
            break
        assert answer.is_refused("NATIONAL_UNAVAILABLE"), answer
    assert answer.is_refused("NATIONAL_PAUSED"), answer
    assert stand.metric("madoguchi_eligibility_breaker_state") == 2
    assert not stand.bench.verifies(stand.card), "no try was spent"
    paused = stand.run.wait_for("paused", None, lambda: [row for row in stand.rows("challenge") if row[1] == str(ERRORS["NATIONAL_PAUSED"])] or None,
                                WITHIN)
    assert paused[0][:4] == ["failed", str(ERRORS["NATIONAL_PAUSED"]), "0", "0"], "nothing was sent"
    stand.fault()
    assert stand.run.wait_for("recovery", stand.server.process, lambda: stand.check().ok or None, WITHIN)
    assert stand.metric("madoguchi_eligibility_breaker_state") == 0


@pytest.fixture(scope="module")
def administrator(clinic):
    made = administration.Administrator(clinic, clinic.server, administration.add_console(clinic, "calls-console"), "shokai@example.jp")
    made.begin(administration.add_administrator(clinic, "shokai@example.jp"), "hajimete-no-aikotoba-1")
    return made


def test_an_administrator_finds_a_call_by_each_of_its_facts(administrator, stand):
    assert stand.check().ok
    key = stand.rows_when_written("check")[0][4]
    stand.rows_when_written("challenge")

    def find(*arguments):
        return administrator.done("calls", "--desk", stand.desk.desk_id, *arguments)["calls"]
    assert {call["kind_code"] for call in find()} == {"challenge", "check"}
    (call,) = find("--key", key)
    assert call["kind"] == "資格確認" and call["outcome_code"] == "answered" and call["code"] == 0 and call["attempts"] == 1
    assert call["desk_id"] == stand.desk.desk_id and call["desk_name"] == stand.desk.name and call["institution_code"] == clinics.INSTITUTION
    assert find("--kind", "check", "--outcome", "answered", "--since", "2020-01-01") == [call]
    assert not find("--outcome", "unknown") and not find("--code", "1302") and not find("--until", "2020-01-01")
    status, csv = administrator.run("--csv", "calls", "--key", key, json_output=False)
    assert status == 0 and key in csv and "資格確認" in csv
