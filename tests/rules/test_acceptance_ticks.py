"""Silence, slow build-up and the clock of the daily tick."""

from __future__ import annotations

import pytest

from tests.rules.scenarios import (
    THREE_GROUPS,
    Json,
    check,
    days,
    dose,
    doses,
    event,
    printed,
    quiet,
    screen,
    story,
    urine,
)

NOW = "03-24 10:00"
Rows = list[tuple[str, Json, list[str]]]


SILENT3, SILENT5 = "DIA-1 routine 03-05 23:45", "DIA-1 urgent 03-07 23:45"
START = dose("03-02")
SILENCES: list[tuple[str, Json, str, list[str]]] = [
    ("two silent days", story(START), "03-04 23:59", []),
    ("a minute before the tick", story(START), "03-05 23:44", []),
    ("three, at the tick", story(START), "03-05 23:45", [SILENT3]),
    ("four", story(START), "03-06 23:59", [SILENT3]),
    ("five", story(START), "03-07 23:59", [SILENT3, SILENT5]),
    ("eighteen say it no more often", story(START), "03-20 23:59", [SILENT3, SILENT5]),
    (
        "a note is not about a day",
        story(START, event("note", at="03-04 10:00", text="Called.")),
        "03-05 23:59",
        [SILENT3],
    ),
    (
        "nor is a session that was not attended",
        story(START, event("session", at="03-04 10:00", week=1, attended=False)),
        "03-05 23:59",
        [SILENT3],
    ),
    (
        "an attended session is",
        story(START, event("session", at="03-04 10:00", week=1, attended=True)),
        "03-06 23:59",
        [],
    ),
    ("a check-in is", story(START, check("03-04 10:00")), "03-06 23:59", []),
    ("a screen is", story(START, screen("03-04 10:00")), "03-06 23:59", []),
    ("a specimen is", story(START, urine("03-04 10:00", "negative")), "03-06 23:59", []),
    (
        "a report of no drinks is",
        story(START, event("drinks", day="03-04", items=[])),
        "03-06 23:59",
        [],
    ),
    ("a dose that was not taken is", story(START, dose("03-04", taken=False)), "03-06 23:59", []),
    (
        "what is told today about earlier days is not about today",
        story(START, quiet("03-03", "03-03")[0] | {"received_at": "03-05 10:00"}),
        "03-06 23:59",
        ["DIA-1 routine 03-06 23:45"],
    ),
    (
        "two days after an urgent flag",
        story(START, screen("03-03 10:00", ideation=1)),
        "03-05 23:59",
        ["SUI-1 urgent 03-03 10:00", "DIA-1 urgent 03-05 23:45"],
    ),
    (
        "two days after a routine flag",
        story(START, check("03-03 10:00", vomiting_24h=3)),
        "03-05 23:59",
        ["VOM-1 routine 03-03 10:00"],
    ),
    (
        "one day after an urgent flag",
        story(START, screen("03-03 10:00", ideation=1)),
        "03-04 23:59",
        ["SUI-1 urgent 03-03 10:00"],
    ),
    (
        "two days, the urgent flag at most 4 x 24 h old",
        story(START, screen("03-03 23:50", ideation=1), quiet("03-04", "03-05")),
        "03-07 23:59",
        ["SUI-1 urgent 03-03 23:50", "DIA-1 urgent 03-07 23:45"],
    ),
    (
        "two days, the urgent flag older",
        story(START, screen("03-03 23:40", ideation=1), quiet("03-04", "03-05")),
        "03-07 23:59",
        ["SUI-1 urgent 03-03 23:40"],
    ),
    (
        "filling in all the days closes it",
        story(
            START,
            [q | {"received_at": "03-06 09:00"} for q in quiet("03-03", "03-05")],
        ),
        "03-08 23:59",
        [SILENT3, "DIA-1 routine 03-08 23:45"],
    ),
    (
        "filling in some of them does not",
        story(
            START,
            [q | {"received_at": "03-06 09:00"} for q in quiet("03-03", "03-04")],
            quiet("03-06", "03-06"),
        ),
        "03-09 23:59",
        [SILENT3],
    ),
    (
        "the planned first dose starts the watch",
        story(exported_at="03-06 23:59"),
        "03-06 23:59",
        ["DIA-1 routine 03-04 23:45", "DIA-1 urgent 03-06 23:45"],
    ),
    ("nothing is expected before it", story(first="03-10"), "03-11 23:59", []),
    (
        "an earlier first event starts it sooner",
        story(START, first="03-20"),
        "03-05 23:59",
        [SILENT3],
    ),
]


@pytest.mark.parametrize(
    ("data", "until", "flags"), [s[1:] for s in SILENCES], ids=[s[0] for s in SILENCES]
)
def test_silence_is_counted_at_the_tick(data: Json, until: str, flags: list[str]) -> None:
    assert printed(data, until) == flags


