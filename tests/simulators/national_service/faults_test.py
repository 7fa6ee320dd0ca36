# SPDX-License-Identifier: Apache-2.0
"""Trouble on purpose, as a clinic meets it: each fault does what it says, and the true answer is kept."""
import base64
import http.client
import json
import time
import uuid
import xml.etree.ElementTree

import clinic_side
import faults
import pytest
import sight
from clinic_side import CALLER, START_SECONDS, Clinic, header, replace
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HANAKO = {"InsurerNumber": "06139992", "InsuredCardSymbol": "見本1", "InsuredIdentificationNumber": "1001",
          "InsuredBranchNumber": "01", "Birthdate": "19850401"}


@pytest.fixture
def faulty(clinic, cards, files):
    """faulty(**fault): asks one question with this fault in force. -> (question, answer or the exception)."""

    def ask(card=cards.good, patience=clinic_side.ANSWER_SECONDS, **fault):
        question = clinic.question(card)
        clinic.wait_at_most(patience)
        replace(files.faults, json.dumps({"only": "checks", **fault}))
        try:
            return question, clinic.ask(question)
        except (OSError, http.client.HTTPException) as error:
            return question, error

    return ask


def calm(files):
    replace(files.faults, "{}")


@pytest.mark.parametrize("text", [
    '{"sleep": 1}', '{"retry_after": "soon"}', '{"drip_ms": -1}', '{"status": 200}', '{"close": "often"}', '{"times": 0}', '{"hang": 1}', "7", "{"])
def test_a_faults_file_it_does_not_understand_is_named(start, files, text):
    files.faults.write_text(text)
    program = start("--faults", files.faults)
    assert program.process.wait(START_SECONDS) == 3
    assert "faults.json: " in program.said


def test_a_status_on_purpose_leaves_the_question_unasked(faulty, clinic, files, program):
    question, answer = faulty(status=502)
    assert (answer.status, answer.kind) == (502, "fault_injected")
    calm(files)
    assert clinic.ask(question).status == 200
    told = [(line["result"], line.get("fault")) for line in program.journal()]
    assert told[-2:] == [("", "status"), ("answered", None)]


@pytest.mark.parametrize("close, kept", [("before", "answered"), ("after_request", "stored"), ("mid_answer", "stored")])
def test_a_connection_closed_on_purpose_breaks_and_the_same_question_gets_its_answer(faulty, clinic, files, program, close, kept):
    question, broken = faulty(close=close)
    assert isinstance(broken, (OSError, http.client.HTTPException)), broken
    calm(files)
    assert clinic.ask(question).status == 200
    assert program.journal()[-1]["result"] == kept


def test_a_slow_answer_is_journalled_before_it_leaves(faulty, program):
    begun = time.monotonic()
    _, answer = faulty(latency_ms=300)
    assert answer.status == 200 and time.monotonic() - begun >= 0.3
    assert program.journal()[-1]["fault"] == "latency"


def test_jitter_comes_on_top_of_latency(faulty, program):
    begun = time.monotonic()
    _, answer = faulty(latency_ms=100, jitter_ms=1)
    assert answer.status == 200 and time.monotonic() - begun >= 0.1
    assert program.journal()[-1]["fault"] == "latency,jitter"


def test_a_hanging_answer_never_comes(faulty, clinic, files):
    question, silence = faulty(patience=0.5, hang=True)
    assert isinstance(silence, TimeoutError), silence
    calm(files)
    assert clinic.ask(question).status == 200


def test_malformed_xml_cannot_be_parsed(faulty):
    with pytest.raises(xml.etree.ElementTree.ParseError):
        header(faulty(body="malformed")[1])


def test_an_oversized_answer_is_one_byte_too_long(faulty):
    assert len(faulty(body="oversized")[1].body) == 4 * 1024 * 1024 + 1


def test_a_dtd_and_entities_come_when_told(faulty):
    assert b"<!DOCTYPE XmlMsg SYSTEM" in faulty(body="dtd")[1].body
    body = faulty(body="entities")[1].body
    assert body.count(b"<!ENTITY") == 13 and b"<ArbitraryFileIdentifier>&e12;<" in body


def test_a_wrong_encoding_is_not_the_declared_one(faulty, cards):
    with pytest.raises(UnicodeDecodeError):
        faulty(body="wrong_encoding")[1].body.decode("utf-8")
    body = faulty(card=cards.shift_jis, body="wrong_encoding")[1].body
    assert b"Shift_JIS" in body and "見本　太郎" in body.decode("utf-8")


def test_an_answer_about_someone_else_bears_another_echo_or_institution(faulty):
    question, answer = faulty(body="other_echo")
    assert header(answer)["ArbitraryFileIdentifier"] != uuid.UUID(question["press"]).hex
    assert header(faulty(body="other_institution")[1])["MedicalInstitutionCode"] == faults.OTHER_INSTITUTION


def test_a_duplicate_element_comes_twice(faulty):
    assert faulty(body="duplicate_element")[1].body.count(b"<SegmentOfResult>") == 2


def test_a_huge_answer_has_10_mib_and_an_empty_one_nothing(faulty):
    assert len(faulty(body="huge")[1].body) == 10 * 1024 * 1024
    assert faulty(body="empty")[1].body == b""


