"""The JSON form: what is read, what is refused and how it says so, and that it comes back."""

import copy
import json
from datetime import UTC, date, datetime

import pytest

from app.timeline.events import Checkin, Dose, Drinks, Void
from app.timeline.json_form import TimelineError, loads, parse
from app.timeline.json_out import dump
from app.timeline.timeline import RunIn
from tests.broken import accepted

T = "2026-03-03T10:30:00+03:00"
EVERY_KIND = [
    {"kind": "dose", "day": "2026-03-02", "taken": True, "at": T, "mg": 18, "reason": "x"},
    {"kind": "dose", "day": "2026-03-03", "taken": False, "hold": True},
    {
        "kind": "drinks",
        "day": "2026-03-02",
        "items": [{"ml": 500, "abv": 40, "count": 1, "beverage": "vodka"}],
        "last_drink_at": T,
    },
    {
        "kind": "substances",
        "day": "2026-03-02",
        "items": [{"substance": "opioid", "at": T, "route": "swallowed", "note": "n"}],
    },
    {
        "kind": "checkin",
        "at": T,
        "instrument": "any",
        "ratings": {"anxiety": 3, "temperature": 36.6},
        "signs": ["seizure"],
        "token": "t1",
        "provenance": "late",
    },
    {"kind": "screen", "at": T, "instrument": "any", "ratings": {"ideation": 2}},
    {"kind": "urinalysis", "at": T, "results": {"opioid": "positive", "cannabis": "invalid"}},
    {"kind": "session", "at": T, "week": 1, "attended": True},
    {"kind": "consent_withdrawn", "at": T, "scope": "all", "reason": "own"},
    {"kind": "flag_resolved", "at": T, "family": "WDL"},
    {"kind": "protocol", "at": T, "version": "2"},
    {"kind": "drinks", "day": "2026-03-03", "items": [], "amount": "unknown"},
    {"kind": "specimen_due", "day": "2026-03-08", "panel": "weekly"},
    {"kind": "specimen_due", "day": "2026-03-15", "panel": "weekly", "reason": "away"},
    {"kind": "visit", "day": "2026-03-08", "visit": "week_1", "attended": False},
    {"kind": "visit", "at": T, "visit": "screening", "attended": True},
    {"kind": "note", "at": T, "text": "hello", "id": "n1"},
    {"kind": "note", "at": T, "text": "hello again", "replaces": "n1"},
]


def form(*events, **top):
    return {
        "format": "daybook-timeline/1",
        "participant": {
            "code": "DB-014",
            "sex": "male",
            "timezone": "Europe/Moscow",
            "first_dose_on": "2026-03-02",
        },
        "events": list(events),
        **top,
    }


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_every_kind_is_read_and_comes_back_the_same():
    exported = form(*EVERY_KIND, exported_at=T, baseline={"anxiety": 1.5})
    exported["participant"]["arm"] = "nalmefene"
    timeline = parse(exported)
    assert len(timeline.events) == len(EVERY_KIND)
    assert parse(json.loads(json.dumps(dump(timeline)))) == timeline


@pytest.mark.parametrize("baseline", [None, {}, {"systolic_bp": 126}])
def test_a_given_baseline_comes_back_and_an_absent_one_stays_absent(baseline):
    assert dump(parse(form(baseline=baseline)))["baseline"] == baseline
    assert parse(form()).baseline is RunIn.MEDIAN
    assert "baseline" not in dump(parse(form()))


def test_a_drinking_day_of_unknown_amount_is_a_drinking_day_whose_grams_nobody_knows():
    known = parse(form(EVERY_KIND[11])).known_at(utc(2026, 3, 4))
    (day,) = known.drinks.values()
    assert (day.drank, day.unknown, day.grams) == (True, True, 0)
    assert known.drinking_dates == [day.day]


def test_a_specimen_that_was_due_is_no_sign_of_a_diary():
    early = {**EVERY_KIND[12], "day": "2026-03-01", "received_at": T}
    known = parse(form(early)).known_at(utc(2026, 3, 9))
    assert (known.reported_days, known.diary_from) == (set(), date(2026, 3, 2))


def test_a_visit_without_a_time_and_a_day_is_refused():
    with pytest.raises(TimelineError, match=r"event 0 \(visit\): 'at' or 'day' must say"):
        parse(form({**without(EVERY_KIND[14], "day"), "received_at": T}))


def test_receipt_defaults_to_the_time_of_the_event_and_else_to_half_past_eleven():
    timeline = parse(form(EVERY_KIND[4], EVERY_KIND[2], EVERY_KIND[1]))
    received = {type(event): event.received_at for event in timeline.events}
    assert received[Checkin] == utc(2026, 3, 3, 7, 30)
    assert received[Drinks] == utc(2026, 3, 2, 20, 30)
    assert received[Dose] == utc(2026, 3, 3, 20, 30)


