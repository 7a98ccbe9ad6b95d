"""What the team may know of worksheets: the one place that decides it.

Of an assigned sheet its status; of a shared one its newest shared copy; of anything else nothing,
not its existence. A sheet that the participant put away is gone, shared or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.models.people import PARTICIPANT
from app.models.worksheets import (
    ASSIGNMENT,
    WORKSHEET,
    WORKSHEET_COPY,
)

_LATER: Any = WORKSHEET_COPY.alias("later_copy")
_WHO: Any = bindparam("who")
RULERS = ("rulers", "before_session")
SCALES = ("importance", "confidence", "readiness")

Status = Literal["not_started", "started", "finished", "shared"]


def _given(copy: Any) -> Any:
    return and_(copy.c.shared_at.is_not(None), copy.c.taken_back_at.is_(None))


# The newest shared copy of a sheet that was not put away, joined to its sheet.
VISIBLE: Any = and_(
    WORKSHEET_COPY.c.worksheet_id == WORKSHEET.c.id,
    WORKSHEET.c.removed_at.is_(None),
    _given(WORKSHEET_COPY),
    ~exists().where(
        _LATER.c.worksheet_id == WORKSHEET_COPY.c.worksheet_id,
        _LATER.c.id > WORKSHEET_COPY.c.id,
        _given(_LATER),
    ),
)
# For lists of participants: how many shared sheets nobody of the team has read.
UNREAD_SHARED: Any = (
    select(func.count())
    .select_from(WORKSHEET_COPY)
    .join(WORKSHEET, WORKSHEET.c.id == WORKSHEET_COPY.c.worksheet_id)
    .where(
        WORKSHEET_COPY.c.participant_id == PARTICIPANT.c.id,
        WORKSHEET_COPY.c.seen_at.is_(None),
        VISIBLE,
    )
    .correlate(PARTICIPANT)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Known:
    """One sheet as far as the team may know it; ``shared_at`` and ``copy_id`` of what they see."""

    public_id: str
    sheet_key: str
    sheet_version: int
    assignment_id: int | None
    started_at: datetime
    finished_at: datetime | None
    copy_id: int | None
    shared_at: datetime | None
    seen_at: datetime | None

    @property
    def status(self) -> Status:
        if self.shared_at:
            return "shared"
        return "finished" if self.finished_at else "started"

    @property
    def unread(self) -> bool:
        return self.shared_at is not None and self.seen_at is None

    @property
    def at(self) -> datetime:
        """When it came to its status."""
        return self.shared_at or self.finished_at or self.started_at


_KNOWN = (
    select(
        WORKSHEET.c.public_id,
        WORKSHEET.c.sheet_key,
        WORKSHEET.c.sheet_version,
        ASSIGNMENT.c.id.label("assignment_id"),
        WORKSHEET.c.started_at,
        WORKSHEET.c.finished_at,
        WORKSHEET_COPY.c.id.label("copy_id"),
        WORKSHEET_COPY.c.shared_at,
        WORKSHEET_COPY.c.seen_at,
    )
    .select_from(WORKSHEET)
    .outerjoin(
        ASSIGNMENT,
        and_(ASSIGNMENT.c.id == WORKSHEET.c.assignment_id, ASSIGNMENT.c.withdrawn_at.is_(None)),
    )
    .outerjoin(WORKSHEET_COPY, VISIBLE)
    .where(
        WORKSHEET.c.participant_id == _WHO,
        WORKSHEET.c.removed_at.is_(None),
        (ASSIGNMENT.c.id.is_not(None)) | (WORKSHEET_COPY.c.id.is_not(None)),
    )
    .order_by(WORKSHEET.c.started_at, WORKSHEET.c.id)
)


def known_sheets(session: Session, participant_id: int) -> list[Known]:
    """Every sheet of which the team may know something, in the order they were started."""
    return [Known(*row) for row in session.execute(_KNOWN, {"who": participant_id})]


def to_read(sheets: Iterable[Known]) -> Known | None:
    """Of the shared ones the newest that nobody has read, else the newest."""
    shared = [one for one in sheets if one.shared_at]
    return max(shared, key=lambda one: (one.unread, one.at), default=None)


_ASSIGNED = (
    select(ASSIGNMENT.c.id, ASSIGNMENT.c.sheet_key, ASSIGNMENT.c.assigned_at)
    .where(ASSIGNMENT.c.participant_id == _WHO, ASSIGNMENT.c.withdrawn_at.is_(None))
    .order_by(ASSIGNMENT.c.assigned_at, ASSIGNMENT.c.id)
)


@dataclass(frozen=True, slots=True)
class Homework:
    """Where one kind of sheet stands; ``at`` is when it came to its ``status``.

    ``entries`` counts the sheets that the team may know of, a series has several; ``public_id`` is
    that of the shared one to open, ``unread`` whether a shared one waits to be read.
    """

    sheet_key: str
    status: Status
    entries: int
    at: datetime | None
    public_id: str | None
    unread: bool
    assigned: bool


def homework(
    session: Session, participant_id: int, since: datetime | None, now: datetime
) -> list[Homework]:
    """The sheets to speak of: those not finished yet, and what came after ``since``.

    An assignment stays until it is finished or withdrawn, however old; what is finished or shared
    is listed if that came at ``since`` or later, or is still unread. ``since`` None means all.
    """
    asked = session.execute(_ASSIGNED, {"who": participant_id}).all()
    sheets = [one for one in known_sheets(session, participant_id) if one.started_at <= now]
    keys = dict.fromkeys([*(row.sheet_key for row in asked), *(one.sheet_key for one in sheets)])
    found: list[Homework] = []
    for key in keys:
        mine = [one for one in sheets if one.sheet_key == key]
        assigned = [row for row in asked if row.sheet_key == key]
        found += _homework(key, assigned[-1] if assigned else None, mine, since)
    return found


def _homework(
    key: str, assigned: Any, sheets: list[Known], since: datetime | None
) -> Iterable[Homework]:
    """One kind of sheet; ``assigned`` is its newest assignment, which decides the status."""
    answering = [one for one in sheets if assigned and one.assignment_id == assigned.id]
    opened = to_read(sheets)
    seen_by_team = opened.public_id if opened else None
    unread = any(one.unread for one in sheets)
    if assigned and not answering:
        at = assigned.assigned_at
        yield Homework(key, "not_started", len(sheets), at, seen_by_team, unread, True)
        return
    lead = max(answering or sheets, key=_furthest)
    if lead.status == "started" or any(_recent(one, since) for one in sheets):
        ours = assigned is not None
        yield Homework(key, lead.status, len(sheets), lead.at, seen_by_team, unread, ours)


_ORDER: dict[Status, int] = {"not_started": 0, "started": 1, "finished": 2, "shared": 3}


def _furthest(one: Known) -> tuple[int, datetime]:
    return _ORDER[one.status], one.at


def _recent(one: Known, since: datetime | None) -> bool:
    return since is None or one.at >= since or one.unread


_RULED = (
    select(WORKSHEET.c.sheet_key, WORKSHEET_COPY.c.made_at, WORKSHEET_COPY.c["values"])
    .select_from(WORKSHEET)
    .join(WORKSHEET_COPY, VISIBLE)
    .where(WORKSHEET.c.participant_id == _WHO, WORKSHEET.c.sheet_key.in_(RULERS))
    .order_by(WORKSHEET_COPY.c.made_at, WORKSHEET_COPY.c.id)
)


@dataclass(frozen=True, slots=True)
class RulerPoint:
    """Three rulers from 0 to 10 as shared on one sheet; None was left empty."""

    at: datetime
    importance: int | None
    confidence: int | None
    readiness: int | None


def ruler_points(session: Session, participant_id: int) -> list[RulerPoint]:
    """The rulers of every shared sheet that has them, the oldest first; empty ones left out."""
    found = []
    for row in session.execute(_RULED, {"who": participant_id}):
        numbers = [_ruler(row.values, name) for name in SCALES]
        if any(number is not None for number in numbers):
            found.append(RulerPoint(row.made_at, *numbers))
    return found


def _ruler(values: dict[str, Any], name: str) -> int | None:
    number = values.get(name)
    return number if isinstance(number, int) else None
