# SPDX-License-Identifier: Apache-2.0
"""A private card service: Debian's own pcscd with our readers, beside any system one and without touching it.

pcscd's socket is made here and handed over as systemd would (sd_listen_fds(3)), so it can be anywhere; clients find it by
PCSCLITE_CSOCK_NAME. pcscd gets a mount namespace with an empty /run, so its pid file is nobody else's. Works as root and as
any user who may make a user namespace.

`spawn` starts a process and sees to its end: a callable (argv, pass_fds=…) -> subprocess.Popen.
"""
import contextlib
import os
import pathlib
import socket
import struct
import sys
import time
import typing

PROGRAM = "/usr/sbin/pcscd"
READERS_MAX = 16        # PCSCLITE_MAX_READERS_CONTEXTS of Debian's build; more are dropped without a word
READY_SECONDS = 120.0
SOCKET_PATH_MAX = 107   # sockaddr_un, without the final zero
BACKLOG = 64

# pcsc-lite 1.9, winscard_msg.h: every request is {uint32 size, uint32 command} and its body.
COMMAND_VERSION = 0x11
COMMAND_READERS_STATE = 0x12
COMMAND_WAIT_FOR_CHANGE = 0x13  # answered by the states of now, and by an event at the next change
PROTOCOL_VERSION = (4, 4)
READER_STATE_BYTES = 184
READER_NAME_BYTES = 128
STATES_BYTES = READERS_MAX * READER_STATE_BYTES
READER_STATE_AT = 132   # uint32 in each state
CARD_PRESENT = 0x0004
EVENT_BYTES = 8

# Makes the empty /run, puts the socket where sd_listen_fds looks, becomes pcscd. $1 = descriptor, $2 = directory of reader.conf.
BECOME_PCSCD = f"""
mount -t tmpfs none /run && mkdir /run/pcscd || exit 3
[ "$1" = 3 ] || eval "exec 3<&$1 $1<&-"
export LISTEN_PID=$$ LISTEN_FDS=1
exec {PROGRAM} --foreground --error --config "$2"
"""


class PcscdError(Exception):
    """The private card service did not come up as asked; the message says what is missing."""


class Pcscd(typing.NamedTuple):
    process: typing.Any   # the Popen that spawn gave
    socket: pathlib.Path  # for PCSCLITE_CSOCK_NAME


def start_pcscd(directory, devices, driver, spawn, timeout=READY_SECONDS):
    """devices: [(friendly name, device name of the driver)], at most 16; none is a card service without a reader.

    driver: path of the IFD handler, for all of them, or a list with one path per device (vpcd needs copies of its own).
    Returns when pcscd answers clients and knows every reader. directory: where reader.conf and the socket go.
    """
    if len(devices) > READERS_MAX:
        raise PcscdError(f"one pcscd takes {READERS_MAX} readers; start a second one")
    configuration = pathlib.Path(directory).resolve() / "reader.conf.d"
    write_configuration(configuration, devices, driver)
    path = pathlib.Path(directory).resolve() / "pcscd.comm"
    if len(os.fsencode(path)) > SOCKET_PATH_MAX:
        raise PcscdError(f"path too long for a socket: {path}")
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(BACKLOG)
        number = listener.fileno()
        namespaces = ["-m"] if os.geteuid() == 0 else ["-rm"]
        process = spawn(["/usr/bin/unshare", *namespaces, "--", "/bin/bash", "-c", BECOME_PCSCD, "pcscd", str(number),
                         str(configuration)], pass_fds=(number,))
    # From here on only pcscd holds the socket: when it ends, clients are told.
    wait_until_ready(path, len(devices), timeout)
    return Pcscd(process, path)


def write_configuration(configuration, devices, driver):
    """One file: pcscd reads several in no certain order."""
    drivers = [driver] * len(devices) if isinstance(driver, (str, os.PathLike)) else list(driver)
    configuration.mkdir(parents=True, exist_ok=True)
    text = "".join(f'FRIENDLYNAME "{name}"\nDEVICENAME {device}\nLIBPATH {path}\nCHANNELID {index}\n\n'
                   for index, ((name, device), path) in enumerate(zip(devices, drivers, strict=True)))
    (configuration / "readers").write_text(text)


def wait_until_ready(path, readers, timeout):
    """The first connection waits in the queue until pcscd, having set up its readers, answers it."""
    with conversation(path, timeout) as (client, deadline):
        states = ask(client, COMMAND_READERS_STATE, b"", STATES_BYTES, deadline)
    known = sum(1 for state in split(states) if state[:READER_NAME_BYTES].strip(b"\0"))
    if known < readers:
        raise PcscdError(f"pcscd knows {known} of {readers} readers: a driver did not load, or a port is taken")


def wait_for_card(path, timeout=READY_SECONDS):
    """Returns when pcscd reports a card in any reader."""
    with conversation(path, timeout) as (client, deadline):
        while True:
            states = ask(client, COMMAND_WAIT_FOR_CHANGE, b"", STATES_BYTES, deadline)
            if any(struct.unpack_from("=I", state, READER_STATE_AT)[0] & CARD_PRESENT for state in split(states)):
                return
            receive(client, EVENT_BYTES, deadline)


@contextlib.contextmanager
def conversation(path, timeout):
    """-> (connected socket, deadline); whatever goes wrong on it is a PcscdError."""
    deadline = time.monotonic() + timeout
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(timeout)
            client.connect(str(path))
            ask(client, COMMAND_VERSION, struct.pack("=iiI", *PROTOCOL_VERSION, 0), 12, deadline)
            yield client, deadline
    except OSError as error:
        raise PcscdError(f"pcscd did not answer on {path}: {error}") from None


def split(states):
    return [states[at:at + READER_STATE_BYTES] for at in range(0, len(states), READER_STATE_BYTES)]


def ask(client, command, body, answer_bytes, deadline):
    client.sendall(struct.pack("=II", len(body), command) + body)
    return receive(client, answer_bytes, deadline)


def receive(client, count, deadline):
    answer = b""
    while len(answer) < count:
        client.settimeout(max(0.001, deadline - time.monotonic()))
        part = client.recv(count - len(answer))
        if not part:
            raise OSError("pcscd ended")
        answer += part
    return answer


if __name__ == "__main__":
    sys.exit("deploy/private/pcscd.py is a module of deploy/demo and the tests")
