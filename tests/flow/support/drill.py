# SPDX-License-Identifier: Apache-2.0
"""The drill of a whole facility of twenty desks. tests/flow shows that it works, tests/bench that it is done in the promised time."""
import json
import os
import subprocess
import time

import administration
import clinic as clinics

DESKS = 20
READERS_EACH = 10
PIN = "1234"


def cards_on_readers(clinic):
    """Cards and readers stand on the desks already; they are no part of the drill. -> the readers"""
    clinic.prepare_cards()
    readers = [clinics.Readers(clinic, f"pcsc-{number}", READERS_EACH) for number in range(DESKS // READERS_EACH)]
    for port in [port for one in readers for port in one.ports]:
        clinic.insert("hanako-genki", port, "--pin", PIN, "--tries", "3")
    return readers


def start_terminals(clinic, desks, readers, arguments, secret):
    """desks: [(number, directory)]. -> [(number, process)]"""
    processes = []
    for number, desk in desks:
        env = readers[number // READERS_EACH].env
        command = [clinic.build.program("madoguchi-terminal"), *arguments(desk, number)]
        options = {}
        if secret is not None:
            read_end, write_end = os.pipe()
            os.write(write_end, secret.encode())
            os.close(write_end)
            command += ["--pin-fd", read_end]
            options["pass_fds"] = (read_end,)
        process = clinic.run.spawn(f"terminal-{number}", command, env=env, stdout=subprocess.PIPE, text=True, **options)
        processes.append((number, process))
        for descriptor in options.get("pass_fds", ()):
            os.close(descriptor)
    return processes


def documents(clinic, desks, readers, at_once, arguments, secret=None):
    """One command at every desk, at_once of them side by side. -> what they printed, in the order of the desks"""
    numbered, found = list(enumerate(desks)), []
    for first in range(0, len(numbered), at_once):
        for number, process in start_terminals(clinic, numbered[first:first + at_once], readers, arguments, secret):
            text, _ = process.communicate(timeout=clinics.CHECK_SECONDS)
            assert process.returncode == 0, text + clinic.run.log_tail(f"terminal-{number}")
            found.append(json.loads(text))
    return found


def drill(clinic, readers, at_once=DESKS):
    """On a database that does not exist yet. After the approval: five commands, one of them typed once per desk. -> (seconds of machine
    time, every secret that was used)"""
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

    sheets = clinic.run.directory / "sheets"
    secrets = administration.portal_sheets(clinic, sheets)
    imported = administrator.done("account", "import", sheets)                                                         # 1
    assert imported["committed"] and imported["accounts"] == DESKS
    links = clinic.run.directory / "links"
    administrator.done("desk", "prepare", "--count", str(DESKS), "--prefix", "受付", "--out", links)                    # 2
    desks = [clinic.run.directory / f"desk-{number}" for number in range(DESKS)]
    qr = sorted(links.glob("*.pdf"))
    assert len(qr) == DESKS
    activated = documents(clinic, desks, readers, at_once, lambda desk, number: [                                       # 3
        "activate", "--json", "--qr", qr[number], "--directory", desk])
    assert sorted(document["account_id"] for document in activated) == [f"W{number + 1:07d}" for number in range(DESKS)]
    listed = administrator.done("desk", "list")                                                                         # 4
    assert [desk["activation_code"] for desk in listed["desks"]] == ["active"] * DESKS
    checks = documents(clinic, desks, readers, at_once, lambda desk, number: [                                          # 5
        "check", "--json", "--method", "pin", "--directory", desk, "--lock-file", desk / "agent.lock",
        "--reader", f"Madoguchi Loopback {number % READERS_EACH}"], secret=PIN)
    ended = time.monotonic()
    assert [document["ok"] for document in checks] == [True] * DESKS
    links_used = [link.read_text().strip() for link in links.glob("*.link")]
    return ended - started, secrets + links_used + [link.split("&t=")[1] for link in links_used] + administrator.secrets.used
