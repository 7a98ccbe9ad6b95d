"""A flag's life in a replay: added evidence, closing, resends and corrections."""

from __future__ import annotations

import pytest

from tests.rules.scenarios import (
    R12,
    THREE_GROUPS,
    Json,
    check,
    dose,
    doses,
    drank,
    event,
    printed,
    quiet,
    resolved,
    screen,
    settled,
    story,
    urine,
    used,
)

NOW = "03-24 10:00"
Rows = list[tuple[str, Json, list[str]]]
WDL1, WDL2 = f"WDL-1 routine {NOW}", f"WDL-2 urgent {NOW}"


def long(*parts: Json | list[Json]) -> Json:
    return settled(*parts, last="04-12")


def again(at: str, received_at: str | None = None) -> Json:
    return check(at, received_at=received_at, **THREE_GROUPS)


LIVES: Rows = [
    ("more of the same is added", long(again(NOW), again("03-26 10:00")), [WDL1]),
    (
        "worse alerts again",
        long(again(NOW), check("03-26 10:00", **R12)),
        [WDL1, "WDL-2 urgent 03-26 10:00"],
    ),
    ("better does not", long(check(NOW, **R12), again("03-26 10:00")), [WDL2]),
    ("a minute before seven days it is open", long(again(NOW), again("03-31 09:59")), [WDL1]),
    (
        "a minute after it is closed",
        long(again(NOW), again("03-31 10:01")),
        [WDL1, "WDL-1 routine 03-31 10:01"],
    ),
    (
        "new evidence keeps it open",
        long(again(NOW), again("03-28 10:00"), again("04-04 09:59")),
        [WDL1],
    ),
    (
        "evidence of a lower severity does not",
        long(check(NOW, **R12), again("03-28 10:00"), again("03-31 10:01")),
        [WDL2, "WDL-1 routine 03-31 10:01"],
    ),
    (
        "the seven days run from the receipt",
        long(again(NOW, "03-26 10:00"), again("04-01 10:00")),
        ["WDL-1 routine 03-26 10:00 about 03-24 10:00"],
    ),
    (
        "staff close it, and new evidence opens another",
        long(again(NOW), resolved("03-25 09:00", "WDL"), again("03-25 10:00")),
        [WDL1, "WDL-1 routine 03-25 10:00"],
    ),
    (
        "closing another family changes nothing",
        long(again(NOW), resolved("03-25 09:00", "EMG"), again("03-25 10:00")),
        [WDL1],
    ),
    (
        "a lower one opens after a higher was closed",
        long(check(NOW, **R12), resolved("03-25 09:00", "WDL"), again("03-25 10:00")),
        [WDL2, "WDL-1 routine 03-25 10:00"],
    ),
    (
        "a closed flag does not come back by itself",
        long(check(NOW, ["seizure"]), resolved("03-24 11:00", "EMG")),
        [f"EMG-1 emergency {NOW}"],
    ),
    (
        "a day of use alerts once, though told twice",
        long(
            used("03-10"), resolved("03-11 09:00", "OPI"), used("03-10", received_at="03-11 12:00")
        ),
        ["OPI-1 urgent 03-10 23:30"],
    ),
    (
        "another day of use alerts anew",
        long(
            used("03-10"), resolved("03-11 09:00", "OPI"), used("03-11", received_at="03-11 23:35")
        ),
        ["OPI-1 urgent 03-10 23:30", "OPI-1 urgent 03-11 23:35 about 03-11 23:30"],
    ),
    (
        "two that arrive at once are one line, the worst",
        long(
            check("03-24 08:00", received_at="03-24 11:00", **THREE_GROUPS),
            check(NOW, received_at="03-24 11:00", **R12),
        ),
        ["WDL-2 urgent 03-24 11:00 about 03-24 10:00"],
    ),
    (
        "the same token is the same check-in",
        long(check(NOW, token="t", **THREE_GROUPS), check("03-24 10:05", token="t", **R12)),
        [WDL1],
    ),
    (
        "another token is another check-in",
        long(check(NOW, token="t", **THREE_GROUPS), check("03-24 10:05", token="u", **R12)),
        [WDL1, "WDL-2 urgent 03-24 10:05"],
    ),
    (
        "a correction that worsens alerts again",
        long(
            check(NOW, id="a", **THREE_GROUPS),
            check(NOW, id="b", replaces="a", received_at="03-24 11:00", **R12),
        ),
        [WDL1, "WDL-2 urgent 03-24 11:00 about 03-24 10:00"],
    ),
    (
        "a correction of a closed flag's check-in to the same severity does not",
        long(
            check(NOW, id="a", **THREE_GROUPS),
            resolved("03-24 10:30", "WDL"),
            check(NOW, id="b", replaces="a", received_at="03-24 11:00", chills=4, **THREE_GROUPS),
        ),
        [WDL1],
    ),
    (
        "a correction that eases leaves the flag",
        long(
            check(NOW, id="a", **R12), check(NOW, id="b", replaces="a", received_at="03-24 11:00")
        ),
        [WDL2],
    ),
    (
        "a correction of a correction is the same check-in",
        long(
            check(NOW, id="a", **THREE_GROUPS),
            check(NOW, id="b", replaces="a", received_at="03-24 11:00", chills=2, **THREE_GROUPS),
            resolved("03-24 11:30", "WDL"),
            check(NOW, id="c", replaces="b", received_at="03-24 12:00", yawning=2, **THREE_GROUPS),
            check(NOW, id="d", replaces="c", received_at="03-24 13:00", **R12),
        ),
        [WDL1, "WDL-2 urgent 03-24 13:00 about 03-24 10:00"],
    ),
    (
        "old evidence judged again for another reason does not come back",
        long(
            again(NOW),
            resolved("03-25 09:00", "WDL"),
            drank("03-20", ml=20, received_at="03-25 12:00"),
            check("03-22 10:00", received_at="03-25 13:00"),
        ),
        [WDL1],
    ),
    (
        "an earlier check-in that comes later completes a pair",
        long(
            check("03-23 10:00", received_at="03-24 12:00", systolic_bp=160),
            check(NOW, systolic_bp=160),
        ),
        ["BP-1 routine 03-24 12:00 about 03-24 10:00"],
    ),
    (
        "two rules of one family in one check-in are one line",
        long(check(NOW, ["no_fluids_12h"], vomiting_24h=3)),
        [f"VOM-2 urgent {NOW}"],
    ),
    (
        "two rules of one family in one screen are one line",
        long(screen(NOW, self_harm_thoughts=2, ideation=4)),
        [f"SUI-2 emergency {NOW}"],
    ),
    (
        "a check-in taken back stays flagged",
        long(again(NOW) | {"id": "a"}, again(NOW, "03-24 11:00") | {"replaces": "a", "void": True}),
        [WDL1],
    ),
]


