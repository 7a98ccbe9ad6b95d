"""Whether somebody would notice that mail stands still."""

import asyncio
import threading
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from app import audit
from app.audit import SYSTEM, Subject
from app.models.flags import Flag
from app.models.outbox import Message
from app.models.people import Staff
from app.outbox.heartbeat import WORKER, beat
from app.outbox.queries import mail_state
from app.outbox.worker import work
from tests.flags.record import flags, second_day_cluster
from tests.rounds import send_due


def alive(database, clock):
    with database.write() as session:
        beat(session, WORKER, clock())


def test_no_worker_is_unhealthy(browser):
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "worker silent\n")


def test_a_live_worker_and_an_empty_outbox_are_healthy(browser, database, clock):
    alive(database, clock)
    assert (browser.get("/healthz").status_code, browser.get("/healthz").text) == (200, "ok\n")


@pytest.mark.req("L5")
def test_a_worker_is_silent_after_two_minutes(browser, database, clock):
    alive(database, clock)
    clock.forward(minutes=2)
    assert browser.get("/healthz").status_code == 200
    clock.forward(seconds=1)
    assert browser.get("/healthz").text == "worker silent\n"


def test_mail_is_late_after_five_minutes(browser, database, clock, put):
    put("one")
    clock.forward(minutes=5)
    alive(database, clock)
    assert browser.get("/healthz").status_code == 200
    clock.forward(seconds=1)
    assert browser.get("/healthz").text == "mail late\n"


def test_retries_do_not_hide_that_mail_is_late(browser, database, clock, put, worker_to):
    put("one")
    clock.forward(minutes=6)
    alive(database, clock)
    asyncio.run(send_due(worker_to("smtp://127.0.0.1:9")))
    assert browser.get("/healthz").text == "mail late\n"


def test_refused_mail_is_unhealthy(browser, database, clock, put):
    alive(database, clock)
    put("one")
    table = Message.__table__  # type: ignore[attr-defined]
    with database.write() as session:
        session.execute(update(table).values(status="failed"))
    assert browser.get("/healthz").text == "mail refused\n"


def test_a_refused_mail_that_tells_of_no_alert_counts_for_a_day(browser, database, clock, put):
    put("one")
    table = Message.__table__  # type: ignore[attr-defined]
    with database.write() as session:
        session.execute(update(table).values(status="failed"))
    clock.forward(hours=23, minutes=59)
    alive(database, clock)
    assert browser.get("/healthz").text == "mail refused\n"
    clock.forward(minutes=1)
    assert browser.get("/healthz").text == "ok\n"


def test_a_refused_alert_counts_until_its_flag_is_resolved(browser, database, clock, cast):
    second_day_cluster(database, cast.anna, clock())
    table = Message.__table__  # type: ignore[attr-defined]
    with database.write() as session:
        session.execute(update(table).values(status="failed"))
    clock.forward(days=90)
    alive(database, clock)
    assert browser.get("/healthz").text == "mail refused\n"
    [flag] = flags(database)
    with database.write() as session:
        session.execute(update(Flag).values(status="resolved", resolved_at=clock()))
        audit.record(session, SYSTEM, "test.off", Subject("flag", flag.id), now=clock())
    assert browser.get("/healthz").text == "ok\n"


def test_a_participant_about_whom_nobody_would_hear_is_unhealthy(browser, database, clock, cast):
    alive(database, clock)
    table = Staff.__table__  # type: ignore[attr-defined]
    with database.write() as session:
        session.execute(
            update(table).where(table.c.site_id == cast.other_site).values(active=False)
        )
        audit.record(session, SYSTEM, "test.off", Subject("site", cast.other_site), now=clock())
    assert browser.get("/healthz").text == "no alert recipient\n"


def test_a_dead_database_is_unhealthy_and_says_nothing_more(app, database, browser):
    database.engine.dispose()
    database.engine = _Dead()
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "database silent\n")


class _Dead:
    def __getattr__(self, _name):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    def dispose(self):
        return None


def test_the_worker_beats_while_it_works(database, clock, worker_to):
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    asyncio.run(work(worker_to(""), stop))
    with database.read() as session:
        state = mail_state(session, clock())
    assert state.worker_at == clock()
    assert state.faults(clock() + timedelta(minutes=1)) == ()
