# SPDX-License-Identifier: Apache-2.0
"""One clinic for all tests of this folder; desks, readers and cards are cheap and made by each test for itself."""
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "private"))
sys.path.insert(0, str(ROOT / "tests" / "flow" / "support"))

import card_log  # noqa: E402 (found through the path above)
import clinic as clinics  # noqa: E402
import personal_data  # noqa: E402
import protos  # noqa: E402
from run import Run, stop  # noqa: E402

PRESET = os.environ.get("MADOGUCHI_PRESET") or "asan"
# tests/suites.py lets several processes of pytest-xdist run this folder side by side, a file of tests in one of them, each with a clinic of its own.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
protos.generate(ROOT / "build" / PRESET / "flow-python" / WORKER)
# Every second one is left to the demos that are run as programs (demo_test.py).
clinics.keep_to_every(2 * WORKERS, 2 * int(WORKER.removeprefix("gw")))
PORTS_OF_DEMOS = {clinics.PORTS_VARIABLE: f"{2 * WORKERS} {2 * int(WORKER.removeprefix('gw')) + 1}"}

PEOPLE = ROOT / "tests" / "simulators" / "people"
PERSON = "hanako-genki"
OTHER_PERSON = "test-other"
PIN = "1234"

# Cards of the tests' own, beside the shipped persons: id → the card file (tests/simulators/card/person.h).
SPECIAL_CARDS = {
    OTHER_PERSON: "",
    "test-expired": "valid_from_days = -400\nvalid_until_days = -1\n",
    "test-not-yet-valid": "valid_from_days = 5\n",
    "test-revoked": "revoked = true\n",
    "test-foreign": "foreign_ca = true\n",
    "test-not-registered": "registered = false\n",
    "test-without-pin": "pin_disabled = true\n",
    "test-phone": "token_label = JPKIAPGPSETOKEN\n",
    "test-iphone": "token_label = JPKIAPIOSTOKEN\n",
    "test-resident-card": "token_label = JPKIAPICCTOKEN\n",
}
# What any program of a sanitized build may have left in its log; looked for when all tests are done.
SANITIZER_REPORT = re.compile(r"ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|: runtime error: |pure virtual method")
TOLD = "told"  # the name of a figure among a test's properties
REPORT_LINES = 40  # of a report: enough to see where
OTHER_NAME = "試験　別人"

ERRORS = {name: int(number) for name, number in re.findall(
    r"^  ([A-Z0-9_]+) = (\d+)", (ROOT / "proto/madoguchi/v1/errors.proto").read_text(), re.MULTILINE)}


def sanitizer_lines(log):
    """-> (number, line) of each sanitizer report in a log, with the lines that follow it."""
    lines = log.read_text(errors="replace").splitlines()
    for number, line in enumerate(lines):
        if SANITIZER_REPORT.search(line):
            yield from enumerate(lines[number:number + REPORT_LINES], number)


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

    def ends(self, process):
        """This process ends with the test at the latest."""
        self._made.append(process)

    def readers(self, count=1, short=False):
        readers = clinics.Readers(self.clinic, f"pcsc-{next(self.numbers)}", count, short)
        self._made.append(readers.process)
        return readers

    def desk(self, server=None):
        number = next(self.numbers)
        return self.clinic.add_desk(f"受付{number}", f"W{number:07d}", server)

    def card(self, port, *options, person=PERSON, wait=True):
        tries = () if "--tries" in options else ("--tries", "3")
        card = self.clinic.insert(person, port, *tries, *options, wait=wait)
        self._made.append(card.process)
        return card

    def national(self, tls=None, **fault):
        """Another national service. fault: tests/simulators/national_service/faults.py."""
        national = clinics.National(self.clinic, f"national-{next(self.numbers)}", json.dumps(fault), tls)
        self._made.append(national.process)
        return national

    def server(self, overrides=None, start=True):
        server = clinics.Server(self.clinic, f"server-{next(self.numbers)}", overrides)
        if start:
            server.start()
            self._made.append(server.process)
        return server

    def wait_until_connected(self, desk, process, server=None, before=0):
        """Until the server has welcomed this desk more often than `before`; -> how often."""
        log = self.clinic.run.log_file((server or self.clinic.server).name)
        hello = f"event=hello desk={desk.desk_id}"
        return self.clinic.run.wait_for("check-" + desk.account, process,
                                        lambda: (count if (count := log.read_text().count(hello)) > before else 0),
                                        clinics.READY_SECONDS)

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

    @staticmethod
    def asked(national):
        """The keys of every check the national service was asked, in order."""
        lines = national.journal.read_text().splitlines() if national.journal.exists() else []
        return [entry["key"] for entry in map(json.loads, lines) if entry["kind"] == "check"]

    @staticmethod
    def asked_keys(national):
        """The keys of every question, by card or by numbers, in order."""
        lines = national.journal.read_text().splitlines() if national.journal.exists() else []
        return [entry["key"] for entry in map(json.loads, lines) if entry["kind"] in ("check", "inquiry")]

    def trail(self, columns, desk):
        """Rows of the trail about this desk, oldest first."""
        return self.clinic.postgres.query(f"SELECT {columns} FROM audit_event WHERE desk_id = '{desk.desk_id}' ORDER BY sequence")

    verifies = staticmethod(card_log.verifies)
    signatures = staticmethod(card_log.signatures)
    commands = staticmethod(card_log.read)

    def close(self):
        for process in reversed(self._made):
            stop(process)


