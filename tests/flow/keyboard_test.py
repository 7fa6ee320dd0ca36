# SPDX-License-Identifier: Apache-2.0
"""A person at the keyboard of a desk with cards: a family one after the other, and the last try of a PIN."""
import os
import pty
import select
import subprocess
import time

import clinic as clinics
import pytest
from conftest import PIN

ANSWER_SECONDS = 60


class Keyboard:
    """`madoguchi-terminal check` whose questions somebody answers."""

    def __init__(self, bench, desk, readers, *options):
        self._bench, self._desk = bench, desk
        self._person, self._program = pty.openpty()
        name = os.ttyname(self._program)
        self._shown = b""
        clinic = bench.clinic
        self.process = clinic.run.spawn(
            "keyboard-" + desk.account,
            [clinic.build.program("madoguchi-terminal"), "check", "--server", clinic.server.address, "--directory", desk.directory,
             "--lock-file", desk.directory / "agent.lock", "--wait", str(ANSWER_SECONDS), *options],
            env=readers.env, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.close(os.open(name, os.O_RDWR)))  # the first terminal a session opens is its own

    def answer(self, question, keys):
        """Types `keys` once the question is there."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while question.encode() not in self._shown:
            ready, _, _ = select.select([self._person], [], [], max(0, deadline - time.monotonic()))
            assert ready, (question, self._shown.decode(errors="replace"), self.log())
            self._shown += os.read(self._person, 4096)
        self._shown = b""
        os.write(self._person, keys.encode())

    def log(self):
        return self._bench.clinic.run.log_file("keyboard-" + self._desk.account).read_text(errors="replace")

    def wait_for(self, text):
        self._bench.clinic.run.wait_for("keyboard-" + self._desk.account, self.process, lambda: text in self.log(), ANSWER_SECONDS)

    def end(self):
        """-> exit status, what it printed."""
        printed, _ = self.process.communicate(timeout=clinics.CHECK_SECONDS)
        os.close(self._person)
        os.close(self._program)
        return self.process.returncode, printed


@pytest.mark.parametrize("first, names", [("hanako-genki", ["見本　花子", "見本　一郎"]), ("test-revoked", ["見本　一郎"])],
                         ids=["answered", "refused"])
def test_the_next_member_of_a_family_is_never_asked_about_with_the_card_that_lies_there_still(bench, first, names):
    desk, readers = bench.desk(), bench.readers()
    card = bench.card(readers.ports[0], person=first)
    keyboard = Keyboard(bench, desk, readers, "--method", "sight", "--family")
    for presenter in ("2", "1"):
        keyboard.answer("操作する方はどなたですか", presenter)
        keyboard.answer("見比べてください", "1")
        if presenter == "1":
            keyboard.wait_for("次の方のカードに取り替えてください")
            card.remove()
            bench.card(readers.ports[0], person="ichiro-kazoku")
        keyboard.answer("次のご家族", "n" if presenter == "2" else "q")
    status, printed = keyboard.end()
    assert status == 0, keyboard.log()
    assert [line.split("：")[1] for line in printed.splitlines() if line.startswith("  氏名 / name：")] == names, printed
    rows = bench.trail("action, presenter, card_hash, seconds", desk)
    intents = [row.split("|")[1:] for row in rows if row.startswith("check.intent|")]
    assert [presenter for presenter, _, _ in intents] == ["guardian", "holder"] and intents[0][1] != intents[1][1], rows
    assert all(0 <= int(looked) < ANSWER_SECONDS for _, _, looked in intents), "how long photo and face were compared"
    closed = [row.split("|")[1] for row in bench.trail("action, detail", desk) if row.startswith("desk.result_closed|")]
    assert closed == ["form=text by=next_patient", "form=text by=key"][2 - len(names):], closed


@pytest.mark.parametrize("agreed", [False, True])
def test_the_last_try_is_used_only_after_a_yes_at_the_keyboard(bench, agreed):
    desk, readers = bench.desk(), bench.readers()
    card = bench.card(readers.ports[0], "--tries", "1")
    keyboard = Keyboard(bench, desk, readers)
    keyboard.answer("暗証番号(4桁)", PIN + "\r")
    keyboard.answer("続けますか", "y" if agreed else "n")
    if agreed:
        keyboard.answer("暗証番号(4桁)", PIN + "\r")
    status, _ = keyboard.end()
    assert status == (0 if agreed else 1) and ("PIN_LAST_TRY" in keyboard.log()) is not agreed, keyboard.log()
    assert len(bench.verifies(card)) == (1 if agreed else 0)
