"""Locks of the record: what stands is changed no more, and what is told is kept all the same."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.base import one_of, public_id, refers, row_id, table, text_column

# What a lock is of: all of the site's study, one participant, or some days of one.
SCOPES = ("study", "participant", "visit")
# What the triggers of the database say; the gate makes a page of it.
LOCKED = "this part of the record is locked"


class RecordLock(SQLModel, table=True):
    """One lock, and its lifting. The database refuses every other change of it.

    Of a visit: ``first_day`` to ``last_day`` by the clinic's calendar, and the same as moments,
    which the triggers compare (``from_at``, and ``until_at``, which is no longer locked).
    """

    __tablename__ = "record_lock"
    __table_args__ = (
        Index("ix_record_lock_participant_id", "participant_id"),
        one_of("scope", SCOPES),
        CheckConstraint("(scope = 'study') = (participant_id IS NULL)", name="whose"),
        CheckConstraint(
            "(scope = 'visit') = (first_day IS NOT NULL AND last_day IS NOT NULL "
            "AND from_at IS NOT NULL AND until_at IS NOT NULL)",
            name="days",
        ),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted"),
    )
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    site_id: int = refers("site.id")
    scope: str = Field(max_length=12)
    participant_id: int | None = refers("participant.id", default=None)
    first_day: date | None = None
    last_day: date | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    reason: str = text_column()
    set_by: int = refers("staff.id")
    set_at: datetime
    lifted_by: int | None = refers("staff.id", default=None)
    lifted_at: datetime | None = None


RECORD_LOCK = table(RecordLock)
