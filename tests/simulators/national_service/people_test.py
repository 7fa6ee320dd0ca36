# SPDX-License-Identifier: Apache-2.0
"""The persons' files: what goes out of them, what is wrong with them, and those that are shipped."""
import collections
import re
import uuid
import xml.etree.ElementTree

import people
import pytest
from clinic_side import SHIPPED_PEOPLE, START_SECONDS, header

SHIPPED = sorted(path.stem for path in SHIPPED_PEOPLE.glob("*.xml"))


def filled_parts(text):
    return re.sub(rb"<(%s)>[^<]*" % "|".join(people.ALWAYS).encode(), rb"<\1>", text)


@pytest.mark.parametrize("person", SHIPPED)
def test_every_byte_of_a_person_but_the_header_values_goes_out_as_in_the_file(shared_clinic, authorities, person):
    answer = shared_clinic.check(authorities.second.card(person))
    assert answer.status == 200, answer
    assert filled_parts(answer.body) == filled_parts((SHIPPED_PEOPLE / f"{person}.xml").read_bytes())


def test_a_shift_jis_person_is_answered_in_shift_jis(shared_clinic, cards):
    body = shared_clinic.check(cards.shift_jis).body
    assert b'encoding="Shift_JIS"' in body[:60]
    assert "<Name>見本　太郎</Name>".encode("cp932") in body


def test_second_spellings_of_cp932_keep_their_bytes(clinic, cards, files):
    # 81E0 and 8790 are both the sign "≒"; whoever decodes and encodes again makes one of the other.
    text = (b'<?xml version="1.0" encoding="Shift_JIS"?><XmlMsg><MessageBody>\x87\x90\x81\xe0\xb6\xc5</MessageBody>'
            b"<MessageHeader><ArbitraryFileIdentifier/></MessageHeader></XmlMsg>")
    (files.people / "kokuho-taro.xml").write_bytes(text)
    assert b"<MessageBody>\x87\x90\x81\xe0\xb6\xc5</MessageBody><MessageHeader>" in clinic.check(cards.shift_jis).body


def test_missing_header_elements_are_added(clinic, cards, files):
    (files.people / "hanako-genki.xml").write_text("<XmlMsg>\n<MessageHeader/><MessageBody/></XmlMsg>")
    press = uuid.uuid4()
    told = header(clinic.check(cards.good, press=press))
    assert told["ArbitraryFileIdentifier"] == press.hex and told["ReferenceClassification"] == "1" and len(told) == 5


def test_elements_of_the_same_name_outside_the_header_are_left_alone(clinic, cards, files):
    body = "<MessageBody><ArbitraryFileIdentifier>7</ArbitraryFileIdentifier><!-- <MessageHeader> --></MessageBody>"
    (files.people / "hanako-genki.xml").write_text(
        f"<XmlMsg>{body}<MessageHeader><ReferenceClassification>2</ReferenceClassification></MessageHeader></XmlMsg>")
    answer = clinic.check(cards.good)
    assert body.encode() in answer.body
    assert header(answer)["ReferenceClassification"] == "2"


def test_a_persons_id_is_any_name_of_a_file_but_a_hidden_one(clinic, start, authorities, files):
    text = (SHIPPED_PEOPLE / "hanako-genki.xml").read_bytes()
    (files.people / "患者 1.新.xml").write_bytes(text.replace("見本　花子".encode(), "見本　新".encode()))
    (files.people / "._患者 1.新.xml").write_bytes(b"what another system leaves beside a file")
    assert "見本　新".encode() in clinic.check(authorities.first.card("患者 1.新")).body
    assert start().port
    (files.people / "a\tb.xml").write_bytes(text)
    program = start()
    assert program.process.wait(START_SECONDS) == 3 and "control character" in program.said


def test_a_person_may_be_edited_while_the_program_runs(clinic, cards, files):
    path = files.people / "hanako-genki.xml"
    assert "見本　花子".encode() in clinic.check(cards.good).body
    path.write_text(path.read_text().replace("見本　花子", "見本　別名"))
    assert "見本　別名".encode() in clinic.check(cards.good).body


def test_it_refuses_to_start_with_a_malformed_person_and_names_file_and_line(start, files):
    (files.people / "wrong-one.xml").write_text("<XmlMsg>\n<MessageHeader></MessageHeader>\n<MessageBody></XmlMsg>")
    program = start()
    assert program.process.wait(START_SECONDS) == 3
    assert "wrong-one.xml:3: mismatched tag" in program.said


