# SPDX-License-Identifier: Apache-2.0
"""The drill of a whole facility, on an empty database of its own: register, apply for twenty devices, approve, import twenty settings
sheets, activate twenty terminals and check one patient at each. Its promised minute is measured by ./tests/bench/run promises.
"""
import administration
import clinic as clinics
import drill
import pytest
import secret_search
from trail_day_test import lines_of, sign, verify

SAFETY_SECONDS = 900  # a sanitized build on a slow machine
AT_ONCE = 5           # so that a check keeps its 15 s there, too


@pytest.fixture(scope="module")
def facility(build, people):
    """A clinic of its own whose national side reviews applications."""
    from run import Run
    with Run() as run:
        clinic = clinics.Clinic(run, build, people, portal=True)
        yield clinic


def test_a_facility_goes_from_an_empty_database_to_twenty_checks(facility, tell):
    readers = drill.cards_on_readers(facility)
    with secret_search.Arguments() as arguments:
        took, secrets = drill.drill(facility, readers, AT_ONCE)
    tell(f"from the empty database to twenty checks: {took:.1f} s")
    assert took <= SAFETY_SECONDS
    assert len(secret_search.searchable(secrets)) > 3 * drill.DESKS
    assert secret_search.found(secrets, facility.run, facility.postgres.dump(), arguments.seen) == []


def test_its_trail_verifies_offline(facility, tell):
    """Goes on in the clinic of the drill."""
    sign(facility)
    folder = facility.run.directory / "export"
    facility.administrator.done("audit", "export", "--to", str(folder))
    status, verified = verify(facility, folder)
    assert status == 0 and verified["ok"] and verified["findings"] == [], verified
    acts = [(row["action"], row["code"]) for row in lines_of(folder)]
    assert acts.count(("check.outcome", 0)) == acts.count(("account.activated", 0)) == drill.DESKS
    tell(f"its {verified['rows']} rows under {verified['checkpoints']} checkpoints verify offline")


def test_the_second_application_begins_after_the_twentieth_account(facility):
    """Goes on in the clinic of the drill."""
    administrator = facility.administrator
    error = administrator.refused("application", "apply", "--kind", "additional", "--applicant", "試験　太郎", "--staff", "40", "--devices",
                                  "21", "--agree-terms", "2026-11", "--bank-account", bank_account="1234")
    assert error["name"] == "APPLICATION_TOO_MANY_DEVICES"
    administration.approved_application(facility, administrator, 1, kind="additional")
    assert administrator.done("account", "list")["accounts"][-1]["account_id"] == "W0000021"
