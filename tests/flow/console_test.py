# SPDX-License-Identifier: Apache-2.0
"""The forgotten password and the sealed code, as administrators live through them: madoguchi-admin, a real server, a real mail server."""
import datetime
import email
import email.policy
import json
import os
import re
import subprocess
import threading

import administration
import clinic as clinics
import pytest
import secret_search
from run import Run

MAIL_SERVER = clinics.ROOT / "tests" / "server" / "outbound" / "mail_server.py"
MAIL_USER, MAIL_PASSWORD = "clinic", "mail-Passw0rd"  # as mail_server.py
MAIL_SECONDS = 60
CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}\b")
WRONG_CODE = "AAAAA-AAAAA-AAAAA-AAAAA"
PASSWORDS = ("hajimete-no-aikotoba-1", "wasureta-ato-no-aikotoba-2")
ACCOUNT = "W0000001"
ATTEMPTS = 5
LOCK_MINUTES = 30
JAPAN = datetime.timezone(datetime.timedelta(hours=9))


class Mailbox:
    """Every mail the clinic sends, from a real SMTP server with STARTTLS and log-in."""

    def __init__(self, clinic):
        self._run = clinic.run
        self.letters = []
        self._process = clinic.run.spawn("mail", ["/usr/bin/python3", MAIL_SERVER, "starttls", clinic.identity / "server.pem",
                                                  clinic.identity / "server.key.pem"],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self._process.stdout.readline())
        threading.Thread(target=self._keep, daemon=True).start()

    def _keep(self):
        for line in self._process.stdout:
            told = json.loads(line)
            content = email.message_from_string(told["content"], policy=email.policy.default)
            self.letters.append((told["to"], content["Subject"], content.get_content()))

    def wait(self, recipient, subject):
        """The text of the next mail to this person with these words in its subject; it is taken out."""
        def come():
            for letter in self.letters:
                if letter[0] == [recipient] and subject in letter[1]:
                    self.letters.remove(letter)
                    return letter[2]
            return None
        return self._run.wait_for("mail", None, come, MAIL_SECONDS)


class Office:
    def __init__(self, run, build, people):
        self.clinic = clinics.Clinic(run, build, people)
        self.clinic.start()
        self.clinic.server.stop()
        self.mailbox = Mailbox(self.clinic)
        password = run.directory / "mail-password"
        password.touch(mode=0o600)
        password.write_text(MAIL_PASSWORD + "\n")
        self.clinic.server = clinics.Server(self.clinic, overrides={"mail": {
            "url": f"smtp://localhost:{self.mailbox.port}", "from": "madoguchi@example.jp", "user": MAIL_USER, "password_file": password,
            "root_file": self.clinic.root_file}}).start()
        self.clinic.server.keep_ports()
        self.secrets = administration.Secrets()
        self.secrets.used.append(MAIL_PASSWORD)
        console = administration.add_console(self.clinic)
        self.first, self.second = (administration.Administrator(self.clinic, self.clinic.server, console, user, self.secrets)
                                   for user in ("ichi@example.jp", "ni@example.jp"))
        for person in (self.first, self.second):
            person.begin(administration.add_administrator(self.clinic, person.user_id), PASSWORDS[0])
        self.desk = self.clinic.add_desk("受付", ACCOUNT)

    def sql(self, statement):
        return self.clinic.postgres.query(statement)

    def log_in_by_recovery_code(self, person):
        """Without waiting for the next code of the authenticator."""
        return person.done("login", "--user", person.user_id, password=person.password, code=person.recovery_codes.pop())

    def lock_account(self):
        """Five wrong passwords at the desk."""
        for _ in range(ATTEMPTS):
            descriptor = self.secrets.descriptor(password="Machigatta-kagi-1")
            try:
                self.clinic.run.call("terminal", [self.clinic.build.program("madoguchi-terminal"), "log-in", "--json", "--institution",
                                                  clinics.INSTITUTION, "--id", ACCOUNT, "--directory", self.desk.directory, "--secrets-fd",
                                                  descriptor], timeout=clinics.COMMAND_SECONDS, check=False, pass_fds=(descriptor,))
            finally:
                os.close(descriptor)
        assert self.first.done("account", "show", ACCOUNT, "--institution", clinics.INSTITUTION)["account"]["locked_until"]

    def notices(self, kind):
        return [notice for notice in self.first.done("facility", "notices")["notices"] if notice["kind"] == kind]


@pytest.fixture(scope="module")
def office(build, people):
    with Run() as run:
        yield Office(run, build, people)


def test_a_forgotten_password_is_reset_with_the_code_of_a_mail_once(office):
    person = office.first
    unknown = person.done("password", "forgot", "dare-mo@example.jp")
    assert person.done("password", "forgot", person.user_id) == unknown, "tells who is a user"
    code = CODE.search(office.mailbox.wait(person.user_id, "再設定コード")).group()
    assert not [letter for letter in office.mailbox.letters if letter[0] == ["dare-mo@example.jp"]]
    new = PASSWORDS[1]
    assert person.refused("password", "reset", person.user_id, reset_code=WRONG_CODE, new_password=new)["name"] == "CONSOLE_LOG_IN_REFUSED"
    person.done("password", "reset", person.user_id, reset_code=code.lower(), new_password=new)
    assert person.refused("password", "reset", person.user_id, reset_code=code, new_password=new)["name"] == "CONSOLE_LOG_IN_REFUSED"
    assert person.refused("whoami")["name"] == "SESSION_INVALID", "a session went on with the old password"
    recovery = person.recovery_codes[-1]
    assert person.refused("login", "--user", person.user_id, password=PASSWORDS[0], code=recovery)["name"] == "CONSOLE_LOG_IN_REFUSED"
    person.password = new
    office.log_in_by_recovery_code(person)
    assert person.done("whoami")["user"]["user_id"] == person.user_id


