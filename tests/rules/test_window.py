"""A live submission reads a window of the record and finds what the whole record would tell."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from app.rules.engine import find_at_tick, find_on_arrival, run_in_days, window_start
from app.timeline.days import day_of
from app.timeline.events import Dose, Drinks, Substances, Urinalysis
from tests.rules.story import (
    MOSCOW,
    PROTOCOL,
    START,
    checkin,
    dose,
    drinks,
    story,
    untaken,
    urine,
    used,
)

LAST = 70


def weeks(seed):
    """Seventy days with gaps, entries of every kind, and a computed baseline."""
    dice = random.Random(seed)
    events = [checkin(-n, "19:00", **answers(dice, 1)) for n in range(1, 8)] + [dose(0)]
    for n in range(1, LAST + 1):
        if dice.random() < 0.7:
            mg = dice.choice([None, None, 36, 18, 72])
            events.append(dose(n, "08:00", mg=mg) if dice.random() < 0.8 else untaken(n))
        if dice.random() < 0.6:
            events.append(drinks(n, dice.choice([0, 0, 0, 30, 80, 130])))
        if dice.random() < 0.15:
            events.append(used(n, dice.choice(["opioid", "sedative", "cannabis"])))
        if dice.random() < 0.1:
            events.append(urine(n, "11:00", dice.choice(["positive", "negative"])))
        if dice.random() < 0.7:
            events.append(checkin(n, "20:00", **answers(dice, 4)))
    return story(*events, baseline="computed")


def answers(dice, highest):
    items = ("sweating", "nausea", "tremor", "anxiety", "insomnia", "palpitations", "fatigue")
    found = {item: dice.randint(0, highest) for item in items}
    return {**found, "opioid_craving": dice.choice([0, 20, 60, 80]), "systolic_bp": 120 + 40}


def windowed(timeline, since):
    zone = timeline.participant.timezone
    start, (first, last) = window_start(since, PROTOCOL), run_in_days(START, PROTOCOL)
    kept = tuple(
        event
        for event in timeline.events
        if (day := day_of(event, zone)) >= start
        or first <= day <= last
        or isinstance(event, Dose | Drinks | Substances | Urinalysis)
    )
    earliest = min(day_of(event, zone) for event in timeline.events)
    assert len(kept) < len(timeline.events)
    return replace(timeline, events=kept, earliest_day=earliest)


def told(findings):
    return [(one.rule, one.severity, one.about, one.evidence) for one in findings]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("days_late", [0, 3, 14])
def test_a_window_finds_what_the_whole_record_finds(seed, days_late):
    timeline = weeks(seed)
    end = START + timedelta(days=LAST)
    since = end - timedelta(days=days_late)
    arrived = [e for e in timeline.events if day_of(e, MOSCOW) >= since]
    assert arrived
    now = max(event.received_at for event in timeline.events)
    part = windowed(timeline, min(day_of(event, MOSCOW) for event in arrived))
    assert told(find_on_arrival(part, arrived, now, PROTOCOL)) == told(
        find_on_arrival(timeline, arrived, now, PROTOCOL)
    )
    assert told(find_at_tick(windowed(timeline, end), now, PROTOCOL, now)) == told(
        find_at_tick(timeline, now, PROTOCOL, now)
    )


def test_the_weeks_are_eventful_enough_to_show_a_difference():
    found = set()
    for seed in range(12):
        timeline = weeks(seed)
        now = max(event.received_at for event in timeline.events)
        late = [e for e in timeline.events if day_of(e, MOSCOW) >= START + timedelta(days=56)]
        found |= {one.rule for one in find_on_arrival(timeline, late, now, PROTOCOL)}
    assert {"WDL-1", "WDL-2", "OPI-1", "OPI-3", "ALC-1", "DOS-1", "DOS-2", "CRV-2"} <= found
