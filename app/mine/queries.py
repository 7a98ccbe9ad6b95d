"""What the participant's own pages read beside the timeline, with statements built once."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.clock import local_day
from app.instruments.scoring import PageAnswers
from app.mine.record import Revision
from app.models.checkin import Checkin, CheckinPage
from app.models.diary import Dose, DrinkDay, SubstanceDay
from app.models.flags import Flag, Notice
from app.models.outbox import Message
from app.models.people import Participant

_C: Any = Checkin.__table__  # type: ignore[attr-defined]
_G: Any = CheckinPage.__table__  # type: ignore[attr-defined]
_P: Any = Participant.__table__  # type: ignore[attr-defined]
_F: Any = Flag.__table__  # type: ignore[attr-defined]
_N: Any = Notice.__table__  # type: ignore[attr-defined]
_M: Any = Message.__table__  # type: ignore[attr-defined]
_DAY_TABLES = {
    "dose": Dose.__table__,  # type: ignore[attr-defined]
    "drinks": DrinkDay.__table__,  # type: ignore[attr-defined]
    "substances": SubstanceDay.__table__,  # type: ignore[attr-defined]
}
_ENROLLED = select(_P.c.enrolled_at).where(_P.c.id == bindparam("who"))
_REASONS = {
    kind: select(table.c.id, table.c.change_reason).where(
        table.c.participant_id == bindparam("who"), table.c.change_reason.is_not(None)
    )
    for kind, table in _DAY_TABLES.items()
}
_REVISED = (
    select(_G.c.checkin_id)
    .join(_C, _C.c.id == _G.c.checkin_id)
    .where(_C.c.participant_id == bindparam("who"), _G.c.revision > 1)
)
_PAGES = (
    select(_G, _C.c.started_at, _C.c.instrument, _C.c.version)
    .join(_C, _C.c.id == _G.c.checkin_id)
    .where(_G.c.checkin_id.in_(_REVISED))
    .order_by(_G.c.checkin_id, _G.c.page, _G.c.revision)
)
_SENT = (
    select(
        _F.c.id,
        _F.c.family,
        _F.c.raised_at,
        _F.c.acknowledged_at,
        _F.c.resolved_at,
        func.count(_M.c.id).label("mails"),
        func.min(_M.c.sent_at).label("sent_at"),
    )
    .select_from(_F)
    .outerjoin(_N, _N.c.flag_id == _F.c.id)
    .outerjoin(_M, _M.c.id == _N.c.message_id)
    .where(_F.c.participant_id == bindparam("who"))
    .group_by(_F.c.id)
    .order_by(_F.c.raised_at.desc(), _F.c.id.desc())
)


@dataclass(frozen=True, slots=True)
class Sent:
    """Something that was brought to the team's attention, and what has happened since.

    ``mails``: messages written to the team about it; ``sent_at``: when the first one left.
    """

    family: str
    raised_at: datetime
    seen_at: datetime | None
    closed_at: datetime | None
    mails: int
    sent_at: datetime | None


def enrolled_on(session: Session, who: int, zone: str) -> date:
    """The local day of enrolment; nothing was asked before it."""
    return local_day(session.execute(_ENROLLED, {"who": who}).scalar_one(), zone)


def sent_to_team(session: Session, who: int) -> list[Sent]:
    """What was brought to the team's attention about one participant, newest first."""
    return [
        Sent(
            row.family, row.raised_at, row.acknowledged_at, row.resolved_at, row.mails, row.sent_at
        )
        for row in session.execute(_SENT, {"who": who})
    ]


def change_reasons(session: Session, who: int) -> dict[str, str]:
    """Why a day was changed after it had closed, by the id of the event in the timeline."""
    return {
        f"{kind}-{row.id}": row.change_reason
        for kind, statement in _REASONS.items()
        for row in session.execute(statement, {"who": who})
    }


def revisions(session: Session, who: int) -> list[Revision]:
    """Every page of a check-in that was sent again, beside its former version."""
    found: list[Revision] = []
    before: dict[tuple[int, str], PageAnswers] = {}
    for row in session.execute(_PAGES, {"who": who}):
        answers = PageAnswers(row.ratings, tuple(row.signs), row.method, row.texts)
        former = before.get((row.checkin_id, row.page))
        before[(row.checkin_id, row.page)] = answers
        if former is not None:
            found.append(
                Revision(
                    row.received_at,
                    row.started_at,
                    row.instrument,
                    row.version,
                    row.page,
                    former,
                    answers,
                    row.reason,
                )
            )
    return found
