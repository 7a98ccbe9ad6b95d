"""What the team may know of worksheets: the one place that decides it.

Of an assigned sheet its status; of a shared one its newest shared copy; of anything else nothing,
not its existence. A sheet that the participant put away is gone, shared or not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

from sqlalchemy import and_, bindparam, case, exists, func, select, union_all
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
    made_at: datetime | None = None
    values: dict[str, Any] | None = None
    """what stands on the shared copy of a sheet with rulers"""

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


_ROW = (
    ASSIGNMENT.c.id.label("assignment_id"),
    ASSIGNMENT.c.sheet_key.label("assigned_key"),
    ASSIGNMENT.c.assigned_at,
    WORKSHEET.c.id.label("worksheet_id"),
    WORKSHEET.c.public_id,
    WORKSHEET.c.sheet_key,
    WORKSHEET.c.sheet_version,
    WORKSHEET.c.started_at,
    WORKSHEET.c.finished_at,
    WORKSHEET_COPY.c.id.label("copy_id"),
    WORKSHEET_COPY.c.shared_at,
    WORKSHEET_COPY.c.seen_at,
    WORKSHEET_COPY.c.made_at,
    case((WORKSHEET.c.sheet_key.in_(RULERS), WORKSHEET_COPY.c["values"])).label("values"),
)
_OF_ASSIGNMENT = and_(
    ASSIGNMENT.c.id == WORKSHEET.c.assignment_id, ASSIGNMENT.c.withdrawn_at.is_(None)
)
# What was assigned with the sheets that answer it, and what was shared unasked.
_SHEETS = union_all(
    select(*_ROW)
    .select_from(ASSIGNMENT)
    .outerjoin(
        WORKSHEET,
        and_(WORKSHEET.c.assignment_id == ASSIGNMENT.c.id, WORKSHEET.c.removed_at.is_(None)),
    )
    .outerjoin(WORKSHEET_COPY, VISIBLE)
    .where(ASSIGNMENT.c.participant_id == _WHO, ASSIGNMENT.c.withdrawn_at.is_(None)),
    select(*_ROW)
    .select_from(WORKSHEET)
    .join(WORKSHEET_COPY, VISIBLE)
    .outerjoin(ASSIGNMENT, _OF_ASSIGNMENT)
    .where(WORKSHEET.c.participant_id == _WHO, ASSIGNMENT.c.id.is_(None)),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One assignment that was not withdrawn."""

    id: int
    sheet_key: str
    assigned_at: datetime


@dataclass(frozen=True, slots=True)
class Sheets:
    """What the team may know of one participant's sheets, read at once.

    ``assigned`` by when that was, ``known`` in the order they were started.
    """

    assigned: Sequence[Standing]
    known: Sequence[Known]

    @property
    def copies(self) -> list[Known]:
        """The shared ones that have rulers, the oldest copy first."""
        shared = [one for one in self.known if one.made_at and one.sheet_key in RULERS]
        return sorted(shared, key=attrgetter("made_at", "copy_id"))


def read_sheets(session: Session, participant_id: int) -> Sheets:
    """Everything in one statement."""
    rows = session.execute(_SHEETS, {"who": participant_id}).all()
    assigned = {
        row.assignment_id: Standing(row.assignment_id, row.assigned_key, row.assigned_at)
        for row in rows
        if row.assignment_id is not None
    }
    known = [
        Known(
            public_id=row.public_id,
            sheet_key=row.sheet_key,
            sheet_version=row.sheet_version,
            assignment_id=row.assignment_id,
            started_at=row.started_at,
            finished_at=row.finished_at,
            copy_id=row.copy_id,
            shared_at=row.shared_at,
            seen_at=row.seen_at,
            made_at=row.made_at,
            values=row.values,
        )
        for row in sorted(
            [row for row in rows if row.worksheet_id is not None],
            key=attrgetter("started_at", "worksheet_id"),
        )
    ]
    return Sheets(sorted(assigned.values(), key=attrgetter("assigned_at", "id")), known)


def to_read(sheets: Iterable[Known]) -> Known | None:
    """Of the shared ones the newest that nobody has read, else the newest."""
    shared = [one for one in sheets if one.shared_at]
    return max(shared, key=lambda one: (one.unread, one.at), default=None)


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


def homework(sheets: Sheets, since: datetime | None, now: datetime) -> list[Homework]:
    """The sheets to speak of: those not finished yet, and what came after ``since``.

    An assignment stays until it is finished or withdrawn, however old; what is finished or shared
    is listed if that came at ``since`` or later, or is still unread. ``since`` None means all.
    """
    asked = sheets.assigned
    begun = [one for one in sheets.known if one.started_at <= now]
    keys = dict.fromkeys([*(one.sheet_key for one in asked), *(one.sheet_key for one in begun)])
    found: list[Homework] = []
    for key in keys:
        mine = [one for one in begun if one.sheet_key == key]
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


@dataclass(frozen=True, slots=True)
class RulerPoint:
    """Three rulers from 0 to 10 as shared on one sheet; None was left empty."""

    at: datetime
    importance: int | None
    confidence: int | None
    readiness: int | None


def ruler_points(sheets: Sheets) -> list[RulerPoint]:
    """The rulers of every shared sheet that has them, the oldest first; empty ones left out."""
    found = []
    for one in sheets.copies:
        numbers = [_ruler(one.values or {}, name) for name in SCALES]
        if one.made_at and numbers != [None] * len(SCALES):
            found.append(RulerPoint(one.made_at, *numbers))
    return found


def _ruler(values: dict[str, Any], name: str) -> int | None:
    number = values.get(name)
    return number if isinstance(number, int) else None
