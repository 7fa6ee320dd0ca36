# SPDX-License-Identifier: Apache-2.0
"""The database comes back from a copy: from a dump, on a new machine whose cluster counts its transactions anew, where the tree goes on under the
same key as if nothing had been; and from an older copy of its files, where rows are lost that a witness saw, which is found and said, and nothing is signed on top of it."""
import json
import ssl
import subprocess
import urllib.request

import administration
import clinic as clinics
import pytest
from conftest import Bench
from postgres import Postgres
from run import Run, RunError

SECONDS = 180
MOVED_ON = 5000           # transactions: the first cluster's numbers are far above what a new one has given out
USER = "kansa@kikan.example.jp"
PASSWORD = "hajimete-no-aikotoba-1"

UNSIGNED = """SELECT count(*) FROM audit_event WHERE NOT EXISTS (SELECT FROM trail_leaf WHERE trail_leaf.sequence = audit_event.sequence
              AND leaf_index < (SELECT max(size) FROM trail_checkpoint))"""
WITHOUT_A_PLACE = "SELECT count(*) FROM audit_event WHERE NOT EXISTS (SELECT FROM trail_leaf WHERE trail_leaf.sequence = audit_event.sequence)"
GAPS = """SELECT (SELECT count(*) FROM trail_leaf) - (SELECT size FROM trail_head), (SELECT size FROM trail_head) - 1 -
          (SELECT max(leaf_index) FROM trail_leaf), (SELECT count(*) FROM trail_leaf) - (SELECT count(*) FROM audit_event)"""
LATE_ROWS = "INSERT INTO audit_event (record_id, action, owner) SELECT gen_random_uuid(), 'app.started', 'late' FROM generate_series(1, 300)"


class OtherCluster(Postgres):
    """A second PostgreSQL of the run, made anew."""

    def __init__(self, run):
        super().__init__(run, data=run.directory / "pg-other" / "data")
        self._socket = run.directory / "pg-other"


class Moving:
    """A clinic of its own with an auditor, a desk and a server whose checkpoints also go to other media."""

    def __init__(self, run, build, people):
        self.clinic = clinics.Clinic(run, build, people)
        self.clinic.start()
        assert self.clinic.server.stop() == 0
        self.kept = run.directory / "kept"
        self.bench = Bench(self.clinic)
        self.server = self.serve(self.clinic.postgres)
        self.readers = self.bench.readers()
        self.desk = self.bench.desk(self.server)
        self.card = self.bench.card(self.readers.ports[0])
        self.console = administration.add_console(self.clinic, "auditors-console")
        self.auditor = administration.Administrator(self.clinic, self.server, self.console, USER)
        self.auditor.begin(administration.add_administrator(self.clinic, USER), PASSWORD)

    def serve(self, postgres, start=True, **sections):
        sections.setdefault("audit", {})["witness_file"] = self.kept
        urls = {role: postgres.url(f"madoguchi_{role.split('_')[0]}") for role in ("server_url", "owner_url")}
        return self.bench.server({"database": urls, **sections}, start)

    def new_machine(self, postgres):
        """A server with nothing of the first one's but the recovery copy of the facility and the files of its other keys."""
        run, copy, passphrase = self.clinic.run, self.clinic.run.directory / "recovery-copy", self.clinic.run.directory / "copy-passphrase"
        passphrase.touch(mode=0o600)
        passphrase.write_text("fukkyuu-yo-no-aikotoba\n")
        taken = ("--file", copy, "--copy-passphrase-file", passphrase)
        key = json.loads(self.clinic.server_command("export-identity", *taken))["trail_verifier_key"]
        assert key == self.clinic.trail_key.read_text().strip()
        assert copy.stat().st_mode & 0o077 == 0 and "BEGIN PRIVATE KEY" not in copy.read_text()
        signing = run.directory / "moved-signing.pem"
        server = self.serve(postgres, False, identity={"directory": run.directory / "moved-identity"}, audit={"signing_key_file": signing})
        with pytest.raises(RunError, match="audit.origin"):
            self.clinic.server_command("import-identity", *taken, "--server-name", "elsewhere.example", config=server.config)
        assert not signing.exists() and not (run.directory / "moved-identity").exists()
        moved = self.clinic.server_command("import-identity", *taken, "--server-name", "localhost", "--server-ip", "127.0.0.1", config=server.config)
        assert json.loads(moved)["trail_verifier_key"] == key and signing.stat().st_mode & 0o077 == 0
        server.start()
        self.bench.ends(server.process)
        return server

    def check(self, server):
        answer = self.bench.check(self.desk, self.readers, server=server)
        assert answer.ok, answer

    def wait_until(self, postgres, sql, wanted):
        self.clinic.run.wait_for("postgres", None, lambda: postgres.query(sql) == [wanted], SECONDS)

    def verdict(self, server, name):
        """The trail as this server gives it, held against what the other media keeps. -> (exit status, what verify says)"""
        self.auditor.server = server
        self.auditor.log_in()
        folder = self.clinic.run.directory / name
        self.auditor.done("audit", "export", "--to", folder)
        return self.auditor.run("audit", "verify", folder, "--key", self.clinic.trail_key, "--checkpoint", f"{self.seen}", check=False)

    def remember(self, postgres):
        """What a witness has seen: the newest checkpoint, of every row there is now, taken away from here."""
        self.wait_until(postgres, UNSIGNED, "0")
        self.seen = self.clinic.run.directory / "seen"
        size = postgres.query("SELECT max(size) FROM trail_checkpoint")[0]
        self.seen.write_text("\n".join(postgres.query(f"SELECT note FROM trail_checkpoint WHERE size = {size}")).strip() + "\n")
        return int(size)


