"""Recent opioid use, and what arrives late, as the withdrawal rules weigh them."""

from __future__ import annotations

import pytest

from tests.rules.scenarios import (
    FOUR_GROUPS,
    R9,
    R10,
    R11,
    R12,
    THREE_GROUPS,
    TWO_GROUPS,
    Json,
    check,
    dose,
    doses,
    printed,
    quiet,
    settled,
    starting,
    story,
    urine,
    used,
)

NOW = "03-24 10:00"
EARLY = "03-05 10:00"


Rows = list[tuple[str, Json, list[str]]]


TOLD_20 = "OPI-1 urgent 03-20 23:30 about 03-20 20:00"


def near_dose(at: str, ratings: Json) -> Json:
    use = used("03-23", at="03-23 20:00")
    last = dose("03-24", at="03-24 08:00")
    return story(doses("03-02", "03-23"), use, last, check(at, **ratings))


TOLD_23 = "OPI-1 urgent 03-23 23:30 about 03-23 20:00"
OPIOIDS: Rows = [
    (
        "recent use and two groups are urgent",
        settled(used("03-20", at="03-20 20:00"), check(NOW, **TWO_GROUPS)),
        [TOLD_20, f"WDL-2 urgent {NOW}"],
    ),
    (
        "recent use and one group are nothing",
        settled(used("03-20", at="03-20 20:00"), check(NOW, sweating=4)),
        [TOLD_20],
    ),
    (
        "a positive specimen is use at its time",
        settled(urine("03-20 09:00"), check(NOW, **TWO_GROUPS)),
        ["OPI-1 urgent 03-20 09:00", "UDS-1 routine 03-20 09:00", f"WDL-2 urgent {NOW}"],
    ),
    (
        "a negative specimen is not",
        settled(urine("03-20 09:00", "negative"), check(NOW, **TWO_GROUPS)),
        [],
    ),
    (
        "an invalid specimen is not",
        settled(urine("03-20 09:00", "invalid"), check(NOW, **TWO_GROUPS)),
        [],
    ),
    (
        "ten days before the last dose are recent",
        settled(used("03-13", at="03-13 12:00"), check(NOW, **TWO_GROUPS)),
        ["OPI-1 urgent 03-13 23:30 about 03-13 12:00", f"WDL-2 urgent {NOW}"],
    ),
    (
        "eleven are not",
        settled(used("03-12", at="03-12 23:00"), check(NOW, **TWO_GROUPS)),
        ["OPI-1 urgent 03-12 23:30 about 03-12 23:00"],
    ),
    (
        "use after the last dose is not before it",
        story(
            doses("03-02", "03-22"),
            used("03-23", at="03-23 20:00"),
            check(NOW, **TWO_GROUPS),
        ),
        [TOLD_23],
    ),
    (
        "use told later judges the check-in again",
        settled(used("03-20", received_at="03-25 09:00"), check(NOW, **TWO_GROUPS)),
        [
            "WDL-2 urgent 03-25 09:00 about 03-24 10:00",
            "OPI-1 urgent 03-25 09:00 about 03-20 23:30",
        ],
    ),
    (
        "use told 72 h after the check-in is in time",
        settled(used("03-20", received_at="03-27 10:00"), check(NOW, **TWO_GROUPS), last="03-27"),
        [
            "WDL-2 urgent 03-27 10:00 about 03-24 10:00",
            "OPI-1 urgent 03-27 10:00 about 03-20 23:30",
        ],
    ),
    (
        "use told a minute later is late evidence",
        settled(used("03-20", received_at="03-27 10:01"), check(NOW, **TWO_GROUPS), last="03-27"),
        [
            "WDL-2 routine 03-27 10:01 about 03-24 10:00",
            "OPI-1 urgent 03-27 10:01 about 03-20 23:30",
        ],
    ),
    (
        "late evidence that is capped at the open severity prints nothing",
        settled(used("03-20", received_at="03-27 10:01"), check(NOW, **THREE_GROUPS), last="03-27"),
        [f"WDL-1 routine {NOW}", "OPI-1 urgent 03-27 10:01 about 03-20 23:30"],
    ),
    (
        "six hours after a dose with R 10 is an emergency",
        near_dose("03-24 14:00", R10),
        [TOLD_23, "WDL-3 emergency 03-24 14:00"],
    ),
    (
        "six hours and a minute is urgent",
        near_dose("03-24 14:01", R10),
        [TOLD_23, "WDL-2 urgent 03-24 14:01"],
    ),
    (
        "six hours with R 9 is urgent",
        near_dose("03-24 14:00", R9),
        [TOLD_23, "WDL-2 urgent 03-24 14:00"],
    ),
    (
        "six hours with two groups is urgent, whatever R",
        near_dose("03-24 14:00", {"sweating": 4, "chills": 4, "nausea": 4}),
        [TOLD_23, "WDL-2 urgent 03-24 14:00"],
    ),
]


@pytest.mark.parametrize(("data", "flags"), [o[1:] for o in OPIOIDS], ids=[o[0] for o in OPIOIDS])
def test_a_recent_opioid_makes_small_signs_urgent(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags


def first_dose_told(received_at: str, **ratings: float) -> Json:
    """A check-in on 5 March whose only dose, of the evening before, is told later."""
    return story(
        quiet("03-02", "03-08"),
        check(EARLY, **ratings),
        dose("03-04", at="03-04 20:00", received_at=received_at),
    )


LATE: Rows = [
    (
        "a check-in stored 72 h later keeps its severity",
        starting(quiet("03-06", "03-08"), check(EARLY, received_at="03-08 10:00", **FOUR_GROUPS)),
        ["WDL-2 urgent 03-08 10:00 about 03-05 10:00"],
    ),
    (
        "a minute more caps it",
        starting(quiet("03-06", "03-08"), check(EARLY, received_at="03-08 10:01", **FOUR_GROUPS)),
        ["WDL-2 routine 03-08 10:01 about 03-05 10:00"],
    ),
    (
        "the dose that exposes may come 72 h later",
        first_dose_told("03-08 10:00", **FOUR_GROUPS),
        ["WDL-2 urgent 03-08 10:00 about 03-05 10:00"],
    ),
    (
        "a minute more caps it too",
        first_dose_told("03-08 10:01", **FOUR_GROUPS),
        ["WDL-2 routine 03-08 10:01 about 03-05 10:00"],
    ),
    (
        "an emergency sign has no such cap",
        starting(
            quiet("03-06", "03-12"),
            check(EARLY, ["confusion"], received_at="03-12 10:01", **R11),
        ),
        [
            "WDL-3 routine 03-12 10:01 about 03-05 10:00",
            "EMG-1 emergency 03-12 10:01 about 03-05 10:00",
        ],
    ),
    (
        "nor has blood pressure",
        starting(quiet("03-06", "03-12"), check(EARLY, received_at="03-12 10:01", systolic_bp=180)),
        ["BP-2 urgent 03-12 10:01 about 03-05 10:00"],
    ),
]


@pytest.mark.parametrize(("data", "flags"), [r[1:] for r in LATE], ids=[r[0] for r in LATE])
def test_late_entries_cap_withdrawal_alone(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags


def test_an_on_time_urgent_flag_is_not_lowered_by_late_evidence() -> None:
    data = settled(
        check(NOW, **R12),
        used("03-20", received_at="03-28 10:00"),
        last="03-28",
    )
    assert printed(data) == [f"WDL-2 urgent {NOW}", "OPI-1 urgent 03-28 10:00 about 03-20 23:30"]
