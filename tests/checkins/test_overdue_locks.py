"""Judging what was left unfinished waits for nobody who is waiting for it (PostgreSQL)."""

import pytest
from sqlalchemy import select, update

from app import audit, turns
from app.audit import SYSTEM, Subject
from app.checkins.service import judge_overdue
from app.models.checkin import Checkin
from app.models.diary import Dose
from app.models.people import PARTICIPANT
from tests.diary.rows import rows

_P = PARTICIPANT


@pytest.fixture
def unfinished(database, cast, clock):
    """ANNA's check-in, due now."""
    if database.uses_sqlite:
        pytest.skip("SQLite has one writer")
    row = Checkin(
        participant_id=cast.anna,
        token="t",
        instrument="side_effects",
        version=1,
        language="en",
        started_at=clock(),
        due_at=clock(),
    )
    with database.write() as session:
        session.add(row)
        audit.record(session, SYSTEM, "test.rows", Subject("test", 1), now=clock())


def test_a_check_in_whose_participant_is_sending_is_left_for_the_next_run(
    database, cast, clock, unfinished
):
    with database.open(write=True) as phone:
        turn = select(_P.c.id).where(_P.c.id == cast.anna)
        phone.execute(turn.with_for_update(key_share=True))
        with database.write() as worker:
            judge_overdue(worker, clock())
        assert rows(database, Checkin)[0].due_at is not None
    with database.write() as worker:
        judge_overdue(worker, clock())
    assert rows(database, Checkin)[0].due_at is None


def test_what_refers_to_the_participant_is_written_meanwhile(database, cast, clock, unfinished):
    with database.open(write=True) as worker, database.open(write=True) as other:
        judge_overdue(worker, clock())
        other.add(
            Dose(participant_id=cast.anna, day=clock().date(), taken=True, received_at=clock())
        )
        other.flush()


def test_what_a_phone_finished_just_before_its_turn_is_left_as_it_is(
    database, cast, clock, unfinished, monkeypatch
):
    """Read again in the person's turn: it was overdue when the job looked first."""
    real = turns.of_person_if_free

    def finish_first(session, who):
        with database.write() as phone:
            values = {"due_at": None, "finished_at": clock()}
            phone.execute(update(Checkin).values(**values))
            audit.record(phone, SYSTEM, "test.rows", Subject("test", 1), now=clock())
        return real(session, who)

    monkeypatch.setattr(turns, "of_person_if_free", finish_first)
    with database.write() as worker:
        judge_overdue(worker, clock())
    assert rows(database, Checkin)[0].finished_at == clock()
