"""Sessions planned, over HTTP on both databases."""

from datetime import date, timedelta

import pytest

from app import audit
from app.appointments.queries import attendance
from app.audit import SYSTEM, Subject
from app.models.people import Participant
from tests.cast import NOW
from tests.treatment.conftest import AT, MOVE, ONCE, WEEKLY, add_session, plain


def test_a_session_is_planned_on_the_clinics_clock_in_its_study_week(office):
    assert office.plan().status_code == 303
    one = office.one
    assert (one.at, one.minutes, one.place, one.week) == (AT, 50, "clinic", 1)
    assert (one.version, one.state) == (0, "planned")
    (entry,) = office.audited("session.plan")
    assert entry.changes["at"] == [None, AT.isoformat()]
    assert "Wed 25 Nov, 12:00" in office.get().text


def test_a_form_that_is_sent_twice_plans_once(office):
    for _ in range(2):
        assert office.plan(idem="token-1").status_code == 303
    assert office.plan(idem="token-2", day="2026-11-27").status_code == 303
    assert len(office.all) == 2


def test_two_taps_at_once_plan_once(office):
    body = {**WEEKLY, "idem": "token-1"}
    answers = office.browser.post_at_once(office.base, [body, body])
    assert {answer.status_code for answer in answers} == {303}
    assert len(office.all) == 24


def test_every_week_to_the_end_at_the_same_hour_on_the_wall(office, in_zone):
    in_zone("Europe/Berlin")
    office.plan(**WEEKLY, idem="w")
    found = office.all
    assert [one.week for one in found] == list(range(1, 25))
    assert {one.at.hour for one in found if one.at.date() < date(2027, 3, 28)} == {11}
    assert {one.at.hour for one in found if one.at.date() > date(2027, 3, 28)} == {10}
    assert found[-1].at.date() == date(2027, 5, 5)


def test_a_week_that_has_a_session_keeps_it(office):
    office.plan(day="2026-12-03")
    answer = office.plan(**{**WEEKLY, "day": "2026-11-28"})
    assert [one.week for one in office.all] == list(range(1, 25))
    assert [one.week for one in office.all if one.at.weekday() != 5] == [2]
    page = office.browser.get(answer.headers["location"])
    assert "session already: week 2 (Thu 3 Dec). All other weeks are planned." in plain(page)
    office.browser.post("/language", {"lang": "ru"})
    page = office.browser.get(answer.headers["location"])
    assert "неделя 2 (чт 3 дек.)" in plain(page)
    office.browser.post("/language", {"lang": "en"})
    assert "Every week from then on has a session already." in office.plan(**WEEKLY).text


def test_nothing_is_said_to_be_left_out_where_nothing_was(office):
    answer = office.plan(**WEEKLY)
    assert answer.headers["location"] == office.base
    for query in ("?kept=30", "?kept=0&kept=-1"):
        assert "Left out" not in office.get(query).text
    assert office.get("?kept=x").status_code == 404


def test_the_week_of_a_session_that_is_kept_is_that_of_the_clinics_own_day(office, in_zone):
    """Sunday 01:00 in Moscow is a Saturday by the clock of Greenwich."""
    office.plan(day="2026-11-29", time="01:00")
    office.plan(**{**WEEKLY, "day": "2026-11-28"})
    assert [one.at.strftime("%d %b %H") for one in office.all][:3] == [
        "28 Nov 09", "28 Nov 22", "12 Dec 09",
    ]  # fmt: skip


def test_a_day_that_was_agreed_on_is_in_the_form_already(office):
    page = office.get("?day=2026-12-01").text
    assert 'value="2026-12-01"' in page and '<details class="more" open' in page
    assert office.all == [] and '<details class="more" open' not in office.get().text
    assert office.get("?day=2026-02-30").status_code == 404


def test_the_weeks_of_the_plan_end_on_a_day(office):
    assert office.plan(**{**WEEKLY, "day": "2027-05-08"}).status_code == 303
    refused = office.plan(**{**WEEKLY, "day": "2027-05-09"})
    assert refused.status_code == 422 and "The last week ends on 8 May 2027." in refused.text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("day", "2026-11-22", "This day is over."),
        ("day", "2027-11-25", "Choose a day within a year of today."),
        ("day", "2026-02-30", "Choose a date or time that exists."),
        ("day", "", "Choose the day."),
        ("time", "25:00", "Write the time as hours and minutes"),
        ("time", "9:30", "Write the time as hours and minutes"),
        ("minutes", "9", "Must be at least 10."),
        ("minutes", "181", "Must be at most 180."),
        ("place", "pub", "Choose one of the answers shown."),
        ("repeat", "", "Choose one session or one every week."),
    ],
)
def test_what_cannot_be_planned_keeps_what_was_typed(office, field, value, says):
    answer = office.plan(**{"time": "12:34", "minutes": "47", field: value})
    assert answer.status_code == 422 and says in answer.text
    assert office.all == []
    for name, typed in {"time": "12:34", "minutes": "47", field: value}.items():
        if typed and name in ("day", "time", "minutes"):
            assert f'value="{typed}"' in answer.text, name


