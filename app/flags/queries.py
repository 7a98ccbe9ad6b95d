"""What staff see of flags: the count beside the menu, the list, one flag with all it rests on.

Everything is narrowed by ``in_scope``: a foreign flag is a missing flag.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlmodel import Session

from app.models.adverse import ADVERSE_EVENT
from app.models.flags import (
    FLAG,
    FLAG_ACTION,
    FLAG_EVIDENCE,
    NOTICE,
)
from app.models.outbox import MESSAGE
from app.models.people import PARTICIPANT, STAFF, dated_zone
from app.visit.identity import StaffMe
from app.visit.scope import in_scope, reached
from app.web.errors import NotFound

log = logging.getLogger("daybook")
_COUNSELOR: Any = STAFF.alias("who_counsels")
_HOLDER: Any = STAFF.alias("holder")
_LATER: Any = FLAG_ACTION.alias("later")
RESOLVED_SHOWN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One flag of the list."""

    public_id: str
    reference: str
    rule: str
    severity: str
    status: str
    raised_at: datetime
    about: datetime
    due_at: datetime | None
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    outcome: str | None
    code: str
    timezone: str
    holder: str | None
    """who acknowledged it"""
    holder_id: int | None
    counselor_id: int | None


_ALL_LINES = (
    select(
        FLAG.c.public_id,
        FLAG.c.reference,
        FLAG.c.rule,
        FLAG.c.severity,
        FLAG.c.status,
        FLAG.c.raised_at,
        FLAG.c.about,
        FLAG.c.due_at,
        FLAG.c.acknowledged_at,
        FLAG.c.resolved_at,
        FLAG.c.outcome,
        PARTICIPANT.c.code,
        dated_zone(PARTICIPANT),
        _HOLDER.c.name.label("holder"),
        FLAG.c.acknowledged_by,
        PARTICIPANT.c.counselor_id,
    )
    .select_from(FLAG)
    .join(PARTICIPANT, PARTICIPANT.c.id == FLAG.c.participant_id)
    .outerjoin(_HOLDER, _HOLDER.c.id == FLAG.c.acknowledged_by)
)
_LINES = _ALL_LINES.where(
    or_(FLAG.c.status != "resolved", FLAG.c.resolved_at >= bindparam("since"))
)
_RAISED = _ALL_LINES.where(
    FLAG.c.raised_at >= bindparam("start"), FLAG.c.raised_at < bindparam("end")
).order_by(FLAG.c.raised_at, FLAG.c.id)
_AT_FIRST = (
    select(FLAG_EVIDENCE.c.severity)
    .where(FLAG_EVIDENCE.c.flag_id == FLAG.c.id, FLAG_EVIDENCE.c.change != "added")
    .order_by(FLAG_EVIDENCE.c.id)
    .limit(1)
    .scalar_subquery()
)
_RANK = {"emergency": 0, "urgent": 1, "routine": 2}


def flag_lines(session: Session, me: StaffMe, now: datetime) -> list[FlagLine]:
    """Every unresolved flag in scope and those of the last week, the most pressing first."""
    found = session.execute(
        _LINES.where(FLAG.c.site_id == me.site_id, in_scope(me)), {"since": now - RESOLVED_SHOWN}
    )
    return sorted((FlagLine(*row) for row in found), key=_pressing)


def flags_raised(
    session: Session, me: StaffMe, start: datetime, end: datetime, severity: str | None
) -> list[FlagLine]:
    """Every flag in scope that was raised from ``start`` to before ``end``, the earliest first.

    ``severity``: how severe it was then, as the figures count it.
    """
    wanted = _RAISED.where(FLAG.c.site_id == me.site_id, in_scope(me))
    if severity is not None:
        wanted = wanted.where(func.coalesce(_AT_FIRST, FLAG.c.severity) == severity)
    return [FlagLine(*row) for row in session.execute(wanted, {"start": start, "end": end})]


def _pressing(line: FlagLine) -> tuple[int, bool, datetime, datetime]:
    """By severity, then by what is due; without a due time last, then the oldest."""
    due = line.due_at
    return _RANK[line.severity], due is None, due or line.raised_at, line.raised_at


@dataclass(frozen=True, slots=True)
class ScopedFlag:
    """A flag that the staff member who asks may see and act on."""

    id: int
    public_id: str
    reference: str
    rule: str
    family: str
    severity: str
    status: str
    raised_at: datetime
    about: datetime
    due_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: int | None
    resolved_at: datetime | None
    outcome: str | None
    protocol_version: str
    rules_version: str
    version: int
    code: str
    timezone: str
    participant: str
    """the participant's public id"""
    participant_id: int
    counselor: str | None


