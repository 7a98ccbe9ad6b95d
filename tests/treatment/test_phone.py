"""What a participant sees of sessions: the next one, moves, cancellations, nothing of others."""

import re
from datetime import timedelta

import pytest

from tests.cast import NOW
from tests.treatment.conftest import add_session
from tests.worksheets.sheets import copy, sheet


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_today_leads_to_the_next_session(office, anna):
    assert 'href="/session"' not in anna.get("/today").text
    office.plan()
    today = anna.get("/today")
    assert 'href="/session"' in today.text and "Wednesday, 25 November, 12:00" in today.text
    page = text(anna.get("/session"))
    assert "Wednesday, 25 November, 12:00" in page and "50 minutes, at the clinic" in page
    assert "You come to the study clinic." in page


def test_the_page_leads_to_the_clinic_the_calendar_and_the_preparation(office, anna):
    office.plan()
    page = anna.get("/session").text
    assert 'href="tel:88120000002"' in page and 'href="/session.ics"' in page
    way = re.search(r'href="(/worksheets/[^"]+)"', page).group(1)
    assert anna.get(way).status_code == 200


@pytest.mark.parametrize(
    ("held_days_ago", "sent_days_ago", "taken_back", "with_the_counselor"),
    [
        (None, 1, False, True),
        (None, 1, True, False),
        (2, 1, False, True),
        (1, 2, False, False),
    ],
)
def test_today_offers_the_preparation_until_it_is_with_the_counselor(
    office, anna, database, cast, held_days_ago, sent_days_ago, taken_back, with_the_counselor
):
    office.plan()
    if held_days_ago:
        add_session(database, cast.anna, NOW - timedelta(days=held_days_ago), attended=True)
    sent = NOW - timedelta(days=sent_days_ago)
    sheet_id = sheet(database, cast.anna, "before_session", sent)
    back = {"taken_back_at": NOW} if taken_back else {}
    copy(database, cast.anna, sheet_id, {"wish": "To talk"}, sent, shared_at=sent, **back)
    today = anna.get("/today").text
    assert ("Your counselor has it." in today) is with_the_counselor
    assert ("Prepare the session" in today) is not with_the_counselor


def test_both_clocks_are_named_where_they_differ(office, anna, in_zone, database, cast):
    from app import audit
    from app.audit import SYSTEM, Subject
    from app.models.people import Participant

    office.plan()
    with database.write() as session:
        person = session.get(Participant, cast.anna)
        person.timezone = "Asia/Vladivostok"
        session.add(person)
        audit.record(session, SYSTEM, "test.zone", Subject("participant", cast.anna), now=NOW)
    page = anna.get("/session").text
    assert "25 November, 12:00, clinic time" in page and "calls by yours, Vladivostok" in page
    assert "25 Nov, 19:00 (Vladivostok)" in office.get(office.path).text


def test_a_move_is_said(office, anna):
    office.plan()
    moved = {"day": "2026-11-26", "time": "15:30", "minutes": "30", "place": "phone"}
    office.step("move", **moved, asked_by="clinic")
    page = text(anna.get("/session"))
    assert "Moved to this day and time." in page and "Thursday, 26 November, 15:30" in page
    assert "Before, it was planned for Wednesday, 25 November, 12:00." in page
    assert "We call you." in page
    assert "26 November, 15:30 · moved to this time" in text(anna.get("/today"))


def test_the_time_before_the_last_move_is_said_and_none_where_the_place_alone_changed(office, anna):
    office.plan()
    where = {"minutes": "50", "place": "phone", "asked_by": "clinic"}
    office.step("move", day="2026-11-25", time="12:00", **where)
    page = text(anna.get("/session"))
    assert "The place or the length has changed." in page and "Before, it was" not in page
    office.step("move", day="2026-11-26", time="15:30", **where)
    office.step("move", day="2026-11-27", time="10:00", **where)
    anna.post("/language", {"lang": "ru"})
    assert "Прежнее время: четверг, 26 ноября, 15:30." in text(anna.get("/session"))


def test_a_cancelled_session_is_not_prepared_for(office, anna):
    office.plan()
    assert "Prepare the session" in anna.get("/today").text
    office.step("cancel", asked_by="clinic")
    today = text(anna.get("/today"))
    assert "25 November, 12:00 · cancelled" in today
    assert "Prepare the session" not in today and "Your preparation" not in today


def test_a_cancellation_is_said_until_its_day_is_over(office, anna, clock, database, cast):
    office.plan()
    office.plan(day="2026-12-02")
    first = office.all[0]
    office.post(f"/{first.public_id}/cancel", {"asked_by": "clinic", "version": "0"})
    page = text(anna.get("/session"))
    assert "Wednesday, 2 December, 12:00" in page
    assert "Cancelled Wednesday, 25 November, 12:00" in page
    assert "25 November, 12:00 · cancelled" in text(anna.get("/today"))


def test_sessions_that_are_over_or_on_record_are_not_next(office, anna, database, cast):
    add_session(database, cast.anna, NOW.replace(hour=1), True)
    add_session(database, cast.anna, NOW.replace(day=20))
    page = anna.get("/session").text
    assert "No session is planned" in page
    assert 'href="/session"' not in anna.get("/today").text
    assert anna.get("/session.ics").status_code == 404


def test_nobody_sees_the_sessions_of_others(anna, database, cast):
    add_session(database, cast.boris, NOW.replace(day=25))
    assert "No session is planned" in anna.get("/session").text


def test_a_cancelled_session_marks_no_day_of_the_calendar(office, anna):
    office.plan(day=str(NOW.date()), time="09:30")
    assert "session at 09:30" in anna.get("/calendar").text.lower()
    office.step("cancel", asked_by="clinic")
    assert "session at 09:30" not in anna.get("/calendar").text.lower()


def test_the_page_speaks_russian_and_its_title_stays_neutral(office, anna):
    office.plan()
    anna.post("/language", {"lang": "ru"})
    page = anna.get("/session").text
    assert "Среда, 25 ноября, 12:00" in page and "Добавить в календарь" in page
    assert "<title>Daybook, 23 нояб.</title>" in page
