"""A physician's hold covers its days, whenever somebody tells about them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app import audit
from app.audit import SYSTEM, Actor, Subject
from app.diary.service import About, is_held, record_dose
from app.models.diary import Dose
from app.models.people import Hold
from tests.cast import NOW
from tests.diary.rows import rows

FROM = date(2026, 11, 18)


@pytest.fixture
def held(database, cast):
    """A hold of ANNA's from Wednesday on, lifted at ``moment``."""

    def write(moment, until=None):
        values = {"set_by": cast.ivanova, "set_at": NOW - timedelta(days=5), "lifted_at": moment}
        with database.write() as session:
            session.add(
                Hold(participant_id=cast.anna, from_day=FROM, until_day=until, reason="x", **values)
            )
            session.flush()
            audit.record(session, SYSTEM, "test.hold", Subject("hold", 1), now=NOW)

    return write


def covered(database, who):
    """The days of November that a hold covers."""
    with database.read() as session:
        return [n for n in range(16, 26) if is_held(session, who, date(2026, 11, n))]


def test_a_lifted_hold_covers_its_days_before_the_one_on_which_it_was_lifted(database, cast, held):
    held(datetime(2026, 11, 20, 20, 59, tzinfo=UTC))  # 23:59 of Friday in Moscow
    assert covered(database, cast.anna) == [18, 19]
    assert covered(database, cast.boris) == []


def test_the_day_on_which_a_hold_is_lifted_is_the_participants_own(database, cast, held):
    held(datetime(2026, 11, 20, 21, 0, tzinfo=UTC))  # midnight in Moscow: Saturday
    assert covered(database, cast.anna) == [18, 19, 20]


def test_a_hold_that_ran_out_before_it_was_lifted_covers_no_further_day(database, cast, held):
    held(datetime(2026, 11, 22, 12, tzinfo=UTC), until=date(2026, 11, 19))
    assert covered(database, cast.anna) == [18, 19]


def test_days_without_a_tablet_told_after_the_hold_was_lifted_were_on_advice(database, cast, held):
    held(NOW - timedelta(hours=1))
    participant = Actor("participant:1", "participant")
    with database.write() as session:
        for day in (FROM - timedelta(days=1), FROM):
            about = About(cast.anna, "Europe/Moscow", day, participant, NOW)
            record_dose(session, about, taken=False)
    assert [dose.hold for dose in rows(database, Dose)] == [False, True]
