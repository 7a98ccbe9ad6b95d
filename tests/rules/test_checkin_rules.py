"""Craving, blood pressure, vomiting and emergency signs, each on both sides of its lines."""

import pytest

from tests.rules.story import at, checkin, dose, flagged, later, story, untaken

CRV1, CRV2 = ["CRV-1 routine"], ["CRV-2 urgent"]
BP1, BP2, BP2E = ["BP-1 routine"], ["BP-2 urgent"], ["BP-2 emergency"]


@pytest.mark.parametrize(
    ("craving", "usual", "expected"),
    [
        (70, 50, CRV1),
        (70, 51, []),
        (69, 49, []),
        (50, 10, CRV1),
        (50, 11, []),
        (49, 0, []),
        (69, 29, CRV1),
        (69, 30, []),
    ],
)
def test_craving_is_high_by_itself_or_well_above_the_usual(craving, usual, expected):
    one = checkin(3, opioid_craving=craving)
    got = flagged(story(dose(0), one, baseline={"opioid_craving": usual}), "CRV")
    assert got == expected


def test_craving_counts_from_the_first_dose_on():
    run_in = checkin(0, "08:59", opioid_craving=100)
    assert flagged(story(dose(0), run_in), "CRV") == []
    assert flagged(story(dose(0), {**run_in, "at": at(0, "09:00")}), "CRV") == CRV1
    assert flagged(story(checkin(0, "11:59", opioid_craving=100)), "CRV") == []
    assert flagged(story(checkin(0, "12:00", opioid_craving=100)), "CRV") == CRV1
    assert flagged(story(checkin(3, opioid_craving=100), first_dose_on=None), "CRV") == []


@pytest.mark.parametrize(
    ("first", "second", "hours", "expected"),
    [
        (70, 70, 48, CRV2),
        (70, 70, 48.01, []),
        (69, 70, 24, CRV1),
        (70, 69, 24, []),
        (70, 69.9, 24, []),
    ],
)
def test_two_high_check_ins_within_48_hours_are_urgent(first, second, hours, expected):
    one = checkin(3, opioid_craving=first)
    two = {**checkin(3, opioid_craving=second), "at": later(one["at"], hours=hours)}
    raised = [] if first < 70 else CRV1
    usual = {"opioid_craving": 30}
    assert flagged(story(dose(0), one, two, baseline=usual), "CRV") == raised + expected


def test_an_earlier_check_in_that_arrives_afterwards_makes_the_later_one_urgent():
    two = checkin(4, opioid_craving=80)
    one = {**checkin(3, opioid_craving=80), "received_at": at(5)}
    assert flagged(story(dose(0), one, two), "CRV") == [*CRV1, *CRV2]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (untaken(3), CRV2),
        (untaken(3, hold=True), CRV2),
        (untaken(4), CRV1),
        (untaken(2), CRV1),
        (dose(3), CRV1),
    ],
)
def test_craving_after_a_day_without_the_dose_is_urgent(event, expected):
    events = [dose(0), event, checkin(4, "23:40", opioid_craving=80)]
    assert flagged(story(*events), "CRV") == expected


@pytest.mark.parametrize(
    ("second", "hours", "expected"),
    [
        ({"systolic_bp": 160}, 72, BP1),
        ({"systolic_bp": 160}, 72.01, []),
        ({"systolic_bp": 159}, 24, []),
        ({"diastolic_bp": 100}, 24, BP1),
        ({"diastolic_bp": 99}, 24, []),
    ],
)
def test_high_blood_pressure_at_two_check_ins_within_72_hours(second, hours, expected):
    one = checkin(3, systolic_bp=160, diastolic_bp=90)
    two = {**checkin(3, **second), "at": later(one["at"], hours=hours)}
    assert flagged(story(one, two), "BP") == expected


