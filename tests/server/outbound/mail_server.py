#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real SMTP server (aiosmtpd) for the tests of the SMTP client, on a free port of 127.0.0.1 until standard input ends.

Arguments: MODE CERTIFICATE KEY. MODE is starttls (log-in and mail only after STARTTLS), tls (TLS from the start), plain (no TLS at
all), refusing (starttls, and every recipient is refused with 550). Standard output: the port, then each mail as one line of JSON.
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = b"clinic", b"mail-Passw0rd"


class Keeper:
    def __init__(self, refuses):
        self._refuses = refuses

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self._refuses:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        told = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "content": envelope.content.decode("ascii"),
                "tls": session.ssl is not None and session.ssl["cipher"][1] if isinstance(session.ssl, dict) else session.ssl is not None,
                "authenticated": session.authenticated}
        print(json.dumps(told), flush=True)
        return "250 taken"


def authenticate(_server, _session, _envelope, _mechanism, given):
    return AuthResult(success=(given.login, given.password) == (USER, PASSWORD))


async def main(mode, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    starttls = mode in ("starttls", "refusing")

    def protocol():
        return SMTP(Keeper(mode == "refusing"), tls_context=context if starttls else None, require_starttls=starttls,
                    authenticator=authenticate, auth_require_tls=starttls, hostname="localhost")

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main(*sys.argv[1:]))
