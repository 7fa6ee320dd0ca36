# SPDX-License-Identifier: Apache-2.0
"""The device accounts the national side knows, from a JSON file that may change at any time:

    {"W0000001": {"institution_code": "1311234567", "desk": "<uuid>" or null, "status": "usable" | "stopped" | "ended"
                   [, "sight": false]}}

sight: whether the account may check by sight; true when nothing is said.
"""
import json
import re

from refusal import Refusal
from watched_file import WatchedFile

ACCOUNT = re.compile(r"W[0-9]{7}")
INSTITUTION = re.compile(r"[0-9]{10}")
STATUSES = ("usable", "stopped", "ended")
ACCOUNTS_BYTES_MAX = 1024 * 1024  # about 8000 accounts


def parse(data):
    accounts = json.loads(data)
    if not isinstance(accounts, dict):
        raise ValueError("must be a JSON object: account → its entry")
    for name, entry in accounts.items():
        if not ACCOUNT.fullmatch(name):
            raise ValueError(f"{name!r} is no account name like W0000001")
        if not isinstance(entry, dict) or entry.keys() - {"sight"} != {"institution_code", "desk", "status"}:
            raise ValueError(f"{name}: needs institution_code, desk and status, and may have sight")
        if not isinstance(entry["institution_code"], str) or not INSTITUTION.fullmatch(entry["institution_code"]):
            raise ValueError(f"{name}: institution_code is not 10 digits in quotes")
        if entry["status"] not in STATUSES:
            raise ValueError(f"{name}: status is none of {', '.join(STATUSES)}")
        if entry["desk"] is not None and not isinstance(entry["desk"], str):
            raise ValueError(f"{name}: desk is neither a UUID in quotes nor null")
        if not isinstance(entry.get("sight", True), bool):
            raise ValueError(f"{name}: sight is neither true nor false")
    return accounts


class Accounts:
    def __init__(self, path, issued=None):
        """issued: office.Office, for accounts that came by an application; the file goes first."""
        self._issued = issued
        self._file = WatchedFile(path, parse, ACCOUNTS_BYTES_MAX)
        self._file.value()

    def names(self, account):
        return account in self._file.value()

    def require_usable(self, caller):
        if self._issued and not self.names(caller.device_account):
            usable, desk = self._issued.usable_at(caller.device_account, caller.institution_code)
            if not usable:
                raise Refusal("account_not_usable")
            if desk is None or desk != caller.desk:
                raise Refusal("account_not_activated_for_desk")
            return
        account = self._file.value().get(caller.device_account)
        if account is None or account["institution_code"] != caller.institution_code or account["status"] != "usable":
            raise Refusal("account_not_usable")
        if account["desk"] is None or account["desk"].lower() != caller.desk:
            raise Refusal("account_not_activated_for_desk")

    def require_sight(self, caller):
        """Of a caller that require_usable() let pass."""
        if not self._file.value().get(caller.device_account, {}).get("sight", True):
            raise Refusal("sight_not_allowed")
