"""Who is told about a flag, and in which mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select, true
from sqlmodel import Session

from app import audit
from app.audit import SYSTEM, Subject
from app.models.outbox import Message
from app.models.people import Participant, Staff
from app.models.safety import Flag, Notice
from app.outbox.service import enqueue, usable_address
from app.safety.finding import Severity
from app.safety.mails import alert_mail
from app.safety.state import Person

_F: Any = Flag.__table__  # type: ignore[attr-defined]
_M: Any = Message.__table__  # type: ignore[attr-defined]
_N: Any = Notice.__table__  # type: ignore[attr-defined]
_P: Any = Participant.__table__  # type: ignore[attr-defined]
_T: Any = Staff.__table__  # type: ignore[attr-defined]
LEADS = ("coordinator", "investigator")


@dataclass(frozen=True, slots=True)
class Alerted:
    """A flag that was raised or grew worse: what mail may say of it."""

    flag_id: int
    public_id: str
    reference: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Recipient:
    """A staff member who can be told."""

    staff_id: int
    email: str
    language: str
    position: int | None
    is_counselor: bool


_STAFF = (
    select(
        _T.c.id, _T.c.email, _T.c.language, _T.c.alert_position, _T.c.id == bindparam("counselor")
    )
    .where(
        _T.c.site_id == bindparam("site"),
        _T.c.active == true(),
        or_(
            _T.c.alert_position.is_not(None),
            _T.c.id == bindparam("counselor"),
            _T.c.role.in_(LEADS),
        ),
    )
    # Those without a place on the list come last.
    .order_by(_T.c.alert_position.is_(None), _T.c.alert_position, _T.c.id)
)
_NOTICE = insert(_N)
_TOLD_BY = (
    select(
        _F.c.id,
        _F.c.public_id,
        _F.c.reference,
        _N.c.severity,
        _F.c.site_id,
        _P.c.counselor_id,
        _P.c.id.label("participant_id"),
        _P.c.timezone,
    )
    .select_from(_N)
    .join(_F, _F.c.id == _N.c.flag_id)
    .join(_P, _P.c.id == _F.c.participant_id)
    .where(_N.c.message_id == bindparam("message"), _F.c.status == "open")
    .order_by(_F.c.id)
)
_TOLD = (
    select(_N.c.staff_id, _M.c.status)
    .join(_M, _M.c.id == _N.c.message_id)
    .where(and_(_N.c.flag_id == bindparam("flag"), _N.c.severity == bindparam("severity")))
)


def recipients(session: Session, site_id: int, counselor_id: int | None) -> list[Recipient]:
    """The site's list in its order, the participant's counselor, and then whoever leads the site.

    Only those on the list and the counselor are told at once; the rest is for when mail to all
    of them is refused. An address that no mail can be sent to is left out.
    """
    found = session.execute(_STAFF, {"site": site_id, "counselor": counselor_id})
    return [Recipient(*row) for row in found if usable_address(row.email)]


def alert(session: Session, person: Person, flags: Sequence[Alerted], now: datetime) -> None:
    """One mail to each recipient about all ``flags`` of one submission."""
    if not flags:
        return
    for recipient in recipients(session, person.site_id, person.counselor_id):
        if recipient.position is not None or recipient.is_counselor:
            _tell(session, recipient, flags, now)


def tell_next(session: Session, message_id: int, now: datetime) -> None:
    """Mail was refused for good: the next contact who has not been told gets one, at once."""
    rows = session.execute(_TOLD_BY, {"message": message_id}).all()
    if not rows:
        return
    flags = [Alerted(r.id, r.public_id, r.reference, Severity.of(r.severity)) for r in rows]
    told = session.execute(_TOLD, {"flag": rows[0].id, "severity": rows[0].severity}).all()
    told_ids = {row.staff_id for row in told}
    somebody_hears = any(row.status != "failed" for row in told)
    for recipient in recipients(session, rows[0].site_id, rows[0].counselor_id):
        listed = recipient.position is not None or recipient.is_counselor
        if recipient.staff_id not in told_ids and (listed or not somebody_hears):
            _tell(session, recipient, flags, now)
            for flag in flags:
                told_next = {"told": [None, recipient.staff_id]}
                subject = Subject("flag", flag.flag_id)
                audit.record(session, SYSTEM, "flag.tell", subject, now=now, changes=told_next)
            return


def _tell(
    session: Session, recipient: Recipient, flags: Sequence[Alerted], now: datetime, step: int = 0
) -> None:
    mail = alert_mail(recipient.language, flags, session.info["base_url"])
    key = _dedup_key(recipient.staff_id, flags, step)
    message = enqueue(
        session, key, "alert", recipient.email, mail.subject, mail.text, mail.html, now
    )
    for flag in flags:
        notice = {
            "flag_id": flag.flag_id,
            "severity": flag.severity.word,
            "staff_id": recipient.staff_id,
            "step": step,
            "message_id": message,
        }
        session.execute(_NOTICE, notice)


def _dedup_key(staff_id: int, flags: Sequence[Alerted], step: int) -> str:
    """A flag reaches a severity once, so these name a submission's mail for good."""
    told = ",".join(sorted(f"{flag.flag_id}.{flag.severity.word}" for flag in flags))
    return f"alert:{sha256(told.encode()).hexdigest()[:40]}:{staff_id}:{step}"
