"""The local day decides: travel, and days of 23 and 25 hours."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.diary.days import Window, day_meant, provenance_of
from app.models.diary import Dose, DrinkDay
from app.sent.closing import is_closed
from tests.cast import NOW, participant_session
from tests.diary.rows import change_person, rows

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
# Clocks go forward on 29 March 2026 and back on 25 October 2026, at 01:00 UTC.
SHORT, LONG = date(2026, 3, 29), date(2026, 10, 25)


def hours(zone: str, day: date) -> int:
    """How many full hours of a UTC clock fall on a local day."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    return sum(
        day_meant(None, None, start + timedelta(hours=hour), zone) == day for hour in range(72)
    )


@pytest.mark.parametrize(("day", "length"), [(SHORT, 23), (LONG, 25), (date(2026, 5, 1), 24)])
def test_a_day_is_as_long_as_its_clock_says(day, length):
    assert hours(BERLIN, day) == length


@pytest.mark.parametrize(
    ("now", "told", "closed"),
    [
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "late", False),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), "recalled", True),
    ],
)
def test_the_day_after_ends_at_local_midnight_however_long_it_was(now, told, closed):
    before = LONG - timedelta(days=1)
    assert provenance_of(before, now, BERLIN) == told
    assert is_closed(before, now, BERLIN) is closed


@pytest.mark.parametrize("day", [SHORT, LONG])
def test_the_window_counts_dates_and_not_hours(day):
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    window = Window.at(noon, BERLIN, 14)
    assert (window.today, window.first) == (day, day - timedelta(days=14))


def test_an_answer_given_before_midnight_on_the_phone_stays_with_its_evening():
    received = datetime(2026, 11, 23, 5, 10, tzinfo=UTC)
    tapped = datetime.fromisoformat("2026-11-22T23:50:00-05:00")
    assert day_meant(None, tapped, received, NEW_YORK) == date(2026, 11, 22)
    assert day_meant(None, None, received, NEW_YORK) == date(2026, 11, 23)


def test_after_a_move_to_another_zone_the_new_wall_clock_names_the_day(
    anna, browser, database, cast, clock
):
    """09:00 in Moscow on 23 November is 01:00 in New York: still the same date, a day younger."""
    anna.post("/today/dose", {"answer": "taken", "idem": "t1"})
    change_person(database, cast.anna, timezone=NEW_YORK)
    clock.now = NOW - timedelta(hours=2)  # 23:00 of 22 November in New York
    there = browser.signed_in(participant_session(database, cast.anna, clock()))
    assert "Sunday, 22 November" in there.get("/today").text
    there.post("/today/dose", {"answer": "taken", "idem": "t2"})
    assert [dose.day.day for dose in rows(database, Dose)] == [23, 22]
    assert there.get("/day/2026-11-23").status_code == 404
    there.post("/day/2026-11-22", {"none": "1", "idem": "d1"})
    assert rows(database, DrinkDay)[0].provenance == "same_day"