def test_five_wrong_reset_codes_lock_resetting_and_not_the_log_in(office):
    person = office.second
    names = [person.refused("password", "reset", person.user_id, reset_code=WRONG_CODE, new_password=PASSWORDS[1])["name"]
             for _ in range(ATTEMPTS)]
    assert names == ["CONSOLE_LOG_IN_REFUSED"] * ATTEMPTS
    locked = person.refused("password", "reset", person.user_id, reset_code=WRONG_CODE, new_password=PASSWORDS[1])
    assert locked["name"] == "CONSOLE_LOG_IN_LOCKED"
    assert (LOCK_MINUTES - 3) * 60_000 < locked["retry_after_ms"] <= LOCK_MINUTES * 60_000
    office.log_in_by_recovery_code(person)


def test_a_sealed_code_unlocks_alarms_everybody_and_is_reviewed_by_somebody_else(office):
    first, second = office.first, office.second
    needed = first.refused("break-glass", "make", "--out", str(first.home / "not-yet"))
    assert needed["name"] == "APPROVAL_NEEDED" and not (first.home / "not-yet").exists()
    second.done("approval", "approve", needed["approval_id"], code=second.code())
    codes = first.kept("break-glass", "make", "--approval", needed["approval_id"])
    office.secrets.used += codes
    assert len(codes) == 5 and all(CODE.fullmatch(code) for code in codes)
    again = first.refused("break-glass", "make", "--approval", needed["approval_id"], "--out", str(first.home / "again"))
    assert again["name"] == "APPROVAL_INVALID"

    unlock = ("account", "unlock", ACCOUNT, "--institution", clinics.INSTITUTION, "--break-glass")
    assert first.refused(*unlock, break_glass=codes[0])["name"] == "STATE_NOT_POSSIBLE", "nothing is locked: no code is spent"
    office.lock_account()
    assert first.refused(*unlock, break_glass=WRONG_CODE)["name"] == "BREAK_GLASS_INVALID"
    assert not first.done(*unlock, break_glass=codes[0])["account"].get("locked_until")
    for person in (first, second):
        alarm = office.mailbox.wait(person.user_id, "コードが使われました")
        assert first.user_id in alarm and ACCOUNT in alarm and codes[0] not in alarm
    assert len(office.notices("break_glass.used")) == 1
    office.lock_account()
    assert first.refused(*unlock, break_glass=codes[0])["name"] == "BREAK_GLASS_INVALID", "a code served twice"

    use, = second.done("break-glass", "uses")["uses"]
    assert use["used_by"] == first.user_id and use["act"].endswith(ACCOUNT) and not use.get("reviewed_by")
    used, due = (datetime.datetime.fromisoformat(use[name].replace("Z", "+00:00")).astimezone(JAPAN) for name in ("used_at", "review_due"))
    assert (due.hour, due.minute) == (9, 0) and datetime.timedelta(hours=3) <= due - used <= datetime.timedelta(hours=27)
    review = ("break-glass", "review", use["use_id"], "--finding", "訓練でした")
    assert first.refused(*review)["name"] == "ROLE_NOT_ALLOWED", "reviewed by whoever used it"
    assert second.done(*review)["use"]["reviewed_by"] == second.user_id
    assert second.refused(*review)["name"] == "STATE_NOT_POSSIBLE"


def test_an_overdue_review_is_announced_and_what_ended_long_ago_is_forgotten_by_the_servers_rounds(office):
    office.sql("UPDATE break_glass_use SET reviewed_at = NULL, reviewed_by = NULL, review_due = now()")
    office.sql("INSERT INTO console_session (token_sha256, user_id, complete, console_id, ends_at) "
               f"VALUES (decode(repeat('00', 32), 'hex'), '{office.first.user_id}', true, 'old', now() - interval '31 days')")
    office.sql("UPDATE approval SET expires_at = now() - interval '401 days'")
    office.clinic.server.stop()
    office.clinic.server.start()
    office.clinic.run.wait_for("notice", None, lambda: office.notices("break_glass.overdue"), MAIL_SECONDS)
    office.clinic.run.wait_for("rounds", None, lambda: office.sql(
        "SELECT (SELECT count(*) FROM console_session WHERE console_id = 'old') + (SELECT count(*) FROM approval)") == ["0"], MAIL_SECONDS)
    assert office.first.done("whoami")["user"]["user_id"] == office.first.user_id, "an open session was forgotten"


def test_no_secret_of_all_this_is_found_in_logs_or_in_the_database(office):
    assert secret_search.found(office.secrets.used, office.clinic.run, office.clinic.postgres.dump()) == []
