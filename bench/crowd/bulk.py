"""Writes many simulated participants: the rows that the services make, in few statements.

Enrolment goes through its service; entries are bulk inserts with one audit entry a participant.
Flags come from the live rules, which are asked again at every arrival: they look at what had
been received by then, so rows that are already there do not disturb them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import Session

from app import audit
from app.audit import SYSTEM, Actor, Subject
from app.db import Database
from app.demo.homework import homework_of
from app.demo.mail import mark_as_sent
from app.demo.many import drawn, opened
from app.demo.past import send_last_digest, tell_the_past
from app.demo.person import Person
from app.demo.sessions import book, next_visit
from app.demo.site import Team, open_site
from app.demo.told import (
    CheckinTold,
    ConsentTakenBack,
    DoseTold,
    DrinksTold,
    SessionHeld,
    SubstancesTold,
)
from app.demo.write import enrol_person, last_tick, ticks_of
from app.models.diary import Dose, DrinkDay, SubstanceDay
from app.models.people import USUAL_DRINK
from bench.crowd import rows
from bench.crowd.batch import Batch, withdraw
from bench.crowd.flags import replay_live
from bench.crowd.session_rows import add_sessions
from bench.crowd.sheet_rows import add_sheets

_STAMP = (
    update(USUAL_DRINK)
    .where(
        USUAL_DRINK.c.participant_id == bindparam("who"),
        USUAL_DRINK.c.beverage == bindparam("name"),
        USUAL_DRINK.c.ml == bindparam("size"),
        USUAL_DRINK.c.abv == bindparam("strength"),
    )
    .values(last_used_on=bindparam("used"))
)
BATCH = 10


def fill_bulk(
    database: Database,
    participants: int,
    weeks: int,
    seed: int,
    now: datetime,
    *,
    flags: bool = True,
) -> None:
    """A new site with ``participants`` people whose ``weeks`` end about ``now``.

    Without ``flags`` the rules are not asked, which is most of the time.
    """
    with database.write() as session:
        team = open_site(session, opened(now, weeks), participants)
    for first in range(1, participants + 1, BATCH):
        numbers = range(first, min(first + BATCH, participants + 1))
        people = [drawn(team, seed, number, weeks, now) for number in numbers]
        with database.write() as session:
            written = {write_in_bulk(session, team, person, now, flags=flags) for person in people}
            if flags:
                tell_the_past(session, team, written, now)
                send_last_digest(session, team, written, now)


def write_in_bulk(
    session: Session, team: Team, person: Person, until: datetime, *, flags: bool = True
) -> int:
    """Everything one person told, as few inserts as there are tables; returns the row's id."""
    who = enrol_person(session, team, person)
    batch = Batch(session, person, who, until)
    told = person.simulated.told
    batch.add_days(Dose, "dose", [t for t in told if isinstance(t, DoseTold)], rows.dose_row)
    drinks = [t for t in told if isinstance(t, DrinksTold)]
    batch.add_days(DrinkDay, "drinks", drinks, rows.drinks_row)
    others = [t for t in told if isinstance(t, SubstancesTold)]
    batch.add_days(SubstanceDay, "substances", others, rows.substances_row)
    batch.add_checkins([t for t in told if isinstance(t, CheckinTold)])
    batch.add_moments(told)
    _add_counseling(batch, [t for t in told if isinstance(t, SessionHeld)])
    _stamp_usual(session, who, drinks)
    subject = Subject("participant", who)
    audit.record(session, SYSTEM, "demo.fill", subject, now=until, changes=batch.counts)
    if flags:
        _judge(session, team, person, batch)
    elif any(isinstance(one, ConsentTakenBack) for one in told):
        withdraw(session, who)
    return who


def _add_counseling(batch: Batch, held: list[SessionHeld]) -> None:
    """Sessions, the next one planned by its service, and the sheets that were asked for in them."""
    ids = add_sessions(batch, held)
    coming = next_visit(batch.session, batch.person, batch.who, batch.until)
    if coming:
        for at, step in book(coming, batch.until):
            step(at)
        held, ids = [*held, coming.told], [*ids, coming.id]
    add_sheets(batch, homework_of(batch.person.simulated, batch.until), held, ids)


def _stamp_usual(session: Session, who: int, drinks: list[DrinksTold]) -> None:
    """When each usual drink was last had, as the diary's own list learns it."""
    used: dict[tuple[str, float, float], Any] = {}
    for told in drinks:
        for one in told.items:
            key = (one.beverage, one.ml, one.abv)
            used[key] = max(used.get(key, told.day), told.day)
    if used:
        connection = session.connection()
        connection.execute(
            _STAMP,
            [
                {"who": who, "name": name, "size": ml, "strength": abv, "used": day}
                for (name, ml, abv), day in used.items()
            ],
        )


def _judge(session: Session, team: Team, person: Person, batch: Batch) -> None:
    """Flags, and the mail about them, as it would all have gone."""
    actor = Actor(f"participant:{batch.who}", "participant", "demo", team.site_id)
    ticks = ticks_of(person, batch.until)
    replay_live(session, batch.who, actor, batch.arrivals, ticks)
    mark_as_sent(session, [batch.who])
    last_tick(session, batch.who, ticks)
