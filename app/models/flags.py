"""Flags: what a rule found, what staff did about it, and who was told."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.models.base import (
    json_column,
    number,
    one_of,
    public_id,
    refers,
    row_id,
    table,
    text_column,
)

SEVERITIES = ("routine", "urgent", "emergency")
STATUSES = ("open", "acknowledged", "resolved")
OUTCOMES = (
    "no_action",
    "called",
    "visit",
    "medication_held",
    "referred",
    "emergency_services",
    "false_alarm",
)


class Flag(SQLModel, table=True):
    """A finding that waits for a person. At most one unresolved per family."""

    __tablename__ = "flag"
    __table_args__ = (
        ForeignKeyConstraint(
            ["participant_id", "site_id"], ["participant.id", "participant.site_id"]
        ),
        Index(
            "uq_flag_one_unresolved_per_family",
            "participant_id",
            "family",
            unique=True,
            sqlite_where=text("status <> 'resolved'"),
            postgresql_where=text("status <> 'resolved'"),
        ),
        Index("ix_flag_participant_id", "participant_id"),
        Index("ix_flag_site_id_status_due_at", "site_id", "status", "due_at"),
        one_of("severity", SEVERITIES),
        one_of("status", STATUSES),
    )
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    reference: str = Field(unique=True, max_length=10, description="what mail and phone calls say")
    participant_id: int = number()
    site_id: int = number()
    family: str = Field(max_length=8)
    rule: str = Field(max_length=12)
    severity: str = Field(max_length=10)
    status: str = Field(default="open", max_length=12)
    raised_at: datetime
    about: datetime
    due_at: datetime | None = None
    protocol_version: str = Field(max_length=20)
    rules_version: str = Field(max_length=20)
    acknowledged_at: datetime | None = None
    acknowledged_by: int | None = refers("staff.id", default=None)
    resolved_at: datetime | None = None
    resolved_by: int | None = refers("staff.id", default=None)
    outcome: str | None = Field(default=None, max_length=20)
    version: int = 1


FLAG = table(Flag)


class FlagEvidence(SQLModel, table=True):
    """One finding that raised, worsened or joined a flag, with all it rested on."""

    __tablename__ = "flag_evidence"
    __table_args__ = (Index("ix_flag_evidence_flag_id", "flag_id"), one_of("severity", SEVERITIES))
    id: int | None = row_id()
    flag_id: int = refers("flag.id")
    at: datetime
    rule: str = Field(max_length=12)
    severity: str = Field(max_length=10)
    about: datetime
    keys: list[str] = json_column(default_factory=list)
    because: list[Any] = json_column(default_factory=list)
    facts: dict[str, Any] = json_column(default_factory=dict)
    change: str = Field(max_length=10, description="raised, worsened or added")


FLAG_EVIDENCE = table(FlagEvidence)


class FlagAction(SQLModel, table=True):
    """What a person did with a flag: acknowledge, note, resolve; or who has it from then on."""

    __tablename__ = "flag_action"
    __table_args__ = (Index("ix_flag_action_flag_id", "flag_id"),)
    id: int | None = row_id()
    flag_id: int = refers("flag.id")
    at: datetime
    staff_id: int = refers("staff.id")
    action: str = Field(max_length=16)
    outcome: str | None = Field(default=None, max_length=20)
    note: str = text_column(default="")
    replaces_id: int | None = refers("flag_action.id", default=None)


FLAG_ACTION = table(FlagAction)


class Notice(SQLModel, table=True):
    """Who was told about a flag at which severity: the link from a flag to its mail."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("flag_id", "severity", "staff_id", "step"),
        Index("ix_notice_message_id", "message_id"),
    )
    id: int | None = row_id()
    flag_id: int = refers("flag.id")
    severity: str = Field(max_length=10)
    staff_id: int = refers("staff.id")
    step: int = 0
    message_id: int = refers("message.id")


NOTICE = table(Notice)
