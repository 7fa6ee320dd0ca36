# SPDX-License-Identifier: Apache-2.0
"""What a person of a people folder brings to the desk: the numbers of the insurance, and whether the card has a photo."""
import pathlib
import re
import sys

NATIONAL_SERVICE = pathlib.Path(__file__).resolve().parents[2] / "tests" / "simulators" / "national_service"
sys.path.append(str(NATIONAL_SERVICE))

import people  # noqa: E402 (found through the path above): reads persons' files as the simulated service does

NAMES = dict(zip(people.NUMBERS, ("insurer-number", "symbol", "number", "branch", "birthdate")))
NEEDED = ("insurer-number", "number", "birthdate")
# Of a person without a result: numbers that nobody has.
NOBODYS = {"insurer-number": "01139997", "symbol": "99999999", "number": "9999999", "birthdate": "19000101"}


def numbers(path):
    """-> (the numbers of the first result that has what an inquiry needs, else numbers nobody has, whether they are the person's).
    ValueError: the file is no answer."""
    try:
        results = people.Measured(path.read_bytes()).results
    except ValueError as error:
        raise ValueError(f"{path}:{error}") from None
    for result in results:
        found = {NAMES[name]: text.strip() for name, text in result.items() if text.strip()}
        if all(name in found for name in NEEDED):
            return found, True
    return dict(NOBODYS), False


def has_photo(path):
    """path: of the .card file, which may be missing."""
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return not any(re.fullmatch(r"\s*photo\s*=\s*none\s*", line) for line in lines)
