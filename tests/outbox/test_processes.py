"""Real worker processes on one database: two at once, one killed, one told to stop."""

import signal
from collections import Counter

import pytest

from app.clock import utc_now
from app.outbox.service import enqueue
from tests.outbox.process import worker_process
from tests.outbox.rows import attempts, message
from tests.smtp import wait_until


def fill(database, count):
    with database.write() as session:
        return [
            enqueue(session, f"m{n}", "test", f"p{n}@clinic.test", "Alert", "T.", "", utc_now())
            for n in range(count)
        ]


def test_two_live_workers_never_send_the_same_mail_twice(database, box):
    ids = fill(database, 40)
    with (
        worker_process(database, box.url, lease=30, deadline=10),
        worker_process(database, box.url, lease=30, deadline=10),
    ):
        wait_until(lambda: all(message(database, n).status == "sent" for n in ids))
    assert Counter(box.recipients()) == {f"p{n}@clinic.test": 1 for n in range(40)}
    assert all(len(attempts(database, n)) == 1 for n in ids)


def test_a_worker_killed_between_claim_and_answer_loses_nothing(database, box):
    [number] = fill(database, 1)
    box.delay = 30
    with worker_process(database, box.url, lease=6, deadline=5) as killed:
        assert box.arrived.wait(60)
        killed.kill()
        killed.wait()
    box.delay = 0
    left = message(database, number)
    assert (left.status, left.attempts) == ("waiting", 1)
    assert attempts(database, number)[0].outcome is None
    with worker_process(database, box.url, lease=30, deadline=10):
        wait_until(lambda: message(database, number).status == "sent")
    assert box.recipients() == ["p0@clinic.test"]
    assert [row.outcome for row in attempts(database, number)] == [None, "sent"]


def test_a_worker_that_is_told_to_stop_finishes_what_it_sends(database, box):
    [number] = fill(database, 1)
    box.delay = 1
    with worker_process(database, box.url, lease=30, deadline=10) as stopped:
        assert box.arrived.wait(60)
        stopped.send_signal(signal.SIGTERM)
        assert stopped.wait(60) == 0
    assert message(database, number).status == "sent"


@pytest.mark.req("L2")
def test_two_workers_killed_again_and_again_lose_nothing(database, box):
    """Copies may go out twice where the kill came before the answer was on record."""
    ids = fill(database, 30)
    box.delay = 0.05
    for _ in range(3):
        with (
            worker_process(database, box.url, lease=6, deadline=5),
            worker_process(database, box.url, lease=6, deadline=5),
        ):
            box.arrived.clear()
            assert box.arrived.wait(60) or all(message(database, n).status == "sent" for n in ids)
    with worker_process(database, box.url, lease=6, deadline=5):
        wait_until(lambda: all(message(database, n).status == "sent" for n in ids))
    assert set(box.recipients()) == {f"p{n}@clinic.test" for n in range(30)}
    copies = {mail["Message-ID"] for _, mail in box.mails}
    assert len(copies) == 30
