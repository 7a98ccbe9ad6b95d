"""An unlocked phone for each participant, without anybody at a keyboard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.models.people import Device
from app.signin import sessions
from app.visit.tokens import new_token, token_hash


@dataclass(frozen=True, slots=True)
class Phone:
    """A participant's phone: ``device`` is how the lock knows it, ``token`` its open session."""

    participant_id: int
    device: str
    token: str


def open_phones(
    session: Session, people: Sequence[int], now: datetime, pin_hash: str = "a hash"
) -> list[Phone]:
    """One phone for each of ``people``; the caller's audit entry stands for all of them."""
    tokens = [new_token() for _ in people]
    devices = [
        Device(participant_id=who, token_hash=token_hash(token), pin_hash=pin_hash, created_at=now)
        for who, token in zip(people, tokens, strict=True)
    ]
    session.add_all(devices)
    session.flush()
    return [
        Phone(device.participant_id, token, sessions.begin(session, now, device_id=device.id))
        for device, token in zip(devices, tokens, strict=True)
    ]
