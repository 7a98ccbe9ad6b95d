"""The calendar: a month as marks and words, one day with its provenance, and the blank days."""

from datetime import date, timedelta

import pytest

from app import audit
from app.audit import SYSTEM, Subject
from app.diary.calendar import month_of, month_span
from app.diary.holidays import holiday
from app.models.audit import AuditEntry
from app.models.counseling import CounselingSession
from app.models.diary import Dose, DrinkDay, MarkerDay, SubstanceDay
from tests.cast import NOW
from tests.diary.rows import change_person, rows


@pytest.fixture
def long_enrolled(database, cast):
    """ANNA has been in the study for a month, and takes tablets from 18 November on."""
    change_person(
        database,
        cast.anna,
        enrolled_at=NOW - timedelta(days=30),
        first_dose_on=date(2026, 11, 18),
    )


def fill_all_but(anna, *blank):
    for back in range(1, 15):
        day = date(2026, 11, 23) - timedelta(days=back)
        if day not in blank:
            anna.post(f"/day/{day}", {"none": "1", "idem": f"all{back}"})


def test_a_month_shows_each_day_as_a_mark_and_in_words(anna, long_enrolled):
    anna.post("/day/2026-11-20", {"n:beer:500:5": "3", "idem": "a1"})
    anna.post("/day/2026-11-19", {"none": "1", "idem": "a2"})
    page = anna.get("/calendar").text
    for words in (": 3 drinks", ": no alcohol", ": not filled in", "Unity Day", "November"):
        assert words in page
    assert 'href="/calendar/2026-11-23"' in page and 'href="/calendar/2026-11-24"' not in page
    assert page.count('scope="col"') == 7 and page.index(">Mo<") < page.index(">Su<")
    assert '<a href="/calendar" aria-current="page">' in page
    assert "<title>Daybook</title>" in page


def test_a_day_before_the_enrolment_is_not_blank(anna, database, cast):
    change_person(database, cast.anna, first_dose_on=date(2026, 11, 30))
    page = anna.get("/calendar").text
    assert "not filled in" not in page and "is blank" not in page
    assert anna.get("/calendar/blank").headers["location"] == "/calendar"


@pytest.mark.parametrize("days", [None, -7, 0, 1, 2, 3, 10, 14, 15, 40])
def test_what_the_calendar_opens_is_what_can_be_filled_in(anna, database, cast, days):
    """Whenever the first dose was or will be: the back-fill window decides, and nothing else."""
    today = date(2026, 11, 23)
    first = None if days is None else today - timedelta(days=days)
    change_person(database, cast.anna, first_dose_on=first)
    pages = anna.get("/calendar").text + anna.get("/calendar?month=2026-10").text
    for back in range(-2, 16):
        day = today - timedelta(days=back)
        fills = 0 <= back <= 14
        asked = first is not None and first <= day
        shows = fills or (asked and back >= 0)
        assert (f'href="/calendar/{day}"' in pages) == shows, day
        page = anna.get(f"/calendar/{day}")
        assert page.status_code == (200 if shows else 404), day
        assert ("Did you drink any alcohol?" in page.text) == fills, day
        assert ("The tablet of that day" in page.text) == (fills and asked and back > 0), day


def test_the_day_before_a_past_first_dose_is_filled_in_from_the_calendar(anna, database, cast):
    """Enrolled today, first tablet four days ago."""
    first, before = date(2026, 11, 19), date(2026, 11, 18)
    change_person(database, cast.anna, first_dose_on=first)
    assert "4 days are blank" in anna.get("/calendar").text
    assert f'href="/calendar/{before}"' in anna.get("/calendar").text
    page = anna.get(f"/calendar/{before}").text
    for path in (f"/day/{before}", f"/day/{before}/other"):
        assert f'action="{path}"' in page
        body = {"none": "1", "from": "day", "idem": path}
        assert anna.post(path, body).headers["location"] == f"/calendar/{before}"
    assert f'action="/day/{before}/dose"' not in page
    assert "No alcohol" in anna.get(f"/calendar/{before}").text
    assert [row.day for row in rows(database, DrinkDay)] == [before]
    assert [row.day for row in rows(database, SubstanceDay)] == [before]


