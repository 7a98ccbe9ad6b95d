"""Alcohol: withdrawal-like reactions after stopping, first drinks, heavy days, mixing."""

import pytest

from tests.rules.story import at, checkin, drinks, flagged, lines, story, used

SHAKY = {"tremor": 2, "anxiety": 2, "insomnia": 2}


def heavy(*days: int, grams: float = 80):
    return [drinks(n, grams, last_drink_at=at(n, "22:00")) for n in days]


# AWD-0


@pytest.mark.parametrize(
    ("grams", "expected"),
    [
        ((120, 120, 120, 120), ["AWD-0 routine"]),
        ((120, 120, 119.9, 120), []),
        ((120, 120, 120, 59.9), []),
        ((120, 120, 120, 120, 60), ["AWD-0 routine"]),
        ((120, 120, 120, 120, 59.9), []),
    ],
)
def test_stopping_after_very_heavy_days_is_called_before_symptoms_start(grams, expected):
    days = [drinks(n, amount) for n, amount in enumerate(grams)]
    assert flagged(story(*days, drinks(len(grams))), "AWD") == expected


def test_only_the_7_days_before_count_and_silence_is_not_an_alcohol_free_day():
    days = heavy(0, 1, 2, 6, grams=120)
    assert flagged(story(*days, drinks(7)), "AWD") == ["AWD-0 routine"]
    assert flagged(story(*days, drinks(8)), "AWD") == []
    assert flagged(story(*heavy(0, 1, 2, 7, grams=120), drinks(8)), "AWD") == []
    assert flagged(story(*days, drinks(6, received_at=at(9))), "AWD") == []


# AWD-1 and AWD-2


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (at(3, "03:59"), []),
        (at(3, "04:00"), ["AWD-1 urgent"]),
        (at(6, "22:00"), ["AWD-1 urgent"]),
        (at(6, "22:00:01"), []),
    ],
)
def test_awd_1_is_6_to_96_hours_after_the_last_drink(hour, expected):
    one = {**checkin(3, **SHAKY), "at": hour}
    assert flagged(story(*heavy(0, 1, 2), one), "AWD") == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((6, 7, 8), ["AWD-1 urgent"]),
        ((2, 3, 8), ["AWD-1 urgent"]),
        ((1, 2, 8), []),
        ((1, 7, 8), []),
        ((7, 8), []),
    ],
)
def test_three_heavy_days_of_the_7_up_to_the_last_drink(days, expected):
    assert flagged(story(*heavy(*days), checkin(9, **SHAKY)), "AWD") == expected


def test_the_days_are_counted_up_to_the_last_drink_even_where_that_day_was_light():
    days = [*heavy(1, 2, 3), drinks(7, 10, last_drink_at=at(7, "22:00"))]
    assert flagged(story(*days, checkin(9, **SHAKY)), "AWD") == ["AWD-1 urgent"]
    days = [*heavy(0, 1, 2), drinks(7, 10, last_drink_at=at(7, "22:00"))]
    assert flagged(story(*days, checkin(9, **SHAKY)), "AWD") == []


