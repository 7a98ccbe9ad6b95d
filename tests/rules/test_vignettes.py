"""People of a few lines each, and what the second edition says of them.

Read from the page of the rules and from nothing else: a sentence, a small timeline, the flags of
the families that it is about. Where the page leaves a line open, the case keeps away from it.
"""

from __future__ import annotations

import pytest

from app.timeline.json_form import TimelineError
from tests.rules.scenarios import (
    Json,
    check,
    days,
    dose,
    doses,
    drank,
    event,
    printed,
    story,
    untaken,
    urine,
    used,
)

FIRST, NOW = "03-02", "03-24 20:00"
ITEMS = (
    "sweating", "nausea", "muscle_pain", "anxiety", "chills", "stomach_cramps", "tremor",
    "irritability", "yawning", "insomnia", "runny_nose_tears", "fatigue", "palpitations",
    "twitching", "agitation",
)  # fmt: skip
BESIDE = ("headache", "cough_sore_throat", "opioid_craving")
FOUR_GROUPS: Json = {"sweating": 2, "nausea": 2, "tremor": 2, "anxiety": 2}
SEVERE: Json = dict.fromkeys(ITEMS[:8], 3)
BY_STAFF: Json = {"provenance": "with_staff"}


def mild(count: int, **more: float) -> Json:
    """So many symptoms at 1, from all groups."""
    return dict.fromkeys(ITEMS[:count], 1) | more


def run_in(**usual: float) -> list[Json]:
    """A check-in on each evening of the week before the first dose, all answered."""
    every = dict.fromkeys((*ITEMS, *BESIDE), 0) | usual
    return [check(f"{day} 20:00", **every) for day in days("02-23", "03-01")]


def taking(*parts: Json | list[Json], last: str = "03-24", **usual: float) -> Json:
    """Somebody whose run-in is on record and who tells a tablet on every day."""
    return story(run_in(**usual), doses(FIRST, last), *parts, baseline=...)


def quiet(at: str, **more: object) -> Json:
    return check(at, **(dict.fromkeys(ITEMS, 0) | more))


def interview(day: str, substance: str | None, received: str) -> Json:
    told = {"received_at": received, **BY_STAFF}
    return (
        used(day, substance, **told)
        if substance
        else event("substances", day=day, items=[], **told)
    )


def urges(at: str, craving: float) -> Json:
    told = {"opioid_craving": craving, "alcohol_craving": 20}
    return event("checkin", at=at, instrument="urges", ratings=told, signs=[])


SUMS: list[tuple[str, Json, list[str]]] = [
    ("seven symptoms of 1 are nothing", taking(check(NOW, **mild(7))), []),
    (
        "nine symptoms of 1 add up to a routine flag",
        taking(check(NOW, **mild(9))),
        ["WDL-1 routine"],
    ),
    (
        "twelve symptoms of 1 add up to an urgent one, none of them worse than mild",
        taking(check(NOW, **mild(12))),
        ["WDL-2 urgent"],
    ),
    (
        "a woman with anxiety 3 and insomnia 3 as usual, and nothing else",
        taking(check(NOW, anxiety=3, insomnia=3), anxiety=3, insomnia=3),
        [],
    ),
    (
        "the same woman: both at 4 and four more at 2, where neither of hers can be worse",
        taking(
            check(NOW, anxiety=4, insomnia=4, sweating=2, nausea=2, tremor=2, muscle_pain=2),
            anxiety=3,
            insomnia=3,
        ),
        ["WDL-2 urgent"],
    ),
    (
        "nine symptoms of 1 and he vomited once",
        taking(check(NOW, **mild(9, vomiting_24h=1))),
        ["WDL-2 urgent"],
    ),
    (
        "nine symptoms of 1 and a craving of 45 where 10 is usual, too low to be a group",
        taking(check(NOW, **mild(9, opioid_craving=45)), opioid_craving=10),
        ["WDL-2 urgent"],
    ),
    (
        "nine symptoms of 1 and a pressure 25 above the usual",
        taking(
            check(NOW, **mild(9, systolic_bp=150, diastolic_bp=82)),
            systolic_bp=125,
            diastolic_bp=80,
        ),
        ["WDL-2 urgent"],
    ),
    (
        "the sum is urgent and agitation is 4: an emergency, with one group worse",
        taking(check(NOW, **(mild(9) | {"agitation": 4}))),
        ["WDL-3 emergency"],
    ),
]

