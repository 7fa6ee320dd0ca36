# SPDX-License-Identifier: Apache-2.0
"""Keeps modules, fences, purpose headers, mirrors and names true; and shows, on a small broken tree, that each check can fail."""
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import checks  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
WIRE_NUMBERS = Path(__file__).parent / "wire_numbers.txt"
WIRE_NUMBERS_REMOVED = Path(__file__).parent / "wire_numbers_removed.txt"


@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_the_tree_keeps_the_rule(check):
    assert check(ROOT) == []


def test_wire_numbers_never_change_and_new_ones_are_recorded():
    """After adding fields: MADOGUCHI_RECORD_WIRE_NUMBERS=1 ./tests/run --only layout adds them; it never removes or changes one."""
    recorded = set(WIRE_NUMBERS.read_text().split("\n")) - {""} if WIRE_NUMBERS.exists() else set()
    current = set(checks.wire_numbers(ROOT))
    assert recorded - current == set(), "changed or removed"
    if os.environ.get("MADOGUCHI_RECORD_WIRE_NUMBERS") == "1":
        WIRE_NUMBERS.write_text("\n".join(sorted(recorded | current)) + "\n")
        return
    assert current - recorded == set(), "not recorded yet"
    assert len(current) > 200


def test_a_removed_wire_number_never_comes_back():
    """A field that is removed moves from wire_numbers.txt to wire_numbers_removed.txt; its number and its name stay taken there."""
    removed = set(WIRE_NUMBERS_REMOVED.read_text().split("\n")) - {""}
    assert checks.came_back(removed, checks.wire_numbers(ROOT)) == []
    assert not removed & set(WIRE_NUMBERS.read_text().split("\n"))


BROKEN = {
    "top_level": ("shared/readme", "", "shared"),
    "library_fences": ("server/check/check.cpp", "#include <pqxx/pqxx>\n", "includes pqxx"),
    "arrows": ("server/card/meaning.cpp", '#include "server/check/check.h"\n', "points up"),
    "purpose_headers": ("server/check/CMakeLists.txt", "madoguchi_module(x)\n", "# check: what it does"),
    "test_mirror": ("tests/server/check/gone_test.cpp", "", "tests nothing"),
    "module_words": ("server/check/check.cpp", 'log::Info("card", "x");\n', "component=card"),
    "names": ("server/check/check.h", "class CheckManager {};\n", "CheckManager"),
    "licence_lines": ("server/check/check.h", "#pragma once\n", "no SPDX"),
    "promised_tests": ("SECURITY.md", "| a promise | `Gone.Test` |\n", "names Gone.Test"),
    "unfinished": ("server/check/check.cpp", "// TODO later\n", "check.cpp:1"),
    "trail_words": ("server/check/check.cpp", 'event.action = "check.made_up";\n', "writes check.made_up"),
    "alerts": ("deploy/prometheus/x.rules.yml", "      - alert: Gone\n        expr: madoguchi_gone > 1\n", "asks for madoguchi_gone"),
    "sleeps_in_tests": ("tests/server/check/check_test.cpp", "std::this_thread::sleep_for(1s);\n", "instead of an event"),
}


@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_a_broken_tree_is_found_out(check, tmp_path):
    name, content, expected = BROKEN[check.__name__]
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    assert any(expected in problem for problem in check(tmp_path))


@pytest.mark.parametrize("folder", ["server/check", "terminal/relay", "admin/cli", "proto/contract"])
def test_a_link_over_a_fence_is_found_out(tmp_path, folder):
    path = tmp_path / folder / "CMakeLists.txt"
    path.parent.mkdir(parents=True)
    path.write_text("# check: the business of one check, top to bottom\nmadoguchi_module(madoguchi_check USES PkgConfig::pqxx)\n")
    assert any("links pqxx" in problem for problem in checks.library_fences(tmp_path))


def test_a_module_without_a_test_is_found_out(tmp_path):
    path = tmp_path / "server" / "check" / "check.cpp"
    path.parent.mkdir(parents=True)
    path.write_text("")
    assert any("has no test" in problem for problem in checks.test_mirror(tmp_path))


def test_a_word_of_the_trail_that_nobody_writes_is_seen(tmp_path):
    path = tmp_path / "proto" / "madoguchi" / "v1" / "trail_events.proto"
    path.parent.mkdir(parents=True)
    path.write_text('EVENT_A_B = 1 [(event) = {\n word: "a.b"\n}];\nEVENT_C_D = 2 [(event) = {\n word: "c.d" reserved_for: "E"\n}];\n')
    assert checks.trail_words(tmp_path) == ["trail words: AB is registered, and written by nobody"]
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "a.cpp").write_text("audit::action::kAB; audit::action::kCD;")
    assert checks.trail_words(tmp_path) == ["trail words: CD is reserved, and written"]


def test_an_alert_that_can_never_fire_is_seen(tmp_path):
    shown = tmp_path / "server" / "telemetry" / "metrics.cpp"
    shown.parent.mkdir(parents=True)
    shown.write_text('.Name("madoguchi_lag") {{"of", "oldest"}}')
    errors = tmp_path / "proto" / "madoguchi" / "v1" / "errors.proto"
    errors.parent.mkdir(parents=True)
    errors.write_text("  A_CODE = 1615 [(line) = {\n")
    rules = tmp_path / "deploy" / "prometheus" / "x.rules.yml"
    rules.parent.mkdir(parents=True)
    right = ('      - alert: Behind\n        expr: madoguchi_lag{of="oldest"} > 1\n        annotations:\n'
             '          summary: "1615 {{ $labels.of }}"\n')
    rules.write_text(right)
    assert checks.alerts(tmp_path) == []
    for wrong, says in ((right.replace("madoguchi_lag", "madoguchi_gap"), "madoguchi_gap, which"), (right.replace("{of=", "{off="), "label off"),
                        (right.replace("labels.of", "labels.on"), "label on"), (right.replace("1615", "1616"), "names 1616"),
                        (right + right, "one name twice"), (right.replace("expr", "exp"), "no expr"), (right[2:], "not read")):
        rules.write_text(wrong)
        assert any(says in problem for problem in checks.alerts(tmp_path)), wrong


def test_a_changed_wire_number_is_seen(tmp_path):
    path = tmp_path / "proto" / "madoguchi" / "v1" / "x.proto"
    path.parent.mkdir(parents=True)
    path.write_text("message M { oneof o { string a = 1; } bytes b = 2 [(secret) = true]; }\nenum E { Z = 0; Y = 7; }\n")
    assert checks.wire_numbers(tmp_path) == ["E.Y = 7", "E.Z = 0", "M.a = 1", "M.b = 2"]


def test_a_number_or_name_that_comes_back_is_seen():
    removed = ["M.old = 3", "Gone.a = 1"]
    assert checks.came_back(removed, ["M.a = 1", "M.b = 2", "N.old = 3"]) == []
    assert checks.came_back(removed, ["M.newer = 3"]) == ["M.newer = 3"]
    assert checks.came_back(removed, ["M.old = 4", "Gone.b = 1"]) == ["M.old = 4", "Gone.b = 1"]
