# SPDX-License-Identifier: Apache-2.0
"""Inquiries by the numbers of a paper: who is found, what comes back, and what is refused."""
import json
import re
import uuid
import xml.etree.ElementTree as tree

import people
import pytest
from clinic_side import CALLER, SHIPPED_PEOPLE, header, inquiry_body

HANAKO = {"InsurerNumber": "06139992", "InsuredCardSymbol": "見本１", "InsuredIdentificationNumber": "１００１",
          "InsuredBranchNumber": "01", "Birthdate": "19850401"}
TWINS = {"InsurerNumber": "06139992", "InsuredCardSymbol": "見本２", "InsuredIdentificationNumber": "２２２２", "Birthdate": "20150505"}
SHIPPED = sorted(path.stem for path in SHIPPED_PEOPLE.glob("*.xml"))


def parsed(body):
    return tree.fromstring(body.decode(people.codec_of(body)).lstrip("\ufeff").split("?>", 1)[1])


def names(answer):
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/xml", answer
    return [each.text for each in parsed(answer.body).iter("Name")]


def validity(answer):
    return parsed(answer.body).findtext("MessageBody/QualificationValidity")


def test_a_person_is_found_by_the_numbers_and_comes_with_the_echo(shared_clinic):
    press = uuid.uuid4()
    answer = shared_clinic.inquire({**HANAKO, "LimitApplicationCertificateRelatedConsFlg": "1"}, press)
    assert names(answer) == ["見本　花子"]
    told = header(answer)
    assert (told["ArbitraryFileIdentifier"], told["MedicalInstitutionCode"], told["ReferenceClassification"]) == (
        press.hex, CALLER["institution_code"], "2")
    assert told["QualificationConfirmationDate"] == "20260401", "the day that was asked about"
    echo = parsed(answer.body).findall("MessageBody/QualificationConfirmSearchInfo")
    assert len(echo) == 1
    assert {each.tag: each.text for each in echo[0]} == {**HANAKO, "LimitApplicationCertificateRelatedConsFlg": "1"}


@pytest.mark.parametrize("person", SHIPPED)
def test_every_shipped_person_with_numbers_is_found_by_each_of_their_results(shared_clinic, person):
    for result in parsed((SHIPPED_PEOPLE / f"{person}.xml").read_bytes()).iter("ResultOfQualificationConfirmation"):
        search = {name: result.findtext(name) for name in people.NUMBERS if result.findtext(name)}
        answer = shared_clinic.inquire(search)
        assert result.findtext("Name") in names(answer)
        stripped = re.sub(r"<QualificationConfirmSearchInfo>.*</QualificationConfirmSearchInfo>", "", answer.body.decode(
            people.codec_of(answer.body)))
        file = (SHIPPED_PEOPLE / f"{person}.xml").read_bytes()
        assert stripped.split("<MessageBody>")[1] == file.decode(people.codec_of(file)).split("<MessageBody>")[1]


@pytest.mark.parametrize("changes", [
    {"InsuredCardSymbol": "見本1"}, {"InsuredIdentificationNumber": "1001"}, {"InsurerNumber": "6139992"},
    {"InsuredIdentificationNumber": "1００1"}])
def test_widths_and_paddings_make_no_difference(shared_clinic, changes):
    assert names(shared_clinic.inquire({**HANAKO, **changes})) == ["見本　花子"]


@pytest.mark.parametrize("insurer", ["139998", "  139998", "00139998"])
def test_a_six_digit_insurer_number_is_found_with_and_without_padding_and_echoed_with_spaces(shared_clinic, insurer):
    answer = shared_clinic.inquire({"InsurerNumber": insurer, "InsuredCardSymbol": "見本国", "InsuredIdentificationNumber": "1012",
                                    "InsuredBranchNumber": "01", "Birthdate": "19771123"})
    assert names(answer) == ["見本　太郎"] and b'encoding="Shift_JIS"' in answer.body[:60]
    assert parsed(answer.body).findtext(".//QualificationConfirmSearchInfo/InsurerNumber") == insurer.rjust(8)


@pytest.mark.parametrize("changes", [
    {"Birthdate": "19850402"}, {"InsuredBranchNumber": "09"}, {"InsuredCardSymbol": "見本９"}, {"InsuredCardSymbol": ""},
    {"InsuredIdentificationNumber": "9999"}, {"InsurerNumber": "01139997"}])
def test_nobody_with_these_numbers_is_validity_4_with_the_echo(shared_clinic, changes):
    press = uuid.uuid4()
    answer = shared_clinic.inquire({**HANAKO, **changes}, press)
    assert (validity(answer), names(answer)) == ("4", [])
    told = header(answer)
    assert told["ArbitraryFileIdentifier"] == press.hex and told["ReferenceClassification"] == "2" and len(told) == 7
    assert parsed(answer.body).find("MessageBody/QualificationConfirmSearchInfo") is not None


