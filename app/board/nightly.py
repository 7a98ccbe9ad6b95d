"""Every night the picture of each site, by the worker; a boundary that is crossed makes a task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlalchemy import bindparam, delete, exists, insert, select
from sqlmodel import Session

from app import audit
from app.board import queries
from app.board.pooled import Pooled, pool
from app.clock import local_day
from app.db import Database
from app.models.board import BOARD
from app.models.worklist import TASK
from app.outbox.errands import Errand
from app.outbox.heartbeat import is_due, once_a_day
from app.protocol.in_force import protocol_in_force
from app.timeline.days import ONE_DAY
from app.worklist.due import due_of
from app.worklist.service import make_task
from app.worklist.tell import tell_of

NAME, THREE, ZONE = "board", time(3), "UTC"
_TOLD = select(
    exists().where(
        TASK.c.site_id == bindparam("site"),
        TASK.c.kind == "boundary",
        TASK.c.rule == bindparam("rule"),
        TASK.c.episode == bindparam("episode"),
    )
)


@dataclass(frozen=True, slots=True)
class Counted:
    """One site's picture."""

    site: int
    zone: str
    picture: Pooled


def look(database: Database, now: datetime) -> list[Counted] | None:
    """Count every site, if it is time to."""
    with database.read() as session:
        if not is_due(session, NAME, THREE, ZONE, now):
            return None
        known = queries.sites(session)
    return [count(database, site, zone, now) for site, zone in known]


def count(database: Database, site: int, zone: str, now: datetime) -> Counted:
    """The picture of one site up to the end of its yesterday."""
    day = local_day(now, zone) - ONE_DAY
    with database.read() as session:
        plan = protocol_in_force(session, site, now)
        enrolment = queries.enrolment(session, site, zone, day)
        had = queries.had(session, site)
        left = queries.left(session, site)
        had["withdrawal"] = left.withdrew
        events = queries.events(session, site)
        had["serious_event"] = events.serious
    people = queries.people(database, site, plan, day, now, left.on)
    picture = pool(people, plan, day, enrolment, had, left.all)
    return Counted(site, zone, replace(picture, endings=left.counts, events=events.counts))


def note(session: Session, counted: Iterable[Counted], now: datetime) -> None:
    once_a_day(session, NAME, THREE, ZONE, now)
    for one in counted:
        keep(session, one, now)
        tell(session, one, now)


def keep(session: Session, one: Counted, now: datetime) -> None:
    """In the place of the one before."""
    session.execute(delete(BOARD).where(BOARD.c.site_id == one.site))
    row = {"site_id": one.site, "counted_at": now, "content": one.picture.plain()}
    session.execute(insert(BOARD), row)


def tell(session: Session, one: Counted, now: datetime) -> int:
    """A task for whoever decides, once for each boundary of a version; how many were made."""
    made = 0
    plan = protocol_in_force(session, one.site, now)
    for signal in one.picture.signals:
        if signal.crossed_by is None:
            continue
        rule = f"stopping.{signal.signal}"
        episode = f"{rule} {one.picture.protocol}"
        known = {"site": one.site, "rule": rule, "episode": episode}
        if session.execute(_TOLD, known).scalar():
            continue
        task = make_task(
            session,
            "boundary",
            signal.crossed_by,
            due_of("boundary", now, plan.working_hours, one.zone),
            episode=episode,
            actor=audit.system(one.site),
            now=now,
            rule=rule,
            owner=queries.leads(session, one.site),
        )
        tell_of(session, one.site, {task.public_id: None}, now)
        made += 1
    return made


NIGHTLY: Errand[list[Counted]] = Errand(NAME, look, note)
