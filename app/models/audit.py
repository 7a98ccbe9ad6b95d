"""The audit trail: append-only, and hash-chained site by site."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.base import json_column, number, table


class AuditEntry(SQLModel, table=True):
    """Who did what to what, when, and why. ``hash`` covers the row and ``previous``.

    ``chain`` is the site's number, and 0 for what belongs to no site; ``seq`` counts within it.
    ``changes`` ({field: [old, new]}) enters the chain as its digest alone, so that an
    erasure of personal values leaves the chain whole.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject_kind_subject_id", "subject_kind", "subject_id"),
        # Without row numbers no entry has a second name by which it could be replaced.
        {
            "info": {"unaudited": "it is the audit trail", "append_only": True},
            "sqlite_with_rowid": False,
        },
    )
    chain: int = number(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int = number(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    actor: str = Field(max_length=60, description="participant:7, staff:3, system:worker")
    role: str = Field(default="", max_length=16)
    action: str = Field(max_length=40)
    subject_kind: str = Field(max_length=30)
    subject_id: int = number()
    reason: str = Field(default="", max_length=500)
    request_id: str = Field(default="", max_length=32)
    client_at: datetime | None = None
    changes: dict[str, Any] = json_column(default_factory=dict)
    changes_digest: str = Field(max_length=64)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


AUDIT_ENTRY = table(AuditEntry)