def pytest_terminal_summary(terminalreporter):
    """What tests told (tell), below the results."""
    told = [(report.nodeid.split("::")[0], line) for reports in terminalreporter.stats.values() for report in reports
            if getattr(report, "when", None) == "call" for name, line in report.user_properties if name == TOLD]
    for file in sorted({file for file, _ in told}):
        terminalreporter.section(f"figures of {file}")
        for line in (line for of, line in told if of == file):
            terminalreporter.write_line(line)


@pytest.fixture
def tell(record_property):
    """tell(line): a figure for the end of the report."""
    return lambda line: record_property(TOLD, line)


@pytest.fixture(scope="session")
def run():
    with Run() as made:
        yield made


@pytest.fixture(scope="session")
def build():
    return clinics.Build(PRESET)


def shipped_text(person):
    """The answer file of a shipped person as text, and the encoding it is in."""
    data = (PEOPLE / f"{person}.xml").read_bytes()
    encoding = "cp932" if b"shift_jis" in data[:100].lower() else "utf-8"
    return data.decode(encoding), encoding


@pytest.fixture(scope="session")
def people(run):
    """The shipped persons and the cards of SPECIAL_CARDS, who are all answered like PERSON, with numbers of their own; OTHER_PERSON by another
    name."""
    folder = run.directory / "people"
    shutil.copytree(PEOPLE, folder)
    text, encoding = shipped_text(PERSON)
    for number, (person, card) in enumerate(SPECIAL_CARDS.items(), 9001):
        (folder / f"{person}.card").write_text(card)
        own = re.sub(r"(<InsuredIdentificationNumber>)[^<]*", rf"\g<1>{number}", text)
        named = re.sub(r"<Name>[^<]*</Name>", f"<Name>{OTHER_NAME}</Name>", own) if person == OTHER_PERSON else own
        (folder / f"{person}.xml").write_bytes(named.encode(encoding))
    return folder


@pytest.fixture(scope="session")
def clinic(run, build, people):
    made = clinics.Clinic(run, build, people)
    made.start()
    yield made
    personal = personal_data.appearances(people, personal_data.trail_of(made))
    assert not personal, f"in the trail: {personal}"
    assert made.server.stop() == 0, run.log_tail("server")
    reports = [f"{log.name}: {line}" for log in sorted((run.directory / "log").iterdir())
               for _, line in sanitizer_lines(log)]
    assert not reports, "\n".join(reports)


@pytest.fixture
def bench(clinic):
    made = Bench(clinic)
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_desk(clinic):
    """A desk for tests that leave no mark on it."""
    return clinic.add_desk("受付", "W9000001")
