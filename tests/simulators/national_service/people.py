# SPDX-License-Identifier: Apache-2.0
"""The persons behind the certificates: one <person-id>.xml each, holding the answer to give (people/README.md).

A card names its person by its certificate's serial number, which both simulators compute from the person's id; an inquiry names
persons by the numbers in their results. Files are read at each request, so a person may be edited while the simulator runs. Only five
elements of the header are filled in, and for an inquiry its echo in the body; every other byte goes out as it stands in the file. Values
are put in by position, never by search and replace: expat (which is no more than a ruler here) says where the elements begin and end.
"""
import datetime
import functools
import hashlib
import os
import pathlib
import re
import typing
import xml.parsers.expat

from refusal import Refusal
from watched_file import ConfigurationError

PERSON_ID = re.compile(rb"[^./\x00-\x1f\x7f][^/\x00-\x1f\x7f]{0,127}")  # of the bytes of a file name
PERSONS_MAX = 1000
PERSON_BYTES_MAX = 4 * 1024 * 1024  # an answer has at most as much
CARD_BYTES_MAX = 64 * 1024
SERIAL_BYTES = 8
AS_IT_IS = "malformed-"  # files with such a name are neither checked nor filled in
CODECS = {"utf-8": "utf-8", "shift_jis": "cp932"}
DECLARED = re.compile(rb"""\A(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
UTF8_MARK = b"\xef\xbb\xbf"
JAPAN = datetime.timezone(datetime.timedelta(hours=9))
ALWAYS = ("ProcessExecutionTime", "QualificationConfirmationDate", "MedicalInstitutionCode", "ArbitraryFileIdentifier")
BY_CARD, BY_NUMBERS = "1", "2"  # OQSCD002
RESULT, ECHO = "ResultOfQualificationConfirmation", "QualificationConfirmSearchInfo"
NUMBERS = ("InsurerNumber", "InsuredCardSymbol", "InsuredIdentificationNumber", "InsuredBranchNumber", "Birthdate")


class Span(typing.NamedTuple):
    begin: int  # of "<Name>"
    end: int    # after "</Name>"


@functools.lru_cache(maxsize=PERSONS_MAX)
def serial_of(person_id):
    """The first 8 bytes of SHA-256("madoguchi-person:" + id), top bit cleared, no leading zero byte."""
    serial = bytearray(hashlib.sha256(b"madoguchi-person:" + os.fsencode(person_id)).digest()[:SERIAL_BYTES])
    serial[0] = (serial[0] & 0x7F) or 1
    return int.from_bytes(serial, "big")


def _is_id(person_id):
    return PERSON_ID.fullmatch(os.fsencode(person_id)) is not None


def codec_of(data):
    declared = DECLARED.match(data)
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if name not in CODECS:
        raise ValueError("1: the declared encoding is neither UTF-8 nor Shift_JIS")
    return CODECS[name]


class Measured:
    """Where the header, its elements and the echo of an inquiry stand, as positions in the bytes of the file, and the numbers of each
    result. ValueError("line: why")."""

    def __init__(self, data):
        self.codec = codec_of(data)
        mark = UTF8_MARK if data.startswith(UTF8_MARK) else b""
        self._mark = len(mark)
        try:
            self._utf8 = data[len(mark):].decode(self.codec).encode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"{data.count(10, 0, error.start) + 1}: not the declared encoding") from None
        self._path, self._begun = [], []
        self.header = None
        self.inside = {}  # name → spans of the header's own children
        self.body = self.echo = None  # spans of the body's start tag, and of an echo in the body
        self.results = []  # one dict per result: name → text
        self._parser = xml.parsers.expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype
        try:
            self._parser.Parse(self._utf8, True)
        except xml.parsers.expat.ExpatError as error:
            raise ValueError(f"{error.lineno}: {xml.parsers.expat.ErrorString(error.code)}") from None
        if self.header is None:
            raise ValueError("1: no XmlMsg/MessageHeader in it")

    def _doctype(self, *_unused):
        raise ValueError(f"{self._parser.CurrentLineNumber}: a document type declaration is not allowed")

    def _start(self, name, _attributes):
        self._path.append(name)
        self._begun.append(self._parser.CurrentByteIndex)
        if self._path == ["XmlMsg", "MessageBody"]:
            self.body = self._span(self._parser.CurrentByteIndex)
        elif name == RESULT:
            self.results.append({})

    def _text(self, text):
        if len(self._path) > 1 and self._path[-2] == RESULT and self._path[-1] in NUMBERS:
            result = self.results[-1]
            result[self._path[-1]] = result.get(self._path[-1], "") + text

    def _end(self, name):
        path = self._path[:]
        self._path.pop()
        begin = self._begun.pop()
        if path == ["XmlMsg", "MessageBody", ECHO]:
            self.echo = self._span(begin)
        if path[:2] != ["XmlMsg", "MessageHeader"] or len(path) > 3:
            return
        if len(path) == 2:
            self.header = self._span(begin)
        else:
            self.inside.setdefault(name, []).append(self._span(begin))

    def _span(self, begin):
        """From there to the end of the tag the parser is at. Of an empty element tag both events name its beginning; no attribute of the
        vocabulary holds a '>'."""
        closing = self._utf8.index(b">", self._parser.CurrentByteIndex) + 1
        return Span(self._position(begin), self._position(closing))

    def _position(self, in_utf8):
        """CP932 has second spellings for some characters, all as long as the first: lengths are kept, bytes may not be."""
        if self.codec == "utf-8":
            return self._mark + in_utf8
        return len(self._utf8[:in_utf8].decode("utf-8").encode(self.codec))


def now():
    return datetime.datetime.now(JAPAN)


def fill_in(data, institution_code, press, moment, echo=None, day=None):
    """The bytes of a person's file with the header made this answer's own. Of an inquiry (inquiry.py): echo as XML text, and the day it asked about."""
    found = Measured(data)
    values = dict(zip(ALWAYS, (moment.strftime("%Y%m%d%H%M%S"), day or moment.strftime("%Y%m%d"), institution_code, press.hex)))
    if echo:
        values["ReferenceClassification"] = BY_NUMBERS
    edits = [(span, _element(name, value)) for name, value in values.items() for span in found.inside.get(name, [])]
    wanted = {"ReferenceClassification": BY_CARD, **values}
    missing = b"".join(_element(name, value) for name, value in wanted.items() if name not in found.inside)
    edits += _insert(data, found.header, "MessageHeader", missing)
    if echo:
        text = echo.encode(found.codec, "xmlcharrefreplace")
        edits += [(found.echo, text)] if found.echo else _insert(data, found.body, "MessageBody", text)
    for span, text in sorted(edits, reverse=True):
        data = data[:span.begin] + text + data[span.end:]
    return data


def _insert(data, span, name, text):
    """The edit that puts `text` into an element: before its end tag, or behind its start tag where the span is only that."""
    if not text:
        return []
    if data[span.begin:span.end].rstrip().endswith(b"/>"):
        return [(span, f"<{name}>".encode("ascii") + text + f"</{name}>".encode("ascii"))]
    end_tag = data.rfind(b"</", span.begin, span.end)
    place = span.end if end_tag < 0 else end_tag
    return [(Span(place, place), text)]


def _element(name, value):
    return f"<{name}>{value}</{name}>".encode("ascii")


class People:
    def __init__(self, directory):
        self._directory = pathlib.Path(directory)
        self._results = {}  # person id → (stamp of the file, results); reading every file at every inquiry takes too long

    def _ids(self):
        try:
            names = [name[:-len(".xml")] for name in os.listdir(self._directory)
                     if name.endswith(".xml") and not name.startswith(".")]
        except OSError as error:
            raise ConfigurationError(f"{self._directory}: {error.strerror}") from error
        if len(names) > PERSONS_MAX:
            raise ConfigurationError(f"{self._directory}: more than {PERSONS_MAX} persons")
        return sorted(names)

    def check_all(self):
        """Raises ConfigurationError with every file that cannot be answered with. -> how many persons there are."""
        ids, wrong = self._ids(), []
        for person_id in ids:
            try:
                if not _is_id(person_id):
                    raise ConfigurationError(f"{self._path(person_id)}: the name has more than 128 bytes or a control character")
                if not person_id.startswith(AS_IT_IS):
                    self._find(person_id, Measured)
            except ConfigurationError as error:
                wrong.append(str(error))
        if wrong:
            raise ConfigurationError("\n".join(wrong))
        return len(ids)

    def _path(self, person_id):
        return self._directory / f"{person_id}.xml"

    def _find(self, person_id, reader):
        path = self._path(person_id)
        data = _read(path, PERSON_BYTES_MAX)
        try:
            return reader(data)
        except ValueError as error:
            raise ConfigurationError(f"{path}:{error}") from None

    def answer(self, serial, institution_code, press):
        """The answer about the person with this certificate. Refusal: not_registered_for_insurance."""
        person_id = next((each for each in self._ids() if _is_id(each) and serial_of(each) == serial), None)
        if person_id is None or not self._is_registered(person_id):
            raise Refusal("not_registered_for_insurance")
        if person_id.startswith(AS_IT_IS):
            return _read(self._path(person_id), PERSON_BYTES_MAX)
        return self._find(person_id, lambda data: fill_in(data, institution_code, press, now()))

    def holders(self, matches):
        """The ids of everyone with a result for which matches(its numbers) is true."""
        return [each for each in self._ids() if any(map(matches, self._results_of(each)))]

    def _results_of(self, person_id):
        if not _is_id(person_id) or person_id.startswith(AS_IT_IS):
            return []
        try:
            status = self._path(person_id).stat()
        except OSError as error:
            raise ConfigurationError(f"{self._path(person_id)}: {error.strerror}") from error
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        known = self._results.get(person_id)
        if known is None or known[0] != stamp:
            known = self._results[person_id] = (stamp, self._find(person_id, lambda data: Measured(data).results))
        return known[1]

    def answer_inquiry(self, person_id, institution_code, press, echo, day):
        return self._find(person_id, lambda data: fill_in(data, institution_code, press, now(), echo, day))

    def _is_registered(self, person_id):
        path = self._directory / f"{person_id}.card"
        if not path.exists():
            return True
        lines = _read(path, CARD_BYTES_MAX).decode("utf-8", "replace").splitlines()
        return not any(re.fullmatch(r"\s*registered\s*=\s*false\s*", line) for line in lines)


def _read(path, bytes_max):
    try:
        with open(path, "rb") as file:
            data = file.read(bytes_max + 1)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    if len(data) > bytes_max:
        raise ConfigurationError(f"{path}: larger than {bytes_max} bytes")
    return data
