# SPDX-License-Identifier: Apache-2.0
"""The numbers behind tests/bench/run, from an optimised build.

P1: card trips after the press, by PIN and by sight.
P2: time from "card present and PIN ready" to the result, minus waiting for the national service, against the same APDUs run
    by one local program on the same reader, alternating in one run. Fast card: the difference of the medians. A card as slow
    as a real one: their ratio.
Memory: resident set of server and terminal after the run, from /proc.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "private"))

import clinic as clinics  # noqa: E402 (found through the path above)
import figures  # noqa: E402
from run import Run, RunError, say  # noqa: E402

PERSON = "hanako-genki"
PIN = "1234"
WARM_UP = 5            # pairs that are not counted
ANSWER_SECONDS = 30
P2_DIFFERENCE_MS = 10  # what issue A promises
P2_RATIO = 1.3
SIGHT_TRIPS = 2        # what issue C promises
TERMINAL_RSS_MB = 25


def rss_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RunError(f"no VmRSS of process {pid}")


def percentiles(microseconds):
    cuts = statistics.quantiles(microseconds, n=20)
    return {"p50_ms": round(statistics.median(microseconds) / 1000, 3), "p95_ms": round(cuts[18] / 1000, 3),
            "min_ms": round(min(microseconds) / 1000, 3), "max_ms": round(max(microseconds) / 1000, 3), "n": len(microseconds)}


class Networked:
    """One terminal that checks again whenever it gets a PIN: its PIN descriptor is the starting gun."""

    def __init__(self, clinic, desk, readers, count):
        read_end, self._pins = os.pipe()
        self.process = clinic.run.spawn("check-bench", [
            clinic.build.program("madoguchi-terminal"), "check", "--server", clinic.server.address, "--directory", desk.directory,
            "--method", "pin", "--pin-fd", read_end, "--json", "--repeat", count, "--lock-file", desk.directory / "agent.lock"],
            env=readers.env, pass_fds=(read_end,), stdout=subprocess.PIPE, text=True)
        os.close(read_end)
        self._clinic = clinic

    def check(self):
        """-> (the check as printed, microseconds from the PIN's last digit to the printed result)"""
        started = time.perf_counter_ns()
        os.write(self._pins, PIN.encode())
        line = self.process.stdout.readline()
        microseconds = (time.perf_counter_ns() - started) // 1000
        document = json.loads(line) if line else {}
        if not document.get("ok"):
            raise RunError(f"a check failed: {document.get('error')}\n" + self._clinic.run.log_tail("check-bench"))
        return document["check"], microseconds

    def close(self):
        os.close(self._pins)
        self.process.wait(ANSWER_SECONDS)


class Local:
    """tests/bench/local_check.cpp: one line in, one check, one line out."""

    def __init__(self, clinic, readers):
        self._process = clinic.run.spawn("local-check", [clinic.build.program("madoguchi-local-check"), PIN], env=readers.env,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._clinic = clinic

    def check(self):
        """-> (microseconds, APDUs)"""
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        words = self._process.stdout.readline().split()
        if len(words) != 2:
            raise RunError("the local program failed\n" + self._clinic.run.log_tail("local-check"))
        return int(words[0]), int(words[1])

    def close(self):
        self._process.stdin.close()
        self._process.wait(ANSWER_SECONDS)


def compare(clinic, desk, timing, pairs):
    """One alternating run with a card of this timing."""
    readers = clinics.Readers(clinic, f"pcsc-{timing}")
    card = clinic.insert(PERSON, readers.ports[0], "--timing", timing)
    # One check more than is made: the terminal is still there when its memory is read.
    networked, local = Networked(clinic, desk, readers, pairs + WARM_UP + 1), Local(clinic, readers)
    ours, theirs, trips, apdus = [], [], set(), set()
    for pair in range(pairs + WARM_UP):
        check, elapsed = networked.check()
        microseconds, count = local.check()
        if pair < WARM_UP:
            continue
        # Measured from outside: what the terminal itself calls total begins when the press leaves, after the opening script.
        ours.append(elapsed - check["phases_us"]["national"])
        theirs.append(microseconds)
        trips.add(check["card_trips_after_press"])
        apdus.add((check["apdus"], count))
        if sys.stderr.isatty():
            print(f"\r{timing}: {pair - WARM_UP + 1}/{pairs}", end="", file=sys.stderr, flush=True)
    memory = {"server_rss_mb": round(rss_mb(clinic.server.process.pid), 1), "terminal_rss_mb": round(rss_mb(networked.process.pid), 1)}
    networked.close()
    local.close()
    card.remove()
    networked_ms, local_ms = percentiles(ours), percentiles(theirs)
    return {"networked": networked_ms, "local": local_ms, "apdus_networked_local": sorted(apdus), "card_trips_after_press": sorted(trips),
            "difference_p50_ms": round(networked_ms["p50_ms"] - local_ms["p50_ms"], 3),
            "ratio_p50": round(networked_ms["p50_ms"] / local_ms["p50_ms"], 3), **memory}


def by_sight(clinic, desk, checks):
    """Checks by sight with the fast card, one after the other at one terminal. What is neither card nor national service is ours."""
    readers = clinics.Readers(clinic, "pcsc-sight")
    card = clinic.insert(PERSON, readers.ports[0], "--timing", "fast")
    process = clinic.start_check(desk, readers, None, "--presenter", "holder", "--attest", "compared", "--repeat", str(checks + WARM_UP),
                                 method="sight", stdout=subprocess.PIPE, text=True)
    text, _ = process.communicate(timeout=ANSWER_SECONDS * checks)
    documents = [json.loads(line) for line in text.splitlines()]
    if len(documents) != checks + WARM_UP or not all(document["ok"] for document in documents):
        raise RunError("a check by sight failed\n" + clinic.run.log_tail("check-" + desk.account))
    card.remove()
    counted = [document["check"] for document in documents[WARM_UP:]]
    ours = [check["phases_us"]["total"] - check["phases_us"]["card"] - check["phases_us"]["national"] for check in counted]
    return {"card_trips_after_press": sorted({check["card_trips_after_press"] for check in counted}),
            "neither_card_nor_national": percentiles(ours)}


def judge(fast, real, sight):
    return {"P1 card trips after the press is 1": fast["card_trips_after_press"] == [1] and real["card_trips_after_press"] == [1],
            f"card trips after the press by sight are at most {SIGHT_TRIPS}": max(sight["card_trips_after_press"]) <= SIGHT_TRIPS,
            f"P2 difference with the fast card is at most {P2_DIFFERENCE_MS} ms": fast["difference_p50_ms"] <= P2_DIFFERENCE_MS,
            f"P2 ratio with a slow card is at most {P2_RATIO}": real["ratio_p50"] <= P2_RATIO,
            f"the terminal needs at most {TERMINAL_RSS_MB} MB": max(fast["terminal_rss_mb"], real["terminal_rss_mb"]) <= TERMINAL_RSS_MB}


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run", description="Measures a check over the network against a local program.")
    parser.add_argument("--json", metavar="FILE", help="also write the numbers there")
    parser.add_argument("--pairs", type=int, default=200, help="pairs of checks for each card (default: 200)")
    parser.add_argument("--preset", default="release", help="which build (default: release)")
    options = parser.parse_args()
    with Run() as run:
        clinic = clinics.Clinic(run, clinics.Build(options.preset), ROOT / "tests" / "simulators" / "people")
        say("starting a private clinic")
        clinic.start()
        desk = clinic.add_desk("計測")
        numbers = {}
        for timing in ("fast", "real"):
            say(f"{options.pairs} pairs with the {timing} card")
            numbers[timing] = compare(clinic, desk, timing, options.pairs)
        say(f"{options.pairs} checks by sight with the fast card")
        numbers["sight"] = by_sight(clinic, desk, options.pairs)
    numbers["held"] = judge(numbers["fast"], numbers["real"], numbers["sight"])
    return figures.told(numbers, options)


if __name__ == "__main__":
    figures.run(main, "tests/bench/run")
