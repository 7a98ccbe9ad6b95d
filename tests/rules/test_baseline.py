"""The participant's own usual answers: where they come from, and what holds without them."""

from datetime import datetime

import pytest

from app.timeline.json_form import parse
from tests.rules.story import PROTOCOL, START, at, checkin, day, dose, flagged, lines, story

B_DAYS = PROTOCOL.run_in_days
LEAST = PROTOCOL.run_in_min_checkins


def baseline(*events, moment="2026-03-07T10:00:00+03:00", **top):

    timeline = story(*events, baseline="computed", **top)
    return timeline.known_at(datetime.fromisoformat(moment)).baseline(B_DAYS, LEAST)


def test_each_item_is_the_median_of_the_check_ins_that_rate_it():
    run_in = [checkin(-3, anxiety=1), checkin(-2, anxiety=3, tremor=2), checkin(-1, anxiety=2)]
    found = baseline(*run_in, dose(0))
    assert found.on_record
    assert (found.of("anxiety"), found.of("tremor"), found.of("nausea")) == (2, 2, 0)


def test_an_even_number_of_answers_has_its_middle():
    run_in = [checkin(-n, anxiety=rated) for n, rated in ((4, 0), (3, 1), (2, 2), (1, 4))]
    assert baseline(*run_in, dose(0)).of("anxiety") == 1.5


@pytest.mark.parametrize(("count", "known"), [(2, False), (3, True)])
def test_three_check_ins_make_a_baseline(count, known):
    run_in = [checkin(-n - 1, anxiety=2) for n in range(count)]
    assert baseline(*run_in, dose(0)).on_record is known


@pytest.mark.parametrize(("first", "known"), [(-7, True), (-8, False)])
def test_the_run_in_is_the_7_local_days_before_the_first_dose(first, known):
    run_in = [checkin(first, "00:05"), checkin(-2), checkin(-1, "23:55")]
    assert baseline(*run_in, dose(0)).on_record is known


@pytest.mark.parametrize(("n", "known"), [(-7, True), (0, False)])
def test_midnight_belongs_to_the_day_that_begins(n, known):
    run_in = [checkin(-2), checkin(-1), checkin(n, "00:00")]
    assert baseline(*run_in, dose(0)).on_record is known


def test_the_day_of_the_first_dose_is_not_run_in():
    run_in = [checkin(-2), checkin(-1), checkin(0, "07:00")]
    assert not baseline(*run_in, dose(0)).on_record


def test_the_planned_first_dose_holds_until_one_is_taken():
    run_in = [checkin(n) for n in (-3, -2, -1)]
    assert baseline(*run_in).on_record
    assert not baseline(*run_in, dose(5), moment=at(6)).on_record
    assert not baseline(*run_in, first_dose_on=None).on_record


def test_the_repeat_is_the_blood_pressure_of_the_run_in_too():
    readings = {
        "systolic_bp": 150,
        "diastolic_bp": 95,
        "systolic_bp_repeat": 120,
        "diastolic_bp_repeat": 78,
    }
    found = baseline(*(checkin(-n, **readings) for n in (1, 2, 3)), dose(0))
    assert (found.pressure("systolic_bp"), found.pressure("diastolic_bp")) == (120, 78)


def test_what_is_received_later_is_not_part_of_it_yet():
    late = {**checkin(-1), "received_at": at(8)}
    events = [checkin(-3), checkin(-2), late, dose(0)]
    assert not baseline(*events, moment=at(7)).on_record
    assert baseline(*events, moment=at(8)).on_record


ILL = {"sweating": 2, "nausea": 2, "tremor": 2, "anxiety": 3}


def test_a_given_baseline_is_used_as_it_is_and_no_baseline_compares_with_nothing():
    run_in = [checkin(-n, **ILL) for n in (1, 2, 3)]
    events = [*run_in, dose(0), checkin(1, **ILL)]
    assert flagged(story(*events, baseline="computed"), "WDL") == []
    assert flagged(story(*events, baseline={"anxiety": 1}), "WDL") == ["WDL-2 urgent"]
    assert flagged(story(*events, baseline={"anxiety": 2}), "WDL") == ["WDL-1 routine"]
    assert flagged(story(*events, baseline=None), "WDL") == ["WDL-2 urgent"]


def test_a_flag_shows_the_baseline_or_says_that_there_is_none():
    events = [dose(0), checkin(1, **ILL)]
    (line,) = lines(story(*events, baseline={"anxiety": 1}), "WDL")
    answers = {row["item"]: row["baseline"] for row in line.finding.facts["answers"]}
    assert answers == {"sweating": 0, "nausea": 0, "tremor": 0, "anxiety": 1}
    (line,) = lines(story(*events, baseline=None), "WDL")
    assert "no_baseline_groups" in [reason.key for reason in line.finding.because]


def test_a_baseline_key_of_null_is_not_the_same_as_no_key():
    data = {
        "format": "daybook-timeline/1",
        "participant": {"code": "DB-1", "timezone": "Europe/Moscow", "first_dose_on": day(0)},
        "events": [checkin(-n, anxiety=2) for n in (1, 2, 3)],
    }
    assert START.isoformat() == data["participant"]["first_dose_on"]

    moment = datetime.fromisoformat(at(1))
    computed = parse(data).known_at(moment).baseline(B_DAYS, LEAST)
    nothing = parse({**data, "baseline": None}).known_at(moment).baseline(B_DAYS, LEAST)
    assert (computed.on_record, nothing.on_record) == (True, False)
