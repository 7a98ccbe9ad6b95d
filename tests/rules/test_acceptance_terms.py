"""The terms of the safety rules: baseline, exposure and start window."""

from __future__ import annotations

import pytest

from tests.rules.scenarios import (
    FOUR_GROUPS,
    R9,
    R10,
    R12,
    THREE_GROUPS,
    Json,
    check,
    dose,
    doses,
    printed,
    quiet,
    settled,
    starting,
    story,
    untaken,
)

NOW = "03-24 10:00"
EARLY = "03-05 10:00"
RUN_IN = quiet("02-22", "03-01")
WITH_ANXIETY_3: Json = {"sweating": 2, "nausea": 2, "anxiety": 3}
Rows = list[tuple[str, Json, list[str]]]


def computed(*run_in: Json, ratings: Json | None = None) -> Json:
    """A story whose baseline comes from the run-in check-ins; judged on 5 March."""
    entry = check(EARLY, **(ratings or WITH_ANXIETY_3))
    return starting(RUN_IN, list(run_in), entry, baseline=...)


def run_in(*ats: str, **ratings: float) -> list[Json]:
    return [check(at, **ratings) for at in ats]


THREE_DAYS = ("02-23 08:00", "02-25 08:00", "03-01 20:00")
WDL1 = [f"WDL-1 routine {EARLY}"]

BASELINES: Rows = [
    ("three run-in check-ins are a baseline", computed(*run_in(*THREE_DAYS, anxiety=3)), []),
    ("two are none, and 0 stands in", computed(*run_in(*THREE_DAYS[:2], anxiety=3)), WDL1),
    (
        "the eighth day before the first dose is outside",
        computed(*run_in("02-22 23:00", *THREE_DAYS[1:], anxiety=3)),
        WDL1,
    ),
    (
        "the day of the first dose is outside",
        computed(*run_in(*THREE_DAYS[:2], "03-02 09:00", anxiety=3)),
        WDL1,
    ),
    (
        "three on one day are three",
        computed(*run_in("02-25 08:00", "02-25 12:00", "02-25 20:00", anxiety=3)),
        [],
    ),
    (
        "the median is neither the mean nor the highest",
        computed(
            check(THREE_DAYS[0], anxiety=1),
            check(THREE_DAYS[1], anxiety=4),
            check(THREE_DAYS[2], anxiety=1),
        ),
        WDL1,
    ),
    (
        "an item that no run-in check-in rates has baseline 0",
        computed(*run_in(*THREE_DAYS, insomnia=4)),
        WDL1,
    ),
    (
        "a check-in sent twice counts once",
        computed(
            check(THREE_DAYS[0], anxiety=3, token="a"),
            check(THREE_DAYS[1], anxiety=3, token="b"),
            check(THREE_DAYS[1], anxiety=3, token="b"),
        ),
        WDL1,
    ),
    (
        "four check-ins: the median 1.5 leaves a rise of 1.5",
        computed(
            *run_in("02-23 08:00", "02-24 08:00", anxiety=1),
            *run_in("02-25 08:00", "02-26 08:00", anxiety=2),
        ),
        [],
    ),
    (
        "blood pressure has a baseline of its own",
        computed(
            *run_in(*THREE_DAYS, systolic_bp=120, diastolic_bp=80),
            ratings={"nausea": 2, "tremor": 2, "systolic_bp": 140, "diastolic_bp": 80},
        ),
        WDL1,
    ),
    (
        "19 above the median pressure is no rise",
        computed(
            *run_in(*THREE_DAYS, systolic_bp=121, diastolic_bp=80),
            ratings={"nausea": 2, "tremor": 2, "systolic_bp": 140, "diastolic_bp": 80},
        ),
        [],
    ),
    (
        "the repeat is the blood pressure of the run-in too",
        computed(
            *run_in(*THREE_DAYS, systolic_bp=150, systolic_bp_repeat=120),
            ratings={"nausea": 2, "tremor": 2, "systolic_bp": 140},
        ),
        WDL1,
    ),
    (
        "a run-in without blood pressure never judges a rise",
        computed(
            *run_in(*THREE_DAYS, anxiety=0),
            ratings={"nausea": 2, "tremor": 2, "systolic_bp": 159, "diastolic_bp": 99},
        ),
        [],
    ),
    (
        "no baseline on record compares with 0",
        starting(check(EARLY, **THREE_GROUPS), baseline=None),
        WDL1,
    ),
    (
        "a given baseline wins over the run-in",
        starting(RUN_IN, run_in(*THREE_DAYS, anxiety=3), check(EARLY, **WITH_ANXIETY_3)),
        WDL1,
    ),
    (
        "the first dose taken counts, not the planned one",
        story(
            RUN_IN,
            quiet("03-02", "03-03"),
            run_in("02-25 08:00", "03-02 08:00", "03-03 08:00", anxiety=3),
            doses("03-04", "03-05"),
            check(EARLY, **WITH_ANXIETY_3),
            baseline=...,
        ),
        [],
    ),
    (
        "days are the participant's own",
        story(
            RUN_IN,
            doses("03-02", "03-05"),
            [check(at, anxiety=3) for at in ("2026-02-23T01:00:00Z", *THREE_DAYS[1:])],
            check(EARLY, **WITH_ANXIETY_3),
            zone="America/New_York",
            baseline=...,
        ),
        WDL1,
    ),
]


