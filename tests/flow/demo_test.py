# SPDX-License-Identifier: Apache-2.0
"""deploy/demo as a stranger runs it, and what is left when it is killed: nothing."""
import json
import os
import pathlib
import random
import signal
import subprocess
import xml.etree.ElementTree

import pytest
from conftest import ERRORS, PORTS_OF_DEMOS, PRESET, ROOT

DEMO_SECONDS = 300
END_SECONDS = 120  # for the janitor to end everything
UNSEEN = "未見 1.新"


def demo(*options, cwd="/"):
    done = subprocess.run([ROOT / "deploy" / "demo", "--preset", PRESET, *options], cwd=cwd, capture_output=True, text=True,
                          timeout=DEMO_SECONDS, stdin=subprocess.DEVNULL, env={**os.environ, **PORTS_OF_DEMOS})
    return done.returncode, done.stdout, done.stderr


def processes_with(text):
    """Processes that have `text` in their command line or environment."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                if text.encode() in (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes():
                    found.append(folder.name)
            except OSError:
                continue
    return found


def abandoned_directories():
    """Run directories that no living run belongs to: a janitor works in each that is in use."""
    used = set()
    for link in pathlib.Path("/proc").glob("[0-9]*/cwd"):
        try:
            used.add(os.readlink(link))
        except OSError:
            continue
    return {path for path in pathlib.Path("/tmp").glob("madoguchi-*") if str(path) not in used and path.exists()}


@pytest.mark.parametrize("time", ["first", "second"])
def test_the_demo_prints_one_document_and_leaves_nothing(time, tmp_path, run):
    before = abandoned_directories()
    status, out, err = demo("--once", "--json", cwd=tmp_path)
    assert status == 0, err
    document = json.loads(out)
    assert document["ok"] and document["check"]["card_trips_after_press"] == 1
    assert {"method", "desk", "account_id", "press_id", "apdus", "phases_us", "confirmation_date", "validity_code", "validity",
            "results"} <= document["check"].keys()
    assert {"card", "server", "national", "total"} <= document["check"]["phases_us"].keys()
    assert document["versions"]
    # Another run's janitor may just be coming or going.
    run.wait_for("demo", None, lambda: not abandoned_directories() - before, END_SECONDS)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_pin_ends_with_a_clear_refusal_and_the_tries_left():
    status, out, _ = demo("--once", "--json", "--wrong-pin")
    document = json.loads(out)
    assert status == 1 and not document["ok"]
    error = document["error"]
    assert error["code"] == ERRORS["PIN_WRONG"] and error["name"] == "PIN_WRONG" and error["tries_left"] == 2
    assert error["desk_action_ja"] and error["desk_action_en"]


def test_without_json_the_result_is_a_page_in_japanese():
    status, out, _ = demo("--once")
    assert status == 0
    assert "資格" in out and "保険者番号" in out


def test_an_unknown_person_is_a_usage_error_that_names_who_is_there():
    status, out, err = demo("--once", "--json", "--person", "nobody-here")
    assert status == 2 and out == ""
    assert "hanako-genki" in err


def test_people_of_another_folder_are_used_and_no_others(tmp_path):
    (tmp_path / "only-one.xml").write_bytes((ROOT / "tests/simulators/people/hanako-genki.xml").read_bytes())
    status, out, err = demo("--once", "--json", "--people", tmp_path, "--person", "only-one")
    assert status == 0, err
    assert json.loads(out)["check"]["results"]
    status, _, err = demo("--once", "--people", tmp_path, "--person", "hanako-genki")
    assert status == 2 and "only-one" in err


@pytest.fixture(scope="module")
def unseen(tmp_path_factory):
    """A folder with one person nobody has seen: two results, in Shift_JIS, every element somewhere else."""
    document = xml.etree.ElementTree.fromstring((ROOT / "tests/simulators/people/seiho-yushi.xml").read_text().split("?>", 1)[1])
    for element in document.iter():
        if len({child.tag for child in element}) == len(element) > 1:  # a list keeps its order
            element[:] = random.Random(1).sample(list(element), len(element))
        if element.tag in ("InsuredIdentificationNumber", "IssueNumber"):
            element.text = element.text[:-1] + "7"
        if element.tag == "Name":
            element.text = "未見　新"
    document.find(".//CharacterCodeIdentifier").text = "1"
    folder = tmp_path_factory.mktemp("unseen")
    text = '<?xml version="1.0" encoding="Shift_JIS"?>' + xml.etree.ElementTree.tostring(document, "unicode")
    (folder / f"{UNSEEN}.xml").write_bytes(text.encode("cp932"))
    (folder / f"._{UNSEEN}.xml").write_bytes(b"what another system leaves beside a file")
    return folder


@pytest.mark.parametrize("method", ["sight", "pin", "number"])
def test_a_person_never_seen_before_is_checked_in_every_way(unseen, method):
    status, out, err = demo("--once", "--json", "--method", method, "--person", UNSEEN, "--people", unseen)
    assert status == 0, err
    check = json.loads(out)["check"]
    assert check["method"] == method and [result["name"] for result in check["results"]] == ["未見　新"] * 2
    assert [result["card_classification_code"] for result in check["results"]] == ["01", "A1"]
    assert check["card_trips_after_press"] == (0 if method == "number" else 1)


def test_what_is_wrong_with_a_persons_file_is_told_by_the_line_of_the_servers_log(tmp_path):
    text = (ROOT / "tests/simulators/people/hanako-genki.xml").read_text()
    (tmp_path / "half.xml").write_text(text.replace("<SegmentOfResult>1</SegmentOfResult>", ""))
    status, out, err = demo("--once", "--json", "--people", tmp_path, "--person", "half")
    assert status == 1 and json.loads(out)["error"]["name"] == "NATIONAL_ANSWER_MALFORMED"
    assert "MessageHeader/SegmentOfResult is missing" in err
    (tmp_path / "note.xml").write_text("not for programs")
    status, out, err = demo("--once", "--json", "--people", tmp_path, "--person", "half")
    assert status == 3 and out == "" and "note.xml:1: syntax error" in err and "Traceback" not in err


def test_who_is_at_the_desk_follows_from_the_card_file_unless_it_is_said():
    status, out, _ = demo("--once", "--json", "--method", "sight", "--person", "moe-kodomo")
    assert status == 1 and json.loads(out)["error"]["name"] == "CARD_WITHOUT_PHOTO"
    status, out, _ = demo("--once", "--json", "--method", "sight", "--presenter", "assisted")
    assert status == 0 and json.loads(out)["check"]["attestation"] == {"presenter": "assisted", "photo": "compared"}


@pytest.mark.parametrize("options", [("--method", "sight", "--wrong-pin"), ("--without-branch",), ("--method", "number", "--attest", "compared")])
def test_options_that_do_not_go_together_are_a_usage_error(options):
    status, out, err = demo("--once", "--json", *options)
    assert status == 2 and out == "" and options[-1 if options[-1].startswith("--") else -2] in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["ctrl_c", "terminate", "kill_9"])
def test_an_ended_demo_leaves_no_process_no_socket_and_no_directory(number, run, request):
    process = subprocess.Popen([ROOT / "deploy" / "demo", "--preset", PRESET, "--json"], cwd="/", stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, start_new_session=True,
                               env={**os.environ, **PORTS_OF_DEMOS})
    request.addfinalizer(process.kill)  # the janitor does the rest
    told = []
    for line in process.stderr:
        told.append(line)
        if "Ctrl-C" in line:
            break
    command = next((line for line in told if "madoguchi-terminal check" in line), "")
    assert command, told
    directory = next(word.split("=", 1)[1] for word in command.split() if word.startswith("PCSCLITE_CSOCK_NAME="))
    directory = "/tmp/" + pathlib.Path(directory).relative_to("/tmp").parts[0]
    assert processes_with(directory)
    process.send_signal(number)
    assert process.wait(END_SECONDS) == {signal.SIGINT: 0, signal.SIGTERM: 128 + signal.SIGTERM, signal.SIGKILL: -signal.SIGKILL}[number]
    run.wait_for("demo", None, lambda: not processes_with(directory) and not pathlib.Path(directory).exists(), END_SECONDS)
    process.stdout.close()
    process.stderr.close()


def test_a_demo_interrupted_before_its_answer_does_not_claim_one(run, request):
    process = subprocess.Popen([ROOT / "deploy" / "demo", "--preset", PRESET, "--once"], cwd="/", stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, start_new_session=True,
                               env={**os.environ, **PORTS_OF_DEMOS})
    request.addfinalizer(process.kill)
    before = abandoned_directories()
    next(line for line in process.stderr if "starting PostgreSQL" in line)
    process.send_signal(signal.SIGINT)
    assert process.wait(END_SECONDS) == 128 + signal.SIGINT
    run.wait_for("demo", None, lambda: not abandoned_directories() - before, END_SECONDS)
    process.stderr.close()


def test_the_usage_and_a_wrong_use_are_told_without_building():
    status, out, err = demo("--once", "--help")
    assert status == 0 and "--wrong-pin" in out and err == ""
    status, out, err = demo("--preset=never-built", "--person", "nobody-here")
    assert status == 2 and "never-built" not in err


def test_a_build_that_does_not_work_is_not_taken_for_a_refusal():
    status, out, err = demo("--once", "--preset=never-built")
    assert status == 3 and out == "" and "build never-built did not work" in err
