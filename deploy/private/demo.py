# SPDX-License-Identifier: Apache-2.0
"""The demonstration behind deploy/demo: installs and builds what is missing, then a private clinic, one desk, one card, one check.
Arguments: deploy/demo --help; a mistake in them is told before anything is built.

Exit status: 0 answered · 1 refused · 2 wrong use · 3 this machine lacks something or a part did not start ·
130 ended by Ctrl-C before the answer.
"""
import argparse
import pathlib
import shlex
import signal
import subprocess
import sys
import time

import clinic as clinics
import person
from run import Run, RunError, say

PEOPLE = clinics.ROOT / "tests" / "simulators" / "people"
DEPLOY = clinics.ROOT / "deploy"


def parse(arguments):
    parser = argparse.ArgumentParser(prog="deploy/demo", allow_abbrev=False,
                                     description="Checks one made-up patient in a private clinic on this machine.")
    parser.add_argument("--once", action="store_true", help="stop after the check (else: stay until Ctrl-C)")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output, progress on standard error")
    parser.add_argument("--method", choices=["pin", "sight", "number"], default="pin",
                        help="how the holder is proved (default: pin). sight: by the photo, with a scheme of ours between simulators (a real "
                             "card's is not public). number: no card, but the numbers in the person's file")
    parser.add_argument("--attest", choices=["compared", "no-photo", "another"],
                        help="what the person at the desk says of the photo (default: no-photo where the .card file says photo = none, else, "
                             "for sight, compared)")
    parser.add_argument("--presenter", choices=["holder", "guardian", "assisted"],
                        help="who acts (default: guardian where the card has no photo, else, for sight, holder)")
    parser.add_argument("--without-branch", action="store_true", help="number: asks without the branch (twins are then several)")
    parser.add_argument("--pin", default="1234", help="the card's PIN, four digits (default: 1234)")
    parser.add_argument("--wrong-pin", action="store_true", help="pin: type another than the card's, which shows the refusal, exit 1")
    parser.add_argument("--person", default="hanako-genki", help="whose card (default: hanako-genki)")
    parser.add_argument("--people", default=PEOPLE, type=pathlib.Path, help="folder of <person>.xml files")
    parser.add_argument("--timing", choices=["fast", "real"], default="fast", help="real: as slow as a real card on the air")
    parser.add_argument("--preset", default="release", help="which build (default: release)")
    options = parser.parse_args(arguments)
    if not (len(options.pin) == 4 and options.pin.isascii() and options.pin.isdigit()):
        parser.error("--pin: four digits 0-9")
    if options.wrong_pin and options.method != "pin":
        parser.error("--wrong-pin: goes with --method pin")
    if options.method == "number" and (options.attest or options.presenter):
        parser.error("--attest, --presenter: nobody is identified in an inquiry by numbers")
    if options.without_branch and options.method != "number":
        parser.error("--without-branch: goes with --method number")
    if not options.people.is_dir():
        parser.error(f"--people: {options.people} is not a folder")
    people = sorted(path.stem for path in options.people.glob("*.xml") if not path.name.startswith("."))
    if options.person not in people:
        parser.error(f"--person: nobody is called {options.person}; in {options.people} are: " + (", ".join(people) or "nobody"))
    return options


def prepare(preset):
    for command in ([DEPLOY / "packages", "build"], [DEPLOY / "private" / "build", preset]):
        if subprocess.run(command, stdout=sys.stderr).returncode != 0:
            raise RunError(f"{shlex.join(map(str, command))} did not work")


def other_pin(pin):
    return str((int(pin[0]) + 1) % 10) + pin[1:]


def attestation(options):
    """What the person at the desk says of card and holder, as options of the terminal."""
    photo = person.has_photo(options.people / f"{options.person}.card")
    attest, presenter = options.attest, options.presenter
    if not photo:
        attest, presenter = attest or "no-photo", presenter or "guardian"
    elif options.method == "sight":
        attest, presenter = attest or "compared", presenter or "holder"
    return [*(["--attest", attest] if attest else []), *(["--presenter", presenter] if presenter else [])]


def numbers_asked(options):
    found, theirs = person.numbers(options.people / f"{options.person}.xml")
    if not theirs:
        say(f"{options.person}'s file holds no numbers to ask with: asking with numbers nobody has")
    if options.without_branch:
        found.pop("branch", None)
    return {**found, "limit-consent": "yes", "reason": "card-not-brought"}


def check(clinic, desk, readers, options):
    pin = other_pin(options.pin) if options.wrong_pin else options.pin
    by_number = options.method == "number"
    process = clinic.start_check(desk, readers, pin, *([] if by_number else attestation(options)), method=options.method,
                                 secrets=numbers_asked(options) if by_number else None, json_output=options.json, stdout=None, stderr=None)
    try:
        status = process.wait(clinics.CHECK_SECONDS)
    except subprocess.TimeoutExpired:
        raise RunError(f"the check did not end within {clinics.CHECK_SECONDS} s") from None
    for line in clinic.run.log_file(clinic.server.name).read_text(errors="replace").splitlines():
        if " event=check_refused " in line:  # its detail says what was wrong; the desk is told only what to do
            say(f"the server's log: {line}")
    return status


def show_next_steps(clinic, desk, readers, options):
    env = readers.env if readers else clinic.no_readers
    command = ["env", *(f"{key}={value}" for key, value in env.items()),
               clinic.build.program("madoguchi-terminal"), "check", "--server", clinic.server.address,
               "--directory", desk.directory, "--lock-file", desk.directory / "agent.lock", "--method", options.method]
    card = "" if options.method == "number" else "; the card is in the reader"
    asks = {"pin": "the PIN", "sight": "photo and holder", "number": "the numbers"}[options.method]
    say(f"\nThe clinic stays open{card}. Another check, from another shell (asks for {asks}):\n  "
        + shlex.join(map(str, command)) + "\nCtrl-C closes the clinic and removes everything it made.")


def demonstrate(options):
    started = time.monotonic()

    def step(text):
        say(f"[{time.monotonic() - started:5.1f} s] {text}")

    with Run() as run:
        clinic = clinics.Clinic(run, clinics.Build(options.preset), options.people)
        step("starting PostgreSQL, the simulated national service and the server")
        clinic.start()
        if options.method == "number":
            step("enrolling a desk, without reader and card")
            readers, desk = None, clinic.add_desk("受付1")
        else:
            step("starting a private card service and enrolling a desk")
            readers = clinics.Readers(clinic, "pcsc")
            desk = clinic.add_desk("受付1")
            step(f"putting the card of {options.person} on the reader")
            clinic.insert(options.person, readers.ports[0], "--pin", options.pin, "--timing", options.timing)
        step("checking")
        status = check(clinic, desk, readers, options)
        step("answered" if status == 0 else f"not answered (exit status {status})")
        if not options.once:
            try:  # from the line on that names Ctrl-C, it is the way to end
                show_next_steps(clinic, desk, readers, options)
                signal.pause()
            except KeyboardInterrupt:
                say("closed")
        return status


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts this in the background leaves it ignored
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(128 + signal.SIGTERM))
    signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
    try:
        options = parse(sys.argv[1:])
        prepare(options.preset)
        return demonstrate(options)
    except KeyboardInterrupt:
        say("interrupted: nothing stays running")
        return 128 + signal.SIGINT
    except (RunError, OSError, ValueError) as error:
        say(f"deploy/demo: {error}")
        return 3


if __name__ == "__main__":
    sys.exit(main())