@pytest.mark.parametrize(
    ("month", "status"),
    [("2026-10", 200), ("2026-12", 200), ("2026-13", 404), ("2026-1", 404), ("1", 404)],
)
def test_a_month_is_named_by_year_and_month(anna, long_enrolled, month, status):
    assert anna.get(f"/calendar?month={month}").status_code == status


def test_the_arrows_reach_from_the_month_of_enrolment_to_the_next_one(anna, long_enrolled):
    now, before, after = (
        anna.get(f"/calendar?month={month}").text for month in ("2026-11", "2026-10", "2026-12")
    )
    assert "month=2026-10" in now and "month=2026-12" in now
    assert "month=2026-09" not in before and "month=2027-01" not in after


def test_months_begin_and_end_where_they_do():
    assert month_span(month_of("2026-02")) == (date(2026, 2, 1), date(2026, 2, 28))
    assert month_span(month_of("2028-02")) == (date(2028, 2, 1), date(2028, 2, 29))
    assert month_span(month_of("2026-12")) == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "region", "name"),
    [
        (date(2026, 11, 26), "us", "Thanksgiving"),
        (date(2026, 11, 19), "us", None),
        (date(2026, 5, 25), "us", "Memorial Day"),
        (date(2026, 5, 18), "us", None),
        (date(2026, 9, 7), "us", "Labor Day"),
        (date(2026, 9, 14), "us", None),
        (date(2026, 5, 9), "ru", "Victory Day"),
        (date(2026, 5, 9), "us", None),
        (date(2026, 12, 31), "ru", "New Year’s Eve"),
    ],
)
def test_holidays_stand_on_their_days(day, region, name):
    assert holiday(day, region) == name


def test_sessions_mark_the_calendar_and_the_next_one_stands_on_today(anna, database, cast):
    with database.write() as session:
        for days, attended in ((2, None), (9, None), (-7, True), (-8, False)):
            at = NOW + timedelta(days=days, hours=1)
            session.add(
                CounselingSession(participant_id=cast.anna, at=at, week=1, attended=attended)
            )
        audit.record(session, SYSTEM, "test.sessions", Subject("participant", 1), now=NOW)
    page = anna.get("/calendar").text
    assert page.count("session at 10:00") == 2  # 16 and 25 November; December is another page
    today = anna.get("/today").text
    assert "Next session" in today and "Wednesday, 25 November, 10:00" in today


def test_today_without_a_planned_session_names_none(anna):
    assert "Next session" not in anna.get("/today").text


def test_a_day_shows_how_and_when_it_was_told(anna, long_enrolled):
    phone = "2026-11-23T08:40:00+03:00"
    anna.post("/day/2026-11-21", {"n:beer:500:5": "1", "client_at": phone, "idem": "a1"})
    page = anna.get("/calendar/2026-11-21").text
    assert "Told later, from memory · saved 23 Nov, 09:00" in page
    assert "by the phone’s clock 23 Nov, 08:40" in page
    anna.post("/day/2026-11-22", {"none": "1", "client_at": "2026-11-23T09:00:30+03:00"})
    page = anna.get("/calendar/2026-11-22").text
    assert "Told on the next day · saved 23 Nov, 09:00" in page and "phone’s clock" not in page


def test_a_day_out_of_the_window_is_read_only(anna, long_enrolled):
    page = anna.get("/calendar/2026-11-08")
    assert page.status_code == 200
    assert "too long ago" in page.text and "This day stayed blank" in page.text
    assert "<form" not in page.text
    for path in ("marker", "forget"):
        assert anna.post(f"/calendar/2026-11-08/{path}", {"text": "x"}).status_code == 404
    assert anna.post("/day/2026-11-08/dose", {"answer": "taken"}).status_code == 404
    assert "<form" in anna.get("/calendar/2026-11-09").text


