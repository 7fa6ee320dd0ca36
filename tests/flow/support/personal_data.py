# SPDX-License-Identifier: Apache-2.0
"""What of a person must never be in the trail, and where it is all the same: names, kana, addresses, birth dates and numbers of every
answer of a folder of persons, in the rows of the database and in every file of a run that holds rows (exports, second sinks)."""
import contextlib
import re
import unicodedata
import xml.etree.ElementTree as tree

PERSONAL = ("Name", "NameOfOther", "NameKana", "NameOfOtherKana", "Address", "PostNumber", "Birthdate", "InsuredIdentificationNumber",
            "InsuredCardSymbol", "InsuredName", "InsurerNumber", "ReferenceNumber")
SHORTEST = 6         # of ASCII: shorter ones are in any text by chance
SHORTEST_OTHER = 3   # of other characters
# What the database and programs count by themselves, of any digits: fractions of a second, ids, microseconds.
COUNTED = re.compile(r"(?<=:\d\d)\.\d{1,6}(?=[+-]\d\d)|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\"[a-z]+_us\": ?\d+")
MARKUP = re.compile(r"<\?xml|</?[A-Za-z]\w*>")
ROW_FILE_BYTES_MAX = 1 << 28
ROW = b'{"v":1,'     # how every row of an export or sink begins


def values(people):
    """{text: where it stands} of every answer in this folder, as written and in half width."""
    found = {}
    for path in sorted(people.glob("*.xml")):
        data = path.read_bytes()
        text = data.decode("cp932" if b"shift_jis" in data[:100].lower() else "utf-8").lstrip("\ufeff")
        for element in tree.fromstring(re.sub(r"<\?xml[^>]*\?>", "", text.lstrip())).iter():
            if element.tag not in PERSONAL or not (element.text or "").strip():
                continue
            for value in {element.text.strip(), unicodedata.normalize("NFKC", element.text.strip())}:
                if len(value) >= (SHORTEST if value.isascii() else SHORTEST_OTHER):
                    found.setdefault(value, f"{element.tag} of {path.stem}")
    return found


def stands_in(value, text):
    """What is ASCII must stand alone: hashes and ids hold any digits."""
    return value in text and (not value.isascii() or re.search(rf"(?<![0-9A-Za-z]){re.escape(value)}(?![0-9A-Za-z])", text) is not None)


def appearances(people, text):
    """Where what of these persons is in this text, and whether a body of XML is; the values themselves are not repeated."""
    bodies = ["an XML body"] if MARKUP.search(text) else []
    text = COUNTED.sub(" ", text)
    return bodies + sorted({where for value, where in values(people).items() if stands_in(value, text)})


def trail_of(clinic):
    """Everything of the trail: the rows, every column, and the files of the run that hold rows."""
    rows = clinic.postgres.query("SELECT to_jsonb(audit_event)::text FROM audit_event")
    files = []
    for path in clinic.run.directory.rglob("*"):
        if "data" in path.parts or path.is_symlink() or not path.is_file():
            continue
        with contextlib.suppress(OSError):  # gone meanwhile
            data = path.read_bytes() if path.stat().st_size <= ROW_FILE_BYTES_MAX else b""
            if ROW in data:
                files.append(data.decode(errors="replace"))
    return "\n".join([*rows, *files])
