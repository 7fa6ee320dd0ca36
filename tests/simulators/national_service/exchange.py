# SPDX-License-Identifier: Apache-2.0
"""The two questions the service answers, without any HTTP: give a challenge, answer a check (docs/national-service-seam.md).

One lock around each question: a check is about a millisecond of work, and "one key, one inquiry" then needs no further
thought. Nothing is kept on disk. A clock can be given for tests; it counts seconds and never goes back.
"""
import base64
import collections
import hashlib
import json
import os
import threading
import time
import typing
import uuid

import certificates
import messages
import refusal
from refusal import Refusal

CHALLENGE_BYTES = 32
CHALLENGE_SECONDS = 120
CHALLENGES_MAX = 10_000
KEPT_SECONDS = 15 * 60
KEPT_MAX = 20_000  # answers; the oldest goes first. Its challenge is spent: a repeat is refused, never asked twice
JSON_TYPE = "application/json"
XML_TYPE = "application/xml"


class Answer(typing.NamedTuple):
    status: int
    content_type: str
    body: bytes
    outcome: str  # for the journal: "answered", "stored" or the type of the refusal


def refused(why):
    return Answer(why.status, refusal.CONTENT_TYPE, why.body(), why.kind)


class Open(typing.NamedTuple):
    caller: messages.Caller
    challenge: bytes
    expires: float


class Kept(typing.NamedTuple):
    body_hash: bytes
    answer: Answer
    until: float


class Exchange:
    def __init__(self, people, card_certificates, accounts, clock=time.monotonic):
        self._people = people
        self._certificates = card_certificates
        self._accounts = accounts
        self._clock = clock
        self._lock = threading.Lock()
        self._open = collections.OrderedDict()  # challenge id → Open, oldest first
        self._kept = collections.OrderedDict()  # idempotency key → Kept, oldest first

    def issue_challenge(self, body):
        try:
            caller = messages.read_challenge_request(body)
            self._accounts.require_usable(caller)
            with self._lock:
                challenge_id, challenge = self._new_challenge(caller)
        except Refusal as why:
            return refused(why)
        text = json.dumps({"challenge_id": challenge_id, "challenge": base64.b64encode(challenge).decode("ascii"),
                           "expires_in_ms": CHALLENGE_SECONDS * 1000})
        return Answer(200, JSON_TYPE, text.encode(), "issued")

    def _new_challenge(self, caller):
        now = self._clock()
        while self._open and next(iter(self._open.values())).expires <= now:
            self._open.popitem(last=False)
        if len(self._open) >= CHALLENGES_MAX:
            raise Refusal("too_many_challenges")
        challenge_id, challenge = str(uuid.uuid4()), os.urandom(CHALLENGE_BYTES)
        self._open[challenge_id] = Open(caller, challenge, now + CHALLENGE_SECONDS)
        return challenge_id, challenge

    def answer_check(self, body, key):
        try:
            check = messages.read_check(body, key)
            self._accounts.require_usable(check.caller)
            with self._lock:
                return self._stored(check, body) or self._answer_once(check, body)
        except Refusal as why:
            return refused(why)

    def _stored(self, check, body):
        now = self._clock()
        while self._kept and next(iter(self._kept.values())).until <= now:
            self._kept.popitem(last=False)
        kept = self._kept.get(check.press)
        if kept is None:
            return None
        if kept.body_hash != hashlib.sha256(body).digest():
            raise Refusal("idempotency_conflict")
        return kept.answer._replace(outcome="stored")

    def _answer_once(self, check, body):
        """What is wrong with our own files (ConfigurationError, revocation_unknown) spends no challenge and is not kept."""
        issued = self._open.get(check.challenge_id)
        if issued is None or issued.caller != check.caller or issued.expires <= self._clock():
            raise Refusal("challenge_invalid")
        try:
            answer = Answer(200, XML_TYPE, self._inquire(check, issued.challenge), "answered")
        except Refusal as why:
            if why.kind == "revocation_unknown":
                raise
            answer = refused(why)
        del self._open[check.challenge_id]
        if len(self._kept) >= KEPT_MAX:
            self._kept.popitem(last=False)
        self._kept[check.press] = Kept(hashlib.sha256(body).digest(), answer, self._clock() + KEPT_SECONDS)
        return answer

    def _inquire(self, check, challenge):
        holder = self._certificates.accept(check.certificate)
        institution_code = check.caller.institution_code
        certificates.require_signature(holder, check.signature, institution_code, challenge, check.press)
        return self._people.answer(holder.serial, institution_code, check.press)