@pytest.fixture(scope="module")
def moving(build, people):
    with Run() as run:
        made = Moving(run, build, people)
        yield made
        made.bench.close()


def test_a_dump_goes_on_in_a_new_cluster_on_a_new_machine_and_every_row_gets_one_place(moving, tell):
    clinic, run, first = moving.clinic, moving.clinic.run, moving.clinic.postgres
    first.query(f"DO $$ BEGIN FOR i IN 1..{MOVED_ON} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")
    moving.check(moving.server)
    seen = moving.remember(first)
    moving.server.kill()
    first.query(LATE_ROWS, role="madoguchi_server")
    dump = run.directory / "madoguchi.dump"
    dump.touch(mode=0o666)
    run.call("pg_dump", [first._bin / "pg_dump", "-Fc", "-f", dump, first.url("postgres")], timeout=SECONDS)

    second = OtherCluster(run)
    second.create()
    run.call("pg_restore", [second._bin / "pg_restore", "--exit-on-error", "-d", second.url("postgres"), dump], timeout=SECONDS)
    newest = [int(one.query("SELECT pg_snapshot_xmax(pg_current_snapshot())")[0]) for one in (first, second)]
    tell(f"transactions: {newest[0]} in the first cluster, {newest[1]} in the new one")
    assert newest[1] < newest[0]
    server = moving.new_machine(second)
    moving.check(server)
    moving.wait_until(second, UNSIGNED, "0")
    assert second.query(GAPS) == ["0|0|0"], "every row has one place, and no place is empty"
    assert second.query("SELECT count(*) FROM audit_event WHERE action = 'audit.forked'") == ["0"]
    status, verdict = moving.verdict(server, "restored")
    assert status == 0, verdict
    tell(f"{seen} rows were signed before the dump, {second.query('SELECT size FROM trail_head')[0]} are now, none twice: verified")
    assert server.stop() == 0
    second.stop()


def test_a_copy_that_lost_rows_a_witness_saw_is_found_said_and_not_signed_until_a_person_decides(moving, tell):
    clinic, run, postgres = moving.clinic, moving.clinic.run, moving.clinic.postgres
    data, copy = postgres._data, postgres._data.with_name("copy")
    moving.kept.unlink(missing_ok=True)  # it went on with the other cluster
    postgres.stop()
    subprocess.run(["cp", "-a", data, copy], check=True)
    postgres.start()
    server = moving.serve(postgres)
    moving.check(server)
    seen = moving.remember(postgres)
    assert server.stop() == 0, "and what came last is with the witness when a server has stopped"
    newest = moving.kept.with_name("kept.newest")
    assert int(newest.read_text().splitlines()[1]) > seen
    moving.seen = run.directory / "seen-last"
    moving.seen.write_text(newest.read_text())

    postgres.stop()
    subprocess.run(["rm", "-rf", data], check=True)
    copy.rename(data)
    postgres.start()
    before = postgres.query("SELECT max(size) FROM trail_checkpoint")
    server = moving.serve(postgres)
    run.wait_for(server.name, server.process, lambda: "event=trail_forked code=1610" in run.log_file(server.name).read_text(), SECONDS)
    moving.wait_until(postgres, "SELECT count(*) FROM audit_event WHERE action = 'audit.forked' AND code = 1610", "1")
    trust = ssl.create_default_context(cafile=str(clinic.root_file))
    with urllib.request.urlopen(f"https://localhost:{server.ports['telemetry_port']}/healthz", context=trust, timeout=30) as health:
        assert json.load(health)["trail_forked"] is True
    # Patients are checked, rows are recorded and placed; nothing is signed.
    moving.check(server)
    moving.wait_until(postgres, WITHOUT_A_PLACE, "0")
    assert postgres.query("SELECT max(size) FROM trail_checkpoint") == before
    status, verdict = moving.verdict(server, "set-back")
    assert status == 1, verdict
    tell("set back: " + "; ".join(one["text_ja"] for one in verdict["findings"])[:300])
    assert server.stop() == 0

    # Somebody decided that the older state counts, and put what the witness kept aside, as 1610 says.
    moving.kept.rename(moving.kept.with_name("kept-by-decision"))
    server = moving.serve(postgres)
    moving.wait_until(postgres, UNSIGNED, "0")
    assert postgres.query(GAPS) == ["0|0|0"]
    status, verdict = moving.verdict(server, "went-on")
    assert status == 1, f"an auditor with the checkpoint that was seen still finds it: {verdict}"
    tell("after the decision: " + "; ".join(one["text_ja"] for one in verdict["findings"])[:300])
    assert server.stop() == 0
