# SPDX-License-Identifier: Apache-2.0
"""Each fault of the national service at each step of a check: what the desk is told, and what may never happen. The table of all of it is
at the end of the report.

Whatever goes wrong: the answer is a code of the catalogue with the right kind, every intent in the trail has an outcome, there is at most
one VERIFY, one inquiry has one key, and the next check works again.
"""
import json
import re

import person
import pytest
from conftest import PERSON, ROOT, Bench

DEADLINE_MS = 6000
KINDS = {int(number): kind for number, kind in re.findall(r"= (\d+) \[\(line\) = \{\s*kind: (\w+)", (ROOT / "proto/madoguchi/v1/errors.proto").read_text())}

UNAVAILABLE = {"NATIONAL_UNAVAILABLE", "NATIONAL_UNREACHABLE", "CHECK_DEADLINE", "NATIONAL_PAUSED"}  # nothing happened
UNKNOWN = {"NATIONAL_OUTCOME_UNKNOWN"}                                                               # it may have happened
UNREADABLE = {"NATIONAL_ANSWER_MALFORMED"}
TOO_LARGE = {"NATIONAL_ANSWER_TOO_LARGE"}
NOT_NOW = {"NATIONAL_UNAVAILABLE"}

# name → (the fault, what it means for a step that changes nothing, what it means for the question itself)
ANY = {
    # First, while the store of retries (server/eligibility/retry_budget.h) is full.
    "429 once": ({"status": 429, "times": 1}, {"answered"}, {"answered"}),
    "503 once": ({"status": 503, "times": 1}, {"answered"}, {"answered"}),
    "503 with Retry-After": ({"status": 503, "retry_after": 1, "times": 1}, {"answered"}, {"answered"}),
    "closes after the request once": ({"close": "after_request", "times": 1}, {"answered"}, {"answered"}),
    "slow": ({"latency_ms": 300, "jitter_ms": 200}, {"answered"}, {"answered"}),
    "slower than the deadline": ({"latency_ms": 30_000}, UNAVAILABLE, UNKNOWN),
    "never answers": ({"hang": True}, UNAVAILABLE, UNKNOWN),
    "drips": ({"drip_ms": 3000}, UNAVAILABLE, UNKNOWN),
    "400": ({"status": 400}, {"NATIONAL_REQUEST_REFUSED"}, {"NATIONAL_REQUEST_REFUSED"}),
    "404": ({"status": 404}, {"NATIONAL_REQUEST_REFUSED"}, {"NATIONAL_REQUEST_REFUSED"}),
    "429": ({"status": 429}, {"NATIONAL_UNAVAILABLE"}, {"NATIONAL_UNAVAILABLE"}),
    "500": ({"status": 500}, {"NATIONAL_UNAVAILABLE"}, UNKNOWN),
    "closes before": ({"close": "before"}, UNAVAILABLE, UNKNOWN),
    "closes after the request": ({"close": "after_request"}, UNAVAILABLE, UNKNOWN),
    "closes in the answer": ({"close": "mid_answer"}, UNAVAILABLE, UNKNOWN),
    "malformed": ({"body": "malformed"}, NOT_NOW, UNREADABLE),
    "empty": ({"body": "empty"}, NOT_NOW, UNREADABLE),
    "oversized": ({"body": "oversized"}, NOT_NOW, TOO_LARGE),
    "10 MiB": ({"body": "huge"}, NOT_NOW, TOO_LARGE),
    "NUL": ({"body": "nul"}, NOT_NOW, UNREADABLE),
    "BOM": ({"body": "bom"}, {"answered"}, {"answered"}),
}
OF_XML = {
    "DTD": ({"body": "dtd"}, {"NATIONAL_ANSWER_FORBIDDEN_XML"}),
    "billion laughs": ({"body": "entities"}, {"NATIONAL_ANSWER_FORBIDDEN_XML"}),
    "bytes of another encoding": ({"body": "wrong_encoding"}, {"NATIONAL_ANSWER_ENCODING"}),
    "another character code": ({"body": "other_character_code"}, {"NATIONAL_ANSWER_ENCODING"}),
    "UTF-16": ({"body": "utf16"}, {"NATIONAL_ANSWER_ENCODING", "NATIONAL_ANSWER_MALFORMED"}),
    "another echo": ({"body": "other_echo"}, {"NATIONAL_ANSWER_OF_OTHER_CHECK"}),
    "another institution": ({"body": "other_institution"}, {"NATIONAL_ANSWER_OF_OTHER_CHECK"}),
    "an element twice": ({"body": "duplicate_element"}, {"NATIONAL_ANSWER_MALFORMED"}),
}
# step → (method of the check, which requests the fault is for, whether the request is the question itself)
STEPS = {
    "challenge": ("pin", "challenges", False),
    "PIN question": ("pin", "checks", True),
    "sight permit": ("sight", "sights", False),
    "sight question": ("sight", "checks", True),
    "inquiry by numbers": ("number", "inquiries", True),
}


