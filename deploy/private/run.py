# SPDX-License-Identifier: Apache-2.0
"""A private run: one directory under /tmp and the processes in it, all of which end with the run (janitor.py).

Every process is named to the janitor by itself, before it becomes the program it is meant to be, so that there is no
moment in which a killed starter leaves one behind. Used by deploy/demo, tests/flow and tests/bench.
"""
import os
import pathlib
import subprocess
import sys
import time

PRIVATE = pathlib.Path(__file__).resolve().parent
POLL_SECONDS = 0.01        # looking for a file another process is about to write
JANITOR_SECONDS = 120.0    # for everything to end and the directory to go
STOP_SECONDS = 60.0        # a server may wait for its open presses, and a sanitizer looks for leaks
LOG_TAIL_LINES = 15
REPORT_LINES_MAX = 300  # of a log with a sanitizer's report, from its beginning on
REPORT_BEGINS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "WARNING: ThreadSanitizer", ": runtime error: ")

# bash closes descriptors of any number; dash does not. $0 is the janitor's descriptor.
NAME_ITSELF = 'echo "$$ $1" >&"$0"; eval "exec $0>&-"; shift; exec "$@"'


# For programs of a sanitized build (--preset asan): leaks of Debian's libraries that are known by name.
SANITIZER_RULES = {"LSAN_OPTIONS": f"suppressions={pathlib.Path(__file__).resolve().parents[2]}/tests/leaks.supp:print_suppressions=0"}


class RunError(Exception):
    """Something a private run needs did not work; the message says what, and the end of the log of who failed."""


class Run:
    def __init__(self):
        read_end, self._janitor_fd = os.pipe()
        self._janitor = subprocess.Popen(["/usr/bin/python3", "-I", str(PRIVATE / "janitor.py")], stdin=read_end,
                                         stdout=subprocess.PIPE, start_new_session=True, text=True, cwd="/")
        os.close(read_end)
        self.directory = pathlib.Path(self._janitor.stdout.readline().strip())
        if not self.directory.name:
            raise RunError("the janitor did not start")
        (self.directory / "log").mkdir()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        """Ends every process, removes the directory, and returns when that is done."""
        if self._janitor_fd is None:
            return
        os.close(self._janitor_fd)
        self._janitor_fd = None
        self._janitor.wait(JANITOR_SECONDS)

    def log_file(self, name):
        return self.directory / "log" / (name + ".log")

    def spawn(self, name, argv, *, stop="TERM", env=None, pass_fds=(), **options):
        """Starts a program; its standard error (and output, unless given) goes to log_file(name). -> Popen."""
        with open(self.log_file(name), "ab") as log:
            options.setdefault("stdin", subprocess.DEVNULL)
            options.setdefault("stdout", log)
            options.setdefault("stderr", log)
            return subprocess.Popen(["/bin/bash", "-c", NAME_ITSELF, str(self._janitor_fd), stop, *map(str, argv)],
                                    env={**SANITIZER_RULES, **os.environ, **(env or {})}, start_new_session=True, cwd=self.directory,
                                    pass_fds=(self._janitor_fd, *pass_fds), **options)

    def call(self, name, argv, *, timeout, check=True, **options):
        """Runs a program to its end; -> (exit status, standard output as text). check: RunError unless it is 0."""
        process = self.spawn(name, argv, stdout=subprocess.PIPE, text=True, **options)
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise RunError(f"{name}: no end within {timeout} s\n{self.log_tail(name)}") from None
        if check and process.returncode != 0:
            raise RunError(f"{name}: exit status {process.returncode}\n{self.log_tail(name)}")
        return process.returncode, output

    def wait_for(self, name, process, is_ready, timeout):
        """Waits until is_ready() gives something true, and returns that; RunError if the process ends or time is up."""
        deadline = time.monotonic() + timeout
        while True:
            ready = is_ready()
            if ready:
                return ready
            if process is not None and process.poll() is not None:
                raise RunError(f"{name}: ended with {process.returncode} before it was ready\n{self.log_tail(name)}")
            if time.monotonic() > deadline:
                raise RunError(f"{name}: not ready within {timeout} s\n{self.log_tail(name)}")
            time.sleep(POLL_SECONDS)

    def wait_for_file(self, name, process, path, timeout):
        """Waits until a ready file is there and complete, and returns its text."""
        return self.wait_for(name, process, lambda: path.exists() and path.read_text(), timeout)

    def log_tail(self, name):
        try:
            lines = self.log_file(name).read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return "(no log)"
        report = next((at for at, line in enumerate(lines) if any(begin in line for begin in REPORT_BEGINS)), None)
        shown = lines[-LOG_TAIL_LINES:] if report is None else lines[report:report + REPORT_LINES_MAX]
        return "\n".join("  | " + line for line in shown)


def stop(process, timeout=STOP_SECONDS):
    """Ends one process before its run ends: SIGTERM, then SIGKILL. -> its exit status."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(timeout)


def say(text):
    """Progress for people; standard output stays free for the one document."""
    print(text, file=sys.stderr, flush=True)
