# SPDX-License-Identifier: Apache-2.0
"""FHIR bundles of every shipped person, and of answers made by chance: valid R4, and JP Core's rules for what was received."""
import copy
import json
import re
import subprocess
import xml.etree.ElementTree as tree

import fhir_validator
import pytest
from conftest import PEOPLE, PRESET, ROOT, shipped_text

FORMS = ROOT / "build" / PRESET / "bin" / "handoff_forms"
JP = "http://jpfhir.jp/fhir/core/"
MEMBER_ID = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID"
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {ord(" "): None, ord("　"): None}
SEEDS = 60
SECONDS = 60


def bundle_of(what):
    done = subprocess.run([FORMS, "fhir", str(what)], capture_output=True, check=True, timeout=SECONDS)
    return json.loads(done.stdout)


def is_answer(path):
    """Persons whose XML is no answer at all are there to be refused."""
    return not path.stem.startswith("malformed-")


PERSONS = sorted(path.stem for path in PEOPLE.glob("*.xml") if is_answer(path))


@pytest.fixture(scope="module")
def bundles():
    return {person: bundle_of(PEOPLE / f"{person}.xml") for person in PERSONS}


def results_of(person):
    text, _ = shipped_text(person)
    document = tree.fromstring(re.sub(r"<\?xml[^>]*\?>", "", text.lstrip("\ufeff")))
    return document, document.findall(".//ResultOfQualificationConfirmation")


def resources(bundle, kind):
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def at(bundle, reference):
    [found] = [entry["resource"] for entry in bundle["entry"] if entry["fullUrl"] == reference["reference"]]
    return found


def wide(text):
    return (text or "").translate(WIDE)


def test_bundles_of_all_persons_are_valid_r4(bundles, tmp_path):
    assert len(bundles) >= 40
    found = fhir_validator.errors(tmp_path, bundles)
    assert set(found) == set(bundles)
    assert not {person: wrong for person, wrong in found.items() if wrong}


def test_bundles_of_awkward_answers_are_valid_r4(tmp_path):
    found = fhir_validator.errors(tmp_path, {f"seed-{seed}": bundle_of(f"seed:{seed}") for seed in range(SEEDS)})
    assert len(found) == SEEDS and not {name: wrong for name, wrong in found.items() if wrong}


def broken(bundle):
    """The same bundle, wrong in one way each."""
    def change(kind, act):
        wrong = copy.deepcopy(bundle)
        act(resources(wrong, kind)[0])
        return wrong
    return {
        "missing": change("Coverage", lambda one: one.pop("beneficiary")),
        "missing-word": change("Coverage", lambda one: one.pop("status")),
        "unknown-word": change("Coverage", lambda one: one.update(status="valid")),
        "unknown-field": change("Patient", lambda one: one.update(birthday="1960-02-29")),
        "no-date": change("Patient", lambda one: one.update(birthDate="19600229")),
        "no-list": change("Patient", lambda one: one.update(name=one["name"][0])),
        "no-request": change("CoverageEligibilityResponse", lambda one: one.pop("request")),
        "no-outcome": change("CoverageEligibilityResponse", lambda one: one.update(outcome="valid")),
        "no-type": change("Patient", lambda one: one.update(resourceType="Person2"))}


def test_the_validator_finds_what_is_wrong(bundles, tmp_path):
    wrong = broken(bundles["hanako-genki"])
    found = fhir_validator.errors(tmp_path, wrong)
    assert {name for name, errors in found.items() if errors} == set(wrong)