@pytest.mark.parametrize(
    ("data", "flags"), [b[1:] for b in BASELINES], ids=[b[0] for b in BASELINES]
)
def test_the_baseline_is_the_persons_own_run_in(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags


def test_a_median_between_two_ratings_enters_r_as_it_is() -> None:
    before = [
        *run_in("02-23 08:00", "02-24 08:00", anxiety=1),
        *run_in("02-25 08:00", "02-26 08:00", anxiety=2),
    ]
    high = {"sweating": 3, "nausea": 3, "tremor": 3, "anxiety": 4}
    below = settled(RUN_IN, before, check(NOW, **high), baseline=...)
    above = settled(RUN_IN, before, check(NOW, **high | {"sweating": 4}), baseline=...)
    assert printed(below) == [f"WDL-1 routine {NOW}"]
    assert printed(above) == [f"WDL-2 urgent {NOW}"]


def after_gap(*gap: Json) -> Json:
    """Doses to 20 March, a gap, a dose on the 24th at 08:00, four groups at 10:00."""
    again = dose("03-24", at="03-24 08:00")
    return story(doses("03-02", "03-20"), list(gap), again, check(NOW, **FOUR_GROUPS))


URGENT, ROUTINE = [f"WDL-2 urgent {NOW}"], [f"WDL-1 routine {NOW}"]
WINDOWS: Rows = [
    (
        "four groups in it are urgent",
        starting(check(EARLY, **FOUR_GROUPS)),
        [f"WDL-2 urgent {EARLY}"],
    ),
    (
        "three groups and R 10 in it are urgent",
        starting(check(EARLY, **R10)),
        [f"WDL-2 urgent {EARLY}"],
    ),
    ("three groups and R 9 in it are routine", starting(check(EARLY, **R9)), WDL1),
    (
        "two groups in it are nothing, whatever R",
        starting(check(EARLY, sweating=4, chills=4, nausea=4)),
        [],
    ),
    (
        "one minute before 14 x 24 h",
        story(doses("03-02", "03-16"), check("03-16 11:59", **FOUR_GROUPS)),
        ["WDL-2 urgent 03-16 11:59"],
    ),
    (
        "one minute after 14 x 24 h",
        story(doses("03-02", "03-16"), check("03-16 12:01", **FOUR_GROUPS)),
        ["WDL-1 routine 03-16 12:01"],
    ),
    ("three silent days restart it", after_gap(*quiet("03-21", "03-23")), URGENT),
    (
        "two silent days do not",
        story(
            doses("03-02", "03-21"),
            quiet("03-22", "03-23"),
            dose("03-24", at="03-24 08:00"),
            check(NOW, **FOUR_GROUPS),
        ),
        ROUTINE,
    ),
    (
        "held days are days with no dose",
        after_gap(*untaken("03-21", "03-22", "03-23", hold=True)),
        URGENT,
    ),
    (
        "a higher dose opens it again",
        story(doses("03-02", "03-19", mg=18), doses("03-20", "03-24"), check(NOW, **FOUR_GROUPS)),
        URGENT,
    ),
    (
        "a lower dose does not",
        story(doses("03-02", "03-19"), doses("03-20", "03-24", mg=18), check(NOW, **FOUR_GROUPS)),
        ROUTINE,
    ),
    (
        "back to 36 mg after a lower dose is a higher one",
        story(
            doses("03-02", "03-19"),
            dose("03-20", mg=18),
            doses("03-21", "03-24"),
            check(NOW, **FOUR_GROUPS),
        ),
        URGENT,
    ),
    (
        "36 mg told in so many words is no higher than the usual dose",
        story(doses("03-02", "03-20"), doses("03-21", "03-24", mg=36), check(NOW, **FOUR_GROUPS)),
        ROUTINE,
    ),
    (
        "a dose 72 h before exposes",
        story(
            doses("03-02", "03-21"), quiet("03-22", "03-24"), check("03-24 12:00", **THREE_GROUPS)
        ),
        ["WDL-1 routine 03-24 12:00"],
    ),
    (
        "a dose 72 h and a minute before does not",
        story(doses("03-02", "03-21"), quiet("03-22", "03-24"), check("03-24 12:01", **R12)),
        [],
    ),
    (
        "nobody is exposed before a first dose",
        story(quiet("03-02", "03-05"), check(EARLY, **R12)),
        [],
    ),
    (
        "a dose that was not taken exposes nobody",
        story(
            doses("03-02", "03-20"),
            quiet("03-21", "03-22"),
            untaken("03-23"),
            quiet("03-24", "03-24"),
            check(NOW, **R12),
        ),
        [],
    ),
]


@pytest.mark.parametrize(("data", "flags"), [w[1:] for w in WINDOWS], ids=[w[0] for w in WINDOWS])
def test_exposure_and_the_start_window(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags
