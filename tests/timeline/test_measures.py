"""Grams, heavy days and coverage: a day without a report is never a day without alcohol."""

from datetime import date

import pytest

from app.timeline.measures import blood_pressure, drinking, grams, uncalmed_pressure


@pytest.mark.parametrize(
    ("ml", "abv", "expected"),
    [(50, 40, 15.8), (500, 40, 157.8), (500, 5, 19.7), (750, 12, 71.0), (44, 40, 13.9)],
)
def test_grams_of_usual_drinks(ml, abv, expected):
    assert round(grams(ml, abv), 1) == expected
    assert grams(ml, abv, 2) == pytest.approx(2 * grams(ml, abv))


FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)


def test_figures_count_reported_days_and_say_how_many_there_are():
    days = {date(2026, 3, 2): 0.0, date(2026, 3, 3): 60.0, date(2026, 3, 5): 20.0}
    found = drinking(days, FIRST, LAST, heavy=60)
    assert (found.coverage.reported, found.coverage.expected) == (3, 7)
    assert (found.drinking_days, found.free_days, found.heavy_days) == (2, 1, 1)
    assert found.highest_grams == 60


def test_a_silent_day_breaks_a_run_of_alcohol_free_days():
    days = {date(2026, 3, n): 0.0 for n in (2, 3, 5, 6, 7)}
    assert drinking(days, FIRST, LAST, heavy=60).longest_free_run == 3


def test_nothing_reported_covers_nothing():
    found = drinking({}, FIRST, LAST, heavy=60)
    assert found.coverage.share == 0
    assert drinking({}, LAST, FIRST, heavy=60).coverage.share is None


READINGS = [
    ({}, (None, None), (None, None)),
    ({"systolic_bp": 150, "diastolic_bp": 90}, (150, 90), (150, 90)),
    (
        {
            "systolic_bp": 150,
            "diastolic_bp": 90,
            "systolic_bp_repeat": 130,
            "diastolic_bp_repeat": 95,
        },
        (130, 95),
        (130, 95),
    ),
    ({"systolic_bp": 150, "systolic_bp_repeat": 130}, (130, None), (150, None)),
    ({"systolic_bp": 150, "diastolic_bp": 90, "systolic_bp_repeat": 130}, (130, 90), (150, 90)),
    ({"diastolic_bp": 90, "diastolic_bp_repeat": 125}, (None, 125), (None, 125)),
]


@pytest.mark.parametrize(("values", "counts", "dangerous"), READINGS)
def test_the_repeat_counts_and_only_a_whole_one_calms_a_danger(values, counts, dangerous):
    assert blood_pressure(values) == counts
    assert uncalmed_pressure(values) == dangerous