def test_blank_days_come_newest_first_until_none_is_left(anna, long_enrolled, database):
    fill_all_but(anna, date(2026, 11, 22), date(2026, 11, 20))
    page = anna.get("/calendar").text
    assert "2 days are blank" in page and "Friday 20, Sunday 22" in page
    anna.post("/language", {"lang": "ru"})
    assert "<p>Пятница 20, воскресенье 22. Что тогда было?" in anna.get("/calendar").text
    assert anna.get("/calendar/blank").headers["location"] == "/calendar/2026-11-22?fill=1"
    fill = {"from": "fill"}
    on = "/calendar/2026-11-22?fill=1"
    steps = [
        ("/day/2026-11-22", {"none": "1"}),
        ("/day/2026-11-22/other", {"none": "1"}),
        ("/day/2026-11-22/dose", {"answer": "taken"}),
    ]
    for number, (path, body) in enumerate(steps):
        answer = anna.post(path, {**body, **fill, "idem": f"f{number}"})
        assert answer.headers["location"] == on
    assert anna.get(on).headers["location"] == "/calendar/blank?before=2026-11-22"
    onward = anna.get("/calendar/blank?before=2026-11-22")
    assert onward.headers["location"] == "/calendar/2026-11-20?fill=1"
    last = anna.get("/calendar/blank?before=2026-11-20")
    assert last.headers["location"] == "/calendar"
    (dose,) = rows(database, Dose)
    assert (dose.day, dose.provenance, dose.mg) == (date(2026, 11, 22), "late", None)


def test_a_blank_day_with_drinks_comes_back_to_its_walk(anna, long_enrolled):
    drinks = anna.get("/day/2026-11-20?from=fill")
    assert 'name="from" value="fill"' in drinks.text
    answer = anna.post("/day/2026-11-20", {"n:beer:500:5": "2", "from": "fill", "idem": "a1"})
    assert answer.headers["location"] == "/day/2026-11-20/other?from=fill"
    assert 'name="from" value="fill"' in anna.get(answer.headers["location"]).text
    body = {"substance": "cannabis", "from": "fill", "idem": "a2"}
    answer = anna.post("/day/2026-11-20/other", body)
    assert answer.headers["location"] == "/day/2026-11-20/other/more?from=fill"
    answer = anna.post("/day/2026-11-20/other/more", {"from": "fill", "idem": "a3"})
    assert answer.headers["location"] == "/calendar/2026-11-20?fill=1"


def test_the_tablet_of_a_past_day_is_asked_from_the_first_dose_on(anna, long_enrolled):
    assert "The tablet of that day" in anna.get("/calendar/2026-11-18").text
    assert "The tablet of that day" not in anna.get("/calendar/2026-11-17").text


