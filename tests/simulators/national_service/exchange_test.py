# SPDX-License-Identifier: Apache-2.0
"""What takes minutes, with a clock of the tests' own."""
import json
import types
import uuid

import exchange
import pytest
from clinic_side import CALLER


class TestWithAClockOfItsOwn:
    """Minutes pass at once; the card and the person are always good."""

    @pytest.fixture
    def bench(self):
        now = [1000.0]
        any_account = types.SimpleNamespace(require_usable=lambda caller: None)
        any_key = types.SimpleNamespace(verify=lambda *_unused: None)
        holder = types.SimpleNamespace(serial=1, key=any_key)
        made = types.SimpleNamespace(count=0)

        def answer(*_unused):
            made.count += 1
            return b"<XmlMsg/>"

        made.exchange = exchange.Exchange(types.SimpleNamespace(answer=answer),
                                          types.SimpleNamespace(accept=lambda der: holder), any_account, None, lambda: now[0])
        made.now = now
        return made

    @staticmethod
    def question(bench):
        challenge = json.loads(bench.exchange.issue_challenge(json.dumps(CALLER)).body)
        press = str(uuid.uuid4())
        return press, json.dumps({**CALLER, "press": press, "method": "pin", "challenge_id": challenge["challenge_id"],
                                  "certificate": "", "signature": ""}).encode()

    def test_a_challenge_lasts_two_minutes(self, bench):
        (early_press, early), (late_press, late) = self.question(bench), self.question(bench)
        bench.now[0] += 119.9
        assert bench.exchange.answer_check(early, early_press).status == 200
        bench.now[0] += 0.1
        assert bench.exchange.answer_check(late, late_press).outcome == "challenge_invalid"

    def test_an_answer_is_kept_for_fifteen_minutes(self, bench):
        press, question = self.question(bench)
        assert bench.exchange.answer_check(question, press).outcome == "answered"
        bench.now[0] += 15 * 60 - 0.1
        assert bench.exchange.answer_check(question, press).outcome == "stored"
        bench.now[0] += 0.1
        assert bench.exchange.answer_check(question, press).outcome == "challenge_invalid"
        assert bench.count == 1

    def test_open_challenges_are_bounded_and_make_room_when_they_end(self, bench, monkeypatch):
        monkeypatch.setattr(exchange, "CHALLENGES_MAX", 2)
        outcomes = [bench.exchange.issue_challenge(json.dumps(CALLER)) for _ in range(3)]
        assert [each.status for each in outcomes] == [200, 200, 429]
        bench.now[0] += 120
        assert bench.exchange.issue_challenge(json.dumps(CALLER)).status == 200

    def test_a_challenge_of_another_caller_is_refused(self, bench):
        press, question = self.question(bench)
        other = {**json.loads(question), "device_account": "W0000009"}
        assert bench.exchange.answer_check(json.dumps(other).encode(), press).outcome == "challenge_invalid"

    def test_what_became_of_a_question_is_known_for_a_day_and_to_whoever_asked_it(self, bench):
        press, question = self.question(bench)

        def told(**changes):
            return json.loads(bench.exchange.tell_outcome(json.dumps({**CALLER, "key": press, **changes}).encode()).body)["state"]

        assert told() == "not_seen"
        assert bench.exchange.answer_check(question, press).outcome == "answered"
        assert (told(), told(institution_code="1311234568"), told(device_account="W0000009")) == ("answered", "not_seen", "not_seen")
        bench.now[0] += 25 * 3600 - 0.1
        assert told() == "answered"
        bench.now[0] += 0.1
        assert told() == "not_seen"
