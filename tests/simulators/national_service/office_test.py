# SPDX-License-Identifier: Apache-2.0
"""Applications and accounts at the simulated national service, over real TLS and with a clock of the tests' own."""
import datetime
import json
import stat
import uuid

import office
import pytest
from clinic_side import ACCOUNTS, CALLER, Clinic, replace

CODE = CALLER["institution_code"]


def application(devices=2, kind="use", **changes):
    return {"application": str(uuid.uuid4()), "institution_code": CODE, "kind": kind, "applicant": "試験", "bank_account_last4": "1234",
            "attachments": [], "staff_count": 3, "devices": devices, "terms_version": "2026-11", "effective_on": "", "moves_to": "", **changes}


def body_of(answer):
    assert answer.status == 200, answer
    return json.loads(answer.body)


def submit(clinic, asked):
    return body_of(clinic.post("/v1/applications", asked, Idempotency_Key=asked["application"]))["receipt"]


def tell(clinic, receipt, code=CODE):
    return clinic.post("/v1/applications/answer", {"institution_code": code, "receipt": receipt})


def issued(clinic, devices=1):
    return body_of(tell(clinic, submit(clinic, application(devices))))["accounts"]


def activate(clinic, account, desk=CALLER["desk"], key=None, **changes):
    return clinic.post("/v1/accounts/activate", {"institution_code": CODE, "device_account": account["account"], "desk": desk,
                                                 "password": account["password"], "activation_code": account["activation_code"], **changes},
                       Idempotency_Key=key or str(uuid.uuid4()))


def release(clinic, account, desk=CALLER["desk"], key=None):
    return clinic.post("/v1/accounts/release", {"institution_code": CODE, "device_account": account["account"], "desk": desk},
                       Idempotency_Key=key or str(uuid.uuid4()))


def test_accounts_are_numbered_on_beside_those_of_the_file(clinic):
    first = issued(clinic, 20)
    assert [account["account"] for account in first] == [f"W{number:07d}" for number in range(len(ACCOUNTS) + 1, len(ACCOUNTS) + 21)]
    assert {(len(account["password"]), len(account["activation_code"])) for account in first} == {(8, 12)}
    assert issued(clinic)[0]["account"] == f"W{len(ACCOUNTS) + 21:07d}"


def test_the_identical_application_gets_the_same_receipt_and_another_is_a_conflict(clinic):
    asked = application()
    assert submit(clinic, asked) == submit(clinic, asked)
    other = clinic.post("/v1/applications", {**asked, "devices": 3}, Idempotency_Key=asked["application"])
    assert (other.status, other.kind) == (409, "idempotency_conflict")


@pytest.mark.parametrize("changes", [{"devices": 21}, {"devices": 0}, {"bank_account_last4": ""}, {"kind": "party"}, {"staff_count": "3"},
                                     {"extra": 1}, {"application": str(uuid.uuid4())}, {"moves_to": "0110000001"},
                                     {"kind": "end_of_use"}, {"kind": "end_of_use", "effective_on": "2026-02-30"},
                                     {"kind": "change", "effective_on": "2026-12-01", "moves_to": CODE},
                                     {"kind": "change", "effective_on": "2026-12-01", "moves_to": "011"}])
def test_an_application_of_another_shape_is_refused(clinic, changes):
    asked = application()
    answer = clinic.post("/v1/applications", {**asked, **changes}, Idempotency_Key=asked["application"])
    assert (answer.status, answer.kind) == (400, "request_invalid")


def test_an_application_is_decided_when_the_review_file_lets_it(start, files):
    review = files.directory / "review.json"
    review.write_text('{"hold": true}')
    clinic = Clinic(start("--review", review))
    first, second = submit(clinic, application()), submit(clinic, application())
    assert body_of(tell(clinic, first)) == {"state": "open"}
    replace(review, '{"reject": "書類が足りません"}')
    assert body_of(tell(clinic, first)) == {"state": "rejected", "reason": "書類が足りません"}
    replace(review, "{}")
    assert body_of(tell(clinic, first))["state"] == "rejected"
    assert body_of(tell(clinic, second))["state"] == "accepted"
    assert tell(clinic, second, "0110000001").kind == "application_unknown"
    clinic.close()


