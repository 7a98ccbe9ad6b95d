"""What a participant reads of their own worksheets, with statements built once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.i18n import Translator
from app.instruments.worksheets.answers import Cell, Value
from app.instruments.worksheets.definitions import Sheet
from app.instruments.worksheets.loader import load_sheet
from app.models.counseling import COUNSELING_SESSION
from app.models.people import STAFF
from app.models.worksheets import (
    ASSIGNMENT,
    WORKSHEET,
    WORKSHEET_COMMENT,
    WORKSHEET_COPY,
    WORKSHEET_DRAFT,
    Worksheet,
)
from app.timeline.tables import read_timeline
from app.web.errors import NotFound
from app.worksheets.figures import Figure, figures_at, since
from app.worksheets.shared import RULERS, SCALES, RulerPoint
from app.worksheets.versions import cells_in, writers_in

_WHO: Any = bindparam("who")
_SHARED_AT = (
    select(func.max(WORKSHEET_COPY.c.shared_at))
    .where(
        WORKSHEET_COPY.c.worksheet_id == WORKSHEET.c.id, WORKSHEET_COPY.c.taken_back_at.is_(None)
    )
    .correlate(WORKSHEET)
    .scalar_subquery()
)
_NEW = (
    select(func.count())
    .where(
        WORKSHEET_COMMENT.c.worksheet_id == WORKSHEET.c.id, WORKSHEET_COMMENT.c.read_at.is_(None)
    )
    .correlate(WORKSHEET)
    .scalar_subquery()
)
_ENTRIES = (
    select(
        WORKSHEET.c.id,
        WORKSHEET.c.public_id,
        WORKSHEET.c.sheet_key,
        WORKSHEET.c.sheet_version,
        WORKSHEET.c.assignment_id,
        WORKSHEET.c.started_at,
        WORKSHEET.c.finished_at,
        WORKSHEET.c.removed_at,
        WORKSHEET_DRAFT.c.page,
        WORKSHEET_DRAFT.c.saved_at,
        _SHARED_AT.label("shared_at"),
        _NEW.label("new_comments"),
    )
    .select_from(WORKSHEET)
    .outerjoin(WORKSHEET_DRAFT, WORKSHEET_DRAFT.c.worksheet_id == WORKSHEET.c.id)
    .where(WORKSHEET.c.participant_id == _WHO)
    .order_by(WORKSHEET.c.started_at.desc(), WORKSHEET.c.id.desc())
)
_ASKED = (
    select(
        ASSIGNMENT.c.id,
        ASSIGNMENT.c.sheet_key,
        ASSIGNMENT.c.assigned_at,
        COUNSELING_SESSION.c.at.label("session_at"),
        COUNSELING_SESSION.c.place,
    )
    .outerjoin(
        COUNSELING_SESSION,
        (COUNSELING_SESSION.c.id == ASSIGNMENT.c.session_id)
        & COUNSELING_SESSION.c.cancelled_at.is_(None),
    )
    .where(ASSIGNMENT.c.participant_id == _WHO, ASSIGNMENT.c.withdrawn_at.is_(None))
    .order_by(ASSIGNMENT.c.assigned_at, ASSIGNMENT.c.id)
)
_ONE = select(Worksheet).where(
    WORKSHEET.c.participant_id == _WHO, WORKSHEET.c.public_id == bindparam("sheet")
)
_BY_ID = select(Worksheet).where(
    WORKSHEET.c.participant_id == _WHO, WORKSHEET.c.id == bindparam("id")
)
_DRAFT = select(
    WORKSHEET_DRAFT.c["values"], WORKSHEET_DRAFT.c.page, WORKSHEET_DRAFT.c.saved_at
).where(WORKSHEET_DRAFT.c.worksheet_id == bindparam("id"))
_COPIES = (
    select(
        WORKSHEET_COPY.c.id,
        WORKSHEET_COPY.c.made_at,
        WORKSHEET_COPY.c["values"],
        WORKSHEET_COPY.c.shared_at,
        WORKSHEET_COPY.c.taken_back_at,
        WORKSHEET_COPY.c.seen_at,
    )
    .where(WORKSHEET_COPY.c.worksheet_id == bindparam("id"))
    .order_by(WORKSHEET_COPY.c.id)
)
_COMMENTS = (
    select(
        WORKSHEET_COMMENT.c.at, STAFF.c.name, WORKSHEET_COMMENT.c.text, WORKSHEET_COMMENT.c.read_at
    )
    .join(STAFF, STAFF.c.id == WORKSHEET_COMMENT.c.staff_id)
    .where(WORKSHEET_COMMENT.c.worksheet_id == bindparam("id"))
    .order_by(WORKSHEET_COMMENT.c.id)
)
_OWN_RULERS = (
    select(WORKSHEET_COPY.c.made_at, WORKSHEET_COPY.c["values"])
    .join(WORKSHEET, WORKSHEET.c.id == WORKSHEET_COPY.c.worksheet_id)
    .where(
        WORKSHEET_COPY.c.participant_id == _WHO,
        WORKSHEET.c.removed_at.is_(None),
        WORKSHEET.c.sheet_key.in_(RULERS),
    )
    .order_by(WORKSHEET_COPY.c.made_at, WORKSHEET_COPY.c.id)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One sheet in a list. ``page`` and ``saved_at`` are those of its draft, None without one;
    ``shared_at`` is when what the team can read was shared.
    """

    id: int
    public_id: str
    sheet_key: str
    sheet_version: int
    assignment_id: int | None
    started_at: datetime
    finished_at: datetime | None
    removed_at: datetime | None
    page: int | None
    saved_at: datetime | None
    shared_at: datetime | None
    new_comments: int

    @property
    def sheet(self) -> Sheet:
        return load_sheet(self.sheet_key, self.sheet_version)

    @property
    def half_filled(self) -> bool:
        """There is a draft: begun and not finished, or being changed."""
        return self.page is not None