def test_a_mark_a_nul_and_utf_16_come_when_told(faulty):
    assert faulty(body="bom")[1].body.startswith(b"\xef\xbb\xbf<?xml")
    assert b"<SegmentOfResult>1\0</SegmentOfResult>" in faulty(body="nul")[1].body
    answer = faulty(body="utf16")[1]
    assert answer.body.startswith(b"\xff\xfe") and "見本　花子" in answer.body.decode("utf-16")


def test_the_character_code_may_contradict_the_declaration(faulty):
    answer = faulty(body="other_character_code")[1]
    assert b'encoding="UTF-8"' in answer.body and header(answer)["CharacterCodeIdentifier"] == "1"


def test_a_status_may_say_when_to_come_again(faulty):
    _, answer = faulty(status=429, retry_after=7)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")


def test_an_anonymous_answer_does_not_say_where_it_comes_from(faulty):
    assert faulty(anonymous=True)[1].headers["X-Madoguchi-National-Service"] is None


def test_a_dripping_answer_is_slow_and_whole(faulty, clinic, files):
    begun = time.monotonic()
    question, answer = faulty(drip_ms=5)
    assert time.monotonic() - begun >= 0.005 * (len(answer.body) // faults.DRIP_BYTES - 1)
    calm(files)
    assert clinic.ask(question).body == answer.body


def test_a_proof_that_is_not_right_has_the_shape_of_one(clinic, cards, files):
    replace(files.faults, '{"body": "other_proof"}')
    fields = json.loads(clinic.sight(cards.good).body)
    key = serialization.load_pem_public_key((clinic.program.tls / "sight.pem").read_bytes())
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(fields["proof"]), sight.signed_input(cards.good, bytes(16)), ec.ECDSA(hashes.SHA256()))
    assert clinic.check(cards.good).status == 200, "another kind of answer is left alone"


@pytest.mark.parametrize("only, ask", [
    ("sights", lambda clinic, cards: clinic.sight(cards.good)), ("inquiries", lambda clinic, _: clinic.inquire(HANAKO)),
    ("outcomes", lambda clinic, _: clinic.post("/v1/outcomes", {**CALLER, "key": str(uuid.uuid4())}))])
def test_every_fault_of_any_answer_goes_with_the_newer_questions(clinic, cards, files, program, only, ask):
    whole = len(ask(clinic, cards).body)
    for body, length in (("empty", 0), ("huge", 10 * 1024 * 1024), ("oversized", 4 * 1024 * 1024 + 1), ("malformed", None), ("nul", None),
                         ("bom", None)):
        replace(files.faults, json.dumps({"only": only, "body": body}))
        answer = ask(clinic, cards)
        assert answer.status == 200 and len(answer.body) == (len(answer.body) if length is None else length) != whole
        assert program.journal()[-1]["fault"] == body
    for trouble in ({"status": 503}, {"latency_ms": 50}, {"drip_ms": 1}):
        replace(files.faults, json.dumps({"only": only, **trouble}))
        assert ask(clinic, cards).status == trouble.get("status", 200)
    for close in faults.CLOSES:
        replace(files.faults, json.dumps({"only": only, "close": close}))
        with pytest.raises((OSError, http.client.HTTPException)):
            ask(clinic, cards)
    calm(files)
    assert ask(clinic, cards).status == 200
    replace(files.faults, json.dumps({"only": only, "hang": True}))
    clinic.wait_at_most(0.5)
    with pytest.raises(TimeoutError):
        ask(clinic, cards)


def test_xml_of_an_inquiry_is_spoilt_like_that_of_a_check(clinic, files):
    for body, sign in (("dtd", b"<!DOCTYPE XmlMsg SYSTEM"), ("entities", b"&e12;"), ("other_institution", faults.OTHER_INSTITUTION.encode()),
                       ("duplicate_element", b"</SegmentOfResult><SegmentOfResult>"), ("utf16", b"X\0m\0l\0"),
                       ("other_character_code", b"<CharacterCodeIdentifier>1<"), ("wrong_encoding", "見本　花子".encode("cp932"))):
        replace(files.faults, json.dumps({"only": "inquiries", "body": body}))
        assert sign in clinic.inquire(HANAKO).body, body
    replace(files.faults, '{"body": "other_echo"}')
    press = uuid.uuid4()
    assert header(clinic.inquire(HANAKO, press))["ArbitraryFileIdentifier"] == press.hex[::-1]


def test_what_was_spoilt_is_kept_whole(faulty, clinic, files):
    question, spoilt = faulty(body="malformed", times=1)
    again = clinic.ask(question)
    assert again.body.startswith(spoilt.body[:-3]) and header(again)


def test_a_fault_counted_out_is_over(clinic, cards, files):
    replace(files.faults, '[{"status": 503, "times": 2, "only": "challenges"}, {"status": 500, "times": 1}]')
    told = [clinic.post("/v1/challenges", CALLER).status for _ in range(4)]
    assert told == [503, 503, 500, 200]


def test_faults_of_the_command_line_are_in_force_from_the_start(start):
    clinic = Clinic(start("--status", "503", "--times", "1"))
    assert [clinic.post("/v1/challenges", CALLER).status for _ in range(2)] == [503, 200]
    clinic.close()