def cases(step):
    _, _, is_question = STEPS[step]
    found = [(step, name, fault, asked if is_question else ahead) for name, (fault, ahead, asked) in ANY.items()]
    if is_question:
        found += [(step, name, fault, expected) for name, (fault, expected) in OF_XML.items()]
    found.append((step, "does not say that it is simulated", {"anonymous": True}, {"SIGHT_ONLY_SIMULATED" if step == "sight permit" else "answered"}))
    if step == "sight permit":
        found.append((step, "a proof for another card", {"body": "other_proof"}, {"SIGHT_REFUSED_BY_CARD"}))
    return found


CASES = [case for step in STEPS for case in cases(step)]
MAY_HAVE_HAPPENED = UNKNOWN | UNREADABLE | TOO_LARGE | {"NATIONAL_ANSWER_FORBIDDEN_XML", "NATIONAL_ANSWER_ENCODING", "NATIONAL_ANSWER_OF_OTHER_CHECK"}


def row(step, fault, kind, told):
    return f"{step:<18} | {fault:<33} | {kind:<15} | {told}"


class Stand:
    """One national service with changing faults, one server, one desk with a card."""

    def __init__(self, bench):
        self.bench = bench
        self.national = bench.national()
        self.server = bench.server({"eligibility": {"url": self.national.url}, "check": {"deadline_ms": DEADLINE_MS}})
        self.desk = bench.desk(self.server)
        self.readers = bench.readers()
        self.card = bench.card(self.readers.ports[0])
        self.people = bench.clinic.people

    def check(self, method):
        options = ("--presenter", "holder", "--attest", "compared") if method == "sight" else ()
        secrets = self.numbers() if method == "number" else None
        readers = None if method == "number" else self.readers
        return self.bench.check(self.desk, readers, *options, server=self.server, method=method, secrets=secrets)

    def faults_met(self):
        return sum("fault" in json.loads(line) for line in self.national.journal.read_text().splitlines())

    def numbers(self):
        found, known = person.numbers(self.people / f"{PERSON}.xml")
        assert known
        return {**found, "reason": "card-not-readable"}

    def outcomes(self):
        """{press: (intents, outcomes)} of this desk."""
        found = {}
        for row in self.bench.trail("press_id, action", self.desk):
            press, action = row.split("|")
            if action in ("check.intent", "check.outcome"):
                counts = found.setdefault(press, [0, 0])
                counts[action == "check.outcome"] += 1
        return found


@pytest.fixture(scope="module")
def stands(clinic):
    """-> step → its stand: one server each, so that what one step used up is not missing at the next."""
    made, found = Bench(clinic), {}

    def stand(step):
        if step not in found:
            found[step] = Stand(made)
        return found[step]

    yield stand
    made.close()


@pytest.mark.parametrize("step, name, fault, expected", CASES, ids=[f"{step} - {name}" for step, name, _, _ in CASES])
def test_a_fault_at_a_step_ends_in_its_code_and_leaves_nothing_open(stands, tell, step, name, fault, expected):
    stand = stands(step)
    method, only, _ = STEPS[step]
    presses, verifies, keys = set(stand.outcomes()), len(stand.bench.verifies(stand.card)), len(stand.bench.asked_keys(stand.national))
    met = stand.faults_met()
    stand.national.set_faults(json.dumps({**fault, "only": only}))
    answer = stand.check(method)
    stand.national.set_faults("[]")
    assert stand.faults_met() > met, "the fault was not met"
    told = "answered" if answer.ok else answer.error.get("name")
    kind = "-" if answer.ok else KINDS[answer.error["code"]]
    if CASES[0][:2] == (step, name):
        tell(row("step", "fault", "kind", "the desk is told"))
    tell(row(step, name, kind, told if answer.ok else f"{answer.error['code']} {told}"))
    assert told in expected, answer
    if not answer.ok:
        assert answer.is_refused(told)
        assert (kind == "OUTCOME_UNKNOWN") == (told in MAY_HAVE_HAPPENED)
    after = stand.outcomes()
    assert len(set(after) - presses) == 1, "one press, and it is in the trail"
    for press in set(after) - presses:
        intents, outcomes = after[press]
        assert intents == outcomes == 1, (press, intents, outcomes)
    assert len(stand.bench.verifies(stand.card)) - verifies <= (1 if method == "pin" else 0)
    assert len(set(stand.bench.asked_keys(stand.national)[keys:])) <= 1, "one inquiry, one key"
    again = stand.check(method)
    assert again.ok, again
