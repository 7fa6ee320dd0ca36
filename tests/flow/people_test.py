# SPDX-License-Identifier: Apache-2.0
"""Every shipped person through the whole path: what the national side answered is on the screen, whole and unchanged."""
import re
import xml.etree.ElementTree as tree

import pytest
from conftest import PEOPLE, shipped_text

REFUSED = {
    "taro-kigengire": "CERTIFICATE_EXPIRED", "saburo-shikkou": "CERTIFICATE_REVOKED", "shiro-kaoninsho": "PIN_DISABLED",
    "goro-sumaho": "PHONE_NOT_SUPPORTED", "rokuro-gaibu": "CERTIFICATE_UNTRUSTED",
    "nanako-mitouroku": "NOT_REGISTERED_FOR_INSURANCE", "hachiro-juuki": "RESIDENT_REGISTER_CARD"}
ANSWERED = sorted({path.stem for path in PEOPLE.glob("*.xml")} - REFUSED.keys())


def document_of(person):
    text, _ = shipped_text(person)
    return tree.fromstring(re.sub(r"<\?xml[^>]*\?>", "", text.lstrip("\ufeff")))


def values_in(shown):
    """Every value of a JSON document, as text."""
    if isinstance(shown, dict):
        return {value for child in shown.values() for value in values_in(child)}
    if isinstance(shown, list):
        return {value for child in shown for value in values_in(child)}
    return {str(shown)}


@pytest.mark.parametrize("person", ANSWERED)
def test_every_value_of_a_persons_answer_is_shown(bench, shared_desk, person):
    readers = bench.readers()
    bench.card(readers.ports[0], person=person)
    answer = bench.check(shared_desk, readers)
    assert answer.ok, answer
    document = document_of(person)
    results = document.findall(".//ResultOfQualificationConfirmation")
    assert len(answer.check["results"]) == len(results)
    unknown = set(answer.check.get("unknown_elements", []))
    for result, shown in zip(results, answer.check["results"]):
        values = values_in(shown)
        missing = {element.tag: element.text for element in result.iter()
                   if len(element) == 0 and (element.text or "").strip() and element.text not in values
                   and not any(element.tag in name for name in unknown)}
        assert not missing, f"{missing}\n{shown}"
    validity = document.findtext(".//QualificationValidity")
    assert answer.check.get("validity_code") == validity


def test_an_unknown_element_is_named_and_an_unknown_code_is_shown_as_it_came(bench, shared_desk):
    readers = bench.readers()
    bench.card(readers.ports[0], person="midori-michi")
    answer = bench.check(shared_desk, readers)
    assert answer.ok, answer
    assert {"HeaderElementOfTheFuture", "BodyElementOfTheFuture", "ElementOfTheFuture", "BlockOfTheFuture"} <= set(answer.check["unknown_elements"])
    result = answer.check["results"][0]
    assert result["card_classification_code"] == "99" and "card_classification" not in result
    assert result["limit_certificate"]["category_code"] == "C01" and "category" not in result["limit_certificate"]


def test_a_card_that_ends_soon_says_in_how_many_days(bench, shared_desk):
    readers = bench.readers()
    bench.card(readers.ports[0], person="jiro-mousugu")
    answer = bench.check(shared_desk, readers)
    assert answer.ok and 38 <= answer.check["card_certificate_days_left"] <= 40
    assert answer.check["processing_code"] and answer.check["processing_message"]


@pytest.mark.parametrize("person", sorted(REFUSED))
def test_a_shipped_card_that_cannot_be_used_is_refused_by_its_own_code(bench, shared_desk, person):
    readers = bench.readers()
    bench.card(readers.ports[0], person=person)
    assert bench.check(shared_desk, readers).is_refused(REFUSED[person])
