"""What staff see of flags: the count beside the menu, the list, one flag with all it rests on.

Everything is narrowed by ``in_scope``: a foreign flag is a missing flag.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlmodel import Session

from app.models.flags import Flag, FlagAction, FlagEvidence, Notice
from app.models.outbox import Message
from app.models.people import Participant, Staff, dated_zone
from app.visit.identity import StaffMe
from app.visit.scope import in_scope
from app.web.errors import NotFound

log = logging.getLogger("daybook")
_F: Any = Flag.__table__  # type: ignore[attr-defined]
_E: Any = FlagEvidence.__table__  # type: ignore[attr-defined]
_A: Any = FlagAction.__table__  # type: ignore[attr-defined]
_N: Any = Notice.__table__  # type: ignore[attr-defined]
_M: Any = Message.__table__  # type: ignore[attr-defined]
_P: Any = Participant.__table__  # type: ignore[attr-defined]
_T: Any = Staff.__table__  # type: ignore[attr-defined]
_COUNSELOR: Any = _T.alias("counselor")
_HOLDER: Any = _T.alias("holder")
_LATER: Any = _A.alias("later")
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
        _F.c.public_id,
        _F.c.reference,
        _F.c.rule,
        _F.c.severity,
        _F.c.status,
        _F.c.raised_at,
        _F.c.about,
        _F.c.due_at,
        _F.c.acknowledged_at,
        _F.c.resolved_at,
        _F.c.outcome,
        _P.c.code,
        dated_zone(_P),
        _HOLDER.c.name.label("holder"),
        _F.c.acknowledged_by,
        _P.c.counselor_id,
    )
    .select_from(_F)
    .join(_P, _P.c.id == _F.c.participant_id)
    .outerjoin(_HOLDER, _HOLDER.c.id == _F.c.acknowledged_by)
)
_LINES = _ALL_LINES.where(or_(_F.c.status != "resolved", _F.c.resolved_at >= bindparam("since")))
_RAISED = _ALL_LINES.where(
    _F.c.raised_at >= bindparam("start"), _F.c.raised_at < bindparam("end")
).order_by(_F.c.raised_at, _F.c.id)
_AT_FIRST = (
    select(_E.c.severity)
    .where(_E.c.flag_id == _F.c.id, _E.c.change != "added")
    .order_by(_E.c.id)
    .limit(1)
    .scalar_subquery()
)
_RANK = {"emergency": 0, "urgent": 1, "routine": 2}


def flag_lines(session: Session, me: StaffMe, now: datetime) -> list[FlagLine]:
    """Every unresolved flag in scope and those of the last week, the most pressing first."""
    found = session.execute(
        _LINES.where(_F.c.site_id == me.site_id, in_scope(me)), {"since": now - RESOLVED_SHOWN}
    )
    return sorted((FlagLine(*row) for row in found), key=_pressing)


def flags_raised(
    session: Session, me: StaffMe, start: datetime, end: datetime, severity: str | None
) -> list[FlagLine]:
    """Every flag in scope that was raised from ``start`` to before ``end``, the earliest first.

    ``severity``: how severe it was then, as the figures count it.
    """
    wanted = _RAISED.where(_F.c.site_id == me.site_id, in_scope(me))
    if severity is not None:
        wanted = wanted.where(func.coalesce(_AT_FIRST, _F.c.severity) == severity)
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
        _F.c.id,
        _F.c.public_id,
        _F.c.reference,
        _F.c.rule,
        _F.c.family,
        _F.c.severity,
        _F.c.status,
        _F.c.raised_at,
        _F.c.about,
        _F.c.due_at,
        _F.c.acknowledged_at,
        _F.c.acknowledged_by,
        _F.c.resolved_at,
        _F.c.outcome,
        _F.c.protocol_version,
        _F.c.rules_version,
        _F.c.version,
        _P.c.code,
        dated_zone(_P),
        _P.c.public_id.label("participant"),
        _F.c.participant_id,
        _COUNSELOR.c.name.label("counselor"),
    )
    .select_from(_F)
    .join(_P, _P.c.id == _F.c.participant_id)
    .outerjoin(_COUNSELOR, _COUNSELOR.c.id == _P.c.counselor_id)
    .where(_F.c.public_id == bindparam("public_id"))
)


def flag_for(session: Session, me: StaffMe, public_id: str) -> ScopedFlag:
    """The flag with this public id. Raises NotFound if foreign or missing."""
    row = session.execute(_ONE.where(in_scope(me)), {"public_id": public_id}).first()
    if row is None:
        log.warning("request %s: %s asked beyond their scope", me.request_id, me.actor.name)
        raise NotFound
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
class Told:
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
        _E.c.at,
        _E.c.rule,
        _E.c.severity,
        _E.c.about,
        _E.c.because,
        _E.c.facts,
        _E.c.change,
        _E.c["keys"],
    )
    .where(_E.c.flag_id == bindparam("flag"))
    .order_by(_E.c.id)
)
_TOLD = (
    select(_T.c.name, _N.c.severity, _M.c.created_at, _M.c.sent_at, _M.c.status)
    .select_from(_N)
    .join(_T, _T.c.id == _N.c.staff_id)
    .join(_M, _M.c.id == _N.c.message_id)
    .where(_N.c.flag_id == bindparam("flag"))
    .order_by(_N.c.id)
)
_DONE = (
    select(
        _A.c.at,
        _T.c.name,
        _A.c.action,
        _A.c.outcome,
        _A.c.note,
        _A.c.id,
        _A.c.staff_id,
        _A.c.replaces_id,
        _LATER.c.id.is_(None),
    )
    .join(_T, _T.c.id == _A.c.staff_id)
    .outerjoin(_LATER, _LATER.c.replaces_id == _A.c.id)
    .where(_A.c.flag_id == bindparam("flag"))
    .order_by(_A.c.id)
)


def evidence_of(session: Session, flag: ScopedFlag) -> list[Evidence]:
    """All findings behind the flag, in the order they came."""
    return [Evidence(*row) for row in session.execute(_EVIDENCE, {"flag": flag.id})]


def told_of(session: Session, flag: ScopedFlag) -> list[Told]:
    return [Told(*row) for row in session.execute(_TOLD, {"flag": flag.id})]


def done_with(session: Session, flag: ScopedFlag) -> list[Done]:
    return [Done(*row) for row in session.execute(_DONE, {"flag": flag.id})]
