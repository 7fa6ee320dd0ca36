# SPDX-License-Identifier: Apache-2.0
"""What was asked, one JSON object a line, so that tests can count inquiries (one inquiry = one distinct key):

    {"time": "2026-04-01T09:00:00.000+00:00", "kind": "check", "key": "<press id>", "result": "answered"[, "fault": "close"]}

kind: challenge | sight | check | inquiry | outcome | application | account. key: the Idempotency-Key (of an outcome: the key it asks
about), or null. result: issued | answered | stored | not_seen | the type of a refusal | "" when a fault kept the request from being
looked at. No personal data. A line is there before its answer leaves.
"""
import datetime
import json
import sys
import threading

JOURNAL_LINES_MAX = 1_000_000
KEY_MAX = 64  # characters kept of a key, whatever was sent


class Journal:
    def __init__(self, path):
        """path None: nothing is written."""
        self._lock = threading.Lock()
        self._lines = 0
        self._file = open(path, "a", encoding="utf-8", buffering=1) if path else None

    def write(self, kind, key, result, fault):
        if self._file is None:
            return
        line = {"time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds"), "kind": kind,
                "key": key[:KEY_MAX] if key else None, "result": result}
        if fault:
            line["fault"] = fault
        with self._lock:
            self._lines += 1
            if self._lines <= JOURNAL_LINES_MAX:
                self._file.write(json.dumps(line) + "\n")
            elif self._lines == JOURNAL_LINES_MAX + 1:
                print(f"madoguchi-national-service: the journal is full at {JOURNAL_LINES_MAX} lines", file=sys.stderr)
