# SPDX-License-Identifier: Apache-2.0
"""The suites behind tests/run, one after the other: build, C++ unit tests, generated files, then every pytest folder.

Each runner prints its own test names and results as it goes; the counts come from the JUnit report it leaves. A runner
that crashes, runs out of time, skips something or finds nothing to run counts as failed.
"""
import argparse
import contextlib
import filecmp
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Limits for what hangs, far beyond what a slow machine needs.
BUILD_SECONDS = 3 * 3600
CTEST_SECONDS = 5400
ONE_TEST_SECONDS = 600
PYTEST_SECONDS = {"tests/flow": 5400}
PYTEST_SECONDS_ELSE = 1800
# A folder's files in this many processes side by side: much of the time goes into waiting for deadlines. A sanitized clinic keeps a core busy.
PYTEST_PROCESSES = {"tests/flow": 3}
TIDY_SECONDS = 3600
FUZZ_SECONDS = 60
MEMORY = pathlib.Path("/dev/shm")
MEMORY_BYTES_MIN = 4 << 30  # free, for the tests' files and for what they run
NO_TEST_SELECTED = 5  # exit status of pytest
END_SECONDS = 30  # from SIGTERM to SIGKILL of a runner that ran out of time


class Tally:
    """What passed and what failed so far."""

    def __init__(self):
        self.passed = 0
        self.failures = []

    def add(self, name, ok):
        if ok:
            self.passed += 1
        else:
            self.failures.append(name)

    def add_report(self, suite, path):
        """Every test of a JUnit report; a skipped one is a failed one. -> how many there were."""
        try:
            cases = list(xml.etree.ElementTree.parse(path).getroot().iter("testcase"))
        except (OSError, xml.etree.ElementTree.ParseError):
            return 0
        for case in cases:
            bad = case.find("failure") is not None or case.find("error") is not None or case.find("skipped") is not None
            bad = bad or case.get("status", "run") not in ("run",)
            self.add(f"{suite}: {case.get('name')}", not bad)
        return len(cases)


def run(argv, seconds, env=None):
    """Runs a program with its output on ours. -> exit status, or None when it ran out of time and was ended."""
    print("+ " + " ".join(map(str, argv)), flush=True)
    process = subprocess.Popen(argv, cwd=ROOT, env={**os.environ, **(env or {})}, start_new_session=True)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        print(f"! not done within {seconds} s: ended", flush=True)
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return None
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        raise


def sanitizer_env():
    """What other people's libraries do is named in tests/leaks.supp and tests/tsan.supp; everything else is a failure."""
    return {
        "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:" + os.environ.get("ASAN_OPTIONS", ""),
        "LSAN_OPTIONS": f"suppressions={ROOT}/tests/leaks.supp:print_suppressions=0",
        "UBSAN_OPTIONS": "print_stacktrace=1:" + os.environ.get("UBSAN_OPTIONS", ""),
        "TSAN_OPTIONS": f"halt_on_error=1:ignore_noninstrumented_modules=1:suppressions={ROOT}/tests/tsan.supp:" + os.environ.get("TSAN_OPTIONS", ""),
    }


def memory_available():
    line = next(line for line in pathlib.Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable:"))
    return int(line.split()[1]) * 1024


@contextlib.contextmanager
def temporary_files():
    """Tests put their files into memory where there is enough of it. Each makes and removes a database, hundreds of files, and before ext4 takes an
    inode it passes by all that were given free in the last minute: 24 tests of the store took 22 s of a core on a disk, 5 s in memory."""
    there = os.statvfs(MEMORY) if MEMORY.is_dir() and "TMPDIR" not in os.environ else None
    if there is None or there.f_flag & os.ST_NOEXEC or min(there.f_bavail * there.f_frsize, memory_available()) < MEMORY_BYTES_MIN:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="mdg-", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)  # PostgreSQL runs as another user
        os.environ["TMPDIR"] = folder
        yield


def build(preset):
    if not (ROOT / "build" / preset / "build.ninja").exists() and run(["cmake", "--preset", preset], BUILD_SECONDS) != 0:
        return False
    return run(["ninja", "-C", f"build/{preset}"], BUILD_SECONDS) == 0


def unit_tests(tally, suite, preset, only):
    report = ROOT / "build" / preset / "unit-tests.xml"
    report.unlink(missing_ok=True)
    argv = [f"build/{preset}/bin/with_postgres", "ctest", "--test-dir", f"build/{preset}", "-j3", "--output-on-failure",
            "--timeout", str(ONE_TEST_SECONDS), "--output-junit", str(report)]
    if only:
        argv += ["-R", re.escape(only)]
    failures = len(tally.failures)
    status = run(argv, CTEST_SECONDS, sanitizer_env())
    found = tally.add_report(suite, report)
    if (found == 0 and not only) or (status != 0 and found and len(tally.failures) == failures) or status is None:
        tally.add(f"{suite}: the runner", False)


GENERATED = {"failure-codes.md": "errors.proto", "trail-events.md": "trail_events.proto"}


def generated_files(tally, suite, preset):
    for name, source in GENERATED.items():
        fresh = next((ROOT / "build" / preset).rglob(name), None)
        kept = ROOT / "docs" / name
        same = fresh is not None and kept.exists() and filecmp.cmp(fresh, kept, shallow=False)
        print(f"docs/{name} is what {source} says: {'PASSED' if same else f'FAILED (cp {fresh} {kept})'}", flush=True)
        tally.add(f"{suite}: docs/{name} is what {source} says", same)


