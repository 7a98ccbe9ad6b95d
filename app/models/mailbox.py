"""Answers that a phone gave without a network, and what became of each when it came."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import number, one_of, refers, row_id, table, text_column

STATES = ("stored", "refused")


class MailboxEntry(SQLModel, table=True):
    """One envelope. Four clocks are kept apart, and none is ever put in another's place.

    ``client_at`` and ``sealed_at`` are the phone's, when it was answered and when it was sealed;
    ``received_at`` is the server's; ``offset_seconds`` is how far the phone's clock was ahead when
    it sent. ``told_at`` is the moment that follows from them, by which it is judged.
    """

    __tablename__ = "mailbox_entry"
    __table_args__ = (
        UniqueConstraint("participant_id", "token"),
        UniqueConstraint("device_id", "digest"),
        Index("ix_mailbox_entry_device_id_received_at", "device_id", "received_at"),
        one_of("state", STATES),
    )
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    device_id: int = refers("device.id")
    token: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    task: str = Field(max_length=16)
    told_at: datetime
    client_at: datetime | None = None
    sealed_at: datetime | None = None
    received_at: datetime
    offset_seconds: int | None = number(default=None, nullable=True)
    zone: str = Field(default="", max_length=64)
    shell: str = Field(default="", max_length=64)
    state: str = Field(max_length=8)
    reason: str | None = Field(default=None, max_length=16)
    late: bool = False
    subject_kind: str | None = Field(default=None, max_length=24)
    subject_id: int | None = number(default=None, nullable=True)
    kept_sealed: str | None = text_column(default=None, nullable=True)
    seen_at: datetime | None = None


MAILBOX_ENTRY = table(MailboxEntry)
