"""Danger signs that a finding rested on and that a later correction took back.

A finding stays as it was found; who reads it must see that the answer no longer stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.clock import local_day
from app.flags.queries import Evidence, ScopedFlag
from app.timeline.known import Known
from app.timeline.tables import read_timeline


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Codes of signs that no longer stand, and when the correction was received."""

    signs: tuple[str, ...]
    at: datetime


def taken_back(
    session: Session, flag: ScopedFlag, evidence: Sequence[Evidence], now: datetime
) -> dict[int, TakenBack]:
    """By the place of a finding in ``evidence``; the record is read only where signs were told."""
    told = {place: signs for place, one in enumerate(evidence) if (signs := _signs(one.because))}
    if not told:
        return {}
    about = min(evidence[place].about for place in told)
    known = read_timeline(session, flag.participant_id, _day_before(about, flag)).known_at(now)
    found = {place: _gone(known, evidence[place], signs) for place, signs in told.items()}
    return {place: one for place, one in found.items() if one is not None}


def _day_before(moment: datetime, flag: ScopedFlag) -> date:
    return local_day(moment, flag.timezone) - timedelta(days=1)


def _signs(because: Sequence[dict[str, Any]]) -> set[str]:
    return {sign for one in because if one["key"] == "signs" for sign in one["values"]["signs"]}


def _gone(known: Known, one: Evidence, signs: set[str]) -> TakenBack | None:
    """What of these signs the current version of the check-in does not say."""
    for event in known.checkins:
        if f"checkin:{known.root(event)}" in one.keys:
            gone = tuple(sorted(signs - set(event.signs)))
            return TakenBack(gone, event.received_at) if gone else None
    return None
