# SPDX-License-Identifier: Apache-2.0
"""The trail's second sink: what stands in the tree also goes to a file or to a syslog receiver. It may be frozen, gone or full: checks go on,
the server says that it is behind, and later everything is there, once and in order, without a restart.
"""
import http.client
import json
import re
import ssl

import pytest
from conftest import ERRORS
from syslog_receiver import SyslogReceiver

WITHIN = 120          # seconds: a failure is noticed within 10, pauses are at most 30
CHECKS = 3
LEAF = re.compile(r'^<\d+>1 \S+ \S+ madoguchi-server \d+ \S+ \[madoguchi@32473 leaf="(\d+)" sequence="(\d+)"\] \ufeff(\{.*\})$')
FILE_LEAF = re.compile(r'^\{"leaf":(\d+),"row":(\{.*\})\}$')


class Stand:
    """A server with a second sink, a desk with a card."""

    def __init__(self, bench, settings):
        self.bench, self.clinic, self.settings = bench, bench.clinic, settings
        self.follower = "sink." + settings["audit"]["sink"]
        self.begin = self.taken()
        self.server = bench.server(settings)
        self.desk = bench.desk(self.server)
        self.readers = bench.readers()
        self.card = bench.card(self.readers.ports[0])

    def check(self):
        answer = self.bench.check(self.desk, self.readers, server=self.server)
        assert answer.ok, answer

    def sql(self, statement):
        return self.clinic.postgres.query(statement)

    def wait_for(self, condition, what):
        return self.clinic.run.wait_for(what, None, condition, WITHIN)

    def taken(self):
        """The leaf that the sink has not got yet. A new sink begins with the first row that is not retired."""
        return int((self.sql(f"SELECT next_leaf FROM trail_follower WHERE name = '{self.follower}'") or
                    self.sql("SELECT coalesce(min(leaf_index), 0) FROM trail_leaf JOIN audit_event USING (recorded_at, sequence)"))[0])

    def rows(self, end):
        """How many there are from the first to before leaf `end`: retired ones reach no sink."""
        return int(self.sql("SELECT count(*) FROM trail_leaf JOIN audit_event USING (recorded_at, sequence) "
                            f"WHERE leaf_index >= {self.begin} AND leaf_index < {end}")[0])

    def wait_until_taken(self):
        """Until the rows that are there now are in the tree and noted as taken. -> taken()."""
        last = self.sql("SELECT max(sequence) FROM audit_event")[0]
        self.wait_for(lambda: self.sql(f"SELECT 1 FROM trail_leaf, trail_follower WHERE sequence = {last} AND name = '{self.follower}' "
                                       "AND next_leaf > leaf_index"), "taken")
        return self.taken()

    def trouble(self):
        return int(self.sql(f"SELECT trouble_code FROM trail_follower WHERE name = '{self.follower}'")[0])

    def page(self, path):
        trust = ssl.create_default_context(cafile=self.clinic.root_file)
        connection = http.client.HTTPSConnection("localhost", self.server.ports["telemetry_port"], context=trust, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def metric(self, name):
        return float(re.search(rf"^{name} (\S+)$", self.page("/metrics"), re.MULTILINE).group(1))

    def told(self):
        """What the trail says about the sink, oldest first."""
        return self.sql("SELECT action, code, seconds > 30 FROM audit_event WHERE action LIKE 'audit.sink%' AND "
                        f"destination = '{self.follower}' ORDER BY sequence")


def assert_whole(pairs, begin, end, sql):
    """[(leaf, row)] as they came: every row from leaf `begin` to before `end` at least, in order; one that came again is the same."""
    first = {}
    for leaf, row in pairs:
        assert first.setdefault(leaf, row) == row
    assert max(first) + 1 >= end
    there = [line.split("|") for line in sql("SELECT leaf_index, sequence FROM trail_leaf JOIN audit_event USING (recorded_at, sequence) "
                                             f"WHERE leaf_index BETWEEN {begin} AND {max(first)} ORDER BY leaf_index")]
    assert [(leaf, json.loads(row)["sequence"]) for leaf, row in first.items()] == [(int(leaf), int(sequence)) for leaf, sequence in there]


def from_syslog(lines):
    found = [LEAF.match(line) for line in lines]
    return [(int(match[1]), match[3]) for match in found if match]


@pytest.fixture
def receiver(bench, request):
    made = SyslogReceiver(bench.clinic, request.node.name)
    yield made
    made.thaw()
    made.kill()


def test_a_receiver_that_freezes_or_is_gone_holds_up_no_check_and_misses_nothing(bench, receiver, tell):
    stand = Stand(bench, receiver.settings)
    stand.check()
    end = stand.wait_until_taken()
    stand.wait_for(lambda: len(from_syslog(receiver.lines())) >= stand.rows(end), "received")
    # A new sink has the whole trail before it, whose rows are old: it may have been told to be behind.
    stand.wait_for(lambda: stand.metric("madoguchi_audit_sink_lag_seconds") == 0 and
                   stand.sql(f"SELECT told_behind FROM trail_follower WHERE name = '{stand.follower}'") == ["f"], "seen")
    behind, caught_up = f"audit.sink_behind|{ERRORS['TRAIL_SINK_FAILED']}|t", "audit.sink_caught_up|0|"
    told = stand.told()
    assert told in ([], ["audit.sink_behind|0|t", caught_up]), "behind without a failure, and through"
    before = len(told)

    receiver.freeze()
    for _ in range(CHECKS):
        stand.check()
    stand.wait_for(lambda: stand.trouble() == ERRORS["TRAIL_SINK_FAILED"], "noticed")
    stand.wait_for(lambda: stand.metric("madoguchi_audit_sink_lag_rows") >= CHECKS, "seen")
    assert stand.metric("madoguchi_audit_sink_failures_total") >= 1
    log = bench.clinic.run.log_file(stand.server.name).read_text()
    assert "event=sink_behind code=1615 name=TRAIL_SINK_FAILED" in log
    stand.check()
    stand.wait_for(lambda: stand.told()[before:], "told")
    health = json.loads(stand.page("/healthz"))
    assert health["ready"] and health["trail_sink_behind"]
    stand.check()
    receiver.thaw()
    stand.wait_until_taken()
    assert stand.trouble() == 0
    stand.wait_for(lambda: stand.told()[before:][-1:] == [caught_up], "told")
    assert stand.told()[before:] == [behind, caught_up], "once each, however often it was tried"
    assert json.loads(stand.page("/healthz")) == {"live": True, "ready": True}

    receiver.kill()
    for _ in range(CHECKS):
        stand.check()
    stand.wait_for(lambda: stand.trouble() == ERRORS["TRAIL_SINK_FAILED"], "noticed")
    receiver.start()
    end = stand.wait_until_taken()
    stand.wait_for(lambda: len({leaf for leaf, _ in from_syslog(receiver.lines())}) >= stand.rows(end), "received")
    lines = receiver.lines()
    assert_whole(from_syslog(lines), stand.begin, end, stand.sql)
    stand.wait_for(lambda: any(" audit.checkpoint [madoguchi@32473 next_leaf=" in line for line in receiver.lines()), "checkpoint")
    stand.wait_for(lambda: stand.metric("madoguchi_audit_sink_lag_seconds") == 0, "seen")
    pairs = from_syslog(lines)
    tell(f"sink: {len(pairs)} rows at a real rsyslog after a freeze and a kill, {len(pairs) - len(set(pairs))} of them again")


def test_files_hold_each_row_once_although_their_server_is_killed_and_another_goes_on(bench, run, tell):
    folder = run.directory / "sink-files"
    folder.mkdir()
    settings = {"audit": {"sink": "file", "sink_directory": folder}}
    stand = Stand(bench, settings)
    stand.check()
    stand.wait_until_taken()
    stand.server.kill()
    stand.server = bench.server(settings)
    other = bench.server(settings)
    stand.check()
    stand.wait_until_taken()
    other.kill()
    stand.server.kill()
    newest = max(folder.iterdir())  # one for each day
    with newest.open("a") as file:
        file.write('{"leaf":4')  # what a crash may leave
    stand.server = bench.server(settings)
    stand.check()
    end = stand.wait_until_taken()
    text = "".join(path.read_text() for path in sorted(folder.iterdir()))
    lines = text.split("\n")
    assert lines.pop() == ""
    rows = [FILE_LEAF.match(line) for line in lines if not line.startswith('{"next_leaf":')]
    assert all(rows)
    assert_whole([(int(row[1]), row[2]) for row in rows], stand.begin, end, stand.sql)
    assert len({row[1] for row in rows}) == len(rows), "each once"
    tell(f"sink: {len(rows)} rows in {len(text)} bytes of files, each once, after two killed servers")


def test_a_folder_that_cannot_be_written_is_told_before_anything_starts(bench, run):
    server = bench.server({"audit": {"sink": "file", "sink_directory": run.directory / "not-there"}}, start=False)
    status, _ = run.call("check-config", [bench.clinic.build.program("madoguchi-server"), "--config", server.config, "check-config"],
                         timeout=WITHIN, check=False)
    assert status != 0
    assert "not-there" in run.log_file("check-config").read_text()
