"""The caseload: who is next, who has gone quiet, what waits to be read or closed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, and_, bindparam, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from app.appointments.readings import latest_reading
from app.clock import local_day
from app.models.counseling import (
    BRIEF_READING,
    COUNSELING_SESSION,
    SESSION_NOTE,
)
from app.models.diary import SUBSTANCE_DAY
from app.models.flags import FLAG
from app.models.people import PARTICIPANT, STAFF, dated_zone
from app.protocol.study_time import StudyTime, study_time
from app.staff.last_told import LAST_TOLD, last_told
from app.visit.identity import StaffMe
from app.visit.scope import in_scope
from app.worksheets.shared import UNREAD_SHARED

_LATER = SUBSTANCE_DAY.alias("later")
_COMING, _NEXT = COUNSELING_SESSION.alias("coming"), COUNSELING_SESSION.alias("next_one")
_RANK = case({"emergency": 3, "urgent": 2, "routine": 1}, value=FLAG.c.severity)
_SEVERITY = {3: "emergency", 2: "urgent", 1: "routine"}
# Asked of open flags, too: the index that leads to a person's flags holds the unresolved ones.
_UNRESOLVED = FLAG.c.status != "resolved"
# From so many days without an entry on somebody counts as quiet.
QUIET_DAYS = 3
# How long a reaction that is closed, and opioid use that was told, are the news about somebody.
NEWS_DAYS = 7
REACTIONS = ("WDL", "AWD")


def _of_flags(what: Any, *more: Any) -> Any:
    theirs = and_(FLAG.c.participant_id == PARTICIPANT.c.id, *more)
    return select(what).where(theirs).correlate(PARTICIPANT).scalar_subquery()


def _rule(*conditions: Any, first: tuple[Any, ...] = ()) -> Any:
    """The rule of one flag of theirs: by ``first``, then the newest."""
    theirs = and_(FLAG.c.participant_id == PARTICIPANT.c.id, *conditions)
    order = (*first, FLAG.c.raised_at.desc(), FLAG.c.id.desc())
    found = select(FLAG.c.rule).where(theirs).order_by(*order).limit(1)
    return found.correlate(PARTICIPANT).scalar_subquery()


def _of_sessions(what: Any, *conditions: Any) -> Any:
    theirs = and_(
        COUNSELING_SESSION.c.participant_id == PARTICIPANT.c.id,
        COUNSELING_SESSION.c.cancelled_at.is_(None),
        *conditions,
    )
    return select(what).where(theirs).correlate(PARTICIPANT).scalar_subquery()


# The row of the next session, so that its place and its readings need no query of their own.
_NEXT_ID = (
    select(_COMING.c.id)
    .where(
        _COMING.c.participant_id == PARTICIPANT.c.id,
        _COMING.c.attended.is_(None),
        _COMING.c.cancelled_at.is_(None),
        _COMING.c.at >= bindparam("since"),
    )
    .order_by(_COMING.c.at, _COMING.c.id)
    .limit(1)
    .correlate(PARTICIPANT)
    .scalar_subquery()
)
_NOTED = SESSION_NOTE.c.session_id == COUNSELING_SESSION.c.id
# Held, or begun to be written about, and not closed.
_NOTE_WAITS = and_(
    or_(COUNSELING_SESSION.c.attended.is_(True), exists().where(_NOTED)),
    ~exists().where(_NOTED, SESSION_NOTE.c.closed_at.is_not(None)),
)
_UNRECORDED = and_(
    COUNSELING_SESSION.c.attended.is_(None), COUNSELING_SESSION.c.at < bindparam("since")
)
_OPEN_RULE = _rule(_UNRESOLVED, first=(_RANK.desc(), (FLAG.c.status == "open").desc()))
_CLOSED_REACTION = _rule(
    FLAG.c.status == "resolved",
    FLAG.c.family.in_(REACTIONS),
    FLAG.c.resolved_at >= bindparam("lately"),
)
# The last day for which opioid use stands; what was corrected since does not.
_OPIOIDS_ON = (
    select(func.max(SUBSTANCE_DAY.c.day))
    .where(
        SUBSTANCE_DAY.c.participant_id == PARTICIPANT.c.id,
        SUBSTANCE_DAY.c.day >= bindparam("lately_on"),
        SUBSTANCE_DAY.c.void.is_(False),
        cast(SUBSTANCE_DAY.c["items"], String).contains('"opioid"'),
        ~exists().where(
            _LATER.c.participant_id == SUBSTANCE_DAY.c.participant_id,
            _LATER.c.day == SUBSTANCE_DAY.c.day,
            _LATER.c.replaces_id == SUBSTANCE_DAY.c.id,
        ),
    )
    .correlate(PARTICIPANT)
    .scalar_subquery()
)
_CASELOAD = (
    select(
        PARTICIPANT.c.public_id,
        PARTICIPANT.c.code,
        dated_zone(PARTICIPANT),
        PARTICIPANT.c.first_dose_on,
        PARTICIPANT.c.enrolled_at,
        STAFF.c.name.label("counselor_name"),
        _NEXT.c.at.label("next_at"),
        _NEXT.c.place,
        _NEXT.c.public_id.label("next_id"),
        latest_reading(BRIEF_READING.c.session_id == _NEXT.c.id)
        .correlate(_NEXT)
        .scalar_subquery()
        .label("brief_at"),
        _of_flags(func.count(), _UNRESOLVED, FLAG.c.status == "open").label("unread"),
        _of_flags(func.max(_RANK), _UNRESOLVED).label("rank"),
        _of_flags(func.count(), _UNRESOLVED).label("flags"),
        _OPEN_RULE.label("rule"),
        _CLOSED_REACTION.label("closed_reaction"),
        _OPIOIDS_ON.label("opioids_on"),
        _of_sessions(func.count(), _NOTE_WAITS).label("notes_open"),
        _of_sessions(func.count(), _UNRECORDED).label("unrecorded"),
        UNREAD_SHARED.label("sheets_unread"),
        *LAST_TOLD,
    )
    .outerjoin(STAFF, STAFF.c.id == PARTICIPANT.c.counselor_id)
    .outerjoin(_NEXT, _NEXT.c.id == _NEXT_ID)
    .where(PARTICIPANT.c.status == "active")
)


@dataclass(frozen=True, slots=True)
class Case:
    """One person of the caseload.

    ``quiet``: days without an entry, from three on, else 0. ``unread``: flags that nobody has
    acknowledged; ``brief_at``: when a counselor last opened the brief for the next session.
    ``unrecorded``: sessions of former days of which nobody has said whether the participant came.
    ``rule``: of the most severe open alert; ``closed_reaction``: of a reaction that was closed in
    the last days; ``opioids_on``: the last of these days for which opioid use was told.
    """

    public_id: str
    code: str
    timezone: str
    counselor: str | None
    study: StudyTime
    next_at: datetime | None
    place: str | None
    brief_at: datetime | None
    last_entry: datetime | None
    quiet: int
    unread: int
    flags: int
    severity: str | None
    rule: str | None
    closed_reaction: str | None
    opioids_on: date | None
    notes_open: int
    unrecorded: int
    sheets_unread: int


def caseload(session: Session, me: StaffMe, since: datetime, now: datetime) -> list[Case]:
    """Active participants of ``me``, whose session is next first; sessions from ``since`` on.

    One statement, however many they are; each figure is a look into an index.
    """
    lately = now - timedelta(days=NEWS_DAYS)
    values = {"since": since, "lately": lately, "lately_on": local_day(lately, me.timezone)}
    rows = session.execute(_CASELOAD.where(in_scope(me)), values)
    # Sorted here: asked for in order of codes, a database walks through the whole site.
    cases = sorted((_case(row, now) for row in rows), key=lambda one: one.code)
    planned = [one for one in cases if one.next_at]
    planned.sort(key=lambda one: one.next_at or now)
    return planned + [one for one in cases if not one.next_at]


def _case(row: Any, now: datetime) -> Case:
    today = local_day(now, row.timezone)
    last = last_told(row)
    silent = (today - local_day(last or row.enrolled_at, row.timezone)).days
    return Case(
        public_id=row.public_id,
        code=row.code,
        timezone=row.timezone,
        counselor=row.counselor_name,
        study=study_time(row.first_dose_on, today),
        next_at=row.next_at,
        place=row.place,
        brief_at=row.brief_at,
        last_entry=last,
        quiet=silent if silent >= QUIET_DAYS else 0,
        unread=row.unread,
        flags=row.flags,
        severity=_SEVERITY.get(row.rank),
        rule=row.rule,
        closed_reaction=row.closed_reaction,
        opioids_on=row.opioids_on,
        notes_open=row.notes_open,
        unrecorded=row.unrecorded,
        sheets_unread=row.sheets_unread,
    )