def pytest(tally, folder, preset, only, long):
    report = ROOT / "build" / preset / (folder.replace("/", "-") + ".xml")
    report.unlink(missing_ok=True)
    argv = ["/usr/bin/python3", "-m", "pytest", "-v", "-p", "no:cacheprovider", "--tb=short", "-o", "python_files=*_test.py",
            "-c", "/dev/null", f"--rootdir={ROOT}", f"--junitxml={report}", "--durations=5", folder]
    if folder in PYTEST_PROCESSES and not only:
        argv += ["-p", "xdist", "-n", str(PYTEST_PROCESSES[folder]), "--dist", "loadfile"]
    if only:
        argv += ["-k", " and ".join(only.split())]
    status = run(argv, PYTEST_SECONDS.get(folder, PYTEST_SECONDS_ELSE),
                 {**sanitizer_env(), "MADOGUCHI_PRESET": preset, "MADOGUCHI_LONG": "1" if long else "",
                  "PYTHONDONTWRITEBYTECODE": "1"})
    found = tally.add_report(folder, report)
    nothing_wanted = status == NO_TEST_SELECTED and only
    if (status not in (0, 1) or (found == 0 and not only)) and not nothing_wanted:
        tally.add(f"{folder}: the runner", False)


def fuzz(tally, target):
    """Builds one libFuzzer target and lets it look for a minute, from what it found before and the shipped persons."""
    corpus = ROOT / "build" / "fuzz" / "corpus" / target
    built = run(["cmake", "--preset", "fuzz"], BUILD_SECONDS) == 0 and run(["ninja", "-C", "build/fuzz", target], BUILD_SECONDS) == 0
    corpus.mkdir(parents=True, exist_ok=True)
    tally.add(f"fuzz: {target} finds nothing", built and run(
        [f"build/fuzz/bin/{target}", f"-max_total_time={FUZZ_SECONDS}", "-max_len=65536", "-print_final_stats=1",
         f"-artifact_prefix={ROOT}/build/fuzz/", str(corpus), "tests/simulators/people"], FUZZ_SECONDS + ONE_TEST_SECONDS, sanitizer_env()) == 0)


def pytest_folders():
    """Every folder of tests/ that holds pytest files; the ones that need the whole clinic last."""
    folders = {path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*_test.py")}
    return sorted(folders, key=lambda folder: (folder.startswith("tests/flow"), folder))


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tests/run", description="Builds and tests Madoguchi.")
    parser.add_argument("--preset", default="asan", help="which build (default: asan)")
    parser.add_argument("--only", default="", metavar="NAME", help="only suites or tests with NAME in their names")
    parser.add_argument("--long", action="store_true", help="also ThreadSanitizer, clang, clang-tidy and the full counts")
    return parser.parse_args(arguments)


def suites(options):
    """[(suite, function(tally, only))], in order."""
    preset = options.preset
    listed = [("unit", lambda tally, only: unit_tests(tally, "unit", preset, only)),
              ("generated", lambda tally, only: generated_files(tally, "generated", preset))]
    for folder in pytest_folders():
        listed.append((folder, lambda tally, only, folder=folder: pytest(tally, folder, preset, only, options.long)))
    if options.long:
        for other in ("tsan", "clang"):
            listed.append((f"unit-{other}", lambda tally, only, other=other: (
                tally.add(f"build {other}", build(other)), unit_tests(tally, f"unit-{other}", other, only))))
        # The memory images of unsanitized programs are what an administrator would really get.
        listed.append(("pin-search-release", lambda tally, only: (
            tally.add("build release", build("release")),
            pytest(tally, "tests/flow/pin_search_test.py", "release", only, options.long))))
        listed.append(("fuzz", lambda tally, only: [fuzz(tally, target) for target in ("xml_answer_fuzz", "trail_notes_fuzz")]))
        listed.append(("clang-tidy", lambda tally, only: tally.add("clang-tidy", run(
            ["run-clang-tidy", "-quiet", "-p", "build/clang", f"^{ROOT}/(proto|server|terminal)/"], TIDY_SECONDS) == 0)))
    return listed


def main():
    options = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended and removed
    tally = Tally()
    times = []

    def timed(name, act):
        print(f"\n=== {name}", flush=True)
        started = time.monotonic()
        act()
        times.append((name, time.monotonic() - started))

    timed("build", lambda: build(options.preset) or tally.add(f"build {options.preset}", False))
    if not tally.failures:
        chosen = [(name, act) for name, act in suites(options) if options.only and options.only in name]
        with temporary_files():
            if chosen:
                for name, act in chosen:
                    timed(name, lambda act=act: act(tally, ""))
            else:
                # "generated" is one test that is only chosen by the suite's name.
                for name, act in suites(options):
                    if not options.only or name != "generated":
                        timed(name, lambda act=act: act(tally, options.only))
    if tally.passed == 0 and not tally.failures:
        tally.add("no test was found", False)

    print("\n=== time per suite")
    for name, seconds in times:
        print(f"{seconds:8.1f} s  {name}")
    for name in tally.failures:
        print(f"FAILED {name}")
    print(f"{tally.passed} passed, {len(tally.failures)} failed", flush=True)
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
