"""The withdrawal rules, their terms and modifiers, as an outsider reads them from the page.

Each row is a timeline and exactly what `daybook safety replay` prints for it. The other
families, the flags' life, the clock and the format have files of their own beside this one.
"""

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
    printed,
    settled,
    starting,
    used,
)

NOW = "03-24 10:00"
EARLY = "03-05 10:00"
WDL1 = [f"WDL-1 routine {NOW}"]
WDL2 = [f"WDL-2 urgent {NOW}"]
BP: Json = {"systolic_bp": 126, "diastolic_bp": 80}
AB: Json = {"sweating": 2, "nausea": 2}
AC: Json = {"sweating": 2, "tremor": 2}
BC: Json = {"nausea": 2, "tremor": 2}
REST: Json = {"nausea": 3, "tremor": 3, "anxiety": 3}


def at_rest(ratings: Json, baseline: Json | None = None) -> list[str]:
    """What one check-in of a settled participant prints."""
    return printed(settled(check(NOW, **ratings), baseline={} if baseline is None else baseline))


GROUPS: list[tuple[str, Json, Json, list[str]]] = [
    ("three groups are routine", THREE_GROUPS, {}, WDL1),
    ("two groups are nothing, however strong", {"sweating": 4, "nausea": 4}, {}, []),
    ("two items of one group are one group", AB | {"chills": 4, "vomiting_24h": 1}, {}, []),
    ("an item of 1 is not worse", BC | {"sweating": 1}, {}, []),
    ("a rise of 1 is not worse", BC | {"anxiety": 2}, {"anxiety": 1}, []),
    ("a rise of 2 is worse", BC | {"anxiety": 3}, {"anxiety": 1}, WDL1),
    ("dizziness does not count", AB | {"dizziness": 4}, {}, []),
    ("headache does not count", AB | {"headache": 4}, {}, []),
    ("cough does not count", AB | {"cough_sore_throat": 4}, {}, []),
    ("alcohol craving does not count", AB | {"alcohol_craving": 100}, {}, []),
    ("any vomiting is a gut group", AC | {"vomiting_24h": 1}, {}, WDL1),
    ("no vomiting is no group", AC | {"vomiting_24h": 0}, {}, []),
    ("diarrhea three times is a gut group", AC | {"diarrhea_24h": 3}, {}, WDL1),
    ("diarrhea twice is not", AC | {"diarrhea_24h": 2}, {}, []),
    ("20 systolic above is raised", BC | {"systolic_bp": 146}, BP, WDL1),
    ("19 systolic above is not", BC | {"systolic_bp": 145, "diastolic_bp": 94}, BP, []),
    ("15 diastolic above is raised", BC | {"systolic_bp": 126, "diastolic_bp": 95}, BP, WDL1),
    ("no baseline pressure, no rise", BC | {"systolic_bp": 175, "diastolic_bp": 110}, {}, []),
    (
        "a diastolic without a baseline of its own is not judged",
        BC | {"systolic_bp": 130, "diastolic_bp": 115},
        {"systolic_bp": 126},
        [],
    ),
    ("a calm repeat counts", BC | {"systolic_bp": 160, "systolic_bp_repeat": 140}, BP, []),
    ("a high repeat counts", BC | {"systolic_bp": 130, "systolic_bp_repeat": 150}, BP, WDL1),
    ("craving 50 and 30 above", AB | {"opioid_craving": 50}, {"opioid_craving": 20}, WDL1),
    ("craving 49 is no group", AB | {"opioid_craving": 49}, {"opioid_craving": 10}, []),
    ("craving 29 above is no group", AB | {"opioid_craving": 50}, {"opioid_craving": 21}, []),
    ("four groups and R 11 are routine", R11, {}, WDL1),
    ("four groups and R 12 are urgent", R12, {}, WDL2),
    ("three groups and R 16 are routine", R10 | {"chills": 4, "twitching": 2}, {}, WDL1),
    ("rises of 1 add nothing to R", R11 | {"irritability": 1}, {}, WDL1),
    ("R adds rises, not values", R12, {"anxiety": 1}, WDL1),
    ("a second worse item of a group adds to R", R11 | {"fatigue": 2}, {}, WDL2),
    ("raised pressure adds 2, to 11", REST | {"systolic_bp": 146}, BP, WDL1),
    ("raised pressure adds 2, to 12", REST | {"systolic_bp": 146, "anxiety": 4}, BP, WDL2),
    (
        "both pressures raised add 2 in all",
        REST | {"systolic_bp": 146, "diastolic_bp": 95},
        BP,
        WDL1,
    ),
    (
        "both gut counts add 2 in all",
        {"sweating": 3, "tremor": 3, "anxiety": 3, "vomiting_24h": 1, "diarrhea_24h": 3},
        {},
        WDL1,
    ),
    ("a gut count adds 2", {"sweating": 4, "tremor": 3, "anxiety": 3, "vomiting_24h": 1}, {}, WDL2),
    ("craving adds 2, to 11", R9 | {"opioid_craving": 50}, {"opioid_craving": 20}, WDL1),
    ("craving adds 2, to 12", R10 | {"opioid_craving": 50}, {"opioid_craving": 20}, WDL2),
    ("agitation 4 without WDL-2 is no emergency", AB | {"agitation": 4}, {}, WDL1),
]


