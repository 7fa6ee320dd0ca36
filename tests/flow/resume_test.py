# SPDX-License-Identifier: Apache-2.0
"""A press goes on where it was (design "Press", docs/decisions/0007): the link is cut, goes silent, or leads to another server over the same
database, at each place of a check. One VERIFY, one inquiry under one key, one clear end.
"""
import json

import clinic as clinics
import person
import pytest
from conftest import PERSON, Bench
from network_switch import NetworkSwitch

METHODS = {"pin": (), "sight": ("--presenter", "holder", "--attest", "compared")}
MOMENTS = ("the card works", "the national service thinks")  # where the check stands when it happens


class Stand:
    """Two servers over one database and one slow national service."""

    def __init__(self, bench):
        self.national = bench.national()
        self.servers = [bench.server({"eligibility": {"url": self.national.url}}) for _ in range(2)]


@pytest.fixture(scope="module")
def stand(clinic):
    made = Bench(clinic)
    yield Stand(made)
    made.close()


# How long the national service thinks: time to see the moment and to cut. Half open, the desk itself takes seconds until it notices.
LATENCY_MS = {"cut": 3000, "half open": 1500}
CASES = [(where, trouble, moment, "pin") for where in ("same server", "another server") for trouble in ("cut", "half open") for moment in MOMENTS]
CASES += [("same server", "cut", "the card works", "sight"), ("another server", "half open", "the card works", "sight")]


@pytest.mark.parametrize("where, trouble, moment, method", CASES, ids=[", ".join(case) for case in CASES])
def test_a_press_goes_on_where_it_was(bench, stand, where, trouble, moment, method):
    server, other = stand.servers
    stand.national.set_faults(json.dumps({"latency_ms": LATENCY_MS[trouble], "only": "checks"}))
    desk, readers = bench.desk(server), bench.readers()
    card = bench.card(readers.ports[0], "--timing", "real")
    asked = len(bench.asked(stand.national))

    def begun():
        if moment == "the national service thinks":
            return bench.asked(stand.national)[asked:]
        return bench.verifies(card) if method == "pin" else bench.signatures(card)

    with NetworkSwitch(server.ports["desk_port"]) as switch:
        process = bench.start_check(desk, readers, *METHODS[method], server=switch, method=method)
        bench.clinic.run.wait_for("check", process, begun, clinics.READY_SECONDS)
        switch.lead_to((other if where == "another server" else server).ports["desk_port"])
        if trouble == "cut":
            switch.cut()
        else:
            switch.go_silent()
        answer = bench.answer(desk, process)
        assert switch.accepted >= 2, "it came back on a new connection"
    assert answer.ok, answer
    assert len(bench.verifies(card)) == (1 if method == "pin" else 0)
    assert len(bench.signatures(card)) == 1
    press = answer.check["press_id"]
    assert set(bench.asked(stand.national)[asked:]) == {press}, "one inquiry, one key"
    rows = [row.split("|") for row in bench.trail("action, press_id, epoch, code", desk)]
    intents = [row for row in rows if row[0] == "check.intent"]
    assert {row[1] for row in intents} == {press} and len(intents) >= 2
    last = [row for row in rows if row[0] == "check.outcome"][-1]
    assert last[3] == "0" and int(last[2]) == max(int(row[2]) for row in intents)


@pytest.mark.parametrize("trouble", ["cut", "half open"])
def test_an_inquiry_by_numbers_goes_on_where_it_was(bench, stand, trouble):
    server, other = stand.servers
    stand.national.set_faults(json.dumps({"latency_ms": LATENCY_MS[trouble], "only": "inquiries"}))
    desk, asked = bench.desk(server), len(bench.asked_keys(stand.national))
    numbers, _ = person.numbers(bench.clinic.people / f"{PERSON}.xml")
    with NetworkSwitch(server.ports["desk_port"]) as switch:
        process = bench.start_check(desk, None, server=switch, method="number", secrets={**numbers, "reason": "card-not-readable"})
        bench.clinic.run.wait_for("check", process, lambda: bench.asked_keys(stand.national)[asked:], clinics.READY_SECONDS)
        switch.lead_to(other.ports["desk_port"])
        switch.cut() if trouble == "cut" else switch.go_silent()
        answer = bench.answer(desk, process)
        assert switch.accepted >= 2, "it came back on a new connection"
    assert answer.ok, answer
    press = answer.check["press_id"]
    assert set(bench.asked_keys(stand.national)[asked:]) == {press}, "one inquiry, one key"
    rows = [row.split("|") for row in bench.trail("action, press_id, epoch, code", desk)]
    intents, outcomes = ([row for row in rows if row[0] == action] for action in ("check.intent", "check.outcome"))
    assert {row[1] for row in intents} == {press} and len(intents) >= 2
    assert outcomes[-1][3] == "0" and int(outcomes[-1][2]) == max(int(row[2]) for row in intents)


def test_a_server_that_lost_the_desk_before_its_intent_takes_the_press_from_nobody(bench, stand):
    server, other = stand.servers
    stand.national.set_faults(json.dumps([{"latency_ms": 2000, "only": "sights", "times": 1}, {"latency_ms": 3000, "only": "checks"}]))
    desk, readers = bench.desk(server), bench.readers()
    card = bench.card(readers.ports[0], "--timing", "real")

    def permits():
        return [line for line in map(json.loads, stand.national.journal.read_text().splitlines()) if line["kind"] == "sight"]

    before = len(permits())
    with NetworkSwitch(server.ports["desk_port"]) as switch:
        process = bench.start_check(desk, readers, *METHODS["sight"], server=switch, method="sight")
        bench.clinic.run.wait_for("check", process, lambda: permits()[before:], clinics.READY_SECONDS)
        switch.lead_to(other.ports["desk_port"])
        switch.cut()
        answer = bench.answer(desk, process)
    assert answer.ok, answer
    assert len(permits()) == before + 2 and len(bench.signatures(card)) == 1
    rows = [row.split("|") for row in bench.trail("action, epoch, code", desk)]
    assert [row[1:] for row in rows if row[0] == "check.outcome"] == [["1", "0"]]
