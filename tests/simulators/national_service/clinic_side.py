# SPDX-License-Identifier: Apache-2.0
"""For the tests here: a card authority with cards, the program itself, and a clinic that talks to it over TLS."""
import base64
import datetime
import hashlib
import http.client
import json
import pathlib
import select
import socket
import ssl
import subprocess
import uuid
import xml.etree.ElementTree

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

FOLDER = pathlib.Path(__file__).resolve().parent
PROGRAM = FOLDER / "madoguchi-national-service"
SHIPPED_PEOPLE = FOLDER.parent / "people"
START_SECONDS = 30
ANSWER_SECONDS = 20
CALLER = {"institution_code": "1311234567", "device_account": "W0000001", "desk": "6f9c0a52-0000-4000-8000-000000000001"}
OTHER_DESK = "6f9c0a52-0000-4000-8000-000000000002"
ACCOUNTS = {
    "W0000001": {"institution_code": "1311234567", "desk": CALLER["desk"], "status": "usable"},
    "W0000002": {"institution_code": "1311234567", "desk": CALLER["desk"], "status": "stopped"},
    "W0000003": {"institution_code": "1311234567", "desk": CALLER["desk"], "status": "ended"},
    "W0000004": {"institution_code": "1311234567", "desk": None, "status": "usable"},
    "W0000005": {"institution_code": "1311234567", "desk": OTHER_DESK, "status": "usable"},
}
POLICY = x509.ObjectIdentifier("1.2.392.200149.8.5.1.3.30")
SIGNATURE_POLICY = x509.ObjectIdentifier("1.2.392.200149.8.5.1.1.20")
NOW = datetime.datetime.utcnow().replace(microsecond=0)
DAY = datetime.timedelta(days=1)
ONE_NAME = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "TEST")])
NOT_USED_FOR = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign", "encipher_only",
                "decipher_only")


def new_key():
    return rsa.generate_private_key(65537, 2048)


CARD_KEY = new_key()  # the cards of the tests share it: making one takes longer than a test


def pem(thing):
    return thing.public_bytes(serialization.Encoding.PEM)


class CardAuthority:
    """All of them have one name; only their keys differ."""

    def __init__(self):
        self.key = new_key()
        self.certificate = self._sign(1, self.key, NOW - 30 * DAY, NOW + 30 * DAY, [
            (x509.BasicConstraints(ca=True, path_length=None), True)])

    def _sign(self, serial, key, begin, end, extensions, name=ONE_NAME):
        builder = (x509.CertificateBuilder().subject_name(name).issuer_name(ONE_NAME).public_key(key.public_key())
                   .serial_number(serial).not_valid_before(begin).not_valid_after(end))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256())

    def card(self, person, begin=NOW - DAY, end=NOW + DAY, policy=POLICY, may_issue=False):
        """-> DER of the certificate in this person's card. The serial number is computed here as the agreement says."""
        digest = hashlib.sha256(b"madoguchi-person:" + person.encode()).digest()
        serial = int.from_bytes(bytes([digest[0] & 0x7F or 1]) + digest[1:8], "big")
        usage = x509.KeyUsage(digital_signature=True, key_cert_sign=may_issue, **dict.fromkeys(NOT_USED_FOR, False))
        certificate = self._sign(serial, CARD_KEY, begin, end, [
            (usage, True), (x509.CertificatePolicies([x509.PolicyInformation(policy, None)]), True)])
        return certificate.public_bytes(serialization.Encoding.DER)

    def revocations(self, *cards, key=None, end=NOW + DAY):
        builder = x509.CertificateRevocationListBuilder().issuer_name(ONE_NAME).last_update(NOW - DAY).next_update(end)
        for card in cards:
            serial = x509.load_der_x509_certificate(card).serial_number
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW - DAY).build())
        return pem(builder.sign(key or self.key, hashes.SHA256()))


def sign(challenge, press, institution=CALLER["institution_code"], key=CARD_KEY):
    text = b"madoguchi.check.v1\x00" + institution.encode() + challenge + press.bytes
    return key.sign(text, padding.PKCS1v15(), hashes.SHA256())


