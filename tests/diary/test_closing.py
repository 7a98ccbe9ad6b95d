"""A change after the day has closed asks why; nothing else does."""

from urllib.parse import urlencode

import pytest

from app.models.audit import AuditEntry
from app.models.diary import Dose, DrinkDay, SubstanceDay
from tests.cast import participant_session
from tests.diary.rows import rows

ASKED = "Why does this change?"
BEER = {"n:beer:500:5": "2"}
DAY = "/day/2026-11-22"


@pytest.fixture
def later(browser, database, cast, clock):
    """ANNA's phone after so many days."""

    def phone(**how_long):
        clock.forward(**how_long)
        return browser.signed_in(participant_session(database, cast.anna, clock()))

    return phone


@pytest.mark.parametrize(("hours", "asked"), [(14, False), (15, True)])
def test_a_day_closes_at_the_end_of_the_next_one(anna, later, hours, asked):
    """Yesterday is 22 November; at 00:00 in Moscow, 15 hours on, 24 November begins."""
    anna.post(DAY, BEER | {"idem": "d1"})
    phone = later(hours=hours)
    assert (ASKED in phone.get(DAY).text) is asked
    assert phone.post(DAY, {"n:beer:500:5": "3", "idem": "d2"}).status_code == (
        422 if asked else 303
    )


@pytest.mark.req("R5")
def test_the_reason_is_kept_with_the_new_entry_and_in_the_trail(anna, later, database):
    anna.post(DAY, BEER | {"idem": "d1"})
    phone = later(days=3)
    shown = phone.post(DAY, {"n:beer:500:5": "3", "idem": "d2"})
    assert 'value="3"' in shown.text and "checked" not in shown.text
    sent = phone.post(DAY, {"n:beer:500:5": "3", "why": "remembered", "idem": "d3"})
    assert sent.status_code == 303
    first, second = rows(database, DrinkDay)
    assert (first.change_reason, second.change_reason) == (None, "remembered")
    [told] = [one for one in rows(database, AuditEntry) if one.reason]
    assert told.reason == "remembered"
    assert "I remembered more" in phone.get("/me/changes").text


def test_a_day_filled_in_late_is_finished_without_reasons(anna, later, database):
    phone = later(days=4)
    assert ASKED not in phone.get(DAY).text
    phone.post(DAY, BEER | {"idem": "d1"})
    phone.post(f"{DAY}/other", {"substance": "cannabis", "idem": "d2"})
    assert phone.post(f"{DAY}/other/more", {"note-cannabis": "a little"}).status_code == 303
    assert [row.change_reason for row in rows(database, SubstanceDay)] == [None, None]
    assert ASKED in later(days=1).get(DAY).text


def test_other_substances_and_the_tablet_ask_the_same(anna, later, database):
    anna.post(f"{DAY}/other", {"none": "1", "idem": "o1"})
    anna.post(f"{DAY}/dose", {"answer": "taken", "idem": "t1"})
    phone = later(days=3)
    assert ASKED in phone.get(f"{DAY}/other").text
    assert phone.get(f"{DAY}/dose").text.count(ASKED) == 2
    change = {"substance": "cannabis"}
    assert phone.post(f"{DAY}/other", change | {"idem": "o2"}).status_code == 422
    assert phone.post(f"{DAY}/other", change | {"why": "other", "idem": "o3"}).status_code == 303
    assert phone.post(f"{DAY}/dose", {"answer": "not_taken", "idem": "t2"}).status_code == 422
    done = phone.post(f"{DAY}/dose", {"answer": "not_taken", "why": "slip", "idem": "t3"})
    assert done.status_code == 303
    assert [row.change_reason for row in rows(database, SubstanceDay)] == [None, "other"]
    assert [row.change_reason for row in rows(database, Dose)] == [None, "slip"]


@pytest.mark.parametrize(
    "why", [[("why", "because")], [("why", "slip"), ("why", "other")], [("why", "")]]
)
def test_a_reason_that_is_not_offered_is_refused(anna, later, database, why):
    anna.post(DAY, BEER | {"idem": "d1"})
    body = urlencode([("n:beer:500:5", "3"), *why])
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = later(days=3).post(DAY, None, content=body, headers=form)
    assert sent.status_code == 422
    assert len(rows(database, DrinkDay)) == 1
