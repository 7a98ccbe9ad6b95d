"""Is mail going out? And the mailbox of the demo."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, true
from sqlmodel import Session

from app.clock import age, lately
from app.models.flags import FLAG, NOTICE
from app.models.outbox import HEARTBEAT, MESSAGE
from app.models.people import ALERT_HOURS, PARTICIPANT, STAFF
from app.outbox.heartbeat import BACKUP, JOB_FAILING, TRAIL_BROKEN, WORKER

SILENT_AFTER = timedelta(minutes=2)
LATE_AFTER = timedelta(minutes=5)
# One run may meet a lock or a restart; what fails longer waits for a person.
BACKUP_LATE_AFTER = timedelta(hours=2)
FAILING_AFTER = timedelta(minutes=2)
# A refused message that tells of no flag has nobody who could resolve it.
REFUSED_FOR = timedelta(days=1)
# The faults, as `/healthz` words them.
WORKER_SILENT = "worker silent"
MAIL_LATE = "mail late"
MAIL_REFUSED = "mail refused"
NOBODY_TO_TELL = "no alert recipient"
JOB_FAILED = "job failing"
TRAIL_ALTERED = "audit trail broken"
BACKUP_LATE = "backup late"


@dataclass(frozen=True, slots=True)
class MailState:
    """Whether alerts reach somebody: of one site, or of all."""

    worker_at: datetime | None
    oldest_due_at: datetime | None
    refused: bool
    nobody: bool
    failing_at: datetime | None
    """since when some job leaves somebody out"""
    altered_at: datetime | None
    """when a walk of the audit trail found it broken"""
    backup_at: datetime | None = None
    """of the last backup, where any are wanted; asked for the whole installation alone"""

    def faults(self, now: datetime) -> tuple[str, ...]:
        """What is wrong at ``now``; empty where mail goes out and somebody gets it."""
        silent = not lately(self.worker_at, SILENT_AFTER, now)
        late = self.oldest_due_at is not None and not lately(self.oldest_due_at, LATE_AFTER, now)
        since = age(self.failing_at, now)
        failed = self.failing_at is not None and (since is None or since >= FAILING_AFTER)
        found = {
            WORKER_SILENT: silent,
            MAIL_LATE: late,
            MAIL_REFUSED: self.refused,
            NOBODY_TO_TELL: self.nobody,
            JOB_FAILED: failed,
            TRAIL_ALTERED: self.altered_at is not None,
            BACKUP_LATE: late_backup(self.backup_at, now),
        }
        return tuple(fault for fault, holds in found.items() if holds)


def late_backup(last: datetime | None, now: datetime) -> bool:
    """Whether the last backup is too old, or of a moment that is still to come."""
    return last is not None and not lately(last, BACKUP_LATE_AFTER, now)


def state_columns(site: Any = None) -> tuple[ColumnElement[Any], ...]:
    """The columns of MailState, to stand in any select; ``site`` narrows them to one site.

    The select is run with ``state_values``.
    """
    worker = select(HEARTBEAT.c.at).where(HEARTBEAT.c.name == WORKER).scalar_subquery()
    # Not "due since when" but "first due when": each retry moves due_at into the future.
    oldest = (
        select(func.min(MESSAGE.c.created_at))
        .where(MESSAGE.c.status == "waiting")
        .scalar_subquery()
    )
    failing = (
        select(func.min(HEARTBEAT.c.at))
        .where(HEARTBEAT.c.name.startswith(JOB_FAILING))
        .scalar_subquery()
    )
    altered = select(HEARTBEAT.c.at).where(HEARTBEAT.c.name == TRAIL_BROKEN).scalar_subquery()
    return (
        worker.label("worker_at"),
        oldest.label("oldest_due_at"),
        _refused(site).label("refused"),
        _nobody(site).label("nobody"),
        failing.label("failing_at"),
        altered.label("altered_at"),
    )


def state_values(now: datetime) -> dict[str, Any]:
    """What ``state_columns`` ask for: who is absent is a matter of days."""
    return {"today": now.date(), "refused_since": now - REFUSED_FOR}


def _refused(site: Any) -> ColumnElement[bool]:
    """A refused message counts until the flags that it tells of are resolved by a person.

    One of no flag, such as a test or the sign of life, counts for a day: the next one tells anew.
    """
    told = NOTICE.join(FLAG, FLAG.c.id == NOTICE.c.flag_id)
    unresolved = [NOTICE.c.message_id == MESSAGE.c.id, FLAG.c.status != "resolved"]
    if site is not None:
        unresolved.append(FLAG.c.site_id == site)
    of_no_flag = and_(
        MESSAGE.c.created_at > bindparam("refused_since"),
        ~exists().where(NOTICE.c.message_id == MESSAGE.c.id).correlate(MESSAGE),
    )
    of_open_flag = exists(
        select(NOTICE.c.id).select_from(told).where(*unresolved).correlate(MESSAGE)
    )
    return exists(
        select(MESSAGE.c.id).where(MESSAGE.c.status == "failed", or_(of_no_flag, of_open_flag))
    )


def _nobody(site: Any) -> ColumnElement[bool]:
    """A participant about whom no mail would reach anybody.

    Of one site, its list is asked once: with somebody on it, no participant is looked at.
    """
    place = PARTICIPANT.c.site_id if site is None else site
    wanted = and_(
        PARTICIPANT.c.status != "completed",
        ~_somebody(place, STAFF.c.alert_position.is_not(None)),
        ~_somebody(place, STAFF.c.id == PARTICIPANT.c.counselor_id),
    )
    if site is not None:
        wanted = and_(wanted, PARTICIPANT.c.site_id == site)
    return exists(select(PARTICIPANT.c.id).where(wanted))


def _somebody(place: Any, who: Any) -> ColumnElement[bool]:
    """Somebody of a site whom mail reaches; who is away and covered by nobody hears too late."""
    away = and_(
        ALERT_HOURS.c.absent_from <= bindparam("today"),
        or_(
            ALERT_HOURS.c.absent_until.is_(None),
            ALERT_HOURS.c.absent_until >= bindparam("today"),
        ),
        ALERT_HOURS.c.cover_id.is_(None),
    )
    found = select(STAFF.c.id).where(
        STAFF.c.site_id == place,
        STAFF.c.active == true(),
        who,
        ~exists().where(ALERT_HOURS.c.staff_id == STAFF.c.id, away),
    )
    return exists(found.correlate(PARTICIPANT))


_BACKUP = select(HEARTBEAT.c.at).where(HEARTBEAT.c.name == BACKUP).scalar_subquery()
_STATE = select(*state_columns(), _BACKUP.label("backup_at"))


def mail_state(session: Session, now: datetime) -> MailState:
    """The state of the whole installation, in one query."""
    return MailState(*session.execute(_STATE, state_values(now)).one())


@dataclass(frozen=True, slots=True)
class ShownMail:
    """One message as the demo's mailbox shows it."""

    recipient: str
    subject: str
    text: str
    created_at: datetime
    status: str
    attempts: int


_MAILBOX = (
    select(
        MESSAGE.c.recipient,
        MESSAGE.c.subject,
        MESSAGE.c.text,
        MESSAGE.c.created_at,
        MESSAGE.c.status,
        MESSAGE.c.attempts,
    )
    .order_by(MESSAGE.c.id.desc())
    .limit(bindparam("most"))
)


def mailbox(session: Session, most: int = 100) -> list[ShownMail]:
    """The newest messages first."""
    return [ShownMail(*row) for row in session.execute(_MAILBOX, {"most": most})]
