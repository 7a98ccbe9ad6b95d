"""Timelines in their JSON form, coded: what a participant or staff wrote in words is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.exports.about import About, Written, Zip
from app.exports.model import Person
from app.exports.record import Record
from app.timeline.days import local_day
from app.timeline.events import Substances
from app.timeline.json_out import dump
from app.timeline.known import Participant
from app.timeline.timeline import Timeline

KINDS = (
    "doses",
    "drinks",
    "substances",
    "checkins",
    "screens",
    "specimens",
    "due",
    "sessions",
    "withdrawals",
)


def package(record: Record, about: About, written: Written) -> Iterator[bytes]:
    pack = Zip(about.by)
    for person, found in record.each(*KINDS, "holds"):
        timeline = timeline_of(person, found)
        written.people += 1
        written.rows["events"] = written.rows.get("events", 0) + len(timeline.events)
        data = dump(replace(timeline, exported_at=about.by))
        pack.put(f"{person.code}.json", json.dumps(data, ensure_ascii=False, indent=1))
        yield from pack.pieces.full()
    yield pack.end()


def timeline_of(person: Person, found: Mapping[str, Sequence[Any]]) -> Timeline:
    """One participant from what was read, without the notes of uses."""
    enrolled = local_day(person.enrolled_at, person.timezone)
    header = Participant(person.code, person.timezone, person.sex, person.first_dose_on, enrolled)
    events = [event for kind in KINDS for event in found[kind]]
    coded = [
        replace(event, items=tuple(replace(use, note=None) for use in event.items))
        if isinstance(event, Substances)
        else event
        for event in events
    ]
    made = Timeline.of(header, coded)
    holds = tuple(found["holds"])
    return replace(made, read_holds=lambda: holds)
