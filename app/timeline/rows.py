"""Rows of the tables as events: one function a kind, whatever statement read the row.

Check-ins are read by the sitting: urges and side effects are asked on pages of their own, since
urges may be told as often as wished; a rule needs both together. So a check-in that begins soon
after one of another instrument is, as an event, a further version of it: it `replaces` the former
event, carries the answers of both, and stays one piece of evidence. A second check-in of the same
instrument begins a sitting of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from app.instruments.vocabulary import SCREEN_ITEMS
from app.timeline import events as ev
from app.timeline.events import Checkin

# Day entries and check-ins are read at every submission, so they take a row's values in the
# order of ``DAY_COLUMNS`` and ``CHECKIN_COLUMNS``: a row's attributes cost more than its values.


def dose(
    id_: int,
    day: date,
    received_at: datetime,
    provenance: str,
    replaces: int | None,
    void: bool,
    taken: bool,
    at: datetime | None,
    mg: float | None,
    reason: str | None,
    hold: bool,
) -> ev.Event:
    name, former = f"dose-{id_}", f"dose-{replaces}" if replaces else None
    if void:
        return _void("dose", name, day, received_at, provenance, former)
    return ev.Dose(
        id=name,
        received_at=received_at,
        replaces=former,
        provenance=provenance,
        day=day,
        taken=taken,
        at=at,
        mg=mg,
        reason=reason,
        hold=hold,
    )


def drink_day(
    id_: int,
    day: date,
    received_at: datetime,
    provenance: str,
    replaces: int | None,
    void: bool,
    items: list[dict[str, Any]],
    last_drink_at: datetime | None,
) -> ev.Event:
    name, former = f"drinks-{id_}", f"drinks-{replaces}" if replaces else None
    if void:
        return _void("drinks", name, day, received_at, provenance, former)
    return ev.Drinks(
        id=name,
        received_at=received_at,
        replaces=former,
        provenance=provenance,
        day=day,
        items=tuple(map(_drink, items)),
        last_drink_at=last_drink_at,
    )


def substance_day(
    id_: int,
    day: date,
    received_at: datetime,
    provenance: str,
    replaces: int | None,
    void: bool,
    items: list[dict[str, Any]],
) -> ev.Event:
    name, former = f"substances-{id_}", f"substances-{replaces}" if replaces else None
    if void:
        return _void("substances", name, day, received_at, provenance, former)
    return ev.Substances(
        id=name,
        received_at=received_at,
        replaces=former,
        provenance=provenance,
        day=day,
        items=tuple(map(_use, items)),
    )


def _drink(one: dict[str, Any]) -> ev.Drink:
    return ev.Drink(one["ml"], one["abv"], one["count"], one.get("beverage"))


def _use(one: dict[str, Any]) -> ev.Use:
    at = datetime.fromisoformat(one["at"]) if one.get("at") else None
    return ev.Use(one["substance"], at, one.get("route"), one.get("note"))


def _void(
    kind: str, name: str, day: date, received_at: datetime, provenance: str, former: str | None
) -> ev.Event:
    return ev.Void(
        id=name, received_at=received_at, replaces=former, provenance=provenance, of=kind, day=day
    )


def checkins(rows: Iterable[Any], sitting: timedelta) -> list[ev.Checkin]:
    """Rows of ``CHECKIN_COLUMNS``, which are the fields of a ``Version``.

    ``sitting``: how long one check-in may take, by the protocol.
    """
    return checkin_events([Version(*row) for row in rows], sitting)


def screen(row: Any) -> ev.Event:
    """What rules read of a screen; the row may hold answers for the counselor's eyes besides."""
    return ev.Screen(
        id=f"screen-{row.id}",
        received_at=row.received_at,
        at=row.at,
        instrument=row.instrument,
        ratings={item: row.ratings[item] for item in SCREEN_ITEMS if item in row.ratings},
    )


def urines(rows: Iterable[Any]) -> Iterator[ev.Event]:
    """Each specimen; one whose entry was wrong is taken back by an event of its own."""
    for row in rows:
        yield ev.Urinalysis(
            id=f"urinalysis-{row.id}", received_at=row.received_at, at=row.at, results=row.results
        )
        if row.voided_at is not None:
            yield ev.Void(
                id=f"urinalysis-{row.id}-void",
                received_at=row.voided_at,
                replaces=f"urinalysis-{row.id}",
                of="urinalysis",
                at=row.at,
            )


def session(row: Any) -> ev.Event:
    return ev.Session(
        id=f"session-{row.id}",
        received_at=row.recorded_at or row.at,
        at=row.at,
        week=row.week,
        attended=row.attended,
    )


def consents(rows: Iterable[Any]) -> Iterator[ev.Event]:
    """Each withdrawal, and where it was put down wrongly, that it was taken out again."""
    for row in rows:
        yield _consent(row)
        if row.undone_at is not None:
            yield ev.Void(
                id=f"consent-{row.id}-undone",
                received_at=row.undone_at,
                replaces=f"consent-{row.id}",
                of="consent_withdrawn",
                at=row.at,
            )


def _consent(row: Any) -> ev.Event:
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


# A check-in may be judged hours after it began, so sittings are only nearly in order.
LONG_AGO = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Version:
    """The answers of one check-in as they stood at judgement ``n``, received at ``at``."""

    checkin: int
    n: int
    started_at: datetime
    at: datetime
    instrument: str
    ratings: dict[str, float]
    signs: Sequence[str]
    token: str | None = None
    provenance: str | None = None
    layout: str = "pages"


@dataclass(slots=True)
class _Sitting:
    latest: dict[str, Version] = field(default_factory=dict)
    """by instrument"""
    last_start: datetime = field(init=False)
    event: Checkin | None = None

    def tell(self, version: Version) -> Checkin:
        self.latest[version.instrument] = version
        self.last_start = version.started_at
        ratings: dict[str, float] = {}
        signs: list[str] = []
        method = None
        for one in self.latest.values():
            self.last_start = max(self.last_start, one.started_at)
            ratings |= one.ratings
            signs += one.signs
            if method is None and one.layout != "pages":
                method = one.layout
        self.event = Checkin(
            id=f"checkin-{version.checkin}.{version.n}",
            received_at=version.at,
            replaces=self.event.id if self.event else None,
            provenance=version.provenance,
            at=self.last_start,
            instrument="+".join(self.latest),
            ratings=ratings,
            signs=tuple(signs),
            token=version.token if len(self.latest) == 1 else None,
            method=method,
        )
        return self.event


def checkin_events(versions: Iterable[Version], within: timedelta) -> list[Checkin]:
    """One event for each version, in the order of receipt. ``within``: how long a sitting waits."""
    sittings: list[_Sitting] = []
    own: dict[int, _Sitting] = {}
    events = []
    for version in sorted(versions, key=attrgetter("at", "checkin", "n")):
        found = own.get(version.checkin)
        if found is None:
            # The newest sitting that waits for this instrument, else a new one.
            for sitting in reversed(sittings):
                later = version.started_at - sitting.last_start
                if abs(later) <= within and version.instrument not in sitting.latest:
                    found = sitting
                    break
                if later > LONG_AGO:
                    break
            if found is None:
                found = _Sitting()
                sittings.append(found)
            own[version.checkin] = found
        events.append(found.tell(version))
    return events
