"""What the worklist shows: tasks of participants in scope, and what was done about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select, true
from sqlmodel import Session

from app.models.checkin import CHECKIN
from app.models.diary import DOSE, DRINK_DAY, SUBSTANCE_DAY
from app.models.people import PARTICIPANT, STAFF, dated_zone
from app.models.worklist import TASK, TASK_STEP
from app.visit.identity import StaffMe
from app.visit.roles import HANDLES_TASKS, SEES_SITE, holders
from app.visit.scope import in_scope
from app.web.errors import NotFound

_OWNER, _MAKER, _CLOSER = STAFF.alias("owner"), STAFF.alias("maker"), STAFF.alias("closer")


@dataclass(frozen=True, slots=True)
class ScopedTask:
    """A task about a participant in the scope of whoever asks."""

    id: int
    public_id: str
    participant_id: int
    person: str
    """the participant's public id"""
    code: str
    status: str
    """the participant's"""
    timezone: str
    counselor_id: int | None
    kind: str
    rule: str
    made_at: datetime
    maker: str | None
    owner_id: int | None
    owner: str | None
    due_at: datetime
    closed_at: datetime | None
    closer: str | None
    outcome: str | None
    version: int
    calls: int
    """attempts so far"""

    @property
    def closed(self) -> bool:
        return self.closed_at is not None

    def late(self, now: datetime) -> bool:
        return not self.closed and self.due_at < now


