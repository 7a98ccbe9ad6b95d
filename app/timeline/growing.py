"""What the record says, kept up to date while it is received: the reader behind a replay.

It is a `Known` whose parts are not built anew for every moment. What arrives is put into its
place, what is taken back is taken out, and a day is added up again when an entry for it changes;
the cost of a moment is that of what it brought, however long the record is. Tests hold it, moment
by moment, to what `Timeline.known_at` builds.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from app.timeline.days import MIDNIGHT, NOON, Runs, at_local, at_receipt, day_of
from app.timeline.events import (
    Checkin,
    ConsentWithdrawn,
    Dose,
    Drinks,
    Event,
    Screen,
    SpecimenDue,
    Substances,
    Urinalysis,
    Void,
)
from app.timeline.known import (
    Baseline,
    Known,
    SubstanceUse,
    drink_day,
    reports,
    shown_use,
    shows_opioid,
    taken_by,
    untaken_on,
    uses_told,
)
from app.timeline.timeline import Timeline

Key = tuple[Any, ...]


@dataclass(slots=True)
class _Ordered:
    """A list in the order of its keys, for whoever only reads the list."""

    items: list[Any] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)

    def add(self, key: Key, item: Any) -> None:
        place = bisect_left(self.keys, key)
        self.keys.insert(place, key)
        self.items.insert(place, item)

    def remove(self, key: Key) -> None:
        place = bisect_left(self.keys, key)
        del self.keys[place], self.items[place]


def _change(ordered: _Ordered, key: Key, item: Any, *, there: bool) -> None:
    if there:
        ordered.add(key, item)
    else:
        ordered.remove(key)


@dataclass(slots=True)
class _Days:
    """How often a day is named, and the days in order."""

    counts: dict[date, int] = field(default_factory=dict)
    dates: list[date] = field(default_factory=list)

    def add(self, day: date) -> None:
        if day not in self.counts:
            insort(self.dates, day)
        self.counts[day] = self.counts.get(day, 0) + 1

    def remove(self, day: date) -> None:
        self.counts[day] -= 1
        if not self.counts[day]:
            del self.counts[day]
            del self.dates[bisect_left(self.dates, day)]


def _set(dates: list[date], day: date, *, there: bool) -> None:
    """Put a day into a list in order, or take it out."""
    place = bisect_left(dates, day)
    found = place < len(dates) and dates[place] == day
    if there and not found:
        dates.insert(place, day)
    elif found and not there:
        del dates[place]


class Growing(Known):
    """The record of one timeline, as of what was fed to it so far.

    The parts that `Known` computes on demand stand ready under the same names.
    """

    _judged: bool
    _resent: frozenset[str]
    _order: dict[str, int]
    _here: dict[str, Event]
    _gone: set[str]
    _kinds: dict[str, dict[int, Event]]
    _lists: dict[str, _Ordered]
    _all: _Days
    _reported: _Days
    _dose_entries: dict[date, dict[str, Dose]]
    _drink_entries: dict[date, dict[str, Drinks]]
    _use_entries: dict[tuple[str, date], _Ordered]
    _withdrawals: set[str]
    _run_in_until: datetime

    def __init__(self, timeline: Timeline, *, judged: bool) -> None:
        given = timeline.baseline if isinstance(timeline.baseline, Baseline) else None
        super().__init__(
            timeline.participant,
            (),
            given,
            timeline.roots,
            timeline.earliest_day,
            timeline.first_answer_on,
            timeline.first_contact_on,
            lambda: timeline.holds,
        )
        own = self.__dict__
        own["_judged"], own["_resent"] = judged, timeline.resent
        own["_order"] = {event.id: n for n, event in enumerate(timeline.events)}
        own["_here"], own["_gone"], own["_kinds"] = {}, set(), {}
        own["_lists"] = {
            name: _Ordered() for name in ("checkins", "screens", "doses", "uses", "opioid_uses")
        }
        for name, ordered in own["_lists"].items():
            own[name] = ordered.items
        own["_all"], own["_reported"] = _Days(), _Days()
        own["reported_days"] = own["_reported"].counts
        for name in ("doses_on", "untaken", "drinks", "uses_on", "specimens_received"):
            own[name] = {}
        for name in ("dose_dates", "untaken_dates", "drink_dates", "drinking_dates", "use_dates"):
            own[name] = []
        own["untaken_runs"], own["missed_runs"] = Runs(), Runs()
        own["_dose_entries"], own["_drink_entries"], own["last_drinks"] = {}, {}, []
        own["_use_entries"] = {}
        own["_withdrawals"], own["withdrawn"] = set(), False
        own["kept"] = {}
        self._first_dose_again()

    def feed(self, arrived: Iterable[Event]) -> None:
        """What one moment brought: first what it takes back, then what it says."""
        arrived = list(arrived)
        for event in arrived:
            if event.replaces is not None:
                self._gone.add(event.replaces)
                former = self._here.pop(event.replaces, None)
                if former is not None:
                    self._put(former, there=False)
        for event in arrived:
            if event.id in self._gone or event.id in self._resent or isinstance(event, Void):
                continue
            told = at_receipt(event) if self._judged else event
            self._here[event.id] = told
            self._put(told, there=True)

    @property
    def diary_from(self) -> date | None:
        """The first day that anything is about."""
        days = [*self._all.dates[:1]]
        days += [d for d in (self.participant.first_dose_on, self.earliest_day) if d is not None]
        return min(days, default=None)

    def may_change_usual(self, checkin: Checkin) -> bool:
        """Whether what is usual may rest on this check-in: it is one of the run-in."""
        return self.given is None and checkin.at < self._run_in_until

    def _put(self, event: Event, *, there: bool) -> None:
        kind, order = self._kinds.setdefault(event.kind, {}), self._order[event.id]
        if there:
            kind[order] = event
        else:
            del kind[order]
        days = [] if isinstance(event, SpecimenDue) else [self._all]
        days += [self._reported] if reports(event) else []
        day = day_of(event, self.zone)
        for one in days:
            (one.add if there else one.remove)(day)
        if isinstance(event, Checkin | Screen):
            name = "checkins" if isinstance(event, Checkin) else "screens"
            self._list(name, event.at, event, event, there=there)
            if event.at < self._run_in_until:
                self.kept.clear()
        elif isinstance(event, Dose):
            self._dose(event, there=there)
        elif isinstance(event, Drinks):
            self._drinks(event, there=there)
        elif isinstance(event, Substances | Urinalysis):
            for key, use in self._uses_of(event):
                self._use(use, key, there=there)
        elif isinstance(event, ConsentWithdrawn):
            (self._withdrawals.add if there else self._withdrawals.discard)(event.id)
            self.__dict__["withdrawn"] = bool(self._withdrawals)

    def _uses_of(self, event: Substances | Urinalysis) -> list[tuple[Key, SubstanceUse]]:
        """Each use with its place in the order that `Known` has."""
        order = self._order[event.id]
        if isinstance(event, Substances):
            told = uses_told(event, self.zone)
            return [((use.at, 0, order, n), use) for n, use in enumerate(told)]
        if not shows_opioid(event):
            return []
        use = shown_use(event, self.zone, self.root(event))
        return [((use.at, 1, order, 0), use)]

    def of(self, kind: Any) -> list[Any]:
        """The events of one kind that count, in the order of the timeline."""
        found = self._kinds.get(kind.kind, {})
        return [found[order] for order in sorted(found)]

    def _list(self, name: str, at: datetime, event: Event, item: Any, *, there: bool) -> None:
        _change(self._lists[name], (at, self._order[event.id]), item, there=there)

    def _dose(self, event: Dose, *, there: bool) -> None:
        entries = self._dose_entries.setdefault(event.day, {})
        if there:
            entries[event.id] = event
        else:
            del entries[event.id]
        if event.taken:
            taken = taken_by(event, self.zone)
            self._list("doses", taken.at, event, taken, there=there)
            self._first_dose_again()
        told = sorted(entries.values(), key=lambda one: self._order[one.id])
        taken_that_day = [taken_by(one, self.zone) for one in told if one.taken]
        self._day("doses_on", event.day, sorted(taken_that_day, key=lambda one: one.at))
        _set(self.dose_dates, event.day, there=bool(taken_that_day))
        untaken = bool(told) and not taken_that_day
        found = untaken_on(told, self.zone) if untaken else None
        self._day("untaken", event.day, found)
        _set(self.untaken_dates, event.day, there=untaken)
        missed = found is not None and not found.held
        for runs, holds in ((self.untaken_runs, untaken), (self.missed_runs, missed)):
            (runs.add if holds else runs.remove)(event.day)

    def _first_dose_again(self) -> None:
        planned, before = self.participant.first_dose_on, self.__dict__.get("first_dose")
        found = None if planned is None else (at_local(planned, NOON, self.zone), planned)
        if self.doses:
            found = self.doses[0].at, self.doses[0].day
        self.__dict__["first_dose"] = found
        if found != before or "_run_in_until" not in self.__dict__:
            end = None if found is None else at_local(found[1], MIDNIGHT, self.zone)
            self.__dict__["_run_in_until"] = end or datetime.max.replace(tzinfo=UTC)
            self.kept.clear()

    def _drinks(self, event: Drinks, *, there: bool) -> None:
        entries = self._drink_entries.setdefault(event.day, {})
        before = self.drinks.get(event.day)
        if there:
            entries[event.id] = event
        else:
            del entries[event.id]
        told = sorted(entries.values(), key=lambda one: self._order[one.id])
        found = drink_day(told, self.zone) if told else None
        for at in before.lasts if before else ():
            del self.last_drinks[bisect_left(self.last_drinks, (at, event.day))]
        for at in found.lasts if found else ():
            insort(self.last_drinks, (at, event.day))
        self._day("drinks", event.day, found)
        _set(self.drink_dates, event.day, there=found is not None)
        _set(self.drinking_dates, event.day, there=found is not None and found.drank)

    def _use(self, use: SubstanceUse, key: Key, *, there: bool) -> None:
        for name in ("uses", *(["opioid_uses"] if use.substance == "opioid" else [])):
            _change(self._lists[name], key, use, there=there)
        days = [("uses_on", use.day)]
        if use.specimen is not None:
            days.append(("specimens_received", max(use.day, self.day(use.received_at))))
        for name, day in days:
            ordered = self._use_entries.setdefault((name, day), _Ordered())
            _change(ordered, key, use, there=there)
            self._day(name, day, ordered.items)
        _set(self.use_dates, use.day, there=use.day in self.uses_on)

    def _day(self, name: str, day: date, found: Any) -> None:
        if found:
            self.__dict__[name][day] = found
        else:
            self.__dict__[name].pop(day, None)
