"""Everything that a participant wrote on worksheets, for their own copy of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.instruments.worksheets.definitions import Sheet
from app.instruments.worksheets.loader import load_sheet
from app.models.people import Staff
from app.models.worksheets import Worksheet, WorksheetComment, WorksheetCopy, WorksheetDraft
from app.worksheets.queries import Comment
from app.worksheets.versions import cells_in


def _table(model: Any) -> Any:
    return model.__table__


_W, _D, _C = map(_table, (Worksheet, WorksheetDraft, WorksheetCopy))
_N, _T = map(_table, (WorksheetComment, Staff))
_WHO: Any = bindparam("who")
_EVERY_COPY = (
    select(_W.c.public_id, _W.c.sheet_key, _W.c.sheet_version, _C.c.made_at, _C.c["values"])
    .add_columns(_C.c.shared_at, _C.c.taken_back_at, _C.c.seen_at)
    .join(_W, _W.c.id == _C.c.worksheet_id)
    .where(_C.c.participant_id == _WHO)
    .order_by(_C.c.made_at, _C.c.id)
)
_EVERY_COMMENT = (
    select(_W.c.public_id, _N.c.at, _T.c.name, _N.c.text, _N.c.read_at)
    .select_from(_N)
    .join(_W, _W.c.id == _N.c.worksheet_id)
    .join(_T, _T.c.id == _N.c.staff_id)
    .where(_W.c.participant_id == _WHO)
    .order_by(_N.c.id)
)
_EVERY_DRAFT = (
    select(_W.c.public_id, _W.c.sheet_key, _W.c.sheet_version, _D.c.saved_at, _D.c["values"])
    .join(_W, _W.c.id == _D.c.worksheet_id)
    .where(_W.c.participant_id == _WHO)
    .order_by(_D.c.saved_at, _W.c.id)
)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written on one sheet at one time, for the participant's own copy of it all.

    ``draft``: it is not finished, and nobody else can see it.
    """

    public_id: str
    sheet: Sheet
    at: datetime
    values: dict[str, Any]
    shared_at: datetime | None = None
    taken_back_at: datetime | None = None
    seen_at: datetime | None = None
    draft: bool = False


def copies_of(session: Session, participant_id: int) -> list[Written]:
    """Every finished copy of every sheet, the oldest first."""
    return [
        Written(row.public_id, load_sheet(row.sheet_key, row.sheet_version), *row[3:])
        for row in session.execute(_EVERY_COPY, {"who": participant_id})
    ]


def drafts_of(session: Session, participant_id: int) -> list[Written]:
    """Every draft, as cells under their names in the form."""
    return [
        Written(public_id, load_sheet(key, version), at, cells_in(values), draft=True)
        for public_id, key, version, at, values in session.execute(
            _EVERY_DRAFT, {"who": participant_id}
        )
    ]


def comments_on(session: Session, participant_id: int) -> list[tuple[str, Comment]]:
    """What the team wrote about the participant's sheets, with the sheet's public id."""
    rows = session.execute(_EVERY_COMMENT, {"who": participant_id})
    return [(public_id, Comment(*rest)) for public_id, *rest in rows]
