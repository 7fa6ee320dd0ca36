# SPDX-License-Identifier: Apache-2.0
"""Trouble on purpose: from the command line, or from a JSON file that is read again when it changes. The file holds one
fault or a list of them; the first that fits a request is used, and {} or [] is none.

    {"latency_ms": 200, "jitter_ms": 100, "status": 503, "retry_after": 2, "hang": true, "close": "before" | "after_request" | "mid_answer",
     "drip_ms": 50, "anonymous": true,
     "body": "malformed" | "empty" | "oversized" | "huge" | "bom" | "nul"                                (of any answer)
             | "dtd" | "entities" | "wrong_encoding" | "other_character_code" | "utf16" | "other_echo" | "other_institution"
             | "duplicate_element"                                                                      (of checks and inquiries)
             | "other_proof",                                                                           (of sights)
     "only": "checks" | "challenges" | "sights" | "inquiries" | "outcomes" | "applications" | "accounts", "times": 2}

status and close "before": the request is not looked at. retry_after: seconds, told with a status. drip_ms: the pause between every DRIP_BYTES
of an answer. anonymous: it does not say that it is the simulator. entities is the billion laughs; bom is harmless before UTF-8 and wrong before Shift_JIS; oversized is one byte too much, huge is
10 MiB. Everything but status and "before" happens to the true answer, which is kept: the same request again gets it. A body fault that does
not go with an answer leaves it alone and is not counted.
"""
import base64
import json
import re
import threading
import typing

import people
from watched_file import WatchedFile

FAULTS_BYTES_MAX = 64 * 1024
FAULTS_MAX = 16
LATENCY_MS_MAX = 60_000
HANG_SECONDS = 60.0
OVERSIZED_BYTES = 4 * 1024 * 1024 + 1  # one more than an answer may have
HUGE_BYTES = 10 * 1024 * 1024
RETRY_AFTER_MAX = 3600     # seconds
DRIP_MS_MAX = 10_000
DRIP_BYTES = 64
DRIP_SECONDS_MAX = 120.0   # then the rest comes at once
CLOSES = ("before", "after_request", "mid_answer")
KINDS = {"challenges": "challenge", "checks": "check", "sights": "sight", "inquiries": "inquiry", "outcomes": "outcome",
         "applications": "application", "accounts": "account"}
XML_KINDS = ("check", "inquiry")
OTHER_INSTITUTION = "0110000001"
ENTITY_LEVELS = 12  # ten of the level below in each: 10^12 characters if anyone expanded it


class Fault(typing.NamedTuple):
    latency_ms: int = 0
    jitter_ms: int = 0  # as much more, at most: each request's own
    status: int = 0
    retry_after: int = 0
    drip_ms: int = 0
    anonymous: bool = False
    hang: bool = False
    close: str = ""
    body: str = ""
    only: str = ""
    times: int = 0  # 0: always

    def fits(self, kind):
        return self._spoils(kind) and (not self.only or KINDS[self.only] == kind)

    def _spoils(self, kind):
        if not self.body or self.body in FOR_ANY_TEXT:
            return True
        return kind == "sight" if self.body in FOR_SIGHTS else kind in XML_KINDS

    def name(self):
        """For the journal."""
        return ",".join(word for word in (self.latency_ms and "latency", self.jitter_ms and "jitter", self.status and "status",
                                          self.hang and "hang", self.anonymous and "anonymous", self.drip_ms and "drip", self.close and f"close_{self.close}", self.body) if word)


NONE = Fault()


def make(fields):
    unknown = fields.keys() - set(Fault._fields)
    if unknown:
        raise ValueError(f"unknown fault {sorted(unknown)[0]!r}")
    fault = Fault(**fields)
    for name, least, most in (("latency_ms", 0, LATENCY_MS_MAX), ("jitter_ms", 0, LATENCY_MS_MAX), ("drip_ms", 0, DRIP_MS_MAX),
                              ("retry_after", 0, RETRY_AFTER_MAX), ("times", 1 if "times" in fields else 0, 1_000_000),
                              ("status", 400 if "status" in fields else 0, 599)):
        value = getattr(fault, name)
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"{name} is not a number from {least} to {most}")
    for name, words in (("close", CLOSES), ("body", tuple(BODIES)), ("only", tuple(KINDS))):
        if name in fields and fields[name] not in words:
            raise ValueError(f"{name} is none of {', '.join(words)}")
    for name in ("hang", "anonymous"):
        if type(getattr(fault, name)) is not bool:
            raise ValueError(f"{name} is neither true nor false")
    return fault