EXPLAINED: list[tuple[str, Json, list[str]]] = [
    (
        "twelve symptoms of 1 with a headache of 3 are no longer urgent",
        taking(check(NOW, **mild(12, headache=3))),
        ["WDL-1 routine"],
    ),
    (
        "twelve symptoms of 1 with a cough of 1: less than an infection, and subtracted twice",
        taking(check(NOW, **mild(12, cough_sore_throat=1))),
        ["WDL-1 routine"],
    ),
    (
        "twelve symptoms of 1 on the morning after 95 g of alcohol",
        taking(drank("03-23", ml=300, received_at="03-24 08:00"), check(NOW, **mild(12))),
        ["WDL-1 routine"],
    ),
    (
        "twelve symptoms of 1 after 32 g of alcohol: not explained by them",
        taking(drank("03-23", ml=100, received_at="03-24 08:00"), check(NOW, **mild(12))),
        ["WDL-2 urgent"],
    ),
    (
        "95 g two days ago explain nothing today",
        taking(drank("03-22", ml=300, received_at="03-23 08:00"), check(NOW, **mild(12))),
        ["WDL-2 urgent"],
    ),
    (
        "a cold with cough 3, a running nose, aches and tiredness is at most routine",
        taking(
            check(
                NOW,
                cough_sore_throat=3,
                runny_nose_tears=3,
                headache=2,
                fatigue=3,
                chills=2,
                muscle_pain=2,
                sweating=2,
                temperature=38.2,
            )
        ),
        ["WDL-1 routine"],
    ),
]

USUAL: list[tuple[str, Json, list[str]]] = [
    (
        "without a run-in ten symptoms of 1 are nothing: no baseline is not zero",
        story(doses(FIRST, "03-24"), check(NOW, **mild(10)), baseline=...),
        [],
    ),
    (
        "without a run-in ten symptoms of 2 are urgent",
        story(doses(FIRST, "03-24"), check(NOW, **dict.fromkeys(ITEMS[:10], 2)), baseline=...),
        ["WDL-2 urgent"],
    ),
    (
        "one bad evening before the first dose does not make 3 her usual answer",
        story(
            check("02-28 20:00", **dict.fromkeys(ITEMS, 3)),
            doses(FIRST, "03-24"),
            check(NOW, **SEVERE),
            baseline=...,
        ),
        ["WDL-2 urgent"],
    ),
]

EXPOSED: list[tuple[str, Json, list[str]]] = [
    (
        "nobody told a tablet since the first, three weeks ago, and he is very unwell",
        story(run_in(), dose(FIRST), check(NOW, **SEVERE), baseline=...),
        ["WDL-2 urgent"],
    ),
    (
        "nobody told any tablet: from the planned first one on he counts as exposed",
        story(run_in(), check("03-04 20:00", **SEVERE), baseline=...),
        ["WDL-2 urgent"],
    ),
    (
        "before the planned first dose nobody is exposed",
        story(run_in()[:-1], check("03-01 20:00", **SEVERE), baseline=...),
        [],
    ),
    (
        "for four days, today included, she said that she took none",
        story(
            run_in(),
            doses(FIRST, "03-20"),
            untaken(*days("03-21", "03-24"), received_at="03-24 19:00"),
            check(NOW, **SEVERE),
            baseline=...,
        ),
        [],
    ),
    (
        "for four days, today included, the tablet is held",
        story(
            run_in(),
            doses(FIRST, "03-20"),
            untaken(*days("03-21", "03-24"), hold=True, received_at="03-24 19:00"),
            check(NOW, **SEVERE),
            baseline=...,
        ),
        [],
    ),
    (
        "held on two days and not taken on two",
        story(
            run_in(),
            doses(FIRST, "03-20"),
            untaken("03-21", "03-22", hold=True),
            untaken("03-23", "03-24", received_at="03-24 19:00"),
            check(NOW, **SEVERE),
            baseline=...,
        ),
        [],
    ),
    (
        "not taken on two of the last days, and nothing told of the others",
        story(
            run_in(),
            doses(FIRST, "03-18"),
            untaken("03-22", "03-23", received_at="03-23 21:00"),
            check(NOW, **SEVERE),
            baseline=...,
        ),
        ["WDL-2 urgent"],
    ),
]

