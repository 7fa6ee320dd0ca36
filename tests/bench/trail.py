# SPDX-License-Identifier: Apache-2.0
"""The numbers behind tests/bench/run trail, from an optimised build: what issue D promises of the trail, all in one run.

A seeded trail of years is put into a database of its own (madoguchi-trail-bench load), a small one beside it. Then, side by side: audit verify
against SHA-256 of the same bytes; every kind of search in the large trail and in the small one, in turns; append through the server's writer
against a plain INSERT of the same rows. Both sides of each have the same schema, settings and disk, and warm caches: everything was read once
before. PostgreSQL commits to the disk here, as in a clinic.

Filling takes far longer than measuring. --keep DIR leaves the large trail there; the next call with the same DIR measures it again at once. The
machine should do nothing else while it is measured.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import resource
import shutil
import signal
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "private"))

import clinic as clinics  # noqa: E402 (found through the path above)
import figures  # noqa: E402
from postgres import DATABASE, Postgres  # noqa: E402
from run import Run, RunError, say  # noqa: E402

SMALL_ROWS = 10_000
SMALL = "small"            # its database
APPEND_RATIO = 0.7         # what issue D promises
VERIFY_RATIO = 0.5
VERIFY_ROWS_PER_S = 500_000
SEARCH_RATIO = 2.0
SEARCH_MS = 100.0
READ_BYTES = 1 << 20
LOAD_SECONDS = 4 * 3600
STEP_SECONDS = 3600
DATA, EXPORT, FILLED = "data", "export", "filled.json"  # in the folder of the large trail
TABLES = "'audit_event'::regclass, 'trail_leaf'::regclass, 'trail_tile'::regclass, 'desk'::regclass"
MEMORY_MB = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
# Of a clinic's database; a quarter of the memory, as PostgreSQL's manual advises (20.4.1).
SETTINGS = f"""
fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = {MEMORY_MB // 4}MB
max_wal_size = 4GB
autovacuum = on
"""


class Bench:
    def __init__(self, run, build, postgres, seed):
        self._run, self._build, self._postgres, self._seed = run, build, postgres, seed

    def _url(self, role, database=DATABASE):
        return self._postgres.url("madoguchi_" + role, database)

    def command(self, name, *arguments, timeout=STEP_SECONDS, **options):
        _, text = self._run.call("trail-bench", [self._build.program("madoguchi-trail-bench"), name, *arguments], timeout=timeout, **options)
        return json.loads(text)

    def load(self, rows, database, *options):
        last_day = (datetime.date.today() - datetime.date(1970, 1, 1)).days - 1
        loaded = self.command("load", "--owner-url", self._url("owner", database), "--seed", self._seed, "--rows", rows, "--last-day", last_day,
                              *options, timeout=LOAD_SECONDS, stderr=None)
        return {"seed": self._seed, "last_day": last_day, **loaded}

    def schema(self, database):
        """What decides how fast the trail is: the columns, indexes and triggers of its tables."""
        return [self._postgres.query(text, role="postgres", database=database) for text in (
            f"SELECT attrelid::regclass, attname, atttypid::regtype FROM pg_attribute WHERE attrelid IN ({TABLES}) AND attnum > 0 ORDER BY 1, attnum",
            f"SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN ({TABLES}) ORDER BY 1",
            f"SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid IN ({TABLES}) AND NOT tgisinternal ORDER BY 1")]

    def search(self, searches):
        return self.command("search", "--small-url", self._url("server", SMALL), "--large-url", self._url("server"), "--seed", self._seed,
                            "--searches", searches)

    def append(self, rows, rounds, callers):
        return self.command("append", "--owner-url", self._url("owner", SMALL), "--server-url", self._url("server", SMALL), "--seed",
                            self._seed, "--rows", rows, "--rounds", rounds, "--callers", callers)

    def verify(self, folder):
        """audit verify as an auditor runs it, the whole program; against SHA-256 of the same rows in the same run."""
        key = self._run.directory / "bench-key"  # an auditor has it from elsewhere
        key.write_text((folder / "key").read_text())
        raw = self.command("raw", folder)  # first: then the files are in memory for both
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        _, text = self._run.call("verify", [self._build.program("madoguchi-admin"), "--json", "audit", "verify", folder, "--key", key],
                                 timeout=STEP_SECONDS)
        seconds = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        report = json.loads(text)
        if report["rows"] != raw["rows"] or report["findings"]:
            raise RunError("the export did not verify")
        # One core: processor seconds of the whole program, so that what else the machine does does not count.
        return {"rows": raw["rows"], "bytes": raw["bytes"], "seconds": round(seconds, 2), "processor_s": round(processor, 2),
                "rows_per_s": round(raw["rows"] / seconds), "rows_per_processor_s": round(raw["rows"] / processor),
                "megabytes_per_processor_s": round(raw["bytes"] / processor / 1e6),
                "sha256_megabytes_per_processor_s": round(raw["bytes"] / raw["all_in_one_s"] / 1e6),
                "sha256_of_each_row_per_processor_s": round(raw["rows"] / raw["each_row_s"]),
                "ratio_to_sha256": round(raw["all_in_one_s"] / processor, 3), "ratio_to_sha256_of_each_row": round(raw["each_row_s"] / processor, 3)}


def machine():
    model = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) // 1024 ** 2
    return {"processor": model, "cores": os.cpu_count(), "memory_gb": memory, "kernel": platform.release(),
            "load_before": [round(load, 1) for load in os.getloadavg()]}


def read_once(folder):
    """So that the kernel has it in memory, if there is room."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with open(path, "rb", buffering=0) as file:
                while file.read(READ_BYTES):
                    pass


def side_by_side(searches):
    return {kind: {"p95_ms_small": round(of["small"]["p95_ms"], 2), "p95_ms_large": round(of["large"]["p95_ms"], 2),
                   "ratio": round(of["large"]["p95_ms"] / of["small"]["p95_ms"], 2), "p50_ms_small": round(of["small"]["p50_ms"], 2),
                   "p50_ms_large": round(of["large"]["p50_ms"], 2), "rows_per_page_small": round(of["small"]["rows_per_page"], 1),
                   "rows_per_page_large": round(of["large"]["rows_per_page"], 1)} for kind, of in searches.items()}


def judge(numbers):
    verify, searches = numbers["verify"], numbers["search"]
    slower = {kind: one["ratio"] for kind, one in searches.items() if one["ratio"] > SEARCH_RATIO}
    late = {kind: one["p95_ms_large"] for kind, one in searches.items() if one["p95_ms_large"] > SEARCH_MS}
    numbers["broken"] = {"searches_with_ratio": slower, "searches_with_ms": late}
    append = numbers["append"]
    return {f"append through the writer is at least {APPEND_RATIO} of a plain INSERT of the same rows": append["events"]["ratio"] >= APPEND_RATIO,
            f"the same as checks, with their presses and rules, is at least {APPEND_RATIO}": append["checks"]["ratio"] >= APPEND_RATIO,
            f"verify is at least {VERIFY_RATIO} of SHA-256 of the same bytes, or {VERIFY_ROWS_PER_S} rows/s, on one core":
                verify["ratio_to_sha256"] >= VERIFY_RATIO or verify["rows_per_processor_s"] >= VERIFY_ROWS_PER_S,
            f"p95 of each search is at most {SEARCH_RATIO} of that in {SMALL_ROWS} rows": not slower,
            f"p95 of a page of 50 is at most {SEARCH_MS} ms": not late}


def open_trail(bench, postgres, rows, kept):
    """Starts PostgreSQL on the large trail of this folder, which is made when it is not there. -> how it was filled"""
    filled = kept / FILLED  # written when all is there
    if filled.exists():
        say(f"the trail of {kept} is used again")
        postgres.reopen()
    elif kept.exists():
        raise RunError(f"{kept} holds no whole trail: remove it, or name another folder")
    else:
        say(f"a trail of {rows} rows is made")
        kept.mkdir()
        shutil.chown(kept, postgres.user)
        postgres.create()
        filled.write_text(json.dumps(bench.load(rows, DATABASE, "--export", kept / EXPORT)))
    loaded = json.loads(filled.read_text())
    if loaded["rows"] != rows:
        raise RunError(f"{kept} has {loaded['rows']} rows: give --rows {loaded['rows']}, or name another folder")
    return loaded


def measure(bench, postgres, kept, loaded, options):
    numbers = {"machine": machine(), "seed": options.seed, "large": loaded}
    numbers["machine"]["postgresql"] = postgres.query("SHOW server_version")[0]
    postgres.query(f"DROP DATABASE IF EXISTS {SMALL}", role="postgres")
    postgres.query(f"CREATE DATABASE {SMALL} OWNER madoguchi_owner", role="postgres")
    numbers["small"] = bench.load(SMALL_ROWS, SMALL)
    if bench.schema(SMALL) != bench.schema(DATABASE):
        raise RunError(f"{kept} was filled under other migrations: remove it, and it is made anew")
    postgres.query("CHECKPOINT", role="postgres")
    say("verify")
    numbers["verify"] = bench.verify(kept / EXPORT)
    say(f"{options.searches} searches of each kind")
    read_once(kept / DATA)
    numbers["search"] = side_by_side(bench.search(options.searches))
    say("append")
    numbers["append"] = bench.append(options.append_rows, options.rounds, options.callers)
    return numbers


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run trail", description="Measures the trail: append, verify, search, size per row.")
    parser.add_argument("--json", metavar="FILE", help="also write the numbers there")
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the large trail (default: 10000000: minutes, and 1.5 GB per million)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same rows (default: 1)")
    parser.add_argument("--keep", metavar="DIR", help="leave the large trail in DIR; when it is there already, measure that")
    parser.add_argument("--searches", type=int, default=400, help="of each kind (default: 400)")
    parser.add_argument("--append-rows", type=int, default=10_000, help="of one round of append (default: 10000)")
    parser.add_argument("--rounds", type=int, default=5, help="of append (default: 5)")
    parser.add_argument("--callers", type=int, default=256, help="of append, at once (default: 256, so that batches fill as those of the plain INSERT)")
    parser.add_argument("--preset", default="release", help="which build (default: release)")
    options = parser.parse_args()
    build = clinics.Build(options.preset)
    with Run() as run:
        kept = pathlib.Path(options.keep).resolve() if options.keep else run.directory / "trail"
        postgres = Postgres(run, SETTINGS, data=kept / DATA)
        bench = Bench(run, build, postgres, options.seed)
        loaded = open_trail(bench, postgres, options.rows, kept)
        try:
            numbers = measure(bench, postgres, kept, loaded, options)
        finally:
            # What is thrown away need not be put in order first.
            postgres.stop(signal.SIGINT if options.keep else signal.SIGQUIT)
    numbers["held"] = judge(numbers)
    return figures.told(numbers, options)


if __name__ == "__main__":
    figures.run(main, "tests/bench/run trail")
