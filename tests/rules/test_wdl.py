"""Possible withdrawal-like reaction: who is flagged, how severe, and where the lines run."""

from typing import Any

import pytest

from tests.rules.story import (
    A,
    B,
    C,
    D,
    F,
    at,
    checkin,
    dose,
    drinks,
    flagged,
    later,
    lines,
    story,
    urine,
    used,
)

FOUR = {**A, **B, **C, **D}
ROUTINE, URGENT, EMERGENCY = ["WDL-1 routine"], ["WDL-2 urgent"], ["WDL-3 emergency"]


def daily(last: int) -> list[dict[str, Any]]:
    """A dose every morning, so that no start window but the first ever begins."""
    return [dose(n) for n in range(last + 1)]


def wdl(ratings: dict[str, float], *signs: str, n: int = 1, extra: Any = (), **top: Any) -> Any:
    events = [*daily(n), *extra, checkin(n, "10:00", signs, **ratings)]
    return flagged(story(*events, **top), "WDL")


def settled(ratings: dict[str, float], *signs: str, **more: Any) -> Any:
    """The same on day 20, long after the start window."""
    return wdl(ratings, *signs, n=20, **more)


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ({**A, **B}, []),
        ({**A, **B, **C}, ROUTINE),
        ({"sweating": 1, **B, **C}, []),
        ({"chills": 2, **B, **C}, ROUTINE),
        ({"runny_nose_tears": 2, **B, **C}, ROUTINE),
        ({"yawning": 2, **B, **C}, ROUTINE),
        ({"palpitations": 2, **B, **C}, ROUTINE),
        ({"stomach_cramps": 2, **A, **C}, ROUTINE),
        ({"vomiting_24h": 1, **A, **C}, ROUTINE),
        ({"diarrhea_24h": 2, **A, **C}, []),
        ({"diarrhea_24h": 3, **A, **C}, ROUTINE),
        ({"muscle_pain": 2, **A, **B}, ROUTINE),
        ({"twitching": 2, **A, **B}, ROUTINE),
        ({"irritability": 2, **A, **B}, ROUTINE),
        ({"agitation": 2, **A, **B}, ROUTINE),
        ({"insomnia": 2, **A, **B}, ROUTINE),
        ({"fatigue": 2, **A, **B}, ROUTINE),
        ({"opioid_craving": 49, **A, **B}, []),
        ({"opioid_craving": 50, **A, **B}, ROUTINE),
        ({"alcohol_craving": 100, **A, **B}, []),
        ({"dizziness": 4, "headache": 4, "cough_sore_throat": 1, **A, **B}, []),
    ],
)
def test_three_groups_are_routine_outside_the_start_window(ratings, expected):
    assert settled(ratings) == expected


@pytest.mark.parametrize(
    ("usual", "rated", "expected"),
    [(0, 1, []), (0, 2, ROUTINE), (1, 2, []), (1, 3, ROUTINE), (1.5, 3, []), (2, 4, ROUTINE)],
)
def test_worse_is_at_least_2_and_at_least_2_above_the_usual_answer(usual, rated, expected):
    assert settled({"sweating": rated, **B, **C}, baseline={"sweating": usual}) == expected


@pytest.mark.parametrize(
    ("craving", "usual", "expected"),
    [(50, 20, ROUTINE), (50, 21, []), (49, 0, []), (80, 50, ROUTINE), (79, 50, [])],
)
def test_craving_is_a_group_from_50_and_30_above_the_usual(craving, usual, expected):
    got = settled({"opioid_craving": craving, **A, **B}, baseline={"opioid_craving": usual})
    assert got == expected


@pytest.mark.parametrize(
    ("pressure", "expected"),
    [
        ({"systolic_bp": 145, "diastolic_bp": 80}, []),
        ({"systolic_bp": 146, "diastolic_bp": 80}, ROUTINE),
        ({"systolic_bp": 126, "diastolic_bp": 94}, []),
        ({"systolic_bp": 126, "diastolic_bp": 95}, ROUTINE),
        (
            {
                "systolic_bp": 150,
                "diastolic_bp": 80,
                "systolic_bp_repeat": 145,
                "diastolic_bp_repeat": 80,
            },
            [],
        ),
        (
            {
                "systolic_bp": 126,
                "diastolic_bp": 80,
                "systolic_bp_repeat": 146,
                "diastolic_bp_repeat": 80,
            },
            ROUTINE,
        ),
    ],
)
def test_raised_blood_pressure_is_the_autonomic_group_and_the_repeat_counts(pressure, expected):
    usual = {"systolic_bp": 126, "diastolic_bp": 80}
    assert settled({**B, **C, **pressure}, baseline=usual) == expected


