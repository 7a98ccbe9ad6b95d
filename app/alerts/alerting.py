"""Tells people about flags: at once when one is raised or grows worse, and when mail is refused.

Who is notified stands in `ladder`; what happens while nobody acknowledges, in `escalation`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import and_, bindparam, exists, func, insert, select
from sqlmodel import Session

from app import audit, turns
from app.alerts.ladder import Recipient, all_notified, first_notified, next_notified
from app.alerts.mails import alert_mail
from app.alerts.queries import recipients, wall_of
from app.audit import Subject
from app.clock import local, local_day
from app.models.flags import FLAG, NOTICE
from app.models.outbox import MESSAGE
from app.models.people import PARTICIPANT, SITE, dated_zone
from app.models.trial import PROTOCOL_VERSION
from app.outbox.service import Mail, enqueue
from app.rules.finding import SEVERITY, Severity
from app.timeline.known import Participant as Header
from app.visit.roles import LEADS_SITE, may

_PERSON = (
    select(
        PARTICIPANT.c.id,
        PARTICIPANT.c.site_id,
        dated_zone(PARTICIPANT),
        PARTICIPANT.c.counselor_id,
        PARTICIPANT.c.code,
        PARTICIPANT.c.sex,
        PARTICIPANT.c.first_dose_on,
        PARTICIPANT.c.enrolled_at,
        SITE.c.timezone,
        exists().where(PROTOCOL_VERSION.c.site_id == PARTICIPANT.c.site_id),
    )
    .join(SITE, SITE.c.id == PARTICIPANT.c.site_id)
    .where(PARTICIPANT.c.id == bindparam("who"))
)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the flags are about, and who answers for them.

    ``own_protocol``: the site has a version of the protocol on record, in force or not.
    """

    id: int
    site_id: int
    timezone: str
    counselor_id: int | None
    code: str
    sex: str | None
    first_dose_on: date | None
    enrolled_at: datetime
    site_zone: str
    own_protocol: bool

    @property
    def header(self) -> Header:
        """As a timeline begins."""
        enrolled_on = local_day(self.enrolled_at, self.timezone)
        return Header(self.code, self.timezone, self.sex, self.first_dose_on, enrolled_on)


def read_person(session: Session, participant_id: int) -> Person:
    """Raises NoResultFound."""
    return Person(*session.connection().execute(_PERSON, {"who": participant_id}).one())


@dataclass(frozen=True, slots=True)
class Alerted:
    """A flag that was raised or grew worse: what mail may say of it."""

    flag_id: int
    public_id: str
    reference: str
    severity: Severity


_NOTICE = insert(NOTICE)
_NOTIFIED_BY = (
    select(
        FLAG.c.id,
        FLAG.c.public_id,
        FLAG.c.reference,
        NOTICE.c.severity,
        NOTICE.c.step,
        FLAG.c.site_id,
        FLAG.c.participant_id,
        PARTICIPANT.c.counselor_id,
    )
    .select_from(NOTICE)
    .join(FLAG, FLAG.c.id == NOTICE.c.flag_id)
    .join(PARTICIPANT, PARTICIPANT.c.id == FLAG.c.participant_id)
    .join(MESSAGE, MESSAGE.c.id == NOTICE.c.message_id)
    .where(
        NOTICE.c.message_id == bindparam("message"),
        MESSAGE.c.kind == "alert",
        FLAG.c.status == "open",
    )
    .order_by(FLAG.c.id)
)
_NOTIFIED = (
    select(NOTICE.c.staff_id, MESSAGE.c.status)
    .join(MESSAGE, MESSAGE.c.id == NOTICE.c.message_id)
    .where(and_(NOTICE.c.flag_id == bindparam("flag"), NOTICE.c.severity == bindparam("severity")))
)


def alert(session: Session, person: Person, flags: Sequence[Alerted], now: datetime) -> None:
    """One mail to each recipient about all ``flags`` of one submission."""
    if not flags:
        return
    known = recipients(session, person.site_id, person.counselor_id)
    wall = local(now, person.site_zone)
    worst = max(flag.severity for flag in flags)
    notified = (
        all_notified(known, wall) if worst is Severity.EMERGENCY else first_notified(known, wall)
    )
    notify(session, notified, flags, now)


