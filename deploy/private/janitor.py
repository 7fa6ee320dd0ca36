# SPDX-License-Identifier: Apache-2.0
"""The one thing that cleans up after a private clinic, whatever happened to the program that started it.

A process of its own, in a session of its own. It makes the run directory, prints its path as one line on standard
output, and reads standard input: one line "<pid> <signal>" per process to end later. End of file (the starter closed
the pipe, was interrupted, or was killed) means: end every named process, remove the directory, exit.
A process is held by its pidfd from the moment it is named, so a number that is used again is never hit.
"""
import os
import pathlib
import select
import shutil
import signal
import sys
import tempfile
import time

DIRECTORY_PREFIX = "madoguchi-"
PROCESSES_MAX = 256   # named at one time before the ended ones are forgotten
POLITE_SECONDS = 10.0  # for all of them together, until SIGKILL
KILL_SECONDS = 5.0     # for the kernel to take killed processes away


def read_processes(source):
    """Every process named on `source`, in order, until end of file: [(pid, pidfd, signal number)]."""
    processes = []
    for line in source:
        pid_text, signal_name = line.split()
        if len(processes) >= PROCESSES_MAX:
            processes = forget_ended(processes)
        try:
            processes.append((int(pid_text), os.pidfd_open(int(pid_text)), signal.Signals["SIG" + signal_name]))
        except ProcessLookupError:
            continue  # it ended already
    return processes


def send(pidfd, number):
    try:
        signal.pidfd_send_signal(pidfd, number)
    except ProcessLookupError:
        pass


def forget_ended(processes):
    left = wait_until_gone(processes, 0.0)
    for entry in set(processes) - set(left):
        os.close(entry[1])
    return left


def wait_until_gone(processes, seconds):
    """The processes that are still there after `seconds`. A pidfd becomes readable when its process ends."""
    deadline = time.monotonic() + seconds
    left = list(processes)
    while left:
        poller = select.poll()
        for _, pidfd, _ in left:
            poller.register(pidfd, select.POLLIN)
        remaining = max(0.0, deadline - time.monotonic())
        ended = {fd for fd, _ in poller.poll(remaining * 1000)}
        left = [entry for entry in left if entry[1] not in ended]
        if remaining == 0.0:
            break
    return left


def end_all(processes):
    """One after the other, newest first: who depends on others goes before them. Then whatever is left of their groups."""
    polite_until = time.monotonic() + POLITE_SECONDS
    for entry in reversed(processes):
        send(entry[1], entry[2])
        wait_until_gone([entry], polite_until - time.monotonic())
    stubborn = wait_until_gone(processes, 0.0)
    for _, pidfd, _ in stubborn:
        send(pidfd, signal.SIGKILL)
    wait_until_gone(stubborn, KILL_SECONDS)
    for pid, _, _ in processes:
        try:
            os.killpg(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    directory = pathlib.Path(tempfile.mkdtemp(prefix=DIRECTORY_PREFIX, dir="/tmp"))
    directory.chmod(0o711)  # PostgreSQL may run as another user and must reach its own folder in here
    os.chdir(directory)  # who finds the directory finds by this that it is in use
    print(directory, flush=True)
    end_all(read_processes(sys.stdin))
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
