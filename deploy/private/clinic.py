# SPDX-License-Identifier: Apache-2.0
"""A whole private clinic on one machine: PostgreSQL, the simulated national service, the server, and as many desks, readers
and cards as are asked for. Nothing of the system is touched: no system pcscd, no system cluster, loopback ports only.

Used by deploy/demo (one desk, one card), tests/flow (many) and tests/bench. Everything ends with the Run it is made in.
"""
import concurrent.futures
import contextlib
import hashlib
import json
import os
import pathlib
import random
import signal
import socket
import ssl

from pcscd import start_pcscd
from postgres import Postgres
from run import RunError, stop

ROOT = pathlib.Path(__file__).resolve().parents[2]
INSTITUTION = "1311234567"  # 東京 13 · 医科 1 · made-up code
READY_SECONDS = 180         # for one program to say it is ready; sanitizers on a busy machine are slow
COMMAND_SECONDS = 180       # for one short command
CHECK_SECONDS = 180         # for one check command, its 15 s deadline included
# Ports of drivers and servers, which come back at the same ones: from here to where the kernel's own choice of outgoing ports begins.
PORT_MIN = 10000
PORTS_VARIABLE = "MADOGUCHI_PORTS"  # "COUNT NUMBER": keep_to_every of a program that is started beside others of its kind
PORTS_MIN = 1000             # fewer than these are no choice
PORT_RANGE = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")

NATIONAL_SERVICE = ROOT / "tests" / "simulators" / "national_service" / "madoguchi-national-service"


def own_ports():
    """Every port that may be given to a driver or a server, in an order of this process's own: none is given out twice."""
    ports = list(range(PORT_MIN, int(PORT_RANGE.read_text().split()[0])))
    if len(ports) < PORTS_MIN:
        raise RunError(f"{PORT_RANGE} leaves no ports between {PORT_MIN} and the kernel's own")
    random.shuffle(ports)
    return iter(ports)


PORTS = own_ports()


def keep_to_every(count, number):
    """For `count` processes side by side: from now on this one gives out every count-th port alone, the number-th first (from 0)."""
    global PORTS
    PORTS = iter([port for port in PORTS if port % count == number])


if PORTS_VARIABLE in os.environ:
    keep_to_every(*map(int, os.environ[PORTS_VARIABLE].split()))


def free_port():
    """A port that nobody listens on now and that was given to nobody before. Our drivers take a number, not 0."""
    for port in PORTS:
        with contextlib.closing(socket.socket()) as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RunError("no free port")


class Build:
    """Where one preset's programs are."""

    def __init__(self, preset, directory=None):
        self.preset = preset
        self.directory = pathlib.Path(directory or ROOT / "build" / preset)

    def program(self, name):
        return self.directory / "bin" / name

    def reader_driver(self):
        found = sorted(self.directory.rglob("libmadoguchi-loopback-reader.so"))
        if not found:
            raise RunError(f"no libmadoguchi-loopback-reader.so under {self.directory}")
        return found[0]


class National:
    """One simulated national service. faults: the text of a faults file (tests/simulators/national_service)."""

    def __init__(self, clinic, name="national", faults=None, tls=None):
        self._clinic = clinic
        self.directory = clinic.run.directory / name
        self.directory.mkdir()
        self.journal = self.directory / "journal"
        self.faults = self.directory / "faults.json"
        self.faults.write_text(faults or "[]")
        ready = self.directory / "ready"
        self.process = clinic.run.spawn(name, [
            NATIONAL_SERVICE, "serve", "--people", clinic.people, "--card-ca", clinic.cards,
            "--tls", tls or clinic.tls, "--accounts", clinic.accounts, "--listen", "127.0.0.1:0", "--ready-file", ready,
            "--journal", self.journal, "--faults", self.faults, "--state", self.directory / "office.json",
            "--review", clinic.review])
        self.port = json.loads(clinic.run.wait_for_file(name, self.process, ready, READY_SECONDS))["port"]
        self.url = f"https://localhost:{self.port}"

    def set_faults(self, text):
        """From the next request on."""
        fresh = self.faults.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.faults)


