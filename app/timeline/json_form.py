"""The timeline's JSON form, version 1: read strictly, written so that it can be read again."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, datetime, time
from typing import Any

from app.clock import DatedZone, zone
from app.timeline import json_fields as f
from app.timeline.days import ONE_DAY, at_local, local_day
from app.timeline.events import (
    Checkin,
    ConsentWithdrawn,
    Dose,
    Drinks,
    Event,
    FlagResolved,
    Note,
    ProtocolChange,
    Screen,
    Session,
    SpecimenDue,
    Substances,
    Urinalysis,
    Use,
    Visit,
    Void,
)
from app.timeline.holds import Hold
from app.timeline.json_fields import Refused
from app.timeline.known import NO_BASELINE, Baseline, Participant, usual
from app.timeline.timeline import RunIn, Timeline, in_order

FORMAT = "daybook-timeline/1"
RECEIVED = time(23, 30)


class TimelineError(ValueError):
    """A timeline that cannot be read; the text names the event by its index, and the reason."""


_COMMON: dict[str, tuple[bool, f.Reader]] = {
    "kind": (True, f.text),
    "id": (False, f.name),
    "received_at": (False, f.moment),
    "replaces": (False, f.name),
    "void": (False, f.flag),
    "provenance": (False, f.provenance),
}
_AT: dict[str, tuple[bool, f.Reader]] = {"at": (True, f.moment)}
_DAY: dict[str, tuple[bool, f.Reader]] = {"day": (True, f.day)}
_KINDS: dict[type[Event], dict[str, tuple[bool, f.Reader]]] = {
    Dose: _DAY
    | {
        "taken": (True, f.flag),
        "at": (False, f.moment),
        "mg": (False, f.number(0, 1000)),
        "reason": (False, f.text),
        "hold": (False, f.flag),
    },
    Drinks: _DAY
    | {
        "items": (True, f.rows(f.drink)),
        "last_drink_at": (False, f.moment),
        "amount": (False, f.one_of("unknown")),
    },
    Substances: _DAY | {"items": (True, f.rows(f.use))},
    Checkin: _AT
    | {
        "instrument": (True, f.text),
        "ratings": (False, f.checkin_ratings),
        "signs": (False, f.signs),
        "token": (False, f.name),
        "method": (False, f.one_of("single", "list")),
    },
    Screen: _AT | {"instrument": (True, f.text), "ratings": (False, f.screen_ratings)},
    Urinalysis: _AT | {"results": (True, f.results)},
    SpecimenDue: _DAY | {"panel": (True, f.name), "reason": (False, f.text)},
    Visit: {
        "at": (False, f.moment),
        "day": (False, f.day),
        "visit": (True, f.name),
        "attended": (True, f.flag),
    },
    Session: _AT | {"week": (True, f.whole), "attended": (True, f.flag)},
    ConsentWithdrawn: _AT
    | {"scope": (True, f.one_of("treatment", "all")), "reason": (False, f.text)},
    FlagResolved: _AT | {"family": (True, f.family)},
    ProtocolChange: _AT | {"version": (True, f.name)},
    Note: _AT | {"text": (True, f.text)},
}
_CLASSES = {cls.kind: cls for cls in _KINDS}


def loads(text: str) -> Timeline:
    """Reads a timeline from JSON text. Raises `TimelineError`."""
    try:
        data = json.loads(text, object_pairs_hook=_once)
    except (json.JSONDecodeError, RecursionError) as error:
        raise TimelineError(f"not JSON: {error}") from None
    except Refused as error:
        raise TimelineError(str(error)) from None
    return parse(data)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("an object names a field twice")
    return found


def parse(data: Any) -> Timeline:
    """A timeline from its JSON form. Raises `TimelineError`; nothing is half read."""
    try:
        top = f.table(
            {key: value for key, value in data.items() if key != "baseline"}
            if isinstance(data, dict)
            else data,
            {
                "format": (True, f.one_of(FORMAT)),
                "participant": (True, _participant),
                "events": (True, lambda value: value),
                "exported_at": (False, f.moment),
                "holds": (False, f.rows(_hold)),
            },
        )
        baseline = _baseline(data["baseline"]) if "baseline" in data else RunIn.MEDIAN
    except Refused as error:
        raise TimelineError(str(error)) from None
    if not isinstance(top["events"], list):
        raise TimelineError("events: must be a list")
    person: Participant = top["participant"]
    events = [_numbered(index, raw, person.timezone) for index, raw in enumerate(top["events"])]
    events = _named(events)
    _check_links(events)
    holds: tuple[Hold, ...] = top.get("holds", ())
    return Timeline(
        person,
        in_order(events, person.timezone),
        baseline,
        top.get("exported_at"),
        read_holds=lambda: holds,
    )


def _hold(value: Any) -> Hold:
    """A physician's hold; `until` is its last day, where that was said."""
    fields: Any = {
        "first": (True, f.day),
        "until": (False, f.day),
        "set_at": (True, f.moment),
        "lifted_at": (False, f.moment),
    }
    read = f.table(value, fields)
    return Hold(read["first"], read.get("until"), read["set_at"], read.get("lifted_at"))


