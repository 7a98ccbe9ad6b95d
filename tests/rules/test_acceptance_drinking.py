"""Drinking again, and alcohol with something else: the ALC rows of the page."""

from __future__ import annotations

import pytest

from tests.rules.scenarios import (
    Json,
    drank,
    printed,
    quiet,
    sober,
    starting,
    story,
    used,
)

Rows = list[tuple[str, Json, list[str]]]


def light(first: int, last: int) -> list[Json]:
    return [drank(f"03-{day:02}", ml=20) for day in range(first, last + 1)]


ALC1 = ["ALC-1 routine 03-10 23:30 about 03-10 12:00"]
ALC2 = ["ALC-2 routine 03-16 23:30 about 03-16 12:00"]
DRINKING: Rows = [
    (
        "a drink after seven free days",
        story(drank("03-02", 20), sober("03-03", "03-09"), drank("03-10", 20)),
        ALC1,
    ),
    (
        "after six and a silent one",
        story(
            drank("03-02", 20), quiet("03-03", "03-03"), sober("03-04", "03-09"), drank("03-10", 20)
        ),
        [],
    ),
    (
        "after seven with a silent one between",
        story(
            drank("03-01", 20),
            sober("03-02", "03-04"),
            quiet("03-05", "03-05"),
            sober("03-06", "03-09"),
            drank("03-10", 20),
        ),
        ALC1,
    ),
    (
        "after seven that a drink cuts in two",
        story(
            sober("03-02", "03-05"), drank("03-06", 20), sober("03-07", "03-09"), drank("03-10", 20)
        ),
        [],
    ),
    (
        "free days told afterwards",
        story(
            drank("03-02", 20),
            quiet("03-03", "03-11"),
            drank("03-10", 20),
            [day | {"received_at": "03-11 09:00"} for day in sober("03-03", "03-09")],
        ),
        ["ALC-1 routine 03-11 09:00 about 03-10 12:00"],
    ),
    (
        "a heavy day after 14 without one, 7 of them reported",
        story(light(2, 8), quiet("03-09", "03-15"), drank("03-16")),
        ALC2,
    ),
    ("6 of them reported", story(light(2, 7), quiet("03-08", "03-15"), drank("03-16")), []),
    ("59.96 g", story(light(2, 8), quiet("03-09", "03-15"), drank("03-16", 190)), []),
    (
        "a heavy day 14 days before",
        story(drank("03-02"), light(3, 9), quiet("03-10", "03-15"), drank("03-16")),
        [],
    ),
    (
        "a heavy day 15 days before",
        story(drank("03-01"), light(2, 8), quiet("03-09", "03-15"), drank("03-16")),
        ALC2,
    ),
]


def test_a_day_of_alcohol_and_a_sedative_is_urgent_in_either_order() -> None:
    for first, second in (("21:00", "22:00"), ("22:00", "21:00")):
        data = story(
            quiet("03-02", "03-09"),
            drank("03-10", 20, received_at=f"03-10 {first}"),
            used("03-10", "sedative", received_at=f"03-10 {second}"),
        )
        assert printed(data) == ["ALC-3 urgent 03-10 22:00 about 03-10 12:00"]


NO_ALC3: Rows = [
    ("cannabis", story(quiet("03-02", "03-09"), drank("03-10", 20), used("03-10", "cannabis")), []),
    (
        "a sedative alone",
        story(quiet("03-02", "03-09"), sober("03-10", "03-10"), used("03-10", "sedative")),
        [],
    ),
    (
        "a sedative the day after",
        story(quiet("03-02", "03-09"), drank("03-10", 20), used("03-11", "sedative")),
        [],
    ),
]


@pytest.mark.parametrize(
    ("data", "flags"), [d[1:] for d in DRINKING + NO_ALC3], ids=[d[0] for d in DRINKING + NO_ALC3]
)
def test_drinking_after_a_pause_or_with_something_else(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags


def test_alcohol_with_an_opioid_raises_both_families() -> None:
    data = story(
        quiet("03-02", "03-09"),
        drank("03-10", 20, received_at="03-10 21:00"),
        used("03-10", at="03-10 20:00", received_at="03-10 22:00"),
    )
    rules = [line.split()[0] for line in printed(data)]
    assert rules == ["OPI-1", "ALC-3"]


def test_the_first_drink_of_a_starting_participant_is_no_topic() -> None:
    assert printed(starting(drank("03-03", 20), sober("03-04", "03-05"))) == []


def test_a_return_to_drinking_that_is_heavy_at_once_is_one_line() -> None:
    data = story(drank("03-02", 20), sober("03-03", "03-15"), drank("03-16"))
    assert [line[:3] for line in printed(data)] == ["ALC"]


def test_the_count_multiplies_a_drink() -> None:
    day = drank("03-16", ml=50)
    day["items"][0]["count"] = 4
    data = story(light(2, 8), quiet("03-09", "03-15"), day)
    assert printed(data) == ALC2
    day["items"][0]["count"] = 3
    assert printed(story(light(2, 8), quiet("03-09", "03-15"), day)) == []
