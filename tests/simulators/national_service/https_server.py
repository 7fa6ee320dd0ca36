# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 over TLS 1.3 for the exchange: one thread per connection, at most CONNECTIONS_MAX of them.

The TLS handshake is done in the connection's own thread, so that a silent caller keeps nobody else waiting. An answer's
header and body leave in one write, and TCP_NODELAY is set: no wait for delayed acknowledgements. Faults happen here.
"""
import http.server
import random
import re
import select
import socket
import socketserver
import ssl
import sys
import threading
import time

import faults
import office
import refusal
from exchange import Answer, refused
from messages import REQUEST_BYTES_MAX
from watched_file import ConfigurationError

CONNECTIONS_MAX = 256
WAITING_MAX = 128           # connections the system queues for us
HANDSHAKE_SECONDS = 10.0
IDLE_SECONDS = 75.0         # keep-alive without a request
DROPPED_BYTES_MAX = 1024 * 1024  # of a request that is too large
WRITE_BUFFER = 64 * 1024
OFFICE_BYTES_MAX = 10 * 1024 * 1024  # an application with three attachments of 2 MiB, in base64
KINDS = {"/v1/challenges": "challenge", "/v1/sights": "sight", "/v1/checks": "check", "/v1/inquiries": "inquiry",
         "/v1/outcomes": "outcome", **office.PATHS}
XML_PATH = "/v1/inquiries"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = WRITE_BUFFER
    timeout = IDLE_SECONDS
    server_version = "madoguchi-national-service"
    sys_version = ""
    _anonymous = False  # of the answer that is being sent

    def do_POST(self):
        kind = KINDS.get(self.path)
        body = self._read_body()
        expected = "application/xml" if self.path == XML_PATH else "application/json"
        if kind is None or body is None or self.headers.get_content_type() != expected:
            self._send(refused(refusal.Refusal("request_invalid")))
            return
        try:
            self._serve(kind, body, self.headers.get("Idempotency-Key"))
        except ConfigurationError as error:
            print(f"madoguchi-national-service: {error}", file=sys.stderr, flush=True)
            self._send(refused(refusal.Refusal("simulator_error")))

    def _refuse_method(self):
        self.close_connection = True
        self._send(refused(refusal.Refusal("request_invalid")))

    do_GET = do_HEAD = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _refuse_method

    def _read_body(self):
        """None when the length is not told or too large; then the connection ends after the answer."""
        told = self.headers.get("Content-Length", "")
        length = int(told) if re.fullmatch("[0-9]{1,10}", told) and "Transfer-Encoding" not in self.headers else None
        if length is None or length > (OFFICE_BYTES_MAX if self.path in office.PATHS else REQUEST_BYTES_MAX):
            self.close_connection = True
            # Closing on unread bytes would reset the connection before the refusal is read.
            self.rfile.read(min(length or 0, DROPPED_BYTES_MAX))
            return None
        body = self.rfile.read(length)
        return body if len(body) == length else None

    def _serve(self, kind, body, key):
        fault = self.server.faults.take(kind)
        unseen = fault.close == "before" or fault.status
        answer = None if unseen else self._answer(kind, body, key)
        named = None if kind in ("challenge", "sight") else answer.about if answer and answer.about else key
        self.server.journal.write(kind, named, "" if unseen else answer.outcome, fault.name())
        self._wait(fault)
        if fault.hang or fault.close in ("before", "after_request"):
            self.close_connection = True
        elif fault.status:
            body = refusal.Refusal("fault_injected").body(fault.status)
            self._send(Answer(fault.status, refusal.CONTENT_TYPE, body, ""), fault)
        else:
            self._send(answer._replace(body=faults.spoil(fault, answer.body)) if answer.status == 200 else answer, fault)

    def _answer(self, kind, body, key):
        exchange, headers = self.server.exchange, self.headers
        if kind == "challenge":
            return exchange.issue_challenge(body)
        if kind == "sight":
            return exchange.permit_sight(body)
        if kind == "check":
            return exchange.answer_check(body, key)
        if kind == "inquiry":
            return exchange.answer_inquiry(body, key, headers.get("Madoguchi-Device-Account"), headers.get("Madoguchi-Desk"))
        if kind == "outcome":
            return exchange.tell_outcome(body)
        return self.server.office.answer(self.path, body, key)

    def _wait(self, fault):
        seconds = faults.HANG_SECONDS if fault.hang else (fault.latency_ms + random.uniform(0, fault.jitter_ms)) / 1000
        if seconds:
            self._has_hung_up(seconds)

    def _has_hung_up(self, seconds):
        """Waits this long, or until the caller has hung up."""
        caller = select.poll()
        caller.register(self.connection, select.POLLIN)
        return bool(caller.poll(seconds * 1000))

    def _send(self, answer, fault=faults.NONE):
        half = fault.close == "mid_answer"
        self._anonymous = fault.anonymous
        self.send_response(answer.status)
        if fault.retry_after:
            self.send_header("Retry-After", str(fault.retry_after))
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close" if self.close_connection or half else "keep-alive")
        self.end_headers()
        self._write(answer.body[: len(answer.body) // 2] if half else answer.body, fault.drip_ms / 1000)
        self.close_connection = self.close_connection or half

    def _write(self, body, pause):
        until = time.monotonic() + faults.DRIP_SECONDS_MAX
        while pause and len(body) > faults.DRIP_BYTES and time.monotonic() < until:
            self.wfile.write(body[:faults.DRIP_BYTES])
            self.wfile.flush()
            body = body[faults.DRIP_BYTES:]
            if self._has_hung_up(pause):
                self.close_connection = True
                return
        self.wfile.write(body)
        self.wfile.flush()

    def send_response(self, code, message=None):
        super().send_response(code, message)
        if not self._anonymous:
            self.send_header("X-Madoguchi-National-Service", "simulator")

    def log_message(self, *_unused):
        """The journal says what was asked; requests hold certificates and are not printed."""


class HttpsServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = WAITING_MAX

    def __init__(self, address, context, exchange, portal, journal, fault_plan):
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._context = context
        self._free = threading.BoundedSemaphore(CONNECTIONS_MAX)
        self.exchange = exchange
        self.office = portal
        self.journal = journal
        self.faults = fault_plan
        super().__init__(address, Handler)

    def server_bind(self):
        # HTTPServer would ask the resolver for our name; nobody needs it.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def process_request(self, request, client_address):
        self._free.acquire()
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread could be started that would release it
            self._free.release()
            raise

    def process_request_thread(self, request, client_address):
        connection = request
        try:
            request.settimeout(HANDSHAKE_SECONDS)
            connection = self._context.wrap_socket(request, server_side=True)
            self.finish_request(connection, client_address)
        except (ssl.SSLError, OSError):
            pass  # the caller was refused, left or fell silent: its own trouble, and the connection ends below
        finally:
            connection.close()
            self._free.release()
