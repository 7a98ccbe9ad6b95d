"""Rows of the tables as events: one function a kind, whatever statement read the row."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.instruments.vocabulary import SCREEN_ITEMS
from app.protocol.loader import load_protocol
from app.timeline import events as ev
from app.timeline.sittings import Version, checkin_events


def _common(kind: str, row: Any) -> dict[str, Any]:
    return {
        "id": f"{kind}-{row.id}",
        "received_at": row.received_at,
        "replaces": f"{kind}-{row.replaces_id}" if row.replaces_id else None,
        "provenance": row.provenance,
    }


def dose(row: Any) -> ev.Event:
    if row.void:
        return ev.Void(**_common("dose", row), of="dose", day=row.day)
    return ev.Dose(
        **_common("dose", row),
        day=row.day,
        taken=row.taken,
        at=row.at,
        mg=row.mg,
        reason=row.reason,
        hold=row.hold,
    )


def drink_day(row: Any) -> ev.Event:
    if row.void:
        return ev.Void(**_common("drinks", row), of="drinks", day=row.day)
    items = tuple(
        ev.Drink(one["ml"], one["abv"], one["count"], one.get("beverage")) for one in row.items
    )
    return ev.Drinks(
        **_common("drinks", row), day=row.day, items=items, last_drink_at=row.last_drink_at
    )


def substance_day(row: Any) -> ev.Event:
    if row.void:
        return ev.Void(**_common("substances", row), of="substances", day=row.day)
    items = tuple(
        ev.Use(
            one["substance"],
            datetime.fromisoformat(one["at"]) if one.get("at") else None,
            one.get("route"),
            one.get("note"),
        )
        for one in row.items
    )
    return ev.Substances(**_common("substances", row), day=row.day, items=items)


def checkins(rows: Iterable[Any]) -> list[ev.Checkin]:
    versions = (
        Version(
            checkin=row.id,
            n=row.n,
            started_at=row.started_at,
            at=row.at,
            instrument=row.instrument,
            ratings=row.ratings,
            signs=row.signs,
            token=row.token,
            provenance=row.provenance,
        )
        for row in rows
    )
    return checkin_events(versions, load_protocol().sitting)


def screen(row: Any) -> ev.Event:
    """What rules read of a screen; the row may hold answers for the counselor's eyes besides."""
    return ev.Screen(
        id=f"screen-{row.id}",
        received_at=row.received_at,
        at=row.at,
        instrument=row.instrument,
        ratings={item: row.ratings[item] for item in SCREEN_ITEMS if item in row.ratings},
    )


def urine(row: Any) -> ev.Event:
    return ev.Urinalysis(
        id=f"urinalysis-{row.id}", received_at=row.received_at, at=row.at, results=row.results
    )


def session(row: Any) -> ev.Event:
    return ev.Session(
        id=f"session-{row.id}",
        received_at=row.recorded_at or row.at,
        at=row.at,
        week=row.week,
        attended=row.attended,
    )


def consent(row: Any) -> ev.Event:
    return ev.ConsentWithdrawn(
        id=f"consent-{row.id}",
        received_at=row.received_at,
        at=row.at,
        scope=row.scope,
        reason=row.reason or None,
    )


def note(row: Any) -> ev.Event:
    return ev.Note(id=f"note-{row.id}", received_at=row.at, at=row.at, text=row.text)


def resolved(row: Any) -> ev.Event:
    return ev.FlagResolved(
        id=f"flag-{row.id}", received_at=row.resolved_at, at=row.resolved_at, family=row.family
    )
