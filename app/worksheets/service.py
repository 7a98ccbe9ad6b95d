"""Worksheets as they are written: a draft, the copies made of it, and who may read them.

Nobody but the participant changes a sheet. What they typed is in no audit entry, only the names of
the fields and the numbers of the rows.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app import audit
from app.audit import Actor, Subject
from app.instruments.worksheets.answers import Cell, Value, flatten, gather, read_cells
from app.instruments.worksheets.definitions import Sheet
from app.instruments.worksheets.loader import load_sheet
from app.models.worksheets import Worksheet, WorksheetComment, WorksheetCopy, WorksheetDraft

_C: Any = WorksheetCopy.__table__  # type: ignore[attr-defined]
_N: Any = WorksheetComment.__table__  # type: ignore[attr-defined]


class NothingWritten(ValueError):
    """There is nothing yet that a copy could be made of."""


def sheet_of(worksheet: Worksheet) -> Sheet:
    """The version of the sheet that this one was begun with. Raises InstrumentError."""
    return load_sheet(worksheet.sheet_key, worksheet.sheet_version)


def start(
    session: Session,
    actor: Actor,
    participant_id: int,
    sheet_key: str,
    language: str,
    assignment_id: int | None,
    now: datetime,
) -> Worksheet:
    """Begin a sheet with an empty draft. Raises InstrumentError for a sheet that is not there."""
    worksheet = Worksheet(
        participant_id=participant_id,
        assignment_id=assignment_id,
        sheet_key=sheet_key,
        sheet_version=load_sheet(sheet_key).version,
        language=language,
        started_at=now,
    )
    session.add(worksheet)
    session.flush()
    session.add(WorksheetDraft(worksheet_id=_id(worksheet), saved_at=now))
    changes = {"sheet": [None, sheet_key], "assignment": [None, assignment_id]}
    _note(session, actor, "worksheet.start", worksheet, now, changes)
    return worksheet


def save_draft(
    session: Session,
    worksheet: Worksheet,
    cells: Mapping[str, Cell],
    page: int,
    now: datetime,
    replaced: frozenset[str] | None = None,
) -> None:
    """Keep what stands on the sheet at this moment, as cells under their names in the form.

    ``replaced`` are the names whose former cells these take the place of, None for all of them.
    A finished sheet goes on from its newest copy, which stays as it is.
    """
    draft = reopen(session, worksheet, now)
    kept = {} if replaced is None else draft.values
    draft.values = {k: v for k, v in kept.items() if k not in (replaced or ())} | dict(cells)
    draft.page = page
    draft.saved_at = now
    session.flush()


def reopen(session: Session, worksheet: Worksheet, now: datetime) -> WorksheetDraft:
    """The draft of a sheet; of a finished one a new draft that begins with its newest copy."""
    draft = session.get(WorksheetDraft, worksheet.id)
    if draft is None:
        copy = newest_copy(session, worksheet)
        former = flatten(copy.values) if copy else {}
        cells = read_cells(sheet_of(worksheet), former.items())
        draft = WorksheetDraft(worksheet_id=_id(worksheet), values=cells, saved_at=now)
        session.add(draft)
        session.flush()
    return draft


def finish(session: Session, actor: Actor, worksheet: Worksheet, now: datetime) -> WorksheetCopy:
    """Make a copy of what stands there; one that is equal to the newest copy makes no second.

    A sheet that is ``sent`` is shared by it. Raises NothingWritten.
    """
    sheet, copy = sheet_of(worksheet), newest_copy(session, worksheet)
    draft = session.get(WorksheetDraft, worksheet.id)
    if draft is not None:
        values = gather(sheet, draft.values)
        if not values and all(field.kind != "shown" for field in sheet.fields):
            raise NothingWritten
        session.delete(draft)
        session.flush()
        if copy is None or copy.values != values:
            copy = _copy(session, actor, worksheet, values, now)
    if copy is None:
        raise NothingWritten
    return share(session, actor, worksheet, now) if sheet.sent else copy


def _copy(
    session: Session, actor: Actor, worksheet: Worksheet, values: dict[str, Value], now: datetime
) -> WorksheetCopy:
    copy = WorksheetCopy(
        worksheet_id=_id(worksheet),
        participant_id=worksheet.participant_id,
        made_at=now,
        values=values,
    )
    session.add(copy)
    worksheet.finished_at = now
    session.flush()
    changes = {"copy": [None, copy.id], "fields": [None, sorted(values)]}
    _note(session, actor, "worksheet.finish", worksheet, now, changes)
    return copy


def share(session: Session, actor: Actor, worksheet: Worksheet, now: datetime) -> WorksheetCopy:
    """Let the team read the newest copy. Raises NothingWritten where there is none."""
    copy = newest_copy(session, worksheet)
    if copy is None:
        raise NothingWritten
    if copy.shared_at is None or copy.taken_back_at is not None:
        copy.shared_at, copy.taken_back_at = now, None
        session.flush()
        _note(session, actor, "worksheet.share", worksheet, now, {"shared": [None, copy.id]})
    return copy


def take_back(session: Session, actor: Actor, worksheet: Worksheet, now: datetime) -> None:
    """From now on the team sees no copy of the sheet, older ones included."""
    shared = [
        copy for copy in _copies(session, worksheet) if copy.shared_at and not copy.taken_back_at
    ]
    for copy in shared:
        copy.taken_back_at = now
    if shared:
        changes = {"shared": [[copy.id for copy in shared], None]}
        session.flush()
        _note(session, actor, "worksheet.take_back", worksheet, now, changes)


def remove(session: Session, actor: Actor, worksheet: Worksheet, now: datetime) -> None:
    """Put a sheet away: out of the participant's list and out of the team's sight."""
    if worksheet.removed_at is None:
        worksheet.removed_at = now
        session.flush()
        _note(session, actor, "worksheet.remove", worksheet, now, {"removed": [False, True]})


def bring_back(session: Session, actor: Actor, worksheet: Worksheet, now: datetime) -> None:
    """Undo ``remove``: everything is as it was before, sharing included."""
    if worksheet.removed_at is not None:
        worksheet.removed_at = None
        session.flush()
        _note(session, actor, "worksheet.bring_back", worksheet, now, {"removed": [True, False]})


def read_comments(session: Session, actor: Actor, worksheet: Worksheet, now: datetime) -> None:
    """The participant has read what the team wrote about the sheet."""
    unread = select(WorksheetComment).where(
        _N.c.worksheet_id == worksheet.id, _N.c.read_at.is_(None)
    )
    comments = session.scalars(unread).all()
    for comment in comments:
        comment.read_at = now
    if comments:
        changes = {"read": [None, [comment.id for comment in comments]]}
        session.flush()
        _note(session, actor, "worksheet.read", worksheet, now, changes)


def newest_copy(session: Session, worksheet: Worksheet) -> WorksheetCopy | None:
    """The copy that was made last, shared or not."""
    return next(iter(_copies(session, worksheet)), None)


def _copies(session: Session, worksheet: Worksheet) -> list[WorksheetCopy]:
    """All copies, the newest first."""
    own = select(WorksheetCopy).where(_C.c.worksheet_id == worksheet.id)
    return list(session.scalars(own.order_by(_C.c.id.desc())))


def _id(worksheet: Worksheet) -> int:
    if worksheet.id is None:
        raise ValueError("the worksheet is not stored yet")
    return worksheet.id


def _note(
    session: Session,
    actor: Actor,
    action: str,
    worksheet: Worksheet,
    now: datetime,
    changes: Mapping[str, Any],
) -> None:
    subject = Subject("worksheet", _id(worksheet))
    audit.record(session, actor, action, subject, now=now, changes=changes)
