"""Everything on record about one local day: each version of each entry, in plain words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.brief.names import beverage, labels, levels, result_word
from app.brief.record import SYMPTOM_SET, URGE_SCALE
from app.i18n import Translator
from app.instruments.vocabulary import KIND_OF
from app.protocol.model import Protocol
from app.timeline import events as ev
from app.timeline.days import day_of
from app.timeline.measures import grams_of
from app.timeline.timeline import Timeline
from app.web.amounts import by_strength

# A flag's and a protocol's life are told elsewhere.
UNTOLD = (ev.FlagResolved, ev.ProtocolChange)


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of one entry. `replaced_at`: when a later version was received."""

    kind: str
    lines: tuple[str, ...]
    at: datetime | None
    received_at: datetime
    provenance: str
    replaced_at: datetime | None
    id: str = ""
    """of the event in the timeline"""


@dataclass(frozen=True, slots=True)
class Teller:
    """What is needed to put an event into words.

    `screens` are all answers of a screen by its event: the timeline has those that rules read.
    `sums`: a day's standard drinks and grams; participants see them where the protocol says so.
    """

    tr: Translator
    protocol: Protocol
    zone: str
    screens: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    sums: bool = True


def entries_on(timeline: Timeline, day: date, teller: Teller) -> tuple[Entry, ...]:
    """All versions of the entries about `day`, what counts now first, then by receipt."""
    return entries_by_day(timeline, teller, day).get(day, ())


def entries_by_day(
    timeline: Timeline,
    teller: Teller,
    only: date | None = None,
) -> dict[date, tuple[Entry, ...]]:
    """The same for every day that something was told about, or for `only` one."""
    zone = timeline.participant.timezone
    replaced = {e.replaces: e.received_at for e in timeline.events if e.replaces is not None}
    found: dict[date, list[Entry]] = {}
    for event in timeline.events:
        day = day_of(event, zone)
        if not isinstance(event, UNTOLD) and only in (None, day):
            found.setdefault(day, []).append(_entry(event, replaced.get(event.id), teller))
    return {day: tuple(sorted(entries, key=_standing_first)) for day, entries in found.items()}


def _standing_first(entry: Entry) -> tuple[bool, datetime]:
    return entry.replaced_at is not None, entry.received_at


def _entry(event: ev.Event, replaced_at: datetime | None, teller: Teller) -> Entry:
    tr = teller.tr
    return Entry(
        kind=kind_words(event, tr),
        lines=lines_of(event, teller),
        at=getattr(event, "at", None),
        received_at=event.received_at,
        provenance=_provenance(event, tr),
        replaced_at=replaced_at,
        id=event.id,
    )


def lines_of(event: ev.Event, teller: Teller) -> tuple[str, ...]:
    """What an event says, one line for each thing."""
    return tuple(_TELL[event.kind](event, teller))


def kind_words(event: ev.Event, tr: Translator) -> str:
    """What the event is about; one that takes back is about what it takes back."""
    kind = event.of if isinstance(event, ev.Void) else event.kind
    return {
        "dose": tr("Tablet"),
        "drinks": tr("Alcohol"),
        "substances": tr("Other substances"),
        "checkin": tr("Check-in"),
        "screen": tr("Mood screen"),
        "urinalysis": tr("Urine test"),
        "session": tr("Session"),
        "consent_withdrawn": tr("Consent"),
        "note": tr("Own words"),
    }[kind]


def _provenance(event: ev.Event, tr: Translator) -> str:
    words = {
        "same_day": tr("told on the same day"),
        "late": tr("told on the next day"),
        "recalled": tr("told later, from memory"),
        "with_staff": tr("told together with staff"),
        "by_phone": tr("told by phone"),
    }
    return words.get(event.provenance or "", "")


