# SPDX-License-Identifier: Apache-2.0
"""A real syslog receiver (Debian's rsyslogd, TLS by GnuTLS) on a port of 127.0.0.1; every message as it came, on a line of a file."""
import signal

import clinic as clinics

PROGRAM = "/usr/sbin/rsyslogd"


class SyslogReceiver:
    """It shows the clinic's own server certificate, for localhost, and wants to see the same. One name per receiver of a run."""

    def __init__(self, clinic, name):
        self._clinic, self._name = clinic, name
        self.port = clinics.free_port()
        self._directory = clinic.run.directory / name
        self._directory.mkdir()
        self.received = self._directory / "received"
        self.received.touch()
        self._certificate, self._key = clinic.identity / "server.pem", clinic.identity / "server.key.pem"
        (self._directory / "rsyslog.conf").write_text(
            f'global(workDirectory="{self._directory}" maxMessageSize="128k" defaultNetstreamDriver="gtls" '
            f'defaultNetstreamDriverCAFile="{clinic.root_file}" defaultNetstreamDriverCertFile="{self._certificate}" '
            f'defaultNetstreamDriverKeyFile="{self._key}")\n'
            # "anon" would be a handshake without any certificate, which TLS 1.3 has not.
            'module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/name" permittedPeer="localhost")\n'
            'template(name="raw" type="string" string="%rawmsg%\\n")\n'
            f'input(type="imtcp" address="127.0.0.1" port="{self.port}")\n'
            f'action(type="omfile" template="raw" file="{self.received}")\n')
        self.start()

    @property
    def settings(self):
        """Of a server that sends here."""
        return {"audit": {"sink": "syslog", "sink_host": f"localhost:{self.port}", "sink_root_file": self._clinic.root_file,
                          "sink_certificate_file": self._certificate, "sink_key_file": self._key}}

    def start(self):
        process_file = self._directory / "pid"
        process_file.unlink(missing_ok=True)  # of one that was killed
        self.process = self._clinic.run.spawn(self._name, [PROGRAM, "-n", "-f", self._directory / "rsyslog.conf", "-i", process_file])

    def freeze(self):
        """From now on it accepts and never reads."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def lines(self):
        """Whole lines only."""
        return self.received.read_text(errors="replace").split("\n")[:-1]