class Server:
    """One Madoguchi server over the clinic's database. overrides: {section: {key: value}} of its configuration."""

    def __init__(self, clinic, name="server", overrides=None):
        self._clinic = clinic
        self.name = name
        self.config = clinic.run.directory / (name + ".conf")
        self.ready = clinic.run.directory / (name + ".ready")
        clinic.write_config(self.config, self.ready, overrides or {})
        self.overrides = overrides or {}
        self.process = None
        self.ports = None

    def start(self, wait=True):
        self.ready.unlink(missing_ok=True)
        self.process = self._clinic.run.spawn(self.name, [self._clinic.build.program("madoguchi-server"), "--config",
                                                          self.config, "serve"])
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self):
        self.ports = json.loads(self._clinic.run.wait_for_file(self.name, self.process, self.ready, READY_SECONDS))

    def keep_ports(self):
        """From now on a restarted server listens where it listened before, so that desks find it again."""
        kept = {section: dict(values) for section, values in self.overrides.items()}
        for part in ("desk", "enrolment", "console", "telemetry"):
            kept.setdefault(part, {})["listen"] = f"127.0.0.1:{self.ports[part + '_port']}"
        self._clinic.write_config(self.config, self.ready, kept)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        return stop(self.process)

    @property
    def address(self):
        return f"localhost:{self.ports['desk_port']}"


class Desk:
    def __init__(self, name, desk_id, account, directory):
        self.name = name
        self.desk_id = desk_id
        self.account = account
        self.directory = directory


class Readers:
    """A private pcscd with loopback readers; ports[i] is where a card plugs into reader i."""

    def __init__(self, clinic, name, count=1, short=False):
        self._clinic = clinic
        self.name = name
        self.ports = [free_port() for _ in range(count)]
        self._devices = [(f"Madoguchi Loopback {index}", f"loop:{port}" + (":short" if short else ""))
                         for index, port in enumerate(self.ports)]
        self.directory = clinic.run.directory / name
        self.directory.mkdir()
        self.start()

    def start(self):
        self.pcscd = start_pcscd(self.directory, self._devices, self._clinic.build.reader_driver(),
                                 lambda argv, **options: self._clinic.run.spawn(self.name, argv, **options))
        self.socket = self.pcscd.socket
        self.process = self.pcscd.process

    @property
    def env(self):
        return {"PCSCLITE_CSOCK_NAME": str(self.socket)}


class Card:
    """One virtual card in one reader; gone when stopped."""

    def __init__(self, clinic, name, person, port, *options, wait=True):
        self.name = name
        self.person = person
        self.apdu_log = clinic.run.directory / (name + ".apdus")
        ready = clinic.run.directory / (name + ".ready")
        ready.unlink(missing_ok=True)
        self.process = clinic.run.spawn(name, [
            clinic.build.program("madoguchi-virtual-card"), "run", "--state", clinic.cards, "--people", clinic.people,
            "--person", person, "--port", port, "--ready-file", ready, "--apdu-log", self.apdu_log, *options])
        if wait:  # until the reader has noticed it
            clinic.run.wait_for_file(name, self.process, ready, READY_SECONDS)

    def remove(self):
        return stop(self.process)

    def apdus(self):
        return self.apdu_log.read_text().splitlines() if self.apdu_log.exists() else []


