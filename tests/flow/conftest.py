# SPDX-License-Identifier: Apache-2.0
"""One clinic for all tests of this folder; desks, readers and cards are cheap and made by each test for itself."""
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "private"))
sys.path.insert(0, str(ROOT / "tests" / "flow" / "support"))

import clinic as clinics  # noqa: E402 (found through the path above)
import protos  # noqa: E402
from run import Run  # noqa: E402

PRESET = os.environ.get("MADOGUCHI_PRESET") or "asan"
protos.generate(ROOT / "build" / PRESET)

PEOPLE = ROOT / "tests" / "simulators" / "people"
PERSON = "hanako-genki"
PIN = "1234"

ERRORS = {name: int(number) for name, number in re.findall(
    r"^  ([A-Z0-9_]+) = (\d+)", (ROOT / "proto/madoguchi/v1/errors.proto").read_text(), re.MULTILINE)}


class Answer:
    """What `madoguchi-terminal check --json` ended with."""

    def __init__(self, status, text, log):
        self.status = status
        self.log = log
        self.document = json.loads(text) if text else None
        self.ok = bool(self.document and self.document["ok"])
        self.error = (self.document or {}).get("error", {})
        self.check = (self.document or {}).get("check", {})

    def __repr__(self):
        return f"exit {self.status}, error {self.error.get('code')} {self.error.get('name')}\n{self.log}"

    def is_refused(self, name):
        """Ends with this code of the catalogue, and says what to do in both languages."""
        return (not self.ok and self.status in (1, 3) and self.error["code"] == ERRORS[name] and self.error["name"] == name
                and bool(self.error["desk_action_ja"]) and bool(self.error["desk_action_en"]))


class Bench:
    """What a test works with: makes numbered desks, readers and cards in the session's clinic and takes them away again."""

    numbers = itertools.count(1)

    def __init__(self, clinic):
        self.clinic = clinic
        self._made = []

    def readers(self, count=1, short=False):
        readers = clinics.Readers(self.clinic, f"pcsc-{next(self.numbers)}", count, short)
        self._made.append(readers.process)
        return readers

    def desk(self, server=None):
        number = next(self.numbers)
        return self.clinic.add_desk(f"受付{number}", f"W{number:07d}", server)

    def card(self, port, *options, person=PERSON):
        card = self.clinic.insert(person, port, "--tries", "3", *options)
        self._made.append(card.process)
        return card

    def national(self, faults=None, tls=None):
        national = clinics.National(self.clinic, f"national-{next(self.numbers)}", faults, tls)
        self._made.append(national.process)
        return national

    def server(self, overrides=None, start=True):
        server = clinics.Server(self.clinic, f"server-{next(self.numbers)}", overrides)
        if start:
            server.start()
            self._made.append(server.process)
        return server

    def start_check(self, desk, readers, *options, pin=PIN, server=None, **spawn_options):
        process = self.clinic.start_check(desk, readers, pin, *options, server=server, stdout=subprocess.PIPE, text=True,
                                          **spawn_options)
        self._made.append(process)
        return process

    def answer(self, desk, process):
        text, _ = process.communicate(timeout=clinics.CHECK_SECONDS)
        return Answer(process.returncode, text, self.clinic.run.log_tail("check-" + desk.account))

    def check(self, desk, readers, *options, **keywords):
        return self.answer(desk, self.start_check(desk, readers, *options, **keywords))

    def trail(self, columns, desk):
        """Rows of the trail about this desk, oldest first."""
        return self.clinic.postgres.query(f"SELECT {columns} FROM audit_event WHERE desk_id = '{desk.desk_id}' ORDER BY sequence")

    def close(self):
        from run import stop
        for process in reversed(self._made):
            stop(process)


@pytest.fixture(scope="session")
def run():
    with Run() as made:
        yield made


@pytest.fixture(scope="session")
def build():
    return clinics.Build(PRESET)


@pytest.fixture(scope="session")
def clinic(run, build):
    made = clinics.Clinic(run, build, PEOPLE)
    made.start()
    return made


@pytest.fixture
def bench(clinic):
    made = Bench(clinic)
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_desk(clinic):
    """A desk for tests that leave no mark on it."""
    return clinic.add_desk("受付", "W9000001")
