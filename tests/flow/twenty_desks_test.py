# SPDX-License-Identifier: Apache-2.0
"""The drill of a whole facility, on an empty database of its own: register, apply for twenty devices, approve, import twenty settings
sheets, activate twenty terminals and check one patient at each. After the approval: five commands, one of them typed once per desk.
"""
import json
import os
import subprocess
import time

import administration
import clinic as clinics
import pytest
import secret_search

DESKS = 20
READERS_EACH = 10
DRILL_SECONDS = 60  # machine time without build (issue B)
PIN = "1234"


@pytest.fixture(scope="module")
def facility(build, people):
    """A clinic of its own whose national side reviews applications."""
    from run import Run
    with Run() as run:
        clinic = clinics.Clinic(run, build, people, portal=True)
        yield clinic


def start_terminals(clinic, desks, readers, arguments, secret=None):
    processes = []
    for number, desk in enumerate(desks):
        env = readers[number // READERS_EACH].env
        command = [clinic.build.program("madoguchi-terminal"), *arguments(desk, number)]
        options = {}
        if secret is not None:
            read_end, write_end = os.pipe()
            os.write(write_end, secret.encode())
            os.close(write_end)
            command += ["--pin-fd", read_end]
            options["pass_fds"] = (read_end,)
        processes.append(clinic.run.spawn(f"terminal-{number}", command, env=env, stdout=subprocess.PIPE, text=True, **options))
        for descriptor in options.get("pass_fds", ()):
            os.close(descriptor)
    return processes


def documents(clinic, processes):
    found = []
    for number, process in enumerate(processes):
        text, _ = process.communicate(timeout=clinics.CHECK_SECONDS)
        assert process.returncode == 0, text + clinic.run.log_tail(f"terminal-{number}")
        found.append(json.loads(text))
    return found


def test_a_facility_goes_from_an_empty_database_to_twenty_checks(facility):
    clinic = facility
    # Cards and readers stand on the desks already; they are no part of the drill.
    clinic.prepare_cards()
    readers = [clinics.Readers(clinic, f"pcsc-{number}", READERS_EACH) for number in range(DESKS // READERS_EACH)]
    ports = [port for one in readers for port in one.ports]
    for port in ports:
        clinic.insert("hanako-genki", port, "--pin", PIN, "--tries", "3")

    with secret_search.Arguments() as arguments:
        secrets = drill(clinic, readers)
    assert len(secret_search.searchable(secrets)) > 3 * DESKS
    assert secret_search.found(secrets, clinic.run, clinic.postgres.dump(), arguments.seen) == []


def drill(clinic, readers):
    """-> every secret that was used."""
    started = time.monotonic()
    clinic.start()
    console = administration.add_console(clinic)
    first = administration.add_administrator(clinic, "kanri@example.jp")
    administrator = administration.Administrator(clinic, clinic.server, console, "kanri@example.jp")
    administrator.begin(first, "hajimete-no-aikotoba-1")
    clinic.administrator = administrator
    administration.register(administrator)
    accepted = administration.approved_application(clinic, administrator, DESKS)
    assert accepted["accounts_issued"] == DESKS
    approved = time.monotonic()

    sheets = clinic.run.directory / "sheets"
    secrets = administration.portal_sheets(clinic, sheets)
    imported = administrator.done("account", "import", sheets)                                                         # 1
    assert imported["committed"] and imported["accounts"] == DESKS
    links = clinic.run.directory / "links"
    administrator.done("desk", "prepare", "--count", str(DESKS), "--prefix", "受付", "--out", links)                    # 2
    desks = [clinic.run.directory / f"desk-{number}" for number in range(DESKS)]
    qr = sorted(links.glob("*.pdf"))
    assert len(qr) == DESKS
    activated = documents(clinic, start_terminals(clinic, desks, readers, lambda desk, number: [                                    # 3
        "activate", "--json", "--qr", qr[number], "--directory", desk]))
    assert sorted(document["account_id"] for document in activated) == [f"W{number + 1:07d}" for number in range(DESKS)]
    listed = administrator.done("desk", "list")                                                                                     # 4
    assert [desk["activation_code"] for desk in listed["desks"]] == ["active"] * DESKS
    checks = documents(clinic, start_terminals(clinic, desks, readers, lambda desk, number: [                                       # 5
        "check", "--json", "--method", "pin", "--directory", desk, "--lock-file", desk / "agent.lock",
        "--reader", f"Madoguchi Loopback {number % READERS_EACH}"], secret=PIN))
    ended = time.monotonic()
    assert [document["ok"] for document in checks] == [True] * DESKS
    print(f"drill: {ended - started:.1f} s, {ended - approved:.1f} s of it after the approval")
    assert ended - started <= DRILL_SECONDS
    links_used = [link.read_text().strip() for link in links.glob("*.link")]
    return secrets + links_used + [link.split("&t=")[1] for link in links_used] + administrator.secrets.used


def test_the_second_application_begins_after_the_twentieth_account(facility):
    """Goes on in the clinic of the drill."""
    administrator = facility.administrator
    error = administrator.refused("application", "apply", "--kind", "additional", "--applicant", "試験　太郎", "--staff", "40", "--devices",
                                  "21", "--agree-terms", "2026-11", "--bank-account", bank_account="1234")
    assert error["name"] == "APPLICATION_TOO_MANY_DEVICES"
    administration.approved_application(facility, administrator, 1, kind="additional")
    assert administrator.done("account", "list")["accounts"][-1]["account_id"] == "W0000021"
