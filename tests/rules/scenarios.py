"""Small timelines in the public JSON form, and what a replay of them prints.

Stories are written in local wall time of the participant ("03-24 10:00" of 2026), so that a
scenario reads like the page that it checks; `story` turns them into the format's ISO times.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.protocol.loader import load_protocol
from app.rules.replay import replay
from app.timeline.json_form import loads

Json = dict[str, Any]

YEAR = 2026
TIMES = ("at", "received_at", "last_drink_at", "exported_at")
EVENT_FIELDS = ("id", "replaces", "void", "token", "received_at")
FOUR_GROUPS: Json = {"sweating": 2, "nausea": 2, "tremor": 2, "anxiety": 2}
THREE_GROUPS: Json = {"sweating": 2, "nausea": 2, "tremor": 2}
TWO_GROUPS: Json = {"sweating": 2, "nausea": 2}
R12: Json = {"sweating": 3, "nausea": 3, "tremor": 3, "anxiety": 3}
R11: Json = {"sweating": 3, "nausea": 3, "tremor": 3, "anxiety": 2}
R10: Json = {"sweating": 4, "nausea": 3, "tremor": 3}
R9: Json = {"sweating": 3, "nausea": 3, "tremor": 3}


def wall(text: str, zone: str) -> str:
    """The ISO time of a wall time such as "03-24 10:00"; a full ISO time passes through."""
    if "T" in text:
        return text
    return datetime.fromisoformat(f"{YEAR}-{text}").replace(tzinfo=ZoneInfo(zone)).isoformat()


def days(first: str, last: str) -> list[str]:
    """Every day from first to last, both included, as "MM-DD"."""
    start, end = (date.fromisoformat(f"{YEAR}-{day}") for day in (first, last))
    count = (end - start).days + 1
    return [(start + timedelta(days=n)).strftime("%m-%d") for n in range(count)]


def event(kind: str, **fields: Any) -> Json:
    """An event without the fields that are None."""
    return {"kind": kind, **{name: value for name, value in fields.items() if value is not None}}


def check(at: str, signs: Any = (), **more: Any) -> Json:
    """A check-in with a list of signs; every field that is not the event's own is a rating."""
    own = {name: more.pop(name) for name in EVENT_FIELDS if name in more}
    return event(
        "checkin",
        at=at,
        instrument="side_effects",
        ratings=more,
        signs=list(signs),
        **own,
    )


def dose(day: str, taken: bool = True, **more: Any) -> Json:
    """A study dose taken, or one not taken."""
    return event("dose", day=day, taken=taken, **more)


def doses(first: str, last: str, **more: Any) -> list[Json]:
    """One dose a day, at noon."""
    return [dose(day, **more) for day in days(first, last)]


def untaken(*on: str, **more: Any) -> list[Json]:
    """Doses that the participant says were not taken."""
    return [dose(day, taken=False, **more) for day in on]


def quiet(first: str, last: str) -> list[Json]:
    """Days of which only "no other substance" was told, so that no day is silent."""
    return [event("substances", day=day, items=[]) for day in days(first, last)]


def drank(day: str, ml: float = 200, abv: float = 40, **more: Any) -> Json:
    """A day's alcohol: 200 ml at 40% are 63.1 g."""
    items = [{"ml": ml, "abv": abv, "count": 1, "beverage": "vodka"}]
    return event("drinks", day=day, items=items, **more)


def sober(first: str, last: str) -> list[Json]:
    """Reported alcohol-free days."""
    return [event("drinks", day=day, items=[]) for day in days(first, last)]


def used(day: str, substance: str = "opioid", at: str | None = None, **more: Any) -> Json:
    """A day's other substance use."""
    item = {"substance": substance} if at is None else {"substance": substance, "at": at}
    return event("substances", day=day, items=[item], **more)


def urine(at: str, opioid: str = "positive", **more: Any) -> Json:
    """A specimen with its opioid result."""
    return event("urinalysis", at=at, results={"opioid": opioid}, **more)


def screen(at: str, **ratings: float) -> Json:
    """A mood or self-harm screen."""
    return event("screen", at=at, instrument="mood", ratings=ratings)


def resolved(at: str, family: str) -> Json:
    """Staff closed the open flag of a family."""
    return event("flag_resolved", at=at, family=family)


def story(
    *parts: Json | list[Json],
    sex: str | None = "male",
    zone: str = "Europe/Moscow",
    first: str | None = "03-02",
    **more: Any,
) -> Json:
    """A timeline document; `baseline` is {} (all zero) unless the caller says otherwise.

    Pass `baseline=...` (an ellipsis) to leave the key out, so that the baseline is computed.
    """
    events: list[Json] = []
    for part in parts:
        events.extend(part if isinstance(part, list) else [part])
    head: Json = {
        "format": "daybook-timeline/1",
        "participant": {
            "code": "DB-014",
            "sex": sex,
            "timezone": zone,
            "first_dose_on": None if first is None else f"{YEAR}-{first}",
        },
        "baseline": {},
    }
    whole = head | more | {"events": events}
    if whole["baseline"] is ...:
        del whole["baseline"]
    return _absolute(whole, zone)


def settled(*parts: Json | list[Json], last: str = "03-24", **more: Any) -> Json:
    """A story with a dose at noon of every day from 2 March on, past the start window."""
    return story(doses("03-02", last), *parts, **more)


def starting(*parts: Json | list[Json], **more: Any) -> Json:
    """A story of 2 to 5 March with a dose at noon of every day, in the start window."""
    return story(doses("03-02", "03-05"), *parts, **more)


def _absolute(value: Any, zone: str, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _absolute(part, zone, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_absolute(part, zone, key) for part in value]
    if key in TIMES and isinstance(value, str):
        return wall(value, zone)
    if key == "day" and len(value) == 5:
        return f"{YEAR}-{value}"
    return value


def printed(data: Json, until: str | None = None) -> list[str]:
    """What a replay prints, as "RULE severity raised [about]" in the participant's wall time."""
    zone = data["participant"]["timezone"]
    rules = load_protocol()
    end = None if until is None else datetime.fromisoformat(wall(until, zone))
    result = []
    for line in replay(loads(json.dumps(data)), rules, end, {rules.version: rules}):
        raised, about = (
            f"{moment.astimezone(ZoneInfo(zone)):%m-%d %H:%M}"
            for moment in (line.raised_at, line.finding.about)
        )
        tail = "" if raised == about else f" about {about}"
        result.append(f"{line.finding.rule} {line.finding.severity.word} {raised}{tail}")
    return result
