"""Of two who decide about the same at once, the second sees what the first has stored.

On PostgreSQL; SQLite has one writer anyway. Nothing here depends on how fast anybody is: the second
is known to wait once the database says so.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app import audit, turns
from app.alerts.alerting import notify_next
from app.alerts.escalation import run_escalation
from app.audit import Actor, Subject
from app.checkins.service import judge_overdue
from app.db import Database
from app.enrolment import queries as enrolment
from app.flags import service as flags_room
from app.flags.service import reassess
from app.flags.ticks import run_ticks
from app.models.checkin import CHECKIN, Checkin, CheckinJudgement
from app.models.flags import FLAG, NOTICE
from app.models.people import THROTTLE, Participant
from app.signin import throttle
from app.visit.identity import StaffMe
from tests.cast import NOW, Cast
from tests.flags.record import ACTOR, CLUSTER, evidence, flags, second_day_cluster, take_dose


@pytest.fixture(autouse=True)
def only_with_many_writers(backend):
    if backend == "sqlite":
        pytest.skip("SQLite has one writer")


Work = Callable[[Any], Any]


def one_after_the_other(database: Database, first: Work, second: Work) -> list[Any]:
    """Both at once: the second begins while the first has not committed; what each returned.

    Fails if the second does not wait for the first.
    """
    found: list[Any] = []

    def come_second() -> None:
        try:
            with database.write() as session:
                found.append(second(session))
        except Exception as error:
            found.append(error)

    with database.open(write=True) as session:
        before = first(session)
        other = threading.Thread(target=come_second)
        other.start()
        while not found and not somebody_waits(database):
            time.sleep(0.01)
        waited = not found
        session.commit()
    other.join()
    assert waited, "the second did not wait"
    return [before, *found]


def somebody_waits(database: Database) -> bool:
    with database.engine.connect() as connection:
        return bool(connection.execute(text("SELECT 1 FROM pg_locks WHERE NOT granted")).first())


def told(cast: Cast, hour: int) -> Work:
    """A check-in with the signs of a reaction, of ANNA, judged."""

    def work(session: Any) -> Any:
        at = NOW + timedelta(hours=hour)
        row = Checkin(
            participant_id=cast.anna,
            token=f"t{hour}",
            instrument="side_effects",
            version=1,
            language="en",
            started_at=at,
            finished_at=at,
        )
        session.add(row)
        session.flush()
        session.add(
            CheckinJudgement(checkin_id=row.id or 0, n=1, at=at, complete=True, ratings=CLUSTER)
        )
        session.flush()
        audit.record(session, ACTOR, "checkin.add", Subject("checkin", row.id or 0), now=at)
        return reassess(session, cast.anna, [f"checkin-{row.id}.1"], ACTOR, at)

    return work


def test_two_answers_about_one_person_make_one_flag(database, cast):
    take_dose(database, cast.anna, NOW.date() - timedelta(days=1), NOW)
    first, second = one_after_the_other(database, told(cast, 0), told(cast, 1))
    assert first.worst == "urgent"
    assert not isinstance(second, Exception)
    assert len(flags(database)) == 1
    assert [row.change for row in evidence(database)] == ["raised", "added"]


def test_nobody_waits_for_what_is_decided_about_somebody_else(database, cast):
    """At the same site; before, one lock stood for all."""
    take_dose(database, cast.anna, NOW.date() - timedelta(days=1), NOW)
    with database.open(write=True) as slow:
        told(cast, 0)(slow)
        second_day_cluster(database, cast.boris, NOW)
        slow.rollback()
    assert [row.participant_id for row in flags(database)] == [cast.boris]


@pytest.mark.req("R8")
def test_two_who_take_a_flag_at_once_are_told_apart(database, cast):
    second_day_cluster(database, cast.anna, NOW)
    [flag] = flags(database)

    def taken_by(who: int) -> Work:
        me = StaffMe(
            who, cast.site, "St Petersburg", "Europe/Moscow", "N", "coordinator", "en", 0, "r"
        )
        return lambda session: flags_room.acknowledge(
            session, me, flag.public_id, flag.version, "", NOW
        )

    _, second = one_after_the_other(database, taken_by(cast.orlova), taken_by(cast.ivanova))
    assert isinstance(second, flags_room.ChangedMeanwhile)
    [flag] = flags(database)
    assert flag.acknowledged_by == cast.orlova


def test_a_code_that_is_just_being_taken_is_not_free(database, cast):
    def take(session: Any) -> bool:
        turns.of_site(session, cast.site)
        free = not enrolment.code_taken(session, cast.site, "DB-099")
        if free:
            person = session.get_one(Participant, cast.anna).model_dump(exclude={"id", "public_id"})
            session.add(Participant(**{**person, "code": "DB-099"}))
            session.flush()
            actor = Actor("staff:1", site_id=cast.site)
            audit.record(session, actor, "test", Subject("participant", 1), now=NOW)
        return free

    assert one_after_the_other(database, take, take) == [True, False]


def test_attempts_at_one_account_are_counted_one_by_one(database):
    def attempt(session: Any) -> None:
        throttle.attempt(session, ("staff:a", "address:1"), NOW)

    one_after_the_other(database, attempt, attempt)
    with database.open(write=True) as slow:
        attempt(slow)
        with database.write() as session:
            throttle.attempt(session, ("staff:b", "address:2"), NOW)
        slow.rollback()
    with database.read() as session:
        rows = session.execute(select(THROTTLE.c.key, THROTTLE.c.errors)).all()
    assert {tuple(row) for row in rows} == {
        ("staff:a", 2), ("address:1", 2), ("staff:b", 1), ("address:2", 1),
    }  # fmt: skip


def test_a_job_waits_for_nobody_and_comes_back(database, cast):
    """Whoever is sending something now is left for the next run, and for that alone."""
    second_day_cluster(database, cast.anna, NOW)
    later = NOW + timedelta(days=2)
    jobs = (run_escalation, run_ticks, judge_overdue)
    with database.write() as session:
        session.add(
            Checkin(
                participant_id=cast.anna,
                token="left",
                instrument="side_effects",
                version=1,
                language="en",
                started_at=NOW,
                due_at=NOW,
            )
        )
        audit.record(session, ACTOR, "test.rows", Subject("test", 1), now=NOW)
    with database.open(write=True) as phone:
        turns.of_person(phone, cast.anna)
        for job in jobs:
            with database.write() as session:
                job(session, later)
        phone.rollback()
    assert left_for_anna(database, cast) == (0, 1)
    for job in jobs:
        with database.write() as session:
            job(session, later)
    steps, due = left_for_anna(database, cast)
    assert (steps > 0, due) == (True, 0)


def left_for_anna(database: Database, cast: Cast) -> tuple[int, int]:
    """How far her flag was told on, and how many of her check-ins are overdue."""
    with database.read() as session:
        steps = session.execute(
            select(NOTICE.c.step)
            .join(FLAG, FLAG.c.id == NOTICE.c.flag_id)
            .where(FLAG.c.participant_id == cast.anna)
        ).scalars()
        overdue = session.execute(select(CHECKIN.c.id).where(CHECKIN.c.due_at.is_not(None)))
        return max(steps), len(overdue.all())


def test_two_refused_mails_about_one_flag_tell_the_next_contact_once(database, cast):
    second_day_cluster(database, cast.anna, NOW)
    with database.read() as session:
        first, second = session.execute(
            select(NOTICE.c.message_id).order_by(NOTICE.c.message_id)
        ).scalars()

    def refused(message: int) -> Work:
        return lambda session: notify_next(session, message, NOW)

    found = one_after_the_other(database, refused(first), refused(second))
    assert [each for each in found if isinstance(each, Exception)] == []
    with database.read() as session:
        people = session.execute(select(NOTICE.c.staff_id)).scalars().all()
    assert len(people) == len(set(people))