WINDOW: list[tuple[str, Json, list[str]]] = [
    (
        "a silent week before yesterday's tablet opens no start window",
        story(
            run_in(),
            doses(FIRST, "03-16"),
            dose("03-23", received_at="03-23 13:00"),
            check(NOW, **FOUR_GROUPS),
            baseline=...,
        ),
        ["WDL-1 routine"],
    ),
    (
        "three tablets told as not taken before yesterday's do",
        story(
            run_in(),
            doses(FIRST, "03-19"),
            untaken("03-20", "03-21", "03-22"),
            dose("03-23", received_at="03-23 13:00"),
            check(NOW, **FOUR_GROUPS),
            baseline=...,
        ),
        ["WDL-2 urgent"],
    ),
    (
        "three held days before yesterday's tablet do",
        story(
            run_in(),
            doses(FIRST, "03-19"),
            untaken("03-20", "03-21", "03-22", hold=True),
            dose("03-23", received_at="03-23 13:00"),
            check(NOW, **FOUR_GROUPS),
            baseline=...,
        ),
        ["WDL-2 urgent"],
    ),
]

TWO_GROUPS: Json = {"nausea": 2, "sweating": 2}
CRAVING: list[tuple[str, Json, list[str]]] = [
    ("two groups in the evening are nothing", taking(check(NOW, **TWO_GROUPS)), []),
    (
        "craving 70 in the morning joins the two groups of the evening",
        taking(urges("03-24 08:00", 70), check(NOW, **TWO_GROUPS)),
        ["WDL-1 routine"],
    ),
    (
        "the highest of the day joins, not the last",
        taking(urges("03-24 08:00", 70), urges("03-24 15:00", 10), check(NOW, **TWO_GROUPS)),
        ["WDL-1 routine"],
    ),
    (
        "craving 70 told two hours after them, on the same evening, joins as well",
        taking(urges("03-24 22:00", 70), check(NOW, **TWO_GROUPS)),
        ["WDL-1 routine"],
    ),
    (
        "craving 70 late in the evening joins the morning after, nine hours on",
        taking(urges("03-23 23:00", 70), check("03-24 08:00", **TWO_GROUPS)),
        ["WDL-1 routine"],
    ),
    (
        "craving 70 of the day before, thirteen hours ago, does not",
        taking(urges("03-23 20:00", 70), check("03-24 09:00", **TWO_GROUPS)),
        [],
    ),
]

LATE: list[tuple[str, Json, list[str]]] = [
    (
        "a severe check-in that waited five days on the phone, the newest of all, is urgent",
        taking(check("03-15 20:00", received_at="03-20 20:00", **SEVERE)),
        ["WDL-2 urgent"],
    ),
    (
        "the same with a good evening told since is routine",
        taking(quiet("03-19 20:00"), check("03-15 20:00", received_at="03-20 20:00", **SEVERE)),
        ["WDL-2 routine"],
    ),
    (
        "and with a good evening before it, and none since, it is urgent",
        taking(quiet("03-14 20:00"), check("03-15 20:00", received_at="03-20 20:00", **SEVERE)),
        ["WDL-2 urgent"],
    ),
]

