"""What ends somebody's part: each end is a row, audited, and what follows from it is done at once.

Of all of it: entries close, nothing is asked, silence is nobody's alert. Of the treatment alone:
no tablet is due any more, and the diary stays open to whoever goes on with it. Consent that was
taken back is an event of the record, by which the rules alert; and it, as a physician's or the
sponsor's word, puts a safety call on the worklist.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app import audit, turns
from app.audit import Actor, Subject
from app.clock import local_day
from app.flags.service import Outcome, reassess
from app.models.people import HOLD, PARTICIPANT, SITE
from app.models.trial import CONSENT_WITHDRAWAL, STUDY_END
from app.models.worklist import TASK
from app.protocol.in_force import protocol_in_force
from app.visit.identity import StaffMe
from app.worklist.due import due_of
from app.worklist.service import close, make_task

CALL = "safety_call"
# After these somebody calls, to see that all is well.
CALLED = ("withdrew", "physician", "terminated")
_CONSENT = insert(CONSENT_WITHDRAWAL).returning(CONSENT_WITHDRAWAL.c.id)
_END = insert(STUDY_END).returning(STUDY_END.c.id)
_HOLD = insert(HOLD)
_STATUS = update(PARTICIPANT).where(PARTICIPANT.c.id == bindparam("who"))
_STANDS = select(PARTICIPANT.c.status).where(PARTICIPANT.c.id == bindparam("who"))
_ENDED = select(STUDY_END.c.id).where(
    STUDY_END.c.participant_id == bindparam("who"),
    STUDY_END.c.scope == bindparam("scope"),
    STUDY_END.c.undone_at.is_(None),
)
_ONE = select(STUDY_END).where(
    STUDY_END.c.id == bindparam("end"), STUDY_END.c.participant_id == bindparam("who")
)
_SITE = (
    select(SITE.c.id, SITE.c.timezone)
    .join(PARTICIPANT, PARTICIPANT.c.site_id == SITE.c.id)
    .where(PARTICIPANT.c.id == bindparam("who"))
)
_TASK = select(TASK.c.id, TASK.c.version).where(
    TASK.c.participant_id == bindparam("who"),
    TASK.c.kind == bindparam("kind"),
    TASK.c.episode == bindparam("episode"),
    TASK.c.closed_at.is_(None),
)
_TAKING_PART = (
    select(PARTICIPANT.c.id, PARTICIPANT.c.timezone)
    .where(PARTICIPANT.c.site_id == bindparam("site"), PARTICIPANT.c.status == "active")
    .order_by(PARTICIPANT.c.id)
)


class AlreadyEnded(Exception):
    """The treatment, or all of it, has ended before."""


class Leaver(Protocol):
    """Whose part ends."""

    @property
    def id(self) -> int: ...
    @property
    def timezone(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ends, from which local day on, and who says so (``entered_by`` None: the person)."""

    kind: str
    scope: str
    on_day: date
    reason: str = ""
    entered_by: int | None = None
    at: datetime | None = None
    """when consent was taken back, where that is known better than by its day"""


@dataclass(frozen=True, slots=True)
class Ended:
    """The row of the end, and what the rules made of it."""

    id: int
    outcome: Outcome


def end_part(session: Session, actor: Actor, who: Leaver, end: Ending, now: datetime) -> Ended:
    """Put an end on record, with all that follows. Raises AlreadyEnded."""
    turns.of_person(session, who.id)
    if has_ended(session, who.id, end.scope):
        raise AlreadyEnded
    withdrawal = _withdraw(session, who.id, end, now) if end.kind == "withdrew" else None
    values = {
        "participant_id": who.id,
        "kind": end.kind,
        "scope": end.scope,
        "on_day": end.on_day,
        "received_at": now,
        "reason": end.reason,
        "entered_by": end.entered_by,
        "withdrawal_id": withdrawal,
        "undo_reason": "",
    }
    row = int(session.execute(_END, values).scalar_one())
    if end.scope == "all":
        status = "completed" if end.kind == "completed" else "withdrawn"
        session.execute(_STATUS.values(status=status), {"who": who.id})
    else:
        _no_more_tablets(session, who.id, end, now)
    _note(session, actor, end, row, withdrawal, now)
    if end.kind in CALLED:
        _ask_for_call(session, actor, who.id, end, row, now)
    if withdrawal is None:
        return Ended(row, Outcome())
    return Ended(row, reassess(session, who.id, [f"consent-{withdrawal}"], actor, now))


