"""Doses, blood pressure, vomiting, self-harm, emergencies and consent, row by row."""

from __future__ import annotations

import pytest

from tests.rules.scenarios import (
    Json,
    check,
    dose,
    doses,
    event,
    printed,
    quiet,
    screen,
    settled,
    story,
    untaken,
)

NOW = "03-24 10:00"
Rows = list[tuple[str, Json, list[str]]]


def adherence(*events: Json | list[Json]) -> Json:
    return story(doses("03-02", "03-04"), quiet("03-05", "03-09"), *events)


def run(severity: str, day: str) -> str:
    return f"DOS-1 {severity} {day} 23:30 about {day} 12:00"


DOSES: Rows = [
    ("one day", adherence(untaken("03-05")), []),
    ("two days", adherence(untaken("03-05", "03-06")), [run("routine", "03-06")]),
    (
        "three days",
        adherence(untaken("03-05", "03-06", "03-07")),
        [run("routine", "03-06"), run("urgent", "03-07")],
    ),
    ("a silent day between", adherence(untaken("03-05", "03-07")), []),
    (
        "a held day between",
        adherence(untaken("03-05"), untaken("03-06", hold=True), untaken("03-07")),
        [],
    ),
    ("held days alone", adherence(untaken("03-05", "03-06", "03-07", hold=True)), []),
    ("a dose between", adherence(untaken("03-05"), dose("03-06"), untaken("03-07")), []),
    (
        "three days told at once are one line",
        adherence(untaken("03-05", "03-06", "03-07", received_at="03-08 09:00")),
        ["DOS-1 urgent 03-08 09:00 about 03-07 12:00"],
    ),
    (
        "the day between told last joins both runs",
        adherence(untaken("03-05", "03-07"), untaken("03-06", received_at="03-08 09:00")),
        ["DOS-1 urgent 03-08 09:00 about 03-07 12:00"],
    ),
    ("36 mg is the protocol's dose", adherence(dose("03-05", mg=36)), []),
    (
        "37 mg is more",
        adherence(dose("03-05", mg=37, at="03-05 12:00")),
        ["DOS-2 routine 03-05 12:00"],
    ),
    ("71 mg", adherence(dose("03-05", mg=71, at="03-05 12:00")), ["DOS-2 routine 03-05 12:00"]),
    ("72 mg", adherence(dose("03-05", mg=72, at="03-05 12:00")), ["DOS-2 urgent 03-05 12:00"]),
    (
        "a second dose on one day",
        adherence(dose("03-05", at="03-05 08:00"), dose("03-05", at="03-05 20:00")),
        ["DOS-2 urgent 03-05 20:00"],
    ),
    (
        "half a dose more on one day",
        adherence(dose("03-05", at="03-05 08:00"), dose("03-05", at="03-05 20:00", mg=18)),
        ["DOS-2 routine 03-05 20:00"],
    ),
    (
        "two halves",
        adherence(dose("03-05", at="03-05 08:00", mg=18), dose("03-05", at="03-05 20:00", mg=18)),
        [],
    ),
    (
        "two doses on two days",
        adherence(dose("03-05", at="03-05 23:50"), dose("03-06", at="03-06 00:10")),
        [],
    ),
]