@pytest.mark.parametrize("text, why", [
    (b'<?xml version="1.0"?>\n<!DOCTYPE XmlMsg>\n<XmlMsg><MessageHeader/></XmlMsg>', ":2: a document type declaration"),
    (b'<?xml version="1.0" encoding="EUC-JP"?><XmlMsg><MessageHeader/></XmlMsg>', ":1: the declared encoding is neither"),
    (b"<XmlMsg><MessageHeader/>\n\x83</XmlMsg>", ":2: not the declared encoding"),
    (b"<XmlMsg/>", ":1: no XmlMsg/MessageHeader")])
def test_it_refuses_to_start_with_a_person_it_could_not_answer_with(start, files, text, why):
    (files.people / "wrong-two.xml").write_bytes(text)
    program = start()
    assert program.process.wait(START_SECONDS) == 3
    assert f"wrong-two.xml{why}" in program.said


def test_a_person_broken_later_is_answered_with_500_and_asked_again_when_mended(clinic, cards, files, program):
    path = files.people / "hanako-genki.xml"
    good, question = path.read_text(), clinic.question(cards.good)
    path.write_text(good.replace("</XmlMsg>", ""))
    answer = clinic.ask(question)
    assert (answer.status, answer.kind) == (500, "simulator_error")
    assert "hanako-genki.xml:" in program.next_line()
    path.write_text(good)
    assert clinic.ask(question).status == 200


def test_a_person_meant_to_be_malformed_goes_out_as_it_stands(clinic, authorities, files):
    (files.people / "malformed-one.xml").write_bytes(b"<XmlMsg>\xff")
    assert clinic.check(authorities.first.card("malformed-one")).body == b"<XmlMsg>\xff"


def shipped(person):
    data = (SHIPPED_PEOPLE / f"{person}.xml").read_bytes()
    return xml.etree.ElementTree.fromstring(data.decode(people.codec_of(data)).split("?>", 1)[1])


def check_digit(digits):
    total = sum(sum(divmod(int(digit) * (2 - index % 2), 10)) for index, digit in enumerate(reversed(digits)))
    return str(-total % 10)


@pytest.mark.parametrize("person", SHIPPED)
def test_a_shipped_person_has_insurer_numbers_of_eight_characters_with_a_right_check_digit(person):
    for element in shipped(person).iter("InsurerNumber"):
        digits = element.text.strip(" ")
        assert len(element.text) == 8 and len(digits) in (6, 8) and digits[-1] == check_digit(digits[:-1])


def age_on(day, birthdate):
    return int(day[:4]) - int(birthdate[:4]) - (day[4:] < birthdate[4:])


# Who shows codes nobody knows, or every element at once.
ODD = ("midori-michi", "michi-yuukousei", "zenbu-nose", "kara-youso")


@pytest.mark.parametrize("person", sorted(set(SHIPPED) - set(ODD)))
def test_what_a_shipped_person_has_fits_age_and_insurance(person):
    """As the law has it: 後期高齢 from 75 on, 高齢受給者証 from 70 on, 長期入院該当 with 区分オ and 低所得Ⅱ alone, 20,000円 for dialysis with a
    high income alone, a 本人 of an employees' insurance has branch 00 or 01, a ticket fits the insurance beside it."""
    results = list(shipped(person).iter("ResultOfQualificationConfirmation"))
    insured = [result for result in results if result.findtext("InsuredCardClassification") != "A1"]
    for result in insured:
        age = age_on("20261123", result.findtext("Birthdate"))
        group = result.findtext(".//LimitApplicationCertificateClassificationFlag", "")
        late_elderly = result.findtext("InsurerNumber").startswith("39")
        assert late_elderly == (age >= 75) == (result.find("InsuredPartialContributionRatio") is not None)
        assert (result.find("ElderlyRecipientCertificateInfo") is not None) == (70 <= age < 75)
        assert group[:1] in ("", "A" if age < 70 else "B")
        assert (result.findtext("PreschoolClassification") == "1") == (age < 6)
        assert result.findtext("Birthdate") <= result.findtext("QualificationDate") <= result.findtext("InsuredCardValidDate")
        if result.find(".//LimitApplicationCertificateLongTermDate") is not None:
            assert group in ("A05", "B05")
        for disease in result.iter("SpecificDiseasesCertificateInfo"):
            high_income = disease.findtext("SpecificDiseasesDiseaseCategory") == "1" and age < 70 and group in ("", "A01", "A02")
            assert disease.findtext("SpecificDiseasesSelfPay") == "10000" or high_income
        if result.findtext("PersonalFamilyClassification") == "1":
            assert result.findtext("InsuredBranchNumber") in (None, "00", "01")
    for ticket in (ticket for result in results for ticket in result.iter("MedicalTicketInfo")):
        combined = ticket.findtext("SingleOrCombinedUse") == "02"
        assert combined == ("01" in (ticket.findtext("StatusOfSocialInsurance"), ticket.findtext("StatusOfElderlyMedicalCare")))
        told_alone = combined and not insured or not combined and any(result.find("DisqualificationDate") is None for result in insured)
        assert told_alone == (ticket.findtext("ConsistencyFlag") == "1")
        table = {"03": "3", "04": "4", "05": "6"}.get(ticket.findtext("MedicalTreatmentType"), "1")
        assert ticket.findtext("DesignatedMedicalInstitutionCode")[2] == table