def has_ended(session: Session, who: int, scope: str) -> bool:
    """Whether there is nothing of this left to end."""
    if session.execute(_STANDS, {"who": who}).scalar_one() != "active":
        return True
    return session.execute(_ENDED, {"who": who, "scope": scope}).first() is not None


def _withdraw(session: Session, who: int, end: Ending, now: datetime) -> int:
    values = {
        "participant_id": who,
        "at": end.at or now,
        "received_at": now,
        "scope": end.scope,
        "reason": end.reason,
        "entered_by": end.entered_by,
    }
    return int(session.execute(_CONSENT, values).scalar_one())


def _no_more_tablets(session: Session, who: int, end: Ending, now: datetime) -> None:
    values = {
        "participant_id": who,
        "from_day": end.on_day,
        "reason": end.reason,
        "set_by": end.entered_by,
        "set_at": now,
        "over": True,
    }
    session.execute(_HOLD, values)


def _note(
    session: Session,
    actor: Actor,
    end: Ending,
    row: int,
    withdrawal: int | None,
    now: datetime,
) -> None:
    changes: dict[str, Any] = {"scope": [None, end.scope], "since": [None, end.on_day.isoformat()]}
    if withdrawal is None:
        action, subject = f"leaving.{end.kind}", Subject("study_end", row)
    else:
        action, subject = "consent.add", Subject("consent", withdrawal)
    audit.record(session, actor, action, subject, now=now, changes=changes, reason=end.reason)


def _ask_for_call(
    session: Session, actor: Actor, who: int, end: Ending, row: int, now: datetime
) -> None:
    site = session.execute(_SITE, {"who": who}).one()
    hours = protocol_in_force(session, site.id, now).working_hours
    make_task(
        session,
        CALL,
        who,
        due_of(CALL, now, hours, site.timezone),
        episode=_episode(row),
        actor=actor,
        now=now,
        rule="leaving",
        made_by=end.entered_by,
    )


def _episode(row: int) -> str:
    return f"study_end-{row}"


def end_study(session: Session, me: StaffMe, reason: str, now: datetime) -> int:
    """The study ends at the site for everybody who still takes part; how many they were."""
    turns.of_site(session, me.site_id)
    people = session.execute(_TAKING_PART, {"site": me.site_id}).all()
    for one in people:
        today = local_day(now, one.timezone)
        end = Ending("terminated", "all", today, reason, me.id)
        end_part(session, me.actor, one, end, now)
    return len(people)


def undo(
    session: Session, me: StaffMe, who: Leaver, end_id: int, reason: str, now: datetime
) -> bool:
    """An end that was put down wrongly counts no more, and stays on record; False if so already.

    The call is off the worklist; the alert about it stays open, for whoever has it.
    """
    turns.of_person(session, who.id)
    row = session.execute(_ONE, {"end": end_id, "who": who.id}).first()
    if row is None or row.undone_at is not None:
        return False
    undone = {"undone_at": now, "undone_by": me.id, "undo_reason": reason}
    session.execute(update(STUDY_END).where(STUDY_END.c.id == row.id).values(**undone))
    if row.scope == "all":
        session.execute(_STATUS.values(status="active"), {"who": who.id})
    else:
        session.execute(
            update(HOLD)
            .where(HOLD.c.participant_id == who.id, HOLD.c.over, HOLD.c.lifted_at.is_(None))
            .values(lifted_at=now)
        )
    known = {"who": who.id, "kind": CALL, "episode": _episode(row.id)}
    for task in session.execute(_TASK, known).all():
        close(session, me.actor, task.id, task.version, "not_needed", now)
    subject, changes = Subject("study_end", row.id), {"scope": [row.scope, None]}
    audit.record(
        session, me.actor, "leaving.undo", subject, now=now, changes=changes, reason=reason
    )
    return True
