"""Reactions to stopping alcohol: the AWD rows of the page."""

from __future__ import annotations

import pytest

from tests.rules.scenarios import (
    Json,
    check,
    doses,
    drank,
    printed,
    quiet,
    resolved,
    sober,
    story,
)

NOW = "03-24 10:00"
Rows = list[tuple[str, Json, list[str]]]
BP: Json = {"systolic_bp": 126, "diastolic_bp": 80}
SHAKY: Json = {"tremor": 2, "sweating": 2, "headache": 2}
DRY = ["AWD-0 routine 03-07 23:30 about 03-07 12:00"]


def heavy_week(*on: str, ml: float = 400) -> list[Json]:
    return [drank(day, ml=ml) for day in on]


def dried(ml: float, sex: str | None = "male") -> Json:
    """Four days of 126 g, a day of `ml` vodka, an alcohol-free day on 7 March."""
    four = heavy_week("03-02", "03-03", "03-04", "03-05")
    return story(four, drank("03-06", ml=ml), sober("03-07", "03-07"), sex=sex)


ALMOST = [*heavy_week("03-02", "03-03", "03-04"), drank("03-05", ml=380)]
STOPS: Rows = [
    ("a heavy day of 60 g just before", dried(191), DRY),
    ("59.96 g are no heavy day of a man", dried(190), []),
    ("41 g are one of a woman", dried(130, "female"), DRY),
    ("39.8 g are not", dried(126, "female"), []),
    ("without a sex the lower line holds", dried(130, None), DRY),
    ("and 41 g are none of a man", dried(130), []),
    (
        "119.9 g do not make the fourth day",
        story(ALMOST, drank("03-06"), sober("03-07", "03-07")),
        [],
    ),
    (
        "120.2 g do",
        story(ALMOST[:3], drank("03-05", ml=381), drank("03-06"), sober("03-07", "03-07")),
        DRY,
    ),
    (
        "the day before may be one of the four",
        story(
            quiet("03-02", "03-02"),
            heavy_week("03-03", "03-04", "03-05", "03-06"),
            sober("03-07", "03-07"),
        ),
        DRY,
    ),
    (
        "a very heavy day told afterwards",
        story(
            heavy_week("03-02", "03-03", "03-04"),
            drank("03-05", ml=400, received_at="03-08 09:00"),
            drank("03-06"),
            sober("03-07", "03-07"),
            quiet("03-05", "03-08"),
        ),
        ["AWD-0 routine 03-08 09:00 about 03-07 12:00"],
    ),
    (
        "a silent day before is no heavy day",
        story(
            heavy_week("03-02", "03-03", "03-04", "03-05"),
            quiet("03-06", "03-06"),
            sober("03-07", "03-07"),
        ),
        [],
    ),
    (
        "a silent day after is no alcohol-free day",
        story(heavy_week("03-02", "03-03", "03-04", "03-05", "03-06"), quiet("03-07", "03-07")),
        [],
    ),
    (
        "the seventh day before counts",
        story(
            heavy_week("03-02", "03-06", "03-07", "03-08"),
            quiet("03-03", "03-05"),
            sober("03-09", "03-09"),
        ),
        ["AWD-0 routine 03-09 23:30 about 03-09 12:00"],
    ),
    (
        "the eighth day before does not count",
        story(
            heavy_week("03-02", "03-07", "03-08"),
            drank("03-06", ml=200),
            heavy_week("03-05"),
            quiet("03-03", "03-04"),
            drank("03-09", ml=200),
            sober("03-10", "03-10"),
            first="03-02",
        ),
        [],
    ),
    (
        "the second alcohol-free day says nothing new",
        story(
            heavy_week("03-02", "03-03", "03-04", "03-05", "03-06"),
            sober("03-07", "03-08"),
            resolved("03-08 09:00", "AWD"),
        ),
        DRY,
    ),
]


