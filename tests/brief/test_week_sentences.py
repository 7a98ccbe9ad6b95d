"""Weeks beside weeks, urges, days of the week: where the brief speaks, and where it must not."""

import pytest

from app.brief import sentences as rules
from app.brief.sentences import Weekday
from tests.brief.records import ago, grams, record


def urges(name, now, before, days=3):
    told = {n: {name: now} for n in range(1, days + 1)}
    return record(told | {n: {name: before} for n in range(8, days + 8)})


@pytest.mark.parametrize(
    ("rule", "name"),
    [(rules.opioid_urge_rose, "opioid_urge"), (rules.alcohol_urge_rose, "alcohol_urge")],
)
def test_an_urge_that_rose_by_two_points_is_named(rule, name):
    found = rule(urges(name, 5.0, 3.0))
    assert found.values == {"before": 3.0, "now": 5.0}
    assert found.days == (ago(3), ago(2), ago(1))
    assert found.before == (ago(10), ago(9), ago(8))
    assert rule(urges(name, 4.9, 3.0)) is None
    few = record({n: {name: 9.0} for n in (1, 2)} | {n: {name: 0.0} for n in (8, 9, 10)})
    assert rule(few) is None
    few = record({n: {name: 9.0} for n in (1, 2, 3)} | {n: {name: 0.0} for n in (8, 9)})
    assert rule(few) is None


@pytest.mark.parametrize(
    ("rule", "name"),
    [(rules.opioid_urge_fell, "opioid_urge"), (rules.alcohol_urge_fell, "alcohol_urge")],
)
def test_an_urge_that_fell_by_two_points_is_named_where_enough_was_told(rule, name):
    found = rule(urges(name, 3.0, 5.0, days=5))
    assert found.values == {"before": 5.0, "now": 3.0}
    assert (len(found.days), len(found.before)) == (5, 5)
    assert rule(urges(name, 3.1, 5.0, days=5)) is None
    assert rule(urges(name, 3.0, 5.0, days=4)) is None


@pytest.mark.parametrize(("peak", "speaks"), [(5.0, True), (5.1, False)])
def test_an_urge_that_was_high_again_on_one_day_did_not_fall(peak, speaks):
    told = {n: {"opioid_urge": 1.0} for n in range(2, 8)} | {1: {"opioid_urge": peak}}
    told |= {n: {"opioid_urge": 5.0} for n in range(8, 15)}
    assert (rules.opioid_urge_fell(record(told)) is not None) is speaks
    told[1] = {"opioid_urge": 3.0, "opioid_highest": peak}
    assert (rules.opioid_urge_fell(record(told)) is not None) is speaks


def weeks(third, second, first, days=6):
    told = {}
    for start, amount in ((1, third), (8, second), (15, first)):
        told |= grams(*[amount] * days, start=start)
    return record(told)


def test_two_falls_in_a_row_and_two_rises_are_named():
    fell = rules.weeks_fell(weeks(50, 60, 80))
    assert fell.values == {"first": 8.0, "second": 6.0, "third": 5.0, "count": 6}
    assert (len(fell.days), len(fell.before)) == (6, 12)
    assert rules.weeks_rose(weeks(80, 60, 50)).values == {
        "first": 5.0,
        "second": 6.0,
        "third": 8.0,
        "count": 6,
    }
    assert rules.weeks_rose(weeks(50, 60, 80)) is rules.weeks_fell(weeks(80, 60, 50)) is None


@pytest.mark.parametrize(
    ("third", "second", "speaks"),
    [(72, 80, True), (72.1, 80, False), (79.3, 88, False)],
)
def test_a_fall_counts_from_a_tenth(third, second, speaks):
    first = second / 0.9 + 0.001
    assert (rules.weeks_fell(weeks(third, second, first)) is not None) is speaks


@pytest.mark.parametrize(
    ("third", "second", "speaks"),
    [(88, 80, True), (87.9, 80, False), (88, 66, True), (88, 65.9, False)],
)
def test_a_rise_counts_from_a_tenth_in_both_steps(third, second, speaks):
    assert (rules.weeks_rose(weeks(third, second, 60)) is not None) is speaks


