"""What is read about ends: those of one person, and who has left a site."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.models.counseling import COUNSELING_SESSION
from app.models.people import PARTICIPANT, STAFF
from app.models.trial import STUDY_END
from app.visit.identity import StaffMe
from app.visit.scope import in_scope

_BY: Any = STAFF.alias("by")
_END = (
    select(
        STUDY_END.c.id,
        STUDY_END.c.kind,
        STUDY_END.c.scope,
        STUDY_END.c.on_day,
        STUDY_END.c.received_at,
        STUDY_END.c.reason,
        STAFF.c.name.label("entered_by"),
        STUDY_END.c.undone_at,
        _BY.c.name.label("undone_by"),
        STUDY_END.c.undo_reason,
        PARTICIPANT.c.public_id,
        PARTICIPANT.c.code,
    )
    .join(PARTICIPANT, PARTICIPANT.c.id == STUDY_END.c.participant_id)
    .outerjoin(STAFF, STAFF.c.id == STUDY_END.c.entered_by)
    .outerjoin(_BY, _BY.c.id == STUDY_END.c.undone_by)
)
_OF_PERSON = _END.where(STUDY_END.c.participant_id == bindparam("who")).order_by(STUDY_END.c.id)
_LEFT = _END.where(STUDY_END.c.undone_at.is_(None)).order_by(STUDY_END.c.id.desc())
_CAME = (
    select(COUNSELING_SESSION.c.attended)
    .where(
        COUNSELING_SESSION.c.participant_id == bindparam("who"),
        COUNSELING_SESSION.c.attended.is_not(None),
    )
    .order_by(COUNSELING_SESSION.c.at.desc())
)


@dataclass(frozen=True, slots=True)
class End:
    """One end. ``entered_by`` None: the participant's own word."""

    id: int
    kind: str
    scope: str
    on_day: date
    received_at: datetime
    reason: str
    entered_by: str | None
    undone_at: datetime | None
    undone_by: str | None
    undo_reason: str
    public_id: str
    code: str


def ends_of(session: Session, who: int) -> list[End]:
    """Every end on record of a person in scope, those that were undone too."""
    return [End(*tuple(row)) for row in session.execute(_OF_PERSON, {"who": who})]


def who_left(session: Session, me: StaffMe) -> list[End]:
    """The ends that stand, the newest first."""
    return [End(*tuple(row)) for row in session.execute(_LEFT.where(in_scope(me)))]


def missed_in_a_row(session: Session, who: int) -> int:
    """How many of the latest sessions on record nobody came to."""
    missed = 0
    for (came,) in session.execute(_CAME, {"who": who}):
        if came:
            break
        missed += 1
    return missed
