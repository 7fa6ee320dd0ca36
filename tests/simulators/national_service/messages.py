# SPDX-License-Identifier: Apache-2.0
"""The shapes of the JSON requests (docs/national-service-seam.md). Exactly the named fields, all of them text, or the
request is refused as request_invalid. inquiry.py reads the one request that is XML.
"""
import base64
import binascii
import json
import re
import typing
import uuid

from accounts import ACCOUNT, INSTITUTION
from refusal import Refusal
from sight import CARD_CHALLENGE_BYTES

REQUEST_BYTES_MAX = 64 * 1024  # a check with a 2 KiB certificate has about 4 KiB
METHODS = ("pin", "sight")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Caller(typing.NamedTuple):
    institution_code: str
    device_account: str
    desk: str


class Sight(typing.NamedTuple):
    caller: Caller
    certificate: bytes
    card_challenge: bytes


class Check(typing.NamedTuple):
    caller: Caller
    press: uuid.UUID
    method: str
    challenge_id: str
    certificate: bytes
    signature: bytes


def _fields(body, names):
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal("request_invalid") from None
    if not isinstance(fields, dict) or fields.keys() != set(names) or not all(isinstance(v, str) for v in fields.values()):
        raise Refusal("request_invalid")
    return fields


def _matching(pattern, text):
    if not pattern.fullmatch(text):
        raise Refusal("request_invalid")
    return text


def _decoded(text):
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("request_invalid") from None


def caller_of(institution_code, device_account, desk):
    return Caller(_matching(INSTITUTION, institution_code), _matching(ACCOUNT, device_account), _matching(UUID, desk.lower()))


def _caller(fields):
    return caller_of(*(fields[name] for name in Caller._fields))


def press_of(key):
    """Of an Idempotency-Key header; None when there was none."""
    return uuid.UUID(_matching(UUID, (key or "").strip().lower()))


def read_challenge_request(body):
    return _caller(_fields(body, Caller._fields))


def read_sight(body):
    fields = _fields(body, (*Caller._fields, "certificate", "card_challenge"))
    challenge = _decoded(fields["card_challenge"])
    if len(challenge) != CARD_CHALLENGE_BYTES:
        raise Refusal("request_invalid")
    return Sight(_caller(fields), _decoded(fields["certificate"]), challenge)


def read_outcome(body):
    """-> (who asks, the key of the check or inquiry it asks about)."""
    fields = _fields(body, (*Caller._fields, "key"))
    return _caller(fields), press_of(fields["key"])


def read_check(body, key):
    """The key is the Idempotency-Key header, which must name the press."""
    fields = _fields(body, (*Caller._fields, "press", "method", "challenge_id", "certificate", "signature"))
    press = press_of(fields["press"])
    if press_of(key) != press or fields["method"] not in METHODS:
        raise Refusal("request_invalid")
    return Check(_caller(fields), press, fields["method"], _matching(UUID, fields["challenge_id"].lower()),
                 _decoded(fields["certificate"]), _decoded(fields["signature"]))
