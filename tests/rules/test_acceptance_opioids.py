"""Opioid use told or found, and opioid craving: the OPI, UDS and CRV rows of the page."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from app.protocol.loader import load_protocol
from app.rules.engine import call_us_before_next_dose
from app.timeline.json_form import loads
from tests.rules.scenarios import (
    Json,
    check,
    doses,
    printed,
    quiet,
    settled,
    story,
    untaken,
    urine,
    used,
    wall,
)

NOW = "03-24 10:00"
Rows = list[tuple[str, Json, list[str]]]


def with_use(*told: Json, without: tuple[str, ...], received_at: str | None = None) -> Json:
    use = used("03-10", at="03-10 20:00", received_at=received_at)
    taken = [d for d in doses("03-02", "03-10") if d["day"] not in without]
    return story(taken, list(told), quiet("03-02", "03-13"), use)


USE = "03-10 23:30 about 03-10 20:00"
DOS = "DOS-1 routine {0} 23:30 about {0} 12:00"
USES: Rows = [
    ("told use is urgent", with_use(without=()), [f"OPI-1 urgent {USE}"]),
    (
        "use without a time was at 23:30",
        story(quiet("03-02", "03-09"), used("03-10", received_at="03-11 09:00")),
        ["OPI-1 urgent 03-11 09:00 about 03-10 23:30"],
    ),
    (
        "or when it was received, if that is earlier",
        story(quiet("03-02", "03-09"), used("03-10", received_at="03-10 18:00")),
        ["OPI-1 urgent 03-10 18:00"],
    ),
    ("a sedative is no opioid", story(quiet("03-02", "03-09"), used("03-10", "sedative")), []),
    (
        "two days not taken before the use",
        with_use(*untaken("03-08", "03-09"), without=("03-08", "03-09")),
        [DOS.format("03-09"), f"OPI-3 emergency {USE}"],
    ),
    (
        "two days that end on the day of use",
        with_use(*untaken("03-09", "03-10"), without=("03-09", "03-10")),
        [f"OPI-3 emergency {USE}", "DOS-1 routine 03-10 23:30 about 03-10 12:00"],
    ),
    (
        "two days that end two days before",
        with_use(*untaken("03-07", "03-08"), without=("03-07", "03-08")),
        [DOS.format("03-08"), f"OPI-1 urgent {USE}"],
    ),
    (
        "one day is not two",
        with_use(*untaken("03-09"), without=("03-09",)),
        [f"OPI-1 urgent {USE}"],
    ),
    (
        "a held day counts",
        with_use(*untaken("03-08", hold=True), *untaken("03-09"), without=("03-08", "03-09")),
        [f"OPI-3 emergency {USE}"],
    ),
    (
        "a silent day does not",
        with_use(*untaken("03-09"), without=("03-08", "03-09")),
        [f"OPI-1 urgent {USE}"],
    ),
    (
        "three of the seven days before",
        with_use(*untaken("03-03", "03-05", "03-07"), without=("03-03", "03-05", "03-07")),
        [f"OPI-3 emergency {USE}"],
    ),
    (
        "the eighth day before does not count",
        with_use(*untaken("03-02", "03-05", "03-07"), without=("03-02", "03-05", "03-07")),
        [f"OPI-1 urgent {USE}"],
    ),
    (
        "told 72 h later it is an emergency",
        with_use(*untaken("03-08", "03-09"), without=("03-08", "03-09"), received_at="03-13 20:00"),
        [DOS.format("03-09"), "OPI-3 emergency 03-13 20:00 about 03-10 20:00"],
    ),
    (
        "told a minute later it is urgent",
        with_use(*untaken("03-08", "03-09"), without=("03-08", "03-09"), received_at="03-13 20:01"),
        [DOS.format("03-09"), "OPI-3 urgent 03-13 20:01 about 03-10 20:00"],
    ),
    (
        "a specimen is use as well",
        story(doses("03-02", "03-07"), untaken("03-08", "03-09"), urine("03-10 09:00")),
        [DOS.format("03-09"), "OPI-3 emergency 03-10 09:00", "UDS-1 routine 03-10 09:00"],
    ),
    (
        "doses told afterwards make it worse",
        story(
            doses("03-02", "03-08"),
            used("03-10", at="03-10 17:00", received_at="03-10 18:00"),
            untaken("03-09", "03-10"),
        ),
        [
            "OPI-1 urgent 03-10 18:00 about 03-10 17:00",
            "OPI-3 emergency 03-10 23:30 about 03-10 17:00",
            "DOS-1 routine 03-10 23:30 about 03-10 12:00",
        ],
    ),
    (
        "use told in the four days before explains the specimen",
        story(quiet("03-02", "03-09"), used("03-06"), urine("03-10 09:00")),
        ["OPI-1 urgent 03-06 23:30"],
    ),
    (
        "use five days before does not",
        story(quiet("03-02", "03-09"), used("03-05"), urine("03-10 09:00")),
        ["OPI-1 urgent 03-05 23:30", "UDS-1 routine 03-10 09:00"],
    ),
    (
        "nor does use told after the result",
        story(
            quiet("03-02", "03-09"), urine("03-10 09:00"), used("03-09", received_at="03-10 09:01")
        ),
        ["OPI-1 urgent 03-10 09:00", "UDS-1 routine 03-10 09:00"],
    ),
    (
        "use of the day itself, told before the result, does",
        story(
            quiet("03-02", "03-09"),
            used("03-10", at="03-10 07:00", received_at="03-10 08:00"),
            urine("03-10 09:00", received_at="03-10 12:00"),
        ),
        ["OPI-1 urgent 03-10 08:00 about 03-10 07:00"],
    ),
    (
        "a sedative told before does not",
        story(quiet("03-02", "03-08"), used("03-09", "sedative"), urine("03-10 09:00")),
        ["OPI-1 urgent 03-10 09:00", "UDS-1 routine 03-10 09:00"],
    ),
]


@pytest.mark.parametrize(("data", "flags"), [u[1:] for u in USES], ids=[u[0] for u in USES])
def test_opioid_use_told_or_found(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags


def test_today_asks_for_a_call_while_the_last_use_is_at_most_ten_days_ago() -> None:
    told = used("03-10", at="03-10 20:00", received_at="03-10 21:00")
    timeline = loads(json.dumps(story(told)))
    asks = {"03-10 20:59": False, "03-10 21:00": True, "03-20 20:00": True, "03-20 20:01": False}
    for moment, expected in asks.items():
        now = datetime.fromisoformat(wall(moment, "Europe/Moscow"))
        assert call_us_before_next_dose(timeline, now, load_protocol()) is expected


def craving(value: float, baseline: float) -> Json:
    return settled(check(NOW, opioid_craving=value), baseline={"opioid_craving": baseline})


def cravings(*pairs: tuple[str, float]) -> Json:
    return settled([check(at, opioid_craving=value) for at, value in pairs])


CRV1 = [f"CRV-1 routine {NOW}"]
CRAVINGS: Rows = [
    ("70 and 20 above", craving(70, 50), CRV1),
    ("70 and 19 above", craving(70, 51), []),
    ("69 and 39 above", craving(69, 30), []),
    ("69 and 40 above", craving(69, 29), CRV1),
    ("50 and 40 above", craving(50, 10), CRV1),
    ("49 and 49 above", craving(49, 0), []),
    (
        "nothing before the first dose",
        story(quiet("03-02", "03-05"), check("03-05 10:00", opioid_craving=90), first="03-10"),
        [],
    ),
    (
        "the planned first dose stands until one is taken",
        story(quiet("03-02", "03-12"), check("03-12 10:00", opioid_craving=90), first="03-10"),
        ["CRV-1 routine 03-12 10:00"],
    ),
    (
        "no first dose planned or taken",
        story(check("03-02 10:00", opioid_craving=90), first=None),
        [],
    ),
    (
        "two of 70 within 48 h",
        cravings(("03-22 10:00", 70), (NOW, 70)),
        ["CRV-1 routine 03-22 10:00", f"CRV-2 urgent {NOW}"],
    ),
    (
        "two of 70 more than 48 h apart",
        cravings(("03-22 09:59", 70), (NOW, 70)),
        ["CRV-1 routine 03-22 09:59"],
    ),
    ("69 before 70", cravings(("03-22 10:00", 69), (NOW, 70)), ["CRV-1 routine 03-22 10:00"]),
    ("70 before 69", cravings(("03-22 10:00", 70), (NOW, 69)), ["CRV-1 routine 03-22 10:00"]),
    (
        "the day before's dose not taken",
        story(doses("03-02", "03-22"), untaken("03-23"), check(NOW, opioid_craving=50)),
        [f"CRV-2 urgent {NOW}"],
    ),
    (
        "a silent day before is not one",
        story(doses("03-02", "03-22"), quiet("03-23", "03-23"), check(NOW, opioid_craving=50)),
        CRV1,
    ),
    (
        "the day before told afterwards",
        story(
            doses("03-02", "03-22"),
            untaken("03-23", received_at="03-24 12:00"),
            quiet("03-23", "03-24"),
            check(NOW, opioid_craving=50),
        ),
        [*CRV1, "CRV-2 urgent 03-24 12:00 about 03-24 10:00"],
    ),
    (
        "the day before is the participant's own",
        story(
            doses("03-02", "03-21"),
            untaken("03-22"),
            quiet("03-23", "03-23"),
            check("2026-03-24T02:00:00Z", opioid_craving=50),
            zone="America/New_York",
        ),
        ["CRV-2 urgent 03-23 22:00"],
    ),
    (
        "the same day's dose is not the day before's",
        story(doses("03-02", "03-23"), untaken("03-24"), check(NOW, opioid_craving=50)),
        CRV1,
    ),
]


@pytest.mark.parametrize(("data", "flags"), [c[1:] for c in CRAVINGS], ids=[c[0] for c in CRAVINGS])
def test_opioid_craving(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags
