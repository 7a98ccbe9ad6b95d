"""What the worker does besides mail: each job in one place, a failing one alone."""

import asyncio
import threading
from datetime import timedelta

from app.outbox.heartbeat import take_turn
from app.outbox.worker import work


def run_for(worker, seconds):
    stop = threading.Event()
    threading.Timer(seconds, stop.set).start()
    asyncio.run(work(worker, stop))


def test_a_job_is_due_again_after_its_pause(database, clock):
    minute = timedelta(minutes=1)
    with database.write() as session:
        assert take_turn(session, "close", clock(), minute)
        assert not take_turn(session, "close", clock.forward(seconds=59), minute)
        assert take_turn(session, "close", clock.forward(seconds=1), minute)


def test_a_turn_is_given_back_when_the_job_fails(database, clock):
    with database.open(write=True) as session:
        assert take_turn(session, "close", clock(), timedelta(minutes=1))
        session.rollback()
    with database.write() as session:
        assert take_turn(session, "close", clock(), timedelta(minutes=1))


def test_one_failing_job_stops_neither_mail_nor_the_other_jobs(
    put, worker_to, box, database, clock, caplog
):
    ran = []

    def fail(_session, _now):
        raise RuntimeError("vodka")

    put("one")
    jobs = (("bad", 60, fail), ("good", 60, lambda _session, now: ran.append(now)))
    run_for(worker_to(box.url, jobs=jobs), 0.4)
    assert ran == [clock()]
    assert box.recipients() == ["orlova@clinic.test"]
    assert "job bad failed: RuntimeError" in caplog.text
    assert "vodka" not in caplog.text


def test_two_workers_run_a_job_once(database, worker_to, clock):
    ran = []
    jobs = (("once", 60, lambda _session, now: ran.append(now)),)
    run_for(worker_to("", jobs=jobs), 0.2)
    run_for(worker_to("", jobs=jobs), 0.2)
    assert ran == [clock()]