class Program:
    """`madoguchi-national-service serve`, running."""

    def __init__(self, directory, people, card_ca, tls, accounts, *options):
        self.tls = tls
        self.journal_path = directory / "journal"
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--people", people, "--card-ca", card_ca, "--tls", tls, "--accounts", accounts, "--ready-file",
             directory / "ready", "--journal", self.journal_path, *options], stderr=subprocess.PIPE)
        try:
            self.said = self.next_line()
            self.port = json.loads((directory / "ready").read_text())["port"] if "SIMULATOR" in self.said else None
        except BaseException:
            self.stop()
            raise

    def next_line(self):
        """The next line of its standard error: the program is ready right after its first one (see serve())."""
        if not select.select([self.process.stderr], [], [], START_SECONDS)[0]:
            raise AssertionError("the program says nothing")
        return self.process.stderr.readline().decode()

    def journal(self):
        return [json.loads(line) for line in self.journal_path.read_text().splitlines()]

    def cpu_seconds(self):
        """Of all its present threads. stat counts in ticks of 10 ms, schedstat in nanoseconds."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def stop(self):
        self.process.terminate()
        self.process.wait(START_SECONDS)
        self.process.stderr.close()


class Answered:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def kind(self):
        """The type of a refusal."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        return json.loads(self.body)["type"]

    def __repr__(self):
        return f"{self.status} {self.body[:200]!r}"


def inquiry_body(search, press, caller=CALLER, encoding="UTF-8"):
    fields = "".join(f"<{name}>{text}</{name}>" for name, text in search.items())
    text = (f'<?xml version="1.0" encoding="{encoding}" standalone="no"?><XmlMsg><MessageHeader>'
            f"<QualificationConfirmationDate>20260401</QualificationConfirmationDate>"
            f"<MedicalInstitutionCode>{caller['institution_code']}</MedicalInstitutionCode>"
            f"<ArbitraryFileIdentifier>{press.hex}</ArbitraryFileIdentifier></MessageHeader><MessageBody>"
            f"<QualificationConfirmSearchInfo>{fields}</QualificationConfirmSearchInfo></MessageBody></XmlMsg>")
    return text.encode("cp932" if encoding == "Shift_JIS" else "utf-8")


class Clinic:
    """One keep-alive connection to the program, with the clinic's certificate."""

    def __init__(self, program):
        self.program = program
        self.context = ssl.create_default_context(cafile=program.tls / "national-ca.pem")
        self.context.load_cert_chain(program.tls / "clinic.pem", program.tls / "clinic.key")
        self._connection = http.client.HTTPSConnection("localhost", program.port, context=self.context, timeout=ANSWER_SECONDS)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def wait_at_most(self, seconds):
        self._connection.sock.settimeout(seconds)

    def send(self, path, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._connection.request("POST", path, data, {"Content-Type": "application/json",
                                                      **{name.replace("_", "-"): value for name, value in headers.items()}})

    def receive(self):
        return Answered(self._connection.getresponse())

    def post(self, path, body, **headers):
        try:
            self.send(path, body, **headers)
            return self.receive()
        except (OSError, http.client.HTTPException):
            self.close()  # the next post connects anew, with the usual patience
            raise

    def challenge(self, **changes):
        answer = self.post("/v1/challenges", {**CALLER, **changes})
        assert answer.status == 200, answer
        fields = json.loads(answer.body)
        return fields["challenge_id"], base64.b64decode(fields["challenge"])

    def question(self, card, press=None, issued=None, key=CARD_KEY, **changes):
        """The body of a check, good unless changed."""
        press = press or uuid.uuid4()
        challenge_id, challenge = issued or self.challenge()
        return {**CALLER, "press": str(press), "method": "pin", "challenge_id": challenge_id,
                "certificate": base64.b64encode(card).decode(),
                "signature": base64.b64encode(sign(challenge, press, key=key)).decode(), **changes}

    def ask(self, question):
        return self.post("/v1/checks", question, Idempotency_Key=question["press"])

    def sight(self, card, card_challenge=bytes(16), **changes):
        return self.post("/v1/sights", {**CALLER, "certificate": base64.b64encode(card).decode(),
                                        "card_challenge": base64.b64encode(card_challenge).decode(), **changes})

    def inquire(self, search, press=None, caller=CALLER, body=None, **headers):
        """search: element name → text."""
        press = press or uuid.uuid4()
        headers = {"Idempotency_Key": str(press), "Madoguchi_Device_Account": caller["device_account"],
                   "Madoguchi_Desk": caller["desk"], "Content_Type": "application/xml", **headers}
        return self.post("/v1/inquiries", body or inquiry_body(search, press, caller), **headers)

    def check(self, card, **keywords):
        return self.ask(self.question(card, **keywords))

    def close(self):
        self._connection.close()


def replace(path, text):
    """As an editor does it; another place on disk, whatever the clock's resolution."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.rename(path)


def header(answer):
    root = xml.etree.ElementTree.fromstring(answer.body)
    return {element.tag: element.text for element in root.find("MessageHeader")}
