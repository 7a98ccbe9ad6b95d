"""Mail that must go out, and every attempt to send it."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.base import one_of, refers, row_id, table, text_column

_WORKER = {"info": {"unaudited": "the attempt rows are the record of what the worker did"}}


class Message(SQLModel, table=True):
    """One mail to one recipient. ``header_id`` is the stable Message-ID."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_status_due_at", "status", "due_at"),
        one_of("status", ("waiting", "sent", "failed")),
        _WORKER,
    )
    id: int | None = row_id()
    dedup_key: str = Field(unique=True, max_length=120)
    header_id: str = Field(unique=True, max_length=120)
    kind: str = Field(max_length=24)
    recipient: str = Field(max_length=254)
    subject: str = Field(max_length=200)
    text: str = text_column()
    html: str = text_column()
    created_at: datetime
    due_at: datetime
    status: str = Field(default="waiting", max_length=8)
    attempts: int = 0
    lease_owner: str | None = Field(default=None, max_length=40)
    lease_until: datetime | None = None
    sent_at: datetime | None = None


MESSAGE = table(Message)


class Attempt(SQLModel, table=True):
    """One attempt to hand a message to the mail server; written before it is made."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_message_id", "message_id"), _WORKER)
    id: int | None = row_id()
    message_id: int = refers("message.id")
    worker: str = Field(max_length=40)
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str | None = Field(default=None, max_length=16)
    detail: str = Field(default="", max_length=200)


ATTEMPT = table(Attempt)


class Heartbeat(SQLModel, table=True):
    """When each part of the product was last alive."""

    __tablename__ = "heartbeat"
    __table_args__ = (_WORKER,)
    name: str = Field(primary_key=True, max_length=40)
    at: datetime


HEARTBEAT = table(Heartbeat)
