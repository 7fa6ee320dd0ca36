# SPDX-License-Identifier: Apache-2.0
"""Two verifications of one trail, by programs that share nothing, find the same: on good exports and on tampered ones."""
import base64
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import verify_trail  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / "build" / os.environ.get("MADOGUCHI_PRESET", "asan") / "bin"
ROWS = 700
SECONDS = 60


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good") / "export"
    subprocess.run([BIN / "sample_export", folder, str(ROWS), "100"], check=True, timeout=SECONDS)
    return folder


@pytest.fixture
def export(good, tmp_path):
    shutil.copytree(good, tmp_path / "export")
    return tmp_path / "export"


def product(folder, key, *arguments):
    """What madoguchi-admin audit verify says. -> (exit status, document)"""
    done = subprocess.run([BIN / "madoguchi-admin", "audit", "verify", folder, "--key", key, *arguments, "--json"],
                          capture_output=True, timeout=SECONDS, env={**os.environ, "HOME": "/nonexistent"})
    return done.returncode, json.loads(done.stdout)


def rows_of(finding):
    return set(range(finding["row"], finding.get("last_row", finding["row"]) + 1)) | ({finding["place"]} if "place" in finding else set())


def both(folder, key, kept=()):
    """Both find something or both find nothing. -> (findings of the script, of the product)"""
    mine = verify_trail.verify(folder, key.read_text(), kept)
    status, document = product(folder, key, *[word for path in kept for word in ("--checkpoint", path)])
    assert (status, document["ok"]) == ((1, False) if mine else (0, True)), (mine, document)
    if mine:
        assert document["error"]["code"] == 1607
    return mine, document["findings"]


def entries(folder, index, width):
    path = folder / "tile" / "entries" / verify_trail.numbered(index)
    path = path if width == 256 else path.with_name(path.name + ".p") / str(width)
    data, rows, at = path.read_bytes(), [], 0
    while at < len(data):
        length = int.from_bytes(data[at:at + 2], "big")
        rows.append(data[at + 2:at + 2 + length])
        at += 2 + length
    return path, rows


def write(path, rows):
    path.write_bytes(b"".join(len(row).to_bytes(2, "big") + row for row in rows))


def flip(path, at, bit=1):
    data = bytearray(path.read_bytes())
    data[at] ^= bit
    path.write_bytes(data)


def test_both_accept_an_export_of_the_product(export):
    assert both(export, export / "key") == ([], [])