@pytest.mark.parametrize("day", ["2026-11-23", "2027-11-24"])
def test_today_and_the_last_day_of_the_year_ahead_can_be_planned(office, day):
    assert office.plan(day=day).status_code == 303


@pytest.mark.parametrize(
    ("day", "says"), [("2027-03-28", "skips this time"), ("2027-10-31", "shows this time twice")]
)
def test_an_hour_that_the_clock_skips_or_repeats_is_refused(office, in_zone, day, says):
    in_zone("Europe/Berlin")
    answer = office.plan(day=day, time="02:30")
    assert answer.status_code == 422 and says in answer.text


@pytest.mark.parametrize(("time", "status"), [("14:59", 422), ("15:00", 303)])
def test_the_longest_session_is_in_the_way_to_its_last_minute(office, time, status):
    assert office.plan(minutes="180").status_code == 303
    assert office.plan(time=time).status_code == status


@pytest.mark.parametrize(
    ("time", "status"), [("11:10", 303), ("11:11", 422), ("12:49", 422), ("12:50", 303)]
)
def test_sessions_may_touch_and_never_overlap(office, time, status):
    office.plan()
    answer = office.plan(time=time)
    assert answer.status_code == status
    assert ("There is a session already, 25 Nov, 12:00." in answer.text) == (status == 422)


def test_a_counselor_sees_nobody_else_at_the_same_time(office, database, cast):
    with database.write() as session:
        person = session.get(Participant, cast.boris)
        person.counselor_id = cast.petrova
        session.add(person)
        audit.record(session, SYSTEM, "test.move", Subject("participant", cast.boris), now=NOW)
    add_session(database, cast.boris, AT)
    answer = office.plan()
    assert answer.status_code == 422 and "The counselor sees DB-002 then" in answer.text


def test_a_cancelled_session_is_in_nobodys_way(office):
    office.plan()
    office.step("cancel", asked_by="clinic")
    assert office.plan().status_code == 303


def test_the_summary_counts_what_is_over_and_not_recorded(office, database, cast):
    for days, attended in ((7, True), (14, False), (21, True), (28, None)):
        add_session(database, cast.anna, NOW - timedelta(days=days), attended)
    office.plan()
    with database.read() as session:
        found = attendance(session, cast.anna, NOW)
    assert (found.held, found.not_attended, found.unrecorded, found.planned) == (2, 1, 1, 1)
    for page in (office.get().text, office.browser.get(f"/participants/{office.public}").text):
        assert "Came to 2 of 3 sessions." in page and "1 is over and not recorded yet." in page


def test_who_has_left_gets_no_new_session_and_keeps_the_old(office, leaves):
    office.plan()
    leaves()
    assert office.plan(day="2026-12-02").status_code == 404
    assert office.step("move", **MOVE, asked_by="clinic").status_code == 404
    assert 'id="plan"' not in office.get().text
    assert office.step("cancel", asked_by="clinic").status_code == 303


def test_the_plan_stands_beside_the_sessions(office, database, cast):
    add_session(database, cast.anna, NOW - timedelta(days=3), True)
    office.plan()
    page = office.get().text
    assert page.count('<th scope="row"><b>') == 24
    assert "Before and after the plan" in page and "Fri 20 Nov, 09:00" in page
    assert "Getting started" in page


def test_the_pages_speak_russian(office):
    office.plan()
    office.browser.post("/language", {"lang": "ru"})
    assert "План на 24 недели" in office.get().text
    assert "По чьей просьбе?" in office.get(office.path).text


def test_no_field_takes_what_no_page_has(office):
    assert office.plan(surprise="1").status_code == 422
    office.plan()
    for step in ("move", "cancel", "attendance", "attendance/undo"):
        assert office.step(step, surprise="1").status_code == 422
    assert (
        office.browser.post(office.base, ONCE | {"day": ["2026-11-26", "2026-11-27"]}).status_code
        == 422
    )
