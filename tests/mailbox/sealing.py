"""A phone of the tests: it seals as a browser does, and checks receipts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from app import audit
from app.audit import SYSTEM, Subject
from app.db import Database
from app.mailbox.envelope import decode, encode, public_key, seal
from app.models.people import Device
from app.visit.identity import DEVICE_COOKIE
from app.visit.shell import mark_of
from app.visit.tokens import new_token, token_hash
from tests.browser import Browser
from tests.cast import NOW, password_hash


@dataclass
class Phone:
    """Locked: it has its device's cookie and no session."""

    browser: Browser
    database: Database
    device: int
    mark: str
    queue: list[bytes] = field(default_factory=list)

    def seal(
        self,
        task: str,
        fields: Iterable[tuple[str, str]],
        at: datetime,
        **more: Any,
    ) -> bytes:
        letter = {
            "phone": self.mark,
            "task": task,
            "token": uuid4().hex,
            "fields": list(fields),
            "at": at.isoformat(),
            "sealed_at": at.isoformat(),
            "zone": "Europe/Moscow",
            "shell": "s1",
        }
        return seal(public_key(self.database.keys.mailboxes[0], "seal"), {**letter, **more})

    def send(self, *envelopes: bytes, clock: datetime) -> httpx.Response:
        """``clock``: what the phone's clock shows."""
        body = {"envelope": [encode(one) for one in envelopes], "client_at": clock.isoformat()}
        return self.browser.post("/sealed", body)


def phone_of(browser: Browser, database: Database, participant_id: int) -> Phone:
    token = new_token()
    with database.write() as session:
        device = Device(
            participant_id=participant_id,
            token_hash=token_hash(token),
            pin_hash=password_hash(),
            created_at=NOW,
        )
        session.add(device)
        session.flush()
        number = device.id or 0
        audit.record(session, SYSTEM, "test.phone", Subject("device", number), now=NOW)
    other = browser.another()
    other.cookies.set(DEVICE_COOKIE, token, domain="daybook.test")
    return Phone(other, database, number, mark_of(token_hash(token)))


def is_signed(database: Database, receipt: dict[str, Any]) -> bool:
    """As ``seal.js`` looks at it, with the public key alone."""
    parts = (receipt["digest"], str(receipt["entry"]), receipt["at"], receipt["state"])
    text = "\n".join(("daybook/receipt/1", *parts)).encode()
    raw = decode(receipt["signature"])
    signature = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    point = public_key(database.keys.mailboxes[0], "sign")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    try:
        public.verify(signature, text, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
