# SPDX-License-Identifier: Apache-2.0
"""check-config finds, before anything starts, every file over which serve or the first mail would stumble."""
import pytest
from clinic import COMMAND_SECONDS, Server
from conftest import ERRORS


@pytest.fixture
def checked(bench):
    """checked({section: {key: value}}) → (exit status, what it said)."""

    def check(overrides=None):
        name = f"checked-{next(bench.numbers)}"
        config = Server(bench.clinic, name, overrides).config
        program = bench.clinic.build.program("madoguchi-server")
        status, out = bench.clinic.run.call(name, [program, "--config", config, "check-config"], timeout=COMMAND_SECONDS, check=False)
        return status, out + bench.clinic.run.log_file(name).read_text()

    return check


def secret_file(folder, name, content, mode=0o600):
    path = folder / name
    path.touch(mode=0o600)
    path.write_text(content)
    path.chmod(mode)
    return path


def test_a_sound_configuration_is_called_ok(checked):
    assert checked() == (0, "ok\n")


@pytest.mark.parametrize("section, key", [("account", "seal_key_file"), ("audit", "key_file"), ("identity", "passphrase_file"),
                                          ("eligibility", "key_file"), ("mail", "password_file")])
def test_a_secret_file_that_others_may_read_or_that_is_missing_is_named(checked, tmp_path, section, key):
    for path, code in ((secret_file(tmp_path, "open", "00" * 32, mode=0o644), "CONFIG_FILE_PERMISSIONS"),
                       (tmp_path / "missing", "CONFIG_FILE_UNREADABLE")):
        status, text = checked({section: {key: path}})
        assert status == 3 and str(ERRORS[code]) in text and str(path) in text, text


def test_a_seal_key_of_another_length_is_refused_before_serving(checked, tmp_path):
    path = secret_file(tmp_path, "short", "00" * 31)
    status, text = checked({"account": {"seal_key_file": path}})
    assert status != 0 and str(path) in text, text


def test_a_key_that_does_not_belong_to_the_clinics_certificate_is_named(checked, bench):
    key = bench.clinic.identity / "server.key.pem"
    status, text = checked({"eligibility": {"key_file": key}})
    assert status == 2 and str(ERRORS["CONFIG_VALUE_INVALID"]) in text and str(key) in text, text
