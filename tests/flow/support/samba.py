# SPDX-License-Identifier: Apache-2.0
"""A real Samba share (Debian's smbd) on a loopback port, with its own configuration and state, beside any smbd of the machine; and a
receipt computer that takes files from it with smbclient."""
import getpass
import subprocess

import clinic as clinics

SHARE = "oqs"
CLIENT_SECONDS = 60


class Samba:
    """Shares `folder` to guests of this machine."""

    def __init__(self, run, folder, name="samba"):
        self.port = clinics.free_port()
        home = run.directory / name
        for part in ("private", "lock", "state", "cache", "pid", "ncalrpc", "log"):
            (home / part).mkdir(parents=True)
        config = home / "smb.conf"
        user = getpass.getuser()
        config.write_text(f"""[global]
server role = standalone server
smb ports = {self.port}
interfaces = lo
bind interfaces only = yes
disable netbios = yes
server min protocol = SMB2
map to guest = Bad User
guest account = {user}
load printers = no
printing = bsd
printcap name = /dev/null
private dir = {home / 'private'}
lock directory = {home / 'lock'}
state directory = {home / 'state'}
cache directory = {home / 'cache'}
pid directory = {home / 'pid'}
ncalrpc dir = {home / 'ncalrpc'}
log file = {home / 'log' / 'smbd.log'}
[{SHARE}]
path = {folder}
guest ok = yes
read only = no
force user = {user}
hide dot files = yes
""")
        self.process = run.spawn(name, ["/usr/sbin/smbd", "--foreground", "--no-process-group", f"--configfile={config}"])
        run.wait_for(name, self.process, lambda: self.client("ls")[0] == 0, clinics.READY_SECONDS)

    def client(self, *commands):
        """smbclient with these commands. -> (exit status, output)"""
        done = subprocess.run(["/usr/bin/smbclient", f"//127.0.0.1/{SHARE}", "-p", str(self.port), "-N", "-c", ";".join(commands)],
                              capture_output=True, text=True, timeout=CLIENT_SECONDS, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout + done.stderr

    def names(self, pattern="*"):
        status, text = self.client(f"ls {pattern}")
        assert status == 0 or "NO_SUCH_FILE" in text, text
        return [line.split()[0] for line in text.splitlines() if line.strip().split(" ")[0].endswith((".xml", ".tmp"))]

    def take(self, name, to):
        """Copies the file out of the share and deletes it there, as a receipt computer does. -> its bytes"""
        status, text = self.client(f"get {name} {to}", f"del {name}")
        assert status == 0, text
        return to.read_bytes()

    def put(self, source, name):
        """Writes a file into the share: first under a name of its own, then renamed."""
        status, text = self.client(f"put {source} {name}.part", f"rename {name}.part {name}")
        assert status == 0, text
