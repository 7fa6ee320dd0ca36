# SPDX-License-Identifier: Apache-2.0
"""TLS of the national side: its own authority, the server's certificate, and the one a clinic shows. TLS 1.3, both ways.

make_files() writes national-ca.pem, server.pem/.key, clinic.pem/.key, and sight.key with its public half sight.pem (sight.py; all
P-256, keys for their owner only). The authority's own key is used once and never written. reader: server_context(), SightKey.
"""
import datetime
import ipaddress
import os
import pathlib
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from watched_file import ConfigurationError

VALID_DAYS = 825
BACKDATED = datetime.timedelta(hours=1)  # for clocks that are a little behind
DIRECTORY_MODE = 0o700
KEY_MODE = 0o600
SESSION_TICKETS = 2  # after each whole handshake (RFC 8446 §4.6.1)


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Madoguchi simulated national service"),
                      x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject, key, issuer, issuer_key, extensions):
    now = datetime.datetime.utcnow()
    builder = (x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer)).public_key(key.public_key())
               .serial_number(x509.random_serial_number()).not_valid_before(now - BACKDATED)
               .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(**chosen):
    words = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{word: chosen.get(word, False) for word in words})


def _write(path, data, mode):
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
    fresh.rename(path)


def _private_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def make_files(directory):
    directory = pathlib.Path(directory)
    directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    root, root_key = "Simulated national root", ec.generate_private_key(ec.SECP256R1())
    leaf = [(x509.BasicConstraints(ca=False, path_length=None), True), (_usage(digital_signature=True), True)]
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = {"national-ca": _certificate(root, root_key, root, root_key, [
        (x509.BasicConstraints(ca=True, path_length=0), True), (_usage(key_cert_sign=True, crl_sign=True), True)])}
    for name, subject, purpose, more in (("server", "localhost", ExtendedKeyUsageOID.SERVER_AUTH, [(names, False)]),
                                         ("clinic", "Clinic of the tests", ExtendedKeyUsageOID.CLIENT_AUTH, [])):
        key = ec.generate_private_key(ec.SECP256R1())
        made[name] = _certificate(subject, key, root, root_key, [*leaf, (x509.ExtendedKeyUsage([purpose]), False), *more])
        _write(directory / f"{name}.key", _private_pem(key), KEY_MODE)
    for name, certificate in made.items():
        _write(directory / f"{name}.pem", certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    sight = ec.generate_private_key(ec.SECP256R1())
    _write(directory / "sight.key", _private_pem(sight), KEY_MODE)
    _write(directory / "sight.pem", sight.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo), 0o644)


def server_context(directory):
    """TLS 1.3 only; who shows no certificate of this authority is not let in. Tickets for resuming a session are given out."""
    directory = pathlib.Path(directory)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = SESSION_TICKETS
    try:
        context.load_cert_chain(directory / "server.pem", directory / "server.key")
        context.load_verify_locations(directory / "national-ca.pem")
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"{directory}: server.pem, server.key or national-ca.pem: {error}") from error
    return context