@pytest.mark.parametrize(("data", "flags"), [d[1:] for d in DOSES], ids=[d[0] for d in DOSES])
def test_doses_not_taken_and_doses_taken_twice(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags


def pressures(*readings: tuple[str, float, float], base: float | None = None) -> Json:
    baseline = {} if base is None else {"systolic_bp": base, "diastolic_bp": 80}
    entries = [check(at, systolic_bp=s, diastolic_bp=d) for at, s, d in readings]
    return settled(entries, baseline=baseline)


def reading(signs: tuple[str, ...] = (), **ratings: float) -> Json:
    return settled(check(NOW, signs, **ratings))


BP1 = [f"BP-1 routine {NOW}"]
URGENT = [f"BP-2 urgent {NOW}"]
EMERGENCY = [f"BP-2 emergency {NOW}"]
HIGH: Json = {"systolic_bp": 180, "diastolic_bp": 100}
PRESSURES: Rows = [
    ("160 twice within 72 h", pressures(("03-21 10:00", 160, 80), (NOW, 160, 80)), BP1),
    ("160 twice, further apart", pressures(("03-21 09:59", 160, 80), (NOW, 160, 80)), []),
    ("159 over 99 twice", pressures(("03-23 10:00", 159, 99), (NOW, 159, 99)), []),
    ("once", pressures((NOW, 175, 110)), []),
    ("160, then 100 diastolic", pressures(("03-23 10:00", 160, 80), (NOW, 120, 100)), BP1),
    ("30 above baseline twice", pressures(("03-23 10:00", 156, 80), (NOW, 156, 80), base=126), BP1),
    ("29 above baseline", pressures(("03-23 10:00", 156, 80), (NOW, 155, 80), base=126), []),
    ("no baseline of its own", pressures(("03-23 10:00", 159, 80), (NOW, 159, 80)), []),
    (
        "a calm repeat is the reading",
        settled(
            check("03-23 10:00", systolic_bp=165, systolic_bp_repeat=150),
            check(NOW, systolic_bp=165),
        ),
        [],
    ),
    ("180", reading(systolic_bp=180, diastolic_bp=100), URGENT),
    ("120 diastolic", reading(systolic_bp=150, diastolic_bp=120), URGENT),
    ("179 over 119", reading(systolic_bp=179, diastolic_bp=119), []),
    (
        "a repeat below both",
        reading(**HIGH, systolic_bp_repeat=179, diastolic_bp_repeat=119),
        [],
    ),
    (
        "a repeat with 120 diastolic",
        reading(**HIGH, systolic_bp_repeat=179, diastolic_bp_repeat=120),
        URGENT,
    ),
    (
        "a repeat with 180 systolic",
        reading(**HIGH, systolic_bp_repeat=180, diastolic_bp_repeat=90),
        URGENT,
    ),
    ("half a repeat is none", reading(**HIGH, systolic_bp_repeat=150), URGENT),
    ("headache 3", reading(**HIGH, headache=3), URGENT),
    ("headache 4", reading(**HIGH, headache=4), EMERGENCY),
    ("visual disturbance", reading(("visual_disturbance",), **HIGH), EMERGENCY),
    ("chest pain", reading(("chest_pain",), **HIGH), [*EMERGENCY, f"EMG-1 emergency {NOW}"]),
    (
        "breathing trouble",
        reading(("breathing_trouble",), **HIGH),
        [*EMERGENCY, f"EMG-1 emergency {NOW}"],
    ),
    ("confusion", reading(("confusion",), **HIGH), [*EMERGENCY, f"EMG-1 emergency {NOW}"]),
    (
        "fainting is not its sign",
        reading(("fainting",), **HIGH),
        [*URGENT, f"EMG-1 emergency {NOW}"],
    ),
    ("visual disturbance without it", reading(("visual_disturbance",), systolic_bp=179), []),
    (
        "the worse of two rules is the line",
        pressures(("03-23 10:00", 165, 80), (NOW, 185, 80)),
        URGENT,
    ),
    (
        "a flag grows worse",
        pressures(("03-22 10:00", 165, 80), ("03-23 10:00", 165, 80), (NOW, 185, 80)),
        ["BP-1 routine 03-23 10:00", *URGENT],
    ),
]


@pytest.mark.parametrize(
    ("data", "flags"), [p[1:] for p in PRESSURES], ids=[p[0] for p in PRESSURES]
)
def test_blood_pressure(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags


VOMITING: Rows = [
    ("twice", reading(vomiting_24h=2), []),
    ("three times", reading(vomiting_24h=3), [f"VOM-1 routine {NOW}"]),
    ("five times", reading(vomiting_24h=5), [f"VOM-1 routine {NOW}"]),
    ("six times", reading(vomiting_24h=6), [f"VOM-2 urgent {NOW}"]),
    ("nothing kept down", reading(("no_fluids_12h",)), [f"VOM-2 urgent {NOW}"]),
    ("diarrhea alone", reading(diarrhea_24h=20), []),
]


@pytest.mark.parametrize(("data", "flags"), [v[1:] for v in VOMITING], ids=[v[0] for v in VOMITING])
def test_vomiting(data: Json, flags: list[str]) -> None:
    assert printed(data) == flags


@pytest.mark.parametrize(
    "sign",
    [
        "seizure",
        "hallucination",
        "confusion",
        "chest_pain",
        "fainting",
        "breathing_trouble",
        "vomiting_blood",
    ],
)
def test_each_emergency_sign_is_an_emergency_before_any_dose_too(sign: str) -> None:
    assert printed(story(check("03-02 10:00", [sign]))) == ["EMG-1 emergency 03-02 10:00"]


def test_a_visual_disturbance_alone_is_no_emergency() -> None:
    assert printed(story(check("03-02 10:00", ["visual_disturbance"]))) == []


@pytest.mark.parametrize(
    ("ratings", "flag"),
    [
        ({"self_harm_thoughts": 0, "ideation": 0, "suicidal_behavior": 0}, None),
        ({"self_harm_thoughts": 1}, "SUI-1 urgent"),
        ({"self_harm_thoughts": 3}, "SUI-1 urgent"),
        ({"ideation": 1}, "SUI-1 urgent"),
        ({"ideation": 3, "self_harm_thoughts": 3}, "SUI-1 urgent"),
        ({"ideation": 4}, "SUI-2 emergency"),
        ({"ideation": 5}, "SUI-2 emergency"),
        ({"suicidal_behavior": 1}, "SUI-2 emergency"),
    ],
)
def test_thoughts_of_self_harm(ratings: Json, flag: str | None) -> None:
    expected = [] if flag is None else [f"{flag} 03-02 10:00"]
    assert printed(story(screen("03-02 10:00", **ratings))) == expected


@pytest.mark.parametrize("scope", ["treatment", "all"])
def test_consent_withdrawn_is_urgent_and_ends_the_watch_for_silence(scope: str) -> None:
    gone = event("consent_withdrawn", at="03-03 12:00", scope=scope)
    data = story(dose("03-02"), gone)
    assert printed(data, "03-12 12:00") == ["CON-1 urgent 03-03 12:00"]


def test_several_families_at_one_moment_come_in_the_order_of_the_rule_table() -> None:
    data = settled(
        check(
            NOW,
            ["hallucination"],
            sweating=3,
            nausea=3,
            tremor=3,
            anxiety=3,
            vomiting_24h=6,
            systolic_bp=185,
            opioid_craving=90,
        )
    )
    assert printed(data) == [
        f"WDL-3 emergency {NOW}",
        f"CRV-1 routine {NOW}",
        f"BP-2 urgent {NOW}",
        f"VOM-2 urgent {NOW}",
        f"EMG-1 emergency {NOW}",
    ]
