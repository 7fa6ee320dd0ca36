# SPDX-License-Identifier: Apache-2.0
"""A desk made of Python: says to the server exactly what a test wants it to say, also what no honest desk would.
It runs card scripts against a PlainReader as docs and protos define them, without any policy of its own."""
import hashlib
import os
import queue
import threading
import uuid

import grpc
from madoguchi.v1 import check_pb2, desk_service_pb2, desk_service_pb2_grpc

RECEIVE_SECONDS = 60
DOMAIN = b"madoguchi.check.v1\0"
DIGEST_INFO_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
CHUNK = 256


class StreamClosed(Exception):
    """The server closed the stream; holds the gRPC status."""

    def __init__(self, error):
        super().__init__(str(error.code()) if error else "closed")
        self.error = error


class PythonDesk:
    def __init__(self, address, root, key, certificate, reader=None, pin=None, options=()):
        credentials = grpc.ssl_channel_credentials(root, key, certificate)
        self._channel = grpc.secure_channel(address, credentials, options=[("grpc.enable_http_proxy", 0), *options])
        self._out = queue.Queue()
        self._in = queue.Queue()
        self._reader = reader
        self._pin = pin
        self.sequence = 0
        self.welcome = None
        self.press_id = None
        self.opening = None
        stub = desk_service_pb2_grpc.DeskServiceStub(self._channel)
        self.call = stub.Connect(iter(self._out.get, None))
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.vanish()

    def vanish(self):
        """The stream and its connection end without a word."""
        self.call.cancel()
        self._out.put(None)
        self._channel.close()
        self._thread.join(RECEIVE_SECONDS)

    def _read(self):
        try:
            for message in self.call:
                self._in.put(message)
            self._in.put(StreamClosed(None))
        except grpc.RpcError as error:
            self._in.put(StreamClosed(error))

    # --- messages ------------------------------------------------------------------------------------------------

    def send(self, sequence=None, **content):
        """One message, numbered as the protocol says unless the test says otherwise."""
        self.sequence = self.sequence + 1 if sequence is None else sequence
        self._out.put(desk_service_pb2.DeskMessage(sequence=self.sequence, **content))

    def receive(self, kind, timeout=RECEIVE_SECONDS):
        """The next message of this kind; heartbeats in between are passed over. StreamClosed when there is none."""
        while True:
            message = self._in.get(timeout=timeout)
            if isinstance(message, StreamClosed):
                raise message
            if message.WhichOneof("content") == kind:
                return getattr(message, kind)
            if message.WhichOneof("content") == "goodbye":
                raise AssertionError(f"goodbye {message.goodbye.code} instead of {kind}")

    def receive_goodbye(self):
        """The code with which the server closes the stream; None when it closes without one."""
        while True:
            message = self._in.get(timeout=RECEIVE_SECONDS)
            if isinstance(message, StreamClosed):
                return None
            if message.WhichOneof("content") == "goodbye":
                return message.goodbye.code

    def say_hello(self, protocol_min=1, protocol_max=1):
        self.send(hello=desk_service_pb2.Hello(protocol_min=protocol_min, protocol_max=protocol_max, agent_version="0.1.0",
                                               agent_instance=os.urandom(16)))
        self.welcome = self.receive("welcome")
        return self.welcome

    def press(self, opening, press_id=None):
        self.press_id = press_id or uuid.uuid4().bytes
        self.opening = opening
        self.send(press=check_pb2.Press(press_id=self.press_id, method=check_pb2.PIN, opening=opening, remaining_ms=15000))

    def answer_script(self, run, answers):
        self.send(script_result=check_pb2.ScriptResult(press_id=run.press_id, epoch=run.epoch,
                                                       script_number=run.script_number, answers=answers))

    # --- the card ------------------------------------------------------------------------------------------------

    def run_opening(self):
        self._reader.power_on()
        return self.run_script(self.welcome.opening_script)

    def run_script(self, script):
        """Every step, stopping at the first status word that is not accepted."""
        from madoguchi.v1 import card_script_pb2
        answers = card_script_pb2.ScriptAnswers()
        for step in script.steps:
            data, status, apdus = self._run_step(step)
            answers.steps.add(status_word=status, data=data, microseconds=1, apdus=apdus)
            if not any((status & pattern.mask) == pattern.value for pattern in step.accepted):
                answers.stopped_code = 1216
                break
        return answers

    def _run_step(self, step):
        if step.WhichOneof("action") == "read_file":
            return self._read_file(step.read_file)
        transmit = step.transmit
        data = {"literal": lambda: transmit.literal, "pin_slot": lambda: self._pin,
                "signed_challenge": lambda: self._signed(transmit.signed_challenge.challenge),
                None: lambda: b""}[transmit.WhichOneof("data")]()
        command = transmit.header + (bytes([len(data)]) + data if data else b"")
        if transmit.expected_bytes:
            command += bytes([transmit.expected_bytes % 256])
        return (*self._reader.transmit(command), 1)

    def _signed(self, challenge):
        digest = hashlib.sha256(DOMAIN + self.welcome.institution_code.encode() + challenge + self.press_id).digest()
        return DIGEST_INFO_SHA256 + digest

    def _read_file(self, read):
        _, status = self._reader.transmit(bytes.fromhex("00a4020c02") + read.file_id.to_bytes(2, "big"))
        if status != 0x9000:
            return b"", status, 1
        content, apdus, wanted = b"", 1, read.bytes_max
        while len(content) < wanted:
            command = b"\x00\xb0" + len(content).to_bytes(2, "big") + b"\x00"
            data, status = self._reader.transmit(command)
            apdus += 1
            if status != 0x9000 or not data:
                break
            content += data
            if read.der_length and len(content) >= 4:
                wanted = int.from_bytes(content[2:4], "big") + 4
            if len(data) < CHUNK:
                break
        return content[:wanted], 0x9000, apdus
