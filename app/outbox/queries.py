"""Is mail going out? And the mailbox of the demo."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, true
from sqlmodel import Session

from app.models.flags import Flag, Notice
from app.models.outbox import Heartbeat, Message
from app.models.people import ContactHours, Participant, Staff
from app.outbox.heartbeat import JOB_FAILING, WORKER

_M: Any = Message.__table__  # type: ignore[attr-defined]
_C: Any = ContactHours.__table__  # type: ignore[attr-defined]
_H: Any = Heartbeat.__table__  # type: ignore[attr-defined]
_P: Any = Participant.__table__  # type: ignore[attr-defined]
_T: Any = Staff.__table__  # type: ignore[attr-defined]
_F: Any = Flag.__table__  # type: ignore[attr-defined]
_N: Any = Notice.__table__  # type: ignore[attr-defined]

SILENT_AFTER = timedelta(minutes=2)
LATE_AFTER = timedelta(minutes=5)
# One run may meet a lock or a restart; what fails longer waits for a person.
FAILING_AFTER = timedelta(minutes=2)
# A refused message that tells of no flag has nobody who could resolve it.
REFUSED_FOR = timedelta(days=1)
# The faults, as `/healthz` words them.
WORKER_SILENT = "worker silent"
MAIL_LATE = "mail late"
MAIL_REFUSED = "mail refused"
NOBODY_TO_TELL = "no alert recipient"
JOB_FAILED = "job failing"


@dataclass(frozen=True, slots=True)
class MailState:
    """Whether alerts reach somebody: of one site, or of all."""

    worker_at: datetime | None
    oldest_due_at: datetime | None
    refused: bool
    nobody: bool
    failing_at: datetime | None
    """since when some job leaves somebody out"""

    def faults(self, now: datetime) -> tuple[str, ...]:
        """What is wrong at ``now``; empty where mail goes out and somebody gets it."""
        silent = self.worker_at is None or now - self.worker_at > SILENT_AFTER
        late = self.oldest_due_at is not None and now - self.oldest_due_at > LATE_AFTER
        failing = self.failing_at is not None and now - self.failing_at >= FAILING_AFTER
        found = {
            WORKER_SILENT: silent,
            MAIL_LATE: late,
            MAIL_REFUSED: self.refused,
            NOBODY_TO_TELL: self.nobody,
            JOB_FAILED: failing,
        }
        return tuple(fault for fault, holds in found.items() if holds)


def state_columns(site: Any = None) -> tuple[ColumnElement[Any], ...]:
    """The columns of MailState, to stand in any select; ``site`` narrows them to one site.

    The select is run with ``state_values``.
    """
    worker = select(_H.c.at).where(_H.c.name == WORKER).scalar_subquery()
    # Not "due since when" but "first due when": each retry moves due_at into the future.
    oldest = select(func.min(_M.c.created_at)).where(_M.c.status == "waiting").scalar_subquery()
    failing = select(func.min(_H.c.at)).where(_H.c.name.startswith(JOB_FAILING)).scalar_subquery()
    return (
        worker.label("worker_at"),
        oldest.label("oldest_due_at"),
        _refused(site).label("refused"),
        _nobody(site).label("nobody"),
        failing.label("failing_at"),
    )


def state_values(now: datetime) -> dict[str, Any]:
    """What ``state_columns`` ask for: who is absent is a matter of days."""
    return {"today": now.date(), "refused_since": now - REFUSED_FOR}


def _refused(site: Any) -> ColumnElement[bool]:
    """A refused message counts until the flags that it tells of are resolved by a person.

    One of no flag, such as a test or the sign of life, counts for a day: the next one tells anew.
    """
    told = _N.join(_F, _F.c.id == _N.c.flag_id)
    unresolved = [_N.c.message_id == _M.c.id, _F.c.status != "resolved"]
    if site is not None:
        unresolved.append(_F.c.site_id == site)
    of_no_flag = and_(
        _M.c.created_at > bindparam("refused_since"),
        ~exists().where(_N.c.message_id == _M.c.id).correlate(_M),
    )
    of_open_flag = exists(select(_N.c.id).select_from(told).where(*unresolved).correlate(_M))
    return exists(select(_M.c.id).where(_M.c.status == "failed", or_(of_no_flag, of_open_flag)))


def _nobody(site: Any) -> ColumnElement[bool]:
    """A participant about whom no mail would reach anybody.

    Of one site, its list is asked once: with somebody on it, no participant is looked at.
    """
    place = _P.c.site_id if site is None else site
    wanted = and_(
        _P.c.status != "completed",
        ~_somebody(place, _T.c.alert_position.is_not(None)),
        ~_somebody(place, _T.c.id == _P.c.counselor_id),
    )
    if site is not None:
        wanted = and_(wanted, _P.c.site_id == site)
    return exists(select(_P.c.id).where(wanted))


def _somebody(place: Any, who: Any) -> ColumnElement[bool]:
    """Somebody of a site whom mail reaches; who is away and covered by nobody hears too late."""
    away = and_(
        _C.c.absent_from <= bindparam("today"),
        or_(_C.c.absent_until.is_(None), _C.c.absent_until >= bindparam("today")),
        _C.c.cover_id.is_(None),
    )
    found = select(_T.c.id).where(
        _T.c.site_id == place,
        _T.c.active == true(),
        who,
        ~exists().where(_C.c.staff_id == _T.c.id, away),
    )
    return exists(found.correlate(_P))


_STATE = select(*state_columns())


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
    select(_M.c.recipient, _M.c.subject, _M.c.text, _M.c.created_at, _M.c.status, _M.c.attempts)
    .order_by(_M.c.id.desc())
    .limit(bindparam("most"))
)


def mailbox(session: Session, most: int = 100) -> list[ShownMail]:
    """The newest messages first."""
    return [ShownMail(*row) for row in session.execute(_MAILBOX, {"most": most})]
