"""A check-in that was left unfinished: its day keeps what was told of it, and no more."""

from datetime import timedelta

import pytest

from app.checkins.service import judge_overdue
from app.models.checkin import Checkin, CheckinJudgement, CheckinPage
from tests.cast import NOW, participant_session
from tests.diary.rows import rows

NEW = "/today/check/new"
NONE = {"method": "page_none"}
NAUSEA = {"nausea": "2", "method": "each"}


@pytest.fixture
def phone(browser, database, cast, clock):
    """ANNA's phone, unlocked, so many hours and minutes later."""

    def later(**how_long):
        with database.write() as session:
            judge_overdue(session, clock.forward(**how_long))
        return browser.signed_in(participant_session(database, cast.anna, clock()))

    return later


@pytest.fixture
def left(anna, database):
    """Its first page is answered at NOW, 9 in the morning in Moscow; returns its address."""
    return anna.post(f"{NEW}/1", NAUSEA | {"idem": "p1"}).headers["location"].rsplit("/", 1)[0]


def pages(database):
    return [(row.checkin_id, row.page, row.revision) for row in rows(database, CheckinPage)]


def test_a_page_of_a_later_day_begins_another_check_in(left, phone, database):
    later = phone(days=1)
    answer = later.post(f"{left}/2", NONE | {"idem": "p2"})
    old, new = rows(database, Checkin)
    assert (old.started_at, old.finished_at, old.due_at) == (NOW, None, None)
    assert new.started_at == NOW + timedelta(days=1)
    assert answer.headers["location"].startswith(f"/today/check/{new.public_id}/")
    assert pages(database) == [(old.id, "p1", 1), (new.id, "p2", 1)]
    later.post(f"{left}/3", NONE | {"idem": "p3"})
    assert pages(database)[-1] == (new.id, "p3", 1), "the old address leads to the new one"
    judged = [(row.checkin_id, row.ratings) for row in rows(database, CheckinJudgement)]
    assert judged == [(old.id, {"nausea": 2})]


def test_it_is_shown_as_unfinished_and_is_not_saved_any_more(left, phone, database):
    later = phone(days=1)
    page = later.get(left)
    assert page.status_code == 200 and "Not finished. What you answered is saved." in page.text
    assert f'href="{left}/1"' in page.text and f'href="{left}/2"' not in page.text
    assert f'action="{left}/save"' not in page.text and "Nausea" in page.text
    assert later.get(f"{left}/2").headers["location"] == left
    assert later.post(f"{left}/save", {"idem": "s"}).headers["location"] == left
    assert rows(database, Checkin)[0].finished_at is None


def test_an_answer_of_an_earlier_day_can_be_corrected_and_is_judged_at_once(left, phone, database):
    later = phone(days=1)
    later.post(f"{left}/1", {"nausea": "3", "method": "each", "idem": "c1"})
    (checkin,) = rows(database, Checkin)
    assert pages(database)[-1] == (checkin.id, "p1", 2)
    assert (checkin.finished_at, checkin.due_at) == (None, None)
    assert [row.ratings["nausea"] for row in rows(database, CheckinJudgement)] == [2, 3]
    later.post(f"{NEW}/2", NONE | {"idem": "p2"})
    assert len(rows(database, Checkin)) == 2, "a correction does not begin it again"


# 09:00 in Moscow: the day ends after 15 hours.
@pytest.mark.parametrize(("minutes", "checkins"), [(14 * 60 + 59, 1), (15 * 60, 2)])
def test_the_same_local_day_still_takes_its_pages(left, phone, database, minutes, checkins):
    later = phone(minutes=minutes)
    later.post(f"{left}/2", NONE | {"idem": "p2"})
    assert len(rows(database, Checkin)) == checkins


def test_answering_goes_on_over_midnight(anna, browser, database, cast, clock):
    clock.forward(hours=14, minutes=55)
    phone = browser.signed_in(participant_session(database, cast.anna, clock()))
    path = phone.post(f"{NEW}/1", NAUSEA | {"idem": "p1"}).headers["location"].rsplit("/", 1)[0]
    clock.forward(minutes=9)
    phone = browser.signed_in(participant_session(database, cast.anna, clock()))
    phone.post(f"{path}/2", NONE | {"idem": "p2"})
    assert len(rows(database, Checkin)) == 1


def test_a_danger_sign_of_a_later_day_is_judged_on_that_day(left, phone, database):
    body = {"signs": "seizure", "method": "each", "idem": "a1"}
    answer = phone(days=1).post(f"{left}/6", body)
    assert answer.headers["location"] == "/help/now"
    judged = rows(database, CheckinJudgement)[-1]
    assert judged.signs == ["seizure"] and "nausea" not in judged.ratings
    assert judged.checkin_id == rows(database, Checkin)[-1].id


def test_a_page_that_a_finished_check_in_left_out_is_of_its_own_day_too(
    left, anna, phone, database
):
    anna.post(f"{left}/save", {"idem": "s1"})
    later = phone(days=1)
    assert f'href="{left}/2"' not in later.get(left).text
    later.post(f"{left}/2", NONE | {"idem": "p2"})
    assert len(rows(database, Checkin)) == 2
