# SPDX-License-Identifier: Apache-2.0
"""The shapes of the two requests (docs/national-service-seam.md). Exactly the named fields, all of them text, or the
request is refused as request_invalid.
"""
import base64
import binascii
import json
import re
import typing
import uuid

from accounts import ACCOUNT, INSTITUTION
from refusal import Refusal

REQUEST_BYTES_MAX = 64 * 1024  # a check with a 2 KiB certificate has about 4 KiB
METHODS = ("pin",)             # how a card signs without PIN for an approved verifier is not public
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Caller(typing.NamedTuple):
    institution_code: str
    device_account: str
    desk: str


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


def _caller(fields):
    return Caller(_matching(INSTITUTION, fields["institution_code"]), _matching(ACCOUNT, fields["device_account"]),
                  _matching(UUID, fields["desk"].lower()))


def read_challenge_request(body):
    return _caller(_fields(body, Caller._fields))


def read_check(body, key):
    """The key is the Idempotency-Key header, which must name the press."""
    fields = _fields(body, (*Caller._fields, "press", "method", "challenge_id", "certificate", "signature"))
    press = _matching(UUID, fields["press"].lower())
    if (key or "").strip().lower() != press or fields["method"] not in METHODS:
        raise Refusal("request_invalid")
    return Check(_caller(fields), uuid.UUID(press), fields["method"], _matching(UUID, fields["challenge_id"].lower()),
                 _decoded(fields["certificate"]), _decoded(fields["signature"]))