def parse(data):
    read = json.loads(data)
    listed = read if isinstance(read, list) else [read]
    if len(listed) > FAULTS_MAX or not all(isinstance(entry, dict) for entry in listed):
        raise ValueError(f"neither a fault nor a list of at most {FAULTS_MAX}")
    return Plan([make(entry) for entry in listed if entry])


class Plan:
    """Faults in order, with how often each is still to be used."""

    def __init__(self, listed):
        self._left = [[fault, fault.times] for fault in listed]
        self._lock = threading.Lock()

    def take(self, kind):
        with self._lock:
            for entry in self._left:
                fault, left = entry
                if fault.fits(kind) and (not fault.times or left):
                    entry[1] = left - 1
                    return fault
        return NONE


class Faults:
    def __init__(self, from_command_line, path=None):
        self._fixed = Plan([from_command_line] if from_command_line != NONE else [])
        self._file = WatchedFile(path, parse, FAULTS_BYTES_MAX) if path else None
        if self._file:
            self._file.value()

    def take(self, kind):
        """The fault for this request: one of the file, else the one of the command line, else NONE."""
        fault = self._file.value().take(kind) if self._file else NONE
        return fault if fault != NONE else self._fixed.take(kind)


# --- what can happen to a body; each: bytes of the true answer → bytes to send ---


def _malformed(body):
    """Ends in the middle of what it opened."""
    return body.rstrip()[:-3]


def _empty(_body):
    return b""


def _oversized(body):
    return body.ljust(OVERSIZED_BYTES)


def _huge(body):
    return body.ljust(HUGE_BYTES)


def _bom(body):
    return people.UTF8_MARK + body


def _nul(body):
    """In the text of an element, or in the middle of what has none."""
    spoilt = _element(body, "SegmentOfResult", lambda text: text + b"\0")
    return spoilt if spoilt != body else body[:len(body) // 2] + b"\0" + body[len(body) // 2:]


def _after_declaration(body, text):
    end = body.index(b"?>") + 2 if b"?>" in body else 0
    return body[:end] + text + body[end:]


def _dtd(body):
    return _after_declaration(body, b'\n<!DOCTYPE XmlMsg SYSTEM "http://127.0.0.1:9/national.dtd">')


def _entities(body):
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, ENTITY_LEVELS + 1))
    body = _after_declaration(body, f'\n<!DOCTYPE XmlMsg [<!ENTITY e0 "x">{levels}]>'.encode("ascii"))
    return _element(body, "ArbitraryFileIdentifier", lambda text: b"&e%d;" % ENTITY_LEVELS)


def _wrong_encoding(body):
    """The declaration stays, the bytes are of the other encoding."""
    codec = people.codec_of(body)
    return body.decode(codec).encode("cp932" if codec == "utf-8" else "utf-8", "replace")


def _utf16(body):
    """All of it, with its mark; the declaration stays."""
    return body.decode(people.codec_of(body)).encode("utf-16")


def _other_character_code(body):
    """OQSCD005 contradicts declaration and bytes."""
    return _element(body, "CharacterCodeIdentifier", lambda text: b"1" if text == b"0" else b"0")


def _other_proof(body):
    """A signature of the same shape that is not right: the card will not take it."""
    fields = json.loads(body)
    proof = bytearray(base64.b64decode(fields["proof"]))
    proof[-1] ^= 1
    return json.dumps({**fields, "proof": base64.b64encode(proof).decode("ascii")}).encode()


def _element(body, name, change):
    return re.sub(rf"(<{name}>)([^<]*)(</{name}>)".encode("ascii"), lambda m: m[1] + change(m[2]) + m[3], body, count=1)


def _other_echo(body):
    return _element(body, "ArbitraryFileIdentifier", lambda text: bytes(reversed(text)))


def _other_institution(body):
    return _element(body, "MedicalInstitutionCode", lambda text: OTHER_INSTITUTION.encode("ascii"))


def _duplicate_element(body):
    return re.sub(rb"<SegmentOfResult>[^<]*</SegmentOfResult>", lambda m: m[0] + m[0], body, count=1)


BODIES = {"malformed": _malformed, "empty": _empty, "oversized": _oversized, "huge": _huge, "bom": _bom, "nul": _nul, "dtd": _dtd,
          "entities": _entities, "wrong_encoding": _wrong_encoding, "other_character_code": _other_character_code, "utf16": _utf16,
          "other_echo": _other_echo, "other_institution": _other_institution, "duplicate_element": _duplicate_element,
          "other_proof": _other_proof}
FOR_ANY_TEXT = ("malformed", "empty", "oversized", "huge", "bom", "nul")
FOR_SIGHTS = ("other_proof",)


def spoil(fault, body):
    return BODIES[fault.body](body) if fault.body else body
