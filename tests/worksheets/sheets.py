"""Rows of worksheets as tests want them, written past the phone's pages."""

from datetime import datetime, timedelta

from app import audit
from app.audit import SYSTEM, Subject
from app.models.worksheets import Assignment, Worksheet, WorksheetCopy, WorksheetDraft
from tests.browser import hidden
from tests.cast import NOW

HOUR = timedelta(hours=1)


def assign(database, who: int, by: int, key: str = "rulers", at: datetime = NOW, **more) -> int:
    row = Assignment(participant_id=who, sheet_key=key, assigned_by=by, assigned_at=at, **more)
    return add(database, row)


def sheet(database, who: int, key: str = "rulers", at: datetime = NOW, **more) -> int:
    row = Worksheet(
        participant_id=who,
        sheet_key=key,
        sheet_version=1,
        language="en",
        started_at=at,
        **more,
    )
    return add(database, row)


def draft(database, worksheet: int, values: dict, at: datetime = NOW) -> int:
    return add(database, WorksheetDraft(worksheet_id=worksheet, values=values, saved_at=at))


def copy(
    database, who: int, worksheet: int, values: dict | None = None, at: datetime = NOW, **more
) -> int:
    """A finished copy; ``shared_at`` and ``taken_back_at`` as keywords."""
    row = WorksheetCopy(
        worksheet_id=worksheet, participant_id=who, made_at=at, values=values or {}, **more
    )
    made = add(database, row)
    with database.write() as session:
        session.get_one(Worksheet, worksheet).finished_at = at
        note(session)
    return made


def shared(
    database, who: int, key: str, values: dict | None = None, at: datetime = NOW, **more
) -> int:
    """A whole sheet, finished and shared at one moment; the worksheet's id."""
    made = sheet(database, who, key, at, **more)
    copy(database, who, made, values, at, shared_at=at)
    return made


def add(database, row) -> int:
    with database.write() as session:
        session.add(row)
        session.flush()
        note(session)
        return getattr(row, "id", None) or row.worksheet_id


def share(phone, path: str):
    """The button Share of a sheet's page as it stands now."""
    return phone.post(f"{path}/share", {"copy": hidden(phone.get(path), "copy")})


def change(database, model, row_id: int, **values) -> None:
    with database.write() as session:
        row = session.get_one(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)
        note(session)


def note(session) -> None:
    audit.record(session, SYSTEM, "test.sheet", Subject("worksheet", 1), now=NOW)
