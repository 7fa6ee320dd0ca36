# SPDX-License-Identifier: Apache-2.0
"""An administrator of a private clinic: the local root commands of the server program and madoguchi-admin, with secrets on a descriptor
as a person would type them. The authenticator app is RFC 6238 in a few lines of our own, so that a fault of the server's library shows.
"""
import base64
import hashlib
import hmac
import json
import os
import re
import struct
import sys
import time
import urllib.parse

import clinic as clinics

sys.path.insert(0, str(clinics.NATIONAL_SERVICE.parent))
import portal_sheet  # noqa: E402 (found through the path above)

ADMIN_SECONDS = 180
ACCEPTED_SECONDS = 180
TOTP_STEP = 30
TOTP_LEFT = 20          # seconds a code must still serve when it is typed: a command of a sanitized build on a busy machine


def totp(secret, at):
    """RFC 6238 with SHA-1, 30 s, six digits."""
    digest = hmac.new(secret, struct.pack(">Q", int(at) // TOTP_STEP), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 10 ** 6:06d}"


class Secrets:
    """name=value lines on a descriptor; everything that ever went through is remembered, to be searched for afterwards."""

    def __init__(self):
        self.used = []

    def descriptor(self, **values):
        self.used += [value for value in values.values() if value]
        read_end, write_end = os.pipe()
        os.write(write_end, "".join(f"{name}={value}\n" for name, value in values.items()).encode())
        os.close(write_end)
        return read_end

    def raw(self, secret):
        """A descriptor with nothing but this one."""
        read_end, write_end = os.pipe()
        os.write(write_end, secret.encode())
        os.close(write_end)
        return read_end


class Administrator:
    """One person with the role administrator, logged in at one console."""

    def __init__(self, clinic, server, console, user_id, secrets=None):
        self.clinic = clinic
        self.server = server
        self.console = console      # directory made by add_console
        self.user_id = user_id
        self.secrets = secrets or Secrets()
        self.password = None
        self._totp_secret = None
        self._last_step = 0
        self.home = clinic.run.directory / ("home-" + re.sub(r"\W", "-", user_id))
        self.home.mkdir(exist_ok=True)

    # --- one command -----------------------------------------------------------------------------------------------

    def run(self, *arguments, check=True, timeout=ADMIN_SECONDS, json_output=True, **secret_values):
        """madoguchi-admin with these arguments. -> (exit status, JSON document or text)."""
        argv = [self.clinic.build.program("madoguchi-admin"), "--server", f"localhost:{self.server.ports['console_port']}",
                "--console", self.console, "--yes", *(["--json"] if json_output else []), *arguments]
        descriptors = ()
        if secret_values:
            number = self.secrets.descriptor(**secret_values)
            argv += ["--secrets-fd", number]
            descriptors = (number,)
        try:
            status, text = self.clinic.run.call("admin", argv, timeout=timeout, check=False, pass_fds=descriptors,
                                                env={"HOME": str(self.home), "XDG_STATE_HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home)})
        finally:
            for number in descriptors:
                os.close(number)
        document = json.loads(text) if json_output and text else text
        assert status == 0 or not check, f"{arguments}: exit status {status}: {text}"
        return status, document

    def done(self, *arguments, **options):
        """The document of a command that succeeded."""
        return self.run(*arguments, **options)[1]

    def refused(self, *arguments, **options):
        """The error of a command that was refused (exit status 1)."""
        status, document = self.run(*arguments, check=False, **options)
        assert status == 1, (arguments[:2], status, document)
        return document["error"]

    def kept(self, *arguments, **secret_values):
        """The secret results of a command, from the file it writes: lines name=value."""
        out = self.home / ("kept-" + "-".join(arguments))
        self.done(*arguments, "--out", str(out), **secret_values)
        assert out.stat().st_mode & 0o077 == 0
        found = [line.split("=", 1)[1] for line in out.read_text().splitlines()]
        out.unlink()
        return found

    # --- who we are ------------------------------------------------------------------------------------------------

    def code(self):
        """A code that was not used yet: each serves once, and the server takes the step before and after the present one too."""
        self._last_step = max(self._last_step + 1, int(time.time() + TOTP_LEFT) // TOTP_STEP - 1)
        self.clinic.run.wait_for("authenticator", None, lambda: self._last_step <= int(time.time()) // TOTP_STEP + 1, 2 * TOTP_STEP)
        code = totp(self._totp_secret, self._last_step * TOTP_STEP)
        self.secrets.used.append(code)
        return code

    def begin(self, first_password, password):
        """First log-in: own password, authenticator app, then a full session."""
        self.done("login", "--user", self.user_id, password=first_password)
        self.done("password", "change", password=first_password, new_password=password)
        self.password = password
        uri = self.kept("totp", "begin", password=password)[0]
        secret = urllib.parse.parse_qs(urllib.parse.urlparse(uri).query)["secret"][0]
        self.secrets.used += [secret, uri]
        self._totp_secret = base64.b32decode(secret + "=" * (-len(secret) % 8))
        self.recovery_codes = self.kept("totp", "confirm", code=self.code())
        self.secrets.used += self.recovery_codes
        self.log_in()

    def log_in(self):
        return self.done("login", "--user", self.user_id, password=self.password, code=self.code())


def add_console(clinic, name="console"):
    """A console certificate, made on the server's machine. -> its directory."""
    directory = clinic.run.directory / name
    clinic.server_command("add-console", "--name", name, "--directory", directory)
    return directory


def add_administrator(clinic, user_id, name="試験　管理者"):
    """A local root command makes the user. -> the first password."""
    credentials = clinic.run.directory / ("first-password-" + re.sub(r"\W", "-", user_id))
    clinic.server_command("add-administrator", "--user", user_id, "--name", name, "--credentials-file", credentials)
    assert credentials.stat().st_mode & 0o077 == 0
    return dict(line.split("=", 1) for line in credentials.read_text().splitlines())["password"]


def approved_application(clinic, administrator, devices, kind="use", **arguments):
    """Applies for devices and waits until the national side has accepted. -> the application."""
    administrator.done("application", "apply", "--institution", clinics.INSTITUTION, "--kind", kind, "--applicant", "試験　太郎", "--staff",
                       "40", "--devices", str(devices), "--agree-terms", "2026-11", "--bank-account", bank_account="1234", **arguments)

    def accepted():
        newest = administrator.done("application", "list")["applications"][0]
        return newest if newest["state_code"] == "accepted" else None
    return clinic.run.wait_for("application", None, accepted, ACCEPTED_SECONDS)


def register(administrator, code=None):
    return administrator.done("facility", "register", "--type", "medical", "--prefecture", "13", "--code", code or clinics.INSTITUTION[3:],
                              "--name", "まどぐち試験医院", "--founder", "医療法人　試験会", "--phone", "03-0000-0000", "--category",
                              "paper_claims", "--surname", "試験", "--given-name", "太郎", "--mail", "shinsei@example.jp")


def portal_sheets(clinic, directory):
    """The settings sheets as the simulated portal gives them, one PDF per account. -> [the secrets on them]"""
    directory.mkdir()
    office = json.loads((clinic.national.directory / "office.json").read_text())
    used = []
    for account, facts in office["accounts"].items():
        portal_sheet.write_sheet(directory / f"{account}_skg_account.pdf",
                                 {"institution_code": facts["institution_code"], "name": "まどぐち試験医院"},
                                 [{"account_id": account, "password": facts["password"], "activation_code": facts["code"],
                                   "issued_on": "2026-11-22"}])
        used += [facts["password"], facts["code"], portal_sheet.printed_code(facts["code"])]
    return used
