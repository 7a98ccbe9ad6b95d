"""What only the evening tick sees: silence, and symptoms that build up slowly."""

from datetime import datetime

import pytest

from tests.rules.story import (
    at,
    checkin,
    dose,
    drinks,
    flagged,
    later,
    lines,
    resolved,
    story,
    untaken,
    urine,
    used,
)

TIRED = {"fatigue": 1, "insomnia": 1, "anxiety": 1, "nausea": 1, "tremor": 1}


def silence(*events, until, **top):
    return [
        (line.finding.severity.word, line.raised_at)
        for line in lines(story(*events, **top), "DIA", until=until)
    ]


def moment(text):
    return datetime.fromisoformat(text)


def test_three_silent_days_are_routine_and_five_are_urgent_each_said_once():
    got = silence(dose(0), until=at(9, "23:59"))
    assert got == [("routine", moment(at(3, "23:45"))), ("urgent", moment(at(5, "23:45")))]


def test_the_diary_is_expected_from_the_planned_first_dose():
    assert silence(until=at(2, "23:44")) == []
    assert silence(until=at(2, "23:45")) == [("routine", moment(at(2, "23:45")))]


def test_the_diary_is_expected_from_the_first_event_if_that_is_earlier():
    got = silence(checkin(-6), until=at(-1, "23:59"))
    assert got == [("routine", moment(at(-3, "23:45"))), ("urgent", moment(at(-1, "23:45")))]
    assert silence(checkin(-6), until=at(-3, "23:59"), first_dose_on=None) == [
        ("routine", moment(at(-3, "23:45")))
    ]


@pytest.mark.parametrize(
    ("event", "breaks"),
    [
        ({"kind": "note", "at": at(2), "text": "hello"}, False),
        ({"kind": "session", "at": at(2), "week": 1, "attended": False}, False),
        ({"kind": "session", "at": at(2), "week": 1, "attended": True}, True),
        (drinks(2), True),
        (untaken(2), True),
        (used(2), True),
        (checkin(2), True),
        (urine(2, result="negative"), True),
        (drinks(0, received_at=at(2)), False),
    ],
)
def test_what_breaks_a_silence_is_anything_about_the_day(event, breaks):
    assert silence(dose(0), event, until=at(3, "23:50")) == (
        [] if breaks else [("routine", moment(at(3, "23:45")))]
    )


@pytest.mark.parametrize(("hours_before", "expected"), [(96, ["urgent"]), (96.01, [])])
def test_two_silent_days_soon_after_an_urgent_flag_are_urgent(hours_before, expected):
    raised = later(at(10, "23:45"), hours=-hours_before)
    consent = {"kind": "screen", "at": raised, "instrument": "c", "ratings": {"ideation": 1}}
    entries = [drinks(n) for n in range(9)]
    got = silence(*entries, consent, until=at(10, "23:50"))
    assert [severity for severity, _ in got] == expected


def test_one_silent_day_or_a_routine_flag_before_is_not_enough():
    vomiting = checkin(8, vomiting_24h=3)
    entries = [drinks(n) for n in range(9)]
    assert silence(*entries, vomiting, until=at(10, "23:50")) == []
    assert silence(*entries, used(8, "opioid"), until=at(9, "23:50")) == []
    assert len(silence(*entries, used(8, "opioid"), until=at(10, "23:50"))) == 1


def test_silence_is_not_flagged_once_consent_is_withdrawn():
    stop = {"kind": "consent_withdrawn", "at": at(1), "scope": "treatment"}
    assert silence(dose(0), stop, until=at(20)) == []


def test_filling_in_all_the_days_closes_the_flag_and_a_new_silence_is_a_new_one():
    filled = [drinks(n, received_at=at(4)) for n in (1, 2, 3)]
    part = filled[:2]
    later_days = [drinks(4)]
    got = silence(dose(0), *filled, *later_days, until=at(7, "23:50"))
    assert got == [("routine", moment(at(3, "23:45"))), ("routine", moment(at(7, "23:45")))]
    got = silence(dose(0), *part, *later_days, until=at(7, "23:50"))
    assert got == [("routine", moment(at(3, "23:45")))]


def test_days_filled_in_on_the_same_evening_are_no_silence():
    filled = [drinks(n, received_at=at(3, "23:44")) for n in (1, 2, 3)]
    assert silence(dose(0), *filled, until=at(3, "23:50")) == []


