"""What the picture is counted from, and what its page reads: a site's own, and no names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, true
from sqlmodel import Session

from app.board.person import Person, person
from app.board.pooled import FORM, Enrolment, counted_endings
from app.clock import local_day
from app.db import Database
from app.models.adverse import ADVERSE_EVENT, ADVERSE_VERSION
from app.models.board import BOARD
from app.models.counseling import COUNSELING_SESSION
from app.models.flags import FLAG
from app.models.people import PARTICIPANT, SITE, STAFF
from app.models.trial import STUDY_END
from app.models.worklist import TASK
from app.protocol.model import Protocol, Signal
from app.timeline.tables import read_timeline
from app.visit.identity import StaffMe
from app.visit.roles import STOPS_PARTICIPANTS, holders

# Read in one look at the database, so that none is held open for long.
AT_ONCE = 50
MOST_SHOWN = 12
A_WEEK = timedelta(days=7)
OVER = ("recovered", "sequelae", "fatal")

_OWN: Any = bindparam("site")
_SITES = select(SITE.c.id, SITE.c.timezone).order_by(SITE.c.id)
_PEOPLE = (
    select(PARTICIPANT.c.id)
    .where(PARTICIPANT.c.site_id == _OWN, PARTICIPANT.c.id > bindparam("after"))
    .order_by(PARTICIPANT.c.id)
    .limit(AT_ONCE)
)
_ENROLLED = select(PARTICIPANT.c.enrolled_at).where(PARTICIPANT.c.site_id == _OWN)
_REACTED = (
    select(FLAG.c.participant_id)
    .distinct()
    .where(
        FLAG.c.site_id == _OWN,
        FLAG.c.family == "WDL",
        FLAG.c.severity.in_(("urgent", "emergency")),
        func.coalesce(FLAG.c.outcome, "") != "false_alarm",
    )
)
_ENDS = (
    select(STUDY_END.c.participant_id, STUDY_END.c.kind, STUDY_END.c.scope, STUDY_END.c.on_day)
    .join(PARTICIPANT, PARTICIPANT.c.id == STUDY_END.c.participant_id)
    .where(PARTICIPANT.c.site_id == _OWN, STUDY_END.c.undone_at.is_(None))
)
_EVENTS = (
    select(
        ADVERSE_EVENT.c.id,
        ADVERSE_EVENT.c.participant_id,
        ADVERSE_VERSION.c.verdict,
        ADVERSE_VERSION.c.grade,
        ADVERSE_VERSION.c.serious,
        ADVERSE_VERSION.c.outcome,
    )
    .outerjoin(ADVERSE_VERSION, ADVERSE_VERSION.c.event_id == ADVERSE_EVENT.c.id)
    .where(ADVERSE_EVENT.c.site_id == _OWN)
    .order_by(ADVERSE_EVENT.c.id, ADVERSE_VERSION.c.n)
)
_LEADS = (
    select(STAFF.c.id)
    .where(
        STAFF.c.site_id == _OWN,
        STAFF.c.active == true(),
        STAFF.c.role.in_(holders(STOPS_PARTICIPANTS)),
    )
    .order_by(STAFF.c.id)
)
_COUNTED = select(BOARD.c.counted_at, BOARD.c.content).where(BOARD.c.site_id == _OWN)
_COMING = (
    select(
        PARTICIPANT.c.code,
        PARTICIPANT.c.public_id,
        COUNSELING_SESSION.c.at,
        COUNSELING_SESSION.c.week,
    )
    .join(COUNSELING_SESSION, COUNSELING_SESSION.c.participant_id == PARTICIPANT.c.id)
    .where(
        PARTICIPANT.c.site_id == _OWN,
        COUNSELING_SESSION.c.at >= bindparam("now"),
        COUNSELING_SESSION.c.at < bindparam("until"),
        COUNSELING_SESSION.c.cancelled_at.is_(None),
    )
    .order_by(COUNSELING_SESSION.c.at, COUNSELING_SESSION.c.id)
    .limit(MOST_SHOWN + 1)
)
_WAITING = (
    select(PARTICIPANT.c.code, TASK.c.public_id, TASK.c.kind, TASK.c.due_at)
    .join(PARTICIPANT, PARTICIPANT.c.id == TASK.c.participant_id)
    .where(TASK.c.site_id == _OWN, TASK.c.closed_at.is_(None))
    .order_by(TASK.c.due_at, TASK.c.id)
    .limit(MOST_SHOWN + 1)
)


def sites(session: Session) -> list[Any]:
    """Number and time zone of every site."""
    return list(session.execute(_SITES).all())


def people(
    database: Database,
    site: int,
    plan: Protocol,
    day: date,
    now: datetime,
    ended: Mapping[int, date],
) -> Iterator[Person]:
    """Who took a first dose, each read whole, a few at a time."""
    after = 0
    while True:
        with database.read() as session:
            numbers = list(session.execute(_PEOPLE, {"site": site, "after": after}).scalars())
            found = [
                person(
                    one,
                    read_timeline(session, one, due=True).known_at(now),
                    plan,
                    day,
                    ended.get(one),
                )
                for one in numbers
            ]
        yield from (one for one in found if one is not None)
        if len(numbers) < AT_ONCE:
            return
        after = numbers[-1]


def enrolment(session: Session, site: int, zone: str, day: date) -> Enrolment:
    """How many take part at a site, and how many of them since the month of ``day`` began."""
    days = [local_day(at, zone) for at in session.execute(_ENROLLED, {"site": site}).scalars()]
    told = [one for one in days if one <= day]
    return Enrolment(len(told), sum(one >= day.replace(day=1) for one in told))


@dataclass(frozen=True, slots=True)
class Events:
    """Adverse events as they stand: how many of each kind, and who had a serious one."""

    counts: Mapping[str, int]
    serious: set[int]


def events(session: Session, site: int) -> Events:
    last = {row.id: row for row in session.execute(_EVENTS, {"site": site})}
    judged = [row for row in last.values() if row.verdict == "event"]
    counts = {
        "all": len(judged),
        "open": sum(row.outcome not in OVER for row in judged),
        "serious": sum(bool(row.serious) for row in judged),
        "proposed": sum(row.verdict is None for row in last.values()),
        **Counter(f"grade {row.grade}" for row in judged),
    }
    return Events(counts, {row.participant_id for row in judged if row.serious})


@dataclass(frozen=True, slots=True)
class Left:
    """Who left: how many by how and from what, and who."""

    counts: Mapping[str, int]
    withdrew: set[int]
    on: Mapping[int, date]
    """the day on which somebody's whole part ended"""
    all: set[int]
    """also those who left the treatment alone"""


