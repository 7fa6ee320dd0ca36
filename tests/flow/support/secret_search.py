# SPDX-License-Identifier: Apache-2.0
"""Looks for secrets where they must not be: process arguments (watched while everything runs), logs, and a dump of the database."""
import pathlib
import threading

WATCH_SECONDS = 0.005   # children such as the PDF reader live some 20 ms
SECRET_LENGTH_MIN = 8   # shorter ones (six-digit codes, PINs) are found in any log by chance


class Arguments:
    """Every command line and environment of this machine's processes, as seen while it is open."""

    def __init__(self):
        self.seen = set()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *unused):
        self._end.set()
        self._thread.join()

    def _watch(self):
        while not self._end.wait(WATCH_SECONDS):
            for process in pathlib.Path("/proc").iterdir():
                if process.name.isdigit():
                    try:
                        self.seen.add((process / "cmdline").read_bytes())
                    except OSError:
                        continue  # it has ended


def searchable(secrets):
    return {secret for secret in secrets if secret and len(secret) >= SECRET_LENGTH_MIN}


def found(secrets, run, dump, arguments=()):
    """-> [where a secret was found]; never which."""
    places = [("database dump", dump)]
    places += [(f"log {path.name}", path.read_text(errors="replace")) for path in (run.directory / "log").iterdir()]
    places += [("process arguments", line.decode(errors="replace")) for line in arguments]
    return sorted({place for secret in searchable(secrets) for place, text in places
                   for form in (secret, secret.encode().hex()) if form in text})
