# SPDX-License-Identifier: Apache-2.0
"""A small file system of its own, for a private PostgreSQL or for files of ours: a real one (tmpfs) that a real full disk can be made of.

It is mounted where only one process of ours and PostgreSQL see it (a mount namespace of their own): nothing of the machine is touched, and it is
gone with the last of them, however the run ends. Root may do that, and so may any user whose kernel lets people have namespaces (Debian's does).
"""
import errno
import os
import pathlib
import pwd

from postgres import Postgres

MEGABYTES = 400
MOUNT_SECONDS = 30
CHUNK_BYTES = 1 << 20
OF_ROOT = ["unshare", "--mount"]
OF_A_USER = ["unshare", "--map-current-user", "--keep-caps", "--mount"]
MOUNT = 'mount -t tmpfs -o size="$1"m,mode=0711 tmpfs "$2" && chown "$3" "$2" && echo mounted && exec sleep infinity'


class SmallDisk:
    def __init__(self, run, megabytes=MEGABYTES):
        self._run = run
        self.directory = run.directory / "small-disk"
        self.directory.mkdir()
        is_root = os.geteuid() == 0
        user = "postgres" if is_root else pwd.getpwuid(os.geteuid()).pw_name
        self._holder = run.spawn("small-disk", [*(OF_ROOT if is_root else OF_A_USER), "/bin/sh", "-c", MOUNT, "sh", megabytes, self.directory, user])
        run.wait_for("small-disk", self._holder, lambda: "mounted" in run.log_file("small-disk").read_text(), MOUNT_SECONDS)

    def postgres(self):
        """A PostgreSQL whose files are all on it; to be created once."""
        enter = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        within = ["nsenter", f"--target={self._holder.pid}", *enter, "--mount", "--"]
        # No checkpoint by volume, which would give segments of its log back while the disk fills up.
        return Postgres(self._run, "max_wal_size = 2GB\nmin_wal_size = 32MB\n", within, self.directory / "data", self._seen_at("data"))

    def folder(self, name):
        """A new folder of it, as programs of ours reach it."""
        path = self._seen_at(name)
        path.mkdir()
        return path

    def _seen_at(self, name):
        """Where a file of it is for us, who are not in its namespace."""
        return pathlib.Path(f"/proc/{self._holder.pid}/root{self.directory / name}")

    def fill(self):
        """Not one byte is left afterwards. -> how many were"""
        taken, chunk = 0, CHUNK_BYTES
        with open(self._seen_at("ballast"), "ab", buffering=0) as ballast:
            while chunk:
                try:
                    written = ballast.write(b"\0" * chunk)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    written = 0
                taken += written
                chunk = chunk if written == chunk else chunk // 2
        return taken

    def make_room(self):
        self._seen_at("ballast").unlink()

