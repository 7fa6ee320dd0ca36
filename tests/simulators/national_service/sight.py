# SPDX-License-Identifier: Apache-2.0
"""The proof with which a simulated card signs after its holder was identified by sight (docs/national-service-seam.md). How a
real card does it is not public; this is a scheme of ours between simulators (docs/decisions/0013).

The key is sight.key of the folder that make-tls made; cards are made with its public half, sight.pem.
"""
import hashlib
import pathlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from watched_file import ConfigurationError

SIGNED_DOMAIN = b"madoguchi.sight.v1\x00"
CARD_CHALLENGE_BYTES = 16


def signed_input(certificate, card_challenge):
    return SIGNED_DOMAIN + hashlib.sha256(certificate).digest() + card_challenge


class SightKey:
    def __init__(self, directory):
        path = pathlib.Path(directory) / "sight.key"
        try:
            self._key = serialization.load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            raise ConfigurationError(f"{path}: {error}; make-tls makes it") from None
        if not isinstance(self._key, ec.EllipticCurvePrivateKey) or not isinstance(self._key.curve, ec.SECP256R1):
            raise ConfigurationError(f"{path}: no P-256 key")

    def proof(self, certificate, card_challenge):
        return self._key.sign(signed_input(certificate, card_challenge), ec.ECDSA(hashes.SHA256()))