def _dose(event: ev.Dose, teller: Teller) -> Iterable[str]:
    tr = teller.tr
    if event.taken:
        mg = event.mg if event.mg is not None else teller.protocol.dose_mg
        yield tr("Taken, %(mg)s mg", mg=tr.number(mg))
    elif event.hold:
        yield tr("Not taken, on hold")
    else:
        yield tr("Not taken")
    if event.reason:
        yield labels(tr.lang).get(event.reason, event.reason)


def _drinks(event: ev.Drinks, teller: Teller) -> Iterable[str]:
    tr = teller.tr
    if not event.items:
        yield tr("No alcohol")
        return
    for drink in event.items:
        size = tr("%(ml)s ml of %(abv)s%%", ml=tr.number(drink.ml), abv=tr.number(drink.abv))
        name = beverage(drink.beverage, tr)
        yield f"{name}, {size} × {tr.number(drink.count)}"
    if teller.sums:
        grams = grams_of(event.items)
        strength = by_strength(grams, teller.protocol.standard_drink.grams, tr)
        yield tr("In all %(strength)s, %(grams)s g", grams=tr.number(grams), strength=strength)
    if event.last_drink_at:
        yield tr("Last drink at %(time)s", time=tr.time(event.last_drink_at, teller.zone))


def _substances(event: ev.Substances, teller: Teller) -> Iterable[str]:
    tr, words = teller.tr, labels(teller.tr.lang)
    if not event.items:
        yield tr("No other substances")
    for use in event.items:
        parts = [words.get(use.substance, use.substance)]
        if use.route:
            parts.append(words.get(use.route, use.route))
        if use.note:
            parts.append(use.note)
        if use.at:
            parts.append(tr("at %(time)s", time=tr.time(use.at, teller.zone)))
        yield ", ".join(parts)


def _ratings(event: ev.Checkin | ev.Screen, teller: Teller) -> Iterable[str]:
    """Answers of zero share a line at the end: a page of them would hide the others."""
    tr, words = teller.tr, labels(teller.tr.lang)
    none = []
    for item, value in (teller.screens.get(event.id) or event.ratings).items():
        name = words.get(item, item)
        if value == 0 and KIND_OF.get(item) != "urge":
            none.append(name)
        else:
            yield f"{name}: {_value(item, value, tr)}"
    for sign in getattr(event, "signs", ()):
        yield words.get(sign, sign)
    if none:
        yield tr("None: %(items)s", items="; ".join(none))


def _value(item: str, value: float, tr: Translator) -> str:
    if KIND_OF.get(item) == "urge":
        return tr("%(value)s of 10", value=tr.number(value / URGE_SCALE))
    if item in SYMPTOM_SET:
        return levels(tr.lang)[int(value)]
    return tr.number(value)


def _urine(event: ev.Urinalysis, teller: Teller) -> Iterable[str]:
    words = labels(teller.tr.lang)
    for substance, result in event.results.items():
        yield f"{words.get(substance, substance)}: {result_word(result, teller.tr)}"


def _session(event: ev.Session, teller: Teller) -> Iterable[str]:
    tr = teller.tr
    yield tr("Week %(week)s", week=event.week)
    yield tr("Took place") if event.attended else tr("Did not take place")


def _consent(event: ev.ConsentWithdrawn, teller: Teller) -> Iterable[str]:
    tr = teller.tr
    yield tr("Withdrawn for treatment") if event.scope == "treatment" else tr("Withdrawn for all")
    if event.reason:
        yield event.reason


def _note(event: ev.Note, _teller: Teller) -> Iterable[str]:
    yield event.text


def _void(_event: ev.Void, teller: Teller) -> Iterable[str]:
    yield teller.tr("Taken back")


_TELL: dict[str, Callable[[Any, Teller], Iterable[str]]] = {
    "dose": _dose,
    "drinks": _drinks,
    "substances": _substances,
    "checkin": _ratings,
    "screen": _ratings,
    "urinalysis": _urine,
    "session": _session,
    "consent_withdrawn": _consent,
    "note": _note,
    "void": _void,
}
