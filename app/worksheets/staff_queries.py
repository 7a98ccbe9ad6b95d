"""What the team reads of a participant's sheets: the list, one shared copy, its comments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from app.models.counseling import CounselingSession
from app.models.flags import Flag
from app.models.people import Staff
from app.models.worksheets import Assignment, Worksheet, WorksheetComment, WorksheetCopy
from app.web.errors import NotFound
from app.worksheets.shared import VISIBLE, Known, Status, known_sheets, to_read


def _table(model: Any) -> Any:
    return model.__table__


_A, _W, _C, _N = map(_table, (Assignment, Worksheet, WorksheetCopy, WorksheetComment))
_T, _FLAG, _SESSION = map(_table, (Staff, Flag, CounselingSession))
_EARLIER = _C.alias("earlier")
_WHO: Any = bindparam("who")
OPEN: frozenset[Status] = frozenset({"not_started", "started"})

_ASKED = (
    select(
        _A.c.id,
        _A.c.public_id,
        _A.c.sheet_key,
        _A.c.assigned_at,
        _T.c.name.label("by"),
        _SESSION.c.at.label("session_at"),
        _SESSION.c.place,
    )
    .join(_T, _T.c.id == _A.c.assigned_by)
    .outerjoin(_SESSION, (_SESSION.c.id == _A.c.session_id) & _SESSION.c.cancelled_at.is_(None))
    .where(_A.c.participant_id == _WHO, _A.c.withdrawn_at.is_(None))
    .order_by(_A.c.assigned_at, _A.c.id)
)


@dataclass(frozen=True, slots=True)
class Asked:
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
    asked: Asked | None
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
    asked = [Asked(*row) for row in session.execute(_ASKED, {"who": participant_id})]
    known = known_sheets(session, participant_id)
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


def _line(key: str, asked: list[Asked], known: list[Known]) -> Line:
    latest = asked[-1] if asked else None
    entries = tuple(sorted(known, key=lambda one: one.at, reverse=True))
    answering = [one for one in entries if latest and one.assignment_id == latest.id]
    if latest and not answering:
        return Line(key, latest, "not_started", latest.assigned_at, entries)
    order: tuple[Status, ...] = ("started", "finished", "shared")
    lead = max(answering or entries, key=lambda one: (order.index(one.status), one.at))
    return Line(key, latest, lead.status, lead.at, entries)


_FAMILIES = select(_FLAG.c.family).where(
    _FLAG.c.participant_id == _WHO, _FLAG.c.status != "resolved"
)


def open_families(session: Session, participant_id: int) -> frozenset[str]:
    """The families of the flags that are not resolved."""
    return frozenset(session.execute(_FAMILIES, {"who": participant_id}).scalars())


_NEXT = (
    select(_SESSION.c.id, _SESSION.c.at, _SESSION.c.place)
    .where(
        _SESSION.c.participant_id == _WHO,
        _SESSION.c.attended.is_(None),
        _SESSION.c.cancelled_at.is_(None),
        _SESSION.c.at >= bindparam("now"),
    )
    .order_by(_SESSION.c.at, _SESSION.c.id)
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
        _W.c.id,
        _W.c.public_id,
        _W.c.sheet_key,
        _W.c.sheet_version,
        _C.c.id.label("copy_id"),
        _C.c.made_at,
        _C.c["values"],
        _C.c.shared_at,
        _C.c.seen_at,
        exists()
        .where(
            _EARLIER.c.worksheet_id == _W.c.id,
            _EARLIER.c.id < _C.c.id,
            _EARLIER.c.shared_at.is_not(None),
        )
        .label("changed"),
    )
    .select_from(_W)
    .join(_C, VISIBLE)
    .where(_W.c.participant_id == _WHO, _W.c.public_id == bindparam("sheet"))
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
    select(_N.c.at, _T.c.name, _N.c.text)
    .join(_T, _T.c.id == _N.c.staff_id)
    .where(_N.c.worksheet_id == bindparam("worksheet"))
    .order_by(_N.c.id)
)


@dataclass(frozen=True, slots=True)
class Comment:
    at: datetime
    name: str
    text: str


def comments_of(session: Session, worksheet_id: int) -> list[Comment]:
    """All that the team said about a sheet, in order."""
    return [Comment(*row) for row in session.execute(_COMMENTS, {"worksheet": worksheet_id})]