@pytest.mark.parametrize(
    ("sex", "grams", "expected"),
    [
        ("male", 60, ["AWD-1 urgent"]),
        ("male", 59.9, []),
        ("female", 40, ["AWD-1 urgent"]),
        ("female", 39.9, []),
        (None, 40, ["AWD-1 urgent"]),
        (None, 39.9, []),
    ],
)
def test_the_heavy_day_has_its_own_line_for_women_and_where_sex_is_unknown(sex, grams, expected):
    events = [*heavy(0, 1, 2, grams=grams), checkin(3, **SHAKY)]
    assert flagged(story(*events, sex=sex), "AWD") == expected


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ({"tremor": 2, "anxiety": 2}, []),
        ({"tremor": 2, "anxiety": 2, "headache": 1}, []),
        ({"tremor": 2, "anxiety": 2, "headache": 2}, ["AWD-1 urgent"]),
        ({"sweating": 2, "agitation": 2, "nausea": 2}, ["AWD-1 urgent"]),
        ({"palpitations": 2, "agitation": 2, "nausea": 2}, ["AWD-1 urgent"]),
        ({"anxiety": 4, "agitation": 3, "nausea": 4, "insomnia": 4, "headache": 4}, []),
        ({"tremor": 2, "anxiety": 2, "systolic_bp": 140}, ["AWD-1 urgent"]),
        ({"tremor": 2, "anxiety": 2, "systolic_bp": 139}, []),
        ({"tremor": 2, "anxiety": 2, "fatigue": 4, "chills": 4, "muscle_pain": 4}, []),
    ],
)
def test_three_symptoms_among_them_tremor_sweating_or_palpitations(ratings, expected):
    events = [*heavy(0, 1, 2), checkin(3, **ratings)]
    assert flagged(story(*events, baseline={"systolic_bp": 120}), "AWD") == expected


@pytest.mark.parametrize(
    ("hour", "sign", "expected"),
    [
        (at(3, "00:00"), "seizure", ["AWD-2 emergency"]),
        (at(9, "22:00"), "confusion", ["AWD-2 emergency"]),
        (at(9, "22:00:01"), "confusion", []),
        (at(3), "hallucination", ["AWD-2 emergency"]),
        (at(3), "fainting", []),
    ],
)
def test_awd_2_is_a_sign_within_7_days_of_the_last_drink(hour, sign, expected):
    one = {**checkin(3, signs=(sign,)), "at": hour}
    assert flagged(story(*heavy(0, 1, 2), one), "AWD") == expected


def test_a_last_drink_without_a_time_is_at_23_and_not_after_it_was_told():
    days = [*heavy(0, 1), drinks(2, 80)]
    assert flagged(story(*days, checkin(3, "04:59", **SHAKY)), "AWD") == []
    assert flagged(story(*days, checkin(3, "05:00", **SHAKY)), "AWD") == ["AWD-1 urgent"]
    told = [*heavy(0, 1), drinks(2, 80, received_at=at(2, "15:00"))]
    assert flagged(story(*told, checkin(2, "21:00", **SHAKY)), "AWD") == ["AWD-1 urgent"]


def test_an_alcohol_free_day_has_no_last_drink():
    days = [*heavy(0, 1, 2), drinks(3)]
    assert flagged(story(*days, checkin(4, "10:00", **SHAKY)), "AWD") == ["AWD-1 urgent"]
    assert flagged(story(*days, checkin(7, "10:00", **SHAKY)), "AWD") == []


def test_drinks_told_afterwards_complete_the_check_in():
    days = [*heavy(0, 1), {**heavy(2)[0], "received_at": at(3, "20:00")}]
    (line,) = lines(story(*days, checkin(3, **SHAKY)), "AWD")
    assert (line.finding.about.hour, line.raised_at.hour) == (7, 17)


def test_alcohol_free_beer_is_no_alcohol():
    beer = {"ml": 500, "abv": 0, "count": 2, "beverage": "beer"}
    days = [*(drinks(n) for n in range(7)), {**drinks(7), "items": [beer]}]
    assert flagged(story(*days), "ALC") == []
    assert flagged(story(*heavy(0, 1, 2, 3, grams=120), {**drinks(4), "items": [beer]}), "AWD")


# ALC


@pytest.mark.parametrize(("free", "expected"), [(6, []), (7, ["ALC-1 routine"])])
def test_a_first_drink_after_7_reported_alcohol_free_days(free, expected):
    days = [drinks(0, 10), *(drinks(n + 1) for n in range(free)), drinks(20, 10)]
    assert flagged(story(*days), "ALC") == expected


