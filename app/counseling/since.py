"""What happened since the last session, apart from the alerts: fixed rules, worst first. Pure.

What counts is when the team could know of it: an entry about an earlier day that was told after
the session is news as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from app.counseling.record import SYMPTOM_SET
from app.counseling.sentences import Items, Results, Sentence, Sheets, Value
from app.i18n import N_
from app.timeline.events import (
    Checkin,
    ConsentWithdrawn,
    Drinks,
    Event,
    Screen,
    Substances,
    Urinalysis,
)
from app.timeline.known import Known

E = TypeVar("E", bound=Event)
SEVERE = 3
# So many reported days before make a usual pattern that something new can stand out from.
PATTERN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Hold:
    """A physician's hold of the tablets; both days included, `last` is `None` while it is open."""

    first: date
    last: date | None
    set_at: datetime
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beyond:
    """What else is on record: holds, days of sessions that did not take place, shared sheets."""

    holds: Sequence[Hold] = ()
    not_held: Sequence[date] = ()
    shared: Sequence[str] = ()


def happened(known: Known, since: datetime, beyond: Beyond) -> tuple[Sentence, ...]:
    """Everything received from `since` on, one sentence a kind."""
    fresh = [event for event in known.events if event.received_at >= since]
    found = [
        *_consent(known, fresh),
        *_signs(known, fresh),
        *_self_harm(known, fresh),
        *_severe(known, fresh),
        *_urine(known, fresh),
        *_holds(known, beyond.holds, since),
        *_not_held(beyond.not_held),
        *_new_kinds(known, since),
    ]
    if beyond.shared:
        found.append(Sentence(N_("Worksheets shared: %(sheets)s."), _sheets(beyond.shared)))
    return tuple(found)


def _sheets(keys: Sequence[str]) -> dict[str, Sheets]:
    return {"sheets": Sheets(tuple(dict.fromkeys(keys)))}


def _days(known: Known, moments: Iterable[datetime]) -> tuple[date, ...]:
    return tuple(sorted({known.day(moment) for moment in moments}))


def _of(kind: type[E], events: Iterable[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def _consent(known: Known, fresh: list[Event]) -> Iterator[Sentence]:
    for event in _of(ConsentWithdrawn, fresh):
        whole = event.scope == "all"
        text = (
            N_("Consent was withdrawn for everything.")
            if whole
            else N_("Consent was withdrawn for the treatment.")
        )
        yield Sentence(text, {}, (known.day(event.at),))


def _signs(known: Known, fresh: list[Event]) -> Iterator[Sentence]:
    told = [one for one in _of(Checkin, fresh) if one.signs]
    if told:
        codes = tuple(dict.fromkeys(sign for one in told for sign in one.signs))
        days = _days(known, (one.at for one in told))
        yield Sentence(N_("Danger signs told: %(items)s."), {"items": Items(codes)}, days)


def _self_harm(known: Known, fresh: list[Event]) -> Iterator[Sentence]:
    told = [one.at for one in _of(Screen, fresh) if any(one.ratings.values())]
    if told:
        yield Sentence(N_("Thoughts of self-harm were told."), {}, _days(known, told))


def _severe(known: Known, fresh: list[Event]) -> Iterator[Sentence]:
    found: dict[str, int] = {}
    moments = []
    for one in _of(Checkin, fresh):
        severe = {
            item: int(level)
            for item, level in one.ratings.items()
            if item in SYMPTOM_SET and level >= SEVERE
        }
        for item, level in severe.items():
            found[item] = max(found.get(item, 0), level)
        moments += [one.at] * bool(severe)
    if found:
        worst = tuple(sorted(found, key=lambda item: -found[item]))
        text = N_("Severe or very severe: %(items)s.")
        yield Sentence(text, {"items": Items(worst)}, _days(known, moments))


def _urine(known: Known, fresh: list[Event]) -> Iterator[Sentence]:
    for test in _of(Urinalysis, fresh):
        day = known.day(test.at)
        values: dict[str, Value] = {
            "day": day,
            "results": Results(tuple(test.results.items())),
        }
        yield Sentence(N_("Urine test of %(day)s: %(results)s."), values, (day,))


def _holds(known: Known, holds: Sequence[Hold], since: datetime) -> Iterator[Sentence]:
    for hold in holds:
        if hold.lifted_at is not None and hold.lifted_at >= since:
            text = N_("The hold of the tablets was lifted on %(day)s.")
            yield Sentence(text, {"day": known.day(hold.lifted_at)})
        elif hold.set_at >= since and hold.last is None:
            yield Sentence(N_("Tablets on hold from %(first)s."), {"first": hold.first})
        elif hold.set_at >= since and hold.last is not None:
            text = N_("Tablets on hold from %(first)s to %(last)s.")
            yield Sentence(text, {"first": hold.first, "last": hold.last})


def _not_held(days: Sequence[date]) -> Iterator[Sentence]:
    if days:
        text = N_("Planned sessions that did not take place: %(count)s.")
        yield Sentence(text, {"count": len(days)}, tuple(days))


def _new_kinds(known: Known, since: datetime) -> Iterator[Sentence]:
    """Kinds of drink or substance that were told for the first time since then."""
    before: set[str] = set()
    days: set[date] = set()
    fresh: dict[str, date] = {}
    for event in known.events:
        if not isinstance(event, Drinks | Substances):
            continue
        kinds = _kinds(event)
        if event.received_at < since:
            before.update(kinds)
            days.add(event.day)
        else:
            for kind in kinds:
                fresh.setdefault(kind, event.day)
    new = {kind: day for kind, day in fresh.items() if kind not in before}
    if new and len(days) >= PATTERN_DAYS:
        text = N_("Not part of the usual pattern, told for the first time in weeks: %(items)s.")
        yield Sentence(text, {"items": Items(tuple(new))}, tuple(sorted(set(new.values()))))


def _kinds(event: Drinks | Substances) -> list[str]:
    if isinstance(event, Drinks):
        return [drink.beverage or "other" for drink in event.items]
    return [use.substance for use in event.items]
