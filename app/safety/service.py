"""Reassess a participant after an arrival: raise, worsen and extend flags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.audit import Actor


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an arrival led to; ``worst`` is the gravest severity raised or worsened now."""

    worst: str | None = None
    families: tuple[str, ...] = ()


def reassess(
    session: Session, participant_id: int, arrived: Sequence[str], actor: Actor, now: datetime
) -> Outcome:
    """Judge the events named in ``arrived`` (ids as ``timeline.tables`` gives them)."""
    return Outcome()