@pytest.mark.parametrize(
    ("zone", "day_zero", "ticks"),
    [
        # Clocks go forward on 29 March 2026 in Berlin and back on 25 October.
        ("Europe/Berlin", "2026-03-27", "2026-03-29T23:45:00+02:00"),
        ("Europe/Berlin", "2026-10-23", "2026-10-25T23:45:00+01:00"),
        ("America/New_York", "2026-03-06", "2026-03-08T23:45:00-04:00"),
        ("Asia/Kolkata", "2026-03-06", "2026-03-08T23:45:00+05:30"),
    ],
)
def test_the_tick_is_at_a_quarter_to_midnight_on_the_participants_wall(zone, day_zero, ticks):
    (line,) = lines(story(zone=zone, first_dose_on=day_zero), "DIA", until=ticks)
    assert line.raised_at == moment(ticks)
    assert line.finding.about == moment(ticks)


# WDL-T


def weeks(first, second, level=TIRED, **top):
    """Check-ins on the days of two weeks, by the weekday; the tick is that of day 13."""
    days = [*first, *(n + 7 for n in second)]
    return story(dose(0), *(checkin(n, "20:00", **level) for n in days), **top)


def trend(timeline, until=None):
    return flagged(timeline, "WDL", until=until or at(13, "23:50"))


ALL = range(7)


def test_a_slow_build_up_is_routine_at_the_tick():
    (line,) = lines(weeks(ALL, range(4)), "WDL", until=at(13, "23:50"))
    assert line.finding.rule == "WDL-T"
    assert line.raised_at == line.finding.about


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 1, 2), (0, 1, 2, 6), ["WDL-T routine"]),
        ((0, 1), (3, 4, 5, 6), []),
        ((0, 1, 2), (4, 5, 6), []),
    ],
)
def test_four_days_of_the_last_week_and_three_of_the_one_before(first, second, expected):
    timeline = weeks(first, second)
    assert trend(timeline) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"fatigue": 3}, {**TIRED}, ["WDL-T routine"]),
        ({"fatigue": 2}, {**TIRED}, []),
        ({"fatigue": 3}, {"fatigue": 4}, []),
        ({"fatigue": 3}, {"fatigue": 4, "yawning": 1}, ["WDL-T routine"]),
        ({"fatigue": 3}, {"fatigue": 4, "dizziness": 4, "headache": 4}, []),
        ({"fatigue": 3}, {"fatigue": 4, "vomiting_24h": 1, "opioid_craving": 30}, []),
    ],
)
def test_a_mean_of_5_after_a_mean_of_3_of_the_rises(before, now, expected):
    events = [checkin(n, "20:00", **before) for n in range(7)]
    events += [checkin(n, "20:00", **now) for n in range(7, 14)]
    assert trend(story(dose(0), *events)) == expected


def test_rises_are_above_baseline_worse_or_not_and_never_negative():
    usual = {"fatigue": 1, "sweating": 3}
    high = {**TIRED, "fatigue": 2, "sweating": 0}
    assert trend(weeks(ALL, ALL, high, baseline=usual)) == ["WDL-T routine"]
    assert trend(weeks(ALL, ALL, TIRED, baseline=usual)) == []


def test_a_day_counts_with_its_highest_check_in_and_a_silent_day_not_at_all():
    twice = [e for n in range(14) for e in (checkin(n, "08:00"), checkin(n, "20:00", **TIRED))]
    assert trend(story(dose(0), *twice)) == ["WDL-T routine"]
    quiet = [checkin(n, "20:00") for n in (8,)]
    days = [checkin(n, "20:00", **TIRED) for n in range(14) if n != 8]
    assert trend(story(dose(0), *days, *quiet)) == []


def test_the_build_up_is_not_judged_before_the_first_dose():
    events = [checkin(n, "20:00", **TIRED) for n in range(-14, 0)]
    assert flagged(story(*events), "WDL", until=at(-1, "23:59")) == []
    assert flagged(story(*events), "WDL", until=at(0, "23:59")) == ["WDL-T routine"]


def test_it_is_said_once_while_open_and_again_after_staff_resolved_it():
    days = [checkin(n, "20:00", **TIRED) for n in range(20)]
    assert trend(story(dose(0), *days), at(19, "23:50")) == ["WDL-T routine"]
    done = resolved("WDL", at(15, "12:00"))
    assert trend(story(dose(0), *days, done), at(19, "23:50")) == ["WDL-T routine"] * 2
    stops = days[:16]
    done = resolved("WDL", at(15, "23:50"))
    assert trend(story(dose(0), *stops, done), at(17, "23:50")) == ["WDL-T routine"]