def test_several_blank_days_are_filled_in_like_one_day(anna, long_enrolled, database):
    body = {"n:beer:500:5": "3", "guess": "1", "last": "22:00", "idem": "a1"}
    anna.post("/day/2026-11-17", body)
    anna.post("/day/2026-11-17/other", {"substance": "cannabis", "idem": "a2"})
    anna.post("/day/2026-11-19", {"none": "1", "idem": "a3"})
    page = anna.get("/calendar/same").text
    assert "Tue 17 Nov: 3 drinks, and something else" in page
    assert " checked" not in page and 'value="2026-11-19"' not in page
    body = {"first": "2026-11-21", "last": "2026-11-18", "like": "2026-11-17", "idem": "s1"}
    assert anna.post("/calendar/same", body).headers["location"] == "/calendar"
    made = [row for row in rows(database, DrinkDay) if row.day.day in (18, 20, 21)]
    assert [row.day.day for row in made] == [18, 20, 21]
    assert [row.grams for row in made] == [pytest.approx(59.175)] * 3
    assert {(row.best_guess, row.provenance, row.last_drink_at) for row in made} == {
        (True, "recalled", None)
    }
    assert [row.items for row in rows(database, SubstanceDay)] == [[{"substance": "cannabis"}]] * 4
    assert anna.post("/calendar/same", body).status_code == 303
    assert len(rows(database, DrinkDay)) == 5


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "Choose the first day."),
        ({"first": "2026-11-18", "last": "2026-11-19"}, "Choose what the days were like."),
        ({"first": "2026-11-18", "last": "2026-11-19", "like": "2026-11-01"}, "Choose one of"),
        ({"first": "2026-11-23", "last": "2026-11-23", "like": "none"}, "None of these days"),
        ({"first": "2026-11-08", "last": "2026-11-08", "like": "none"}, "None of these days"),
        ({"first": "soon", "last": "2026-11-19", "like": "none"}, "Choose a date"),
        ({"first": "2026-11-18", "last": "2026-11-19", "like": "none", "x": "1"}, "no such field"),
    ],
)
def test_days_that_cannot_be_meant_are_asked_again(anna, long_enrolled, database, body, error):
    answer = anna.post("/calendar/same", body | {"idem": "a1"})
    assert answer.status_code == 422 and error in answer.text
    assert rows(database, DrinkDay) == []


def test_an_opioid_on_a_copied_day_leads_to_help_first(anna, long_enrolled):
    anna.post("/day/2026-11-21", {"none": "1", "idem": "a1"})
    anna.post("/day/2026-11-21/other", {"substance": "opioid", "idem": "a2"})
    body = {"first": "2026-11-22", "last": "2026-11-22", "like": "2026-11-21", "idem": "s1"}
    assert anna.post("/calendar/same", body).headers["location"] == "/help/soon"


def test_an_own_event_marks_its_day_and_can_be_taken_off(anna, long_enrolled, database):
    path = "/calendar/2026-11-20"
    answer = anna.post(f"{path}/marker", {"text": " Мамин день рождения 🎂 ", "idem": "m1"})
    assert answer.headers["location"] == path
    anna.post(f"{path}/marker", {"text": "Мамин день рождения 🎂", "idem": "m1"})
    (marker,) = rows(database, MarkerDay)
    assert (marker.text, marker.day) == ("Мамин день рождения 🎂", date(2026, 11, 20))
    assert "Мамин день рождения 🎂" in anna.get("/calendar").text
    assert anna.post("/calendar/2026-11-19/forget", {"marker": marker.id}).status_code == 303
    assert rows(database, MarkerDay)[0].removed_at is None
    anna.post(f"{path}/forget", {"marker": marker.id})
    assert rows(database, MarkerDay)[0].removed_at == NOW
    assert "Мамин" not in anna.get("/calendar").text
    actions = [row.action for row in rows(database, AuditEntry)]
    assert actions.count("marker.add") == actions.count("marker.remove") == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 81, "a\x00b"])
def test_an_event_that_cannot_be_kept_is_refused(anna, long_enrolled, database, text):
    answer = anna.post("/calendar/2026-11-20/marker", {"text": text, "idem": "m1"})
    assert answer.status_code == 422
    assert rows(database, MarkerDay) == []


def test_an_event_of_eighty_characters_is_kept(anna, long_enrolled, database):
    anna.post("/calendar/2026-11-20/marker", {"text": "я" * 80, "idem": "m1"})
    assert rows(database, MarkerDay)[0].text == "я" * 80


def test_nobody_takes_off_what_somebody_else_noted(anna, long_enrolled, database, cast):
    with database.write() as session:
        session.add(
            MarkerDay(
                participant_id=cast.boris, day=date(2026, 11, 20), text="Boris", created_at=NOW
            )
        )
        audit.record(session, SYSTEM, "test.marker", Subject("participant", 2), now=NOW)
    assert "Boris" not in anna.get("/calendar/2026-11-20").text
    anna.post("/calendar/2026-11-20/forget", {"marker": "1"})
    assert rows(database, MarkerDay)[0].removed_at is None