@pytest.mark.parametrize(("systolic", "expected"), [(150, BP1), (149, [])])
def test_30_above_the_usual_is_as_good_as_the_line(systolic, expected):
    events = [checkin(3, systolic_bp=160), checkin(4, systolic_bp=systolic)]
    assert flagged(story(*events, baseline={"systolic_bp": 120}), "BP") == expected


def test_30_above_the_usual_is_not_judged_without_a_usual_pressure():
    two = [checkin(3, systolic_bp=155), checkin(4, systolic_bp=155)]
    assert flagged(story(*two, baseline={"systolic_bp": 125}), "BP") == BP1
    assert flagged(story(*two, baseline={"diastolic_bp": 80}), "BP") == []
    assert flagged(story(*two, baseline=None), "BP") == []


def reading(first, again=(None, None)):
    names = ("systolic_bp", "diastolic_bp", "systolic_bp_repeat", "diastolic_bp_repeat")
    return {name: n for name, n in zip(names, (*first, *again), strict=True) if n is not None}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (reading((179, 119)), []),
        (reading((180, 90)), BP2),
        (reading((150, 120)), BP2),
        (reading((180, None)), BP2),
        (reading((190, 125), (179, 119)), []),
        (reading((190, 100), (180, 100)), BP2),
        (reading((190, 100), (170, 120)), BP2),
        (reading((150, 90), (180, 90)), BP2),
        (reading((190, 100), (150, None)), BP2),
        (reading((190, 100), (None, 90)), BP2),
        (reading((190, None), (150, None)), BP2),
    ],
)
def test_very_high_pressure_is_urgent_unless_a_whole_repeat_is_below_both_lines(values, expected):
    assert flagged(story(checkin(3, **values)), "BP") == expected


@pytest.mark.parametrize(
    ("signs", "headache", "expected"),
    [
        (("chest_pain",), 0, BP2E),
        (("breathing_trouble",), 0, BP2E),
        (("visual_disturbance",), 0, BP2E),
        (("confusion",), 0, BP2E),
        (("fainting",), 0, BP2),
        ((), 3, BP2),
        ((), 4, BP2E),
    ],
)
def test_very_high_pressure_with_a_danger_sign_is_an_emergency(signs, headache, expected):
    one = checkin(3, signs=signs, systolic_bp=180, headache=headache)
    assert flagged(story(one), "BP") == expected


@pytest.mark.parametrize(
    ("episodes", "signs", "expected"),
    [
        (2, (), []),
        (3, (), ["VOM-1 routine"]),
        (5, (), ["VOM-1 routine"]),
        (6, (), ["VOM-2 urgent"]),
        (0, ("no_fluids_12h",), ["VOM-2 urgent"]),
    ],
)
def test_vomiting_by_episodes_or_fluids_that_do_not_stay(episodes, signs, expected):
    assert flagged(story(checkin(3, signs=signs, vomiting_24h=episodes)), "VOM") == expected


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        ("seizure", ["EMG-1 emergency"]),
        ("hallucination", ["EMG-1 emergency"]),
        ("confusion", ["EMG-1 emergency"]),
        ("chest_pain", ["EMG-1 emergency"]),
        ("fainting", ["EMG-1 emergency"]),
        ("breathing_trouble", ["EMG-1 emergency"]),
        ("vomiting_blood", ["EMG-1 emergency"]),
        ("visual_disturbance", []),
        ("no_fluids_12h", []),
    ],
)
def test_a_sign_that_needs_an_ambulance_is_an_emergency_however_late(sign, expected):
    assert flagged(story(checkin(3, signs=(sign,))), "EMG") == expected
    late = {**checkin(3, signs=(sign,)), "received_at": at(13)}
    assert flagged(story(late), "EMG") == expected


def test_a_sign_is_an_emergency_before_any_dose_and_without_a_baseline():
    one = checkin(-5, signs=("seizure",))
    assert flagged(story(one, baseline=None, first_dose_on=None), "EMG") == ["EMG-1 emergency"]