def entries(session: Session, participant_id: int) -> list[Entry]:
    """All sheets of a participant, those put away too, the newest first."""
    return [Entry(*row) for row in session.execute(_ENTRIES, {"who": participant_id})]


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the counselor asked for and did not withdraw; ``session_at``: for which session."""

    id: int
    sheet_key: str
    assigned_at: datetime
    session_at: datetime | None
    place: str | None

    @property
    def sheet(self) -> Sheet:
        return load_sheet(self.sheet_key)


def open_requests(session: Session, participant_id: int, own: list[Entry]) -> list[Suggested]:
    """What was asked for and has not been finished yet, the oldest request first.

    What was put away answers nothing any more.
    """
    done = {one.assignment_id for one in own if one.finished_at and one.removed_at is None}
    asked = [Suggested(*row) for row in session.execute(_ASKED, {"who": participant_id})]
    return [one for one in asked if one.id not in done]


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands on a sheet. ``writers``: for each page the token of the form it came with."""

    cells: Mapping[str, Cell]
    page: int
    saved_at: datetime
    writers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Copy:
    """A sheet as it stood when it was finished."""

    id: int
    made_at: datetime
    values: dict[str, Value]
    shared_at: datetime | None
    taken_back_at: datetime | None
    seen_at: datetime | None

    @property
    def shared(self) -> bool:
        return self.shared_at is not None and self.taken_back_at is None


@dataclass(frozen=True, slots=True)
class Comment:
    at: datetime
    name: str
    text: str
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Mine:
    """Everything about one sheet of the participant's own."""

    row: Worksheet
    sheet: Sheet
    draft: Draft | None
    copies: tuple[Copy, ...]
    comments: tuple[Comment, ...]

    @property
    def newest(self) -> Copy | None:
        return self.copies[-1] if self.copies else None

    @property
    def shown_to_team(self) -> Copy | None:
        """The copy that the team can read."""
        return next((copy for copy in reversed(self.copies) if copy.shared), None)

    @property
    def new_comments(self) -> bool:
        return any(comment.read_at is None for comment in self.comments)


def own_row(session: Session, participant_id: int, public_id: str) -> Worksheet:
    """A sheet of the participant's own; the gate lets its forms in one by one. Raises NotFound."""
    found = session.scalars(_ONE, {"who": participant_id, "sheet": public_id}).first()
    if found is None:
        raise NotFound
    return found


def row_by_id(session: Session, participant_id: int, worksheet_id: int) -> Worksheet:
    """The same by its row number; raises NoResultFound, also for another's."""
    return session.scalars(_BY_ID, {"who": participant_id, "id": worksheet_id}).one()


def own_sheet(session: Session, participant_id: int, public_id: str) -> Mine:
    """A sheet of the participant's own, to be read. Raises NotFound."""
    return all_of(session, own_row(session, participant_id, public_id))


def all_of(session: Session, row: Worksheet) -> Mine:
    """Everything about one of their sheets."""
    about = {"id": row.id}
    drafted = session.execute(_DRAFT, about).first()
    return Mine(
        row,
        load_sheet(row.sheet_key, row.sheet_version),
        _draft(*drafted) if drafted else None,
        tuple(Copy(*each) for each in session.execute(_COPIES, about)),
        tuple(Comment(*each) for each in session.execute(_COMMENTS, about)),
    )


def _draft(values: Mapping[str, Any], page: int, saved_at: datetime) -> Draft:
    return Draft(cells_in(values), page, saved_at, writers_in(values))


def figures_of(
    session: Session, participant_id: int, sheet: Sheet, moment: datetime, tr: Translator
) -> dict[str, Figure]:
    """The diary's figures as they stood at ``moment``; none where the sheet shows none."""
    if all(field.kind != "shown" for field in sheet.fields):
        return {}
    known = read_timeline(session, participant_id, since(moment)).known_at(moment)
    return figures_at(known, moment, tr)


def own_rulers(session: Session, participant_id: int) -> list[RulerPoint]:
    """The rulers of every finished sheet that has them, shared or not, the oldest first."""
    rows = session.execute(_OWN_RULERS, {"who": participant_id})
    found = [RulerPoint(at, *(values.get(name) for name in SCALES)) for at, values in rows]
    return [one for one in found if any(getattr(one, name) is not None for name in SCALES)]
