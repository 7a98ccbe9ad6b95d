"""The diary's figures on a sheet: each with its days, and nothing out of too few of them."""

from datetime import UTC, datetime, timedelta

import pytest

from app.i18n import translator
from app.timeline.events import Checkin, Drink, Drinks
from app.timeline.known import Participant
from app.timeline.timeline import Timeline
from app.worksheets.figures import ENOUGH, figures_at, risk_level

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TODAY = NOW.date()


def told(*grams, sex="male", checkins=()):
    """Days of alcohol, yesterday's first; None was not told."""
    events = [
        Drinks(
            id=f"d{back}",
            received_at=NOW - timedelta(days=back - 1, hours=1),
            day=TODAY - timedelta(days=back),
            items=(Drink(100, amount / 0.789, 1, "other"),) if amount else (),
        )
        for back, amount in enumerate(grams, 1)
        if amount is not None
    ]
    return Timeline(Participant("DB-001", "Europe/Moscow", sex), tuple([*events, *checkins]))


def rated(back, **ratings):
    at = NOW - timedelta(days=back)
    return Checkin(
        id=f"c{back}", received_at=at, at=at, instrument="any", ratings=ratings, signs=()
    )


def figures(timeline, lang="en"):
    return figures_at(timeline.known_at(NOW), NOW, translator(lang))


@pytest.mark.parametrize(("days", "enough"), [(ENOUGH - 1, False), (ENOUGH, True)])
def test_a_figure_needs_four_days_and_says_how_many_there_were(days, enough):
    found = figures(told(*[30.0] * days))["grams_per_week"]
    assert found.over == f"{days} of 7 days told."
    said = f"{30 * days} g altogether on the days told"
    assert found.lines == ((said,) if enough else ("Not enough days yet",))


def test_today_and_the_eighth_day_are_not_counted():
    week = [10.0, None, 10.0, 10.0, 10.0, 10.0, 10.0]
    assert figures(told(*week, 500.0))["grams_per_week"].lines[0].startswith("60 g")


@pytest.mark.parametrize(
    ("sex", "mean", "level"),
    [
        ("male", 0.1, 0), ("male", 40.0, 0), ("male", 40.1, 1), ("male", 60.0, 1),
        ("male", 60.1, 2), ("male", 100.0, 2), ("male", 100.1, 3),
        ("female", 20.0, 0), ("female", 20.1, 1), ("female", 40.0, 1), ("female", 40.1, 2),
        ("female", 60.0, 2), ("female", 60.1, 3), (None, 60.1, 3),
    ],
)  # fmt: skip
def test_the_risk_level_changes_on_its_lines(sex, mean, level):
    assert risk_level(mean, sex) == level


def test_days_without_alcohol_have_no_level_and_days_with_it_say_their_mean():
    assert figures(told(0, 0, 0, 0))["risk_level"].lines == (
        "No alcohol on the days told: below every level",
    )
    assert figures(told(100, 0, 100, 0))["risk_level"].lines == (
        "50 g a day on average",
        "Level of the World Health Organization: medium",
    )
    russian = figures(told(100, 0, 100, 0), "ru")["risk_level"].lines
    assert russian[1].endswith("средний")


def test_urges_are_told_apart_as_they_are_asked():
    checkins = [rated(n, alcohol_craving=20.0 * n, opioid_craving=0.0) for n in range(1, 5)]
    found = figures(told(checkins=checkins))["craving"]
    assert found.lines == (
        "Alcohol: 5 of 10 on average, at most 8",
        "Opioids: 0 of 10 on average, at most 0",
    )
    assert found.over == "4 of 7 days told."
    few = figures(told(checkins=checkins[:3]))["craving"]
    assert few.lines == ("Not enough days yet",)


def test_side_effects_are_counted_by_days_the_most_frequent_first():
    checkins = [rated(n, nausea=1.0, headache=float(n > 2)) for n in range(1, 6)]
    assert figures(told(checkins=checkins))["symptoms"].lines == (
        "Nausea, feeling sick: on 5 days",
        "Headache: on 3 days",
    )
    calm = [rated(n, nausea=0.0) for n in range(1, 6)]
    assert figures(told(checkins=calm))["symptoms"].lines == ("Nothing was noted on these days",)
