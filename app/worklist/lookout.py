"""The worker's look at who has to be called: silence, missed sessions, people without a phone.

Each occasion makes one task, however often the job runs and whatever became of the task; one that
has passed by itself is closed. Whoever is sending something just then is left for the next run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlmodel import Session

from app import audit, turns
from app.clock import local_day
from app.db import apart
from app.models.counseling import COUNSELING_SESSION
from app.models.people import DEVICE, INVITATION, PARTICIPANT, SITE, dated_zone
from app.models.worklist import TASK
from app.protocol.in_force import protocol_in_force
from app.protocol.model import Protocol
from app.staff.last_told import LAST_TOLD, last_told
from app.timeline.days import ONE_DAY
from app.worklist import service
from app.worklist.due import due_of
from app.worklist.tell import tell_late, tell_of

EVERY_SECONDS = 600.0
# So many a site and kind in a run, so that nobody waits long for the database.
MOST = 50
# A session longer ago is nobody's call any more, such as on the day this job runs first.
SESSIONS_SINCE = timedelta(days=14)
# An invitation takes its time: nobody is unreachable on the day of the enrolment.
FIRST_DAY = ONE_DAY
BY_THEMSELVES = ("quiet", "missed_visit", "unreachable")

_SITES = select(SITE.c.id, SITE.c.timezone).order_by(SITE.c.id)
_ACTIVE = and_(PARTICIPANT.c.site_id == bindparam("site"), PARTICIPANT.c.status == "active")


def _open(kind: str) -> Any:
    """Whether a task of the kind is open already."""
    return exists().where(
        TASK.c.participant_id == PARTICIPANT.c.id, TASK.c.kind == kind, TASK.c.closed_at.is_(None)
    )


_WHO = (PARTICIPANT.c.id, PARTICIPANT.c.counselor_id, PARTICIPANT.c.enrolled_at)
_TOLD = select(*_WHO, dated_zone(PARTICIPANT), *LAST_TOLD).where(_ACTIVE).subquery()
_MOMENTS = tuple(_TOLD.c[one.name] for one in LAST_TOLD)
_QUIET = (
    select(_TOLD)
    .where(
        _TOLD.c.enrolled_at < bindparam("before"),
        *(or_(moment.is_(None), moment < bindparam("before")) for moment in _MOMENTS),
    )
    .order_by(_TOLD.c.id)
)
_MISSED = (
    select(*_WHO, COUNSELING_SESSION.c.public_id.label("occasion"))
    .join(COUNSELING_SESSION, COUNSELING_SESSION.c.participant_id == PARTICIPANT.c.id)
    .where(
        _ACTIVE,
        COUNSELING_SESSION.c.attended.is_(False),
        COUNSELING_SESSION.c.cancelled_at.is_(None),
        COUNSELING_SESSION.c.at >= bindparam("since"),
        ~exists().where(
            TASK.c.participant_id == PARTICIPANT.c.id,
            TASK.c.kind == "missed_visit",
            TASK.c.episode == COUNSELING_SESSION.c.public_id,
        ),
    )
    .order_by(COUNSELING_SESSION.c.id)
    .limit(MOST)
)
_CONNECTED = exists().where(
    DEVICE.c.participant_id == PARTICIPANT.c.id,
    DEVICE.c.revoked_at.is_(None),
    DEVICE.c.pin_hash.is_not(None),
)
_INVITED = exists().where(
    INVITATION.c.participant_id == PARTICIPANT.c.id,
    INVITATION.c.redeemed_at.is_(None),
    INVITATION.c.revoked_at.is_(None),
    INVITATION.c.expires_at > bindparam("now"),
)
_LAST_PHONE = (
    select(func.max(DEVICE.c.id))
    .where(DEVICE.c.participant_id == PARTICIPANT.c.id)
    .correlate(PARTICIPANT)
    .scalar_subquery()
)
_LAST_INVITATION = (
    select(func.max(INVITATION.c.id))
    .where(INVITATION.c.participant_id == PARTICIPANT.c.id)
    .correlate(PARTICIPANT)
    .scalar_subquery()
)
_UNREACHABLE = (
    select(*_WHO, _LAST_PHONE.label("phone"), _LAST_INVITATION.label("invitation"))
    .where(
        _ACTIVE,
        PARTICIPANT.c.enrolled_at < bindparam("before"),
        ~_CONNECTED,
        ~_INVITED,
        ~_open("unreachable"),
    )
    .order_by(PARTICIPANT.c.id)
)
_WAITING = (
    select(TASK.c.id, TASK.c.version, TASK.c.kind, TASK.c.made_at, TASK.c.participant_id)
    .add_columns(PARTICIPANT.c.status, _CONNECTED.label("connected"), *LAST_TOLD)
    .join(PARTICIPANT, PARTICIPANT.c.id == TASK.c.participant_id)
    .where(
        TASK.c.site_id == bindparam("site"),
        TASK.c.closed_at.is_(None),
        TASK.c.kind.in_(BY_THEMSELVES),
    )
    .order_by(TASK.c.id)
)
_LATE = (
    select(TASK.c.public_id)
    .where(
        TASK.c.site_id == bindparam("site"),
        TASK.c.closed_at.is_(None),
        TASK.c.due_at < bindparam("now"),
    )
    .order_by(TASK.c.due_at, TASK.c.id)
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why somebody is to be called; ``episode`` tells it from every other one."""

    participant_id: int
    counselor_id: int | None
    kind: str
    episode: str
    rule: str


