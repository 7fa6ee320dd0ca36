# SPDX-License-Identifier: Apache-2.0
"""An inquiry by the numbers of a paper (照会区分 2): what is asked, and the answers nobody's file holds.

The request is an XmlMsg of the published vocabulary (reference/eligibility-result.md §1, OQSsiquc01req): each element at most
once, no other element, no document type. Anything else is request_invalid.
"""
import re
import typing
import unicodedata
import uuid
import xml.parsers.expat
import xml.sax.saxutils

import messages
import people
from refusal import Refusal

ELEMENTS_MAX = 32
HEADER = {"QualificationConfirmationDate": "[0-9]{8}", "MedicalInstitutionCode": "[0-9]{10}", "ArbitraryFileIdentifier": "[0-9a-f]{32}"}
SEARCH = {  # in the order of the published table, which is the order of the echo
    "InsurerNumber": " {0,7}[0-9]{1,8}", "InsuredCardSymbol": ".{0,20}", "InsuredIdentificationNumber": ".{1,20}",
    "InsuredBranchNumber": "[0-9]{2}", "Birthdate": "[0-9]{8}", "LimitApplicationCertificateRelatedConsFlg": "[01]",
    "ArbitraryIdentifier": ".{0,50}"}
NEEDED = ("QualificationConfirmationDate", "MedicalInstitutionCode", "ArbitraryFileIdentifier", "InsurerNumber",
          "InsuredIdentificationNumber", "Birthdate")
PLACES = {**{name: ("XmlMsg", "MessageHeader", name) for name in HEADER},
          **{name: ("XmlMsg", "MessageBody", "QualificationConfirmSearchInfo", name) for name in SEARCH}}
BRANCHES = {place[:depth] for place in PLACES.values() for depth in range(1, len(place))}
NONE_FOUND, SEVERAL_FOUND = "4", "5"  # OQSCD006


class Inquiry(typing.NamedTuple):
    caller: messages.Caller
    press: uuid.UUID
    day: str  # 資格確認日, yyyyMMdd: the insurance of this day is asked for
    search: dict  # element name → text as asked

    def matches(self, result):
        """result: element name → text of one ResultOfQualificationConfirmation."""
        return all(_folded(name, result.get(name, "")) == _folded(name, self.search.get(name, ""))
                   for name in people.NUMBERS if name != "InsuredBranchNumber" or self.search.get(name))


def _folded(name, text):
    """For comparing only: whatever the width, and an insurer number with or without its padding."""
    text = unicodedata.normalize("NFKC", text).strip()
    return text.lstrip("0") if name == "InsurerNumber" else text


class _Reader:
    def __init__(self, body):
        self.texts = {}
        self._path, self._opened = [], set()
        parser = xml.parsers.expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(body, True)

    def _refuse(self, *_unused):
        raise ValueError

    def _start(self, name, attributes):
        self._path.append(name)
        place = tuple(self._path)
        known = place in BRANCHES or PLACES.get(name) == place
        if not known or attributes or place in self._opened or len(self._opened) == ELEMENTS_MAX:
            raise ValueError
        self._opened.add(place)
        if place not in BRANCHES:
            self.texts[name] = ""

    def _end(self, _name):
        self._path.pop()

    def _text(self, text):
        if tuple(self._path) in BRANCHES:
            if text.strip():
                raise ValueError
        else:
            self.texts[self._path[-1]] += text


def read(body, key, account, desk):
    """key, account, desk: of the headers Idempotency-Key, Madoguchi-Device-Account and Madoguchi-Desk."""
    try:
        mark = len(people.UTF8_MARK) if body.startswith(people.UTF8_MARK) else 0
        texts = _Reader(body[mark:].decode(people.codec_of(body)).encode("utf-8")).texts
    except (ValueError, xml.parsers.expat.ExpatError):
        raise Refusal("request_invalid") from None
    shapes = {**HEADER, **SEARCH}
    if not all(name in texts for name in NEEDED) or not all(re.fullmatch(shapes[name], text) for name, text in texts.items()):
        raise Refusal("request_invalid")
    press = messages.press_of(key)
    if texts["ArbitraryFileIdentifier"] != press.hex:
        raise Refusal("request_invalid")
    caller = messages.caller_of(texts["MedicalInstitutionCode"], account or "", desk or "")
    return Inquiry(caller, press, texts["QualificationConfirmationDate"], {name: texts[name] for name in SEARCH if name in texts})


def echo(search):
    """The search as it goes back, as XML text; the insurer number is padded to its 8 characters."""
    values = {**search, "InsurerNumber": search["InsurerNumber"].strip().rjust(8)}
    inner = "".join(f"<{name}>{xml.sax.saxutils.escape(text)}</{name}>" for name, text in values.items())
    return f"<QualificationConfirmSearchInfo>{inner}</QualificationConfirmSearchInfo>"


def without_result(validity):
    """A person's file of nobody: no result, this validity."""
    return ('<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<XmlMsg><MessageHeader><SegmentOfResult>1</SegmentOfResult>'
            "<CharacterCodeIdentifier>0</CharacterCodeIdentifier></MessageHeader><MessageBody><ProcessingResultStatus>1"
            f"</ProcessingResultStatus><QualificationValidity>{validity}</QualificationValidity></MessageBody></XmlMsg>\n").encode()
