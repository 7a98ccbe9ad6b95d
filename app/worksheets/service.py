"""Worksheets as they are written: a draft, the copies made of it, and who may read them.

Nobody but the participant changes a sheet. What they typed is in no audit entry, only the names of
the fields and the numbers of the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from app import audit
from app.audit import Actor, Subject
from app.instruments.worksheets.answers import Cell, Value, gather
from app.instruments.worksheets.definitions import Sheet
from app.instruments.worksheets.loader import load_sheet
from app.models.worksheets import (
    ASSIGNMENT,
    WORKSHEET,
    WORKSHEET_COMMENT,
    WORKSHEET_COPY,
    Worksheet,
    WorksheetComment,
    WorksheetCopy,
    WorksheetDraft,
)
from app.worksheets.pages import cells_of
from app.worksheets.versions import WRITERS, writers_in

# Sheets in sight that answer a request, and the requests that none answers.
_OTHERS = select(WORKSHEET.c.id).where(
    WORKSHEET.c.assignment_id == bindparam("asked"), WORKSHEET.c.removed_at.is_(None)
)
_UNANSWERED = (
    select(ASSIGNMENT.c.id)
    .where(
        ASSIGNMENT.c.participant_id == bindparam("who"),
        ASSIGNMENT.c.sheet_key == bindparam("key"),
        ASSIGNMENT.c.withdrawn_at.is_(None),
        ~exists().where(
            WORKSHEET.c.assignment_id == ASSIGNMENT.c.id, WORKSHEET.c.removed_at.is_(None)
        ),
    )
    .order_by(ASSIGNMENT.c.assigned_at, ASSIGNMENT.c.id)
)


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


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a sheet as a form brings it: ``names`` are those whose cells it replaces."""

    number: int
    names: frozenset[str]
    path: str = ""
    token: str = ""


def save_draft(
    session: Session,
    worksheet: Worksheet,
    cells: Mapping[str, Cell],
    page: Page | int,
    now: datetime,
) -> None:
    """Keep what stands on the sheet at this moment, as cells under their names in the form.

    A page replaces its own cells, a bare number all of them. A finished sheet goes on from its
    newest copy, which stays as it is; a page that changes nothing in it begins no draft.
    """
    draft = session.get(WorksheetDraft, worksheet.id)
    former = draft.values if draft else _copied(session, worksheet)
    if isinstance(page, Page):
        kept = {name: cell for name, cell in former.items() if name not in page.names}
        values = kept | dict(cells)
        if draft is None and values == former:
            return
        if page.token:
            values[WRITERS] = writers_in(former) | {page.path: page.token}
    else:
        values = dict(cells)
    draft = draft or WorksheetDraft(worksheet_id=_id(worksheet), saved_at=now)
    draft.values = values
    draft.page = page.number if isinstance(page, Page) else page
    draft.saved_at = now
    session.add(draft)
    session.flush()


def _copied(session: Session, worksheet: Worksheet) -> dict[str, Cell]:
    """What a finished sheet goes on from: its newest copy as cells."""
    copy = newest_copy(session, worksheet)
    return cells_of(sheet_of(worksheet), copy.values) if copy else {}


def finish(
    session: Session, actor: Actor, worksheet: Worksheet, now: datetime
) -> tuple[WorksheetCopy, bool]:
    """Make a copy of what stands there; one that is equal to the newest copy makes no second.

    A sheet that is ``sent`` is shared by it, but not by a second call that finds no draft: it may
    have been taken back since. Also tells whether anything was made or shared. Raises
    NothingWritten.
    """
    sheet, copy = sheet_of(worksheet), newest_copy(session, worksheet)
    draft = session.get(WorksheetDraft, worksheet.id)
    if draft is None:
        if copy is None:
            raise NothingWritten
        return copy, False
    values = gather(sheet, draft.values)
    if not values and all(field.kind != "shown" for field in sheet.fields):
        raise NothingWritten
    session.delete(draft)
    session.flush()
    made = copy is None or copy.values != values
    if copy is None or made:
        copy = _copy(session, actor, worksheet, values, now)
    if sheet.sent and not _given(copy):
        share(session, actor, worksheet, now)
        made = True
    return copy, made


def discard(session: Session, worksheet: Worksheet) -> None:
    """Let go of what was changed since the newest copy; a sheet without a copy keeps its draft."""
    draft = session.get(WorksheetDraft, worksheet.id)
    if draft is not None and newest_copy(session, worksheet) is not None:
        session.delete(draft)
        session.flush()


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
    """Let the team read the newest copy. Raises NothingWritten where there is none.

    It then answers a request for such a sheet that no other sheet answers. A copy that was taken
    back keeps when the team read it: shared again it is no new one to them.
    """
    copy = newest_copy(session, worksheet)
    if copy is None:
        raise NothingWritten
    if not _given(copy):
        copy.shared_at, copy.taken_back_at = now, None
        session.flush()
        changes = {"shared": [None, copy.id]} | _answer(session, worksheet)
        session.flush()
        _note(session, actor, "worksheet.share", worksheet, now, changes)
    return copy


def _answer(session: Session, worksheet: Worksheet) -> dict[str, Any]:
    """Tie a shared sheet that answers no request to the oldest open one for such a sheet."""
    if worksheet.assignment_id is None:
        about = {"who": worksheet.participant_id, "key": worksheet.sheet_key}
        worksheet.assignment_id = session.scalars(_UNANSWERED, about).first()
        if worksheet.assignment_id:
            return {"assignment": [None, worksheet.assignment_id]}
    return {}


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
    """Put a sheet away: out of the participant's list and out of the team's sight.

    What was shared is taken back by it, so that bringing the sheet back shares nothing.
    """
    if worksheet.removed_at is None:
        take_back(session, actor, worksheet, now)
        worksheet.removed_at = now
        session.flush()
        _note(session, actor, "worksheet.remove", worksheet, now, {"removed": [False, True]})


def bring_back(session: Session, actor: Actor, worksheet: Worksheet, now: datetime) -> None:
    """Into the list again, shared with nobody; it answers no request that another sheet does."""
    if worksheet.removed_at is not None:
        take_back(session, actor, worksheet, now)
        changes: dict[str, Any] = {"removed": [True, False]}
        if session.scalars(_OTHERS, {"asked": worksheet.assignment_id}).first():
            changes["assignment"] = [worksheet.assignment_id, None]
            worksheet.assignment_id = None
        worksheet.removed_at = None
        session.flush()
        _note(session, actor, "worksheet.bring_back", worksheet, now, changes)


def read_comments(session: Session, actor: Actor, worksheet: Worksheet, now: datetime) -> None:
    """The participant has read what the team wrote about the sheet."""
    unread = select(WorksheetComment).where(
        WORKSHEET_COMMENT.c.worksheet_id == worksheet.id, WORKSHEET_COMMENT.c.read_at.is_(None)
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


def _given(copy: WorksheetCopy) -> bool:
    return copy.shared_at is not None and copy.taken_back_at is None


def _copies(session: Session, worksheet: Worksheet) -> list[WorksheetCopy]:
    """All copies, the newest first."""
    own = select(WorksheetCopy).where(WORKSHEET_COPY.c.worksheet_id == worksheet.id)
    return list(session.scalars(own.order_by(WORKSHEET_COPY.c.id.desc())))


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