def run_lookout(session: Session, now: datetime) -> int:
    """Look at every site; how many tasks were made."""
    made = 0
    for site, zone in session.execute(_SITES).all():
        with apart(session):
            made += _look(session, site, zone, now)
    return made


def _look(session: Session, site: int, zone: str, now: datetime) -> int:
    protocol = protocol_in_force(session, site, now)
    _close_what_passed(session, site, now)
    made: dict[str, int | None] = {}
    for one in _occasions(session, site, protocol, now):
        if not turns.of_person_if_free(session, one.participant_id):
            continue
        task = service.make_task(
            session,
            one.kind,
            one.participant_id,
            due_of(one.kind, now, protocol.working_hours, zone),
            episode=one.episode,
            actor=audit.system(site),
            now=now,
            rule=one.rule,
        )
        if task.new:
            made[task.public_id] = one.counselor_id
    if made:
        tell_of(session, site, made, now)
    late = list(session.execute(_LATE, {"site": site, "now": now}).scalars())
    if late:
        tell_late(session, site, zone, late, now)
    return len(made)


def _occasions(
    session: Session, site: int, protocol: Protocol, now: datetime
) -> Iterator[Occasion]:
    yield from _quiet(session, site, protocol.rules.dia.routine_days, now)
    since = {"site": site, "since": now - SESSIONS_SINCE}
    for row in session.execute(_MISSED, since).all():
        rule = "worklist.missed"
        yield Occasion(row.id, row.counselor_id, "missed_visit", row.occasion, rule)
    asked = {"site": site, "now": now, "before": now - FIRST_DAY}
    for row in session.execute(_UNREACHABLE, asked).all():
        episode = f"phone {row.phone or 0}, invitation {row.invitation or 0}"
        yield Occasion(row.id, row.counselor_id, "unreachable", episode, "worklist.unreachable")


def _quiet(session: Session, site: int, days: int, now: datetime) -> Iterator[Occasion]:
    """Who told nothing on as many whole days of their own, as the rule about silence counts."""
    asked = {"site": site, "before": now - days * ONE_DAY}
    for row in session.execute(_QUIET, asked).all():
        last = local_day(last_told(row) or row.enrolled_at, row.timezone)
        if (local_day(now, row.timezone) - last).days > days:
            yield Occasion(row.id, row.counselor_id, "quiet", last.isoformat(), "worklist.quiet")


def _close_what_passed(session: Session, site: int, now: datetime) -> None:
    """Tasks of rules that nobody has to call about any more: they told again, or left."""
    for row in session.execute(_WAITING, {"site": site}).all():
        told = last_told(row)
        if row.kind == "quiet" and told is not None and told > row.made_at:
            outcome = "told_again"
        elif row.status != "active" or (row.kind == "unreachable" and row.connected):
            outcome = "not_needed"
        else:
            continue
        if turns.of_person_if_free(session, row.participant_id):
            service.close(session, audit.system(site), row.id, row.version, outcome, now)
