"""The product's one secret, and what is derived from it.

A key file holds 32 random bytes as hex. From it HKDF derives the SQLCipher key,
the key that seals single columns (contacts), so that the columns stay sealed on
PostgreSQL as well, a key a phone, which seals what is typed there and not sent, the one
that seals backups, one that seals exports, and what the mailbox of phones without a network
opens and signs with.
"""

import hmac
import os
import re
import secrets
import stat
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_BOUND = b"daybook/column/1"
# How a former key is called beside the one in use (``key rotate``).
_FORMER = re.compile(r"\.[0-9a-f]{8}")


class KeyFileError(Exception):
    """The key file is missing, readable by others, or no key."""


@dataclass(frozen=True, slots=True)
class Keys:
    database: str
    """64 hex digits, the raw SQLCipher key"""
    column: bytes
    """32 bytes for AES-GCM"""
    drafts: bytes
    """32 bytes, from which each phone's own key is derived"""
    backup: bytes
    """32 bytes, from which each backup's own key is derived"""
    exports: bytes
    """32 bytes, from which the own key of each export that is kept is derived"""
    mailboxes: tuple[bytes, ...] = field(compare=False)
    """32 bytes each, from which the key pairs of the mailbox are derived: those in use, then those
    of every former key that is kept, since a phone may bring what it sealed long ago"""
    id: str
    """8 hex digits that name the secret and tell nothing of it"""

    def draft_key(self, device_id: int) -> str:
        """The key of one phone, for its open pages alone: 32 bytes as base64."""
        return b64encode(_derive(self.drafts, b"draft/%d" % device_id)).decode()

    def backup_key(self, salt: bytes) -> bytes:
        """The key of one backup: 32 bytes."""
        return _derive(self.backup, b"backup/" + salt)

    def export_key(self, salt: bytes) -> bytes:
        """The key of one export: 32 bytes."""
        return _derive(self.exports, b"export/" + salt)

    @property
    def mark(self) -> str:
        """With what everything begins that this key sealed."""
        return f"2.{self.id}."

    def seal(self, text: str) -> str:
        """Encrypt ``text`` for a column; every call gives another ciphertext."""
        nonce = secrets.token_bytes(12)
        body = AESGCM(self.column).encrypt(nonce, text.encode(), _BOUND)
        return self.mark + urlsafe_b64encode(nonce + body).decode()

    def unseal(self, sealed: str) -> str:
        """Decrypt what ``seal`` made; raises KeyFileError under another key.

        What begins with "1." was sealed when no key had a name.
        """
        try:
            raw = urlsafe_b64decode(sealed.removeprefix(self.mark).removeprefix("1."))
            return AESGCM(self.column).decrypt(raw[:12], raw[12:], _BOUND).decode()
        except (InvalidTag, ValueError) as error:
            raise KeyFileError("a sealed value does not open with this key") from error

    def sign(self, purpose: str, text: str) -> str:
        """What only a holder of the key can say of ``text``, as hex; another for each purpose."""
        key = hmac.digest(self.column, f"daybook/sign/{purpose}".encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex()


def make_key_file(path: Path) -> None:
    """Write a new random key, readable by the owner alone; never overwrites one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")


def key_to_come(path: Path) -> Path:
    """Where the next key lies while 'daybook key rotate' is at work."""
    return path.with_name(path.name + ".next")


def read_keys(path: Path) -> Keys:
    """The keys in use; raises KeyFileError with the remedy.

    While another is on its way, nobody can know which of the two opens what.
    """
    if key_to_come(path).exists():
        raise KeyFileError("the key is being changed, or that broke off: 'daybook key rotate'")
    return derive_keys(path)


def derive_keys(path: Path) -> Keys:
    """Read a key file and derive the keys; raises KeyFileError with the remedy."""
    secret = _secret_in(path)
    former = [one for one in path.parent.glob(f"{path.name}.*") if _FORMER.fullmatch(one.suffix)]
    boxes = [secret, *(_secret_in(one) for one in sorted(former))]
    return Keys(
        database=_derive(secret, b"database").hex(),
        column=_derive(secret, b"column"),
        drafts=_derive(secret, b"drafts"),
        backup=_derive(secret, b"backup"),
        exports=_derive(secret, b"exports"),
        mailboxes=tuple(dict.fromkeys(_derive(one, b"mailbox") for one in boxes)),
        id=_derive(secret, b"id")[:4].hex(),
    )


def _secret_in(path: Path) -> bytes:
    """Raises KeyFileError with the remedy."""
    if not path.exists():
        raise KeyFileError(f"no key at {path}: run 'daybook run' once, or set DAYBOOK_KEY_FILE")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyFileError(f"others can read the key: chmod 600 {path}")
    try:
        secret = bytes.fromhex(path.read_text().strip())
    except ValueError as error:
        raise KeyFileError(f"{path} does not hold 64 hex digits") from error
    if len(secret) != 32:
        raise KeyFileError(f"{path} does not hold 64 hex digits")
    return secret


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"daybook/" + purpose).derive(secret)
