# SPDX-License-Identifier: Apache-2.0
"""A hostile server that holds the facility's own server certificate and key: what it can make a desk do is what design
§4 leaves to a stolen server. It welcomes the desk with any opening script and answers a press with any scripts."""
import concurrent.futures
import queue

import grpc
from madoguchi.v1 import card_script_pb2, check_pb2, desk_service_pb2, desk_service_pb2_grpc

ANSWER_SECONDS = 20
WORKERS = 4
END_CODE = 1402  # what the desk is told at the end: any refusal will do


def transmit(header, *accepted, literal=None, pin=False, challenge=None, expected=0):
    """One step. header: CLA INS P1 P2 as hex; accepted: status words, 0x9000 unless given."""
    step = card_script_pb2.ScriptStep()
    step.transmit.header = bytes.fromhex(header)
    if literal is not None:
        step.transmit.literal = bytes.fromhex(literal)
    if pin:
        step.transmit.pin_slot.SetInParent()
    if challenge is not None:
        step.transmit.signed_challenge.challenge = challenge
    step.transmit.expected_bytes = expected
    for value in accepted or (0x9000,):
        step.accepted.add(value=value, mask=0xFFFF)
    return step


def read_file(file_id, bytes_max=4096, der_length=False):
    step = card_script_pb2.ScriptStep()
    step.read_file.file_id = file_id
    step.read_file.bytes_max = bytes_max
    step.read_file.der_length = der_length
    step.accepted.add(value=0x9000, mask=0xFFFF)
    return step


def script(*steps, last=False):
    return card_script_pb2.CardScript(steps=steps, last=last)


class StolenServer(desk_service_pb2_grpc.DeskServiceServicer):
    def __init__(self, key, chain, root, opening, proofs=(), sight_allowed=False):
        self._opening = opening
        self._proofs = proofs
        self._sight_allowed = sight_allowed
        self.results = []     # ScriptAnswers of every proof script that was answered
        self.refusals = []    # PolicyRefusal
        self.presses = []
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(WORKERS))
        desk_service_pb2_grpc.add_DeskServiceServicer_to_server(self, self._server)
        credentials = grpc.ssl_server_credentials([(key, chain)], root, require_client_auth=True)
        self.port = self._server.add_secure_port("127.0.0.1:0", credentials)
        self.address = f"localhost:{self.port}"

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *unused):
        self._server.stop(1).wait(ANSWER_SECONDS)

    def Connect(self, request_iterator, context):  # the name gRPC gives it
        inbox = queue.Queue()

        def read():
            try:
                for message in request_iterator:
                    inbox.put(message)
            except Exception:  # the stream ended: that is all a reader needs to know
                pass
            inbox.put(None)

        concurrent.futures.ThreadPoolExecutor(1).submit(read)
        sequence = 0

        def message(**content):
            nonlocal sequence
            sequence += 1
            return desk_service_pb2.ServerMessage(sequence=sequence, **content)

        proofs = list(enumerate(self._proofs, start=1))
        while True:
            received = inbox.get(timeout=ANSWER_SECONDS)
            if received is None:
                return
            kind = received.WhichOneof("content")
            if kind == "hello":
                yield message(welcome=desk_service_pb2.Welcome(
                    protocol=1, server_version="0.1.0", desk_id="00000000-0000-4000-8000-000000000000", desk_name="受付",
                    institution_code="1311234567", account_id="W0000001", sight_allowed=self._sight_allowed,
                    opening_script=self._opening))
            elif kind == "heartbeat":
                yield message(heartbeat=desk_service_pb2.Heartbeat())
            elif kind == "policy_refusal":
                self.refusals.append(received.policy_refusal)
            elif kind in ("press", "script_result"):
                if kind == "press":
                    self.presses.append(received.press)
                    press_id = received.press.press_id
                    yield message(press_accepted=check_pb2.PressAccepted(press_id=press_id))
                else:
                    self.results.append(received.script_result.answers)
                if proofs:
                    number, proof = proofs.pop(0)
                    yield message(run_script=check_pb2.RunScript(press_id=press_id, epoch=1, script_number=number, script=proof,
                                                                 remaining_ms=10000))
                else:
                    yield message(check_answer=check_pb2.CheckAnswer(press_id=press_id,
                                                                     refusal=check_pb2.Refusal(code=END_CODE)))
