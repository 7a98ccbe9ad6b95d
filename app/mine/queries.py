"""What the participant's own pages read beside the timeline, with statements built once."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.clock import local_day
from app.instruments.scoring import PageAnswers
from app.mine.record import Revision
from app.models.checkin import CHECKIN, CHECKIN_PAGE
from app.models.diary import DOSE, DRINK_DAY, SUBSTANCE_DAY
from app.models.flags import FLAG, NOTICE
from app.models.outbox import MESSAGE
from app.models.people import PARTICIPANT

_DAY_TABLES = {
    "dose": DOSE,
    "drinks": DRINK_DAY,
    "substances": SUBSTANCE_DAY,
}
_ENROLLED = select(PARTICIPANT.c.enrolled_at).where(PARTICIPANT.c.id == bindparam("who"))
_REASONS = {
    kind: select(table.c.id, table.c.change_reason).where(
        table.c.participant_id == bindparam("who"), table.c.change_reason.is_not(None)
    )
    for kind, table in _DAY_TABLES.items()
}
_REVISED = (
    select(CHECKIN_PAGE.c.checkin_id)
    .join(CHECKIN, CHECKIN.c.id == CHECKIN_PAGE.c.checkin_id)
    .where(CHECKIN.c.participant_id == bindparam("who"), CHECKIN_PAGE.c.revision > 1)
)
_PAGES = (
    select(CHECKIN_PAGE, CHECKIN.c.started_at, CHECKIN.c.instrument, CHECKIN.c.version)
    .join(CHECKIN, CHECKIN.c.id == CHECKIN_PAGE.c.checkin_id)
    .where(CHECKIN_PAGE.c.checkin_id.in_(_REVISED))
    .order_by(CHECKIN_PAGE.c.checkin_id, CHECKIN_PAGE.c.page, CHECKIN_PAGE.c.revision)
)
_SENT = (
    select(
        FLAG.c.id,
        FLAG.c.family,
        FLAG.c.raised_at,
        FLAG.c.acknowledged_at,
        FLAG.c.resolved_at,
        func.count(MESSAGE.c.id).label("mails"),
        func.min(MESSAGE.c.sent_at).label("sent_at"),
    )
    .select_from(FLAG)
    .outerjoin(NOTICE, NOTICE.c.flag_id == FLAG.c.id)
    .outerjoin(MESSAGE, MESSAGE.c.id == NOTICE.c.message_id)
    .where(FLAG.c.participant_id == bindparam("who"))
    .group_by(FLAG.c.id)
    .order_by(FLAG.c.raised_at.desc(), FLAG.c.id.desc())
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
