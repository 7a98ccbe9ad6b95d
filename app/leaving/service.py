"""What ends somebody's part: each end is a row, audited, and what follows from it is done at once.

Of all of it: entries close, nothing is asked, silence is nobody's alert. Of the treatment alone:
no tablet is due any more, and the diary stays open to whoever goes on with it. Consent that was
taken back is an event of the record, by which the rules ask for a call; where a physician or the
sponsor ends it, the call is owed by the row itself.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app import audit, turns
from app.audit import Actor, Subject
from app.clock import local_day
from app.flags.service import Outcome, reassess
from app.models.people import HOLD, PARTICIPANT
from app.models.trial import CONSENT_WITHDRAWAL, STUDY_END
from app.visit.identity import StaffMe

# By when somebody calls whose treatment or part was ended for them (proposal).
CALL_WITHIN = timedelta(hours=24)
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
    called = end.kind in ("physician", "terminated")
    values = {
        "participant_id": who.id,
        "kind": end.kind,
        "scope": end.scope,
        "on_day": end.on_day,
        "received_at": now,
        "reason": end.reason,
        "entered_by": end.entered_by,
        "withdrawal_id": withdrawal,
        "call_due_at": now + CALL_WITHIN if called else None,
        "call_note": "",
        "undo_reason": "",
    }
    row = int(session.execute(_END, values).scalar_one())
    if end.scope == "all":
        status = "completed" if end.kind == "completed" else "withdrawn"
        session.execute(_STATUS.values(status=status), {"who": who.id})
    else:
        _no_more_tablets(session, who.id, end, now)
    _note(session, actor, end, row, withdrawal, now)
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

    The alert about it stays open: whoever has it closes it.
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
    subject, changes = Subject("study_end", row.id), {"scope": [row.scope, None]}
    audit.record(
        session, me.actor, "leaving.undo", subject, now=now, changes=changes, reason=reason
    )
    return True


def record_call(
    session: Session,
    me: StaffMe,
    who: Leaver,
    end_id: int,
    outcome: str,
    note: str,
    now: datetime,
) -> bool:
    """What came of a call that was owed; False where none is. Not reached: it is still owed."""
    turns.of_person(session, who.id)
    row = session.execute(_ONE, {"end": end_id, "who": who.id}).first()
    if row is None or row.call_due_at is None or row.called_at is not None or row.undone_at:
        return False
    values = {
        "call_outcome": outcome,
        "call_note": note,
        "called_by": me.id,
        "called_at": None if outcome == "not_reached" else now,
    }
    session.execute(update(STUDY_END).where(STUDY_END.c.id == row.id).values(**values))
    changes = {"outcome": [row.call_outcome, outcome], "note": [row.call_note or None, note]}
    subject = Subject("study_end", row.id)
    audit.record(session, me.actor, "leaving.call", subject, now=now, changes=changes)
    return True
