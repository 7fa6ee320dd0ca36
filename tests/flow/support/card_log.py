# SPDX-License-Identifier: Apache-2.0
"""What a virtual card was really sent: its own log of commands, "n header lc le sw us" per line, n from 1 at every power-up
(tests/simulators/card/reader_link.h). The log holds no data, so a command is judged by its header and where it stands."""
import collections

Command = collections.namedtuple("Command", "number header data_bytes expected status")


def read(card):
    return [Command(int(number), header.upper(), int(data_bytes), int(expected), status.upper())
            for number, header, data_bytes, expected, status, _ in (line.split() for line in card.apdus())]


def verifies(card):
    """VERIFY with a PIN. Without data it is only a look at the tries left."""
    return [command for command in read(card) if command.header[2:4] == "20" and command.data_bytes]


def signatures(card):
    return [command for command in read(card) if command.header.startswith("802A")]


def excess(card, allowed_steps):
    """Commands of the log that `allowed_steps` (ScriptSteps) do not explain. A look at the tries is always the desk's own
    right; VERIFY and signature are counted over the whole log, the rest for each power-up."""
    once, per_session, may_read = collections.Counter(), collections.Counter(), False
    for step in allowed_steps:
        if step.WhichOneof("action") == "read_file":
            per_session["00A4020C"] += 1
            may_read = True
        elif step.transmit.header[1] in (0x20, 0x2A):
            once[step.transmit.header.hex().upper()] += 1
        else:
            per_session[step.transmit.header.hex().upper()] += 1
    left_over = []
    here = collections.Counter(per_session)
    for command in read(card):
        if command.number == 1:
            here = collections.Counter(per_session)
        if command.header == "00200080" and not command.data_bytes:
            continue
        if command.header.startswith("00B0") and may_read:
            continue
        budget = once if once[command.header] else here
        if budget[command.header] > 0:
            budget[command.header] -= 1
        else:
            left_over.append(command)
    return left_over
