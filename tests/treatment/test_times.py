"""A wall clock that skips or repeats an hour makes no appointment."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.appointments.times import ClockChange, moment_at, weekly

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


@pytest.mark.parametrize(
    ("day", "clock", "twice"),
    [(SPRING, time(2), False), (SPRING, time(2, 59), False), (AUTUMN, time(2), True)],
)
def test_a_time_that_is_skipped_or_shown_twice_is_refused(day, clock, twice):
    with pytest.raises(ClockChange) as refused:
        moment_at(day, clock, "Europe/Berlin")
    assert (refused.value.day, refused.value.twice) == (day, twice)


@pytest.mark.parametrize(
    ("day", "clock", "hour"),
    [(SPRING, time(1, 59), 0), (SPRING, time(3), 1), (AUTUMN, time(1), 23), (AUTUMN, time(3), 2)],
)
def test_the_times_beside_a_clock_change_are_what_they_are(day, clock, hour):
    found = moment_at(day, clock, "Europe/Berlin")
    assert found.tzinfo is UTC and found.hour == hour


def test_the_same_hour_on_the_wall_is_another_in_summer():
    winter, summer = (
        moment_at(day, time(10), "Europe/Berlin") for day in (SPRING - timedelta(1), SPRING)
    )
    assert (winter, summer) == (
        datetime(2027, 3, 27, 9, tzinfo=UTC),
        datetime(2027, 3, 28, 8, tzinfo=UTC),
    )


def test_a_week_apart_until_the_last_day_and_not_beyond():
    first = date(2026, 11, 25)
    assert weekly(first, first) == [first]
    assert weekly(first, first + timedelta(days=6)) == [first]
    assert weekly(first, first + timedelta(days=7)) == [first, first + timedelta(days=7)]
    assert weekly(first, first - timedelta(days=1)) == []
