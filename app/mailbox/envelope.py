"""The envelope of one answer that was given without a network, and the receipt for it. Pure.

A phone seals each answer to the server's public key and cannot open it again. As bytes:

    version     1 byte    1
    key id      8 bytes   the beginning of SHA-256 over the server's public point
    public      65 bytes  the phone's one-time public point (P-256, not compressed)
    nonce       12 bytes
    sealed      rest      AES-256-GCM, with the first 74 bytes as additional data

The AES key is HKDF-SHA256 over the shared secret of both points, with the server's public point
as salt and ``daybook/mailbox/1`` as info. What is sealed is padded to one of ``SIZES``: four bytes
of length, the letter as JSON, zeros. A letter holds

    phone   the mark of the phone that the page of blank forms came with
    task    which form it is; ``version``: of the questions that it asked
    token   which makes a resend harmless
    fields  pairs of name and value, as the page of the task would send them
    at, sealed_at   the phone's clock (ISO 8601) when it was answered, and when it was sealed
    zone, shell     the phone's time zone, and the version of the page of blank forms

A receipt is signed with ECDSA over P-256 and SHA-256 over the text of ``Receipt.text``. It names
the envelope by its digest, since the phone knows nothing else of what it keeps.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.keys import Keys

VERSION, KEY_ID, POINT, NONCE = 1, 8, 65, 12
HEAD = 1 + KEY_ID + POINT
# What an answer takes with its padding: nearly every one the first.
SIZES = (4096, 8192, 16384)
LONGEST = HEAD + NONCE + SIZES[-1] + 16
INFO = b"daybook/mailbox/1"
# The order of the group of P-256: a private number lies below it.
_ORDER = int("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)


class Unreadable(Exception):
    """Not sealed to us, damaged, or no letter."""


class Letter(BaseModel):
    """What one envelope says, before anybody looked at its answers."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    phone: Annotated[str, Field(max_length=64)]
    task: Annotated[str, Field(max_length=16)]
    version: Annotated[int, Field(ge=0, le=10_000)] = 0
    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{16,64}$")]
    fields: Annotated[list[tuple[str, str]], Field(max_length=300)]
    at: AwareDatetime
    sealed_at: AwareDatetime
    zone: Annotated[str, Field(max_length=64)] = ""
    shell: Annotated[str, Field(max_length=64)] = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """That the envelope of ``digest`` is kept as the entry ``entry``, and what became of it."""

    digest: str
    entry: int
    at: datetime
    state: str

    def text(self) -> str:
        told = (self.digest, str(self.entry), self.at.isoformat(), self.state)
        return "\n".join(("daybook/receipt/1", *told))


def encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Raises Unreadable."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise Unreadable from error


def digest_of(envelope: bytes) -> str:
    return hashlib.sha256(envelope).hexdigest()


def public_key(secret: bytes, purpose: str) -> bytes:
    """The public point of ``seal`` or ``sign``, from one of the mailbox's secrets."""
    return _point(_private(secret, purpose).public_key())


def secret_of(keys: Keys, envelope: bytes) -> bytes:
    """The secret to which an envelope was sealed, and with which its receipt is signed.

    A phone goes by the keys that it had then, whatever came after; what names none of ours is
    answered under the one in use.
    """
    named = envelope[1 : 1 + KEY_ID]
    known = (one for one in keys.mailboxes if _key_id(public_key(one, "seal")) == named)
    return next(known, keys.mailboxes[0])


def seal(public: bytes, letter: dict[str, Any]) -> bytes:
    """An envelope, as a phone makes one. Raises ValueError for a letter that is too long."""
    said = json.dumps(letter).encode()
    size = next((one for one in SIZES if len(said) + 4 <= one), None)
    if size is None:
        raise ValueError("too long a letter")
    fresh = ec.generate_private_key(ec.SECP256R1())
    head = bytes([VERSION]) + _key_id(public) + _point(fresh.public_key())
    shared = fresh.exchange(ec.ECDH(), _read_point(public))
    nonce = hashlib.sha256(head).digest()[:NONCE]  # the key is used once
    padded = (len(said).to_bytes(4) + said).ljust(size, b"\0")
    return head + nonce + AESGCM(_key(shared, public)).encrypt(nonce, padded, head)


def unseal(keys: Keys, envelope: bytes) -> Letter:
    """Raises Unreadable."""
    secret = secret_of(keys, envelope)
    public = public_key(secret, "seal")
    head, rest = envelope[:HEAD], envelope[HEAD:]
    if len(rest) <= NONCE or head[: 1 + KEY_ID] != bytes([VERSION]) + _key_id(public):
        raise Unreadable
    try:
        theirs = _read_point(head[1 + KEY_ID :])
        shared = _private(secret, "seal").exchange(ec.ECDH(), theirs)
        padded = AESGCM(_key(shared, public)).decrypt(rest[:NONCE], rest[NONCE:], head)
        said = padded[4 : 4 + int.from_bytes(padded[:4])]
        return Letter.model_validate_json(said)
    except (InvalidTag, ValidationError, ValueError) as error:
        raise Unreadable from error


def signed(keys: Keys, receipt: Receipt, envelope: bytes) -> str:
    """The signature as browsers take it: both numbers, 32 bytes each."""
    secret = secret_of(keys, envelope)
    signature = _private(secret, "sign").sign(receipt.text().encode(), ec.ECDSA(SHA256()))
    return encode(b"".join(part.to_bytes(32) for part in decode_dss_signature(signature)))


def _private(secret: bytes, purpose: str) -> ec.EllipticCurvePrivateKey:
    """48 bytes, so that the modulus takes no bias from them."""
    told = b"daybook/mailbox/" + purpose.encode()
    found = HKDF(SHA256(), 48, salt=None, info=told).derive(secret)
    return ec.derive_private_key(int.from_bytes(found) % (_ORDER - 1) + 1, ec.SECP256R1())


def _point(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _read_point(raw: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)


def _key_id(public: bytes) -> bytes:
    return hashlib.sha256(public).digest()[:KEY_ID]


def _key(shared: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=public, info=INFO).derive(shared)
