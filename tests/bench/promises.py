# SPDX-License-Identifier: Apache-2.0
"""The two times issue B promises, from an optimised build: the drill of twenty desks from an empty database, and a revoked desk whose
stream, at another server of the same database, is closed.
"""
import argparse
import pathlib
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "private"))
sys.path.insert(0, str(ROOT / "tests" / "flow" / "support"))

import clinic as clinics  # noqa: E402 (found through the path above)
import drill  # noqa: E402
import figures  # noqa: E402
import protos  # noqa: E402
from run import Run, RunError, say  # noqa: E402

PEOPLE = ROOT / "tests" / "simulators" / "people"
DRILL_SECONDS = 60     # what issue B promises
REVOKED_SECONDS = 1.0  # the same, and design §7
WAIT_SECONDS = 30


def drill_seconds(build):
    with Run() as run:
        clinic = clinics.Clinic(run, build, PEOPLE, portal=True)
        return drill.drill(clinic, drill.cards_on_readers(clinic))[0]


def revocation_seconds(build, desks):
    """From the statement that revokes to the end of the stream, the statement's own time included. -> one for each desk"""
    from python_desk import PythonDesk
    took = []
    with Run() as run:
        clinic = clinics.Clinic(run, build, PEOPLE)
        clinic.start()
        other = clinics.Server(clinic, "server-2").start()
        for number in range(desks):
            desk = clinic.add_desk(f"受付{number}", f"W{number + 1:07d}")
            with PythonDesk(other.address, *clinic.desk_credentials(desk)) as there:
                there.say_hello()
                closed = threading.Event()
                there.call.add_callback(closed.set)
                started = time.monotonic()
                clinic.postgres.query(f"UPDATE desk SET status = 'revoked' WHERE desk_id = '{desk.desk_id}' RETURNING 1")
                if not closed.wait(WAIT_SECONDS):
                    raise RunError("a revoked desk kept its stream")
                took.append(time.monotonic() - started)
    return took


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run promises", description="Measures the drill of twenty desks and a revocation.")
    parser.add_argument("--json", metavar="FILE", help="also write the numbers there")
    parser.add_argument("--desks", type=int, default=20, help="desks to revoke, one after the other (default: 20)")
    parser.add_argument("--preset", default="release", help="which build (default: release)")
    options = parser.parse_args()
    protos.generate(ROOT / "build" / options.preset / "flow-python")
    build = clinics.Build(options.preset)
    say("the drill of twenty desks")
    drilled = drill_seconds(build)
    say(f"{options.desks} desks are revoked")
    revoked = revocation_seconds(build, options.desks)
    numbers = {"drill_s": round(drilled, 1), "revocation_max_ms": round(1000 * max(revoked)),
               "revocation_min_ms": round(1000 * min(revoked)), "desks_revoked": len(revoked),
               "held": {f"the drill takes at most {DRILL_SECONDS} s": drilled <= DRILL_SECONDS,
                        f"a revoked desk is cut off within {REVOKED_SECONDS} s": max(revoked) <= REVOKED_SECONDS}}
    return figures.told(numbers, options)


if __name__ == "__main__":
    figures.run(main, "tests/bench/run promises")
