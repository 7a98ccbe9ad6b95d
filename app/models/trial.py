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

# Why a specimen says nothing, and why one that was due is not there.
UNUSABLE = ("cold", "hot", "tampered", "unreadable")
NOT_GIVEN = ("absent", "declined", "unable", "not_asked", "other")


class SpecimenHandling(SQLModel, table=True):
    """How a specimen was handled: when it was read, how warm it was, from which lot the test."""

    __tablename__ = "specimen_handling"
    __table_args__ = (
        UniqueConstraint("urinalysis_id"),
        one_of("unusable", UNUSABLE),
    )
    id: int | None = row_id()
    urinalysis_id: int = refers("urinalysis.id")
    read_at: datetime
    celsius: float | None = None
    lot: str = Field(default="", max_length=40)
    unusable: str | None = Field(default=None, max_length=12)


SPECIMEN_HANDLING = table(SpecimenHandling)


class SpecimenVoid(SQLModel, table=True):
    """An entry about a specimen that was wrong: it counts no longer, and stays with its reason."""

    __tablename__ = "specimen_void"
    __table_args__ = (UniqueConstraint("urinalysis_id"),)
    id: int | None = row_id()
    urinalysis_id: int = refers("urinalysis.id")
    at: datetime
    staff_id: int = refers("staff.id")
    reason: str = text_column()


SPECIMEN_VOID = table(SpecimenVoid)


class SpecimenMissing(SQLModel, table=True):
    """Why the specimen of a study week is not there, as far as anybody knows."""

    __tablename__ = "specimen_missing"
    __table_args__ = (
        UniqueConstraint("participant_id", "week"),
        one_of("reason", NOT_GIVEN),
    )
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    week: int
    reason: str = Field(max_length=12)
    recorded_at: datetime
    recorded_by: int = refers("staff.id")


SPECIMEN_MISSING = table(SpecimenMissing)


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
