# SPDX-License-Identifier: Apache-2.0
"""What the national service may say or do wrong, and what it refuses: each with its own code, and one VERIFY at most."""
import subprocess

import pytest
from conftest import ERRORS, PERSON


@pytest.mark.parametrize("person, code", [
    ("test-expired", "CERTIFICATE_EXPIRED"), ("test-not-yet-valid", "CERTIFICATE_EXPIRED"), ("test-revoked", "CERTIFICATE_REVOKED"),
    ("test-foreign", "CERTIFICATE_UNTRUSTED"), ("test-not-registered", "NOT_REGISTERED_FOR_INSURANCE")])
def test_a_card_the_national_service_refuses(bench, shared_desk, person, code):
    readers = bench.readers()
    bench.card(readers.ports[0], person=person)
    answer = bench.check(shared_desk, readers)
    assert answer.is_refused(code), answer


@pytest.fixture
def troubled(bench, shared_desk):
    """check(faults) → (answer, card, national): one check against a national service with these faults."""

    def check(**faults):
        national = bench.national(faults=bench.faults(**faults))
        server = bench.server({"eligibility": {"url": national.url}})
        readers = bench.readers()
        card = bench.card(readers.ports[0])
        answer = bench.check(shared_desk, readers, server=server)
        assert len(bench.verifies(card)) <= 1
        return answer, card, national

    return check


def test_a_national_service_that_is_down_is_said_plainly_and_costs_no_try(bench, shared_desk):
    server = bench.server({"eligibility": {"url": "https://localhost:1"}})
    readers = bench.readers()
    card = bench.card(readers.ports[0])
    answer = bench.check(shared_desk, readers, server=server)
    assert answer.is_refused("NATIONAL_UNREACHABLE"), answer
    assert not bench.verifies(card)


def test_a_national_service_of_another_authority_is_not_trusted(bench, shared_desk):
    from clinic import NATIONAL_SERVICE
    other = bench.clinic.run.directory / "other-national-tls"
    bench.clinic.run.call("make-tls", [NATIONAL_SERVICE, "make-tls", "--directory", other], timeout=60)
    national = bench.national(tls=other)
    server = bench.server({"eligibility": {"url": national.url}})
    readers = bench.readers()
    card = bench.card(readers.ports[0])
    answer = bench.check(shared_desk, readers, server=server)
    assert answer.is_refused("NATIONAL_TLS_REFUSED"), answer
    assert not bench.verifies(card)