def _participant(value: Any) -> Participant:
    read = f.table(
        value,
        {
            "code": (True, f.name),
            "timezone": (True, _zone),
            "sex": (False, f.one_of("male", "female")),
            "first_dose_on": (False, f.day),
            "enrolled_on": (False, f.day),
            "arm": (False, f.name),
            "former_zones": (False, _former_zones),
        },
    )
    former = read.pop("former_zones", None)
    if former:
        read["timezone"] = DatedZone(read["timezone"], former)
    return Participant(**read)


def _former_zones(value: Any) -> tuple[tuple[str, datetime], ...]:
    """Where somebody lived before, the earliest first."""
    if not isinstance(value, list):
        raise Refused("former_zones must be a list")
    fields: Any = {"timezone": (True, _zone), "until": (True, f.moment)}
    read = [f.table(one, fields) for one in value]
    found = tuple((one["timezone"], one["until"]) for one in read)
    untils = [until for _, until in found]
    if untils != sorted(set(untils)):
        raise Refused("former_zones must follow one another")
    return found


def _zone(value: Any) -> str:
    try:
        zone(f.name(value))
    except (KeyError, ValueError, OSError):
        raise Refused(f"{value!r} is not a time zone like Europe/Moscow") from None
    return str(value)


def _baseline(value: Any) -> Baseline:
    if value is None:
        return NO_BASELINE
    try:
        return Baseline(True, usual(f.checkin_ratings(value)))
    except Refused as error:
        raise Refused(f"baseline: {error}") from None


def _numbered(index: int, raw: Any, zone_name: str) -> Event:
    kind = raw.get("kind") if isinstance(raw, dict) else None
    label = f"event {index}" + (f" ({kind})" if isinstance(kind, str) else "")
    try:
        return _event(raw, zone_name)
    except Refused as error:
        raise TimelineError(f"{label}: {error}") from None


def _event(raw: Any, zone_name: str) -> Event:
    if not isinstance(raw, dict):
        raise Refused("must be an object")
    kind = {"kind": (True, f.one_of(*_CLASSES))}
    cls = _CLASSES[f.table({"kind": raw.get("kind")}, kind)["kind"]]
    void = raw.get("void") is True
    own = _KINDS[cls]
    if void:
        own = {key: (False, reader) for key, (_, reader) in own.items()}
    values = f.table(raw, _COMMON | own)
    del values["kind"]
    values.setdefault("id", "")
    if issubclass(cls, Visit) and not void and not {"at", "day"} & values.keys():
        raise Refused("'at' or 'day' must say when it was")
    values["received_at"] = _received_at(values, zone_name)
    values.pop("void", None)
    _check_ahead(cls, values, zone_name)
    if not void:
        return cls(**values)
    if "replaces" not in values:
        raise Refused("'void' takes an event back, so 'replaces' must name it")
    kept = ("id", "received_at", "replaces", "provenance", "at", "day")
    return Void(of=cls.kind, **{key: values[key] for key in kept if key in values})


# What somebody tells: nobody tells what lies more than a day ahead, whatever a clock shows.
_TOLD = (Dose, Drinks, Substances, Checkin, Screen, Urinalysis, ConsentWithdrawn)


def _check_ahead(cls: type[Event], values: dict[str, Any], zone_name: str) -> None:
    if not issubclass(cls, _TOLD):
        return
    received: datetime = values["received_at"]
    told = {key: values[key] for key in ("at", "last_drink_at") if values.get(key) is not None}
    told |= {f"items: [{n}] at": use.at for n, use in enumerate(_uses(values)) if use.at}
    for key, moment in told.items():
        if moment - received > ONE_DAY:
            raise Refused(f"{key}: is more than a day after it was received")
    day: date | None = values.get("day")
    if day is not None and day - local_day(received, zone_name) > ONE_DAY:
        raise Refused("day: is more than a day after it was received")


def _uses(values: dict[str, Any]) -> list[Use]:
    return [one for one in values.get("items", ()) if isinstance(one, Use)]


def _received_at(values: dict[str, Any], zone_name: str) -> datetime:
    """Where it is not given: the event's own time, else the evening of its day."""
    given: datetime | None = values.get("received_at") or values.get("at")
    if given is not None:
        return given
    day: date | None = values.get("day")
    if day is None:
        raise Refused("'received_at' is missing")
    return at_local(day, RECEIVED, zone_name)


def _named(events: list[Event]) -> list[Event]:
    """Gives every event without an id one of its own, by its index."""
    used = {event.id for event in events if event.id}
    named = []
    for index, event in enumerate(events):
        id_ = event.id or f"#{index}"
        while not event.id and id_ in used:
            id_ += "#"
        used.add(id_)
        named.append(event if event.id else _with_id(event, id_))
    return named


def _with_id(event: Event, id_: str) -> Event:
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    return type(event)(**{**values, "id": id_})


def _check_links(events: list[Event]) -> None:
    """Ids are unique, every replaced event is here, and nothing goes back to itself."""
    index_of: dict[str, int] = {}
    for index, event in enumerate(events):
        if event.id in index_of:
            raise TimelineError(
                f"event {index}: id {event.id!r} is that of event {index_of[event.id]} as well"
            )
        index_of[event.id] = index
    for index, event in enumerate(events):
        seen, step = {event.id}, event
        while step.replaces is not None:
            if step.replaces not in index_of:
                raise TimelineError(
                    f"event {index_of[step.id]}: replaces {step.replaces!r}, which is not here"
                )
            step = events[index_of[step.replaces]]
            if step.id in seen:
                raise TimelineError(f"event {index}: replaces itself in the end")
            seen.add(step.id)
