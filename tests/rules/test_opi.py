"""Opioid use: told or tested, with and without the tablet, and what Today asks then."""

from datetime import datetime

import pytest

from app.rules.engine import call_us_before_next_dose
from tests.rules.story import (
    PROTOCOL,
    at,
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

USE, DANGER = ["OPI-1 urgent"], ["OPI-3 emergency"]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (used(3, "opioid"), USE),
        (used(3, "cannabis", "opioid"), USE),
        (used(3, "sedative"), []),
        (used(3), []),
        (urine(3), USE),
        (urine(3, result="negative"), []),
        (urine(3, result="invalid"), []),
    ],
)
def test_opioid_use_told_or_tested_is_urgent(event, expected):
    assert flagged(story(event), "OPI") == expected


def test_use_without_a_time_is_placed_at_half_past_eleven_or_at_receipt():
    (line,) = lines(story(used(3, "opioid", received_at=at(4, "08:00"))), "OPI")
    assert line.finding.about == datetime.fromisoformat(at(3, "23:30"))
    (line,) = lines(story(used(3, "opioid", received_at=at(3, "19:00"))), "OPI")
    assert line.finding.about == datetime.fromisoformat(at(3, "19:00"))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((9, 10), DANGER),
        ((8, 9), DANGER),
        ((7, 8), USE),
        ((10,), USE),
        ((8, 10), USE),
        ((10, 11), USE),
        ((3, 5, 7), DANGER),
        ((2, 5, 7), USE),
        ((5, 7, 10), USE),
        ((5, 7, 9), DANGER),
    ],
)
def test_use_with_days_not_taken_is_an_emergency(days, expected):
    events = [untaken(n, received_at=at(n, "20:00")) for n in days]
    told = used(10, "opioid", received_at=at(12))
    assert flagged(story(*events, told), "OPI") == expected


def test_held_days_count_and_silent_days_do_not():
    told = used(10, "opioid")
    assert flagged(story(untaken(9, hold=True), untaken(10, hold=True), told), "OPI") == DANGER
    assert flagged(story(dose(7), told), "OPI") == USE


def test_a_day_with_a_dose_taken_is_no_day_not_taken():
    events = [untaken(9), untaken(10), dose(10), used(10, "opioid", received_at=at(11))]
    assert flagged(story(*events), "OPI") == USE


def test_a_positive_urine_with_days_not_taken_is_an_emergency():
    events = [untaken(9), untaken(8), urine(10)]
    assert flagged(story(*events), "OPI") == DANGER


@pytest.mark.parametrize(("hours", "severity"), [(72, "emergency"), (72.01, "urgent")])
def test_use_with_days_not_taken_that_is_told_late_is_urgent(hours, severity):
    use = at(10, "12:00")
    told = used(10, "opioid", at=use, received_at=later(use, hours=hours))
    assert flagged(story(untaken(9), untaken(8), told), "OPI") == [f"OPI-3 {severity}"]


def test_the_flag_grows_worse_when_the_days_not_taken_are_told_afterwards():
    told = used(10, "opioid", received_at=at(10, "20:00"))
    events = [told, untaken(9), untaken(10, received_at=at(11))]
    assert flagged(story(*events), "OPI") == [*USE, *DANGER]


def test_use_and_days_not_taken_received_at_one_moment_are_one_line():
    events = [untaken(9), untaken(10), used(10, "opioid")]
    assert flagged(story(*events), "OPI") == DANGER


def test_the_same_day_of_use_told_twice_alerts_once_and_another_day_is_new_evidence():
    first = used(10, "opioid", received_at=at(10, "12:00"))
    again = used(10, "opioid", received_at=at(10, "20:00"))
    other = used(11, "opioid", received_at=at(11, "20:00"))
    done = resolved("OPI", at(10, "15:00"))
    assert flagged(story(first, done, again), "OPI") == USE
    assert flagged(story(first, done, other), "OPI") == USE * 2
    assert flagged(story(first, other), "OPI") == USE


@pytest.mark.parametrize(
    ("moment", "expected"), [(at(13, "12:00"), True), (at(13, "12:00:01"), False)]
)
def test_call_us_before_the_next_tablet_holds_for_10_times_24_hours(moment, expected):
    timeline = story(used(3, "opioid", at=at(3, "12:00")), drinks(3))
    now = datetime.fromisoformat(moment)
    assert call_us_before_next_dose(timeline, now, PROTOCOL) is expected


def test_call_us_reads_what_is_known_and_goes_with_a_correction():
    told = used(3, "opioid", id="u", received_at=at(3, "20:00"))
    taken_back = used(3, replaces="u", received_at=at(4))
    timeline = story(told, taken_back)

    def asks(moment: str) -> bool:
        return call_us_before_next_dose(timeline, datetime.fromisoformat(moment), PROTOCOL)

    assert [asks(at(3, "19:59")), asks(at(3, "20:00")), asks(at(4))] == [False, True, False]
