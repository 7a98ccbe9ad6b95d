"""A record that no rule can read stops nobody else's, and somebody outside hears of it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from app import audit
from app.alerts import escalation
from app.alerts.escalation import run_escalation
from app.audit import SYSTEM, Subject
from app.checkins import service as checkins
from app.checkins.service import judge_overdue
from app.flags import service
from app.flags.ticks import run_ticks
from app.models.checkin import Checkin, CheckinPage
from app.outbox.heartbeat import WORKER, beat
from app.outbox.worker import Worker, _run_jobs
from tests.flags.record import mails, rows, second_day_cluster

TICK = datetime(2026, 11, 23, 20, 45, tzinfo=UTC)  # 23:45 in Moscow
FAULT = "job failing\n"


class Broken(Exception):
    """What a rule says of a record that it cannot read."""


@pytest.fixture
def broken(monkeypatch):
    """From now on a part of the product fails for some; ``mend`` ends it."""

    def breaks(module, name, whom):
        real = getattr(module, name)

        def fail(*args):
            if whom(*args):
                raise Broken("vodka")
            return real(*args)

        monkeypatch.setattr(module, name, fail)

    breaks.mend = monkeypatch.undo
    return breaks


def run(database, clock, name, job):
    """One round of a worker that has this job alone."""
    with database.write() as session:
        beat(session, WORKER, clock())
    asyncio.run(_run_jobs(Worker(database, clock, jobs=((name, 10.0, job),)), {name: 0.0}))


def health(browser, database, clock):
    with database.write() as session:
        beat(session, WORKER, clock())
    return browser.get("/healthz").text


def test_a_tick_that_fails_for_one_ticks_the_others_and_is_tried_again(
    database, cast, clock, browser, broken, caplog
):
    seen = []
    broken(
        service,
        "find_at_tick",
        lambda timeline, *_: seen.append(timeline.participant.code) or len(seen) % 3 == 1,
    )
    clock.now = TICK
    run(database, clock, "daily tick", run_ticks)
    assert len(seen) == 3
    assert "vodka" not in caplog.text
    assert health(browser, database, clock) == "ok\n"
    broken.mend()
    ticked = []
    broken(service, "find_at_tick", lambda timeline, *_: bool(ticked.append(timeline)))
    clock.forward(minutes=1)
    run(database, clock, "daily tick", run_ticks)
    assert [one.participant.code for one in ticked] == [seen[0]]


def test_a_job_that_goes_on_failing_is_a_fault_until_it_runs_clean(
    database, cast, clock, browser, broken, orlova
):
    broken(service, "find_at_tick", lambda timeline, *_: timeline.participant.code == "DB-002")
    clock.now = TICK
    run(database, clock, "daily tick", run_ticks)
    clock.forward(minutes=1, seconds=59)
    assert health(browser, database, clock) == "ok\n"
    clock.forward(seconds=1)
    run(database, clock, "daily tick", run_ticks)
    assert health(browser, database, clock) == FAULT
    broken.mend()
    clock.forward(seconds=10)
    run(database, clock, "daily tick", run_ticks)
    assert health(browser, database, clock) == "ok\n"


def test_a_job_that_fails_as_a_whole_is_a_fault_too(database, cast, clock, browser):
    def fail(_session, _now):
        raise Broken("vodka")

    run(database, clock, "digest", fail)
    clock.forward(minutes=2)
    assert health(browser, database, clock) == FAULT


def test_a_check_in_that_nobody_can_judge_stays_due_and_the_next_is_judged(
    database, cast, clock, broken
):
    with database.write() as session:
        for who in (cast.anna, cast.boris):
            row = Checkin(
                participant_id=who,
                token="t",
                instrument="urges",
                version=1,
                language="en",
                started_at=clock(),
                due_at=clock(),
            )
            session.add(row)
            session.flush()
            page = {"page": "urges", "revision": 1, "method": "each", "received_at": clock()}
            answers = {"ratings": {"alcohol_craving": 10}, "signs": [], "texts": {}}
            session.execute(
                insert(CheckinPage.__table__), {"checkin_id": row.id, **page, **answers}
            )
        audit.record(session, SYSTEM, "test.rows", Subject("test", 1), now=clock())
    broken(checkins, "judge", lambda _session, one, *_: one.participant_id == cast.anna)
    with database.write() as session:
        assert judge_overdue(session, clock()) == 1
    assert [row.due_at is None for row in rows(database, Checkin)] == [False, True]
    broken.mend()
    with database.write() as session:
        assert judge_overdue(session, clock()) == 1


def test_one_flag_that_cannot_be_told_on_holds_up_no_other(database, cast, clock, broken):
    for who in (cast.anna, cast.boris):
        second_day_cluster(database, who, clock(), agitation=4)
    before = len(mails(database))
    broken(escalation, "_take_step", lambda _session, group, _now: _about(group, cast.anna))
    with database.write() as session:
        assert run_escalation(session, clock() + timedelta(minutes=15)) == 1
    assert len(mails(database)) > before


def _about(group, who):
    return group[0].participant_id == who