@pytest.mark.parametrize(
    ("ratings", "baseline", "flags"), [g[1:] for g in GROUPS], ids=[g[0] for g in GROUPS]
)
def test_groups_and_sums_of_a_settled_participant(
    ratings: Json, baseline: Json, flags: list[str]
) -> None:
    assert at_rest(ratings, baseline) == flags


@pytest.mark.parametrize(
    ("item", "others"),
    [
        *(
            (item, BC)
            for item in ("sweating", "chills", "runny_nose_tears", "yawning", "palpitations")
        ),
        *((item, AC) for item in ("nausea", "stomach_cramps")),
        *((item, AB) for item in ("muscle_pain", "tremor", "twitching")),
        *((item, AB) for item in ("anxiety", "irritability", "agitation", "insomnia", "fatigue")),
    ],
)
def test_each_item_of_a_group_completes_three_groups_at_2(item: str, others: Json) -> None:
    assert at_rest(others | {item: 2}) == WDL1
    assert at_rest(others | {item: 1}) == []


def urgent_with(**more: float) -> Json:
    return {"sweating": 4, "nausea": 3, "tremor": 3, "anxiety": 2} | more


EMERGENCIES: list[tuple[str, Json, list[str]]] = [
    ("vomiting 5", check(NOW, **urgent_with(vomiting_24h=5)), ["WDL-2 urgent", "VOM-1 routine"]),
    ("vomiting 6", check(NOW, **urgent_with(vomiting_24h=6)), ["WDL-3 emergency", "VOM-2 urgent"]),
    (
        "vomiting 3 and diarrhea 3",
        check(NOW, **urgent_with(vomiting_24h=3, diarrhea_24h=3)),
        ["WDL-3 emergency", "VOM-1 routine"],
    ),
    (
        "vomiting 3 and diarrhea 2",
        check(NOW, **urgent_with(vomiting_24h=3, diarrhea_24h=2)),
        ["WDL-2 urgent", "VOM-1 routine"],
    ),
    (
        "vomiting 2 and diarrhea 3",
        check(NOW, **urgent_with(vomiting_24h=2, diarrhea_24h=3)),
        ["WDL-2 urgent"],
    ),
    ("agitation 4", check(NOW, **urgent_with(agitation=4)), ["WDL-3 emergency"]),
    ("agitation 3", check(NOW, **urgent_with(agitation=3)), ["WDL-2 urgent"]),
    ("confusion", check(NOW, ["confusion"], **R12), ["WDL-3 emergency", "EMG-1 emergency"]),
    ("hallucination", check(NOW, ["hallucination"], **R12), ["WDL-3 emergency", "EMG-1 emergency"]),
    ("seizure", check(NOW, ["seizure"], **R12), ["WDL-2 urgent", "EMG-1 emergency"]),
    (
        "confusion with WDL-1",
        check(NOW, ["confusion"], **R11),
        ["WDL-1 routine", "EMG-1 emergency"],
    ),
    (
        "systolic 180",
        check(NOW, systolic_bp=180, diastolic_bp=90, **R12),
        ["WDL-3 emergency", "BP-2 urgent"],
    ),
    (
        "diastolic 120",
        check(NOW, systolic_bp=150, diastolic_bp=120, **R12),
        ["WDL-3 emergency", "BP-2 urgent"],
    ),
    ("179 over 119", check(NOW, systolic_bp=179, diastolic_bp=119, **R12), ["WDL-2 urgent"]),
    (
        "190 over 125 with a calm repeat",
        check(
            NOW,
            systolic_bp=190,
            diastolic_bp=125,
            systolic_bp_repeat=170,
            diastolic_bp_repeat=110,
            **R12,
        ),
        ["WDL-2 urgent"],
    ),
]