HISTORY: list[tuple[str, str, Json, list[str]]] = [
    (
        "an opioid 220 days before enrolment, told at enrolment, is the record and no alarm",
        "OPI",
        story(interview("2025-07-18", "opioid", "02-23 11:00"), first="03-02"),
        [],
    ),
    (
        "heroin the evening before last is urgent",
        "OPI",
        taking(used("03-22", received_at="03-24 12:00")),
        ["OPI-1 urgent"],
    ),
    (
        "heroin six days ago, told today, is routine",
        "OPI",
        taking(used("03-18", received_at="03-24 12:00")),
        ["OPI-1 routine"],
    ),
    (
        "vodka and a sedative yesterday are urgent",
        "ALC",
        taking(
            drank("03-23", received_at="03-24 08:00"),
            used("03-23", "sedative", received_at="03-24 08:00"),
        ),
        ["ALC-3 urgent"],
    ),
    (
        "vodka and a sedative ten days ago, told today, are routine",
        "ALC-3",
        taking(
            drank("03-14", received_at="03-24 12:00"),
            used("03-14", "sedative", received_at="03-24 12:00"),
        ),
        ["ALC-3 routine"],
    ),
    (
        "vodka and a sedative in the month before enrolment are the record and no alarm",
        "ALC-3",
        story(
            interview("02-10", "sedative", "02-23 11:00"),
            drank("02-10", received_at="02-23 11:00", **BY_STAFF),
        ),
        [],
    ),
    (
        "a cup at 11:00 and the use of yesterday told at 11:40 need no confirmation",
        "UDS",
        taking(
            urine("03-24 11:00", received_at="03-24 11:10"),
            interview("03-23", "opioid", "03-24 11:40"),
        ),
        [],
    ),
    (
        "a cup at 11:00 and nothing told by the end of the day do",
        "UDS",
        taking(urine("03-24 11:00", received_at="03-24 11:10")),
        ["UDS-1 routine"],
    ),
    (
        "told only on the day after the cup, they do",
        "UDS",
        taking(
            urine("03-23 11:00", received_at="03-23 11:10"),
            interview("03-22", "opioid", "03-24 11:40"),
        ),
        ["UDS-1 routine"],
    ),
    (
        "a month recalled at enrolment is no silence afterwards",
        "DIA",
        story(
            [interview(day, None, "03-01 11:00") for day in days("01-20", "02-15")],
            check("03-01 20:00", anxiety=1),
            check("03-02 20:00", anxiety=1),
            baseline=...,
        ),
        [],
    ),
    (
        "three days without a word after the first answers are",
        "DIA",
        story(
            check("03-01 20:00", anxiety=1),
            check("03-05 20:00", received_at="03-05 23:50", anxiety=1),
            baseline=...,
        ),
        ["DIA-1 routine"],
    ),
]

EVERYTHING = [
    *(("WDL", *row) for row in (*SUMS, *EXPLAINED, *USUAL, *EXPOSED, *WINDOW, *CRAVING, *LATE)),
    *((family, sentence, data, flags) for sentence, family, data, flags in HISTORY),
]


@pytest.mark.parametrize(
    ("family", "sentence", "data", "flags"), EVERYTHING, ids=[row[1] for row in EVERYTHING]
)
def test_a_vignette_is_flagged_as_the_page_reads(family, sentence, data, flags):
    lines = [line.split(" ") for line in printed(data)]
    assert [f"{rule} {word}" for rule, word, *_ in lines if rule.startswith(family)] == flags


def test_a_tablet_dated_by_a_phone_four_hours_ahead_still_comes_before_what_followed_it():
    """Opioids last night, a tablet at ten that the phone dates at two, and the storm at eleven."""
    data = taking(
        used("03-23", at="03-23 22:00", received_at="03-24 09:00"),
        dose("03-24", at="03-24 14:00", received_at="03-24 10:00"),
        check("03-24 11:00", sweating=4, nausea=3, tremor=3),
        last="03-23",
    )
    assert "WDL-3 emergency 03-24 11:00" in printed(data)


@pytest.mark.parametrize("at", ["2100-01-01T10:00:00+03:00", "03-25 20:30"])
def test_what_is_dated_more_than_a_day_after_its_receipt_is_refused(at):
    with pytest.raises(TimelineError, match="event"):
        printed(taking(check(at, received_at="03-24 20:00", anxiety=1)))


def test_what_is_dated_less_than_a_day_after_its_receipt_is_judged_at_its_receipt():
    data = taking(check("03-25 10:00", received_at=NOW, **SEVERE))
    assert [line for line in printed(data) if line.startswith("WDL")] == [
        "WDL-2 urgent 03-24 20:00"
    ]