def test_the_shipped_persons_cover_every_block_and_validity():
    everyone = [shipped(person) for person in SHIPPED]
    assert {each.findtext(".//QualificationValidity") for each in everyone} == {"1", "2", "3", "4", "5", "6", "7", None}
    for element in ("InsuredName", "NameOfOther", "NameOfOtherKana", "Sex2", "InsuredPartialContributionRatio",
                    "PreschoolClassification", "ElderlyRecipientCertificateInfo", "LimitApplicationCertificateLongTermDate",
                    "ReasonOfLoss", "MedicalTicketInfo", "ProcessingResultMessage", "Remarks3", "InjuryName3",
                    "PrescriptionIssuerMedicalInstitutionName"):
        assert any(each.find(f".//{element}") is not None for each in everyone), element
    assert max(len(each.findall(".//SpecificDiseasesCertificateInfo")) for each in everyone) == 3
    assert max(len(each.findall(".//ResultOfQualificationConfirmation")) for each in everyone) == 2
    for place in ("MessageBody", "MessageBody/ResultList/ResultOfQualificationConfirmation"):
        assert any(each.find(f"{place}/PrescriptionIssueSelect") is not None for each in everyone), place


@pytest.mark.parametrize("element, codes", [
    ("InsuredCardClassification", "01 02 03 04 05 06 07 A1"), ("ReasonOfLoss", "01 02 03 99"),
    ("LimitApplicationCertificateClassification", "01 02 03"), ("SpecificDiseasesDiseaseCategory", "1 2 3"),
    ("LimitApplicationCertificateClassificationFlag",
     "A01 A02 A03 A04 A05 A06 B01 B02 B03 B04 B05 B06 B07 B08 B09 B10"),
    ("InsuredPartialContributionRatio", "010 020 030"), ("ElderlyRecipientContributionRatio", "020 030"),
    ("TicketType", "01 02"), ("MedicalTreatmentType", "01 02 03 04 05"), ("DesignatedMedicalInstitutionFlag", "0 1"),
    ("PrescriptionIssueSelect", "1 2"), ("Sex1", "1 2 3"), ("ProcessingResultStatus", "1 2")])
def test_the_shipped_persons_show_every_code(element, codes):
    shown = {found.text for person in SHIPPED for found in shipped(person).iter(element)}
    assert set(codes.split()) <= shown


def test_no_two_shipped_persons_have_the_same_numbers_but_the_twins_without_their_branch():
    holders = collections.Counter()
    for person in SHIPPED:
        holders.update({tuple(result.findtext(name) for name in people.NUMBERS)
                        for result in shipped(person).iter("ResultOfQualificationConfirmation")})
    assert [numbers for numbers, count in holders.items() if count > 1] == []
    without_branch = collections.Counter(numbers[:3] + numbers[4:] for numbers in holders)
    assert [count for count in without_branch.values() if count > 1] == [2]


def test_characters_of_the_shipped_names_are_those_that_trouble_programs():
    text = "".join(found.text or "" for person in SHIPPED for found in shipped(person).iter("Name"))
    assert set("●髙﨑德𠮷") <= set(text)
    assert max(len(found.text or "") for person in SHIPPED for found in shipped(person).iter("Name")) > 75


def test_every_shipped_person_is_in_the_table_of_the_readme():
    text = (SHIPPED_PEOPLE / "README.md").read_text()
    assert set(SHIPPED) == set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE))


def test_no_card_file_is_without_its_person():
    assert {path.stem for path in SHIPPED_PEOPLE.glob("*.card")} <= set(SHIPPED)
