# SPDX-License-Identifier: Apache-2.0
"""A month of the trail at the end of its years: listed, held, retired under a signed tombstone, and everything else stands.

The months of 2019 and their rows are test data, written by the cluster's superuser; the server's own sequencer puts them into the tree."""
import base64
import json
import re
import subprocess

import administration
import clinic as clinics
import pytest
from conftest import ERRORS

ROWS = 400
SIGNED_SECONDS = 120
RETIRED_BY = "ichi@kikan.example.jp"
REASON = "保存期間の満了"

# Three closed months before the first partition, which then begins where they end.
MONTHS = """
ALTER TABLE audit_event DETACH PARTITION audit_event_first;
DO $$ BEGIN
  FOR month IN 1..3 LOOP
    EXECUTE format('CREATE TABLE audit_event_2019_0%s (LIKE audit_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', month);
    EXECUTE format('ALTER TABLE audit_event_2019_0%s OWNER TO madoguchi_owner', month);
    EXECUTE format('CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event_2019_0%s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_trail()', month);
    EXECUTE format('ALTER TABLE audit_event ATTACH PARTITION audit_event_2019_0%s FOR VALUES FROM (%L) TO (%L)', month,
                   format('2019-0%s-01 00:00:00+09', month), format('2019-0%s-01 00:00:00+09', month + 1));
  END LOOP;
  EXECUTE format('ALTER TABLE audit_event ATTACH PARTITION audit_event_first FOR VALUES FROM (%L) TO (%L)', '2019-04-01 00:00:00+09',
                 (SELECT min(from_at) FROM trail_partitions() WHERE from_at > '2020-01-01 00:00:00+09'));
END $$;
INSERT INTO audit_event (record_id, action, owner, recorded_at)
SELECT gen_random_uuid(), 'app.started', 'test', '2019-01-01 12:00:00+09'::timestamptz + (n % 90) * interval '1 day' FROM generate_series(1, ROWS) AS n;
"""
UNSIGNED = """
SELECT count(*) FROM audit_event WHERE recorded_at < '2019-04-01 00:00:00+09' AND NOT EXISTS
(SELECT FROM trail_leaf WHERE trail_leaf.sequence = audit_event.sequence AND leaf_index < (SELECT max(size) FROM trail_checkpoint))"""


class Archive:
    """A clinic with three old months, two administrators and the command of the server's machine."""

    def __init__(self, clinic):
        self.clinic = clinic
        console = administration.add_console(clinic, "archive-console")
        self.first, self.second = (administration.Administrator(clinic, clinic.server, console, user)
                                   for user in (RETIRED_BY, "ni@kikan.example.jp"))
        for person in (self.first, self.second):
            person.begin(administration.add_administrator(clinic, person.user_id), "hajimete-no-aikotoba-1")
        clinic.postgres.query("BEGIN;" + MONTHS.replace("ROWS", str(ROWS)) + "COMMIT", role="postgres")
        clinic.run.wait_for("sequencer", None, lambda: clinic.postgres.query(UNSIGNED) == ["0"], SIGNED_SECONDS)

    def states(self):
        return {one["name"]: one for one in self.first.done("audit", "partitions")["partitions"]}

    def retire(self, partition, *options):
        """-> (exit status, what it printed as JSON, what it said)"""
        argv = [self.clinic.build.program("madoguchi-server"), "--config", self.clinic.server.config, "retire-trail", "--partition",
                partition, "--by", RETIRED_BY, "--reason", REASON, *options]
        status, text = self.clinic.run.call("retire-" + partition, argv, timeout=clinics.COMMAND_SECONDS, check=False)
        return status, json.loads(text) if text else None, self.clinic.run.log_tail("retire-" + partition)

    def rows(self, month):
        """As the server sees them."""
        return int(self.clinic.postgres.query("SELECT count(*) FROM audit_event WHERE to_char(recorded_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') "
                                              f"= '{month}'", role="madoguchi_server")[0])


@pytest.fixture(scope="module")
def archive(clinic):
    return Archive(clinic)


def is_signed(archive, note):
    """By the key in the clinic's file; checked by OpenSSL, not by ours."""
    text, signature = re.fullmatch(r"(.*\n)\n— \S+ (\S+)\n", note, re.DOTALL).groups()
    folder = archive.clinic.run.directory
    (folder / "note-text").write_text(text)
    (folder / "note-signature").write_bytes(base64.b64decode(signature)[4:])
    key = re.search(r'signing_key_file = "([^"]+)"', archive.clinic.server.config.read_text()).group(1)
    return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-inkey", key, "-in", folder / "note-text", "-sigfile",
                           folder / "note-signature"], capture_output=True, timeout=clinics.COMMAND_SECONDS).returncode == 0


