# SPDX-License-Identifier: Apache-2.0
"""The server is killed at seeded moments of a check, again and again, and comes back: every press ends answered or refused with a reason,
no PIN is asked of a card twice, one inquiry has one key, and every intent gets its outcome.
"""
import collections
import os
import random
import threading

import pytest

DESKS = 4
POINTS = DESKS * (200 if os.environ.get("MADOGUCHI_LONG") else 10)  # a press at each desk is hit by each kill
SEED = 20261123
SPREAD_SECONDS = 0.6  # of the moment of a kill, from a welcome on; a check takes about a second on a card with real timing
ABANDONED_SECONDS = 90  # store::kPressAbandonedAfter, a round, and room


class Floor:
    def __init__(self, bench):
        self.national = bench.national(latency_ms=50, jitter_ms=150)
        self.server = bench.server({"eligibility": {"url": self.national.url}})
        self.server.keep_ports()
        self.readers = bench.readers(DESKS)
        self.desks = [bench.desk(self.server) for _ in range(DESKS)]
        self.cards = [bench.card(port, "--timing", "real") for port in self.readers.ports]


@pytest.fixture
def floor(bench):
    made = Floor(bench)
    yield made
    made.server.stop()


def test_every_press_ends_when_the_server_is_killed_at_any_moment(bench, floor, tell):
    chance, ended, stages, pause = random.Random(SEED), collections.Counter(), collections.Counter(), threading.Event()
    query = bench.clinic.postgres.query
    ids = ", ".join(f"'{desk.desk_id}'" for desk in floor.desks)
    known = set()
    for point in range(POINTS // DESKS):
        verified = [len(bench.verifies(card)) for card in floor.cards]
        before = [bench.clinic.run.log_file(floor.server.name).read_text().count(f"event=hello desk={desk.desk_id}") for desk in floor.desks]
        processes = [bench.start_check(desk, floor.readers, "--reader", f"Madoguchi Loopback {number}", server=floor.server)
                     for number, desk in enumerate(floor.desks)]
        bench.wait_until_connected(floor.desks[point % DESKS], processes[point % DESKS], floor.server, before[point % DESKS])
        pause.wait(chance.uniform(0, SPREAD_SECONDS))
        floor.server.kill()
        here = dict(row.split("|") for row in query(
            f"SELECT press_id, max(action) FROM audit_event WHERE action IN ('check.intent', 'check.outcome') AND desk_id IN ({ids}) GROUP BY 1")
            if row.split("|")[0] not in known)
        known.update(here)
        stages.update(here.values())
        stages["before the intent"] += DESKS - len(here)
        floor.server.start()
        bench.ends(floor.server.process)
        for desk, process, card, already in zip(floor.desks, processes, floor.cards, verified):
            answer = bench.answer(desk, process)
            assert len(bench.verifies(card)) <= already + 1, "no second VERIFY"
            assert answer.document is not None, answer
            ended["answered" if answer.ok else answer.error["name"]] += 1
            assert answer.ok or (answer.status in (1, 3) and answer.error["desk_action_ja"]), answer
    assert sum(ended.values()) == POINTS
    tell(f"seed {SEED}: {POINTS} presses over {POINTS // DESKS} kills: " + ", ".join(f"{name} {count}" for name, count in ended.most_common()))
    tell(f"killed before the intent {stages['before the intent']}, between intent and outcome {stages['check.intent']}, after the outcome "
         f"{stages['check.outcome']}")
    assert ended["answered"] > POINTS // 4, ended
    assert stages["check.intent"] >= POINTS // 10, "the kills did not hit the checks"

    open_presses = f"SELECT count(*) FROM press WHERE ended_at IS NULL AND desk_id IN ({ids})"
    bench.clinic.run.wait_for("server", floor.server.process, lambda: query(open_presses) == ["0"], ABANDONED_SECONDS)
    unpaired = query(f"""SELECT press_id FROM audit_event WHERE desk_id IN ({ids}) AND action IN ('check.intent', 'check.outcome')
                         GROUP BY press_id HAVING count(*) FILTER (WHERE action = 'check.intent') = 0
                           OR max(epoch) FILTER (WHERE action = 'check.intent') > coalesce(max(epoch) FILTER (WHERE action = 'check.outcome'), 0)""")
    assert unpaired == []
    codes = query(f"SELECT code, count(*) FROM audit_event WHERE action = 'check.outcome' AND desk_id IN ({ids}) GROUP BY code ORDER BY code")
    tell("outcomes in the trail by code: " + ", ".join(codes))
    assert {command.status for card in floor.cards for command in bench.verifies(card)} == {"9000"}
    presses_known = set(query(f"SELECT DISTINCT press_id FROM audit_event WHERE desk_id IN ({ids})"))
    assert set(bench.asked(floor.national)) <= presses_known, "one inquiry, one key: the press"