@pytest.mark.parametrize(("data", "flags"), [r[1:] for r in LIVES], ids=[r[0] for r in LIVES])
def test_a_flag_lives_until_staff_or_seven_days_close_it(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags


def last_dose_voided(at: str) -> Json:
    taken = dose("03-23", id="d")
    back = dose("03-23", replaces="d", void=True, received_at="03-24 09:00")
    return story(
        doses("03-02", "03-20"), quiet("03-21", "03-24"), taken, back, check(at, **THREE_GROUPS)
    )


CORRECTIONS: Rows = [
    ("a voided dose exposes nobody", last_dose_voided(NOW), []),
    ("until the void it does", last_dose_voided("03-24 08:59"), ["WDL-1 routine 03-24 08:59"]),
    (
        "use taken back no longer explains a specimen",
        story(
            quiet("03-02", "03-10"),
            used("03-09", id="u"),
            event("substances", day="03-09", items=[], replaces="u", received_at="03-10 08:00"),
            urine("03-10 09:00"),
        ),
        ["OPI-1 urgent 03-09 23:30", "UDS-1 routine 03-10 09:00"],
    ),
    (
        "an empty list without replaces erases nothing",
        story(
            quiet("03-02", "03-10"),
            used("03-09"),
            event("substances", day="03-09", items=[], received_at="03-10 08:00"),
            urine("03-10 09:00"),
        ),
        ["OPI-1 urgent 03-09 23:30"],
    ),
    (
        "a corrected day of drinks is not added to",
        story(
            drank("03-05"),
            drank("03-06"),
            drank("03-07", ml=100, id="x"),
            drank("03-07", ml=110, replaces="x", received_at="03-08 08:00"),
            quiet("03-02", "03-08"),
            check("03-08 10:00", tremor=2, sweating=2, anxiety=2),
        ),
        [],
    ),
]


@pytest.mark.parametrize(
    ("data", "flags"), [c[1:] for c in CORRECTIONS], ids=[c[0] for c in CORRECTIONS]
)
def test_what_is_taken_back_no_longer_counts_from_then_on(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags


def test_until_ends_a_replay_before_later_events() -> None:
    data = long(again(NOW), check("03-26 10:00", ["seizure"]))
    assert printed(data, "03-26 09:59") == [WDL1]
    assert printed(data, "03-26 10:00") == [WDL1, "EMG-1 emergency 03-26 10:00"]