def test_one_month_is_retired_another_is_held_and_all_the_rest_stands(archive, tell):
    held = archive.first.done("audit", "hold", "place", "--from", "2019-03-05", "--until", "2019-03-06", "--reason", "訴訟のため")["number"]
    before = {month: archive.rows(month) for month in ("2019-01", "2019-02", "2019-03")}
    assert min(before.values()) > ROWS // 4
    states = archive.states()
    assert states["audit_event_2019_02"]["state"] == "retirable"
    assert states["audit_event_2019_03"]["state"] == "held" and states["audit_event_2019_03"]["hold"] == held
    assert states["audit_event_first"]["state"] == "growing"

    status, told, _ = archive.retire("audit_event_2019_02", "--dry-run")
    assert (status, told["retired"], told["rows"]) == (0, False, before["2019-02"])
    assert archive.rows("2019-02") == before["2019-02"]

    status, told, said = archive.retire("audit_event_2019_02")
    assert (status, told["retired"]) == (0, True), said
    assert [archive.rows(month) for month in before] == [before["2019-01"], 0, before["2019-03"]]
    note = "\n".join(archive.clinic.postgres.query("SELECT note FROM trail_tombstone"))
    assert is_signed(archive, note + ("" if note.endswith("\n") else "\n"))
    lines = note.split("\n")
    assert (lines[0], lines[2:4]) == ("madoguchi-tombstone/v1", ["audit_event_2019_02", str(before["2019-02"])])
    assert REASON in note and RETIRED_BY in note
    gone = archive.states()["audit_event_2019_02"]
    assert (gone["state"], gone["retired_by"], gone["leaves"]) == ("retired", RETIRED_BY, told["leaves"])
    assert archive.clinic.postgres.query("SELECT count(*) FROM audit_event WHERE action = 'audit.partition_retired' AND actor = 'root'") == ["1"]
    # What an auditor holds the tombstone against (docs/trail.md).
    assert archive.clinic.postgres.query("SELECT detail FROM audit_event WHERE action = 'audit.partition_retired'") == [
        f"partition=audit_event_2019_02 rows={told['rows']} by={RETIRED_BY} leaves={told['leaves']}"]
    tell(f"retired: {told['rows']} rows, {told['bytes']} bytes, leaves {told['leaves']}")

    for partition, code in (("audit_event_2019_03", "TRAIL_HELD"), ("audit_event_first", "PARTITION_NOT_RETIRABLE"),
                            ("audit_event_2019_02", "PARTITION_NOT_RETIRABLE")):
        status, told, said = archive.retire(partition)
        assert status == 1 and told is None and f"{ERRORS[code]} {code}" in said, said
    assert archive.rows("2019-03") == before["2019-03"]


def test_a_hold_is_lifted_by_two_people_and_then_its_month_can_go(archive):
    number = archive.first.done("audit", "hold", "place", "--from", "2019-01-10", "--until", "2019-01-11", "--reason", "調査")["number"]
    assert archive.retire("audit_event_2019_01")[0] == 1
    error = archive.first.refused("audit", "hold", "lift", str(number))
    assert error["name"] == "APPROVAL_NEEDED"
    assert archive.first.refused("approval", "approve", error["approval_id"], code=archive.first.code())["name"] == "APPROVAL_INVALID"
    archive.second.done("approval", "approve", error["approval_id"], code=archive.second.code())
    archive.first.done("audit", "hold", "lift", str(number), "--approval", error["approval_id"])
    lifted = [hold for hold in archive.first.done("audit", "hold", "list")["holds"] if hold["number"] == number]
    assert lifted[0]["lifted_by"] == archive.first.user_id
    assert archive.first.refused("audit", "hold", "lift", str(number + 100))["name"] in ("APPROVAL_NEEDED", "HOLD_UNKNOWN")
    status, told, said = archive.retire("audit_event_2019_01")
    assert status == 0 and told["retired"], said
    assert archive.rows("2019-01") == 0


def test_what_is_exported_afterwards_verifies_and_says_what_was_retired(archive):
    folder = archive.clinic.run.directory / "retired-export"
    archive.first.done("audit", "export", "--to", str(folder))
    status, report = archive.first.run("audit", "verify", str(folder), "--key", str(folder / "key"))
    assert status == 0 and report["findings"] == [], report
    assert {(one["partition"], one["retired_by"]) for one in report["tombstones"]} == {
        ("audit_event_2019_01", RETIRED_BY), ("audit_event_2019_02", RETIRED_BY)}
    assert report["rows_retired"] > ROWS // 2


def test_the_server_takes_checks_while_and_after_a_month_goes(archive, bench, shared_desk):
    readers = bench.readers()
    bench.card(readers.ports[0])
    assert bench.check(shared_desk, readers).ok
