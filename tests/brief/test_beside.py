"""What stands beside a day's entries: a phone's wrong clock, late reasons, all of the mood."""

from datetime import timedelta

import pytest

from app.models.diary import DrinkDay, Submission
from app.models.people import Participant
from tests.cast import NOW, participant_session
from tests.diary.rows import rows

DAY = "2026-11-22"


@pytest.fixture
def day_page(petrova, database, cast):
    with database.read() as session:
        public_id = session.get(Participant, cast.anna).public_id
    return lambda day=DAY: petrova.get(f"/participants/{public_id}/day/{day}").text


@pytest.mark.parametrize(
    ("off", "says"),
    [
        (timedelta(minutes=10), None),
        (timedelta(minutes=11), "11 minutes ahead"),
        (timedelta(minutes=-10), None),
        (timedelta(hours=-2), "120 minutes behind"),
    ],
)
def test_a_clock_that_is_more_than_ten_minutes_off_is_marked_and_alters_nothing(
    anna, database, day_page, off, says
):
    sent = {"n:beer:500:5": "2", "idem": "d1", "client_at": (NOW + off).isoformat()}
    anna.post(f"/day/{DAY}", sent)
    assert rows(database, Submission)[0].skew_seconds == off.total_seconds()
    (entry,) = rows(database, DrinkDay)
    assert (entry.received_at, entry.client_at) == (NOW, NOW + off)
    page = day_page()
    assert (says in page) if says else ("clock was" not in page)


def test_every_answer_about_mood_is_there_for_the_counselor(anna, day_page):
    mood = {"low_mood": "2", "hopelessness": "3", "self_harm_thoughts": "0", "method": "each"}
    anna.post("/today/week", mood | {"own_words": "A long week", "idem": "w1"})
    page = day_page("2026-11-23")
    assert "A low or heavy mood: 2" in page and "A long week" in page
    assert "A low or heavy mood: 2" in anna.get("/me/days").text


def test_the_reason_of_a_late_change_is_shown(anna, browser, database, cast, clock, petrova):
    anna.post(f"/day/{DAY}", {"n:beer:500:5": "2", "idem": "d1"})
    clock.forward(days=3)
    later = browser.signed_in(participant_session(database, cast.anna, clock()))
    later.post(f"/day/{DAY}", {"n:beer:500:5": "4", "why": "remembered", "idem": "d2"})
    with database.read() as session:
        public_id = session.get(Participant, cast.anna).public_id
    from tests.cast import staff_session

    counselor = browser.signed_in(staff_session(database, cast.petrova, clock()))
    page = counselor.get(f"/participants/{public_id}/day/{DAY}").text
    assert "Changed after the day had closed: remembered more." in page
