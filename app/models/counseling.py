"""Counseling sessions."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class CounselingSession(SQLModel, table=True):
    """One weekly session; ``attended`` is null until it took place or did not."""

    __tablename__ = "counseling_session"
    __table_args__ = (Index("ix_counseling_session_participant_id_at", "participant_id", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    participant_id: int = Field(foreign_key="participant.id")
    at: datetime
    week: int
    attended: bool | None = None
    recorded_at: datetime | None = None
