"""The reader that grows with what is received knows, at every moment, what a new one would."""

import random
from itertools import groupby

import pytest

from app.timeline.events import ConsentWithdrawn, Screen
from app.timeline.growing import Growing
from tests.rules.story import at, checkin, day, dose, drinks, later, story, untaken, urine, used

PARTS = (
    *("checkins", "screens", "doses", "doses_on", "dose_dates", "untaken", "untaken_dates"),
    *("untaken_runs", "missed_runs"),
    *("drinks", "drink_dates", "drinking_dates", "last_drinks", "uses", "opioid_uses", "uses_on"),
    *("use_dates", "specimens_received", "withdrawn", "first_dose", "diary_from", "asked_from"),
    "contact_day",
)


def life(seed):
    """Weeks of entries that come late, double, corrected, taken back, and from a clock ahead."""
    dice, events = random.Random(seed), []
    for n in range(-8, 24):
        for _ in range(dice.randint(0, 4)):
            event = made(dice, n)
            event["id"] = f"e{len(events)}"
            event["received_at"] = later(
                at(n, f"{dice.randint(0, 23):02}:00"), days=dice.choice([0, 0, 0, 1, 9])
            )
            before = dice.choice(events) if events and dice.random() < 0.25 else None
            if before and before["kind"] == event["kind"]:
                event["replaces"] = before["id"]
                if dice.random() < 0.3:
                    event = {
                        key: event[key]
                        for key in ("id", "kind", "replaces", "received_at", "day", "at")
                        if key in event
                    } | {"void": True}
            events.append(event)
    return story(*events, baseline="computed", first_dose_on=dice.choice([None, day(0)]))


def made(dice, n):
    clock = f"{dice.randint(0, 23):02}:30"
    kinds = [
        lambda: dose(n, dice.choice([None, clock])),
        lambda: untaken(n, hold=dice.random() < 0.5),
        lambda: drinks(n, dice.choice([0, 30, 90])),
        lambda: drinks(n, 40, last_drink_at=at(n, clock)),
        lambda: used(n, *dice.sample(["opioid", "sedative"], dice.randint(0, 2))),
        lambda: urine(n, clock),
        lambda: checkin(n, clock, anxiety=dice.randint(0, 4)) | token(dice),
        lambda: {"kind": "screen", "at": at(n, clock), "instrument": "x", "ratings": {}},
        lambda: {"kind": "note", "at": at(n, clock), "text": "x"},
    ]
    if dice.random() < 0.01:
        return {"kind": "consent_withdrawn", "at": at(n, clock), "scope": "treatment"}
    return dice.choice(kinds)()


def token(dice):
    return {"token": f"t{dice.randint(0, 9)}"} if dice.random() < 0.3 else {}


@pytest.mark.parametrize("judged", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_at_every_moment_it_knows_what_the_whole_record_tells(seed, judged):
    timeline = life(seed)
    growing = Growing(timeline, judged=judged)
    received = sorted(timeline.events, key=lambda event: event.received_at)
    for moment, arrived in groupby(received, key=lambda event: event.received_at):
        growing.feed(arrived)
        known = timeline.known_at(moment, judged=judged)
        for part in PARTS:
            assert getattr(growing, part) == getattr(known, part), (part, moment)
        assert set(growing.reported_days) == known.reported_days
        assert growing.baseline(7, 1) == known.baseline(7, 1)
        assert growing.run_in(7) == known.run_in(7)
        for kind in (Screen, ConsentWithdrawn):
            assert growing.of(kind) == known.of(kind)


def test_what_was_worked_out_from_the_run_in_is_dropped_when_the_run_in_changes():
    timeline = story(checkin(-1), checkin(2), checkin(-2), dose(4), baseline="computed")
    growing = Growing(timeline, judged=True)
    cleared = []
    for event in sorted(timeline.events, key=lambda event: event.received_at):
        growing.kept["x"] = 1
        growing.feed([event])
        cleared.append("x" not in growing.kept)
    assert cleared == [True, True, False, True]
