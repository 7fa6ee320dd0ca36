# SPDX-License-Identifier: Apache-2.0
"""A piece of network between a desk and servers, on loopback: carries bytes, and can be cut, go silent (half-open: both ends believe the
connection is there), and lead the next connection to another server. TLS stays between desk and server.
"""
import contextlib
import select
import socket
import threading

CHUNK = 64 * 1024
CONNECTIONS_MAX = 64
LOOK_SECONDS = 0.2


class NetworkSwitch:
    def __init__(self, port):
        """port: of the server that is reached at first."""
        self._target = port
        self._silent = set()  # connections that carry nothing any more
        self._open = {}       # number → (desk side, server side)
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"localhost:{self._listener.getsockname()[1]}"
        self._threads = []
        self.accepted = 0

    def __enter__(self):
        self._spawn(self._accept)
        return self

    def __exit__(self, *unused):
        self._ending.set()
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(10)

    def lead_to(self, port):
        """New connections go there."""
        self._target = port

    def cut(self):
        """Every connection ends at both ends."""
        with self._lock:
            for pair in self._open.values():
                for end in pair:
                    with contextlib.suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)

    def go_silent(self):
        """The connections of now carry nothing any more, and nobody is told."""
        with self._lock:
            self._silent.update(self._open)

    def _spawn(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while not self._ending.is_set() and self.accepted < CONNECTIONS_MAX:
            try:
                desk, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target), 5)
            except OSError:
                desk.close()
                continue
            with self._lock:
                self.accepted += 1
                number = self.accepted
                self._open[number] = (desk, server)
            self._spawn(self._carry, number, desk, server)

    def _carry(self, number, desk, server):
        other = {desk: server, server: desk}
        try:
            while not self._ending.is_set():
                readable, _, _ = select.select(list(other), [], [], LOOK_SECONDS)
                with self._lock:
                    silent = number in self._silent
                if silent:
                    self._ending.wait(LOOK_SECONDS)
                    continue
                for end in readable:
                    data = end.recv(CHUNK)
                    if not data:
                        return
                    other[end].sendall(data)
        except OSError:
            return
        finally:
            with self._lock:
                self._open.pop(number, None)
            desk.close()
            server.close()
