"""Exports that were asked for: how far each is, and how long its file is kept."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.languages import ENGLISH, LANGUAGES
from app.models.base import number, one_of, public_id, refers, row_id, table

STATES = ("waiting", "making", "ready", "failed", "over")


class Export(SQLModel, table=True):
    """One file, made by the worker; the trail tells who asked, what it held and who took it.

    ``done`` of ``total`` steps are made. A worker has it until ``lease_until``, which it puts off
    as it goes on; after that another begins anew. ``fault``: why there is none. ``over``: the file
    is deleted.
    """

    __tablename__ = "export"
    __table_args__ = (
        Index("ix_export_site_id_id", "site_id", "id"),
        Index("ix_export_status", "status"),
        one_of("status", STATES),
        one_of("language", tuple(LANGUAGES)),
        {"info": {"unaudited": "how far a piece of work is; the audit names what came of it"}},
    )
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    site_id: int = refers("site.id")
    asked_by: int = refers("staff.id")
    asked_at: datetime
    form: str = Field(max_length=16)
    language: str = Field(default=ENGLISH, max_length=2)
    status: str = Field(default="waiting", max_length=8)
    lease_until: datetime | None = None
    done: int = 0
    total: int = 0
    size: int | None = number(default=None)
    sha256: str | None = Field(default=None, max_length=64)
    fault: str | None = Field(default=None, max_length=200)
    kept_until: datetime | None = None


EXPORT = table(Export)