def left(session: Session, site: int) -> Left:
    rows = session.execute(_ENDS, {"site": site}).all()
    return Left(
        counted_endings((row.kind, row.scope) for row in rows),
        {row.participant_id for row in rows if row.kind == "withdrew"},
        {row.participant_id: row.on_day for row in rows if row.scope == "all"},
        {row.participant_id for row in rows},
    )


def had(session: Session, site: int) -> dict[Signal, set[int]]:
    """Whose record shows a signal that stands in no timeline."""
    return {"reaction": set(session.execute(_REACTED, {"site": site}).scalars())}


def leads(session: Session, site: int) -> int | None:
    """Who decides whether the study goes on; None where nobody of them is active."""
    found: int | None = session.execute(_LEADS, {"site": site}).scalars().first()
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """The picture that was counted last, in the form that this release reads."""

    counted_at: datetime
    content: Mapping[str, Any]


def kept(session: Session, me: StaffMe) -> Kept | None:
    row = session.execute(_COUNTED, {"site": me.site_id}).first()
    if row is None or row.content.get("form") != FORM:
        return None
    return Kept(row.counted_at, row.content)


def coming(session: Session, me: StaffMe, now: datetime) -> list[Any]:
    """The next sessions of a week: code, public id, moment and study week; one more than shown."""
    known = {"site": me.site_id, "now": now, "until": now + A_WEEK}
    return list(session.execute(_COMING, known).all())


def waiting(session: Session, me: StaffMe) -> list[Any]:
    """Who is to be called, the most urgent first; one more than shown."""
    return list(session.execute(_WAITING, {"site": me.site_id}).all())