@pytest.mark.parametrize(
    ("third", "second", "first", "days"),
    [
        (50, 60, 60, 6),
        (56, 60, 80, 6),
        (60, 50, 60, 6),
        (0, 0, 0, 6),
        (50, 60, 80, 5),
        (80, 60, 50, 5),
    ],
)
def test_a_mixed_a_small_or_a_thin_change_is_not(third, second, first, days):
    told = weeks(third, second, first, days)
    assert rules.weeks_fell(told) is rules.weeks_rose(told) is None


def test_a_pattern_of_a_short_diary_counts_the_days_that_were_asked_about():
    told = grams(*[5, 50, 5, 5, 5, 5, 0] * 3)
    found = rules.one_weekday(record({n: told[n] for n in range(1, 21)}, asked_from=ago(20)))
    assert found.values == {"weekday": Weekday(5), "told": 20, "asked": 20}


def test_blank_days_are_in_no_mean():
    """Six days of 80 g and a blank one are 80 g a day, not 69."""
    told = weeks(80, 80, 80)
    assert rules.weeks_fell(told) is rules.weeks_rose(told) is None
    assert rules.week_fell(told) is rules.week_rose(told) is None


FALLS = (rules.weeks_fell, rules.week_fell)
ALL = (*FALLS, rules.weeks_rose, rules.week_rose)


@pytest.mark.parametrize(("saturday", "speaks"), [(89, True), (90, False), (300, False)])
def test_a_day_that_cannot_be_compared_does_not_hide_behind_a_fall(saturday, speaks):
    """20 g on six days, and a Saturday that was blank in the week before, of 30 g a day."""
    latest, before = (20, saturday, 20, 20, 20, 20, 20), (30, None, 30, 30, 30, 30, 30)
    told = record(grams(*latest, *before))
    assert (rules.week_fell(told) is not None) is speaks
    assert rules.weeks_fell(told) is None and rules.week_rose(told) is None


def test_what_a_third_week_leaves_blank_is_still_compared_between_the_other_two():
    latest, before = (20, 80, 20, 20, 20, 20, 20), (26, 24, 26, 26, 26, 26, 26)
    first = (30, None, 30, 30, 30, 30, 30)
    told = record(grams(*latest, *before, *first))
    assert [rule.__name__ for rule in ALL if rule(told) is not None] == []


WEEKEND = (100, 100, 5, 5, 5, 5, 5)


@pytest.mark.parametrize(
    "latest",
    [(None, None, 5, 5, 5, 5, 5), (None, 100, 5, 5, 5, 5, 5)],
)
def test_a_weekend_that_went_blank_is_no_change(latest):
    """The weeks are alike but for what was not told; so they are read backwards in time too."""
    middle = (None, 100, 5, 5, 5, 5, 5)
    for told in (grams(*latest, *middle, *WEEKEND), grams(*WEEKEND, *middle, *latest)):
        for rule in (rules.weeks_fell, rules.weeks_rose, rules.week_fell, rules.week_rose):
            assert rule(record(told)) is None, rule.__name__
        assert rules.heavy_days(record(told)) is None


@pytest.mark.parametrize(
    ("now", "before", "speaks"),
    [(60, 80, True), (60.1, 80, False), (15, 20, True), (14.9, 19.8, False), (0, 5, True)],
)
def test_one_week_counts_from_a_quarter_and_from_half_a_drink(now, before, speaks):
    fell = rules.week_fell(weeks(now, before, before))
    rose = rules.week_rose(weeks(before, now, now))
    assert (fell is not None) is (rose is not None) is speaks
    if fell:
        assert fell.values == {"now": now / 10, "before": before / 10, "count": 6}
        assert rose.values == {"now": before / 10, "before": now / 10, "count": 6}
        assert fell.days == rose.days == tuple(ago(n) for n in range(6, 0, -1))
        assert fell.before == rose.before == tuple(ago(n) for n in range(13, 7, -1))


