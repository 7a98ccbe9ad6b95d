"""What happened since the last session, apart from the alerts: fixed rules, worst first. Pure.

What counts is when the team could know of it: an entry about an earlier day that was told after
the session is news as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from app.brief.record import SYMPTOM_SET
from app.brief.sentences import Items, Results, Sentence, Sheets, Value
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
from app.timeline.timeline import Timeline

E = TypeVar("E", bound=Event)
SEVERE = 3
BEFORE = timedelta(microseconds=1)
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
class Otherwise:
    """Local days of sessions that went otherwise than planned, each session in one of them.

    `moved` are where they stand now; `unrecorded` ones are past, without a word about who came.
    """

    not_held: Sequence[date] = ()
    cancelled: Sequence[date] = ()
    moved: Sequence[date] = ()
    unrecorded: Sequence[date] = ()


@dataclass(frozen=True, slots=True)
class Beyond:
    """What else is on record: holds, what became of sessions, shared sheets."""

    holds: Sequence[Hold] = ()
    sessions: Otherwise = Otherwise()
    shared: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class News:
    """What was received `since` then: the record as it is `known` now, and as it `was` before.

    `fresh` are the entries received since, corrections among them.
    """

    known: Known
    since: datetime
    was: Known
    fresh: Sequence[Event]

    def of(self, kind: type[E]) -> Iterator[tuple[E, E | None]]:
        """The fresh ones of a kind, each with the version that it corrects, if that is older."""
        fresh = [event for event in self.fresh if isinstance(event, kind)]
        if fresh:
            roots = self.was.roots
            former = {roots.get(event.id, event.id): event for event in self.was.of(kind)}
            for event in fresh:
                yield event, former.get(self.known.root(event))


def news(timeline: Timeline, known: Known, since: datetime) -> News:
    """What is `known` of a timeline now and was not just before `since`."""
    fresh = [event for event in known.events if event.received_at >= since]
    return News(known, since, timeline.known_at(since - BEFORE), fresh)


def happened(found: News, beyond: Beyond) -> tuple[Sentence, ...]:
    """Everything that is new, one sentence a kind; what a correction left as it was is not new."""
    known = found.known
    said = [
        *_consent(found),
        *_signs(found),
        *_self_harm(found),
        *_severe(found),
        *_urine(found),
        *_holds(known, beyond.holds, found.since),
        *_sessions(beyond.sessions),
        *_new_kinds(found),
    ]
    if beyond.shared:
        said.append(Sentence(N_("Worksheets shared: %(sheets)s."), _sheets(beyond.shared)))
    return tuple(said)


def _sheets(keys: Sequence[str]) -> dict[str, Sheets]:
    return {"sheets": Sheets(tuple(dict.fromkeys(keys)))}


def _days(known: Known, moments: Iterable[datetime]) -> tuple[date, ...]:
    return tuple(sorted({known.day(moment) for moment in moments}))


def _consent(found: News) -> Iterator[Sentence]:
    for event, _ in found.of(ConsentWithdrawn):
        whole = event.scope == "all"
        text = (
            N_("Consent was withdrawn for everything.")
            if whole
            else N_("Consent was withdrawn for the treatment.")
        )
        yield Sentence(text, {}, (found.known.day(event.at),))


def _signs(found: News) -> Iterator[Sentence]:
    codes: dict[str, None] = {}
    moments = []
    for one, former in found.of(Checkin):
        new = [sign for sign in one.signs if former is None or sign not in former.signs]
        codes |= dict.fromkeys(new)
        moments += [one.at] * bool(new)
    if codes:
        days = _days(found.known, moments)
        yield Sentence(N_("Danger signs told: %(items)s."), {"items": Items(tuple(codes))}, days)


def _self_harm(found: News) -> Iterator[Sentence]:
    told = [one.at for one, former in found.of(Screen) if any(_higher(one, former, 1).values())]
    if told:
        yield Sentence(N_("Thoughts of self-harm were told."), {}, _days(found.known, told))


def _severe(found: News) -> Iterator[Sentence]:
    levels: dict[str, float] = {}
    moments = []
    for one, former in found.of(Checkin):
        severe = _higher(one, former, SEVERE)
        severe = {item: level for item, level in severe.items() if item in SYMPTOM_SET}
        for item, level in severe.items():
            levels[item] = max(levels.get(item, 0), level)
        moments += [one.at] * bool(severe)
    if levels:
        worst = tuple(sorted(levels, key=lambda item: -levels[item]))
        text = N_("Severe or very severe: %(items)s.")
        yield Sentence(text, {"items": Items(worst)}, _days(found.known, moments))


def _higher(
    one: Checkin | Screen, former: Checkin | Screen | None, least: float
) -> dict[str, float]:
    """Answers of at least `least` that are new, or higher than they were before a correction."""
    before = former.ratings if former is not None else {}
    return {
        item: level
        for item, level in one.ratings.items()
        if level >= least and level > before.get(item, 0)
    }


def _urine(found: News) -> Iterator[Sentence]:
    for test, _ in found.of(Urinalysis):
        day = found.known.day(test.at)
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


def _sessions(them: Otherwise) -> Iterator[Sentence]:
    """Days still to come have no entries to lead to: a single one is named."""
    if days := them.not_held:
        text = N_("Planned sessions that did not take place: %(count)s.")
        yield Sentence(text, {"count": len(days)}, tuple(days))
    if days := them.unrecorded:
        text = N_("Sessions for which nobody has recorded yet whether they took place: %(count)s.")
        yield Sentence(text, {"count": len(days)}, tuple(days))
    for days, one, many in (
        (
            them.cancelled,
            N_("The session of %(day)s was cancelled."),
            N_("Sessions cancelled: %(count)s, the first of them on %(day)s."),
        ),
        (
            them.moved,
            N_("A session was moved to %(day)s."),
            N_("Sessions moved: %(count)s, the first of them to %(day)s."),
        ),
    ):
        if days:
            yield Sentence(one if len(days) == 1 else many, {"day": min(days), "count": len(days)})


def _new_kinds(found: News) -> Iterator[Sentence]:
    """Kinds of drink or substance that were told for the first time since then."""
    told: list[Drinks | Substances] = [*found.was.of(Drinks), *found.was.of(Substances)]
    before = {kind for event in told if event.items for kind in _kinds(event)}
    days = {event.day for event in told}
    new: dict[str, date] = {}
    for event in found.fresh:
        if not isinstance(event, Drinks | Substances):
            continue
        for kind in _kinds(event):
            if kind not in before:
                new.setdefault(kind, event.day)
    if new and len(days) >= PATTERN_DAYS:
        text = N_("Not part of the usual pattern, told for the first time in weeks: %(items)s.")
        yield Sentence(text, {"items": Items(tuple(new))}, tuple(sorted(set(new.values()))))


def _kinds(event: Drinks | Substances) -> list[str]:
    if isinstance(event, Drinks):
        return [drink.beverage or "other" for drink in event.items]
    return [use.substance for use in event.items]