def test_a_dose_with_a_time_is_received_then():
    (event,) = parse(form(EVERY_KIND[0])).events
    assert event.received_at == utc(2026, 3, 3, 7, 30)


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("America/New_York", "2026-03-08", utc(2026, 3, 9, 3, 30)),
        ("America/New_York", "2026-03-07", utc(2026, 3, 8, 4, 30)),
        ("Europe/Berlin", "2026-10-25", utc(2026, 10, 25, 22, 30)),
        ("Europe/Berlin", "2026-10-24", utc(2026, 10, 24, 21, 30)),
    ],
)
def test_the_default_follows_the_clock_changes_of_the_zone(zone, day, expected):
    data = form({"kind": "drinks", "day": day, "items": []})
    data["participant"]["timezone"] = zone
    (event,) = parse(data).events
    assert event.received_at == expected


def test_events_are_put_in_the_order_they_happened():
    late = {**EVERY_KIND[0], "received_at": "2026-03-09T10:00:00+03:00"}
    kinds = [event.kind for event in parse(form(EVERY_KIND[4], EVERY_KIND[2], late)).events]
    assert kinds == ["checkin", "drinks", "dose"]


def without(event, key):
    return {k: v for k, v in event.items() if k != key}


REQUIRED = [
    (n, key)
    for n, keys in {
        0: ("kind", "day", "taken"),
        2: ("day", "items"),
        3: ("day", "items"),
        4: ("at", "instrument"),
        5: ("at", "instrument"),
        6: ("at", "results"),
        7: ("at", "week", "attended"),
        8: ("at", "scope"),
        9: ("at", "family"),
        10: ("at", "version"),
        11: ("day", "items"),
        12: ("day", "panel"),
        14: ("visit", "attended"),
        16: ("at", "text"),
    }.items()
    for key in keys
]


@pytest.mark.parametrize(("n", "key"), REQUIRED)
def test_a_missing_field_is_refused_by_name(n, key):
    with pytest.raises(TimelineError, match=rf"event 1\b.*'{key}' is missing"):
        parse(form(EVERY_KIND[1], without(EVERY_KIND[n], key)))


def test_ratings_and_signs_may_be_absent():
    parse(form({"kind": "checkin", "at": T, "instrument": "x"}))


CHECKIN = {"kind": "checkin", "at": T, "instrument": "x"}
DRINK = {"ml": 500, "abv": 40, "count": 1, "beverage": "beer"}


def drink(**change):
    return {"kind": "drinks", "day": "2026-03-02", "items": [{**DRINK, **change}]}


def rated(**ratings):
    return {**CHECKIN, "ratings": ratings}


def mg(value):
    return {"kind": "dose", "day": "2026-03-02", "taken": True, "mg": value}


REFUSED = [
    ({"kind": "weight", "at": T}, "weight"),
    ({"kind": ["note"], "at": T}, "note"),
    ("note", "object"),
    ({**CHECKIN, "mood": 1}, "unknown field 'mood'"),
    (drink(grams=1), "unknown field 'grams'"),
    (rated(happiness=1), "unknown item 'happiness'"),
    (rated(self_harm_thoughts=1), "unknown item"),
    ({**CHECKIN, "signs": ["sneezing"]}, "sneezing"),
    ({**CHECKIN, "signs": "seizure"}, "list"),
    ({**CHECKIN, "provenance": "guessed"}, "guessed"),
    ({**CHECKIN, "at": "2026-03-03T10:30:00"}, "no offset"),
    ({**CHECKIN, "at": "2026-03-03"}, "no offset"),
    ({**CHECKIN, "at": "yesterday"}, "yesterday"),
    ({**CHECKIN, "at": 1767225600}, "time"),
    ({**CHECKIN, "received_at": "2026-03-03T10:30:00"}, "received_at: .*no offset"),
    (rated(anxiety=True), "number"),
    (rated(anxiety="3"), "number"),
    (rated(anxiety=None), "number"),
    (rated(anxiety=float("nan")), "between"),
    ({"kind": "dose", "day": "2026-02-30", "taken": True}, "2026-02-30"),
    ({"kind": "dose", "day": "20260302", "taken": True}, "20260302"),
    ({"kind": "dose", "day": T, "taken": True}, "date"),
    ({"kind": "dose", "day": "2026-03-02", "taken": "yes"}, "true or false"),
    ({"kind": "substances", "day": "2026-03-02", "items": [{"substance": "tea"}]}, "tea"),
    ({"kind": "urinalysis", "at": T, "results": {"opiod": "positive"}}, "opiod"),
    ({"kind": "urinalysis", "at": T, "results": {"opioid": "yes"}}, "yes"),
    ({"kind": "screen", "at": T, "instrument": "x", "ratings": {"anxiety": 1}}, "unknown item"),
    ({"kind": "session", "at": T, "week": 1.5, "attended": True}, "whole"),
    ({"kind": "consent_withdrawn", "at": T, "scope": "some"}, "some"),
    ({"kind": "flag_resolved", "at": T, "family": "XYZ"}, "XYZ"),
    ({**CHECKIN, "void": True}, "replaces"),
]


@pytest.mark.parametrize(("event", "reason"), REFUSED)
def test_what_the_format_does_not_know_is_refused_with_index_and_reason(event, reason):
    with pytest.raises(TimelineError, match=rf"event 1\b.*{reason}"):
        parse(form(EVERY_KIND[0], event))


