"""What the team reads of a participant's sheets: the list, one shared copy, its comments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from app.models.counseling import COUNSELING_SESSION
from app.models.flags import FLAG
from app.models.people import STAFF
from app.models.worksheets import (
    ASSIGNMENT,
    WORKSHEET,
    WORKSHEET_COMMENT,
    WORKSHEET_COPY,
)
from app.web.errors import NotFound
from app.worksheets.shared import VISIBLE, Known, Status, read_sheets, to_read

_EARLIER = WORKSHEET_COPY.alias("earlier")
_WHO: Any = bindparam("who")
OPEN: frozenset[Status] = frozenset({"not_started", "started"})

_ASKED = (
    select(
        ASSIGNMENT.c.id,
        ASSIGNMENT.c.public_id,
        ASSIGNMENT.c.sheet_key,
        ASSIGNMENT.c.assigned_at,
        STAFF.c.name.label("by"),
        COUNSELING_SESSION.c.at.label("session_at"),
        COUNSELING_SESSION.c.place,
    )
    .join(STAFF, STAFF.c.id == ASSIGNMENT.c.assigned_by)
    .outerjoin(
        COUNSELING_SESSION,
        (COUNSELING_SESSION.c.id == ASSIGNMENT.c.session_id)
        & COUNSELING_SESSION.c.cancelled_at.is_(None),
    )
    .where(ASSIGNMENT.c.participant_id == _WHO, ASSIGNMENT.c.withdrawn_at.is_(None))
    .order_by(ASSIGNMENT.c.assigned_at, ASSIGNMENT.c.id)
)


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assignment that was not withdrawn; ``session_at`` is the session it is for, if any."""

    id: int
    public_id: str
    sheet_key: str
    assigned_at: datetime
    by: str
    session_at: datetime | None
    place: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of sheet: its newest assignment, where that stands, and what the team may know."""

    sheet_key: str
    asked: Assigned | None
    status: Status
    at: datetime
    entries: tuple[Known, ...]

    @property
    def unread(self) -> bool:
        return any(one.unread for one in self.entries)

    @property
    def to_read(self) -> Known | None:
        """The shared one to open: the newest that nobody has read, else the newest."""
        return to_read(self.entries)

    @property
    def apart(self) -> bool:
        """Whether the one to open is another than the one whose status the line tells."""
        return self.to_read is not None and (self.status, self.at) != ("shared", self.to_read.at)

    @property
    def can_withdraw(self) -> bool:
        return self.asked is not None and self.status in OPEN


def lines(session: Session, participant_id: int) -> list[Line]:
    """One line for each kind of sheet: the unread first, then those at work, then by newest."""
    asked = [Assigned(*row) for row in session.execute(_ASKED, {"who": participant_id})]
    known = read_sheets(session, participant_id).known
    keys = dict.fromkeys([*(one.sheet_key for one in asked), *(one.sheet_key for one in known)])
    found = [
        _line(
            key,
            [one for one in asked if one.sheet_key == key],
            [one for one in known if one.sheet_key == key],
        )
        for key in keys
    ]
    newest_first = sorted(found, key=lambda line: line.at, reverse=True)
    return sorted(newest_first, key=lambda line: (not line.unread, line.status not in OPEN))


def _line(key: str, asked: list[Assigned], known: list[Known]) -> Line:
    latest = asked[-1] if asked else None
    entries = tuple(sorted(known, key=lambda one: one.at, reverse=True))
    answering = [one for one in entries if latest and one.assignment_id == latest.id]
    if latest and not answering:
        return Line(key, latest, "not_started", latest.assigned_at, entries)
    order: tuple[Status, ...] = ("started", "finished", "shared")
    lead = max(answering or entries, key=lambda one: (order.index(one.status), one.at))
    return Line(key, latest, lead.status, lead.at, entries)


_FAMILIES = select(FLAG.c.family).where(FLAG.c.participant_id == _WHO, FLAG.c.status != "resolved")


def open_families(session: Session, participant_id: int) -> frozenset[str]:
    """The families of the flags that are not resolved."""
    return frozenset(session.execute(_FAMILIES, {"who": participant_id}).scalars())


_NEXT = (
    select(COUNSELING_SESSION.c.id, COUNSELING_SESSION.c.at, COUNSELING_SESSION.c.place)
    .where(
        COUNSELING_SESSION.c.participant_id == _WHO,
        COUNSELING_SESSION.c.attended.is_(None),
        COUNSELING_SESSION.c.cancelled_at.is_(None),
        COUNSELING_SESSION.c.at >= bindparam("now"),
    )
    .order_by(COUNSELING_SESSION.c.at, COUNSELING_SESSION.c.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Planned:
    """The session that a new assignment is for."""

    id: int
    at: datetime
    place: str


def next_planned(session: Session, participant_id: int, now: datetime) -> Planned | None:
    row = session.execute(_NEXT, {"who": participant_id, "now": now}).first()
    return Planned(*row) if row else None


_SHARED = (
    select(
        WORKSHEET.c.id,
        WORKSHEET.c.public_id,
        WORKSHEET.c.sheet_key,
        WORKSHEET.c.sheet_version,
        WORKSHEET_COPY.c.id.label("copy_id"),
        WORKSHEET_COPY.c.made_at,
        WORKSHEET_COPY.c["values"],
        WORKSHEET_COPY.c.shared_at,
        WORKSHEET_COPY.c.seen_at,
        exists()
        .where(
            _EARLIER.c.worksheet_id == WORKSHEET.c.id,
            _EARLIER.c.id < WORKSHEET_COPY.c.id,
            _EARLIER.c.shared_at.is_not(None),
        )
        .label("changed"),
    )
    .select_from(WORKSHEET)
    .join(WORKSHEET_COPY, VISIBLE)
    .where(WORKSHEET.c.participant_id == _WHO, WORKSHEET.c.public_id == bindparam("sheet"))
)


@dataclass(frozen=True, slots=True)
class SharedSheet:
    """The newest shared copy of one sheet. ``changed``: it was shared before in another form."""

    id: int
    public_id: str
    sheet_key: str
    sheet_version: int
    copy_id: int
    made_at: datetime
    values: dict[str, Any]
    shared_at: datetime
    seen_at: datetime | None
    changed: bool


def shared_sheet(session: Session, participant_id: int, public_id: str) -> SharedSheet:
    """What is shared under this public id. Raises NotFound: unshared is the same as missing."""
    row = session.execute(_SHARED, {"who": participant_id, "sheet": public_id}).first()
    if row is None:
        raise NotFound
    return SharedSheet(*row)


_COMMENTS = (
    select(WORKSHEET_COMMENT.c.at, STAFF.c.name, WORKSHEET_COMMENT.c.text)
    .join(STAFF, STAFF.c.id == WORKSHEET_COMMENT.c.staff_id)
    .where(WORKSHEET_COMMENT.c.worksheet_id == bindparam("worksheet"))
    .order_by(WORKSHEET_COMMENT.c.id)
)


@dataclass(frozen=True, slots=True)
class Comment:
    at: datetime
    name: str
    text: str


def comments_of(session: Session, worksheet_id: int) -> list[Comment]:
    """All that the team said about a sheet, in order."""
    return [Comment(*row) for row in session.execute(_COMMENTS, {"worksheet": worksheet_id})]
