"""What happens while nobody acknowledges: the next of the list, or everybody once more.

Counted from the last mail, so that a worker that was away takes each step once when it is
back, and the next one a full wait later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import Session

from app import turns
from app.alerts.alerting import Alerted, notify, record_notified
from app.alerts.ladder import all_notified, first_notified, next_notified
from app.alerts.queries import recipients
from app.clock import local
from app.db import apart
from app.models.flags import FLAG, NOTICE
from app.models.outbox import MESSAGE
from app.models.people import PARTICIPANT, SITE
from app.protocol.in_force import protocol_in_force
from app.rules.due import due_after
from app.rules.finding import SEVERITY, Severity

EVERY_SECONDS = 15.0
EMERGENCY_AGAIN = timedelta(minutes=15)
_OPEN = (
    select(
        FLAG.c.id,
        FLAG.c.public_id,
        FLAG.c.reference,
        FLAG.c.severity,
        FLAG.c.rule,
        FLAG.c.raised_at,
        FLAG.c.site_id,
        FLAG.c.participant_id,
        PARTICIPANT.c.counselor_id,
        SITE.c.timezone,
        func.max(MESSAGE.c.created_at).label("notified_at"),
        func.max(NOTICE.c.step).label("step"),
    )
    .join(PARTICIPANT, PARTICIPANT.c.id == FLAG.c.participant_id)
    .join(SITE, SITE.c.id == FLAG.c.site_id)
    .outerjoin(NOTICE, and_(NOTICE.c.flag_id == FLAG.c.id, NOTICE.c.severity == FLAG.c.severity))
    .outerjoin(MESSAGE, MESSAGE.c.id == NOTICE.c.message_id)
    .where(FLAG.c.status == "open", FLAG.c.severity != "routine")
    .group_by(FLAG.c.id, PARTICIPANT.c.id, SITE.c.id)
    .order_by(FLAG.c.participant_id, FLAG.c.severity, FLAG.c.id)
)
_OPEN_OF = _OPEN.where(FLAG.c.participant_id == bindparam("who"))
_NOTIFIED = select(NOTICE.c.staff_id).where(
    NOTICE.c.flag_id == bindparam("flag"), NOTICE.c.severity == bindparam("severity")
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open flag that nobody acknowledged; ``notified_at`` and ``step`` of its last mail."""

    flag: Alerted
    rule: str
    raised_at: datetime
    site_id: int
    participant_id: int
    counselor_id: int | None
    zone: str
    notified_at: datetime | None
    step: int | None

    @property
    def next_step(self) -> int:
        return 0 if self.step is None else self.step + 1


def run_escalation(session: Session, now: datetime) -> int:
    """Take every step that is due; how many mails' worth of flags went on.

    Most flags are not due, so nobody is held to find out. Who is sending something now waits
    fifteen seconds for the next run.
    """
    notified = 0
    for who, together in groupby(open_flags(session), key=lambda one: one.participant_id):
        with apart(session):
            due = any(is_due(session, one, now) for one in together)
            if due and turns.of_person_if_free(session, who):
                notified += _escalate(session, who, now)
    return notified


def _escalate(session: Session, who: int, now: datetime) -> int:
    """What is due about one person, read again in their turn."""
    notified = 0
    waiting = [_waiting(row) for row in session.execute(_OPEN_OF, {"who": who})]
    for _, together in groupby(sorted(waiting, key=_together), key=_together):
        with apart(session):
            due = [one for one in together if is_due(session, one, now)]
            if due:
                _take_step(session, due, now)
            notified += len(due)
    return notified


def open_flags(session: Session) -> list[Waiting]:
    """Urgent and emergency flags that are open, by participant."""
    return [_waiting(row) for row in session.execute(_OPEN)]


def _waiting(row: Any) -> Waiting:
    flag = Alerted(row.id, row.public_id, row.reference, SEVERITY[row.severity])
    of_whom = (row.site_id, row.participant_id, row.counselor_id, row.timezone)
    return Waiting(flag, row.rule, row.raised_at, *of_whom, row.notified_at, row.step)


def is_due(session: Session, one: Waiting, now: datetime) -> bool:
    """Whether the next step is due; at once where nobody could be notified so far."""
    if one.notified_at is None:
        return True
    if one.flag.severity is Severity.EMERGENCY:
        return now >= one.notified_at + EMERGENCY_AGAIN
    protocol = protocol_in_force(session, one.site_id, now)
    due = due_after(one.rule, one.flag.severity, one.notified_at, protocol, one.zone)
    return due is not None and now >= due


def _together(one: Waiting) -> tuple[int, Severity, int]:
    """Flags of one person that stand at the same step share a mail."""
    return one.participant_id, one.flag.severity, one.next_step


def _take_step(session: Session, group: list[Waiting], now: datetime) -> None:
    one, flags = group[0], [each.flag for each in group]
    known = recipients(session, one.site_id, one.counselor_id)
    wall = local(now, one.zone)
    if one.flag.severity is Severity.EMERGENCY:
        people = all_notified(known, wall)
    elif one.step is None:
        people = first_notified(known, wall)
    else:
        notified = _notified(session, flags)
        found = next_notified(known, notified, wall)
        people = [found] if found else []
        if not found and notified.isdisjoint(other.staff_id for other in known):
            # Nobody who was told works here any more: it begins anew.
            people = first_notified(known, wall)
    if people:
        notify(session, people, flags, now, one.next_step, again=True)
        record_notified(session, "flag.escalate", one.site_id, people, flags, now)


def tell_all_steps(session: Session, one: Waiting, now: datetime) -> None:
    """The rest of the ladder at one moment, for a past that is written down afterwards."""
    known, wall = recipients(session, one.site_id, one.counselor_id), local(now, one.zone)
    step = one.next_step
    while (found := next_notified(known, _notified(session, [one.flag]), wall)) is not None:
        notify(session, [found], [one.flag], now, step, again=True)
        record_notified(session, "flag.escalate", one.site_id, [found], [one.flag], now)
        step += 1


def _notified(session: Session, flags: Iterable[Alerted]) -> set[int]:
    """Who was notified of every one of ``flags``."""
    notified = [
        set(session.execute(_NOTIFIED, {"flag": f.flag_id, "severity": f.severity.word}).scalars())
        for f in flags
    ]
    return set.intersection(*notified)
