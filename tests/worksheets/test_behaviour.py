"""How worksheets behave where a small slip would pass unseen: pages, moments, order, figures."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.clock import local_day
from app.i18n import translator
from app.instruments.vocabulary import SYMPTOMS
from app.models.people import Participant
from app.models.worksheets import Assignment, Worksheet, WorksheetCopy, WorksheetDraft
from app.timeline.events import Checkin
from app.timeline.known import Participant as Known
from app.timeline.timeline import Timeline
from app.worksheets.chart import rulers_chart
from app.worksheets.figures import figures_at, since
from app.worksheets.shared import RulerPoint, homework, read_sheets
from app.worksheets.staff_queries import lines
from tests.browser import hidden
from tests.cast import NOW, participant_session
from tests.diary.rows import change_person, rows
from tests.worksheets.sheets import HOUR, assign, copy, shared, sheet
from tests.worksheets.test_pages import begin, drafts, fill, finished
from tests.worksheets.test_staff_pages import public

ALL_TOLD = "7 of 7 days told"
EN = translator("en")


def last_moments(database):
    with database.read() as session:
        found = session.get_one(WorksheetDraft, 1)
        return found.page, found.saved_at


def tell_last_week(phone):
    for day in range(16, 23):
        answer = phone.post(f"/day/2026-11-{day}", {"none": "1", "idem": f"day-{day}"})
        assert answer.status_code == 303, answer.text


def test_a_page_takes_its_own_fields_alone(anna, database):
    path = begin(anna, "change_plan")
    for form in ({"change": "x", "reasons.0": "y"}, {"steps.0.step": "y"}, {"other": "y"}):
        for page in (f"{path}/1", f"{path}/1/draft"):
            assert anna.post(page, form).status_code == 422
    assert drafts(database) == [{}]


@pytest.mark.parametrize("button", ["another", "empty", "stop"])
def test_a_button_says_nothing_but_that_it_was_pressed(anna, database, button):
    path = begin(anna, "change_plan")
    for sent in ("2", "", ["1", "1"]):
        assert anna.post(f"{path}/1", {"change": "x", button: sent}).status_code == 422
    assert drafts(database) == [{}]
    assert anna.post(f"{path}/1", {"change": "x", button: "1"}).status_code == 303


def test_a_draft_knows_where_and_when_it_was_saved_last(anna, database, clock):
    path = begin(anna, "change_plan")
    assert last_moments(database) == (0, NOW)
    for page in ("4", "2"):
        clock.forward(minutes=1)
        fill(anna, path, page)
        assert last_moments(database) == (int(page), clock())
    listed = anna.get("/worksheets").text
    assert f'href="{path}/2"' in listed and "Saved 23 Nov, 09:02" in listed


def test_a_sheet_that_is_finished_again_has_the_later_moment(anna, database, clock):
    path = finished(anna)
    clock.forward(minutes=1)
    fill(anna, path, 1, change="Something else")
    anna.post(f"{path}/finish")
    (row,) = rows(database, Worksheet)
    assert row.finished_at == clock() == NOW + timedelta(minutes=1)


def test_sharing_what_is_shared_keeps_its_first_moment(anna, database, clock):
    path = finished(anna)
    form = {"copy": hidden(anna.get(path), "copy")}
    for _ in range(2):
        assert anna.post(f"{path}/share", form).status_code == 303
        clock.forward(minutes=1)
    (stored,) = rows(database, WorksheetCopy)
    assert stored.shared_at == NOW


def test_a_finished_sheet_and_its_earlier_version_keep_the_figures_of_their_day(
    anna, database, cast, clock
):
    path = begin(anna, "personal_feedback")
    anna.post(f"{path}/finish")
    clock.forward(minutes=1)
    tell_last_week(anna)
    assert ALL_TOLD not in anna.get(path).text and ALL_TOLD not in anna.get(f"{path}/1").text
    fill(anna, path, 2, reaction="More than I thought")
    assert anna.get(path).text.count(ALL_TOLD) == 2  # the draft of now, not the version below
    clock.forward(minutes=1)
    anna.post(f"{path}/finish")
    clock.forward(days=30)
    later = anna.signed_in(participant_session(database, cast.anna, clock()))
    assert later.get(path).text.count(ALL_TOLD) == 2


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Europe/Moscow", "Pacific/Honolulu"])
@pytest.mark.parametrize("hour", [0, 9, 10, 23])
def test_all_seven_days_are_read_wherever_the_participant_lives(zone, hour):
    moment = datetime(2026, 11, 23, hour, 59, tzinfo=UTC)
    assert since(moment) <= local_day(moment, zone) - timedelta(days=7)


def test_the_page_counts_all_seven_days_of_the_diary(anna, database):
    tell_last_week(anna)
    assert ALL_TOLD in anna.get(f"{begin(anna, 'personal_feedback')}/1").text


def test_a_sheet_names_the_five_most_frequent_side_effects():
    at = [NOW - timedelta(days=n) for n in range(1, 7)]
    checkins = tuple(
        Checkin(
            id=f"c{n}",
            received_at=moment,
            at=moment,
            instrument="any",
            ratings={item: 1.0 for item in SYMPTOMS[n:8]},
            signs=(),
        )
        for n, moment in enumerate(at)
    )
    timeline = Timeline(Known("DB-001", "Europe/Moscow", "male"), checkins)
    found = figures_at(timeline.known_at(NOW), NOW, EN)["symptoms"]
    days = [int(re.search(r"on (\d)", line)[1]) for line in found.lines]
    assert days == [6, 6, 6, 5, 4]


def test_the_last_of_several_rulers_of_a_day_stands_in_the_chart():
    morning, noon = RulerPoint(NOW, 2, None, None), RulerPoint(NOW + HOUR, 9, None, None)

    def dots(*points):
        drawn = str(rulers_chart(points, EN, "Europe/Moscow"))
        return re.findall(r'<path[^>]*class="c-dose"[^>]*>', drawn)

    assert dots(morning, noon) == dots(noon) != dots(morning)
    assert len(dots(morning, noon)) == 1


def test_who_left_the_study_keeps_a_request_that_was_not_withdrawn_before(petrova, database, cast):
    task = assign(database, cast.anna, cast.petrova)
    change_person(database, cast.anna, status="withdrawn")
    path = f"/participants/{public(database, Participant, cast.anna)}/worksheets/withdraw"
    answer = petrova.post(path, {"assignment": public(database, Assignment, task)})
    assert answer.status_code == 404
    assert rows(database, Assignment)[0].withdrawn_at is None


def test_the_list_has_the_unread_first_then_what_is_open_then_the_newest(database, cast):
    for key, hours in (("sleep", 2), ("values", 4)):
        made = sheet(database, cast.anna, key)
        when = NOW + hours * HOUR
        copy(database, cast.anna, made, at=when, shared_at=when, seen_at=when)
    assign(database, cast.anna, cast.petrova, "rulers", NOW + 3 * HOUR)
    shared(database, cast.anna, "thought_record", at=NOW)
    shared(database, cast.anna, "lapse_plan", at=NOW + HOUR)
    with database.read() as session:
        order = [line.sheet_key for line in lines(session, cast.anna)]
    assert order == ["lapse_plan", "thought_record", "rulers", "values", "sleep"]


def test_of_several_entries_the_newest_of_the_furthest_leads(database, cast):
    shared(database, cast.anna, "thought_record", at=NOW)
    shared(database, cast.anna, "thought_record", at=NOW + 2 * HOUR)
    shared(database, cast.anna, "thought_record", at=NOW + HOUR)
    with database.read() as session:
        (found,) = homework(read_sheets(session, cast.anna), None, NOW + 3 * HOUR)
    assert (found.status, found.at, found.entries) == ("shared", NOW + 2 * HOUR, 3)


def test_homework_is_told_as_of_its_moment(database, cast):
    shared(database, cast.anna, "values", at=NOW)
    shared(database, cast.anna, "sleep", at=NOW + HOUR)

    def known(now):
        with database.read() as session:
            return [one.sheet_key for one in homework(read_sheets(session, cast.anna), None, now)]

    assert known(NOW) == ["values"]
    assert known(NOW + HOUR) == ["values", "sleep"]
