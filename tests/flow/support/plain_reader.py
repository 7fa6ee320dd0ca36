# SPDX-License-Identifier: Apache-2.0
"""A reader without PC/SC: the virtual card plugs into it directly (the wire of reference vpcd: two bytes of length,
then the bytes; messages of one byte are control). For tests in which the desk itself is made of Python."""
import socket
import struct

ACCEPT_SECONDS = 60
ANSWER_SECONDS = 30
POWER_OFF, POWER_ON, RESET = b"\x00", b"\x01", b"\x02"


class PlainReader:
    def __init__(self, port):
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(ACCEPT_SECONDS)
        self._card = None

    def close(self):
        self._listener.close()
        if self._card:
            self._card.close()

    def power_on(self):
        if self._card is None:
            self._card, _ = self._listener.accept()
            self._card.settimeout(ANSWER_SECONDS)
            self._card.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._send(POWER_ON)

    def power_off(self):
        self._send(POWER_OFF)

    def transmit(self, command):
        """-> (data, status word)"""
        self._send(command)
        length, = struct.unpack(">H", self._receive(2))
        answer = self._receive(length)
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def _send(self, data):
        self._card.sendall(struct.pack(">H", len(data)) + data)

    def _receive(self, length):
        data = b""
        while len(data) < length:
            piece = self._card.recv(length - len(data))
            if not piece:
                raise ConnectionError("the card is gone")
            data += piece
        return data