@pytest.mark.parametrize("baseline", [{}, None, {"diastolic_bp": 80}])
def test_a_rise_is_not_judged_without_a_pressure_of_its_own(baseline):
    got = settled({**B, **C, "systolic_bp": 179}, baseline=baseline)
    assert got == []


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        (FOUR, URGENT),
        ({**A, **B, **C}, ROUTINE),
        ({**A, **B, "tremor": 4}, ROUTINE),
        ({**A, **B, "tremor": 3, "twitching": 2}, ROUTINE),
        ({**A, **B, "tremor": 4, "twitching": 2}, URGENT),
        ({**A, "nausea": 3, "vomiting_24h": 1, "tremor": 3}, URGENT),
        ({**A, "nausea": 2, "vomiting_24h": 1, "tremor": 3}, ROUTINE),
    ],
)
def test_the_start_window_makes_four_groups_or_three_strong_ones_urgent(ratings, expected):
    assert wdl(ratings) == expected


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        (FOUR, ROUTINE),
        ({**FOUR, "tremor": 4, "muscle_pain": 1}, ROUTINE),
        ({**FOUR, "tremor": 3, "muscle_pain": 2}, ROUTINE),
        ({**FOUR, "tremor": 4, "muscle_pain": 2}, URGENT),
        ({**FOUR, "tremor": 3, "nausea": 3, **F}, URGENT),
        ({**FOUR, "tremor": 3, **F}, ROUTINE),
        ({**FOUR, "vomiting_24h": 1, "diarrhea_24h": 3, "nausea": 3}, ROUTINE),
        ({**FOUR, "vomiting_24h": 1, "diarrhea_24h": 3, "nausea": 4}, URGENT),
        ({"sweating": 4, "nausea": 4, "tremor": 4}, ROUTINE),
    ],
)
def test_later_on_four_groups_need_a_sum_of_12(ratings, expected):
    assert settled(ratings) == expected


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ((), []),
        ((used(19, "opioid", at=at(19, "20:00")),), ["WDL-2 urgent"]),
        ((urine(19),), ["WDL-2 urgent"]),
        ((urine(19, result="invalid"),), []),
        ((used(19, "sedative"),), []),
        ((used(10, "opioid", at=at(10, "09:00")),), ["WDL-2 urgent"]),
        ((used(10, "opioid", at=at(10, "08:59")),), []),
        ((used(20, "opioid", at=at(20, "09:30"), received_at=at(20, "09:40")),), []),
        ((used(19, "opioid", at=at(19, "20:00"), received_at=at(21)),), []),
    ],
)
def test_recent_opioid_use_makes_two_groups_urgent(extra, expected):
    timeline = story(*daily(20), *extra, checkin(20, "10:00", **A, **B))
    assert flagged(timeline, "WDL", until=at(20, "12:00")) == expected


def test_opioid_use_told_later_completes_the_check_in_of_before():
    told = used(19, "opioid", at=at(19, "20:00"), received_at=at(21, "08:00"))
    (line,) = lines(story(*daily(20), told, checkin(20, **A, **B)), "WDL")
    assert line.finding.rule == "WDL-2"
    assert line.finding.about.isoformat() == "2026-03-22T07:00:00+00:00"
    assert line.raised_at.isoformat() == "2026-03-23T05:00:00+00:00"


@pytest.mark.parametrize(
    ("more", "signs", "expected"),
    [
        ({"vomiting_24h": 5}, (), URGENT),
        ({"vomiting_24h": 6}, (), EMERGENCY),
        ({"vomiting_24h": 3, "diarrhea_24h": 2}, (), URGENT),
        ({"vomiting_24h": 2, "diarrhea_24h": 3}, (), URGENT),
        ({"vomiting_24h": 3, "diarrhea_24h": 3}, (), EMERGENCY),
        ({"agitation": 3}, (), URGENT),
        ({"agitation": 4}, (), EMERGENCY),
        ({}, ("confusion",), EMERGENCY),
        ({}, ("hallucination",), EMERGENCY),
        ({}, ("seizure",), URGENT),
        ({"systolic_bp": 179, "diastolic_bp": 119}, (), URGENT),
        ({"systolic_bp": 180}, (), EMERGENCY),
        ({"diastolic_bp": 120}, (), EMERGENCY),
    ],
)
def test_danger_on_top_of_wdl_2_is_an_emergency(more, signs, expected):
    assert wdl({**FOUR, **more}, *signs) == expected


def test_danger_without_wdl_2_stays_what_it_is():
    assert settled({**A, **B, **C, "agitation": 4}, "confusion") == ROUTINE


@pytest.mark.parametrize(
    ("clock", "ratings", "expected"),
    [
        ("15:00", {"sweating": 4, "nausea": 3, "tremor": 3}, EMERGENCY),
        ("15:01", {"sweating": 4, "nausea": 3, "tremor": 3}, URGENT),
        ("15:00", {"sweating": 3, "nausea": 3, "tremor": 3}, URGENT),
        ("15:00", {"sweating": 4, "nausea": 4, "opioid_craving": 49}, URGENT),
        ("15:00", {"sweating": 4, "nausea": 4, "opioid_craving": 50}, EMERGENCY),
    ],
)
def test_a_strong_reaction_soon_after_a_dose_on_recent_opioids_is_an_emergency(
    clock, ratings, expected
):
    events = [*daily(20), used(18, "opioid"), checkin(20, clock, **ratings)]
    assert flagged(story(*events), "WDL") == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(0, "08:59"), []),
        (at(0, "09:00"), URGENT),
        (at(3, "09:00"), URGENT),
        (at(3, "09:00:01"), []),
    ],
)
def test_exposed_is_a_dose_in_the_72_hours_before(moment, expected):
    one = {**checkin(0, **FOUR), "at": moment}
    assert flagged(story(dose(0), one), "WDL") == expected


