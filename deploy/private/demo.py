# SPDX-License-Identifier: Apache-2.0
"""The demonstration behind deploy/demo: a private clinic, one desk, one card, one check. Arguments: deploy/demo --help.

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
from run import Run, RunError, say

PEOPLE = clinics.ROOT / "tests" / "simulators" / "people"


def parse(arguments):
    parser = argparse.ArgumentParser(prog="deploy/demo", description="Checks one made-up patient in a private clinic on this machine.")
    parser.add_argument("--once", action="store_true", help="stop after the check (else: stay until Ctrl-C)")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output, progress on standard error")
    parser.add_argument("--method", choices=["pin"], default="pin", help="how the holder is proved (default: pin)")
    parser.add_argument("--pin", default="1234", help="the card's PIN, four digits (default: 1234)")
    parser.add_argument("--wrong-pin", action="store_true", help="type another PIN than the card's: shows the refusal, exit 1")
    parser.add_argument("--person", default="hanako-genki", help="whose card (default: hanako-genki)")
    parser.add_argument("--people", default=PEOPLE, type=pathlib.Path, help="folder of <person>.xml files")
    parser.add_argument("--timing", choices=["fast", "real"], default="fast", help="real: as slow as a real card on the air")
    parser.add_argument("--preset", default="release", help="which build (default: release)")
    options = parser.parse_args(arguments)
    if not (len(options.pin) == 4 and options.pin.isascii() and options.pin.isdigit()):
        parser.error("--pin: four digits 0-9")
    if not options.people.is_dir():
        parser.error(f"--people: {options.people} is not a folder")
    people = sorted(path.stem for path in options.people.glob("*.xml"))
    if options.person not in people:
        parser.error(f"--person: nobody is called {options.person}; in {options.people} are: " + (", ".join(people) or "nobody"))
    return options


def other_pin(pin):
    return str((int(pin[0]) + 1) % 10) + pin[1:]


def check(clinic, desk, readers, options):
    pin = other_pin(options.pin) if options.wrong_pin else options.pin
    process = clinic.start_check(desk, readers, pin, json_output=options.json, stdout=None, stderr=None)
    try:
        return process.wait(clinics.CHECK_SECONDS)
    except subprocess.TimeoutExpired:
        raise RunError(f"the check did not end within {clinics.CHECK_SECONDS} s") from None


def show_next_steps(clinic, desk, readers):
    command = ["env", *(f"{key}={value}" for key, value in readers.env.items()),
               clinic.build.program("madoguchi-terminal"), "check", "--server", clinic.server.address,
               "--directory", desk.directory, "--lock-file", desk.directory / "agent.lock", "--method", "pin"]
    say("\nThe clinic stays open; the card is in the reader. Another check, from another shell (asks for the PIN):\n  "
        + shlex.join(map(str, command)) + "\nCtrl-C closes the clinic and removes everything it made.")


def demonstrate(options):
    started = time.monotonic()

    def step(text):
        say(f"[{time.monotonic() - started:5.1f} s] {text}")

    with Run() as run:
        clinic = clinics.Clinic(run, clinics.Build(options.preset), options.people)
        step("starting PostgreSQL, the simulated national service and the server")
        clinic.start()
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
                show_next_steps(clinic, desk, readers)
                signal.pause()
            except KeyboardInterrupt:
                say("closed")
        return status


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts this in the background leaves it ignored
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(128 + signal.SIGTERM))
    signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
    try:
        return demonstrate(parse(sys.argv[1:]))
    except KeyboardInterrupt:
        say("interrupted: everything it made is gone")
        return 128 + signal.SIGINT
    except (RunError, OSError) as error:
        say(f"deploy/demo: {error}")
        return 3


if __name__ == "__main__":
    sys.exit(main())
