# SPDX-License-Identifier: Apache-2.0
"""docs/handoff.md says what is true: its examples are what the forms are, and its check of a signature works."""
import json
import re
import subprocess

import pytest
from conftest import PEOPLE, PRESET, ROOT

PAGE = (ROOT / "docs" / "handoff.md").read_text(encoding="utf-8")
FORMS = ROOT / "build" / PRESET / "bin" / "handoff_forms"
SECONDS = 60


def written(form):
    done = subprocess.run([FORMS, form, PEOPLE / "hanako-genki.xml"], capture_output=True, check=True, timeout=SECONDS)
    return done.stdout.decode()


def example(heading, language):
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.search(rf"```{language}\n(.*?)\n```", section, re.S).group(1)


def is_within(part, whole):
    """Everything of `part` is in `whole`, lists in their order."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and is_within(value, whole[key]) for key, value in part.items())
    if isinstance(part, list):
        rest = iter(whole)
        return isinstance(whole, list) and all(any(is_within(one, other) for other in rest) for one in part)
    return part == whole


def test_the_file_of_the_page_is_the_file_that_is_written():
    assert example("The OQS file", "xml") == written("oqs-utf8").replace("\r\n", "\n").rstrip("\n")


def test_the_json_of_the_page_is_the_json_that_is_written():
    assert json.loads(example("JSON", "json")) == json.loads(written("json"))


def test_the_bundle_of_the_page_is_a_part_of_the_bundle_that_is_written():
    shown, whole = json.loads(example("FHIR", "json")), json.loads(written("fhir"))
    assert is_within(shown, whole)
    assert not is_within({**shown, "id": "another"}, whole)


@pytest.fixture(name="is_genuine")
def receivers_check():
    scope = {}
    exec(example("How a receiver checks the signature", "python"), scope)  # noqa: S102 (our own page)
    return scope["is_genuine"]


def test_a_receiver_can_check_a_signature_as_the_page_says(is_genuine):
    key, body = "a" * 64, b'{"results":[]}'
    [header] = re.findall(r"t=\d+,v1=[0-9a-f]{64}", PAGE)
    at = int(header[2:].split(",")[0])
    assert is_genuine(key, header, body, now=lambda: at + 300)
    assert not is_genuine(key, header, body, now=lambda: at + 301)
    assert not is_genuine(key, header, body + b" ", now=lambda: at)
    assert not is_genuine("b" * 64, header, body, now=lambda: at)
    assert not is_genuine(key, header.replace(f"t={at}", f"t={at + 1}"), body, now=lambda: at)