def test_both_accept_an_export_that_another_program_wrote(tmp_path):
    """The format is what docs/trail.md says, not what the product happens to write."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    name, typed = "another.example/trail", b"\x01" + public
    key_hash = verify_trail.sha256(name.encode(), b"\n", typed)[:4]
    rows = [json.dumps({"v": 1, "sequence": i}, separators=(",", ":")).encode() for i in range(70_001)]
    hashes = [verify_trail.sha256(b"\x00", row) for row in rows]
    for level in range(3):
        count = len(rows) >> (8 * level)
        nodes = [verify_trail.tree_root(hashes[i << (8 * level):(i + 1) << (8 * level)]) for i in range(count)]
        for first in range(0, count, 256):
            part = nodes[first:first + 256]
            path = tmp_path / "export" / "tile" / str(level) / verify_trail.numbered(first // 256)
            path = path if len(part) == 256 else path.with_name(path.name + ".p") / str(len(part))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(part))
    for first in range(0, len(rows), 256):
        part = rows[first:first + 256]
        path = tmp_path / "export" / "tile" / "entries" / verify_trail.numbered(first // 256)
        path = path if len(part) == 256 else path.with_name(path.name + ".p") / str(len(part))
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, part)
    text = f"{name}\n{len(rows)}\n{base64.b64encode(verify_trail.tree_root(hashes)).decode()}\n"
    signature = base64.b64encode(key_hash + private.sign(text.encode())).decode()
    (tmp_path / "export" / "checkpoint").write_text(f"{text}\n— {name} {signature}\n")
    key = tmp_path / "key"
    key.write_text(f"{name}+{key_hash.hex()}+{base64.b64encode(typed).decode()}\n")
    assert both(tmp_path / "export", key) == ([], [])


def test_both_name_the_edited_row(export):
    chosen = random.Random(5)
    for row in sorted(chosen.sample(range(100, ROWS), 8)):
        path, rows = entries(export, row // 256, min(256, ROWS - row // 256 * 256))
        changed = bytearray(rows[row % 256])
        changed[chosen.randrange(len(changed))] ^= 1 << chosen.randrange(8)
        write(path, rows[:row % 256] + [bytes(changed)] + rows[row % 256 + 1:])
        mine, theirs = both(export, export / "key")
        assert mine == [f"row_edited {row}"]
        assert [(finding["kind"], finding["row"]) for finding in theirs] == [("row_edited", row)]
        write(path, rows)


@pytest.mark.parametrize("what", ["removed", "added", "swapped", "copied", "cut"])
def test_both_name_the_rows_that_are_not_in_their_place(export, what):
    path, rows = entries(export, 1 if what != "cut" else 2, 256 if what != "cut" else ROWS - 512)
    changed = {"removed": rows[:40] + rows[41:], "added": rows[:40] + [b'{"v":1}'] + rows[40:],
               "swapped": rows[:40] + [rows[90]] + rows[41:90] + [rows[40]] + rows[91:],
               "copied": rows[:90] + [rows[40]] + rows[90:], "cut": rows[:-30]}[what]
    write(path, changed)
    mine, theirs = both(export, export / "key")
    named = set().union(*[rows_of(finding) for finding in theirs])
    assert {int(line.split()[1]) for line in mine} <= named | {max(named) + 1}
    assert named & {296, 346} if what != "cut" else named == set(range(ROWS - 30, ROWS))


def test_both_find_changed_checkpoints_hashes_and_tombstones(export):
    files = {"checkpoint": "checkpoint_invalid", "checkpoints/350": "checkpoint_invalid", "tile/0/001": "tile_changed",
             "tile/1/000.p/2": "tile_changed", "tombstones/audit_event_first": "tombstone_invalid"}
    for name, kind in files.items():
        kept = (export / name).read_bytes()
        flip(export / name, len(kept) // 2)
        mine, theirs = both(export, export / "key")
        assert [line.split()[0] for line in mine][:1] == [kind], name
        assert (kind, name) in [(finding["kind"], finding.get("file")) for finding in theirs]
        (export / name).write_bytes(kept)
    shutil.rmtree(export / "tombstones")
    mine, theirs = both(export, export / "key")
    assert mine == [f"row_removed {row}" for row in range(100)]
    assert [(finding["kind"], rows_of(finding)) for finding in theirs] == [("rows_removed", set(range(100)))]


def test_both_find_a_cut_by_a_checkpoint_that_was_kept(export, tmp_path):
    kept = tmp_path / "kept"
    shutil.copy(export / "checkpoint", kept)
    older = tmp_path / "older"
    for name in ("tile", "checkpoints", "tombstones"):
        shutil.copytree(export / name, older / name)
    # What the export was when it had 350 rows.
    shutil.copy(export / "checkpoints" / "350", older / "checkpoint")
    (older / "checkpoints" / str(ROWS)).unlink()
    hashes = verify_trail.Export(export).level(0, ROWS)[0][:350]
    for path, data in ((older / "tile" / "0" / "001.p" / "94", b"".join(hashes[256:])),
                       (older / "tile" / "1" / "000.p" / "1", verify_trail.tree_root(hashes[:256]))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    partial = older / "tile" / "entries" / "001.p" / "94"
    partial.parent.mkdir(parents=True)
    write(partial, entries(export, 1, 256)[1][:94])
    mine, theirs = both(older, export / "key")
    assert mine == ["rows_unsigned tile/entries/001"], "there are bundles of 700 rows, of which 350 are signed"
    assert [(finding["kind"], rows_of(finding), finding["file"]) for finding in theirs] == [
        ("rows_unsigned", set(range(350, ROWS)), "tile/entries/001")]
    shutil.rmtree(older / "tile" / "entries" / "002.p")
    (older / "tile" / "entries" / "001").unlink()
    assert both(older, export / "key") == ([], [])
    mine, theirs = both(older, export / "key", [kept])
    assert mine == [f"cut_off {kept}"]
    assert [(finding["kind"], rows_of(finding)) for finding in theirs] == [("cut_off", set(range(350, ROWS)))]


def test_exit_status_tells_findings_from_what_cannot_be_read(export, tmp_path):
    assert product(export, export / "key")[0] == 0
    assert product(tmp_path / "none", export / "key")[0] == 3
    assert product(export, export / "checkpoint")[0] == 3  # no key
    usage = subprocess.run([BIN / "madoguchi-admin", "audit", "verify", export], capture_output=True, timeout=SECONDS)
    assert usage.returncode == 2
    flip(export / "checkpoint", 3)
    assert product(export, export / "key")[0] == 1
