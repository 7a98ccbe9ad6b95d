"""The specimens of one participant, week by week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.clock import local_day
from app.models.diary import DOSE
from app.models.people import STAFF
from app.models.trial import SPECIMEN_HANDLING, SPECIMEN_MISSING, SPECIMEN_VOID, STUDY_END
from app.models.trial import URINALYSIS as GIVEN
from app.protocol.model import Plan
from app.timeline.due import due_weeks

_WHO: Any = bindparam("who")
_ENTERED, _VOIDED = STAFF.alias("entered"), STAFF.alias("voided")
_SPECIMENS = (
    select(
        GIVEN.c.id,
        GIVEN.c.at,
        GIVEN.c.received_at,
        GIVEN.c.results,
        _ENTERED.c.name.label("entered_by"),
        SPECIMEN_HANDLING.c.read_at,
        SPECIMEN_HANDLING.c.celsius,
        SPECIMEN_HANDLING.c.lot,
        SPECIMEN_HANDLING.c.unusable,
        SPECIMEN_VOID.c.at.label("voided_at"),
        SPECIMEN_VOID.c.reason.label("void_reason"),
        _VOIDED.c.name.label("voided_by"),
    )
    .outerjoin(_ENTERED, _ENTERED.c.id == GIVEN.c.entered_by)
    .outerjoin(SPECIMEN_HANDLING, SPECIMEN_HANDLING.c.urinalysis_id == GIVEN.c.id)
    .outerjoin(SPECIMEN_VOID, SPECIMEN_VOID.c.urinalysis_id == GIVEN.c.id)
    .outerjoin(_VOIDED, _VOIDED.c.id == SPECIMEN_VOID.c.staff_id)
    .where(GIVEN.c.participant_id == _WHO)
    .order_by(GIVEN.c.at.desc(), GIVEN.c.id.desc())
)
_MISSING = select(SPECIMEN_MISSING.c.week, SPECIMEN_MISSING.c.reason).where(
    SPECIMEN_MISSING.c.participant_id == _WHO
)
_BEGUN = select(func.min(DOSE.c.day)).where(
    DOSE.c.participant_id == _WHO,
    DOSE.c.taken,
    DOSE.c.superseded_at.is_(None),
    DOSE.c.void.is_(False),
)
_LEFT_ON = select(func.min(STUDY_END.c.on_day)).where(
    STUDY_END.c.participant_id == _WHO, STUDY_END.c.undone_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Specimen:
    """One entry; ``voided_at``: it was wrong and counts no longer."""

    id: int
    at: datetime
    received_at: datetime
    results: Mapping[str, str]
    entered_by: str | None
    read_at: datetime | None
    celsius: float | None
    lot: str | None
    unusable: str | None
    voided_at: datetime | None
    void_reason: str | None
    voided_by: str | None

    @property
    def counts(self) -> bool:
        return self.voided_at is None


@dataclass(frozen=True, slots=True)
class WeekOf:
    """A study week with what was given in it; ``reason``: why nothing was, where that is known."""

    week: int
    first: date
    last: date
    over: bool
    given: tuple[Specimen, ...]
    reason: str | None

    @property
    def missing(self) -> bool:
        """The week is over, and nothing that can be read was given."""
        return self.over and not any(one.unusable is None for one in self.given)


def specimens(session: Session, participant_id: int) -> list[Specimen]:
    """Every entry, the newest first; wrong ones too."""
    rows = session.execute(_SPECIMENS, {"who": participant_id})
    return [Specimen(*row) for row in rows]


def weeks(
    session: Session, participant_id: int, given: list[Specimen], plan: Plan, zone: str, today: date
) -> list[WeekOf]:
    """The due weeks that have begun, the newest first; none before a first dose."""
    known = {"who": participant_id}
    begun = session.execute(_BEGUN, known).scalar()
    if begun is None:
        return []
    reasons = {row.week: row.reason for row in session.execute(_MISSING, known)}
    left_on = session.execute(_LEFT_ON, known).scalar()
    counting = [(local_day(one.at, zone), one) for one in given if one.counts]
    found = []
    for one in due_weeks(begun, plan):
        if one.first > today:
            break
        within = tuple(each for day, each in counting if one.first <= day <= one.last)
        gone = left_on is not None and one.last >= left_on
        reason = reasons.get(one.week) or ("left" if gone and not within else None)
        over = one.last < today
        found.append(WeekOf(one.week, one.first, one.last, over, within, reason))
    return found[::-1]