@pytest.mark.parametrize(
    ("zone", "first", "until", "tick"),
    [
        ("Europe/Berlin", "03-27", "03-29 23:50", "03-29 23:45"),
        ("Europe/Berlin", "10-23", "10-25 23:50", "10-25 23:45"),
        ("America/New_York", "03-06", "03-08 23:50", "03-08 23:45"),
        ("America/New_York", "10-30", "11-01 23:50", "11-01 23:45"),
        ("Asia/Vladivostok", "03-06", "03-08 23:45", "03-08 23:45"),
    ],
)
def test_a_tick_is_at_2345_of_the_wall_clock_on_days_of_23_and_25_hours(
    zone: str, first: str, until: str, tick: str
) -> None:
    data = story(zone=zone, first=first)
    assert printed(data, until) == [f"DIA-1 routine {tick}"]


def test_hours_of_exposure_are_real_hours_over_a_clock_change() -> None:
    told = [doses("03-02", "03-26"), quiet("03-27", "03-29")]
    near = story(*told, check("03-29 13:00", **THREE_GROUPS), zone="Europe/Berlin")
    far = story(*told, check("03-29 13:01", **THREE_GROUPS), zone="Europe/Berlin")
    assert printed(near) == ["WDL-1 routine 03-29 13:00"]
    assert printed(far) == []


def test_without_until_a_replay_ends_with_the_last_events_day_or_the_export() -> None:
    silent = [START, event("note", at="03-05 08:00", text="-")]
    assert printed(story(*silent)) == [SILENT3]
    assert printed(story(*silent, exported_at="03-05 22:00")) == []
    assert printed(story(*silent, exported_at="03-07 23:50")) == [SILENT3, SILENT5]


MILD3: Json = {"anxiety": 1, "fatigue": 1, "nausea": 1}
MILD5: Json = MILD3 | {"sweating": 1, "tremor": 1}
MILD4: Json = MILD3 | {"sweating": 1}
MILD2: Json = {"anxiety": 1, "fatigue": 1}


def build_up(before: dict[str, Json], after: dict[str, Json]) -> Json:
    entries = [check(f"{day} 09:00", **ratings) for day, ratings in (before | after).items()]
    return story(doses("03-02", "03-16"), entries)


def on(names: list[str], ratings: Json) -> dict[str, Json]:
    return dict.fromkeys(names, ratings)


BEFORE, AFTER = days("03-07", "03-09"), days("03-13", "03-16")
SLOW = ["WDL-T routine 03-16 23:45"]
BUILD_UPS: Rows = [
    ("5 over four days and 3 over three", build_up(on(BEFORE, MILD3), on(AFTER, MILD5)), SLOW),
    (
        "4.75 over four days",
        build_up(on(BEFORE, MILD3), on(AFTER[:3], MILD5) | on(AFTER[3:], MILD4)),
        [],
    ),
    (
        "2.67 over the days before",
        build_up(on(BEFORE[:2], MILD3) | on(BEFORE[2:], MILD2), on(AFTER, MILD5)),
        [],
    ),
    (
        "the first of the seven days, and of the seven before",
        build_up(on(days("03-03", "03-05"), MILD3), on(["03-10", *AFTER[1:]], MILD5)),
        SLOW,
    ),
    (
        "a day earlier in either",
        build_up(on(days("03-02", "03-04"), MILD3), on(["03-09", *AFTER[1:]], MILD5)),
        [],
    ),
    ("three days with a check-in", build_up(on(BEFORE, MILD3), on(AFTER[1:], MILD5)), []),
    ("two days with one before", build_up(on(BEFORE[1:], MILD3), on(AFTER, MILD5)), []),
    (
        "an effect outside the groups adds nothing",
        build_up(on(BEFORE, MILD3), on(AFTER, MILD4 | {"headache": 4, "dizziness": 4})),
        [],
    ),
    (
        "pressure, vomiting and craving add nothing",
        build_up(on(BEFORE, MILD3), on(AFTER, MILD4 | {"vomiting_24h": 1, "opioid_craving": 49})),
        [],
    ),
    (
        "a day is its highest check-in, not the sum of two",
        story(
            doses("03-02", "03-16"),
            [check(f"{day} 09:00", **MILD3) for day in BEFORE],
            [check(f"{day} 09:00", **MILD4) for day in AFTER],
            [check(f"{day} 18:00", **MILD2) for day in AFTER],
        ),
        [],
    ),
    (
        "a lower second check-in takes nothing away",
        story(
            doses("03-02", "03-16"),
            [check(f"{day} 09:00", **MILD3) for day in BEFORE],
            [check(f"{day} 09:00", **MILD5) for day in AFTER],
            [check(f"{day} 18:00", **MILD2) for day in AFTER],
        ),
        SLOW,
    ),
    (
        "rises are above the baseline",
        build_up(on(BEFORE, MILD3), on(AFTER, MILD5)) | {"baseline": {"anxiety": 1}},
        [],
    ),
]


@pytest.mark.parametrize(
    ("data", "flags"), [b[1:] for b in BUILD_UPS], ids=[b[0] for b in BUILD_UPS]
)
def test_a_slow_build_up_is_seen_at_the_tick(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags
