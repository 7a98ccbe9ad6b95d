"""Worksheets: what was suggested, what a participant fills in, what they chose to share."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.languages import LANGUAGES
from app.models.base import (
    json_column,
    one_of,
    public_id,
    refers,
    row_id,
    table,
    text_column,
)


class Assignment(SQLModel, table=True):
    """A counselor asks for a sheet, for the session ``session_id`` if one is planned."""

    __tablename__ = "assignment"
    __table_args__ = (Index("ix_assignment_participant_id", "participant_id"),)
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    participant_id: int = refers("participant.id")
    sheet_key: str = Field(max_length=40)
    session_id: int | None = refers("counseling_session.id", default=None)
    assigned_by: int = refers("staff.id")
    assigned_at: datetime
    withdrawn_at: datetime | None = None


ASSIGNMENT = table(Assignment)


class Worksheet(SQLModel, table=True):
    """One filled or half-filled sheet; several of one ``sheet_key`` are a series.

    What it says is in its draft and its copies. ``removed_at``: the participant put it away.
    """

    __tablename__ = "worksheet"
    __table_args__ = (
        Index("ix_worksheet_participant_id_sheet_key", "participant_id", "sheet_key"),
        one_of("language", tuple(LANGUAGES)),
    )
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    participant_id: int = refers("participant.id")
    assignment_id: int | None = refers("assignment.id", default=None)
    sheet_key: str = Field(max_length=40)
    sheet_version: int
    language: str = Field(max_length=2)
    started_at: datetime
    finished_at: datetime | None = None
    removed_at: datetime | None = None


WORKSHEET = table(Worksheet)


class WorksheetDraft(SQLModel, table=True):
    """What stands on a sheet at this moment, saved as it is typed; staff never see it.

    ``page`` is where the participant was, from 0.
    """

    __tablename__ = "worksheet_draft"
    __table_args__ = ({"info": {"unaudited": "a draft; the audit begins when it is finished"}},)
    worksheet_id: int = refers("worksheet.id", primary_key=True)
    values: dict[str, Any] = json_column(default_factory=dict)
    page: int = 0
    saved_at: datetime


WORKSHEET_DRAFT = table(WorksheetDraft)


class WorksheetCopy(SQLModel, table=True):
    """A sheet as it stood when it was finished; never changed, a later copy stands beside it.

    Staff see the latest copy that is shared and not taken back, and nothing else.
    """

    __tablename__ = "worksheet_copy"
    __table_args__ = (Index("ix_worksheet_copy_worksheet_id", "worksheet_id"),)
    id: int | None = row_id()
    worksheet_id: int = refers("worksheet.id")
    participant_id: int = refers("participant.id", index=True)
    made_at: datetime
    values: dict[str, Any] = json_column(default_factory=dict)
    shared_at: datetime | None = None
    taken_back_at: datetime | None = None
    seen_at: datetime | None = None
    seen_by: int | None = refers("staff.id", default=None)


WORKSHEET_COPY = table(WorksheetCopy)


class WorksheetComment(SQLModel, table=True):
    """A counselor's words about a shared copy, for the participant to read."""

    __tablename__ = "worksheet_comment"
    __table_args__ = (Index("ix_worksheet_comment_worksheet_id", "worksheet_id"),)
    id: int | None = row_id()
    worksheet_id: int = refers("worksheet.id")
    copy_id: int = refers("worksheet_copy.id")
    staff_id: int = refers("staff.id")
    at: datetime
    text: str = text_column()
    read_at: datetime | None = None


WORKSHEET_COMMENT = table(WorksheetComment)
