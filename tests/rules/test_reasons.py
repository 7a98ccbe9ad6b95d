"""What a flag keeps: the reasons that hold and no others, and what went before."""

from datetime import datetime, timedelta

import pytest

from app.flags.queries import Evidence
from app.flags.shown import shown_evidence
from app.i18n import translator
from app.rules.finding import Reason
from tests.rules.story import (
    at,
    checkin,
    dose,
    drinks,
    lines,
    story,
    untaken,
    urine,
    used,
)

WORSE = {"sweating": 2, "nausea": 2, "tremor": 2, "anxiety": 2}


def found(*events, family=None, **top):
    return lines(story(*events, **top), family)[-1].finding


def keys(*events, **more):
    return [reason.key for reason in found(*events, **more).because]


def test_a_withdrawal_like_flag_says_what_it_rests_on():
    told = used(0, "opioid", at=at(0, "08:00"), received_at=at(0, "08:30"))
    got = keys(dose(0), told, checkin(1, **WORSE), family="WDL")
    assert got == ["groups", *["worse"] * 4, "last_dose", "start_window", "recent_opioid"]
    days = [dose(n) for n in range(20)]
    assert "start_window" not in keys(*days, checkin(19, **WORSE), family="WDL")


def test_a_late_check_in_says_that_it_is_late():
    late = checkin(1, **WORSE) | {"received_at": at(9)}
    assert "late" in keys(dose(0), late, family="WDL")
    assert "late" not in keys(dose(0), checkin(1, **WORSE), family="WDL")


@pytest.mark.parametrize(("baseline", "said"), [(None, True), ({}, False)])
def test_every_flag_that_compares_says_when_there_is_nothing_to_compare_with(baseline, said):
    heavy = [drinks(n, 80, last_drink_at=at(n, "22:00")) for n in (-2, -1, 0)]
    one = checkin(1, **WORSE, opioid_craving=90)
    for family in ("WDL", "AWD", "CRV"):
        got = keys(*heavy, dose(0), one, family=family, baseline=baseline)
        assert any(key.startswith("no_baseline") for key in got) is said
    days = [checkin(n, "20:00", fatigue=4, insomnia=1) for n in range(14)]
    trend = found(dose(0), *days, family="WDL", baseline=baseline)
    assert ("no_baseline" in [reason.key for reason in trend.because]) is said
    assert trend.facts["baseline_on_record"] is not said


def test_the_answers_lie_beside_the_usual_ones():
    one = checkin(1, **WORSE, systolic_bp=130, opioid_craving=20)
    facts = found(dose(0), one, family="WDL", baseline={"anxiety": 0.5}).facts
    rows = {row["item"]: (row["value"], row["baseline"], row["worse"]) for row in facts["answers"]}
    assert rows["sweating"] == (2, 0, True)
    assert rows["anxiety"] == (2, 0.5, False)
    assert rows["systolic_bp"] == (130, None, False)
    assert facts["groups"] == ["A", "B", "C"]


def test_what_happened_when_and_was_received_when_is_kept():
    taken = dose(0, mg=18, received_at=at(0, "10:00"))
    one = checkin(1, **WORSE) | {"received_at": at(1, "10:05")}
    facts = found(taken, one, family="WDL").facts
    assert facts["last_dose"] == {
        "at": at(0, "09:00:00"),
        "timed": True,
        "mg": 18,
        "received_at": at(0, "10:00"),
    }
    assert (facts["happened_at"], facts["received_at"]) == (at(1), at(1, "10:05"))


def test_the_last_drink_and_the_drinks_of_the_week_before_are_kept():
    days = [drinks(n, 10 + n, last_drink_at=at(n, "20:00")) for n in (2, 3, 10, 11)]
    one = checkin(10, "21:00", **WORSE) | {"received_at": at(12)}
    facts = found(*days, dose(10), one, family="WDL").facts
    assert facts["last_drink_at"] == at(10, "20:00")
    assert [row["grams"] for row in facts["drinks"]] == [13, 20]


def test_the_last_drink_is_before_the_check_in_and_not_at_it():
    one = checkin(3, "22:00", signs=("seizure",))
    days = [drinks(n, 80, last_drink_at=at(n, "22:00")) for n in (1, 2, 3)]
    assert found(*days, one, family="EMG").facts["last_drink_at"] == at(2, "22:00")


