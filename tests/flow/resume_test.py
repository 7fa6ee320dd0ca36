# SPDX-License-Identifier: Apache-2.0
"""A press goes on where it was (design "Press", docs/decisions/0007): the link is cut, goes silent, or leads to another server over the same
database, at each place of a check. One VERIFY, one inquiry under one key, one clear end.
"""
import clinic as clinics
import pytest
from network_switch import NetworkSwitch

METHODS = {"pin": ((), "PIN"), "sight": (("--presenter", "holder", "--attest", "compared"), "sight")}
# Where the check stands when it happens → (command of the card that has begun, or nothing: the national service was asked)
MOMENTS = {"the card works": "card", "the national service thinks": "national"}


class Stand:
    """Two servers over one database and one slow national service; one desk behind a switch."""

    def __init__(self, bench, switch_to_other):
        self.bench = bench
        self.national = bench.national(latency_ms=1500, only="checks")
        overrides = {"eligibility": {"url": self.national.url}}
        self.server = bench.server(overrides)
        self.other = bench.server(overrides) if switch_to_other else self.server
        self.desk = bench.desk(self.server)
        self.readers = bench.readers()
        self.card = bench.card(self.readers.ports[0], "--timing", "real")

    def begun(self, moment, method):
        if moment == "the national service thinks":
            return self.bench.asked(self.national)
        return self.bench.verifies(self.card) if method == "pin" else self.bench.signatures(self.card)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("trouble", ["cut", "half open"])
@pytest.mark.parametrize("where", ["same server", "another server"])
def test_a_press_goes_on_where_it_was(bench, where, trouble, moment, method):
    stand = Stand(bench, where == "another server")
    with NetworkSwitch(stand.server.ports["desk_port"]) as switch:
        options, _ = METHODS[method]
        process = bench.start_check(stand.desk, stand.readers, *options, server=switch, method=method)
        bench.clinic.run.wait_for("check", process, lambda: stand.begun(moment, method), clinics.READY_SECONDS)
        switch.lead_to(stand.other.ports["desk_port"])
        if trouble == "cut":
            switch.cut()
        else:
            switch.go_silent()
        answer = bench.answer(stand.desk, process)
        assert switch.accepted >= 2, "it came back on a new connection"
    assert answer.ok, answer
    assert len(bench.verifies(stand.card)) == (1 if method == "pin" else 0)
    assert len(bench.signatures(stand.card)) == 1
    assert len(set(bench.asked(stand.national))) == 1, "one inquiry, one key"
    press = answer.check["press_id"]
    rows = [row.split("|") for row in bench.trail("action, press_id, epoch, code", stand.desk)]
    intents = [row for row in rows if row[0] == "check.intent"]
    assert {row[1] for row in intents} == {press} and len(intents) >= 2
    last = [row for row in rows if row[0] == "check.outcome"][-1]
    assert last[3] == "0" and int(last[2]) == max(int(row[2]) for row in intents)