class Clinic:
    """portal: applications and activations are told to the simulated national side; else they are kept in manual mode.
    operators: a check needs an operator who signed in."""

    def __init__(self, run, build, people, portal=False, operators=False):
        self.portal = portal
        self.operators = operators
        self.run = run
        self.build = build
        self.people = pathlib.Path(people).resolve()
        directory = run.directory
        self.cards = directory / "cards"            # card CA, card keys, PIN counters
        self.tls = directory / "national-tls"
        self.accounts = directory / "accounts.json"  # what the national side knows of device accounts
        self.review = directory / "review.json"      # how the national side decides applications
        self.review.write_text("{}")
        self.identity = directory / "identity"       # facility CA and server certificate
        self.trail_key = directory / "trail-key"     # verifies the signatures over the trail
        self.postgres = Postgres(run)
        self.national = None
        self.server = None
        self._known_accounts = {}
        self._cards_made = 0

    # --- the parts of a clinic -----------------------------------------------------------------------------------

    def start(self):
        """Everything but desks, readers and cards. Independent parts start side by side."""
        self._write_secrets()
        self._publish_accounts()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            parts = [pool.submit(self._start_database), pool.submit(self._start_national), pool.submit(self._make_identity)]
            for part in concurrent.futures.as_completed(parts):
                part.result()
        self.server = Server(self).start()

    def _write_secrets(self):
        for name in ("ca-passphrase", "audit-key", "seal-key"):
            path = self.run.directory / name
            path.touch(mode=0o600)
            path.write_text(os.urandom(32).hex() + "\n")

    def _start_database(self):
        self.postgres.create()
        self.server_command("migrate", config=self._bare_config("migrate"))

    def prepare_cards(self):
        """The cards of all persons, with their keys: what stands in people's wallets before any clinic opens. They are made with the public
        key of the national side that may let them sign after a check by sight, so its keys are made here too."""
        if not self.tls.exists():
            self.run.call("make-tls", [NATIONAL_SERVICE, "make-tls", "--directory", self.tls], timeout=COMMAND_SECONDS)
        if not self.cards.exists():
            self.run.call("card-init", [self.build.program("madoguchi-virtual-card"), "init", "--state", self.cards, "--people", self.people,
                                        "--sight-verifier", self.tls / "sight.pem"], timeout=COMMAND_SECONDS)

    def _start_national(self):
        self.prepare_cards()
        self.national = National(self)

    def _make_identity(self):
        self.server_command("init-identity", "--server-name", "localhost", "--server-ip", "127.0.0.1",
                            config=self._bare_config("init-identity"))
        made = json.loads(self.server_command("make-trail-key", config=self._bare_config("make-trail-key")))
        self.trail_key.write_text(made["verifier_key"] + "\n")

    def _bare_config(self, name):
        """For commands that run before the national service has a port."""
        path = self.run.directory / (name + ".conf")
        self.write_config(path, self.run.directory / "unused.ready", {"eligibility": {"url": "https://localhost:1"}})
        return path

    def write_config(self, path, ready, overrides):
        directory = self.run.directory
        settings = {
            "database": {"server_url": self.postgres.url("madoguchi_server"),
                         "owner_url": self.postgres.url("madoguchi_owner")},
            "identity": {"directory": self.identity, "passphrase_file": directory / "ca-passphrase"},
            "desk": {"listen": f"127.0.0.1:{free_port()}", "operators": "on" if self.operators else "off"},
            "enrolment": {"listen": f"127.0.0.1:{free_port()}"},
            "telemetry": {"listen": f"127.0.0.1:{free_port()}"},
            "eligibility": {"url": self.national.url if self.national else "", "root_file": self.tls / "national-ca.pem",
                            "certificate_file": self.tls / "clinic.pem", "key_file": self.tls / "clinic.key"},
            "console": {"listen": f"127.0.0.1:{free_port()}"},
            "sight": {"scheme": "reference"},
            "number": {"inquiry": "on"},
            "account": {"seal_key_file": directory / "seal-key", "national": "service" if self.portal else "manual"},
            "audit": {"key_file": directory / "audit-key", "signing_key_file": directory / "trail-signing.pem"},
            "app": {"ready_file": ready, "migrations_directory": ROOT / "migrations"},
        }
        for section, values in overrides.items():
            settings.setdefault(section, {}).update(values)
        path.write_text("".join(f"[{section}]\n" + "".join(f"{key} = {json.dumps(str(value))}\n" for key, value in values.items())
                                for section, values in settings.items()))

    def server_command(self, *arguments, config=None):
        """One administrative command of the server program. -> its standard output."""
        argv = [self.build.program("madoguchi-server"), "--config", config or self.server.config, *arguments]
        return self.run.call("server-" + arguments[0], argv, timeout=COMMAND_SECONDS)[1]

    # --- desks, readers, cards -----------------------------------------------------------------------------------

    def add_desk(self, name, account="W0000001", server=None):
        """A desk with its device account on both sides, enrolled through a one-time token."""
        server = server or self.server
        added = json.loads(self.server_command("add-desk", "--name", name, "--institution", INSTITUTION,
                                               "--account", account))
        self._known_accounts[account] = {"institution_code": INSTITUTION, "desk": added["desk_id"], "status": "usable"}
        self._publish_accounts()
        desk = Desk(name, added["desk_id"], account, self.run.directory / ("desk-" + account))
        self.enrol(desk, added["token"], server)
        return desk

    def set_account_status(self, account, status):
        """usable, stopped or ended, on the national side."""
        self._known_accounts[account]["status"] = status
        self._publish_accounts()

    def set_account_sight(self, account, allowed):
        """Whether the national side permits sight to this account."""
        self._known_accounts[account]["sight"] = allowed
        self._publish_accounts()

    def _publish_accounts(self):
        fresh = self.accounts.with_suffix(".new")
        fresh.write_text(json.dumps(self._known_accounts))
        fresh.rename(self.accounts)

    def enrolment_link(self, token, server):
        """What an administrator hands to a desk (proto/contract/enrolment_link.h)."""
        root = ssl.PEM_cert_to_DER_cert(self.root_file.read_text())
        return (f"madoguchi-enrol:?s=localhost:{server.ports['enrolment_port']}&r={hashlib.sha256(root).hexdigest()}&t={token}")

    def enrol(self, desk, token, server):
        with fed(self.enrolment_link(token, server)) as (number, options):
            self.run.call("enrol-" + desk.account, [
                self.build.program("madoguchi-terminal"), "activate", "--json", "--link-fd", number, "--directory", desk.directory],
                timeout=COMMAND_SECONDS, **options)

    @property
    def root_file(self):
        return self.identity / "facility-ca.pem"

    @staticmethod
    def desk_files(desk):
        """-> (certificate chain, key) of an enrolled desk."""
        return desk.directory / "desk.pem", desk.directory / "desk.key"

    def desk_credentials(self, desk):
        """-> (root, key, certificate chain) as bytes, for a desk that is not our program."""
        certificate, key = self.desk_files(desk)
        return self.root_file.read_bytes(), key.read_bytes(), certificate.read_bytes()

    def server_credentials(self):
        """-> (key, certificate chain, root) of the server as bytes: what someone who took it over holds."""
        return tuple((self.identity / name).read_bytes() for name in ("server.key.pem", "server.pem", "facility-ca.pem"))

    def insert(self, person, port, *options, wait=True):
        """Puts this person's card into the reader behind `port`."""
        self._cards_made += 1
        return Card(self, f"card-{self._cards_made}", person, port, *options, wait=wait)

    def start_check(self, desk, readers, pin, *options, server=None, json_output=True, env=None,
                    program="madoguchi-terminal", method="pin", secrets=None, **spawn_options):
        """Starts `madoguchi-terminal check` with its secrets on descriptors. -> Popen; its answer is on its stdout. pin: of a check by PIN.
        secrets: {name: value} for --secrets-fd. readers: None for an inquiry by numbers, which touches no card service."""
        server = server or self.server
        with contextlib.ExitStack() as descriptors:
            given = []
            if method == "pin":
                given.append(("--pin-fd", descriptors.enter_context(fed(pin))))
            if secrets:
                lines = "".join(f"{name}={value}\n" for name, value in secrets.items())
                given.append(("--secrets-fd", descriptors.enter_context(fed(lines))))
            return self.run.spawn("check-" + desk.account, [
                self.build.program(program), "check", "--server", server.address, "--directory", desk.directory,
                "--method", method, *(word for option, (number, _) in given for word in (option, number)),
                *(["--json"] if json_output else []), "--lock-file", desk.directory / "agent.lock", *options],
                env={**(readers.env if readers else self.no_readers), **(env or {})},
                pass_fds=tuple(number for _, (number, _) in given), **spawn_options)

    @property
    def no_readers(self):
        """No card service at all, and not the system's either."""
        return {"PCSCLITE_CSOCK_NAME": str(self.run.directory / "no-pcscd.comm")}


@contextlib.contextmanager
def fed(secret):
    """A descriptor a child reads `secret` from: never an argument, never a file. -> (number, options of spawn)."""
    read_end, write_end = os.pipe()
    os.write(write_end, secret.encode() if isinstance(secret, str) else secret)
    os.close(write_end)
    try:
        yield read_end, {"pass_fds": (read_end,)}
    finally:
        os.close(read_end)
