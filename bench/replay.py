"""What a replay costs by the length of the record: ``python -m bench.replay``.

A diary of four entries a day, some of them late, loud or corrected, is replayed at growing
lengths. The time for each event must not grow with the record; neither must the calls, which no
machine changes and `tests/rules/test_linear.py` holds.
"""

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from time import process_time
from typing import Any

from app.protocol.loader import load_protocol
from app.rules.replay import replay
from app.timeline.days import at_local
from app.timeline.json_form import parse
from app.timeline.timeline import Timeline

ZONE = "Europe/Moscow"
FIRST = date(2026, 3, 2)
LENGTHS = (100, 200, 400, 800, 1500, 3000)
ITEMS = ("anxiety", "insomnia", "fatigue", "irritability", "nausea", "sweating", "tremor", "chills")


def diary(events: int, seed: int = 1) -> Timeline:
    """One participant's diary of so many events, from a week before the first dose on."""
    dice = random.Random(seed)
    told: list[dict[str, Any]] = []
    day = FIRST - timedelta(days=7)
    while len(told) < events:
        told += _day(dice, day)
        day += timedelta(days=1)
    person = {"code": "DB-1", "timezone": ZONE, "sex": "male", "first_dose_on": FIRST.isoformat()}
    return parse({"format": "daybook-timeline/1", "participant": person, "events": told[:events]})


def _day(dice: random.Random, day: date) -> list[dict[str, Any]]:
    about = {"day": day.isoformat()}
    late = timedelta(days=dice.choice([0, 0, 0, 0, 1, 4]))
    loud = dice.random() < 0.05
    answers = {item: min(dice.randint(0, 1) + 3 * loud, 4) for item in ITEMS}
    items = [{"ml": 500, "abv": 5, "count": dice.randint(1, 9)}] if dice.random() < 0.3 else []
    use = [{"substance": "opioid"}] if dice.random() < 0.02 else []
    told: list[dict[str, Any]] = [
        {"kind": "drinks", **about, "items": items, "received_at": _at(day, 21, late)},
        {"kind": "substances", **about, "items": use, "received_at": _at(day, 21, late)},
        {
            "kind": "checkin",
            "at": _at(day, 20),
            "instrument": "side_effects",
            "ratings": answers | {"opioid_craving": dice.randint(0, 40)},
        },
    ]
    if day >= FIRST:
        told.insert(0, {"kind": "dose", **about, "taken": dice.random() < 0.9, "at": _at(day, 9)})
    return told


def _at(day: date, hour: int, late: timedelta = timedelta(0)) -> str:
    moment: datetime = at_local(day, time(hour), ZONE) + late
    return moment.isoformat()


def calls_of(work: Callable[[], object]) -> int:
    """How many calls ``work`` makes, of Python and of C."""
    count = 0

    def called(_frame: Any, what: str, _arg: Any) -> None:
        nonlocal count
        count += what in ("call", "c_call")

    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def main(argv: Sequence[str] | None = None) -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, nargs="+", default=LENGTHS)
    given = asked.parse_args(argv)
    protocol = load_protocol()
    replay(diary(50), protocol)
    print(f"{'events':>7} {'seconds':>8} {'µs an event':>12} {'calls an event':>15} {'lines':>6}")
    for length in given.events:
        timeline = diary(length)
        started = process_time()
        lines = replay(timeline, protocol)
        seconds = process_time() - started
        calls = calls_of(partial(replay, diary(length), protocol))
        print(
            f"{length:7} {seconds:8.3f} {1e6 * seconds / length:12.0f} "
            f"{calls / length:15.0f} {len(lines):6}"
        )


if __name__ == "__main__":
    main()