@pytest.mark.parametrize(
    ("entry", "flags"), [e[1:] for e in EMERGENCIES], ids=[e[0] for e in EMERGENCIES]
)
def test_what_makes_an_urgent_reaction_an_emergency(entry: Json, flags: list[str]) -> None:
    assert printed(settled(entry)) == [f"{flag} {NOW}" for flag in flags]


FEVER: Json = {"temperature": 38.0}
CALM: Json = {"sweating": 2, "nausea": 2, "tremor": 2}
INFECTIONS: list[tuple[str, Json, str]] = [
    ("temperature 38.0 caps", FOUR_GROUPS | FEVER, "routine"),
    ("temperature 37.9 does not", FOUR_GROUPS | {"temperature": 37.9}, "urgent"),
    ("cough 2 caps", FOUR_GROUPS | {"cough_sore_throat": 2}, "routine"),
    ("cough 1 does not", FOUR_GROUPS | {"cough_sore_throat": 1}, "urgent"),
    ("vomiting once keeps it", FOUR_GROUPS | FEVER | {"vomiting_24h": 1}, "urgent"),
    ("no vomiting caps", FOUR_GROUPS | FEVER | {"vomiting_24h": 0}, "routine"),
    ("diarrhea 3 keeps it", FOUR_GROUPS | FEVER | {"diarrhea_24h": 3}, "urgent"),
    ("diarrhea 2 caps", FOUR_GROUPS | FEVER | {"diarrhea_24h": 2}, "routine"),
    ("agitation 3 keeps it", CALM | FEVER | {"agitation": 3}, "urgent"),
    ("agitation 2 caps", CALM | FEVER | {"agitation": 2}, "routine"),
    ("craving F keeps it", FOUR_GROUPS | FEVER | {"opioid_craving": 60}, "urgent"),
    ("craving below F caps", FOUR_GROUPS | FEVER | {"opioid_craving": 54}, "routine"),
]


@pytest.mark.parametrize(
    ("ratings", "severity"), [i[1:] for i in INFECTIONS], ids=[i[0] for i in INFECTIONS]
)
def test_an_infection_caps_the_severity_and_keeps_the_rules_name(
    ratings: Json, severity: str
) -> None:
    data = starting(check(EARLY, **ratings), baseline={"opioid_craving": 25})
    assert printed(data) == [f"WDL-2 {severity} {EARLY}"]


def test_an_infection_caps_withdrawal_alone() -> None:
    entry = check(EARLY, ["hallucination"], **FOUR_GROUPS, **FEVER)
    assert printed(starting(entry)) == [f"WDL-3 routine {EARLY}", f"EMG-1 emergency {EARLY}"]


def test_a_recent_opioid_lifts_the_infections_cap() -> None:
    data = settled(used("03-22", at="03-22 20:00"), check(NOW, **TWO_GROUPS, **FEVER))
    assert printed(data) == ["OPI-1 urgent 03-22 23:30 about 03-22 20:00", f"WDL-2 urgent {NOW}"]
