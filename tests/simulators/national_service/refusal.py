# SPDX-License-Identifier: Apache-2.0
"""What the service answers instead of a result: application/problem+json (RFC 9457) with the types of
docs/national-service-seam.md. A Refusal is raised where the reason is found and becomes an answer in one place (exchange.py).
"""
import json

TITLES = {  # type → (HTTP status, title)
    "request_invalid": (400, "The request does not have the agreed shape"),
    "account_not_usable": (403, "The device account is unknown, stopped or ended"),
    "account_not_activated_for_desk": (403, "The device account is not activated for this desk"),
    "sight_not_allowed": (403, "This device account may not check by sight"),
    "idempotency_conflict": (409, "This key was used for another request"),
    "challenge_invalid": (422, "The challenge is unknown, used or expired"),
    "certificate_untrusted": (422, "No trusted authority issued this certificate for user authentication"),
    "certificate_expired": (422, "The certificate is outside its validity"),
    "certificate_revoked": (422, "The certificate is revoked"),
    "signature_invalid": (422, "The signature does not match the certificate and the challenge"),
    "not_registered_for_insurance": (422, "The card is not registered for insurance use"),
    "activation_refused": (403, "The account, its password or its activation code is wrong, or the code was used"),
    "account_locked": (403, "The account is locked for 30 minutes after five wrong activations"),
    "account_bound_elsewhere": (409, "The account is bound to another desk"),
    "application_unknown": (404, "There is no such application of this institution"),
    "application_decided": (409, "The application is decided already"),
    "too_many_challenges": (429, "Too many challenges are open"),
    "revocation_unknown": (503, "The revocation list is missing or out of date"),
    "fault_injected": (503, "The simulator was told to fail"),
    "simulator_error": (500, "The simulator cannot answer; its standard error says why"),
}
CONTENT_TYPE = "application/problem+json"


class Refusal(Exception):
    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind

    def body(self, status=None):
        listed, title = TITLES[self.kind]
        return json.dumps({"type": self.kind, "title": title, "status": status or listed}).encode()

    @property
    def status(self):
        return TITLES[self.kind][0]
