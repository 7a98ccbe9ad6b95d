"""What happens to a task: made once for each episode, handed over, called about, closed.

A rule, a participant or a member of the staff makes one; the counselor calls, or whoever takes
it. Each step is a row that stays, and the task shows how it stands now.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, true, update
from sqlmodel import Session

from app import audit, turns
from app.audit import Actor, Subject
from app.models.base import public_id
from app.models.people import PARTICIPANT, STAFF
from app.models.worklist import TASK, TASK_STEP
from app.visit.identity import StaffMe
from app.worklist.queries import ScopedTask

# With these nobody has to call any more.
ENDS = frozenset({"reached", "no_calls", "not_needed"})
_WHOSE = (
    select(PARTICIPANT.c.site_id, STAFF.c.id.label("owner_id"))
    .outerjoin(STAFF, (STAFF.c.id == PARTICIPANT.c.counselor_id) & (STAFF.c.active == true()))
    .where(PARTICIPANT.c.id == bindparam("who"))
)
_SAME = select(TASK.c.id, TASK.c.public_id).where(
    TASK.c.participant_id == bindparam("who"),
    TASK.c.kind == bindparam("kind"),
    TASK.c.episode == bindparam("episode"),
)
_STAND = (
    select(TASK.c.id)
    .where(
        TASK.c.id == bindparam("task"),
        TASK.c.version == bindparam("version"),
        TASK.c.closed_at.is_(None),
    )
    .with_for_update()
)
_MAKE = insert(TASK).returning(TASK.c.id)
_STEP = insert(TASK_STEP)


class Changed(Exception):
    """The task is not as the page showed it: somebody was faster."""


@dataclass(frozen=True, slots=True)
class Made:
    """``new``: it was not there before."""

    id: int
    public_id: str
    new: bool
    counselor_id: int | None


def make_task(
    session: Session,
    kind: str,
    participant_id: int,
    due_at: datetime,
    *,
    episode: str,
    actor: Actor,
    now: datetime,
    rule: str = "",
    made_by: int | None = None,
    owner: int | None = None,
) -> Made:
    """A task of one of ``KINDS`` about a participant, once for each ``episode``.

    ``episode`` tells one occasion from another, such as the id of a withdrawal or the day since
    which somebody is silent; made again for the same, it changes nothing, even if it is closed.
    ``rule``: the job that makes it; ``made_by``: the staff member; ``owner``: who has it, in the
    place of the counselor. Also for whoever has left.
    It takes the turn of the person: a job over many asks before whether they are free.
    """
    turns.of_person(session, participant_id)
    same = {"who": participant_id, "kind": kind, "episode": episode}
    whose = session.execute(_WHOSE, {"who": participant_id}).one()
    before = session.execute(_SAME, same).first()
    if before is not None:
        return Made(before.id, before.public_id, False, whose.owner_id)
    values = {
        "public_id": public_id(),
        "participant_id": participant_id,
        "site_id": whose.site_id,
        "kind": kind,
        "episode": episode,
        "rule": rule,
        "made_at": now,
        "made_by": made_by,
        "owner_id": owner or whose.owner_id,
        "due_at": due_at,
        "version": 1,
    }
    made = int(session.execute(_MAKE, values).scalar_one())
    changes = {
        "kind": [None, kind],
        "rule": [None, rule],
        "owner_id": [None, owner or whose.owner_id],
        "due_at": [None, due_at.isoformat()],
    }
    audit.record(session, actor, "task.make", Subject("task", made), now=now, changes=changes)
    return Made(made, str(values["public_id"]), True, whose.owner_id)


@dataclass(frozen=True, slots=True)
class Call:
    """What came of a call; ``again_at`` is when it is tried again, and empty where it ends."""

    outcome: str
    note: str
    again_at: datetime | None


def note_call(
    session: Session, me: StaffMe, task: ScopedTask, version: int, call: Call, now: datetime
) -> None:
    """An attempt, or why none is needed; it closes the task or moves its time. Raises Changed."""
    _stands(session, task, version)
    ends = call.outcome in ENDS
    values: dict[str, Any] = {"due_at": task.due_at if ends else call.again_at}
    if ends:
        values = {"closed_at": now, "closed_by": me.id, "outcome": call.outcome}
    _change(session, task.id, version, values)
    step = {
        "task_id": task.id,
        "at": now,
        "staff_id": me.id,
        "action": "close" if call.outcome == "not_needed" else "call",
        "outcome": call.outcome,
        "due_at": None if ends else call.again_at,
        "note": call.note,
    }
    session.execute(_STEP, step)
    changes: dict[str, Any] = {"outcome": [None, call.outcome], "note": [None, call.note]}
    if not ends and call.again_at is not None:
        changes["due_at"] = [task.due_at.isoformat(), call.again_at.isoformat()]
    action = "task.close" if call.outcome == "not_needed" else "task.call"
    audit.record(session, me.actor, action, Subject("task", task.id), now=now, changes=changes)


def hand_over(
    session: Session, me: StaffMe, task: ScopedTask, version: int, owner_id: int, now: datetime
) -> None:
    """Who calls from now on. Raises Changed."""
    _stands(session, task, version)
    _change(session, task.id, version, {"owner_id": owner_id})
    step = {
        "task_id": task.id,
        "at": now,
        "staff_id": me.id,
        "action": "owner",
        "owner_id": owner_id,
        "note": "",
    }
    session.execute(_STEP, step)
    changes = {"owner_id": [task.owner_id, owner_id]}
    subject = Subject("task", task.id)
    audit.record(session, me.actor, "task.owner", subject, now=now, changes=changes)


def close(
    session: Session, actor: Actor, task_id: int, version: int, outcome: str, now: datetime
) -> bool:
    """The end of a task by the product or by the participant; False where it has ended before."""
    values = {"task": task_id, "version": version}
    if session.execute(_STAND, values).first() is None:
        return False
    _change(session, task_id, version, {"closed_at": now, "outcome": outcome})
    step = {"task_id": task_id, "at": now, "action": "close", "outcome": outcome, "note": ""}
    session.execute(_STEP, step)
    changes = {"outcome": [None, outcome]}
    audit.record(session, actor, "task.close", Subject("task", task_id), now=now, changes=changes)
    return True


def _stands(session: Session, task: ScopedTask, version: int) -> None:
    """Hold the task until this transaction ends. Raises Changed."""
    turns.of_person(session, task.participant_id)
    if session.execute(_STAND, {"task": task.id, "version": version}).first() is None:
        raise Changed


def _change(session: Session, task_id: int, version: int, values: dict[str, Any]) -> None:
    session.execute(update(TASK).where(TASK.c.id == task_id).values(**values, version=version + 1))