@pytest.mark.parametrize(("data", "flags"), [s[1:] for s in STOPS], ids=[s[0] for s in STOPS])
def test_the_first_alcohol_free_day_after_heavy_drinking(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags


def withdrawn(at: str, *signs: str, last: str | None = "03-07 22:00", **ratings: float) -> Json:
    """Three heavy days, 5 to 7 March, the last drink at 22:00, and a check-in without doses."""
    drinks = [drank("03-05"), drank("03-06"), drank("03-07", last_drink_at=last)]
    ratings = ratings or ({} if signs else SHAKY)
    return story(drinks, quiet("03-02", "03-15"), check(at, signs, **ratings), baseline=BP)


WITHDRAWALS: Rows = [
    ("six hours after the last drink", withdrawn("03-08 04:00"), ["AWD-1 urgent 03-08 04:00"]),
    ("a minute less", withdrawn("03-08 03:59"), []),
    ("96 h after", withdrawn("03-11 22:00"), ["AWD-1 urgent 03-11 22:00"]),
    ("a minute more", withdrawn("03-11 22:01"), []),
    (
        "a last drink without a time was at 23:00",
        withdrawn("03-08 05:00", last=None),
        ["AWD-1 urgent 03-08 05:00"],
    ),
    ("so 04:59 is too early", withdrawn("03-08 04:59", last=None), []),
    (
        "or when it was received, if that is earlier",
        story(
            drank("03-05"),
            drank("03-06"),
            drank("03-07", received_at="03-07 21:00"),
            quiet("03-02", "03-08"),
            check("03-08 03:00", **SHAKY),
        ),
        ["AWD-1 urgent 03-08 03:00"],
    ),
    ("two worse items are not three", withdrawn("03-08 10:00", tremor=4, sweating=4), []),
    (
        "without tremor, sweating or palpitations",
        withdrawn("03-08 10:00", anxiety=4, agitation=4, nausea=4, insomnia=4, headache=4),
        [],
    ),
    (
        "palpitations, insomnia and headache",
        withdrawn("03-08 10:00", palpitations=2, insomnia=2, headache=2),
        ["AWD-1 urgent 03-08 10:00"],
    ),
    ("fatigue is not on its list", withdrawn("03-08 10:00", tremor=2, sweating=2, fatigue=4), []),
    (
        "raised blood pressure is",
        withdrawn("03-08 10:00", tremor=2, sweating=2, systolic_bp=146),
        ["AWD-1 urgent 03-08 10:00"],
    ),
    (
        "19 above is not raised",
        withdrawn("03-08 10:00", tremor=2, sweating=2, systolic_bp=145),
        [],
    ),
    (
        "the seventh day back counts",
        story(
            drank("03-02"),
            quiet("03-02", "03-09"),
            drank("03-07"),
            drank("03-08"),
            check("03-09 10:00", **SHAKY),
        ),
        ["AWD-1 urgent 03-09 10:00"],
    ),
    (
        "the eighth does not",
        story(
            drank("03-02"),
            quiet("03-02", "03-10"),
            drank("03-08"),
            drank("03-09"),
            check("03-10 10:00", **SHAKY),
        ),
        [],
    ),
    (
        "two reports of one day add up to a heavy day",
        story(
            drank("03-05"),
            drank("03-06"),
            drank("03-07", ml=100),
            drank("03-07", ml=100),
            quiet("03-02", "03-08"),
            check("03-08 10:00", **SHAKY),
        ),
        ["AWD-1 urgent 03-08 10:00"],
    ),
    (
        "one of them alone does not",
        story(
            drank("03-05"),
            drank("03-06"),
            drank("03-07", ml=100),
            quiet("03-02", "03-08"),
            check("03-08 10:00", **SHAKY),
        ),
        [],
    ),
    (
        "the morning's last drink counts though the evening is told later",
        story(
            drank("03-05"),
            drank("03-06"),
            drank("03-07"),
            drank("03-08", ml=50, last_drink_at="03-08 10:00", received_at="03-08 10:05"),
            check("03-08 15:00", **SHAKY),
            drank("03-08", last_drink_at="03-08 22:00", received_at="03-08 22:30"),
            quiet("03-02", "03-08"),
        ),
        [],
    ),
    (
        "a check-in a week late is as urgent",
        story(
            [drank("03-05"), drank("03-06"), drank("03-07")],
            check("03-08 10:00", received_at="03-15 10:00", **SHAKY),
            quiet("03-02", "03-15"),
        ),
        ["AWD-1 urgent 03-15 10:00 about 03-08 10:00"],
    ),
    (
        "heavy days told after the check-in judge it again",
        story(
            [drank("03-05", received_at="03-08 12:00"), drank("03-06"), drank("03-07")],
            check("03-08 10:00", **SHAKY),
            quiet("03-02", "03-08"),
        ),
        ["AWD-1 urgent 03-08 12:00 about 03-08 10:00"],
    ),
    (
        "hallucination is an emergency",
        withdrawn("03-08 10:00", "hallucination"),
        ["AWD-2 emergency 03-08 10:00", "EMG-1 emergency 03-08 10:00"],
    ),
    (
        "a seizure too, and sooner than six hours",
        withdrawn("03-08 00:30", "seizure"),
        ["AWD-2 emergency 03-08 00:30", "EMG-1 emergency 03-08 00:30"],
    ),
    (
        "confusion a week after the last drink",
        withdrawn("03-14 22:00", "confusion"),
        ["AWD-2 emergency 03-14 22:00", "EMG-1 emergency 03-14 22:00"],
    ),
    (
        "more than a week after",
        withdrawn("03-15 00:30", "confusion"),
        ["EMG-1 emergency 03-15 00:30"],
    ),
    (
        "chest pain is not its sign",
        withdrawn("03-08 10:00", "chest_pain"),
        ["EMG-1 emergency 03-08 10:00"],
    ),
    (
        "both reactions stand side by side",
        story(
            doses("03-02", "03-08"),
            drank("03-05"),
            drank("03-06"),
            drank("03-07"),
            check("03-08 10:00", tremor=2, sweating=2, anxiety=2, nausea=2),
        ),
        ["WDL-2 urgent 03-08 10:00", "AWD-1 urgent 03-08 10:00"],
    ),
]


@pytest.mark.parametrize(
    ("data", "flags"), [w[1:] for w in WITHDRAWALS], ids=[w[0] for w in WITHDRAWALS]
)
def test_a_reaction_to_stopping_alcohol(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags
