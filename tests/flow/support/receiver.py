# SPDX-License-Identifier: Apache-2.0
"""Receivers of the hand-off outside our programs: a webhook that asks for our certificate and keeps what it got, and a program that pulls
with a certificate of its own."""
import hashlib
import hmac
import http.client
import http.server
import json
import ssl
import threading
import time

ASK_SECONDS = 60


class Webhook:
    """HTTPS with mutual TLS on a free port of 127.0.0.1. `status` is what it answers; `got` is what came: (headers, body)."""

    def __init__(self, certificate, key, root):
        self.got, self.status = [], 200
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *unused):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(certificate, key)
        context.load_verify_locations(root)
        context.verify_mode = ssl.CERT_REQUIRED
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"https://localhost:{self._server.server_address[1]}/results"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(ASK_SECONDS)


def is_signed(headers, body, key):
    """As docs/handoff.md tells receivers to check it."""
    parts = dict(part.split("=", 1) for part in headers["Madoguchi-Signature"].split(","))
    wanted = hmac.new(key, parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, parts["v1"]) and abs(time.time() - int(parts["t"])) < 300


class Puller:
    """Asks the pull listener. directory: made by madoguchi-server add-receiver; None: without a certificate."""

    def __init__(self, port, root, directory):
        self._port = port
        self._tls = ssl.create_default_context(cafile=root)
        if directory is not None:
            self._tls.load_cert_chain(directory / "receiver.pem", directory / "receiver.key")

    def ask(self, method, path, accept="application/json"):
        """-> (status, document)"""
        connection = http.client.HTTPSConnection("localhost", self._port, context=self._tls, timeout=ASK_SECONDS)
        try:
            connection.request(method, path, headers={"Accept": accept})
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else None
        finally:
            connection.close()