def test_taking_back_a_drink_judges_the_days_after_it_again():
    free = [drinks(n) for n in range(9) if n != 3]
    gone = {"kind": "drinks", "replaces": "x", "void": True, "received_at": at(15)}
    (line,) = lines(story(*free, drinks(3, 10, id="x"), drinks(9, 10), gone), "ALC")
    assert line.raised_at.day == 17
    moved = drinks(12, 10, replaces="x", received_at=at(15))
    (line,) = lines(story(*free, drinks(3, 10, id="x"), drinks(9, 10), moved), "ALC")
    assert line.finding.about.isoformat() == "2026-03-11T09:00:00+00:00"


def test_only_free_days_since_the_last_drink_count_and_only_the_first_drink_flags():
    days = [*(drinks(n) for n in range(6)), drinks(6, 10), *(drinks(n) for n in range(7, 13))]
    assert flagged(story(*days, drinks(13, 10)), "ALC") == []
    days = [*(drinks(n) for n in range(7)), drinks(7, 10)]
    assert flagged(story(*days, drinks(8, 10)), "ALC") == ["ALC-1 routine"]


def test_a_drink_told_late_is_judged_and_so_are_the_days_after_it():
    free = [drinks(n) for n in range(8)]
    late = drinks(8, 10, received_at=at(12))
    (line,) = lines(story(*free, late), "ALC")
    assert line.finding.about.isoformat() == "2026-03-10T09:00:00+00:00"
    taken_back = [drinks(3, 10, id="x"), drinks(3, replaces="x", received_at=at(15))]
    days = [d for n, d in enumerate(free) if n != 3]
    assert flagged(story(*days, *taken_back, drinks(8, 10)), "ALC") == ["ALC-1 routine"]


@pytest.mark.parametrize(
    ("grams", "before", "expected"),
    [
        (60, range(7, 14), ["ALC-2 routine"]),
        (59.9, range(7, 14), []),
        (60, range(8, 14), []),
        (60, range(7), ["ALC-2 routine"]),
        (60, (*range(-1, 6),), []),
    ],
)
def test_a_first_heavy_day_after_14_days_of_which_7_are_reported(grams, before, expected):
    days = [drinks(n, 20) for n in before]
    assert flagged(story(*days, drinks(14, grams)), "ALC") == expected


@pytest.mark.parametrize(("gap", "expected"), [(14, []), (15, ["ALC-2 routine"])])
def test_a_heavy_day_within_the_14_days_is_no_first_one(gap, expected):
    days = [drinks(0, 80), *(drinks(n, 20) for n in range(1, gap))]
    assert flagged(story(*days, drinks(gap, 80)), "ALC") == expected


def test_two_entries_for_one_day_add_up_and_an_empty_list_erases_nothing():
    light = [drinks(n, 20) for n in range(7, 14)]
    assert flagged(story(*light, drinks(14, 40), drinks(14, 20)), "ALC") == ["ALC-2 routine"]
    assert flagged(story(*light, drinks(14, 60), drinks(14)), "ALC") == ["ALC-2 routine"]
    one, none = drinks(14, 60, id="a"), drinks(14, replaces="a")
    assert flagged(story(*light, one, none), "ALC") == []


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((drinks(3, 10), used(3, "opioid")), ["ALC-3 urgent"]),
        ((drinks(3, 10), used(3, "sedative")), ["ALC-3 urgent"]),
        ((drinks(3, 10), used(3, "cannabis", "stimulant")), []),
        ((drinks(3), used(3, "opioid")), []),
        ((drinks(3, 10), used(4, "opioid")), []),
    ],
)
def test_alcohol_with_an_opioid_or_a_sedative_on_one_day_is_urgent(events, expected):
    assert flagged(story(*events), "ALC") == expected


def test_a_first_drink_grows_worse_when_a_sedative_is_told_for_the_same_day():
    days = [*(drinks(n) for n in range(7)), drinks(7, 10, received_at=at(7, "20:00"))]
    told = used(7, "sedative", received_at=at(8))
    assert flagged(story(*days, told), "ALC") == ["ALC-1 routine", "ALC-3 urgent"]
