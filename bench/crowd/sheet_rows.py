"""Worksheets of one simulated person in few statements: the rows that the services make of them.

The services live through the same ``SheetTold`` step by step; a test holds both to the same rows.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from app.demo.homework import PAGE, SheetTold
from app.demo.sessions import planned_for
from app.demo.told import SessionHeld
from app.instruments.worksheets.answers import gather
from app.instruments.worksheets.loader import load_sheet
from app.models.base import public_id
from app.models.worksheets import (
    WORKSHEET_DRAFT,
    Assignment,
    Worksheet,
    WorksheetComment,
    WorksheetCopy,
)
from bench.crowd.batch import Batch
from bench.crowd.rows import Row

Ids = dict[int, int]
"""Ids of rows by the place of their sheet in the list."""


def add_sheets(
    batch: Batch,
    told: Sequence[SheetTold],
    sessions: Sequence[SessionHeld],
    session_ids: Sequence[int],
) -> None:
    """Every sheet with its copy, what was said about it and for which session it was asked."""
    places = range(len(told))
    asked = [place for place in places if told[place].asked_at]
    begun = [place for place in places if told[place].begun_at]
    done = [place for place in begun if told[place].finished_at]
    assigned = _add(
        batch,
        Assignment,
        asked,
        [_assignment_row(batch, told[place], sessions, session_ids) for place in asked],
    )
    sheets = _add(
        batch,
        Worksheet,
        begun,
        [_worksheet_row(batch, told[place], assigned.get(place)) for place in begun],
    )
    drafts = [_draft_row(sheets[place], told[place]) for place in begun if place not in done]
    if drafts:
        batch.session.execute(insert(WORKSHEET_DRAFT), drafts)
    copies = _add(
        batch,
        WorksheetCopy,
        done,
        [_copy_row(batch, sheets[place], told[place]) for place in done],
    )
    said = [place for place in done if told[place].comment_at]
    batch.insert(
        WorksheetComment,
        [_comment_row(batch, sheets[place], copies[place], told[place]) for place in said],
    )


def _add(batch: Batch, model: Any, places: Sequence[int], made: Sequence[Row]) -> Ids:
    return dict(zip(places, batch.insert(model, made), strict=True))


def _assignment_row(
    batch: Batch,
    told: SheetTold,
    sessions: Sequence[SessionHeld],
    session_ids: Sequence[int],
) -> Row:
    assert told.asked_at
    place = planned_for(batch.person, sessions, told.asked_at)
    return {
        "public_id": public_id(),
        "participant_id": batch.who,
        "sheet_key": told.sheet_key,
        "session_id": None if place is None else session_ids[place],
        "assigned_by": batch.person.counselor.id,
        "assigned_at": told.asked_at,
        "withdrawn_at": told.withdrawn_at,
    }


def _worksheet_row(batch: Batch, told: SheetTold, assignment_id: int | None) -> Row:
    return {
        "public_id": public_id(),
        "participant_id": batch.who,
        "assignment_id": assignment_id,
        "sheet_key": told.sheet_key,
        "sheet_version": load_sheet(told.sheet_key).version,
        "language": batch.person.persona.language,
        "started_at": told.begun_at,
        "finished_at": told.finished_at,
        "removed_at": None,
    }


def _draft_row(worksheet_id: int, told: SheetTold) -> Row:
    return {
        "worksheet_id": worksheet_id,
        "values": told.first_cells,
        "page": PAGE,
        "saved_at": told.begun_at,
    }


def _copy_row(batch: Batch, worksheet_id: int, told: SheetTold) -> Row:
    return {
        "worksheet_id": worksheet_id,
        "participant_id": batch.who,
        "made_at": told.finished_at,
        "values": gather(load_sheet(told.sheet_key), told.cells),
        "shared_at": told.shared_at,
        "taken_back_at": None,
        "seen_at": told.read_at,
        "seen_by": batch.person.counselor.id if told.read_at else None,
    }


def _comment_row(batch: Batch, worksheet_id: int, copy_id: int, told: SheetTold) -> Row:
    return {
        "worksheet_id": worksheet_id,
        "copy_id": copy_id,
        "staff_id": batch.person.counselor.id,
        "at": told.comment_at,
        "text": told.comment,
        "read_at": None,
    }