_CALLS = (
    select(func.count())
    .where(TASK_STEP.c.task_id == TASK.c.id, TASK_STEP.c.action == "call")
    .correlate(TASK)
    .scalar_subquery()
)
_TASKS = (
    select(
        TASK.c.id,
        TASK.c.public_id,
        TASK.c.participant_id,
        PARTICIPANT.c.public_id.label("person"),
        PARTICIPANT.c.code,
        PARTICIPANT.c.status,
        dated_zone(PARTICIPANT),
        PARTICIPANT.c.counselor_id,
        TASK.c.kind,
        TASK.c.rule,
        TASK.c.made_at,
        _MAKER.c.name.label("maker"),
        TASK.c.owner_id,
        _OWNER.c.name.label("owner"),
        TASK.c.due_at,
        TASK.c.closed_at,
        _CLOSER.c.name.label("closer"),
        TASK.c.outcome,
        TASK.c.version,
        _CALLS.label("calls"),
    )
    .join(PARTICIPANT, PARTICIPANT.c.id == TASK.c.participant_id)
    .outerjoin(_OWNER, _OWNER.c.id == TASK.c.owner_id)
    .outerjoin(_MAKER, _MAKER.c.id == TASK.c.made_by)
    .outerjoin(_CLOSER, _CLOSER.c.id == TASK.c.closed_by)
)
_OPEN = _TASKS.where(TASK.c.site_id == bindparam("site"), TASK.c.closed_at.is_(None)).order_by(
    TASK.c.due_at, TASK.c.id
)
_CLOSED = (
    _TASKS.where(TASK.c.site_id == bindparam("site"), TASK.c.closed_at.is_not(None))
    .order_by(TASK.c.closed_at.desc(), TASK.c.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_ONE = _TASKS.where(TASK.c.public_id == bindparam("public_id"))


def open_tasks(session: Session, me: StaffMe) -> list[ScopedTask]:
    """What waits for somebody, the most urgent first."""
    rows = session.execute(_OPEN.where(in_scope(me)), {"site": me.site_id})
    return [ScopedTask(*row) for row in rows]


def closed_tasks(session: Session, me: StaffMe, most: int, skipped: int) -> list[ScopedTask]:
    """What is done, the latest first."""
    values = {"site": me.site_id, "most": most, "skipped": skipped}
    return [ScopedTask(*row) for row in session.execute(_CLOSED.where(in_scope(me)), values)]


def task_for(session: Session, me: StaffMe, public_id: str) -> ScopedTask:
    """The task with this public id. Raises NotFound if foreign or missing."""
    row = session.execute(_ONE.where(in_scope(me)), {"public_id": public_id}).first()
    if row is None:
        raise NotFound
    return ScopedTask(*row)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done about a task; ``who`` is empty for the product and the participant."""

    at: datetime
    who: str | None
    action: str
    outcome: str | None
    owner: str | None
    due_at: datetime | None
    note: str


_BY = STAFF.alias("by")
_STEPS = (
    select(
        TASK_STEP.c.at,
        _BY.c.name.label("who"),
        TASK_STEP.c.action,
        TASK_STEP.c.outcome,
        _OWNER.c.name.label("owner"),
        TASK_STEP.c.due_at,
        TASK_STEP.c.note,
    )
    .outerjoin(_BY, _BY.c.id == TASK_STEP.c.staff_id)
    .outerjoin(_OWNER, _OWNER.c.id == TASK_STEP.c.owner_id)
    .where(TASK_STEP.c.task_id == bindparam("task"))
    .order_by(TASK_STEP.c.id)
)


def steps_of(session: Session, task_id: int) -> list[Step]:
    return [Step(*row) for row in session.execute(_STEPS, {"task": task_id})]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can call."""

    id: int
    public_id: str
    name: str


_CALLERS = (
    select(STAFF.c.id, STAFF.c.public_id, STAFF.c.name)
    .where(
        STAFF.c.site_id == bindparam("site"),
        STAFF.c.active == true(),
        or_(
            STAFF.c.role.in_(set(holders(SEES_SITE)) & set(holders(HANDLES_TASKS))),
            STAFF.c.id == bindparam("counselor_id"),
        ),
    )
    .order_by(STAFF.c.name, STAFF.c.id)
)


def callers(session: Session, site_id: int, counselor_id: int | None) -> Sequence[Colleague]:
    """Who can have a task about somebody with this counselor: whoever has them in scope."""
    values = {"site": site_id, "counselor_id": counselor_id or 0}
    return [Colleague(*row) for row in session.execute(_CALLERS, values)]


@dataclass(frozen=True, slots=True)
class LastTold:
    """The latest that was told, and whether a member of the staff entered it."""

    at: datetime
    by_staff: bool


def _latest(told: Any, moment: str) -> Any:
    by_staff = case((told.c.entered_by.is_not(None), True), else_=False)
    theirs = and_(told.c.participant_id == bindparam("who"))
    asked = select(told.c[moment].label("at"), by_staff.label("by_staff")).where(theirs)
    return asked.order_by(told.c[moment].desc()).limit(1)


_LATEST = tuple(
    _latest(told, moment)
    for told, moment in (
        (DOSE, "received_at"),
        (DRINK_DAY, "received_at"),
        (SUBSTANCE_DAY, "received_at"),
        (CHECKIN, "started_at"),
    )
)


def last_entry(session: Session, participant_id: int) -> LastTold | None:
    """What was told last, on the phone or to the staff; None where nothing was told yet."""
    rows = [session.execute(one, {"who": participant_id}).first() for one in _LATEST]
    found = [LastTold(row.at, bool(row.by_staff)) for row in rows if row is not None]
    return max(found, key=lambda one: one.at, default=None)


@dataclass(frozen=True, slots=True)
class OpenCall:
    """That a participant asked for a call, and nobody has called yet."""

    id: int
    version: int
    made_at: datetime
    due_at: datetime


_OPEN_CALL = select(TASK.c.id, TASK.c.version, TASK.c.made_at, TASK.c.due_at).where(
    TASK.c.participant_id == bindparam("who"),
    TASK.c.kind == "call_me",
    TASK.c.closed_at.is_(None),
)


def open_call(session: Session, participant_id: int) -> OpenCall | None:
    row = session.execute(_OPEN_CALL, {"who": participant_id}).first()
    return OpenCall(*row) if row else None