def test_an_application_is_withdrawn_until_it_is_decided(clinic):
    receipt = submit(clinic, application())
    asked = {"institution_code": CODE, "receipt": receipt}
    assert body_of(clinic.post("/v1/applications/withdraw", asked)) == {"state": "withdrawn"}
    assert body_of(tell(clinic, receipt)) == {"state": "withdrawn"}
    decided = submit(clinic, application())
    tell(clinic, decided)
    assert clinic.post("/v1/applications/withdraw", {**asked, "receipt": decided}).kind == "application_decided"


def test_an_account_is_bound_by_password_and_code_once(clinic):
    account, key = issued(clinic)[0], str(uuid.uuid4())
    assert activate(clinic, account, password="wrong").kind == "activation_refused"
    assert body_of(activate(clinic, account, key=key)) == body_of(activate(clinic, account, key=key)) == {"state": "activated"}
    other = str(uuid.uuid4())
    assert activate(clinic, account, desk=other).kind == "account_bound_elsewhere"
    assert activate(clinic, account, desk=other, key=key).kind == "idempotency_conflict"


def test_a_bound_account_may_check_from_its_desk_only(clinic):
    account = issued(clinic)[0]
    caller = {"institution_code": CODE, "device_account": account["account"], "desk": CALLER["desk"]}
    assert clinic.post("/v1/challenges", caller).kind == "account_not_activated_for_desk"
    activate(clinic, account)
    assert clinic.post("/v1/challenges", caller).status == 200
    assert clinic.post("/v1/challenges", {**caller, "desk": str(uuid.uuid4())}).kind == "account_not_activated_for_desk"
    assert clinic.post("/v1/challenges", {**caller, "institution_code": "0110000001"}).kind == "account_not_usable"


def test_a_release_brings_a_new_code_and_spends_the_old_one_for_ever(clinic):
    account, key = issued(clinic)[0], str(uuid.uuid4())
    assert release(clinic, account).kind == "account_not_activated_for_desk"
    activate(clinic, account)
    renewed = body_of(release(clinic, account, key=key))["account"]
    assert renewed == body_of(release(clinic, account, key=key))["account"]
    assert renewed["activation_code"] != account["activation_code"]
    assert activate(clinic, account).kind == "activation_refused"
    assert body_of(activate(clinic, renewed, desk=str(uuid.uuid4()))) == {"state": "activated"}


def test_five_wrong_activations_lock_the_account(clinic):
    account = issued(clinic)[0]
    asked = {"institution_code": CODE, "device_account": account["account"]}
    assert body_of(clinic.post("/v1/accounts/lock", asked)) == {"locked_for_ms": 0}
    for _ in range(5):
        assert activate(clinic, account, activation_code="0" * 12).kind == "activation_refused"
    assert activate(clinic, account).kind == "account_locked"
    assert 1790_000 < body_of(clinic.post("/v1/accounts/lock", asked))["locked_for_ms"] <= 1800_000


def test_a_restart_forgets_nothing_and_the_state_is_its_owners_alone(start, files):
    state = files.directory / "state.json"
    first = start("--state", state)
    clinic = Clinic(first)
    account = issued(clinic)[0]
    clinic.close()
    first.stop()
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    clinic = Clinic(start("--state", state))
    assert body_of(activate(clinic, account)) == {"state": "activated"}
    assert issued(clinic)[0]["account"] > account["account"]
    clinic.close()


def test_faults_hit_applications_when_told_and_the_same_question_gets_its_answer(clinic, files):
    asked = application()
    replace(files.faults, '{"status": 503, "only": "applications", "times": 1}')
    assert clinic.post("/v1/applications", asked, Idempotency_Key=asked["application"]).status == 503
    assert submit(clinic, asked) == "R-000001"


