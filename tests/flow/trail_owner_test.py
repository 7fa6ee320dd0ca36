# SPDX-License-Identifier: Apache-2.0
"""Whoever owns the database can drop a month, and can set the whole trail back to a state that was once signed. An auditor finds the one from
any checkpoint, the other from a checkpoint that a witness kept.

The months of 2019 and their rows are test data, as in trail_retirement_test.py; every act of the owner is done with the owner's role."""
import json

import administration
import clinic as clinics
import pytest
from run import Run
from trail_retirement_test import MONTHS, ROWS, UNSIGNED

SIGNED_SECONDS = 120
DROPPED = "audit_event_2019_02"
TILES = 8  # levels
HASH = 32
EXPORTS_MAX = 8

TRIGGERS = "".join(f"ALTER TABLE {table} {{what}} TRIGGER USER;" for table in
                   ("audit_event", "audit_event_first", "trail_leaf", "trail_tile", "trail_checkpoint"))
SET_BACK = """
DELETE FROM audit_event_first WHERE sequence NOT IN (SELECT sequence FROM trail_leaf WHERE leaf_index < {size});
DELETE FROM trail_leaf WHERE leaf_index >= {size};
DELETE FROM trail_checkpoint WHERE size > {size};
DELETE FROM trail_tile WHERE (tile + 1) * 256::numeric ^ (level + 1) > {size};
UPDATE trail_head SET size = {size}, edge = '\\x{edge}';
"""


@pytest.fixture(scope="module")
def audited(build, people):
    """-> (clinic, auditor)"""
    with Run() as run:
        clinic = clinics.Clinic(run, build, people)
        clinic.start()
        clinic.postgres.query("BEGIN;" + MONTHS.replace("ROWS", str(ROWS)) + "COMMIT", role="postgres")
        auditor = administration.Administrator(clinic, clinic.server, administration.add_console(clinic, "audit-console"), "kansa@example.jp")
        auditor.begin(administration.add_administrator(clinic, "kansa@example.jp"), "tensa-no-aikotoba-1")
        yield clinic, auditor
        assert clinic.server.stop() == 0, run.log_tail("server")


def sign(clinic):
    """Until every row there is now is under a signed checkpoint."""
    last = clinic.postgres.query("SELECT max(sequence) FROM audit_event")[0]
    signed = f"SELECT 1 FROM trail_leaf WHERE sequence = {last} AND leaf_index < (SELECT max(size) FROM trail_checkpoint)"
    clinic.run.wait_for("signed", clinic.server.process, lambda: clinic.postgres.query(signed) and clinic.postgres.query(UNSIGNED) == ["0"],
                        SIGNED_SECONDS)


def witness(clinic, auditor, name):
    """What somebody outside keeps: the newest checkpoint. -> (file, size)"""
    sign(clinic)
    told = auditor.done("audit", "checkpoint")
    kept = clinic.run.directory / name
    kept.write_text(told["checkpoint"])
    return kept, told["size"]


def export(clinic, auditor, name):
    """-> (folder, size)"""
    folder = clinic.run.directory / name
    return folder, auditor.done("audit", "export", "--to", str(folder))["size"]


def verify(clinic, folder, *kept):
    """-> (exit status, findings)"""
    argv = [clinic.build.program("madoguchi-admin"), "--json", "audit", "verify", folder, "--key", clinic.trail_key,
            *[word for path in kept for word in ("--checkpoint", path)]]
    status, text = clinic.run.call("verify", argv, timeout=clinics.COMMAND_SECONDS, check=False,
                                   env={"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)})
    return status, json.loads(text)["findings"]


def rows(findings):
    return {row for finding in findings for row in range(finding["row"], finding.get("last_row", finding["row"]) + 1)}


def edge(folder, size):
    """The partial tiles of an export, as the database keeps them."""
    parts = []
    for level in range(TILES):
        width = (size >> (8 * level)) % 256
        if width:
            found = list((folder / "tile" / str(level)).rglob(f"*.p/{width}"))
            assert len(found) == 1 and found[0].stat().st_size == width * HASH
            parts.append(found[0].read_bytes())
    return b"".join(parts).hex()


def test_a_month_that_the_owner_dropped_is_missed_row_by_row(audited, tell):
    clinic, auditor = audited
    kept, _ = witness(clinic, auditor, "kept-before-the-drop")
    gone = {int(leaf) for leaf in clinic.postgres.query(f"SELECT leaf_index FROM {DROPPED} JOIN trail_leaf USING (sequence)")}
    assert len(gone) > ROWS // 4
    clinic.postgres.query(f"ALTER TABLE audit_event DETACH PARTITION {DROPPED}; DROP TABLE {DROPPED}")
    folder, _ = export(clinic, auditor, "after-the-drop")
    for status, findings in (verify(clinic, folder), verify(clinic, folder, kept)):
        assert status == 1 and {finding["kind"] for finding in findings} == {"rows_removed"}, findings
        assert rows(findings) == gone
    tell(f"{len(gone)} dropped rows: {findings[0]['text_en']}")


def test_a_trail_that_the_owner_set_back_is_found_from_what_a_witness_kept(audited, tell):
    clinic, auditor = audited
    sign(clinic)
    before, size = export(clinic, auditor, "before-it-was-set-back")
    missing = verify(clinic, before)[1]
    kept, kept_size = witness(clinic, auditor, "kept-before-it-was-set-back")
    assert kept_size > size, "the export itself is in the trail"

    clinic.server.keep_ports()
    assert clinic.server.stop() == 0
    clinic.postgres.query("BEGIN;" + TRIGGERS.format(what="DISABLE") + SET_BACK.format(size=size, edge=edge(before, size)) +
                          TRIGGERS.format(what="ENABLE") + "COMMIT")
    clinic.server.start()
    for attempt in range(EXPORTS_MAX):  # each is in the trail itself: it grows again
        sign(clinic)
        folder, grown = export(clinic, auditor, f"after-it-was-set-back-{attempt}")
        if grown >= kept_size:
            break
    assert verify(clinic, folder)[1] == missing, "alone, it looks as if nothing had happened since: so keep checkpoints elsewhere"

    status, findings = verify(clinic, folder, kept)
    found = [finding for finding in findings if finding not in missing]
    assert status == 1 and len(found) == 1, findings
    assert (found[0]["kind"], found[0]["row"], found[0]["last_row"]) == ("forked", size, kept_size - 1), found
    assert found[0]["file"].endswith(kept.name)
    tell(f"set back to {size} of {kept_size} rows: {found[0]['text_en']}")
