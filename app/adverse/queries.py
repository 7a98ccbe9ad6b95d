"""Adverse events in the scope of whoever asks, with their versions and reports."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, false, func, or_, select
from sqlmodel import Session

from app.models.adverse import ADVERSE_EVENT, ADVERSE_REPORT, ADVERSE_VERSION
from app.models.checkin import CHECKIN
from app.models.diary import DOSE
from app.models.flags import FLAG
from app.models.people import PARTICIPANT, STAFF, dated_zone
from app.visit.identity import StaffMe
from app.visit.roles import READS_EVENT_WORDS, READS_RECORDS, READS_SITE_EVENTS
from app.visit.scope import in_scope
from app.web.errors import NotFound

_MAKER = STAFF.alias("maker")


@dataclass(frozen=True, slots=True)
class Version:
    """What was known at a time; without words for whoever reads codes alone."""

    n: int
    at: datetime
    by: str
    reason: str
    verdict: str
    term: str
    began_on: date | None
    ended_on: date | None
    grade: int | None
    scale: str | None
    serious: Sequence[str]
    causality: str | None
    expected: str | None
    dechallenge: str | None
    rechallenge: str | None
    action: str | None
    outcome: str | None
    aware_at: datetime | None
    narrative: str
    code: str
    dictionary: str


@dataclass(frozen=True, slots=True)
class Report:
    clock: str
    reported_at: datetime
    recorded_at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class ScopedEvent:
    """An event of a participant whom whoever asks may know of."""

    id: int
    public_id: str
    participant_id: int
    person: str
    code: str
    timezone: str
    sex: str | None
    number: int
    made_at: datetime
    maker: str
    checkin_id: int | None
    checkin_at: datetime | None
    item: str | None
    flag: str | None
    """public id of the alert"""
    reference: str | None
    versions: Sequence[Version] = ()
    reports: Sequence[Report] = ()

    @property
    def last(self) -> Version | None:
        return self.versions[-1] if self.versions else None

    @property
    def state(self) -> str:
        """``proposed`` until somebody has judged it; ``event`` or ``no_event``."""
        return self.last.verdict if self.last else "proposed"

    @property
    def name(self) -> str:
        return f"{self.code}-{self.number}"


def knows_of(me: StaffMe) -> ColumnElement[bool]:
    """The condition on ``participant`` that holds for whose events ``me`` may read.

    Some read the events of the site without having its participants in scope.
    """
    if me.may(READS_SITE_EVENTS):
        return PARTICIPANT.c.site_id == me.site_id
    return in_scope(me) if me.may(READS_RECORDS) else false()


_EVENTS = (
    select(
        ADVERSE_EVENT.c.id,
        ADVERSE_EVENT.c.public_id,
        ADVERSE_EVENT.c.participant_id,
        PARTICIPANT.c.public_id.label("person"),
        PARTICIPANT.c.code,
        dated_zone(PARTICIPANT),
        PARTICIPANT.c.sex,
        ADVERSE_EVENT.c.number,
        ADVERSE_EVENT.c.made_at,
        _MAKER.c.name.label("maker"),
        ADVERSE_EVENT.c.checkin_id,
        CHECKIN.c.started_at.label("checkin_at"),
        ADVERSE_EVENT.c.item,
        FLAG.c.public_id.label("flag"),
        FLAG.c.reference,
    )
    .join(PARTICIPANT, PARTICIPANT.c.id == ADVERSE_EVENT.c.participant_id)
    .join(_MAKER, _MAKER.c.id == ADVERSE_EVENT.c.made_by)
    .outerjoin(CHECKIN, CHECKIN.c.id == ADVERSE_EVENT.c.checkin_id)
    .outerjoin(FLAG, FLAG.c.id == ADVERSE_EVENT.c.flag_id)
)
_OF_SITE = _EVENTS.where(ADVERSE_EVENT.c.site_id == bindparam("site")).order_by(
    PARTICIPANT.c.code, ADVERSE_EVENT.c.number
)
_ONE = _EVENTS.where(ADVERSE_EVENT.c.public_id == bindparam("public_id"))
_BY = STAFF.alias("by")
_VERSION_COLUMNS = tuple(
    _BY.c.name.label("by") if name == "by" else ADVERSE_VERSION.c[name]
    for name in Version.__slots__
)
_VERSIONS = (
    select(ADVERSE_VERSION.c.event_id, *_VERSION_COLUMNS)
    .join(_BY, _BY.c.id == ADVERSE_VERSION.c.written_by)
    .where(ADVERSE_VERSION.c.event_id.in_(bindparam("events", expanding=True)))
    .order_by(ADVERSE_VERSION.c.event_id, ADVERSE_VERSION.c.n)
)
_REPORTS = (
    select(
        ADVERSE_REPORT.c.event_id,
        ADVERSE_REPORT.c.clock,
        ADVERSE_REPORT.c.reported_at,
        ADVERSE_REPORT.c.recorded_at,
        _BY.c.name.label("by"),
        ADVERSE_REPORT.c.note,
    )
    .join(_BY, _BY.c.id == ADVERSE_REPORT.c.recorded_by)
    .where(ADVERSE_REPORT.c.event_id.in_(bindparam("events", expanding=True)))
    .order_by(ADVERSE_REPORT.c.id)
)


def events_of(session: Session, me: StaffMe) -> list[ScopedEvent]:
    """Every event that ``me`` may know of, person by person."""
    rows = session.execute(_OF_SITE.where(knows_of(me)), {"site": me.site_id}).all()
    return _whole(session, me, rows)


def event_for(session: Session, me: StaffMe, public_id: str) -> ScopedEvent:
    """The event with this public id. Raises NotFound if foreign or missing."""
    rows = session.execute(_ONE.where(knows_of(me)), {"public_id": public_id}).all()
    if not rows:
        raise NotFound
    return _whole(session, me, rows)[0]


def _whole(session: Session, me: StaffMe, rows: Sequence[Any]) -> list[ScopedEvent]:
    known = {"events": [row.id for row in rows] or [0]}
    versions: dict[int, list[Version]] = defaultdict(list)
    reports: dict[int, list[Report]] = defaultdict(list)
    for row in session.execute(_VERSIONS, known):
        versions[row.event_id].append(_as_read_by(me, Version(*row[1:])))
    for row in session.execute(_REPORTS, known):
        told = Report(*row[1:])
        reports[row.event_id].append(told if me.may(READS_EVENT_WORDS) else replace(told, note=""))
    return [
        ScopedEvent(
            **row._mapping, versions=tuple(versions[row.id]), reports=tuple(reports[row.id])
        )
        for row in rows
    ]


def _as_read_by(me: StaffMe, one: Version) -> Version:
    """A coded role reads what is chosen from a list, and nothing that was written."""
    if me.may(READS_EVENT_WORDS):
        return one
    return replace(one, term="", reason="", narrative="")


_MADE_OF = select(ADVERSE_EVENT.c.public_id).where(
    or_(
        ADVERSE_EVENT.c.flag_id == bindparam("flag"),
        (ADVERSE_EVENT.c.checkin_id == bindparam("checkin"))
        & (ADVERSE_EVENT.c.item == bindparam("item")),
    )
)


def made_of(
    session: Session, flag: int | None, checkin: int | None, item: str | None
) -> str | None:
    """The event that was promoted from this alert or this answer already."""
    values = {"flag": flag or 0, "checkin": checkin or 0, "item": item or ""}
    return session.execute(_MADE_OF, values).scalar()


_CHECKIN = select(CHECKIN.c.id).where(
    CHECKIN.c.id == bindparam("checkin"), CHECKIN.c.participant_id == bindparam("who")
)


def checkin_of(session: Session, who: int, checkin: int) -> int | None:
    """The row of a check-in of this participant; None where it is nobody's or another's."""
    return session.execute(_CHECKIN, {"who": who, "checkin": checkin}).scalar()


_NUMBER = select(func.coalesce(func.max(ADVERSE_EVENT.c.number), 0) + 1).where(
    ADVERSE_EVENT.c.participant_id == bindparam("who")
)


def next_number(session: Session, who: int) -> int:
    return int(session.execute(_NUMBER, {"who": who}).scalar_one())


_DOSES = select(func.min(DOSE.c.day), func.max(DOSE.c.day)).where(
    DOSE.c.participant_id == bindparam("who"),
    DOSE.c.taken,
    DOSE.c.superseded_at.is_(None),
    DOSE.c.void.is_(False),
)


def doses_of(session: Session, who: int) -> tuple[date | None, date | None]:
    """The first and the last day with a tablet on record."""
    first, last = session.execute(_DOSES, {"who": who}).one()
    return first, last
