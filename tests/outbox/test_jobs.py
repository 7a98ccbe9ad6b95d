"""What the worker does besides mail: each job in one place, a failing one alone."""

import asyncio
import threading
from datetime import timedelta

import pytest

from app.outbox.heartbeat import WORKER, last_beat, take_turn
from app.outbox.worker import Pace, work
from tests.smtp import wait_until


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


def test_a_job_that_hangs_holds_up_neither_mail_nor_the_sign_of_life(
    put, worker_to, box, database, clock, backend
):
    """On SQLite there is one writer, and a job that writes has it."""
    if backend == "sqlite":
        pytest.skip("one writer")
    begun, let_go, stop = threading.Event(), threading.Event(), threading.Event()

    def hang(_session, _now):
        begun.set()
        assert let_go.wait(40)

    worker = worker_to(box.url, jobs=(("slow", 60, hang),))
    worker.pace = Pace(poll=0.05, beat=0.1, deadline=2.0, lease=10.0)
    running = threading.Thread(target=lambda: asyncio.run(work(worker, stop)))
    running.start()
    try:
        assert begun.wait(10)
        put("one")
        wait_until(lambda: box.recipients() == ["orlova@clinic.test"], seconds=10)
        now = clock.forward(seconds=30)
        wait_until(lambda: last_beat_of(database) == now, seconds=10)
    finally:
        let_go.set()
        stop.set()
        running.join(20)


def last_beat_of(database):
    with database.read() as session:
        return last_beat(session, WORKER)
