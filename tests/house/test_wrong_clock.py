"""A clock that was wrong for a while: what it wrote proves nothing, and shuts no door."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import update

from app.clock import CLOCKS_DIFFER, age, lately, wait_until
from app.models.people import AUTH_SESSION
from app.outbox.heartbeat import is_due, once_a_day
from app.outbox.queries import JOB_FAILED, MAIL_LATE, WORKER_SILENT, MailState
from app.signin import throttle
from tests.cast import NOW

MINUTE = timedelta(minutes=1)
WELL = MailState(NOW, None, False, False, None, None)


def test_a_moment_that_lies_ahead_has_no_age():
    assert age(NOW - MINUTE, NOW) == MINUTE
    assert age(NOW + CLOCKS_DIFFER, NOW) == timedelta(0)
    assert age(NOW + MINUTE, NOW) is None and age(None, NOW) is None
    assert lately(NOW - MINUTE, MINUTE, NOW) and not lately(NOW + MINUTE, MINUTE, NOW)
    assert wait_until(NOW + MINUTE, MINUTE, NOW) == MINUTE
    assert wait_until(NOW + 2 * MINUTE, MINUTE, NOW) == timedelta(0)


@pytest.mark.req("L5")
@pytest.mark.parametrize("ahead", [MINUTE, timedelta(hours=2), timedelta(days=365)])
def test_what_lies_ahead_hides_no_fault(ahead):
    assert WELL.faults(NOW) == ()
    assert replace(WELL, worker_at=NOW + ahead).faults(NOW) == (WORKER_SILENT,)
    assert replace(WELL, oldest_due_at=NOW + ahead).faults(NOW) == (MAIL_LATE,)
    assert replace(WELL, failing_at=NOW + ahead).faults(NOW) == (JOB_FAILED,)


@pytest.mark.req("A13")
def test_a_session_of_a_clock_that_was_ahead_is_over(petrova, anna, database):
    """It would else stay open by itself until the clock has come there."""
    assert petrova.get("/flags").status_code == anna.get("/today").status_code == 200
    with database.writing.begin() as connection:
        connection.execute(update(AUTH_SESSION).values(last_seen_at=NOW + timedelta(hours=2)))
    assert petrova.get("/flags").status_code == anna.get("/today").status_code == 303


def test_a_wrong_clock_shuts_no_door_for_longer_than_a_door_is_shut(database, cast):
    keys = ("staff:somebody", "address:203.0.113.9")
    with database.write() as session:
        for _ in range(60):
            throttle.count(session, keys, NOW + timedelta(days=365))
        assert not throttle.wait_of(session, keys, NOW)
        throttle.count(session, keys, NOW)
        assert timedelta(0) < throttle.wait_of(session, keys, NOW) <= throttle.LONGEST_WAIT
        assert session.get(throttle.Throttle, keys[1]).errors == 61
        session.rollback()


def test_the_daily_turn_of_a_clock_that_was_ahead_is_taken_again(database):
    at, zone = time(6), "Europe/Moscow"
    with database.write() as session:
        once_a_day(session, "digest", at, zone, NOW + timedelta(days=30))
        assert is_due(session, "digest", at, zone, NOW)
        assert once_a_day(session, "digest", at, zone, NOW)
        assert not once_a_day(session, "digest", at, zone, NOW)
        session.rollback()
