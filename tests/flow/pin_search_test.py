# SPDX-License-Identifier: Apache-2.0
"""Looks for the PIN everywhere it must not be: on the wire, in logs, in the database, in memory images of server and desk.

The PIN of this test is a random marker of eight bytes that occurs nowhere by chance; the agent that takes it is a test build
(terminal_with_marker_pin.cpp). A second build puts the marker where it does not belong: the search must find it there, or
finding nothing would mean nothing."""
import base64
import contextlib
import os
import pathlib
import resource
import secrets
import signal
import subprocess

import pytest
from recording_relay import RecordingRelay

CORE_SECONDS = 120
CORE_BYTES_MAX = 8 << 30
MAPPING_BYTES_MAX = 1 << 28
CORE_FILE_BYTES_MAX = 1 << 30  # a core that grows beyond fails the test instead of filling the disk
MARKER_BYTES = [byte for byte in range(1, 256) if byte not in b"\"'`[]{}(),;#= \t\r\n-\\"]


def appearances(marker, data):
    """In which forms `marker` is in `data`: raw, hex, and base64 at each of the three alignments."""
    found = [name for name, form in (("raw", marker), ("hex", marker.hex().encode()), ("HEX", marker.hex().upper().encode()))
             if form in data]
    for shift in range(3):
        # Characters at the ends also depend on the neighbours: they are left out.
        text = base64.b64encode(bytes(shift) + marker + bytes(2))
        inner = text[2 * (shift > 0) + shift // 2:][: (len(marker) * 8 // 6) - 2]
        if inner in data:
            found.append(f"base64+{shift}")
    return found


def test_the_search_itself_finds_every_form():
    marker = os.urandom(8)
    for offset in range(3):
        around = os.urandom(30 + offset)
        assert appearances(marker, base64.b64encode(around + marker + around))
    for form in (marker, marker.hex().encode(), marker.hex().upper().encode()):
        assert appearances(marker, os.urandom(100) + form + os.urandom(100))
    assert not appearances(marker, os.urandom(1_000_000))


def new_marker():
    """Eight random bytes that can be an argument of the card's program: no zero, and nothing its option parser takes off."""
    return bytes(secrets.choice(MARKER_BYTES) for _ in range(8))


def is_sanitized(process):
    return any(name in pathlib.Path(f"/proc/{process.pid}/maps").read_text() for name in ("libasan", "libtsan"))


def mappings(process):
    """[(first address, length, permissions, kernel flags)] of /proc/PID/smaps."""
    found = []
    for line in pathlib.Path(f"/proc/{process.pid}/smaps").read_text(errors="replace").splitlines():
        words = line.split()
        if not words[0].endswith(":"):
            begin, end = (int(text, 16) for text in words[0].split("-"))
            found.append([begin, end - begin, words[1], []])
        elif words[0] == "VmFlags:":
            found[-1][3] = words[1:]
    return found


def memory_of(process, only_what_a_core_holds=False):
    """What can be read of the process. A core leaves out what is marked so (dd: MADV_DONTDUMP); larger mappings are a sanitizer's own."""
    parts = []
    with open(f"/proc/{process.pid}/mem", "rb", buffering=0) as memory:
        for begin, length, permissions, flags in mappings(process):
            if not permissions.startswith("r") or length > MAPPING_BYTES_MAX or (only_what_a_core_holds and "dd" in flags):
                continue
            with contextlib.suppress(OSError, OverflowError):  # the kernel's own pages
                memory.seek(begin)
                parts.append(memory.read(length))
    assert parts
    return b"".join(parts)


def core_of(process, directory, name):
    """What gcore writes, as an administrator would force it. gdb writes out the terabytes that a sanitizer reserves: there the same
    mappings are read here. ./tests/run --long repeats this file with programs that are not sanitized."""
    if is_sanitized(process):
        return memory_of(process, only_what_a_core_holds=True)
    tool = subprocess.Popen(["gcore", "-o", directory / name, str(process.pid)], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=limit_core_file)
    try:
        assert tool.wait(CORE_SECONDS) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(tool.pid, signal.SIGKILL)  # gcore is a script: gdb would go on without it
    path = pathlib.Path(f"{directory / name}.{process.pid}")
    data = path.read_bytes()
    path.unlink()
    return data


def limit_core_file():
    resource.setrlimit(resource.RLIMIT_FSIZE, (CORE_FILE_BYTES_MAX, CORE_FILE_BYTES_MAX))


def search(bench, tmp_path, *options):
    """One check with a marker as PIN. -> {place: forms found}"""
    marker = new_marker()
    desk, readers = bench.desk(), bench.readers()
    card = bench.card(readers.ports[0], "--pin=" + os.fsdecode(marker))
    server_key, server_chain, root = bench.clinic.server_credentials()
    _, desk_key, desk_chain = bench.clinic.desk_credentials(desk)
    with RecordingRelay(bench.clinic.server.address, root, server_key, server_chain, desk_key, desk_chain) as relay:
        process = bench.start_check(desk, readers, "--stay", "--verbose", *options, server=relay, pin=marker,
                                    program="madoguchi-terminal-marker-pin", stdin=subprocess.PIPE)
        line = process.stdout.readline()
        assert '"ok":true' in line.replace(" ", ""), bench.clinic.run.log_tail("check-" + desk.account)
        places = {
            "memory of the desk": memory_of(process),
            "memory of the server": memory_of(bench.clinic.server.process),
            "core of the desk": core_of(process, tmp_path, "desk"),
            "core of the server": core_of(bench.clinic.server.process, tmp_path, "server"),
            "wire": b"".join(relay.messages),
            "answer of the desk": line.encode(),
        }
        process.stdin.close()
        process.wait(60)
    places["database"] = bench.clinic.postgres.dump().encode()
    for log in sorted((bench.clinic.run.directory / "log").iterdir()):
        places["log " + log.name] = log.read_bytes()
    places["log of the card"] = card.apdu_log.read_bytes()
    assert bench.verifies(card), "the marker did go to the card"
    return {place: appearances(marker, data) for place, data in places.items() if appearances(marker, data)}


def test_the_pin_is_found_nowhere(bench, tmp_path):
    assert search(bench, tmp_path) == {}


def test_a_pin_that_goes_around_its_slot_is_found(bench, tmp_path):
    found = search(bench, tmp_path, "--bypass-pin-slot")
    assert "raw" in found["memory of the desk"]
    assert any(place.startswith("log check-") for place in found)