def test_opioid_use_after_the_moment_is_not_what_went_before():
    uses = [used(n, "opioid", at=at(n, "10:00")) for n in (1, 3)]
    one = checkin(2, signs=("seizure",)) | {"received_at": at(4)}
    facts = found(*uses, one, family="EMG").facts
    assert facts["last_opioid"]["at"] == at(1)
    at_once = checkin(3, signs=("seizure",)) | {"received_at": at(4)}
    assert found(*uses, at_once, family="EMG").facts["last_opioid"]["at"] == at(3)


def test_use_at_the_very_moment_of_the_dose_is_recent():
    told = used(20, "opioid", at=at(20, "09:00"), received_at=at(20, "09:30"))
    days = [dose(n) for n in range(21)]
    both = {"sweating": 2, "nausea": 2}
    assert found(*days, told, checkin(20, **both), family="WDL").rule == "WDL-2"


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ({"self_harm_thoughts": 1, "ideation": 0, "suicidal_behavior": 0}, ["self_harm_thoughts"]),
        ({"self_harm_thoughts": 0, "ideation": 1}, ["ideation"]),
        ({"self_harm_thoughts": 0, "suicidal_behavior": 1}, ["suicidal_behavior"]),
    ],
)
def test_a_screen_says_the_answers_that_count(ratings, expected):
    screen = {"kind": "screen", "at": at(1), "instrument": "x", "ratings": ratings}
    assert keys(screen, family="SUI") == expected


def test_a_specimen_and_a_told_use_are_told_apart():
    assert found(urine(2), family="OPI").facts["use"]["by"] == "specimen"
    assert found(used(2, "opioid"), family="OPI").facts["use"]["by"] == "told"
    assert found(urine(2), family="OPI").facts["last_opioid"]["at"] == at(2, "11:00")


def test_days_not_taken_are_named():
    events = [untaken(8), untaken(9), used(10, "opioid")]
    (reason,) = [r for r in found(*events, family="OPI").because if r.key == "untaken_around"]
    assert reason.values["days"] == ["2026-03-10", "2026-03-11"]


def test_a_heavy_week_is_counted_in_7_days():
    heavy = [drinks(n, 80, last_drink_at=at(n, "22:00")) for n in range(9)]
    got = found(*heavy, checkin(9, **WORSE), family="AWD")
    (reason,) = [r for r in got.because if r.key == "heavy_days"]
    assert reason.values == {"count": 7, "of": 7}


def test_very_heavy_days_are_counted_from_120_grams():
    days = [*(drinks(n, 120) for n in range(4)), drinks(4, 119), drinks(5)]
    (reason,) = found(*days, family="AWD").because
    assert reason.values["count"] == 4


def test_reasons_survive_storage():
    for reason in found(dose(0), checkin(1, **WORSE), family="WDL").because:
        assert Reason.from_json(reason.as_json()) == reason


def test_the_build_up_is_judged_at_the_very_moment_of_the_first_dose():
    days = [checkin(n, "20:00", fatigue=4, insomnia=1) for n in range(-14, 0)]
    first = dose(0, "23:45")
    end = (datetime.fromisoformat(at(0, "23:45")) + timedelta(minutes=1)).isoformat()
    assert [x.finding.rule for x in lines(story(*days, first), "WDL", end)] == ["WDL-T"]
    first = dose(0, "23:46", received_at=at(0, "23:44"))
    assert lines(story(*days, first), "WDL", end) == []


@pytest.mark.parametrize("family", ["AWD", "EMG"])
def test_a_last_drink_whose_time_nobody_told_is_shown_by_its_day_alone(family):
    one = checkin(3, "08:00", **WORSE, signs=("seizure",))
    days = [drinks(n, 80, received_at=at(n + 1, "07:00")) for n in (0, 1, 2)]
    finding = found(*days, one, family=family)
    assert finding.facts["last_drink_timed"] is False
    moment = datetime.fromisoformat(at(3))
    because = [reason.as_json() for reason in finding.because]
    evidence = Evidence(
        moment, finding.rule, "urgent", moment, because, finding.facts, "raised", []
    )
    for language, words in (("en", "not told"), ("ru", "не указано")):
        shown = shown_evidence(evidence, translator(language), None, "UTC")
        told = [*shown.because, *(value for _, value in shown.before)]
        assert "23:00" not in " ".join(told)
        assert any(words in text for text in told)


def test_a_last_drink_whose_time_was_told_is_shown_with_it():
    one = checkin(3, "08:00", signs=("seizure",))
    days = [drinks(2, 80, last_drink_at=at(2, "22:00"))]
    assert found(*days, one, family="EMG").facts["last_drink_timed"] is True
