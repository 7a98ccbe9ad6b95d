"""What the housekeeping takes away, and what it leaves."""

from datetime import timedelta

import pytest

from app import audit
from app.audit import SYSTEM, Subject
from app.jobs import JOBS
from app.models.people import HeldPost, Throttle
from app.signin import throttle
from app.signin.tidy import tidy_up
from app.visit import held
from app.web.forms import Form
from app.web.unsent import KEEP_FOR
from tests.diary.rows import rows
from tests.signin.test_phone import opened

TICK = timedelta(microseconds=1)


def tidy(database, now):
    with database.write() as session:
        tidy_up(session, now)


def keys(database):
    from sqlmodel import select

    with database.read() as session:
        return sorted(session.exec(select(Throttle.key)))


@pytest.mark.parametrize("key", ["account:anna", "address:10.0.0.1"])
def test_attempts_are_forgotten_a_week_after_the_next_was_allowed(database, cast, clock, key):
    with database.write() as session:
        for _ in range(4):
            throttle.attempt(session, (key,), clock())
            clock.forward(minutes=1)
        audit.record(session, SYSTEM, "test.tries", Subject("site", cast.site), now=clock())
    with database.read() as session:
        due = session.get(Throttle, key).next_at
    tidy(database, due + throttle.FORGOTTEN_AFTER)
    assert keys(database) == [key]
    tidy(database, due + throttle.FORGOTTEN_AFTER + TICK)
    assert keys(database) == []


def test_forms_that_wait_are_deleted_after_half_a_day(browser, database, cast, clock):
    opened(browser, database, cast, clock)
    form = Form({"own_words": ["a secret"]})
    held.keep(database, 1, "/today/week", form, clock())
    since = clock()
    tidy(database, since + KEEP_FOR)
    assert len(rows(database, HeldPost)) == 1
    tidy(database, since + KEEP_FOR + TICK)
    assert rows(database, HeldPost) == []


def test_the_worker_does_it(database):
    assert tidy_up in [run for _, _, run in JOBS]