_ONE = (
    select(
        FLAG.c.id,
        FLAG.c.public_id,
        FLAG.c.reference,
        FLAG.c.rule,
        FLAG.c.family,
        FLAG.c.severity,
        FLAG.c.status,
        FLAG.c.raised_at,
        FLAG.c.about,
        FLAG.c.due_at,
        FLAG.c.acknowledged_at,
        FLAG.c.acknowledged_by,
        FLAG.c.resolved_at,
        FLAG.c.outcome,
        FLAG.c.protocol_version,
        FLAG.c.rules_version,
        FLAG.c.version,
        PARTICIPANT.c.code,
        dated_zone(PARTICIPANT),
        PARTICIPANT.c.public_id.label("participant"),
        FLAG.c.participant_id,
        _COUNSELOR.c.name.label("counselor_name"),
    )
    .select_from(FLAG)
    .join(PARTICIPANT, PARTICIPANT.c.id == FLAG.c.participant_id)
    .outerjoin(_COUNSELOR, _COUNSELOR.c.id == PARTICIPANT.c.counselor_id)
    .where(FLAG.c.public_id == bindparam("public_id"))
)


def flag_for(session: Session, me: StaffMe, public_id: str) -> ScopedFlag:
    """The flag with this public id. Raises NotFound if foreign or missing."""
    row = session.execute(_ONE.where(in_scope(me)), {"public_id": public_id}).first()
    if row is None:
        log.warning("request %s: %s asked beyond their scope", me.request_id, me.actor.name)
        raise NotFound
    reached(session, row.participant_id)
    return ScopedFlag(*row)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding behind a flag; ``because`` and ``facts`` as the rules wrote them."""

    at: datetime
    rule: str
    severity: str
    about: datetime
    because: list[dict[str, Any]]
    facts: dict[str, Any]
    change: str
    keys: list[str]
    """what it rests on, as ``Finding.evidence`` names it"""


@dataclass(frozen=True, slots=True)
class Notified:
    """One mail about the flag: to whom, and what became of it."""

    name: str
    severity: str
    created_at: datetime
    sent_at: datetime | None
    status: str


@dataclass(frozen=True, slots=True)
class Done:
    """What a staff member did."""

    at: datetime
    name: str
    action: str
    outcome: str | None
    note: str
    id: int
    staff_id: int
    replaces_id: int | None
    holds: bool
    """False once another entry replaced it"""


_EVIDENCE = (
    select(
        FLAG_EVIDENCE.c.at,
        FLAG_EVIDENCE.c.rule,
        FLAG_EVIDENCE.c.severity,
        FLAG_EVIDENCE.c.about,
        FLAG_EVIDENCE.c.because,
        FLAG_EVIDENCE.c.facts,
        FLAG_EVIDENCE.c.change,
        FLAG_EVIDENCE.c["keys"],
    )
    .where(FLAG_EVIDENCE.c.flag_id == bindparam("flag"))
    .order_by(FLAG_EVIDENCE.c.id)
)
_NOTIFIED = (
    select(
        STAFF.c.name, NOTICE.c.severity, MESSAGE.c.created_at, MESSAGE.c.sent_at, MESSAGE.c.status
    )
    .select_from(NOTICE)
    .join(STAFF, STAFF.c.id == NOTICE.c.staff_id)
    .join(MESSAGE, MESSAGE.c.id == NOTICE.c.message_id)
    .where(NOTICE.c.flag_id == bindparam("flag"))
    .order_by(NOTICE.c.id)
)
_DONE = (
    select(
        FLAG_ACTION.c.at,
        STAFF.c.name,
        FLAG_ACTION.c.action,
        FLAG_ACTION.c.outcome,
        FLAG_ACTION.c.note,
        FLAG_ACTION.c.id,
        FLAG_ACTION.c.staff_id,
        FLAG_ACTION.c.replaces_id,
        _LATER.c.id.is_(None),
    )
    .join(STAFF, STAFF.c.id == FLAG_ACTION.c.staff_id)
    .outerjoin(_LATER, _LATER.c.replaces_id == FLAG_ACTION.c.id)
    .where(FLAG_ACTION.c.flag_id == bindparam("flag"))
    .order_by(FLAG_ACTION.c.id)
)


def evidence_of(session: Session, flag: ScopedFlag) -> list[Evidence]:
    """All findings behind the flag, in the order they came."""
    return [Evidence(*row) for row in session.execute(_EVIDENCE, {"flag": flag.id})]


def notified_of(session: Session, flag: ScopedFlag) -> list[Notified]:
    return [Notified(*row) for row in session.execute(_NOTIFIED, {"flag": flag.id})]


def done_with(session: Session, flag: ScopedFlag) -> list[Done]:
    return [Done(*row) for row in session.execute(_DONE, {"flag": flag.id})]


_EVENT = select(ADVERSE_EVENT.c.public_id).where(ADVERSE_EVENT.c.flag_id == bindparam("flag"))


def event_of(session: Session, flag: ScopedFlag) -> str | None:
    """The adverse event that was made of the flag."""
    return session.execute(_EVENT, {"flag": flag.id}).scalar()
