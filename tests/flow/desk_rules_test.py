# SPDX-License-Identifier: Apache-2.0
"""What a facility decides about its desks, on real parts: which methods are allowed where and when, whether a closed result is shown again,
whose result it is, and how a name stands on the card. Checks by numbers: no reader and no card is needed for any of it."""
import datetime

import administration
import clinic as clinics
import pytest
from conftest import Answer
from number_test import numbers_of

PERSON = "kuro-maru"       # a name with ●
ON_CARD = "見本　鷺"
SHOWN_SECONDS = 120
EXPIRES_SECONDS = 20       # what is looked at before it expires includes the end of a program with sanitizers
WAIT_SECONDS = 60
WIPED_SECONDS = 200        # when another server of the same database was first: the key goes with this server's next sweep, each minute
JAPAN = datetime.timezone(datetime.timedelta(hours=9))
PIN = "864209"


class Floor:
    """One desk at a server, an administrator, and commands of the desk."""

    def __init__(self, bench, administrator, server):
        self.bench = bench
        self.server = server
        self.administrator = administrator
        self.desk = bench.desk(server)

    def admin(self, *arguments, **options):
        return self.administrator.done(*arguments, **options)

    def check(self, person="hanako-genki", **more):
        return self.bench.check(self.desk, None, method="number", secrets={**numbers_of(person), **more}, server=self.server)

    def terminal(self, *arguments, **secrets):
        run = self.bench.clinic.run
        argv = [self.bench.clinic.build.program("madoguchi-terminal"), *arguments, "--server", self.server.address, "--directory",
                self.desk.directory, "--json"]
        given = ()
        if secrets:
            given = (self.administrator.secrets.descriptor(**secrets),)
            argv += ["--secrets-fd", given[0]]
        status, text = run.call("desk-" + arguments[0], argv, timeout=clinics.CHECK_SECONDS, check=False, pass_fds=given)
        return Answer(status, text, run.log_tail("desk-" + arguments[0]))

    def sql(self, statement):
        return self.bench.clinic.postgres.query(statement, role="postgres")

    def operator(self, code):
        """A new operator with a PIN of their own."""
        first = self.administrator.kept("staff", "add", code, name="試験　受付")[0]
        changed = self.terminal("operator", "change-pin", "--staff", code, operator_pin=first, new_operator_pin=PIN, new_operator_pin_again=PIN)
        assert changed.status == 0, changed

    def sign_in(self, code):
        assert self.terminal("operator", "sign-in", "--staff", code, operator_pin=PIN).status == 0


@pytest.fixture(scope="module")
def administrator(clinic):
    made = administration.Administrator(clinic, clinic.server, administration.add_console(clinic, "rules-console"), "kisoku@example.jp")
    made.begin(administration.add_administrator(clinic, "kisoku@example.jp"), "hajimete-no-aikotoba-1")
    return made


def keys(clinic):
    folder = clinic.run.directory / f"kept-keys-{len(list(clinic.run.directory.glob('kept-keys-*')))}"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def floor(bench, administrator):
    return Floor(bench, administrator, bench.clinic.server)


@pytest.fixture
def showing(bench, administrator):
    """showing(seconds) → a floor whose server shows results again for so long."""
    def make(seconds):
        folder = keys(bench.clinic)
        server = bench.server({"desk": {"listen": "127.0.0.1:0", "operators": "off", "show_again_seconds": seconds},
                               "handoff": {"key_directory": folder}})
        made = Floor(bench, administrator, server)
        made.keys = folder
        return made
    return make


def clock(minutes_from_now):
    at = datetime.datetime.now(JAPAN) + datetime.timedelta(minutes=minutes_from_now)
    return at.strftime("%H:%M")


# --- methods ---------------------------------------------------------------------------------------------------------


def test_a_desks_rule_comes_before_its_zones_and_both_are_asked_at_the_next_press(floor):
    desk = floor.desk.desk_id
    assert floor.check().ok
    zone = floor.admin("method", "add", "--zone", "二階", "--allow", "pin")["number"]
    assert floor.check().ok  # this desk is in no zone yet
    floor.admin("method", "zone", desk, "二階")
    assert floor.check().is_refused("METHOD_NOT_ALLOWED_HERE")
    one = floor.admin("method", "add", "--desk", desk, "--allow", "number")["number"]
    assert floor.check().ok
    now = {row["desk_id"]: row for row in floor.admin("method", "desks")["desks"]}[desk]
    assert now["zone"] == "二階" and now["methods"] == ["number"]
    for number in (one, zone):
        floor.admin("method", "remove", str(number))
    assert floor.check().ok
    rows = floor.sql("SELECT action FROM audit_event WHERE action LIKE 'check.%rule%' OR action = 'check.zone_set'")
    assert sorted(rows) == ["check.method_rule_added"] * 2 + ["check.method_rule_removed"] * 2 + ["check.zone_set"]


def test_a_rule_holds_on_its_days_and_in_its_hours_only(floor):
    desk, today = floor.desk.desk_id, datetime.datetime.now(JAPAN).isoweekday()
    made = []

    def forbid(*when):
        made.append(floor.admin("method", "add", "--desk", desk, "--none", *when)["number"])

    forbid("--from", clock(120), "--until", clock(180))
    forbid("--days", str(today % 7 + 1), "--from", "12:00", "--until", "12:01")
    assert floor.check().ok
    forbid("--from", clock(-60), "--until", clock(60))  # over midnight where it has to be
    assert floor.check().is_refused("METHOD_NOT_ALLOWED_HERE")
    for number in made:
        floor.admin("method", "remove", str(number))
    assert floor.check().ok


# --- shown again -----------------------------------------------------------------------------------------------------


