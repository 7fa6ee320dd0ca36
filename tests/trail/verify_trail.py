#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A second verification of an exported trail, written from docs/trail.md alone: it shares no code with the product.

    verify_trail.py EXPORT KEYFILE [CHECKPOINT …]

Reads everything into memory and takes the shortest way; the product's own, madoguchi-admin audit verify, tells more.
Prints a line per finding, "kind row" or "kind file", or "ok"; exit status 0 or 1.
"""
import base64
import difflib
import hashlib
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"
WIDTH = 256


class Wrong(Exception):
    """A note that is not what the key signed."""


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Key:
    def __init__(self, text):
        self.name, digits, rest = text.strip().split("+", 2)
        typed = base64.b64decode(rest, validate=True)
        self.hash = sha256(self.name.encode(), b"\n", typed)[:4]
        if typed[:1] != ED25519 or len(typed) != 33 or self.hash.hex() != digits:
            raise Wrong("key")
        self.public = Ed25519PublicKey.from_public_bytes(typed[1:])

    def text_of(self, note):
        """The text of a signed note; Wrong when this key did not sign it."""
        text, separator, signatures = note.rpartition(b"\n\n")
        if not separator or not signatures.endswith(b"\n"):
            raise Wrong("no signatures")
        text += b"\n"
        good = False
        for line in signatures[:-1].split(b"\n"):
            words = line.split(b" ")
            if len(words) != 3 or words[0] != "—".encode():
                raise Wrong("signature line")
            try:
                raw = base64.b64decode(words[2], validate=True)
            except ValueError as error:
                raise Wrong("base64") from error
            if base64.b64encode(raw) != words[2]:
                raise Wrong("base64")
            if words[1] != self.name.encode() or raw[:4] != self.hash:
                continue
            try:
                self.public.verify(raw[4:], text)
            except InvalidSignature as error:
                raise Wrong("signature") from error
            good = True
        if not good:
            raise Wrong("not signed by the key")
        return text.decode()

    def checkpoint(self, note):
        """-> (size, root)"""
        lines = self.text_of(note).split("\n")
        if len(lines) < 4 or lines[0] != self.name or str(int(lines[1])) != lines[1]:
            raise Wrong("checkpoint")
        root = base64.b64decode(lines[2], validate=True)
        if len(root) != 32 or int(lines[1]) == 0:
            raise Wrong("checkpoint")
        return int(lines[1]), root


def tree_root(hashes):
    """RFC 9162 §2.1.1 from the bottom up: an odd one at the end rises as it is."""
    while len(hashes) > 1:
        pairs = [sha256(b"\x01", hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = pairs + (hashes[-1:] if len(hashes) % 2 else [])
    return hashes[0] if hashes else sha256()


def numbered(index):
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    return "/".join(["x" + group for group in groups[:-1]] + groups[-1:])


def split(data):
    return [data[i:i + 32] for i in range(0, len(data), 32)]


class Export:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def file(self, kind, index, width):
        path = self.folder / "tile" / kind / numbered(index)
        if width < WIDTH:
            path = path.with_name(path.name + ".p") / str(width)
        return path.read_bytes() if path.exists() else b""

    def level(self, level, count):
        """The hashes of one level, and the files that do not fit."""
        hashes, misfits = [], []
        for index in range(-(-count // WIDTH)):
            width = min(WIDTH, count - index * WIDTH)
            found = split(self.file(str(level), index, width))
            if len(found) != width or len(found[-1]) != 32:
                misfits.append(index)
                found = [bytes(32)] * width
            hashes += found
        return hashes, misfits

    def beyond(self, size):
        """Bundles with rows behind the last signed one."""
        for path in sorted((self.folder / "tile" / "entries").rglob("*")):
            groups, _, width = str(path.relative_to(self.folder / "tile" / "entries")).partition(".p/")
            digits = groups.replace("/", "").replace("x", "")
            if not path.is_file() or not digits.isdigit() or not (width or str(WIDTH)).isdigit():
                continue
            if numbered(int(digits)) == groups and int(digits) * WIDTH + int(width or WIDTH) > size:
                yield path

    def rows(self, size):
        """Every entry as (bundle, bytes); a retired one is empty."""
        rows = []
        for index in range(-(-size // WIDTH)):
            data, at = self.file("entries", index, min(WIDTH, size - index * WIDTH)), 0
            while at + 2 <= len(data):
                length = int.from_bytes(data[at:at + 2], "big")
                rows.append(data[at + 2:at + 2 + length])
                at += 2 + length
        return rows


def retired_leaves(export, key, findings):
    leaves = set()
    for path in sorted((export.folder / "tombstones").glob("*")):
        try:
            lines = key.text_of(path.read_bytes()).split("\n")
            if lines[0] != "madoguchi-tombstone/v1" or lines[1] != key.name or lines[2] != path.name:
                raise Wrong("tombstone")
            ranges = [tuple(map(int, part.split("-"))) for part in lines[4].split(",")] if lines[4] != "-" else []
        except (Wrong, ValueError):
            findings.append(f"tombstone_invalid tombstones/{path.name}")
            continue
        for first, last in ranges:
            leaves.update(range(first, last + 1))
    return leaves


def compare_rows(rows, tile, retired, findings):
    """What has to be done to the rows that are there to get those that were signed."""
    there = [sha256(b"\x00", row) if row else (tile[i] if i in retired and i < len(tile) else b"") for i, row in enumerate(rows)]
    if there == tile:
        return
    matcher = difflib.SequenceMatcher(None, tile, there, autojunk=False)
    for what, begin, end, other_begin, other_end in matcher.get_opcodes():
        if what == "equal":
            continue
        same = min(end - begin, other_end - other_begin)
        for i in range(same):
            kind = "row_edited" if rows[other_begin + i] else "row_removed"
            findings.append(f"{kind} {begin + i}")
        findings += [f"row_removed {leaf}" for leaf in range(begin + same, end)]
        findings += [f"row_added {end}" for _ in range(other_begin + same, other_end)]


def verify(folder, key_text, kept=()):
    """-> findings"""
    export, key, findings, heads = Export(folder), Key(key_text), [], []
    notes = [("checkpoint", export.folder / "checkpoint")]
    notes += [(f"checkpoints/{path.name}", path) for path in (export.folder / "checkpoints").glob("*")]
    for name, path in notes + [(str(path), pathlib.Path(path)) for path in kept]:
        try:
            heads.append((*key.checkpoint(path.read_bytes()), name))
        except (Wrong, ValueError, OSError):
            findings.append(f"checkpoint_invalid {name}")
    own = [head for head in heads if head[2] not in map(str, kept)]
    if not own:
        return findings
    size, root, _ = max(own, key=lambda head: head[0])
    tile, misfits = export.level(0, size)
    findings += [f"tile_changed 0 {index}" for index in misfits]
    retired = retired_leaves(export, key, findings)
    rows = export.rows(size)
    if tree_root(tile) != root:
        # Not the tiles but the rows may be those that were signed.
        from_rows = [sha256(b"\x00", row) if row else hash_ for row, hash_ in zip(rows, tile)]
        if len(rows) != size or tree_root(from_rows) != root:
            return findings + ["unproven"]
        changed = {i // WIDTH for i in range(size) if from_rows[i] != tile[i]} - set(misfits)
        findings += [f"tile_changed 0 {index}" for index in sorted(changed)]
        tile = from_rows
    compare_rows(rows, tile, retired, findings)
    level = 1
    while size >> (8 * level):
        below = size >> (8 * level)
        expected = [tree_root(tile[i << (8 * level):(i + 1) << (8 * level)]) for i in range(below)]
        found, misfits = export.level(level, below)
        changed = {i // WIDTH for i in range(below) if found[i] != expected[i]} | set(misfits)
        findings += [f"tile_changed {level} {index}" for index in sorted(changed)]
        level += 1
    findings += [f"rows_unsigned {path.relative_to(export.folder)}" for path in export.beyond(size)][:1]
    for other, other_root, name in heads:
        if other > size:
            findings.append(f"cut_off {name}")
        elif tree_root(tile[:other]) != other_root:
            findings.append(f"forked {name}")
    return findings


def main():
    findings = verify(sys.argv[1], pathlib.Path(sys.argv[2]).read_text(), sys.argv[3:])
    print("\n".join(findings) or "ok")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