def test_a_dose_not_taken_exposes_nobody():
    events = [{"kind": "dose", "day": "2026-03-02", "taken": False}, checkin(1, **FOUR)]
    assert flagged(story(*events), "WDL") == []


@pytest.mark.parametrize(("clock", "expected"), [("09:00", URGENT), ("09:00:01", ROUTINE)])
def test_the_start_window_is_14_times_24_hours_from_the_first_dose(clock, expected):
    assert flagged(story(*daily(14), checkin(14, clock, **FOUR)), "WDL") == expected


@pytest.mark.parametrize(("restart", "expected"), [(23, ROUTINE), (24, URGENT)])
def test_three_days_without_a_dose_on_record_start_the_window_again(restart, expected):
    events = [*daily(20), dose(restart), checkin(restart, "12:00", **FOUR)]
    assert flagged(story(*events), "WDL") == expected


def test_days_told_as_not_taken_are_days_without_a_dose_too():
    gap = [{"kind": "dose", "day": f"2026-03-{n}", "taken": False} for n in (23, 24, 25)]
    events = [*daily(20), *gap, dose(24), checkin(24, "12:00", **FOUR)]
    assert flagged(story(*events), "WDL") == URGENT


@pytest.mark.parametrize(("mg", "expected"), [(36, ROUTINE), (35, ROUTINE), (37, URGENT)])
def test_a_higher_dose_starts_the_window_again(mg, expected):
    events = [*daily(19), dose(20, mg=mg), checkin(20, **FOUR)]
    assert flagged(story(*events), "WDL") == expected


def test_a_dose_without_a_time_is_taken_at_noon_and_not_after_it_was_told():
    assert flagged(story(dose(0, None), checkin(0, "11:59", **FOUR)), "WDL") == []
    assert flagged(story(dose(0, None), checkin(0, "12:00", **FOUR)), "WDL") == URGENT
    told = dose(0, None, received_at=at(0, "08:00"))
    assert flagged(story(told, checkin(0, "08:00", **FOUR)), "WDL") == URGENT


@pytest.mark.parametrize(
    ("more", "signs", "extra", "expected"),
    [
        ({"temperature": 37.9}, (), (), URGENT),
        ({"temperature": 38}, (), (), ["WDL-2 routine"]),
        ({"cough_sore_throat": 1}, (), (), URGENT),
        ({"cough_sore_throat": 2}, (), (), ["WDL-2 routine"]),
        ({"temperature": 39, "vomiting_24h": 1}, (), (), URGENT),
        ({"temperature": 39, "diarrhea_24h": 2}, (), (), ["WDL-2 routine"]),
        ({"temperature": 39, "diarrhea_24h": 3}, (), (), URGENT),
        ({"temperature": 39, "agitation": 2}, (), (), ["WDL-2 routine"]),
        ({"temperature": 39, "agitation": 3}, (), (), URGENT),
        ({"temperature": 39, "opioid_craving": 50}, (), (), URGENT),
        ({"temperature": 39}, (), (used(0, "opioid", at=at(0, "08:00")),), URGENT),
        ({"temperature": 39}, ("confusion",), (), ["WDL-3 routine"]),
    ],
)
def test_an_infection_caps_at_routine_unless_something_speaks_for_withdrawal(
    more, signs, extra, expected
):
    assert wdl({**FOUR, **more}, *signs, extra=extra) == expected


def test_an_infection_is_named_as_the_other_explanation():
    timeline = story(dose(0), checkin(1, **FOUR, temperature=38.5))
    (line,) = lines(timeline, "WDL")
    assert "infection" in [reason.key for reason in line.finding.because]


@pytest.mark.parametrize(("hours", "expected"), [(72, URGENT), (72.01, ["WDL-2 routine"])])
def test_a_check_in_that_arrives_late_is_routine_and_keeps_its_name(hours, expected):
    one = checkin(1, **FOUR)
    one["received_at"] = later(one["at"], hours=hours)
    assert flagged(story(dose(0), one), "WDL") == expected


@pytest.mark.parametrize(("hours", "expected"), [(72, URGENT), (72.01, ["WDL-2 routine"])])
def test_evidence_that_completes_a_check_in_late_is_routine(hours, expected):
    one = checkin(1, **FOUR)
    taken = dose(0, received_at=later(one["at"], hours=hours))
    assert flagged(story(taken, one), "WDL") == expected


def test_the_capped_flag_does_not_come_down_when_something_else_arrives_late():
    events = [dose(0), checkin(1, **FOUR), drinks(0, received_at=at(6))]
    assert flagged(story(*events), "WDL") == URGENT
