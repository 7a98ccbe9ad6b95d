"""Random tokens and their hashes; passwords and PINs through Argon2id."""

import hashlib
import re
import secrets
import unicodedata
from base64 import b32encode

import anyio
from anyio import to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

# 43 ms and 19 MiB a hash; two at a time, or sixteen sign-ins would take a gigabyte.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_limiters: dict[int, anyio.CapacityLimiter] = {}
# Of "no such account", so that an unknown account costs the same work as a known one.
DUMMY_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$K7N5yRGcc9QKjXhwM9Mg2A$"
    "OXSSZhyzAnkxsBFQJsezVGFs7lJKhgH/EFhrRQ8YiN0"
)
CODE_LENGTH = 24


def new_token() -> str:
    """256 bits for a cookie."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """120 bits as 24 base32 characters in groups of four, to be typed from paper."""
    raw = b32encode(secrets.token_bytes(15)).decode()
    return "-".join(raw[i : i + 4] for i in range(0, CODE_LENGTH, 4))


def clean_code(typed: str) -> str:
    """What was meant: capitals, no spaces or dashes, the digits base32 lacks read as letters."""
    return re.sub(r"[\s\-–—]", "", typed).upper().translate(str.maketrans("018", "OIB"))


def token_hash(token: str) -> str:
    """SHA-256 is enough for a token of 120 random bits or more."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_hash(typed: str) -> str:
    return token_hash(clean_code(typed))


async def hash_secret(secret: str) -> str:
    return await to_thread.run_sync(hash_now, secret, limiter=_limiter())


async def verify_secret(stored: str | None, secret: str) -> bool:
    """True if ``secret`` is the stored one; an absent one costs the same work."""
    return await to_thread.run_sync(verify_now, stored, secret, limiter=_limiter())


def hash_now(secret: str) -> str:
    """For the command line and the demo; a request uses ``hash_secret``."""
    return _HASHER.hash(_one_spelling(secret))


def verify_now(stored: str | None, secret: str) -> bool:
    try:
        _HASHER.verify(stored or DUMMY_HASH, _one_spelling(secret))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def _one_spelling(secret: str) -> str:
    """An accented letter is one sign on one keyboard, and a letter and its accent on another."""
    return unicodedata.normalize("NFC", secret)


def is_of_old(stored: str) -> bool:
    """Whether a hash was made with other costs than those of today."""
    return _HASHER.check_needs_rehash(stored)


def _limiter() -> anyio.CapacityLimiter:
    """One limiter an event loop: tests run many loops in one process."""
    loop = id(anyio.lowlevel.current_token())
    return _limiters.setdefault(loop, anyio.CapacityLimiter(2))