def test_whatever_breaks_at_whatever_place_is_refused_with_its_key():
    passed = set()
    for event in EVERY_KIND[:-2]:
        whole = form(event, *EVERY_KIND[-2:], exported_at=T, baseline={"anxiety": 1.5})
        passed |= accepted(whole, parse, TimelineError)
    free = "sex first_dose_on exported_at baseline anxiety temperature ideation ratings signs"
    free += " at mg reason hold last_drink_at beverage route note token provenance replaces amount"
    assert passed == {
        *(f"no {key}" for key in free.split()),
        # Any text will do, and a specimen need not name every substance.
        *(f"str {key}" for key in ("reason", "beverage", "route", "note", "instrument", "text")),
        *("no opioid", "no cannabis"),
    }


@pytest.mark.parametrize(
    ("event", "inside", "outside"),
    [
        (lambda v: rated(anxiety=v), (0, 4), (-1, 5)),
        (lambda v: rated(opioid_craving=v), (0, 100), (-1, 101)),
        (lambda v: rated(vomiting_24h=v), (0, 100), (-1, 101)),
        (lambda v: rated(systolic_bp=v), (40, 300), (39, 301)),
        (lambda v: rated(diastolic_bp_repeat=v), (40, 300), (39, 301)),
        (lambda v: rated(temperature=v), (30, 45), (29.9, 45.1)),
        (lambda v: drink(ml=v), (1, 5000), (0.9, 5001)),
        (lambda v: drink(abv=v), (0, 100), (-0.1, 100.1)),
        (lambda v: drink(count=v), (0.1, 100), (0.09, 100.1)),
        (mg, (0, 1000), (-1, 1001)),
    ],
)
def test_ranges_hold_on_both_sides(event, inside, outside):
    for value in inside:
        parse(form(event(value)))
    for value in outside:
        with pytest.raises(TimelineError, match="between"):
            parse(form(event(value)))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": "daybook-timeline/2"}, "format"),
        ({"extra": 1}, "unknown field 'extra'"),
        ({"events": {}}, "list"),
        ({"baseline": {"happiness": 1}}, "baseline: unknown item"),
        ({"baseline": {"anxiety": 9}}, "baseline: anxiety"),
        ({"baseline": 3}, "baseline"),
        ({"exported_at": "2026-03-03T10:30:00"}, "exported_at"),
    ],
)
def test_the_top_of_the_file_is_read_as_strictly(change, reason):
    with pytest.raises(TimelineError, match=reason):
        parse({**form(), **change})


@pytest.mark.parametrize(
    ("field", "value"),
    [("timezone", "Europe/Atlantis"), ("timezone", None), ("timezone", "../UTC"), ("sex", "x")],
)
def test_the_participant_is_read_as_strictly(field, value):
    data = form()
    data["participant"][field] = value
    with pytest.raises(TimelineError, match=field):
        parse(data)


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([{**CHECKIN, "id": "a"}, {**CHECKIN, "id": "a"}], "event 1: id 'a' is that of event 0"),
        ([{**CHECKIN, "replaces": "b"}], "event 0: replaces 'b', which is not here"),
        ([{**CHECKIN, "id": "a", "replaces": "a"}], "replaces itself"),
        (
            [
                {**CHECKIN, "id": "a", "replaces": "b"},
                {**CHECKIN, "id": "b", "replaces": "a"},
            ],
            "replaces itself",
        ),
    ],
)
def test_corrections_lead_back_to_one_entry_or_are_refused(events, reason):
    with pytest.raises(TimelineError, match=reason):
        parse(form(*events))


def test_an_entry_without_an_id_never_takes_the_id_of_another():
    ids = {event.id for event in parse(form({**CHECKIN, "id": "#1"}, CHECKIN, CHECKIN)).events}
    assert len(ids) == 3


def test_a_void_needs_no_more_than_what_it_takes_back_and_when():
    taken_back = {"kind": "drinks", "replaces": "a", "void": True, "received_at": T}
    timeline = parse(form({**drink(), "id": "a"}, taken_back))
    assert [type(event) for event in timeline.events] == [Drinks, Void]
    assert parse(dump(timeline)) == timeline


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": "a", "format": "a"}'])
def test_text_that_is_no_timeline_is_refused(text):
    with pytest.raises(TimelineError):
        loads(text)


def test_a_deeply_nested_text_is_refused_and_nothing_falls_over():
    with pytest.raises(TimelineError):
        loads("[" * 100_000)


def test_reading_does_not_change_what_was_handed_in():
    data = form(*EVERY_KIND, baseline={"anxiety": 1})
    before = copy.deepcopy(data)
    parse(data)
    assert data == before


def test_the_header_may_say_that_sex_and_first_dose_are_not_known():
    data = form()
    data["participant"].update(sex=None, first_dose_on=None)
    person = parse(data).participant
    assert (person.sex, person.first_dose_on) == (None, None)
    assert parse(form()).participant.first_dose_on == date(2026, 3, 2)
