"""Writes a timeline in its JSON form; what it writes, `json_form.parse` reads back as it was."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any

from app.clock import former_zones
from app.timeline.days import local
from app.timeline.events import Drink, Event, Use, Void
from app.timeline.json_form import FORMAT
from app.timeline.timeline import RunIn, Timeline


def dump(timeline: Timeline) -> dict[str, Any]:
    """The JSON form of `timeline`: plain data, moments with the participant's own offset."""
    person, zone = timeline.participant, timeline.participant.timezone
    data: dict[str, Any] = {
        "format": FORMAT,
        "participant": {
            "code": person.code,
            "sex": person.sex,
            "timezone": str(zone),
            "first_dose_on": _plain(person.first_dose_on, zone),
        },
    }
    if person.enrolled_on is not None:
        data["participant"]["enrolled_on"] = person.enrolled_on.isoformat()
    if person.arm is not None:
        data["participant"]["arm"] = person.arm
    if former := former_zones(zone):
        data["participant"]["former_zones"] = [
            {"timezone": name, "until": local(until, name).isoformat()} for name, until in former
        ]
    if not isinstance(timeline.baseline, RunIn):
        given = timeline.baseline
        data["baseline"] = dict(given.values) if given.on_record else None
    if timeline.exported_at is not None:
        data["exported_at"] = _plain(timeline.exported_at, zone)
    if timeline.holds:
        data["holds"] = [
            {
                "first": one.first.isoformat(),
                "until": _plain(one.until, zone),
                "set_at": _plain(one.set_at, zone),
                "lifted_at": _plain(one.lifted_at, zone),
            }
            for one in timeline.holds
        ]
    data["events"] = [_event(event, zone) for event in timeline.events]
    return data


def _event(event: Event, zone: str) -> dict[str, Any]:
    kind = event.of if isinstance(event, Void) else event.kind
    data: dict[str, Any] = {"kind": kind, "id": event.id}
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name in ("id", "of") or value is None:
            continue
        if field.name == "hold" and value is False:
            continue
        data[field.name] = _plain(value, zone)
    if isinstance(event, Void):
        data["void"] = True
    return data


def _plain(value: Any, zone: str) -> Any:
    if isinstance(value, datetime):
        return local(value, zone).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(entry, zone) for entry in value]
    if isinstance(value, Drink | Use):
        pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {key: _plain(entry, zone) for key, entry in pairs if entry is not None}
    return value
