# SPDX-License-Identifier: Apache-2.0
"""The questions about patients, without any HTTP: give a challenge, permit sight, answer a check or an inquiry by numbers, tell what
became of one (docs/national-service-seam.md).

One lock around each question: a check is about a millisecond of work, and "one key, one inquiry" then needs no further
thought. Nothing is kept on disk: a service started anew has seen nothing. A clock can be given for tests; it counts seconds and never goes back.
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
import inquiry
import messages
import people
import refusal
from refusal import Refusal

CHALLENGE_BYTES = 32
CHALLENGE_SECONDS = 120
CHALLENGES_MAX = 10_000
KEPT_SECONDS = 15 * 60
KEPT_MAX = 20_000  # answers; the oldest goes first. Its challenge is spent: a repeat is refused, never asked twice
SEEN_SECONDS = 25 * 3600  # a clinic asks for a day what became of a question
SEEN_MAX = 200_000
JSON_TYPE = "application/json"
XML_TYPE = "application/xml"


class Answer(typing.NamedTuple):
    status: int
    content_type: str
    body: bytes
    outcome: str  # for the journal: "answered", "stored" or the type of the refusal
    about: str | None = None  # for the journal: the key that was asked about


def refused(why):
    return Answer(why.status, refusal.CONTENT_TYPE, why.body(), why.kind)


class Open(typing.NamedTuple):
    caller: messages.Caller
    challenge: bytes
    expires: float
    card: bytes | None = None  # SHA-256 of the certificate that sight was permitted for; None: a PIN proves


class Kept(typing.NamedTuple):
    body_hash: bytes
    answer: Answer
    until: float


class Seen(typing.NamedTuple):
    caller: messages.Caller
    until: float


def _forget_until(entries, now, moment_of):
    """entries: oldest first."""
    while entries and moment_of(next(iter(entries.values()))) <= now:
        entries.popitem(last=False)


class Exchange:
    def __init__(self, everyone, card_certificates, accounts, sight_key, clock=time.monotonic):
        self._people = everyone
        self._certificates = card_certificates
        self._accounts = accounts
        self._sight_key = sight_key
        self._clock = clock
        self._lock = threading.Lock()
        self._open = collections.OrderedDict()  # challenge id → Open, oldest first
        self._kept = collections.OrderedDict()  # idempotency key → Kept, oldest first
        self._seen = collections.OrderedDict()  # idempotency key → Seen, oldest first

    def issue_challenge(self, body):
        try:
            caller = messages.read_challenge_request(body)
            self._accounts.require_usable(caller)
            return self._issued(*self._new_challenge(caller))
        except Refusal as why:
            return refused(why)

    def permit_sight(self, body):
        """A challenge for this card alone, and what the card needs to sign it without PIN."""
        try:
            sight = messages.read_sight(body)
            self._accounts.require_usable(sight.caller)
            self._accounts.require_sight(sight.caller)
            self._certificates.accept(sight.certificate)
            issued = self._new_challenge(sight.caller, hashlib.sha256(sight.certificate).digest())
        except Refusal as why:
            return refused(why)
        proof = self._sight_key.proof(sight.certificate, sight.card_challenge)
        return self._issued(*issued, proof=base64.b64encode(proof).decode("ascii"))

    @staticmethod
    def _issued(challenge_id, challenge, **more):
        text = json.dumps({"challenge_id": challenge_id, "challenge": base64.b64encode(challenge).decode("ascii"), **more,
                           "expires_in_ms": CHALLENGE_SECONDS * 1000})
        return Answer(200, JSON_TYPE, text.encode(), "issued")

    def _new_challenge(self, caller, card=None):
        now = self._clock()
        with self._lock:
            _forget_until(self._open, now, lambda entry: entry.expires)
            if len(self._open) >= CHALLENGES_MAX:
                raise Refusal("too_many_challenges")
            challenge_id, challenge = str(uuid.uuid4()), os.urandom(CHALLENGE_BYTES)
            self._open[challenge_id] = Open(caller, challenge, now + CHALLENGE_SECONDS, card)
        return challenge_id, challenge

    def answer_check(self, body, key):
        try:
            check = messages.read_check(body, key)
            self._accounts.require_usable(check.caller)
            return self._once(check.press, check.caller, body, lambda: self._check(check))
        except Refusal as why:
            return refused(why)

    def answer_inquiry(self, body, key, account, desk):
        try:
            asked = inquiry.read(body, key, account, desk)
            self._accounts.require_usable(asked.caller)
            return self._once(asked.press, asked.caller, body, lambda: self._inquire(asked))
        except Refusal as why:
            return refused(why)

    def tell_outcome(self, body):
        """Only whoever asked is told. No account needs to be usable for it any more."""
        try:
            caller, key = messages.read_outcome(body)
        except Refusal as why:
            return refused(why)
        with self._lock:
            _forget_until(self._seen, self._clock(), lambda entry: entry.until)
            state = "answered" if key in self._seen and self._seen[key].caller == caller else "not_seen"
        return Answer(200, JSON_TYPE, json.dumps({"state": state}).encode(), state, str(key))

    def _once(self, press, caller, body, ask):
        """The stored answer to this key, or what ask() gives, from now on the answer to it. What is wrong with our own files
        (ConfigurationError, revocation_unknown) and a challenge that does not fit are no answers and are not kept."""
        digest = hashlib.sha256(repr(caller).encode() + body).digest()
        with self._lock:
            now = self._clock()
            _forget_until(self._kept, now, lambda entry: entry.until)
            kept = self._kept.get(press)
            if kept is not None:
                if kept.body_hash != digest:
                    raise Refusal("idempotency_conflict")
                return kept.answer._replace(outcome="stored")
            try:
                answer = Answer(200, XML_TYPE, ask(), "answered")
            except Refusal as why:
                if why.kind in ("revocation_unknown", "challenge_invalid"):
                    raise
                answer = refused(why)
            for entries, most, entry in ((self._kept, KEPT_MAX, Kept(digest, answer, self._clock() + KEPT_SECONDS)),
                                         (self._seen, SEEN_MAX, Seen(caller, now + SEEN_SECONDS))):
                if len(entries) >= most:
                    entries.popitem(last=False)
                entries.pop(press, None)
                entries[press] = entry
            return answer

    def _check(self, check):
        issued = self._open.get(check.challenge_id)
        card = hashlib.sha256(check.certificate).digest() if check.method == "sight" else None
        if issued is None or issued.caller != check.caller or issued.expires <= self._clock() or issued.card != card:
            raise Refusal("challenge_invalid")
        try:
            body = self._about_holder(check, issued.challenge)
        except Refusal as why:
            if why.kind != "revocation_unknown":
                del self._open[check.challenge_id]
            raise
        del self._open[check.challenge_id]
        return body

    def _about_holder(self, check, challenge):
        holder = self._certificates.accept(check.certificate)
        institution_code = check.caller.institution_code
        certificates.require_signature(holder, check.signature, institution_code, challenge, check.press)
        return self._people.answer(holder.serial, institution_code, check.press)

    def _inquire(self, asked):
        found = self._people.holders(asked.matches)
        echo = inquiry.echo(asked.search)
        if len(found) == 1:
            return self._people.answer_inquiry(found[0], asked.caller.institution_code, asked.press, echo, asked.day)
        nobody = inquiry.without_result(inquiry.SEVERAL_FOUND if found else inquiry.NONE_FOUND)
        return people.fill_in(nobody, asked.caller.institution_code, asked.press, people.now(), echo, asked.day)