@pytest.mark.parametrize("person", PERSONS)
def test_coverage_follows_jp_core(bundles, person):
    bundle = bundles[person]
    _, results = results_of(person)
    coverages = resources(bundle, "Coverage")
    assert len(coverages) == len(results)
    for result, coverage in zip(results, coverages):
        assert coverage["meta"]["profile"] == [JP + "StructureDefinition/JP_Coverage"]
        patient = at(bundle, coverage["beneficiary"])
        assert [name["text"] for name in patient.get("name", [])] == [
            result.findtext(tag) for tag in ("Name", "NameKana", "NameOfOther", "NameOfOtherKana") if (result.findtext(tag) or "").strip()]
        for name in patient.get("name", []):
            assert [one["valueCode"] for one in name["extension"]] in (["IDE"], ["SYL"])
        insurer = (result.findtext("InsurerNumber") or "").strip()
        symbol, number, branch = (wide(result.findtext(tag)) for tag in ("InsuredCardSymbol", "InsuredIdentificationNumber", "InsuredBranchNumber"))
        identifiers = {one["system"]: one["value"] for one in coverage.get("identifier", [])}
        if result.findtext("InsuredCardClassification") == "A1":
            assert coverage["type"]["coding"][0] == {"system": "urn:oid:1.2.392.100495.20.2.61", "code": "8", "display": "公費"}
            assert MEMBER_ID not in identifiers
        elif insurer and number:
            half = branch.translate({code + 0xFEE0: code for code in range(0x30, 0x3A)})
            assert identifiers[MEMBER_ID] == ":".join((insurer.zfill(8), symbol, number, half.zfill(2) if half else ""))
            assert identifiers[JP + "IdSystem/JP_Coverage_id"] == ",".join(f'"{part}"' for part in (insurer.zfill(8), symbol, number, half.zfill(2) if half else ""))
            shown = {one["url"].rpartition("InsuredPerson")[2]: one["valueString"] for one in coverage["extension"] if "InsuredPerson" in one["url"]}
            assert shown == {name: text for name, text in (("Symbol", symbol), ("Number", number), ("SubNumber", half.zfill(2) if half else "")) if text}
        if insurer:
            [payer] = coverage["payor"]
            assert at(bundle, payer)["identifier"][0]["value"] == insurer.zfill(8)
            assert at(bundle, payer)["type"][0]["coding"][0]["code"] == "pay"


@pytest.mark.parametrize("person", PERSONS)
def test_nothing_is_in_force_that_was_not_answered_valid(bundles, person):
    document, results = results_of(person)
    validity = document.findtext(".//QualificationValidity")
    [response] = resources(bundles[person], "CoverageEligibilityResponse")
    assert len(response.get("insurance", [])) == len(results)
    for result, insurance in zip(results, response.get("insurance", [])):
        lost = result.findtext("DisqualificationDate")
        assert insurance.get("inforce") is not True or (validity == "1" and (not lost or lost > "20260401"))
        assert (at(bundles[person], insurance["coverage"])["status"] == "active") == (insurance.get("inforce") is True)
        assert validity != "1" or lost or document.findtext(".//ProcessingResultStatus") == "2" or insurance["inforce"] is True


@pytest.mark.parametrize("person", PERSONS)
def test_the_facility_and_the_invariants_r4_has_beyond_its_schema_hold(bundles, person):
    bundle = bundles[person]
    [response] = resources(bundle, "CoverageEligibilityResponse")
    facility = at(bundle, response["requestor"])
    assert facility["identifier"] == [{"system": JP + "IdSystem/insurance-medical-institution-no", "value": "1311234567"}]
    assert len({entry["fullUrl"] for entry in bundle["entry"]}) == len(bundle["entry"])  # bdl-7
    for organization in resources(bundle, "Organization"):
        assert organization.get("identifier") or organization.get("name")  # org-1
    for coverage in resources(bundle, "Coverage"):
        period = coverage.get("period", {})
        assert period.get("start", "") <= period.get("end", "9999")  # per-1
    for patient in resources(bundle, "Patient"):
        assert ("meta" in patient) == bool(patient.get("identifier"))  # JP_Patient asks for an identifier
    for insurance in response.get("insurance", []):
        for item in insurance.get("item", []):
            assert "category" in item and "productOrService" not in item  # ces-1
