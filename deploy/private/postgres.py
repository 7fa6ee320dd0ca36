# SPDX-License-Identifier: Apache-2.0
"""A private PostgreSQL: the Debian package's own programs, a Unix socket only, in the run directory.

Durability is switched off (fsync = off) unless its settings say otherwise: the cluster is thrown away with its run. Its shared memory lies
in its own folder, so that a killed one leaves nothing behind. Roles as in a real installation: madoguchi_owner owns and migrates the
database, madoguchi_server is what the server uses. The operating-system user that runs Madoguchi's programs may be either, by peer
authentication; no password exists.
"""
import os
import pathlib
import pwd
import signal

from run import RunError, stop

INITDB_SECONDS = 180
START_SECONDS = 180
QUERY_SECONDS = 120
DATABASE = "madoguchi"

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 120
shared_buffers = 16MB
wal_level = minimal
max_wal_senders = 0
autovacuum = off
logging_collector = off
dynamic_shared_memory_type = mmap
"""

ROLES = """
CREATE ROLE madoguchi_owner LOGIN;
CREATE ROLE madoguchi_server LOGIN;
CREATE DATABASE madoguchi OWNER madoguchi_owner;
"""


def programs():
    """The folder of the newest PostgreSQL that Debian installed."""
    found = [path for path in pathlib.Path("/usr/lib/postgresql").glob("*/bin") if (path / "postgres").exists()]
    if not found:
        raise RunError("no PostgreSQL found under /usr/lib/postgresql")
    return max(found, key=lambda path: int(path.parent.name))


class Postgres:
    """settings: more lines of its configuration, which win. within: a command that starts its programs where its files are, in the folder `data`
    there and `seen_at` here (tests/flow/support/small_disk.py)."""

    def __init__(self, run, settings="", within=(), data=None, seen_at=None):
        self._run = run
        self._settings = settings
        self._bin = programs()
        self._data = data or run.directory / "pg" / "data"
        self._files = seen_at or self._data
        self._socket = run.directory / "pg"
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        # PostgreSQL refuses to run as root.
        self._as_user = [*within, *(["setpriv", "--reuid=" + self.user, "--regid=" + self.user, "--init-groups", "--"]
                                    if os.geteuid() == 0 else [])]
        self._process = None

    def url(self, role, database=DATABASE):
        return f"host={self._socket} dbname={database} user={role}"

    def create(self):
        """initdb, settings, start, roles and an empty database."""
        self._make_socket_folder()
        self._run.call("initdb", [*self._as_user, self._bin / "initdb", "-D", self._data, "-U", "postgres", "--no-sync",
                                  "--no-instructions", "--auth=peer", "-E", "UTF8", "--locale=C.UTF-8"],
                       timeout=INITDB_SECONDS)
        self._configure()
        self.start()
        self._run.call("psql", [self._bin / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self._socket, "-U", "postgres",
                                "-d", "postgres", "-f", "-"], timeout=START_SECONDS, stdin=self._roles_file())

    def reopen(self):
        """Starts what an earlier run created in this `data` and stopped."""
        self._make_socket_folder()
        self._configure()
        self.start()

    def _make_socket_folder(self):
        self._socket.mkdir(mode=0o711)
        os.chown(self._socket, pwd.getpwnam(self.user).pw_uid, -1)

    def _configure(self):
        with open(self._files / "postgresql.conf", "a", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(socket=self._socket) + self._settings)
        (self._files / "pg_hba.conf").write_text("local all all peer map=own\n")
        ours = pwd.getpwuid(os.geteuid()).pw_name
        users = sorted({ours, self.user})
        (self._files / "pg_ident.conf").write_text("".join(
            f"own {user} {role}\n" for user in users for role in ("madoguchi_owner", "madoguchi_server", "postgres")))

    def _roles_file(self):
        path = self._run.directory / "pg-roles.sql"
        path.write_text(ROLES)
        return open(path, "rb")

    def start(self):
        self._process = self._run.spawn("postgres", [*self._as_user, self._bin / "postgres", "-D", self._data], stop="INT")
        ready = [self._bin / "pg_isready", "-q", "-h", self._socket]
        self._run.wait_for("postgres", self._process,
                           lambda: self._run.call("pg_isready", ready, timeout=QUERY_SECONDS, check=False)[0] == 0, START_SECONDS)

    def stop(self, how=signal.SIGINT):
        """A fast shutdown: open connections are ended. SIGQUIT: without any order, as in a crash."""
        self._process.send_signal(how)
        stop(self._process)

    def running(self):
        return self._process.poll() is None

    def query(self, sql, role="madoguchi_owner", database=DATABASE):
        """Rows of one statement, as text, fields separated by |."""
        _, output = self._run.call("psql", [self._bin / "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql,
                                            self.url(role, database)], timeout=QUERY_SECONDS)
        return output.splitlines()

    def dump(self):
        """The whole database as SQL text."""
        return self._run.call("pg_dump", [self._bin / "pg_dump", self.url("postgres")], timeout=QUERY_SECONDS)[1]
