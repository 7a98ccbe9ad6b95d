"""Doses, screens, consent and specimens."""

import pytest

from tests.rules.story import at, dose, flagged, story, untaken, urine, used

ROUTINE, URGENT = ["DOS-1 routine"], ["DOS-1 urgent"]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((untaken(3),), []),
        ((untaken(3), untaken(4)), ROUTINE),
        ((untaken(3), untaken(4), untaken(5)), ROUTINE + URGENT),
        ((untaken(3), untaken(5)), []),
        ((untaken(3), dose(4), untaken(5)), []),
        ((untaken(3), untaken(4, hold=True), untaken(5)), []),
        ((untaken(3, hold=True), untaken(4), untaken(5)), ROUTINE),
        ((untaken(3), untaken(4), dose(4, "23:00")), []),
        ((untaken(3), untaken(4), untaken(5), untaken(6)), ROUTINE + URGENT),
    ],
)
def test_days_not_taken_in_a_row(events, expected):
    assert flagged(story(*events), "DOS") == expected


def test_a_day_that_is_filled_in_late_joins_the_run():
    events = [untaken(3), untaken(5), untaken(4, received_at=at(6))]
    assert flagged(story(*events), "DOS") == URGENT


@pytest.mark.parametrize(
    ("doses", "expected"),
    [
        ((dose(3),), []),
        ((dose(3, mg=36),), []),
        ((dose(3, mg=37),), ["DOS-2 routine"]),
        ((dose(3, mg=71.9),), ["DOS-2 routine"]),
        ((dose(3, mg=72),), ["DOS-2 urgent"]),
        ((dose(3, "08:00", mg=18), dose(3, "20:00", mg=18)), []),
        ((dose(3, "08:00", mg=18), dose(3, "20:00", mg=19)), ["DOS-2 routine"]),
        ((dose(3, "08:00"), dose(3, "20:00")), ["DOS-2 urgent"]),
        ((dose(3, "08:00"), dose(4, "08:00")), []),
    ],
)
def test_more_than_the_protocol_dose_on_one_day(doses, expected):
    assert flagged(story(*doses), "DOS") == expected


def test_a_dose_after_midnight_belongs_to_the_day_it_was_taken_for():
    late = {**dose(3), "at": at(4, "00:30")}
    assert flagged(story(late, dose(4, "21:00")), "DOS") == []


def screen(**ratings):
    return {"kind": "screen", "at": at(3), "instrument": "mood", "ratings": ratings}


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ({"self_harm_thoughts": 0, "ideation": 0, "suicidal_behavior": 0}, []),
        ({}, []),
        ({"self_harm_thoughts": 1}, ["SUI-1 urgent"]),
        ({"self_harm_thoughts": 3}, ["SUI-1 urgent"]),
        ({"ideation": 1}, ["SUI-1 urgent"]),
        ({"ideation": 3}, ["SUI-1 urgent"]),
        ({"ideation": 4}, ["SUI-2 emergency"]),
        ({"ideation": 5}, ["SUI-2 emergency"]),
        ({"suicidal_behavior": 1}, ["SUI-2 emergency"]),
    ],
)
def test_self_harm_is_urgent_and_a_high_level_or_behavior_an_emergency(ratings, expected):
    assert flagged(story(screen(**ratings)), "SUI") == expected


@pytest.mark.parametrize("scope", ["treatment", "all"])
def test_consent_withdrawn_is_urgent_and_asks_for_no_reason(scope):
    event = {"kind": "consent_withdrawn", "at": at(3), "scope": scope}
    assert flagged(story(event), "CON") == ["CON-1 urgent"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((), ["UDS-1 routine"]),
        ((used(10, "opioid", received_at=at(10, "10:00")),), []),
        ((used(6, "opioid"),), []),
        ((used(5, "opioid"),), ["UDS-1 routine"]),
        ((used(9, "sedative"),), ["UDS-1 routine"]),
        ((used(9, "opioid", received_at=at(10, "12:00")),), ["UDS-1 routine"]),
        ((used(11, "opioid"),), ["UDS-1 routine"]),
    ],
)
def test_a_positive_urine_that_nothing_told_explains(told, expected):
    assert flagged(story(*told, urine(10, "11:00")), "UDS") == expected


def test_a_positive_urine_is_opioid_use_and_has_a_flag_of_its_own():
    assert flagged(story(urine(2))) == ["OPI-1 urgent", "UDS-1 routine"]
    assert flagged(story(urine(2, result="negative"))) == []
