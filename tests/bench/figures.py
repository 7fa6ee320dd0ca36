# SPDX-License-Identifier: Apache-2.0
"""How every measurement here ends: its numbers on standard output and, where it was asked for, in a file; what did not hold is its exit status."""
import json
import pathlib
import sys

from run import RunError, say


def told(numbers, options):
    """numbers["held"]: {a promise in words: kept?}. -> exit status: 0, or 1 when one was not kept"""
    text = json.dumps(numbers, indent=2, ensure_ascii=False)
    print(text)
    if options.json:
        pathlib.Path(options.json).write_text(text + "\n")
    return 0 if all(numbers["held"].values()) else 1


def run(main, name):
    """Ends the program with main's exit status; 3 when what it measures with did not work."""
    try:
        sys.exit(main())
    except RunError as error:
        say(f"{name}: {error}")
        sys.exit(3)
