# SPDX-License-Identifier: Apache-2.0
"""The portal's side of applications and device accounts, without any HTTP (docs/national-service-seam.md): takes applications, decides
them after a while, issues accounts W0000001, W0000002 … with password and activation code, binds and releases them.

An accepted change with a new institution code moves every account of the old one on its day (the accounts stay bound to their desks); an
accepted end of use ends every account after its last day. Days are Japan's.

What it knows is written to the state file after each change, so that a restart forgets nothing; the file holds the issued secrets and is
its owner's alone. How applications are decided may be changed at any time in the review file:

    {"delay_ms": 0, "hold": true | false, "reject": "the reason" | null}

hold: nothing is decided while it is true. One lock around each question. A clock can be given for tests; it counts seconds.
"""
import datetime
import hashlib
import json
import os
import pathlib
import re
import secrets
import threading
import time

from accounts import ACCOUNT, INSTITUTION
from exchange import JSON_TYPE, Answer, refused
from messages import UUID
from refusal import Refusal
from watched_file import WatchedFile

STATE_BYTES_MAX = 64 * 1024 * 1024
REVIEW_BYTES_MAX = 4096
REVIEW_MS_MAX = 7 * 24 * 3600 * 1000
DEVICES_MAX = 20
STAFF_MAX = 9999
TEXT_MAX = 500
ATTACHMENTS_MAX = 3
KEYS_MAX = 20_000  # acts that are remembered; the oldest goes first
FAILURES_MAX = 5
LOCKED_SECONDS = 30 * 60
PASSWORD_CHARACTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
PASSWORD_LENGTH = 8
CODE_DIGITS = 12
KINDS = ("use", "additional", "change", "end_of_use", "start_of_operation")
JAPAN = datetime.timezone(datetime.timedelta(hours=9))
EMPTY = {"next_account": 1, "next_receipt": 1, "applications": {}, "accounts": {}, "acts": {}, "moves": {}, "ends": {}}


def read_review(data):
    fields = json.loads(data)
    if not isinstance(fields, dict) or fields.keys() - {"delay_ms", "hold", "reject"}:
        raise ValueError("must be an object with delay_ms, hold, reject")
    delay, hold, reject = fields.get("delay_ms", 0), fields.get("hold", False), fields.get("reject")
    if type(delay) is not int or not 0 <= delay <= REVIEW_MS_MAX:
        raise ValueError(f"delay_ms is not a number from 0 to {REVIEW_MS_MAX}")
    if type(hold) is not bool or not (reject is None or isinstance(reject, str) and len(reject) <= TEXT_MAX):
        raise ValueError("hold is true or false, reject a text or null")
    return {"delay_ms": delay, "hold": hold, "reject": reject}


def require(condition):
    if not condition:
        raise Refusal("request_invalid")


def fields_of(body, names):
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal("request_invalid") from None
    require(isinstance(fields, dict) and fields.keys() == set(names))
    return fields


def is_date(text):
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def require_texts(fields, *names):
    require(all(isinstance(fields[name], str) and len(fields[name]) <= TEXT_MAX for name in names))