def notify_next(session: Session, message_id: int, now: datetime) -> None:
    """Mail was refused for good: the next of the list who was not notified gets one, at once.

    The list first, then the counselor, and where nobody hears, whoever leads the site. Only an
    alert goes on: what the day's digest named waits for the next session.
    """
    rows = session.execute(_NOTIFIED_BY, {"message": message_id}).all()
    if not rows:
        return
    # Who was notified is read, then written: nobody else may do the same in between.
    turns.of_person(session, rows[0].participant_id)
    flags = [Alerted(r.id, r.public_id, r.reference, SEVERITY[r.severity]) for r in rows]
    notified = session.execute(_NOTIFIED, {"flag": rows[0].id, "severity": rows[0].severity}).all()
    notified_ids = {row.staff_id for row in notified}
    known = recipients(session, rows[0].site_id, rows[0].counselor_id)
    found = next_notified(known, notified_ids, wall_of(session, rows[0].site_id, now))
    left = [one for one in known if one.staff_id not in notified_ids]
    candidates = [found] if found else [one for one in left if one.is_counselor]
    if not candidates and not any(row.status != "failed" for row in notified):
        candidates = [one for one in left if may(one.role, LEADS_SITE)]
    if candidates:
        notify(session, candidates[:1], flags, now, rows[0].step)
        record_notified(session, "flag.tell", rows[0].site_id, candidates[:1], flags, now)


_LEFT_BEHIND = (
    select(
        FLAG.c.id,
        FLAG.c.public_id,
        FLAG.c.reference,
        FLAG.c.severity,
        FLAG.c.participant_id,
        PARTICIPANT.c.counselor_id,
    )
    .join(PARTICIPANT, PARTICIPANT.c.id == FLAG.c.participant_id)
    .where(
        FLAG.c.site_id == bindparam("site"),
        FLAG.c.status == "open",
        exists().where(NOTICE.c.flag_id == FLAG.c.id, NOTICE.c.staff_id == bindparam("staff")),
    )
    .order_by(FLAG.c.participant_id, FLAG.c.id)
)
_LAST_STEP = select(func.max(NOTICE.c.step)).where(
    NOTICE.c.flag_id == bindparam("flag"), NOTICE.c.severity == bindparam("severity")
)


def notify_instead(session: Session, site_id: int, gone: int, now: datetime) -> None:
    """Somebody works here no more: whoever would be told now is told of each alert that waits for
    them, at once. Else it would wait for an answer that never comes.
    """
    for row in session.execute(_LEFT_BEHIND, {"site": site_id, "staff": gone}).all():
        turns.of_person(session, row.participant_id)
        flag = Alerted(row.id, row.public_id, row.reference, SEVERITY[row.severity])
        told = {"flag": row.id, "severity": row.severity}
        notified = {one.staff_id for one in session.execute(_NOTIFIED, told)}
        known = recipients(session, site_id, row.counselor_id)
        wall = wall_of(session, site_id, now)
        emergency = flag.severity is Severity.EMERGENCY
        wanted = all_notified(known, wall) if emergency else first_notified(known, wall)
        people = [one for one in wanted if one.staff_id not in notified]
        if people:
            step = session.execute(_LAST_STEP, told).scalar() or 0
            notify(session, people, [flag], now, step)
            record_notified(session, "flag.tell", site_id, people, [flag], now)


def notify(
    session: Session,
    people: Iterable[Recipient],
    flags: Sequence[Alerted],
    now: datetime,
    step: int = 0,
    *,
    again: bool = False,
) -> None:
    """A mail to each of ``people`` about all ``flags``; ``again``: nobody acknowledged yet."""
    for one in people:
        mail = alert_mail(one.language, flags, session.info["base_url"], again=again)
        keep_notice(session, one, flags, mail, "alert", now, step)


def keep_notice(
    session: Session,
    one: Recipient,
    flags: Sequence[Alerted],
    mail: Mail,
    kind: str,
    now: datetime,
    step: int = 0,
) -> None:
    """Put ``mail`` into the outbox, and write down that it notified ``one`` about ``flags``."""
    key = _dedup_key(one.staff_id, flags, step)
    message = enqueue(session, key, kind, one.email, mail.subject, mail.text, mail.html, now)
    for flag in flags:
        notice = {
            "flag_id": flag.flag_id,
            "severity": flag.severity.word,
            "staff_id": one.staff_id,
            "step": step,
            "message_id": message,
        }
        session.execute(_NOTICE, notice)


def record_notified(
    session: Session,
    action: str,
    site: int,
    people: Sequence[Recipient],
    flags: Iterable[Alerted],
    now: datetime,
) -> None:
    """The audit entry of a mail that no new evidence caused."""
    changes = {"told": [None, [one.staff_id for one in people]]}
    for flag in flags:
        subject = Subject("flag", flag.flag_id)
        audit.record(session, audit.system(site), action, subject, now=now, changes=changes)


def _dedup_key(staff_id: int, flags: Sequence[Alerted], step: int) -> str:
    """A flag reaches a severity once, so these name one round of mail for good."""
    rounds = ",".join(sorted(f"{flag.flag_id}.{flag.severity.word}" for flag in flags))
    return f"alert:{sha256(rounds.encode()).hexdigest()[:40]}:{staff_id}:{step}"
