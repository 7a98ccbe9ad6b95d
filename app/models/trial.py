"""What the trial team records: urine tests and withdrawn consent."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import json_column, one_of, refers, row_id, table, text_column


class Urinalysis(SQLModel, table=True):
    """A specimen and its results: {substance: positive | negative | invalid}."""

    __tablename__ = "urinalysis"
    __table_args__ = (Index("ix_urinalysis_participant_id_at", "participant_id", "at"),)
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    at: datetime
    received_at: datetime
    results: dict[str, str] = json_column(default_factory=dict)
    entered_by: int | None = refers("staff.id", default=None)


URINALYSIS = table(Urinalysis)


class ProtocolVersion(SQLModel, table=True):
    """A version of the protocol in force at a site from ``since`` on, as its whole TOML text."""

    __tablename__ = "protocol_version"
    __table_args__ = (UniqueConstraint("site_id", "version"),)
    id: int | None = row_id()
    site_id: int = refers("site.id")
    version: str = Field(max_length=20)
    text: str = text_column()
    since: datetime
    set_by: int = refers("staff.id")
    reason: str = text_column()


PROTOCOL_VERSION = table(ProtocolVersion)


class ConsentWithdrawal(SQLModel, table=True):
    """A participant takes back consent; the reason is never required."""

    __tablename__ = "consent_withdrawal"
    __table_args__ = (one_of("scope", ("treatment", "all")),)
    id: int | None = row_id()
    participant_id: int = refers("participant.id", index=True)
    at: datetime
    received_at: datetime
    scope: str = Field(max_length=10)
    reason: str = text_column(default="")
    entered_by: int | None = refers("staff.id", default=None)


CONSENT_WITHDRAWAL = table(ConsentWithdrawal)
