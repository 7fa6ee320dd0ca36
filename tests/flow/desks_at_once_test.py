# SPDX-License-Identifier: Apache-2.0
"""Twenty desks with twenty patients at once, and random delays: no desk ever shows another's result."""
import concurrent.futures
import json
import os

import pytest

DESKS = 20
READERS_EACH = 10
CHECKS = 2000 if os.environ.get("MADOGUCHI_LONG") else 400
SECONDS_MAX = 1500
PERSONS = ["hanako-genki", "ichiro-kazoku", "kiku-kouki", "umeko-korei", "takeo-gendo", "chiyo-tokutei", "sakura-mishugaku", "ryo-uragaki",
           "kenta-mukou", "mio-shinshikaku", "seiho-tandoku", "seiho-yushi", "seiho-mitouroku", "kokuho-taro", "kuro-maru", "jiro-mousugu",
           "midori-michi", "jun-fuhen", "nashi-gaitounashi", "test-other"]


def shown(check):
    """What tells one patient's result from another's."""
    return check.get("validity_code"), [(one.get("name"), one.get("number"), one.get("insurer_number")) for one in check["results"]]


@pytest.fixture
def floor(bench):
    """-> [(desk, readers, reader number, person)]"""
    national = bench.national(jitter_ms=60)
    server = bench.server({"eligibility": {"url": national.url}})
    readers = [bench.readers(READERS_EACH) for _ in range(DESKS // READERS_EACH)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        desks = list(pool.map(lambda _: bench.desk(server), range(DESKS)))
    places = []
    for number, (desk, person) in enumerate(zip(desks, PERSONS)):
        here = readers[number // READERS_EACH]
        bench.card(here.ports[number % READERS_EACH], person=person)
        places.append((desk, here, number % READERS_EACH, person))
    return server, national, places


def test_no_desk_shows_another_desks_result(bench, floor, tell):
    server, national, places = floor
    each = CHECKS // DESKS
    alone = {}
    for desk, readers, reader, person in places:
        answer = bench.check(desk, readers, "--reader", f"Madoguchi Loopback {reader}", server=server)
        assert answer.ok, answer
        alone[person] = shown(answer.check)
    assert len({json.dumps(one) for one in alone.values()}) == DESKS, "each patient's result is told from all others"
    processes = [bench.start_check(desk, readers, "--reader", f"Madoguchi Loopback {reader}", "--repeat", str(each), server=server,
                                   pin="1234\n" * each) for desk, readers, reader, _ in places]
    with concurrent.futures.ThreadPoolExecutor(DESKS) as pool:
        texts = list(pool.map(lambda process: process.communicate(timeout=SECONDS_MAX)[0], processes))
    presses, mismatches, refused = {}, 0, 0
    for (desk, _, _, person), text in zip(places, texts):
        documents = [json.loads(line) for line in text.splitlines()]
        for document in documents:
            if not document["ok"]:
                refused += 1
                continue
            check = document["check"]
            mismatches += (shown(check) != alone[person]) + (check["desk"] != desk.desk_id) + (check["account_id"] != desk.account)
            mismatches += check["press_id"] in presses
            presses[check["press_id"]] = desk.desk_id
    answered = bench.clinic.postgres.query("SELECT press_id, desk_id FROM audit_event WHERE action = 'check.outcome' AND code = 0")
    at_desk = dict(row.split("|") for row in answered)
    mismatches += sum(at_desk.get(press) != desk for press, desk in presses.items())
    tell(f"{len(presses)} checks answered at {DESKS} desks at once, {refused} refused, {mismatches} mismatches")
    assert refused == 0 and len(presses) == each * DESKS, f"{len(presses)} answered, {refused} refused"
    assert mismatches == 0
    keys = bench.asked(national)
    assert len(keys) == len(set(keys)) == len(presses) + DESKS, "one inquiry, one key"
    assert server.process.poll() is None
