# SPDX-License-Identifier: Apache-2.0
"""A file that may be edited while the simulator runs: read again when its time, size or place on disk changed.

Thread: any. A file that cannot be understood raises ConfigurationError, naming it; the next request looks again.
"""
import pathlib
import threading


class ConfigurationError(Exception):
    """Something a user gave us is wrong; the message names the file, and the line when there is one."""


class WatchedFile:
    def __init__(self, path, parse, bytes_max):
        self.path = pathlib.Path(path)
        self._parse = parse
        self._bytes_max = bytes_max
        self._lock = threading.Lock()
        self._stamp = None
        self._value = None

    def value(self):
        """What parse(bytes) made of the file as it is now."""
        with self._lock:
            try:
                status = self.path.stat()
                stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
                if stamp != self._stamp:
                    if status.st_size > self._bytes_max:
                        raise ConfigurationError(f"{self.path}: larger than {self._bytes_max} bytes")
                    self._value = self._parse(self.path.read_bytes())
                    self._stamp = stamp
            except OSError as error:
                raise ConfigurationError(f"{self.path}: {error.strerror}") from error
            except (ValueError, KeyError, TypeError) as error:
                raise ConfigurationError(f"{self.path}: {error}") from error
            return self._value
