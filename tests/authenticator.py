"""A device with passkeys, as far as a server can see it: what it signs, true or forged."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

SITE, ORIGIN = "daybook.test", "https://daybook.test"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """``origin`` and ``site``: where the browser says that it is; ``looked``: at its owner."""

    origin: str = ORIGIN
    site: str = SITE
    looked: bool = True
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, question: dict[str, Any]) -> str:
        """The answer to ``navigator.credentials.create()``."""
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(cose)
        seen = {"fmt": "none", "attStmt": {}, "authData": self._seen(ATTESTED) + attested}
        told = self._told("webauthn.create", question)
        return self._answer(clientDataJSON=told, attestationObject=cbor2.dumps(seen))

    def show(self, question: dict[str, Any]) -> str:
        """The answer to ``navigator.credentials.get()``."""
        told, seen = self._told("webauthn.get", question), self._seen()
        signed = self.key.sign(seen + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=told, authenticatorData=seen, signature=signed)

    def _told(self, kind: str, question: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": question["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _seen(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.looked else 0)
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _answer(self, **parts: bytes) -> str:
        response = {name: bytes_to_base64url(part) for name, part in parts.items()}
        own = bytes_to_base64url(self.id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})
