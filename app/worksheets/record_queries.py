"""Everything that a participant wrote on worksheets, for their own copy of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.instruments.worksheets.definitions import Sheet
from app.instruments.worksheets.loader import load_sheet
from app.models.people import STAFF
from app.models.worksheets import (
    WORKSHEET,
    WORKSHEET_COMMENT,
    WORKSHEET_COPY,
    WORKSHEET_DRAFT,
)
from app.worksheets.queries import Comment
from app.worksheets.versions import cells_in

_WHO: Any = bindparam("who")
_EVERY_COPY = (
    select(
        WORKSHEET.c.public_id,
        WORKSHEET.c.sheet_key,
        WORKSHEET.c.sheet_version,
        WORKSHEET_COPY.c.made_at,
        WORKSHEET_COPY.c["values"],
    )
    .add_columns(
        WORKSHEET_COPY.c.shared_at, WORKSHEET_COPY.c.taken_back_at, WORKSHEET_COPY.c.seen_at
    )
    .join(WORKSHEET, WORKSHEET.c.id == WORKSHEET_COPY.c.worksheet_id)
    .where(WORKSHEET_COPY.c.participant_id == _WHO)
    .order_by(WORKSHEET_COPY.c.made_at, WORKSHEET_COPY.c.id)
)
_EVERY_COMMENT = (
    select(
        WORKSHEET.c.public_id,
        WORKSHEET_COMMENT.c.at,
        STAFF.c.name,
        WORKSHEET_COMMENT.c.text,
        WORKSHEET_COMMENT.c.read_at,
    )
    .select_from(WORKSHEET_COMMENT)
    .join(WORKSHEET, WORKSHEET.c.id == WORKSHEET_COMMENT.c.worksheet_id)
    .join(STAFF, STAFF.c.id == WORKSHEET_COMMENT.c.staff_id)
    .where(WORKSHEET.c.participant_id == _WHO)
    .order_by(WORKSHEET_COMMENT.c.id)
)
_EVERY_DRAFT = (
    select(
        WORKSHEET.c.public_id,
        WORKSHEET.c.sheet_key,
        WORKSHEET.c.sheet_version,
        WORKSHEET_DRAFT.c.saved_at,
        WORKSHEET_DRAFT.c["values"],
    )
    .join(WORKSHEET, WORKSHEET.c.id == WORKSHEET_DRAFT.c.worksheet_id)
    .where(WORKSHEET.c.participant_id == _WHO)
    .order_by(WORKSHEET_DRAFT.c.saved_at, WORKSHEET.c.id)
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