def test_a_review_takes_its_time():
    now = [1000.0]
    portal = office.Office(review_ms=60_000, clock=lambda: now[0])
    asked = application()
    told = json.loads(portal.answer("/v1/applications", json.dumps(asked).encode(), asked["application"]).body)
    question = json.dumps({"institution_code": CODE, **told}).encode()
    assert json.loads(portal.answer("/v1/applications/answer", question, None).body) == {"state": "open"}
    now[0] += 60
    accounts = json.loads(portal.answer("/v1/applications/answer", question, None).body)["accounts"]
    assert [account["account"] for account in accounts] == ["W0000001", "W0000002"]


NEW_CODE = "0110000001"
MIDNIGHT = datetime.datetime(2026, 12, 1, tzinfo=office.JAPAN).timestamp()


class Portal:
    """An office with a clock of its own, on the eve of 2026-12-01, and one account of CODE bound to the usual desk."""

    def __init__(self, state=None):
        self.state, self.now = state, MIDNIGHT - 3600
        self.restart()
        self.account = self.apply(application(1))["accounts"][0]
        self.ask("/v1/accounts/activate", {"institution_code": CODE, "device_account": self.account["account"], "desk": CALLER["desk"],
                                           "password": self.account["password"], "activation_code": self.account["activation_code"]})

    def restart(self):
        self.office = office.Office(self.state, clock=lambda: self.now)

    def ask(self, path, fields, key=None):
        return json.loads(self.office.answer(path, json.dumps(fields).encode(), key or str(uuid.uuid4())).body)

    def apply(self, asked):
        receipt = self.ask("/v1/applications", asked, asked["application"])["receipt"]
        return self.ask("/v1/applications/answer", {"institution_code": CODE, "receipt": receipt})

    def usable(self, code=CODE):
        return self.office.usable_at(self.account["account"], code)

    def release(self, code):
        return self.ask("/v1/accounts/release", {"institution_code": code, "device_account": self.account["account"],
                                                 "desk": CALLER["desk"]})


@pytest.mark.parametrize("restarts", [False, True])
def test_a_change_of_the_institution_code_moves_its_accounts_on_its_day_and_leaves_them_bound(tmp_path, restarts):
    portal = Portal(tmp_path / "state.json")
    assert portal.apply(application(0, "change", effective_on="2026-12-01", moves_to=NEW_CODE))["state"] == "accepted"
    portal.now = MIDNIGHT - 1
    assert portal.usable() == (True, CALLER["desk"]) and not portal.usable(NEW_CODE)[0]
    portal.now = MIDNIGHT
    if restarts:
        portal.restart()
    assert portal.usable(NEW_CODE) == (True, CALLER["desk"]) and not portal.usable()[0]
    assert portal.release(CODE)["type"] == "account_not_activated_for_desk"
    assert portal.release(NEW_CODE)["account"]["account"] == portal.account["account"]


def test_a_change_that_is_accepted_after_its_day_moves_at_once():
    portal = Portal()
    portal.apply(application(0, "change", effective_on="2026-11-01", moves_to=NEW_CODE))
    assert portal.usable(NEW_CODE)[0]


def test_a_change_of_other_things_moves_nothing():
    portal = Portal()
    portal.apply(application(0, "change", effective_on="2026-11-01"))
    assert portal.usable()[0]


def test_after_the_last_day_of_use_every_account_is_ended_and_nothing_is_issued():
    portal = Portal()
    spare = portal.apply(application(1, "additional"))["accounts"][0]
    portal.apply(application(0, "end_of_use", effective_on="2026-12-01"))
    portal.now = MIDNIGHT + 24 * 3600 - 1
    assert portal.usable()[0]
    portal.now = MIDNIGHT + 24 * 3600
    assert not portal.usable()[0]
    refused = portal.ask("/v1/accounts/activate", {"institution_code": CODE, "device_account": spare["account"], "desk": CALLER["desk"],
                                                   "password": spare["password"], "activation_code": spare["activation_code"]})
    assert refused["type"] == "activation_refused"
    assert portal.release(CODE) == {"state": "released", "account": None}