def test_what_three_weeks_say_is_not_said_of_two_again():
    assert rules.week_fell(weeks(20, 60, 80)) is None
    assert rules.week_rose(weeks(80, 60, 20)) is None
    assert rules.week_fell(weeks(20, 60, 60)) is not None


@pytest.mark.parametrize("rule", [rules.week_fell, rules.heavy_days])
def test_two_weeks_are_compared_from_six_reported_days_on_both_sides(rule):
    week, thin = [80] * 6, [80] * 5
    assert rule(record(grams(*[0] * 6, None, *week))) is not None
    assert rule(record(grams(*[0] * 5, None, None, *week))) is None
    assert rule(record(grams(*[0] * 7, *thin))) is None


@pytest.mark.parametrize(
    ("now", "before", "speaks"), [(1, 3, True), (3, 1, True), (2, 3, False), (3, 2, False)]
)
def test_two_heavy_days_more_or_fewer_are_named_with_both_weeks(now, before, speaks):
    def week(heavy):
        return [60] * heavy + [59.9] * (6 - heavy)

    found = rules.heavy_days(record(grams(*week(now), 0, *week(before))))
    assert (found is not None) is speaks
    if found:
        assert found.values == {"now": now, "told": 7, "before": before, "told_before": 6}
        assert (len(found.days), len(found.before)) == (now, before)


def test_a_side_without_a_heavy_day_leads_to_what_was_told_there():
    found = rules.heavy_days(record(grams(*[0] * 7, *[60] * 7)))
    assert len(found.days) == len(found.before) == 7
    fell = rules.weeks_fell(record(grams(*[0] * 7, *[20] * 7, *[50] * 7)))
    assert fell.days == tuple(ago(n) for n in range(7, 0, -1))


QUIET = {n: {"grams": 0.0} for n in range(1, 17)}


def test_the_weekday_with_most_alcohol_is_named():
    saturdays = QUIET | {2: {"grams": 100.0}, 9: {"grams": 100.0}, 3: {"grams": 50.0}}
    found = rules.one_weekday(record(saturdays))
    assert found.values == {"weekday": Weekday(5), "told": 16, "asked": 28}
    assert found.days == (ago(9), ago(2))


@pytest.mark.parametrize(
    "told",
    [
        {2: {"grams": 100.0}, 3: {"grams": 50.0}, 4: {"grams": 40.0}},  # one Saturday alone
        {2: {"grams": 50.0}, 9: {"grams": 50.0}, 3: {"grams": 100.0}},  # exactly half
        {2: {"grams": 50.0}, 9: {"grams": 50.0}},  # no other drinking day to compare with
        {30: {"grams": 100.0}, 37: {"grams": 100.0}, 3: {"grams": 10.0}},  # long ago
    ],
)
def test_no_weekday_is_named_without_a_pattern(told):
    assert rules.one_weekday(record(QUIET | told)) is None


@pytest.mark.parametrize(("last", "speaks"), [(14, False), (15, True)])
def test_no_weekday_is_named_from_fewer_than_three_weeks(last, speaks):
    told = {n: {"grams": 0.0} for n in range(1, last + 1)}
    told |= {2: {"grams": 100.0}, 9: {"grams": 100.0}, 3: {"grams": 50.0}}
    assert (rules.one_weekday(record(told)) is not None) is speaks


@pytest.mark.parametrize(("blank", "speaks"), [(14, False), (15, True)])
def test_no_weekday_is_named_from_fewer_than_fourteen_days(blank, speaks):
    """Three weeks of 28, of which half and no day less has to be told."""
    saturdays = {2: {"grams": 100.0}, 9: {"grams": 100.0}, 16: {"grams": 50.0}}
    told = {n: {"grams": 0.0} for n in range(3, blank) if n != 9}
    told |= saturdays | {3: {"grams": 50.0}}
    assert len(told) == blank - 1
    assert (rules.one_weekday(record(told)) is not None) is speaks