def test_twins_without_their_branch_are_several_and_with_it_one(shared_clinic):
    answer = shared_clinic.inquire(TWINS)
    assert (validity(answer), names(answer)) == ("5", [])
    assert names(shared_clinic.inquire({**TWINS, "InsuredBranchNumber": "02"})) == ["見本　双一"]
    assert names(shared_clinic.inquire({**TWINS, "InsuredBranchNumber": "03"})) == ["見本　双二"]


def test_a_request_in_shift_jis_is_understood(shared_clinic):
    press = uuid.uuid4()
    assert names(shared_clinic.inquire({}, press, body=inquiry_body(HANAKO, press, encoding="Shift_JIS"))) == ["見本　花子"]


def test_a_text_that_means_something_in_xml_is_echoed_as_text(shared_clinic):
    answer = shared_clinic.inquire({**HANAKO, "InsuredCardSymbol": "&lt;&amp;見本"})
    assert parsed(answer.body).findtext(".//InsuredCardSymbol") == "<&見本"


def test_the_same_inquiry_again_gets_the_stored_answer_and_another_under_its_key_is_a_conflict(clinic, program):
    press = uuid.uuid4()
    first, again = clinic.inquire(HANAKO, press), clinic.inquire(HANAKO, press)
    assert first.body == again.body
    assert clinic.inquire(TWINS, press).kind == "idempotency_conflict"
    assert [(line["kind"], line["key"], line["result"]) for line in program.journal()] == [
        ("inquiry", str(press), "answered"), ("inquiry", str(press), "stored"), ("inquiry", str(press), "idempotency_conflict")]
    assert json.loads(clinic.post("/v1/outcomes", {**CALLER, "key": str(press)}).body) == {"state": "answered"}


def test_the_journal_holds_no_number(clinic, program):
    clinic.inquire(HANAKO)
    text = program.journal_path.read_text()
    assert "inquiry" in text and "06139992" not in text and "19850401" not in text and "見本" not in text


@pytest.mark.parametrize("changes", [
    {"InsurerNumber": "123456789"}, {"InsurerNumber": ""}, {"InsuredIdentificationNumber": ""}, {"InsuredIdentificationNumber": "1" * 21},
    {"InsuredBranchNumber": "1"}, {"Birthdate": "S600401"}, {"LimitApplicationCertificateRelatedConsFlg": "2"}, {"Name": "見本　花子"},
    {"InsuredCardSymbol": "<b/>"}])
def test_a_field_of_another_shape_is_refused(shared_clinic, changes):
    answer = shared_clinic.inquire({**HANAKO, **changes})
    assert (answer.status, answer.kind) == (400, "request_invalid")


@pytest.mark.parametrize("change", [
    lambda body: body.replace(b"?>", b"?><!DOCTYPE XmlMsg>", 1), lambda body: body[:-3],
    lambda body: body.replace(b"<Birthdate>", b"<Birthdate>19850401</Birthdate><Birthdate>"),
    lambda body: body.replace(b"<MessageBody>", b"<MessageBody>text"), lambda body: body.replace(b"<XmlMsg>", b'<XmlMsg a="1">'),
    lambda body: body.replace(b"UTF-8", b"EUC-JP"), lambda body: body.replace("見".encode(), b"\x8c\xa9"), lambda body: b"",
    lambda body: body + b" " * 70_000],
    ids=["dtd", "cut", "twice", "text", "attribute", "encoding", "bytes", "empty", "long"])
def test_xml_that_is_not_of_the_vocabulary_is_refused(shared_clinic, change):
    press = uuid.uuid4()
    answer = shared_clinic.inquire(HANAKO, press, body=change(inquiry_body(HANAKO, press)) or b" ")
    assert (answer.status, answer.kind) == (400, "request_invalid")


def test_a_key_echo_or_content_type_that_does_not_fit_is_refused(shared_clinic):
    press = uuid.uuid4()
    for answer in (shared_clinic.inquire(HANAKO, press, Idempotency_Key=str(uuid.uuid4())),
                   shared_clinic.inquire(HANAKO, press, Content_Type="application/json"),
                   shared_clinic.inquire(HANAKO, press, Madoguchi_Desk="here")):
        assert (answer.status, answer.kind) == (400, "request_invalid")


def test_an_account_that_may_not_ask_is_refused(shared_clinic):
    for account, kind in (("W0000002", "account_not_usable"), ("W0000005", "account_not_activated_for_desk")):
        assert shared_clinic.inquire(HANAKO, caller={**CALLER, "device_account": account}).kind == kind
