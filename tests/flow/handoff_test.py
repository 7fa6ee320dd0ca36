# SPDX-License-Identifier: Apache-2.0
"""Hand-off: a result reaches the receipt computer by each channel, also when the server is killed in between, and nothing else does."""
import hashlib
import json
import os
import re
import ssl

import administration
import clinic as clinics
import pytest
import receiver
import samba
from conftest import ERRORS, PERSON, PIN

SOON_SECONDS = 0.5         # from outcome to delivery; a round that nobody woke comes after a second
WAIT_SECONDS = 60          # for what the server's own threads do
FACE = re.compile(r"OQSsiquc01res_face_\d{10}[0-9a-f]{20}_\d{14}\.xml")
REQUEST = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<XmlMsg><MessageHeader><QualificationConfirmationDate>20261031</QualificationConfirmationDate>
<MedicalInstitutionCode>{institution}</MedicalInstitutionCode><ArbitraryFileIdentifier>recept-1</ArbitraryFileIdentifier></MessageHeader>
<MessageBody><QualificationConfirmSearchInfo><InsurerNumber>{insurer}</InsurerNumber>{symbol}
<InsuredIdentificationNumber>{number}</InsuredIdentificationNumber>{branch}<Birthdate>{birthdate}</Birthdate>
<LimitApplicationCertificateRelatedConsFlg>0</LimitApplicationCertificateRelatedConsFlg>
</QualificationConfirmSearchInfo></MessageBody></XmlMsg>
"""


class Setting:
    """A server with hand-off on, a desk, a card; folders and keys of its own."""

    def __init__(self, bench, **handoff):
        self.bench, self.run = bench, bench.clinic.run
        number = next(bench.numbers)
        self.keys = self.folder(f"keys-{number}")
        self.keys.chmod(0o700)
        self.server = bench.server({"handoff": {"key_directory": self.keys, **handoff}})
        self.desk, self.readers = bench.desk(self.server), bench.readers()
        self.card = None

    def folder(self, name):
        made = self.run.directory / name
        made.mkdir()
        return made

    def check(self, *options):
        self.card = self.card or self.bench.card(self.readers.ports[0])
        answer = self.bench.check(self.desk, self.readers, *options, server=self.server)
        assert answer.ok, answer
        return answer.check["press_id"]

    def until(self, condition):
        return self.run.wait_for(self.server.name, self.server.process, condition, WAIT_SECONDS)

    def rows(self, columns="channel, state, code"):
        return self.bench.clinic.postgres.query(
            f"SELECT {columns} FROM kept_result WHERE desk_id = '{self.desk.desk_id}' ORDER BY number")

    def delivered(self):
        return [row for row in self.bench.trail("action, press_id, file_name, file_sha256", self.desk) if row.startswith("handoff.delivered")]


def folder_of(bench, name):
    made = bench.clinic.run.directory / f"{name}-{next(bench.numbers)}"
    made.mkdir()
    return made


def test_a_result_appears_whole_in_a_samba_share_and_is_taken_by_the_receipt_computer(bench):
    face = folder_of(bench, "face")
    share = samba.Samba(bench.clinic.run, face, f"samba-{next(bench.numbers)}")
    bench.ends(share.process)
    setting = Setting(bench, oqs_folder=face)
    press = setting.check()
    names = setting.until(share.names)
    assert len(names) == 1 and FACE.fullmatch(names[0]), names
    content = share.take(names[0], bench.clinic.run.directory / "taken.xml")
    text = content.decode("utf-8")
    assert "<SegmentOfResult>1</SegmentOfResult>" in text and setting.desk.desk_id[:8] in names[0]
    row = setting.until(setting.delivered)[0]
    assert press in row and names[0] in row and hashlib.sha256(content).hexdigest() in row
    assert setting.rows() == ["oqs_folder|delivered|0"]
    setting.until(lambda: not list(setting.keys.iterdir()))  # the key goes with the delivery, after its row
    assert not list(face.iterdir()), "nothing unfinished is left"


def test_a_receipt_computer_that_takes_every_file_at_once_never_sees_half_of_one(bench):
    face = folder_of(bench, "face")
    share = samba.Samba(bench.clinic.run, face, f"samba-{next(bench.numbers)}")
    bench.ends(share.process)
    setting = Setting(bench, oqs_folder=face, oqs_encoding="Shift_JIS")
    for _ in range(3):
        setting.check()
        name = setting.until(share.names)[0]
        content = share.take(name, bench.clinic.run.directory / "taken.xml")
        assert content.decode("cp932").rstrip().endswith("</XmlMsg>")
        assert b"Shift_JIS" in content[:100]
    setting.until(lambda: len(setting.delivered()) == 3)
    took = bench.clinic.postgres.query(
        "SELECT extract(epoch FROM delivered.recorded_at - outcome.recorded_at) FROM audit_event AS delivered JOIN audit_event AS outcome "
        "USING (press_id) WHERE delivered.action = 'handoff.delivered' AND outcome.action = 'check.outcome' AND delivered.desk_id = "
        f"'{setting.desk.desk_id}'")
    assert min(map(float, took)) < SOON_SECONDS, took  # at once, not with the next round


def test_a_folder_that_is_away_never_stops_a_check_and_gets_the_result_when_it_is_back(bench):
    face = folder_of(bench, "face")
    setting = Setting(bench, oqs_folder=face / "share")
    setting.check()
    setting.until(lambda: setting.rows() == [f"oqs_folder|waiting|{ERRORS['HANDOFF_FOLDER_MISSING']}"])
    (face / "share").mkdir()
    setting.until(setting.delivered)
    assert setting.rows() == ["oqs_folder|delivered|0"]


def test_a_name_that_is_taken_by_other_bytes_stops_until_an_administrator_retries(bench):
    face = folder_of(bench, "face")
    setting = Setting(bench, oqs_folder=face / "share")
    press = setting.check()
    setting.until(lambda: setting.rows("code") == [str(ERRORS["HANDOFF_FOLDER_MISSING"])])
    query = bench.clinic.postgres.query
    # Delivered once to learn the name, then put back as it was, row and key, with another program's file in its place.
    key = next(setting.keys.iterdir())
    content = key.read_bytes()
    query(f"CREATE TABLE row_put_back AS SELECT * FROM kept_result WHERE press_id = '{press}'")
    (face / "share").mkdir()
    setting.until(setting.delivered)
    setting.until(lambda: not key.exists())  # it goes after the row says so
    ours = next((face / "share").iterdir())
    ours.write_text("of another program")
    with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
    query("UPDATE row_put_back SET next_at = now()")
    query(f"DELETE FROM kept_result WHERE press_id = '{press}'")
    query("INSERT INTO kept_result OVERRIDING SYSTEM VALUE SELECT * FROM row_put_back")
    query("DROP TABLE row_put_back")
    code = ERRORS["HANDOFF_NAME_TAKEN"]
    setting.until(lambda: setting.rows() == [f"oqs_folder|refused|{code}"])
    assert ours.read_text() == "of another program"
    ours.unlink()
    console = administration.add_console(bench.clinic, f"console-{next(bench.numbers)}")
    user = f"kanri{next(bench.numbers)}@example.jp"
    administrator = administration.Administrator(bench.clinic, setting.server, console, user)
    administrator.begin(administration.add_administrator(bench.clinic, user), "hajimete-no-aikotoba-1")
    row = next(row for row in administrator.done("handoff", "list", "--state", "refused")["rows"] if row["press_id"] == press)
    assert row["code"] == code and row["state"] == "停止" and row["channel_code"] == "oqs_folder"
    administrator.done("handoff", "retry", str(row["number"]))
    setting.until(lambda: setting.rows() == ["oqs_folder|delivered|0"])
    assert len(setting.delivered()) == 2 and ours.exists()
    assert administrator.refused("handoff", "discard", str(row["number"]))["name"] == "STATE_NOT_POSSIBLE"


def test_a_server_killed_between_outcome_and_delivery_delivers_once_when_it_is_back(bench):
    face = folder_of(bench, "face")
    setting = Setting(bench, oqs_folder=face / "share")  # not there yet: the result waits
    setting.server.keep_ports()
    press = setting.check()
    setting.until(lambda: setting.rows("code") == [str(ERRORS["HANDOFF_FOLDER_MISSING"])])
    setting.server.kill()
    (face / "share").mkdir()
    setting.server.start()
    bench.ends(setting.server.process)
    setting.until(setting.delivered)
    assert len(setting.delivered()) == 1 and press in setting.delivered()[0]
    assert len(list((face / "share").iterdir())) == 1


def test_a_restored_database_opens_no_result(bench):
    face = folder_of(bench, "face")
    setting = Setting(bench, oqs_folder=face / "share")
    press = setting.check()
    query = bench.clinic.postgres.query
    query(f"CREATE TABLE backup_of_results AS SELECT * FROM kept_result WHERE press_id = '{press}'")
    (face / "share").mkdir()
    setting.until(setting.delivered)
    name = next((face / "share").iterdir())
    name.unlink()
    query(f"DELETE FROM kept_result WHERE press_id = '{press}' RETURNING 1")
    query("INSERT INTO kept_result OVERRIDING SYSTEM VALUE SELECT * FROM backup_of_results")
    query("UPDATE kept_result SET next_at = now() WHERE ended_at IS NULL RETURNING 1")
    sealed = query(f"SELECT encode(sealed, 'escape') FROM kept_result WHERE press_id = '{press}'")[0]
    assert "XmlMsg" not in sealed and "insurer" not in sealed
    setting.check()  # a later result passes; the restored one has no key
    setting.until(lambda: len(setting.delivered()) == 2)
    assert [row for row in setting.rows("press_id, state") if press in row] == [f"{press}|waiting"]
    assert len(list((face / "share").iterdir())) == 1
    query("DROP TABLE backup_of_results")


def test_a_result_is_posted_signed_over_mutual_tls_and_again_until_it_is_taken(bench):
    tls = bench.clinic.tls
    hook = receiver.Webhook(tls / "server.pem", tls / "server.key", tls / "national-ca.pem")
    key = os.urandom(32)
    key_file = bench.clinic.run.directory / f"signing-key-{next(bench.numbers)}"
    key_file.write_text(key.hex() + "\n")
    key_file.chmod(0o600)
    try:
        hook.status = 503
        setting = Setting(bench, webhook_url=hook.url, webhook_root_file=tls / "national-ca.pem",
                          webhook_certificate_file=tls / "clinic.pem", webhook_key_file=tls / "clinic.key",
                          webhook_signing_key_file=key_file)
        press = setting.check()
        setting.until(lambda: hook.got)
        hook.status = 204
        setting.until(setting.delivered)
        headers, body = hook.got[-1]
        assert len({h["Idempotency-Key"] for h, _ in hook.got}) == 1 and len(hook.got) >= 2
        assert receiver.is_signed(headers, body, key) and not receiver.is_signed(headers, body + b" ", key)
        document = json.loads(body)
        assert document["press_id"] == press and document["results"][0]["name"]
        assert hashlib.sha256(body).hexdigest() in setting.delivered()[0]
    finally:
        hook.close()


def test_results_are_pulled_by_a_listed_certificate_only_and_stay_until_taken(bench):
    directory = bench.clinic.run.directory / f"receiver-{next(bench.numbers)}"
    made = json.loads(bench.clinic.server_command("add-receiver", "--name", "電子カルテ", "--directory", directory))
    other = bench.clinic.run.directory / f"receiver-{next(bench.numbers)}"
    bench.clinic.server_command("add-receiver", "--name", "ほか", "--directory", other)
    setting = Setting(bench, pull_listen="127.0.0.1:0", pull_clients=made["certificate_sha256"])
    press = setting.check()
    port, root = setting.server.ports["pull_port"], bench.clinic.root_file
    puller = receiver.Puller(port, root, directory)
    status, document = puller.ask("GET", f"/v1/results?desk={setting.desk.desk_id}")
    assert status == 200 and [one["press_id"] for one in document["results"]] == [press]
    assert document["results"][0]["result"]["results"][0]["name"]
    status, bundle = puller.ask("GET", "/v1/results", accept="application/fhir+json")
    assert bundle["results"][0]["result"]["resourceType"] == "Bundle"
    row_id = document["results"][0]["row_id"]
    assert receiver.Puller(port, root, other).ask("GET", "/v1/results")[0] == 403
    with pytest.raises((ssl.SSLError, ConnectionError)):
        receiver.Puller(port, root, None).ask("GET", "/v1/results")
    assert setting.rows() == ["pull|waiting|0"]
    assert puller.ask("POST", f"/v1/results/{row_id}/taken") == (204, None)
    assert puller.ask("GET", f"/v1/results?desk={setting.desk.desk_id}")[1]["results"] == []
    assert setting.rows() == ["pull|delivered|0"] and press in setting.delivered()[0]


def test_a_receipt_computer_asks_by_file_in_a_samba_share_and_is_answered(bench, people):
    folder = folder_of(bench, "oqs")
    for part in ("req", "res", "face", "keys"):
        (folder / part).mkdir()
    (folder / "keys").chmod(0o700)
    share = samba.Samba(bench.clinic.run, folder, f"samba-{next(bench.numbers)}")
    bench.ends(share.process)
    clinic = bench.clinic
    desk = bench.desk(clinic.server)
    server = bench.server({"handoff": {"requests_folder": folder / "req", "responses_folder": folder / "res",
                                       "requests_desk": desk.desk_id, "key_directory": folder / "keys",
                                       "oqs_folder": folder / "face"}})
    person = (people / f"{PERSON}.xml").read_bytes()
    person = person.decode("cp932" if b"shift_jis" in person[:100].lower() else "utf-8")
    field = lambda name: re.search(rf"<{name}>([^<]*)</{name}>", person)  # noqa: E731
    text = lambda name: field(name).group(1) if field(name) else ""  # noqa: E731
    element = lambda name: f"<{name}>{text(name)}</{name}>" if field(name) else ""  # noqa: E731
    request = REQUEST.format(institution=clinics.INSTITUTION, insurer=text("InsurerNumber"), symbol=element("InsuredCardSymbol"),
                             number=text("InsuredIdentificationNumber"), branch=element("InsuredBranchNumber"),
                             birthdate=text("Birthdate"))
    source = clinic.run.directory / "request.xml"

    def asked(name, content):
        source.write_text(content)
        share.put(source, f"req\\OQSsiquc01req_{name}.xml")
        answer = folder / "res" / f"OQSsiquc01res_{name}.xml"
        # The request goes after the answer is there.
        clinic.run.wait_for(server.name, server.process, lambda: answer.exists() and not list((folder / "req").iterdir()), WAIT_SECONDS)
        return answer.read_text("utf-8")

    answer = asked("202611230001", request)
    assert "<SegmentOfResult>1</SegmentOfResult>" in answer, answer[:600]
    assert "<QualificationConfirmationDate>20261031<" in answer, "the day that was asked about"
    assert "<ArbitraryFileIdentifier>recept-1</ArbitraryFileIdentifier>" in answer and f"<Name>{text('Name')}</Name>" in answer
    assert not list((folder / "face").iterdir()) and not list((folder / "keys").iterdir()), "it goes to whoever asked, and nowhere else"
    rows = bench.trail("action, code", desk)
    assert "handoff.request_taken|0" in rows and "check.outcome|0" in rows
    refused = asked("202611230002", request.replace(clinics.INSTITUTION, "9999999999"))
    assert "<SegmentOfResult>9</SegmentOfResult>" in refused and str(ERRORS["HANDOFF_REQUEST_INVALID"]) in refused
    broken = asked("202611230003", "no xml")
    assert str(ERRORS["HANDOFF_REQUEST_INVALID"]) in broken


def test_no_name_and_no_number_of_a_person_is_in_the_log_of_a_server_that_hands_results_on(bench, people):
    face = folder_of(bench, "face")
    setting = Setting(bench, oqs_folder=face)
    setting.check()
    setting.until(setting.delivered)
    log = bench.clinic.run.log_file(setting.server.name).read_bytes()
    person = (people / f"{PERSON}.xml").read_bytes()
    person = person.decode("cp932" if b"shift_jis" in person[:100].lower() else "utf-8")
    for name in ("Name", "NameKana", "InsuredIdentificationNumber", "Birthdate", "Address"):
        value = re.search(rf"<{name}>([^<]*)</{name}>", person)
        assert value is None or len(value.group(1)) < 4 or value.group(1).encode() not in log, name
    assert PIN.encode() + b"\n" not in log