def test_a_closed_result_is_not_shown_again_unless_the_facility_says_so(floor):
    assert floor.check().ok
    assert floor.terminal("show-again").is_refused("SHOW_AGAIN_OFF")


def test_a_closed_result_is_shown_again_also_after_the_server_was_killed(showing):
    floor = showing(SHOWN_SECONDS)
    checked = floor.check()
    assert checked.ok, checked
    shown = floor.terminal("show-again")
    assert shown.ok and shown.check["press_id"] == checked.check["press_id"], shown
    assert shown.check["results"] == checked.check["results"]
    floor.server.kill()
    floor.server.start()
    floor.bench.ends(floor.server.process)
    again = floor.terminal("show-again")
    assert again.ok and 0 < again.document["seconds_left"] <= shown.document["seconds_left"] <= SHOWN_SECONDS, again
    rows = floor.sql(f"SELECT action, press_id FROM audit_event WHERE desk_id = '{floor.desk.desk_id}' AND action = 'handoff.shown_again'")
    assert rows == [f"handoff.shown_again|{checked.check['press_id']}"] * 2
    name = checked.check["results"][0]["name"]
    assert name not in floor.bench.clinic.postgres.dump() and name not in floor.bench.clinic.run.log_file(floor.server.name).read_text()


def test_what_expired_is_wiped_and_a_restored_row_opens_nothing(showing):
    floor = showing(EXPIRES_SECONDS)
    assert floor.check().ok
    of_desk = f"desk_id = '{floor.desk.desk_id}' AND channel = 'show_again'"
    backup = floor.sql(f"SELECT row_id, encode(sealed, 'hex') FROM kept_result WHERE {of_desk}")
    assert len(backup) == 1 and len(list(floor.keys.iterdir())) == 1
    floor.bench.clinic.run.wait_for(floor.server.name, floor.server.process,
                                    lambda: floor.sql(f"SELECT state, sealed IS NULL FROM kept_result WHERE {of_desk}") == ["destroyed|t"]
                                    and not list(floor.keys.iterdir()), WIPED_SECONDS)
    assert floor.terminal("show-again").is_refused("RESULT_GONE")
    row_id, sealed = backup[0].split("|")
    floor.sql(f"UPDATE kept_result SET state = 'waiting', sealed = decode('{sealed}', 'hex'), ended_at = NULL, created_at = now(), "
              f"expires_at = now() + interval '100 seconds' WHERE row_id = '{row_id}'")
    assert floor.terminal("show-again").is_refused("RESULT_GONE")


# --- whose result it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer, state, files", [("--same-person", "delivered", 1), ("--another", "destroyed", 0)])
def test_a_result_of_another_birth_date_is_handed_on_only_after_the_desk_confirmed_it(bench, administrator, answer, state, files):
    folder = bench.clinic.run.directory / ("receipt" + answer)
    folder.mkdir()
    server = bench.server({"handoff": {"key_directory": keys(bench.clinic), "oqs_folder": folder}})
    floor = Floor(bench, administrator, server)
    checked = floor.check(**{"expected-birthdate": "19010203"})
    assert checked.ok and checked.check["birthdate_differs"] and checked.check["handoff"] == ["oqs_folder"], checked
    press = checked.check["press_id"]
    of_press = f"SELECT state FROM kept_result WHERE press_id = '{press}'"
    assert floor.sql(of_press) == ["held"]
    assert floor.terminal("confirm", "--press", press, answer).ok
    bench.clinic.run.wait_for(server.name, server.process, lambda: floor.sql(of_press) == [state], WAIT_SECONDS)
    assert len([path for path in folder.iterdir() if path.suffix == ".xml"]) == files
    assert floor.terminal("confirm", "--press", press, answer).is_refused("PERSON_NOT_CONFIRMED")


# --- names -----------------------------------------------------------------------------------------------------------


def test_two_operators_give_a_name_and_the_received_one_stays(floor):
    first, second = f"A{floor.desk.account[-4:]}", f"B{floor.desk.account[-4:]}"
    for code in (first, second):
        floor.operator(code)
    checked = floor.check(PERSON)
    press, received = checked.check["press_id"], checked.check["results"][0]["name"]
    assert "●" in received and "claim_safe_name" not in checked.check["results"][0]["name_notes"], checked
    assert floor.terminal("name", "propose", "--press", press, name=ON_CARD).is_refused("OPERATOR_NEEDED")
    floor.sign_in(first)
    assert floor.terminal("name", "propose", "--press", press, name=ON_CARD).ok
    seen = floor.check(PERSON).check["results"][0]["name_notes"]
    assert seen["proposed_name"] == ON_CARD and "claim_safe_name" not in seen
    assert floor.terminal("name", "confirm", "--press", press, name=ON_CARD).is_refused("NAME_MAPPING_REFUSED")
    floor.sign_in(second)
    assert floor.terminal("name", "confirm", "--press", press, name="見本　桜").is_refused("CHANGED_MEANWHILE")
    assert floor.terminal("name", "confirm", "--press", press, name=ON_CARD).ok
    after = floor.check(PERSON).check["results"][0]
    assert after["name"] == received and "proposed_name" not in after["name_notes"]
    assert after["name_notes"]["claim_safe_name"] == ON_CARD and after["name_notes"]["claim_safe_from"] == "mapping"
    assert ON_CARD not in floor.bench.clinic.postgres.dump()
    rows = floor.sql(f"SELECT action, actor FROM audit_event WHERE desk_id = '{floor.desk.desk_id}' AND action LIKE 'handoff.name%'")
    assert sorted(rows) == [f"handoff.name_confirmed|staff:{second}", f"handoff.name_proposed|staff:{first}",
                            f"handoff.name_refused|staff:{first}"]
