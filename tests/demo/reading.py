"""Rows of a table, as they stand, and the tables that hold what participants tell."""

from typing import Any

from sqlalchemy import select

from app.db import Database
from app.models.base import metadata

SHEETS = ("assignment", "worksheet", "worksheet_draft", "worksheet_copy", "worksheet_comment")
TOLD = (
    "dose",
    "drink_day",
    "substance_day",
    "checkin",
    "checkin_page",
    "checkin_judgement",
    "note",
    "urinalysis",
    "counseling_session",
    "brief_reading",
    "session_note",
    "session_note_text",
    "consent_withdrawal",
    "usual_drink",
    "participant_contact",
    "flag",
    "flag_evidence",
    "notice",
    *SHEETS,
)


def table(name: str) -> Any:
    return metadata.tables[name]


def rows_of(database: Database, name: str, **where: Any) -> list[Any]:
    wanted = select(table(name))
    for column, value in where.items():
        wanted = wanted.where(table(name).c[column] == value)
    with database.read() as session:
        return list(session.execute(wanted.order_by(*table(name).primary_key.columns)).all())
