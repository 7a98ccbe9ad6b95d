"""What stands beside the entries of a day: the phone's clock, late reasons, the mood answers.

The timeline leaves these out because no rule reads them; people who read the day do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session

from app.models.checkin import SCREEN
from app.models.diary import (
    DOSE,
    DRINK_DAY,
    SUBMISSION,
    SUBSTANCE_DAY,
)
from app.models.mailbox import MAILBOX_ENTRY

# A phone's clock that is further off than this (seconds) is marked; times are never altered.
TRUSTED_SKEW = 600
_DAYS = {
    "dose": DOSE,
    "drinks": DRINK_DAY,
    "substances": SUBSTANCE_DAY,
}
_WHO: Any = bindparam("who")
_SKEWED = select(SUBMISSION.c.kind, SUBMISSION.c.subject_id, SUBMISSION.c.skew_seconds).where(
    SUBMISSION.c.participant_id == _WHO,
    or_(SUBMISSION.c.skew_seconds > TRUSTED_SKEW, SUBMISSION.c.skew_seconds < -TRUSTED_SKEW),
)
_SCREENS = select(SCREEN.c.id, SCREEN.c.ratings).where(SCREEN.c.participant_id == _WHO)
_AWAY = select(MAILBOX_ENTRY).where(
    MAILBOX_ENTRY.c.participant_id == _WHO, MAILBOX_ENTRY.c.subject_id.is_not(None)
)
_REASONS = {
    kind: select(table.c.id, table.c.change_reason).where(
        table.c.participant_id == _WHO, table.c.change_reason.is_not(None)
    )
    for kind, table in _DAYS.items()
}


@dataclass(frozen=True, slots=True)
class Away:
    """An answer of a phone without a network: when it was told by our clock, and by the phone's."""

    told_at: datetime
    client_at: datetime
    sealed_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """By the id of an event in the timeline; all versions of a check-in share one."""

    skew: Mapping[str, int]
    """seconds by which the phone's clock was ahead (below 0: behind), where it was far off"""
    reasons: Mapping[str, str]
    screens: Mapping[str, Mapping[str, float]]
    """every answer of a screen"""
    away: Mapping[str, Away]

    def told_away(self, event_id: str) -> Away | None:
        return self.away.get(event_id.partition(".")[0])

    def minutes_off(self, event_id: str) -> int:
        """Minutes ahead, below 0 behind; 0 where the clock was near enough."""
        seconds = self.skew.get(event_id.partition(".")[0], 0)
        return round(seconds / 60)


def read_beside(session: Session, participant_id: int) -> Beside:
    who = {"who": participant_id}
    skew: dict[str, int] = {}
    for row in session.execute(_SKEWED, who):
        name = f"{row.kind}-{row.subject_id}"
        skew[name] = max(skew.get(name, 0), row.skew_seconds, key=abs)
    return Beside(
        skew=skew,
        reasons={
            f"{kind}-{row.id}": row.change_reason
            for kind, statement in _REASONS.items()
            for row in session.execute(statement, who)
        },
        screens={f"screen-{row.id}": row.ratings for row in session.execute(_SCREENS, who)},
        away={
            f"{row.subject_kind}-{row.subject_id}": Away(
                row.told_at, row.client_at, row.sealed_at, row.late
            )
            for row in session.execute(_AWAY, who)
        },
    )
