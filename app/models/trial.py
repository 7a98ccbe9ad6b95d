"""What the trial team records: urine tests, withdrawn consent, and how somebody's part ended."""

from datetime import date, datetime

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

# How a part in the study ends, or the treatment alone.
ENDINGS = ("withdrew", "completed", "lost", "physician", "terminated")


class StudyEnd(SQLModel, table=True):
    """The end of the treatment, or of all of somebody's part; undone where it was put down wrongly.

    ``withdrawal_id``: the consent that was taken back.
    """

    __tablename__ = "study_end"
    __table_args__ = (
        one_of("kind", ENDINGS),
        one_of("scope", ("treatment", "all")),
    )
    id: int | None = row_id()
    participant_id: int = refers("participant.id", index=True)
    kind: str = Field(max_length=10)
    scope: str = Field(max_length=10)
    on_day: date
    received_at: datetime
    reason: str = text_column(default="")
    entered_by: int | None = refers("staff.id", default=None)
    withdrawal_id: int | None = refers("consent_withdrawal.id", default=None, index=True)
    undone_at: datetime | None = None
    undone_by: int | None = refers("staff.id", default=None)
    undo_reason: str = text_column(default="")


STUDY_END = table(StudyEnd)
