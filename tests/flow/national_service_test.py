# SPDX-License-Identifier: Apache-2.0
"""What the national service may say or do wrong, and what it refuses: each with its own code, and one VERIFY at most."""
import pytest
from clinic import NATIONAL_SERVICE


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
    """check(fault…) → (answer, card, national): one check against a national service with this fault."""

    def check(**fault):
        national = bench.national(**fault)
        server = bench.server({"eligibility": {"url": national.url}})
        readers = bench.readers()
        card = bench.card(readers.ports[0])
        answer = bench.check(shared_desk, readers, server=server)
        assert len(bench.verifies(card)) <= 1
        assert len(set(bench.asked(national))) <= 1, "one inquiry, one key"
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
    other = bench.clinic.run.directory / "other-national-tls"
    bench.clinic.run.call("make-tls", [NATIONAL_SERVICE, "make-tls", "--directory", other], timeout=60)
    national = bench.national(tls=other)
    server = bench.server({"eligibility": {"url": national.url}})
    readers = bench.readers()
    card = bench.card(readers.ports[0])
    answer = bench.check(shared_desk, readers, server=server)
    assert answer.is_refused("NATIONAL_TLS_REFUSED"), answer
    assert not bench.verifies(card)


def test_a_slow_national_service_is_waited_for(troubled):
    answer, _, _ = troubled(latency_ms=1500, only="checks")
    assert answer.ok, answer
    assert answer.check["phases_us"]["national"] >= 1_500_000


def test_a_national_service_that_hangs_ends_as_outcome_unknown(troubled, bench):
    answer, _, national = troubled(hang=True, only="checks")
    assert answer.is_refused("NATIONAL_OUTCOME_UNKNOWN"), answer
    assert bench.asked(national), "it was asked"


def test_a_challenge_that_never_comes_costs_no_try(troubled, bench):
    answer, card, _ = troubled(hang=True, only="challenges")
    assert any(answer.is_refused(code) for code in ("NATIONAL_UNREACHABLE", "NATIONAL_UNAVAILABLE", "CHECK_DEADLINE")), answer
    assert not bench.verifies(card)


def test_a_5xx_that_goes_away_is_answered_by_asking_the_same_again(troubled, bench):
    answer, _, national = troubled(status=503, only="checks", times=1)
    assert answer.ok, answer
    assert len(bench.asked(national)) == 2


def test_a_connection_that_breaks_after_the_question_is_answered_by_asking_the_same_again(troubled, bench):
    answer, _, national = troubled(close="after_request", only="checks", times=1)
    assert answer.ok, answer
    assert len(bench.asked(national)) == 2


def test_a_connection_that_breaks_in_the_answer_is_answered_by_asking_the_same_again(troubled):
    answer, _, _ = troubled(close="mid_answer", only="checks", times=1)
    assert answer.ok, answer


@pytest.mark.parametrize("body, code", [
    ("malformed", "NATIONAL_ANSWER_MALFORMED"), ("oversized", "NATIONAL_ANSWER_TOO_LARGE"), ("dtd", "NATIONAL_ANSWER_FORBIDDEN_XML"),
    ("entities", "NATIONAL_ANSWER_FORBIDDEN_XML"), ("wrong_encoding", "NATIONAL_ANSWER_ENCODING"),
    ("other_echo", "NATIONAL_ANSWER_OF_OTHER_CHECK"), ("other_institution", "NATIONAL_ANSWER_OF_OTHER_CHECK"),
    ("duplicate_element", "NATIONAL_ANSWER_MALFORMED")])
def test_an_answer_that_is_wrong_is_not_shown(troubled, body, code):
    answer, _, _ = troubled(body=body, only="checks")
    assert answer.is_refused(code), answer


def test_an_account_the_national_side_stopped_is_refused(bench):
    desk, readers = bench.desk(), bench.readers()
    bench.clinic.set_account_status(desk.account, "stopped")
    card = bench.card(readers.ports[0])
    answer = bench.check(desk, readers)
    assert answer.is_refused("NATIONAL_REFUSED_ACCOUNT"), answer
    assert not bench.verifies(card)
