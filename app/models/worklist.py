"""The worklist: whom somebody has to call, by when, and what came of each attempt."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import (
    number,
    one_of,
    public_id,
    refers,
    row_id,
    table,
    text_column,
)

KINDS = ("quiet", "missed_visit", "unreachable", "call_me", "safety_call", "boundary")
# What a call came to; the last two end a task without one.
CALLS = ("reached", "not_reached", "wrong_number", "no_calls")
OUTCOMES = (*CALLS, "not_needed", "told_again", "taken_back")
STEPS = ("call", "owner", "close")


class Task(SQLModel, table=True):
    """Somebody is to be called. At most one for each ``episode`` of a kind.

    ``rule`` names the job that made it; of a task that a person made, ``made_by`` is the staff
    member, and empty for the participant. ``due_at`` moves with each attempt that failed.
    """

    __tablename__ = "task"
    __table_args__ = (
        ForeignKeyConstraint(
            ["participant_id", "site_id"], ["participant.id", "participant.site_id"]
        ),
        UniqueConstraint("participant_id", "kind", "episode"),
        Index("ix_task_site_id_closed_at_due_at", "site_id", "closed_at", "due_at"),
        one_of("kind", KINDS),
        one_of("outcome", OUTCOMES),
    )
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    participant_id: int = number()
    site_id: int = number()
    kind: str = Field(max_length=16)
    episode: str = Field(max_length=64)
    rule: str = Field(default="", max_length=40)
    made_at: datetime
    made_by: int | None = refers("staff.id", default=None)
    owner_id: int | None = refers("staff.id", default=None)
    due_at: datetime
    closed_at: datetime | None = None
    closed_by: int | None = refers("staff.id", default=None)
    outcome: str | None = Field(default=None, max_length=16)
    version: int = 1


TASK = table(Task)


class TaskStep(SQLModel, table=True):
    """What was done about a task: a call, another owner, the end of it."""

    __tablename__ = "task_step"
    __table_args__ = (
        Index("ix_task_step_task_id", "task_id"),
        one_of("action", STEPS),
        one_of("outcome", OUTCOMES),
    )
    id: int | None = row_id()
    task_id: int = refers("task.id")
    at: datetime
    staff_id: int | None = refers("staff.id", default=None)
    action: str = Field(max_length=8)
    outcome: str | None = Field(default=None, max_length=16)
    owner_id: int | None = refers("staff.id", default=None)
    due_at: datetime | None = None
    note: str = text_column(default="")


TASK_STEP = table(TaskStep)
