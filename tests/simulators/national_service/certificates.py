# SPDX-License-Identifier: Apache-2.0
"""Whether a card's certificate may prove who is there: issued by a pinned anchor, not revoked, in time, for this purpose;
and whether a signature is its holder's.

The folder of --card-ca holds anchors.pem (the pinned anchors) and crl.pem (one revocation list per anchor), both read again
when they change. Several anchors share one name (reference/jpki-card.md §5), so the issuer is the anchor whose KEY verifies
the certificate; names prove nothing. Anchors are trusted because they are pinned here; a CA certificate from a card is not.
"""
import datetime
import pathlib
import re
import threading
import typing
import uuid

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from refusal import Refusal
from watched_file import ConfigurationError, WatchedFile

POLICY = x509.ObjectIdentifier("1.2.392.200149.8.5.1.3.30")  # user authentication
SIGNED_DOMAIN = b"madoguchi.check.v1\x00"
RSA_BITS = 2048
ANCHORS_MAX = 8
ANCHORS_BYTES_MAX = 256 * 1024
CRL_BYTES_MAX = 4 * 1024 * 1024
PEM_BLOCK = r"-----BEGIN {0}-----.*?-----END {0}-----\s*"


def _blocks(data, label):
    found = re.findall(PEM_BLOCK.format(label).encode(), data, re.DOTALL)
    if not 0 < len(found) <= ANCHORS_MAX:
        raise ValueError(f"holds {len(found)} {label} blocks, not 1 to {ANCHORS_MAX}")
    return found


class Anchor(typing.NamedTuple):
    certificate: x509.Certificate
    key: rsa.RSAPublicKey  # reading a key out of a certificate costs more than a verification


class Holder(typing.NamedTuple):
    serial: int
    key: rsa.RSAPublicKey


def _parse_anchors(data):
    read = [x509.load_pem_x509_certificate(block) for block in _blocks(data, "CERTIFICATE")]
    anchors = [Anchor(certificate, certificate.public_key()) for certificate in read]
    if not all(isinstance(anchor.key, rsa.RSAPublicKey) for anchor in anchors):
        raise ValueError("holds an anchor whose key is not RSA")
    return anchors


def _parse_lists(data):
    return [x509.load_pem_x509_crl(block) for block in _blocks(data, "X509 CRL")]


def _verifies(key, signature, signed):
    try:
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        return True
    except InvalidSignature:
        return False


def signed_input(institution_code, challenge, press):
    return SIGNED_DOMAIN + institution_code.encode("ascii") + challenge + press.bytes


class CardCertificates:
    def __init__(self, directory, now=datetime.datetime.utcnow):
        self._now = now
        directory = pathlib.Path(directory)
        self._anchors = WatchedFile(directory / "anchors.pem", _parse_anchors, ANCHORS_BYTES_MAX)
        self._lists = WatchedFile(directory / "crl.pem", _parse_lists, CRL_BYTES_MAX)
        self._lock = threading.Lock()
        self._matched = (None, None, [])  # anchors, lists, and per anchor the lists it signed
        for anchor in self._anchors.value():
            if self._list_of(anchor) is None:
                serial = anchor.certificate.serial_number
                raise ConfigurationError(f"{directory / 'crl.pem'}: no current list signed by anchor {serial}")

    def _list_of(self, anchor):
        """The newest list that this anchor signed and that is not out of date, or None."""
        now = self._now()
        current = [crl for crl in self._signed_by(anchor)
                   if crl.last_update <= now and (crl.next_update is None or now <= crl.next_update)]
        return max(current, key=lambda crl: crl.last_update, default=None)

    def _signed_by(self, anchor):
        anchors, lists = self._anchors.value(), self._lists.value()
        with self._lock:
            if self._matched[0] is not anchors or self._matched[1] is not lists:
                self._matched = (anchors, lists, [
                    (each, [crl for crl in lists if crl.is_signature_valid(each.key)]) for each in anchors])
            return next((signed for each, signed in self._matched[2] if each is anchor), [])

    def accept(self, der):
        """-> Holder of a usable certificate. Order: chain, revocation, validity, purpose."""
        try:
            certificate = x509.load_der_x509_certificate(der)
            issuer = self._issuer(certificate)
        except (ValueError, TypeError):
            raise Refusal("certificate_untrusted") from None
        if issuer is None:
            raise Refusal("certificate_untrusted")
        crl = self._list_of(issuer)
        if crl is None:
            raise Refusal("revocation_unknown")
        if crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
            raise Refusal("certificate_revoked")
        if not certificate.not_valid_before <= self._now() <= certificate.not_valid_after:
            raise Refusal("certificate_expired")
        return Holder(certificate.serial_number, _user_authentication_key(certificate))

    def _issuer(self, certificate):
        if not isinstance(certificate.signature_hash_algorithm, hashes.SHA256):
            return None
        for anchor in self._anchors.value():
            in_time = anchor.certificate.not_valid_before <= self._now() <= anchor.certificate.not_valid_after
            if in_time and _verifies(anchor.key, certificate.signature, certificate.tbs_certificate_bytes):
                return anchor
        return None


def _user_authentication_key(certificate):
    try:
        policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        key = certificate.public_key()
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        raise Refusal("certificate_untrusted") from None
    for_it = any(policy.policy_identifier == POLICY for policy in policies) and usage.digital_signature
    if not for_it or usage.key_cert_sign or not isinstance(key, rsa.RSAPublicKey) or key.key_size != RSA_BITS:
        raise Refusal("certificate_untrusted")
    return key


def require_signature(holder, signature, institution_code, challenge, press: uuid.UUID):
    if not _verifies(holder.key, signature, signed_input(institution_code, challenge, press)):
        raise Refusal("signature_invalid")
