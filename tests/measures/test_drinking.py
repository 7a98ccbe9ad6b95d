"""Drinking days and their denominators."""

from datetime import timedelta

import pytest

from app.measures import drinking as d
from app.measures.drinking import Untold
from tests.measures.test_weeks import BEGIN, known, on


def drinks(day, grams=None, **more):
    items = [] if not grams else [{"ml": grams / 0.789, "abv": 100, "count": 1}]
    return {"kind": "drinks", "day": on(day), "items": items, **more}


def day(n):
    return BEGIN + timedelta(days=n - 1)


FOUND = known(
    drinks(1),
    drinks(2),
    drinks(3, 20),
    drinks(4),
    drinks(6),
    drinks(7, 60),
    drinks(8, amount="unknown"),
)


def test_what_was_not_told_is_in_no_denominator_and_breaks_the_dry_run():
    found = d.counted(FOUND, day(1), day(10), heavy=60)
    assert (found.days, found.observed, found.completeness) == (10, 7, 0.7)
    assert (found.drinking_days, found.heavy_days) == (3, 1)
    assert found.percent_days_abstinent == pytest.approx(400 / 7)
    assert (found.longest_dry_run, found.longest_dry_run_uncensored) == (2, 2)
    assert (found.first_drink, found.first_heavy) == (day(3), day(7))


def test_a_day_of_unknown_amount_is_a_drinking_day_in_no_grams():
    found = d.counted(FOUND, day(7), day(8), heavy=60)
    assert (found.drinking_days, found.grams) == (2, (60.0,))
    assert found.grams_a_drinking_day == found.grams_a_day == found.highest_grams == 60
    assert found.drinks_a_drinking_day(10) == 6


def test_an_entry_of_unknown_amount_beside_a_known_one_leaves_the_grams_of_the_day_open():
    both = known(drinks(1, 20), drinks(1, amount="unknown"))
    assert d.counted(both, day(1), day(1), heavy=60).grams == ()


def test_untold_days_are_dry_only_where_the_caller_says_so():
    found = d.counted(FOUND, day(1), day(10), 60, Untold.DRY)
    assert (found.observed, found.drinking_days, found.longest_dry_run) == (10, 3, 3)


def test_a_span_of_which_nothing_was_told_has_no_figures():
    found = d.counted(known(), day(1), day(28), 60)
    assert found.percent_days_abstinent is found.grams_a_day is found.first_drink is None


@pytest.mark.parametrize(
    ("told", "grace", "good"),
    [
        ([drinks(1), drinks(2), drinks(3, 59)], 0, True),
        ([drinks(1, 90), drinks(2), drinks(3)], 0, False),
        ([drinks(1, 90), drinks(2), drinks(3)], 1, True),
        ([drinks(1), drinks(3)], 0, False),
        ([drinks(1), drinks(2), drinks(3, amount="unknown")], 0, False),
    ],
)
def test_no_heavy_day_and_what_is_missing_is_a_failure(told, grace, good):
    assert d.no_heavy_day(known(*told), day(1), day(3), 60, grace) is good


@pytest.mark.parametrize(
    ("grams", "sex", "level"),
    [
        (0, "male", 0),
        (40, "male", 1),
        (40.1, "male", 2),
        (60, "male", 2),
        (100, "male", 3),
        (100.1, "male", 4),
        (20, "female", 1),
        (40, "female", 2),
        (60, "female", 3),
        (61, None, 4),
    ],
)
def test_who_levels(grams, sex, level):
    assert d.who_level(grams, sex) == level


def test_a_risk_level_falls_and_a_silent_month_is_no_reduction():
    def month(grams):
        told = known(*(drinks(n, grams) for n in range(1, 8)))
        return d.counted(told, day(1), day(28), 60)

    silent = d.counted(known(), day(1), day(28), 60)
    assert d.who_reduction(month(110), month(50), "male") == 2
    assert d.who_reduction(month(50), month(110), "male") == -2
    assert d.who_reduction(month(110), silent, "male") == 0
    assert d.who_reduction(silent, month(110), "male") is None


def test_the_us_line_is_the_lower_one_where_the_sex_is_not_on_record():
    assert [d.us_heavy_line(sex) for sex in ("male", "female", None)] == [70, 56, 56]