class Office:
    def __init__(self, state=None, review_ms=0, review=None, taken=lambda account: False, clock=time.time):
        """taken: account → whether this number is in use elsewhere (accounts.json)."""
        self._path = pathlib.Path(state) if state else None
        self._fixed = {"delay_ms": review_ms, "hold": False, "reject": None}
        self._review = WatchedFile(review, read_review, REVIEW_BYTES_MAX) if review else None
        self._taken = taken
        self._clock = clock
        self._lock = threading.Lock()
        self._state = json.loads(json.dumps(EMPTY))
        if self._path and self._path.exists():
            self._state.update(WatchedFile(self._path, json.loads, STATE_BYTES_MAX).value())
        self._paths = {"/v1/applications": self._submit, "/v1/applications/answer": self._tell,
                       "/v1/applications/withdraw": self._withdraw, "/v1/accounts/activate": self._activate,
                       "/v1/accounts/release": self._release, "/v1/accounts/lock": self._tell_lock}

    def usable_at(self, account, institution_code):
        """For checks: whether it is an issued account of this institution, and the desk it is bound to."""
        with self._lock:
            self._turn_the_day()
            known = self._state["accounts"].get(account)
            usable = known is not None and known["institution_code"] == institution_code and not known["ended"]
            return usable, known and known["desk"]

    def answer(self, path, body, key):
        try:
            with self._lock:
                self._turn_the_day()
                told, outcome = self._paths[path](body, (key or "").strip().lower())
        except Refusal as why:
            return refused(why)
        return Answer(200, JSON_TYPE, json.dumps(told).encode(), outcome)

    def _today(self):
        return datetime.datetime.fromtimestamp(self._clock(), JAPAN).date().isoformat()

    def _turn_the_day(self):
        """Institution codes that change today or changed while nobody asked, and those whose last day of use is over."""
        moves, ends, today = self._state["moves"], self._state["ends"], self._today()
        due = sorted((move["on"], old, move["to"]) for old, move in moves.items() if move["on"] <= today)
        over = [code for code, last_day in ends.items() if last_day < today]
        for _, old, new in due:
            del moves[old]
            for account in self._accounts_of(old):
                account["institution_code"] = new
        for code in over:
            del ends[code]
            for account in self._accounts_of(code):
                account["ended"] = True
        if due or over:
            self._save()

    def _accounts_of(self, institution_code):
        return [account for account in self._state["accounts"].values() if account["institution_code"] == institution_code]

    def _save(self):
        if self._path is None:
            return
        fresh = self._path.with_name(self._path.name + ".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self._state, file)
        fresh.rename(self._path)

    def _once(self, key, body, act):
        """The identical act again gets its answer, without being done again."""
        require(UUID.fullmatch(key))
        digest = hashlib.sha256(body).hexdigest()
        acts = self._state["acts"]
        if key in acts:
            if acts[key]["digest"] != digest:
                raise Refusal("idempotency_conflict")
            return acts[key]["told"], "stored"
        told = act()
        while len(acts) >= KEYS_MAX:
            del acts[next(iter(acts))]
        acts[key] = {"digest": digest, "told": told}
        self._save()
        return told, "done"

    # --- applications ---

    def _submit(self, body, key):
        fields = fields_of(body, ("application", "institution_code", "kind", "applicant", "bank_account_last4", "attachments", "staff_count",
                                  "devices", "terms_version", "effective_on", "moves_to"))
        require_texts(fields, "application", "institution_code", "kind", "applicant", "bank_account_last4", "terms_version", "effective_on",
                      "moves_to")
        require(fields["application"] == key and INSTITUTION.fullmatch(fields["institution_code"]) and fields["kind"] in KINDS)
        require(re.fullmatch("([0-9]{4})?", fields["bank_account_last4"]) and fields["applicant"])
        require(isinstance(fields["attachments"], list) and len(fields["attachments"]) <= ATTACHMENTS_MAX)
        require(type(fields["staff_count"]) is int and 0 <= fields["staff_count"] <= STAFF_MAX and type(fields["devices"]) is int)
        if fields["kind"] in ("use", "additional"):
            require(1 <= fields["devices"] <= DEVICES_MAX and (fields["bank_account_last4"] or fields["attachments"]))
        else:
            require(is_date(fields["effective_on"]))
        require(not fields["moves_to"] or fields["kind"] == "change" and INSTITUTION.fullmatch(fields["moves_to"])
                and fields["moves_to"] != fields["institution_code"])
        return self._once(key, body, lambda: self._take(fields))

    def _take(self, fields):
        receipt = f"R-{self._state['next_receipt']:06d}"
        self._state["next_receipt"] += 1
        self._state["applications"][receipt] = {"institution_code": fields["institution_code"], "kind": fields["kind"],
                                                "devices": fields["devices"], "effective_on": fields["effective_on"],
                                                "moves_to": fields["moves_to"], "at": self._clock(), "told": None}
        return {"receipt": receipt}

    def _application(self, body):
        fields = fields_of(body, ("institution_code", "receipt"))
        require_texts(fields, "institution_code", "receipt")
        application = self._state["applications"].get(fields["receipt"])
        if application is None or application["institution_code"] != fields["institution_code"]:
            raise Refusal("application_unknown")
        return application

    def _tell(self, body, _key):
        application = self._application(body)
        review = self._review.value() if self._review else self._fixed
        due = application["at"] + review["delay_ms"] / 1000 <= self._clock()
        if application["told"] is None and due and not review["hold"]:
            application["told"] = self._decide(application, review["reject"])
            self._turn_the_day()
            self._save()
        told = application["told"] or {"state": "open"}
        return told, told["state"]

    def _decide(self, application, reject):
        if reject is not None:
            return {"state": "rejected", "reason": reject}
        if application["moves_to"]:
            self._state["moves"][application["institution_code"]] = {"to": application["moves_to"], "on": application["effective_on"]}
        if application["kind"] == "end_of_use":
            self._state["ends"][application["institution_code"]] = application["effective_on"]
        count = application["devices"] if application["kind"] in ("use", "additional") else 0
        return {"state": "accepted", "issued_on": self._today(),
                "accounts": [self._issue(self._next_account(), application["institution_code"]) for _ in range(count)]}

    def _next_account(self):
        while True:
            account = f"W{self._state['next_account']:07d}"
            self._state["next_account"] += 1
            if not self._taken(account):
                return account

    def _issue(self, account, institution_code):
        password = "".join(secrets.choice(PASSWORD_CHARACTERS) for _ in range(PASSWORD_LENGTH))
        code = f"{secrets.randbelow(10 ** CODE_DIGITS):0{CODE_DIGITS}d}"
        self._state["accounts"][account] = {"institution_code": institution_code, "desk": None, "password": password, "code": code,
                                            "failures": 0, "locked_until": 0, "ended": False}
        return {"account": account, "password": password, "activation_code": code}

    def _withdraw(self, body, _key):
        application = self._application(body)
        if application["told"] is None:
            application["told"] = {"state": "withdrawn"}
            self._save()
        if application["told"]["state"] != "withdrawn":
            raise Refusal("application_decided")
        return application["told"], "withdrawn"

    # --- accounts ---

    def _account(self, fields):
        require_texts(fields, *fields)
        require(ACCOUNT.fullmatch(fields["device_account"]) and UUID.fullmatch(fields.get("desk", "0" * 8 + "-0000" * 3 + "-" + "0" * 12).lower()))
        account = self._state["accounts"].get(fields["device_account"])
        return account if account and account["institution_code"] == fields["institution_code"] else None

    def _activate(self, body, key):
        fields = fields_of(body, ("institution_code", "device_account", "desk", "password", "activation_code"))
        account = self._account(fields)

        def act():
            if account is None or account["ended"]:
                raise Refusal("activation_refused")
            if account["locked_until"] > self._clock():
                raise Refusal("account_locked")
            if account["code"] is None and account["desk"] != fields["desk"].lower():
                raise Refusal("account_bound_elsewhere")
            if (account["password"], account["code"]) != (fields["password"], fields["activation_code"]):
                self._count_failure(account)
                raise Refusal("activation_refused")
            account.update(desk=fields["desk"].lower(), code=None, failures=0)  # a code serves once
            return {"state": "activated"}

        return self._once(key, body, act)

    def _count_failure(self, account):
        account["failures"] += 1
        if account["failures"] >= FAILURES_MAX:
            account.update(failures=0, locked_until=self._clock() + LOCKED_SECONDS)
        self._save()

    def _release(self, body, key):
        fields = fields_of(body, ("institution_code", "device_account", "desk"))
        account = self._account(fields)

        def act():
            if account is None or account["desk"] != fields["desk"].lower():
                raise Refusal("account_not_activated_for_desk")
            if account["ended"]:  # nothing is issued any more
                account["desk"] = None
                return {"state": "released", "account": None}
            return {"state": "released", "account": self._issue(fields["device_account"], fields["institution_code"])}

        return self._once(key, body, act)

    def _tell_lock(self, body, _key):
        account = self._account(fields_of(body, ("institution_code", "device_account")))
        if account is None:
            raise Refusal("account_not_usable")
        return {"locked_for_ms": max(0, int((account["locked_until"] - self._clock()) * 1000))}, "told"


PATHS = {"/v1/applications": "application", "/v1/applications/answer": "application", "/v1/applications/withdraw": "application",
         "/v1/accounts/activate": "account", "/v1/accounts/release": "account", "/v1/accounts/lock": "account"}
