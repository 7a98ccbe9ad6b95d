"""Hours without a mail server, and a database that is held while an answer comes back."""

import asyncio
import threading
from time import sleep

import pytest
from sqlalchemy import update

from app.models.outbox import Message
from tests.faults import outage
from tests.faults.outage import CLOSED, run_all
from tests.outbox.rows import attempts, message
from tests.smtp import bad_server, drip, hang_up


@pytest.fixture
def loop():
    with asyncio.Runner() as found:
        yield found


@pytest.mark.req("L2")
def test_a_minute_after_two_hours_without_a_server_all_mail_is_out(database):
    done = outage.run(database, 3, steps=20)
    assert done.faults == []


def test_one_mail_that_waited_for_a_server_goes_out_within_a_minute(
    put, clock, worker_to, box, database, loop
):
    number = put("one")
    worker = worker_to(CLOSED)
    for _ in range(60):
        run_all(worker, loop)
        clock.forward(seconds=30)
    worker = worker_to(box.url)
    clock.forward(seconds=30)
    run_all(worker, loop)
    assert message(database, number).status == "sent"
    assert {row.outcome for row in attempts(database, number)} == {"unreachable", "sent"}


def test_a_mail_that_the_server_put_off_is_not_hurried_by_others(
    put, clock, worker_to, box, database, loop
):
    slow, quick = put("slow", "slow@clinic.test"), put("quick", "quick@clinic.test")
    with database.write() as session:
        table = Message.__table__  # type: ignore[attr-defined]
        later = clock.forward(seconds=0)
        session.execute(update(table).where(table.c.id == quick).values(due_at=later))
    box.answer = lambda to: "451 wait" if to.startswith("slow") else "250 kept"
    run_all(worker_to(box.url), loop)
    assert message(database, quick).status == "sent"
    assert (message(database, slow).due_at - clock()).total_seconds() >= 30
    assert [row.outcome for row in attempts(database, slow)] == ["later"]


def test_only_a_server_that_never_answered_was_unreachable(put, worker_to, box, database, loop):
    numbers = []
    for temper in (hang_up, drip):
        numbers.append(put(temper.__name__))
        with bad_server(temper) as url:
            run_all(worker_to(url), loop)
    box.delay = 3
    numbers.append(put("slow"))
    run_all(worker_to(box.url), loop)
    found = [attempts(database, number)[0].outcome for number in numbers]
    assert found == ["unreachable", "unreachable", "later"]


def test_an_accepted_mail_is_on_record_although_the_database_was_held(
    put, worker_to, box, database, loop
):
    number, threads = put("one"), []

    def hold(taken):
        with database.open(write=True) as session:
            session.connection()
            session.execute(update(Message).values(kind="test"))
            taken.set()
            sleep(3.5)  # longer than a write waits
            session.rollback()

    def accept_and_hold(_recipient):
        taken = threading.Event()
        threads.append(threading.Thread(target=hold, args=(taken,)))
        threads[0].start()
        taken.wait(5)
        return "250 kept"

    box.answer = accept_and_hold
    run_all(worker_to(box.url), loop)
    threads[0].join()
    assert message(database, number).status == "sent"
    assert box.recipients() == ["orlova@clinic.test"]
