# SPDX-License-Identifier: Apache-2.0
"""Two servers put rows into one tree while one of them is killed at seeded moments: no row is lost after its intent was acknowledged, the
tree has no gap and no fork, and an auditor who has only an export, a key and what a witness kept finds a month that somebody removed."""
import collections
import json
import os
import random
import threading

import administration
import clinic as clinics
import pytest

POINTS = 100 if os.environ.get("MADOGUCHI_LONG") else 12
SEED = 20261124
SPREAD_SECONDS = 1.5      # of the moment of a kill, from the press on: over a check, its rows' round and its signature
SIGNED_SECONDS = 180
USER = "kansa@kikan.example.jp"

UNSIGNED = """SELECT count(*) FROM audit_event WHERE NOT EXISTS (SELECT FROM trail_leaf WHERE trail_leaf.sequence = audit_event.sequence
              AND leaf_index < (SELECT max(size) FROM trail_checkpoint))"""
# How long a row was there before a checkpoint covered it; kills, restarts and a busy machine included.
OPEN = """SELECT round(extract(epoch FROM max(signed_at - recorded_at))), round(extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY signed_at
          - recorded_at))) FROM trail_leaf, LATERAL (SELECT min(signed_at) AS signed_at FROM trail_checkpoint WHERE size > leaf_index) AS first"""
GAPS = """SELECT (SELECT count(*) FROM trail_leaf) - (SELECT size FROM trail_head), (SELECT size FROM trail_head) - 1 -
          (SELECT max(leaf_index) FROM trail_leaf)"""


class Floor:
    """Two servers over one database, a witness on another machine, and files of their own on other media."""

    def __init__(self, bench):
        clinic = bench.clinic
        self.bench = bench
        self.log_key = clinic.trail_key
        self.witness_ready = clinic.run.directory / "witness.ready"
        self.witness_directory = clinic.run.directory / "witness"
        argv = [clinic.build.program("madoguchi-server"), "--witness.listen", "127.0.0.1:0", "--app.ready_file", self.witness_ready, "witness",
                "--directory", self.witness_directory, "--log-key", clinic.trail_key, "--name", "witness.example/one", "--certificate",
                clinic.identity / "server.pem", "--key", clinic.identity / "server.key.pem"]
        self.witness = clinic.run.spawn("witness", argv)
        told = json.loads(clinic.run.wait_for_file("witness", self.witness, self.witness_ready, clinics.READY_SECONDS))
        self.witness_key = clinic.run.directory / "witness-key"
        self.witness_key.write_text(told["verifier_key"] + "\n")
        self.kept = [clinic.run.directory / f"kept-{number}" for number in range(2)]
        self.servers = [bench.server({"audit": {"witness_file": kept, "witness_url": f"https://localhost:{told['port']}",
                                                "witness_root_file": clinic.root_file, "witness_verifier_key": told["verifier_key"]}})
                        for kept in self.kept]
        for server in self.servers:
            server.keep_ports()
        self.readers = bench.readers(2)
        self.desks = [bench.desk(server) for server in self.servers]
        self.cards = [bench.card(port) for port in self.readers.ports]


@pytest.fixture
def floor(bench):
    made = Floor(bench)
    yield made
    for server in made.servers:
        server.stop()


def wait_until_signed(bench):
    bench.clinic.run.wait_for("sequencer", None, lambda: bench.clinic.postgres.query(UNSIGNED) == ["0"], SIGNED_SECONDS)


def test_two_servers_one_of_them_killed_again_and_again_keep_one_tree(bench, floor, tell):
    clinic, query = bench.clinic, bench.clinic.postgres.query
    chance, ended, acknowledged, pause = random.Random(SEED), collections.Counter(), set(), threading.Event()
    for point in range(POINTS):
        processes = [bench.start_check(desk, floor.readers, "--reader", f"Madoguchi Loopback {number}", server=server)
                     for number, (desk, server) in enumerate(zip(floor.desks, floor.servers))]
        pause.wait(chance.uniform(0, SPREAD_SECONDS))
        killed = floor.servers[point % 2]
        killed.kill()
        acknowledged.update(query("SELECT record_id FROM audit_event"))
        killed.start()
        bench.ends(killed.process)
        for desk, process in zip(floor.desks, processes):
            answer = bench.answer(desk, process)
            ended["answered" if answer.ok else answer.error["name"]] += 1
    tell(f"seed {SEED}: {2 * POINTS} checks over {POINTS} kills: " + ", ".join(f"{name} {count}" for name, count in ended.most_common()))
    assert ended["answered"] >= POINTS, ended

    # A server starts and stops with a row of its own: every row there is now is signed, whoever wrote it.
    wait_until_signed(bench)
    assert acknowledged <= set(query("SELECT record_id FROM audit_event")), "no row is lost"
    assert query(GAPS) == ["0|0"]
    owners = query("SELECT DISTINCT owner FROM trail_checkpoint")
    tell(f"{query('SELECT count(*) FROM trail_checkpoint')[0]} checkpoints by {len(owners)} server processes, "
         f"{query('SELECT size FROM trail_head')[0]} rows")
    assert len(owners) > 1, "signing went over from one to another"
    longest, half = query(OPEN)[0].split("|")
    tell(f"from recorded to signed: half of the rows within {half} s, all within {longest} s, kills and restarts included")

    auditor = administration.Administrator(clinic, floor.servers[1], administration.add_console(clinic, "auditors-console"), USER)
    auditor.begin(administration.add_administrator(clinic, USER), "hajimete-no-aikotoba-1")
    wait_until_signed(bench)
    status = auditor.done("audit", "status")["trail"]
    assert not status.get("forked"), status
    folder = clinic.run.directory / "export"
    exported = auditor.done("audit", "export", "--to", folder)
    assert exported["rows"] == exported["size"] > 0
    kept = [f"{file}.newest" for file in floor.kept if file.with_name(file.name + ".newest").exists()]
    assert kept, "the witness's file holds a checkpoint"
    found, verdict = auditor.run("audit", "verify", folder, "--key", floor.log_key, *[word for file in kept for word in ("--checkpoint", file)])
    assert found == 0, verdict

    # The witness on the other machine: it cosigned, and its checkpoint is of the same tree.
    bench.clinic.run.wait_for("witness", floor.witness, lambda: (floor.witness_directory / "checkpoint").exists(), SIGNED_SECONDS)
    seen = clinic.run.directory / "seen"
    seen.write_text((floor.witness_directory / "checkpoint").read_text())
    assert "witness.example/one" in seen.read_text()
    found, verdict = auditor.run("audit", "verify", folder, "--key", floor.log_key, "--witness", floor.witness_key, "--checkpoint", seen)
    assert found == 0, verdict

    # The owner of the database removes this month with everything in it, and puts an empty one in its place, so that nobody notices: without
    # one, acts of the console are refused (SQLSTATE 23514) until the next check or the next hour makes it.
    query("ALTER TABLE audit_event DETACH PARTITION audit_event_first")
    query("DROP TABLE audit_event_first")
    assert query("SELECT trail_partitions_ahead()") == ["1"]
    cut = clinic.run.directory / "export-cut"
    auditor.log_in()
    auditor.done("audit", "export", "--to", cut)
    found, verdict = auditor.run("audit", "verify", cut, "--key", floor.log_key, "--checkpoint", seen, check=False)
    assert found == 1, verdict
    tell("a removed month: " + json.dumps(verdict, ensure_ascii=False)[:300])
