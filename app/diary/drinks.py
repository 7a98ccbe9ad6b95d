"""The drinks of a day: what is offered, and what a sent form says. Pure.

A stepper's field names its drink (``n:beer:500:4.5``), so that a form is understood whatever
the list looked like when the page was opened.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from app.diary.entries import DrinksEntry, UsualOffer
from app.diary.others import moment_on, read_time
from app.i18n import N_, Translator
from app.protocol.model import Protocol
from app.timeline.days import ONE_DAY, at_local
from app.timeline.events import Drink
from app.timeline.measures import grams
from app.typed import number, two_ways
from app.web.forms import TWO_WAYS

BEVERAGES = {
    "beer": N_("Beer"),
    "vodka": N_("Vodka"),
    "wine": N_("Wine"),
    "fortified_wine": N_("Fortified wine"),
    "spirit": N_("Spirit"),
    "samogon": N_("Home-made spirit"),
    "can_cocktail": N_("Canned cocktail"),
    "malt_liquor": N_("Malt liquor"),
    "non_beverage": N_("Alcohol not made for drinking"),
    "other": N_("Another drink"),
}
USUAL_SHOWN = 6
_FIELD = re.compile(r"n:([a-z_]{1,40}):([0-9]{1,4}(?:\.[0-9]{1,2})?):([0-9]{1,3}(?:\.[0-9]{1,2})?)")
_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")
NIGHT_ENDS = time(5)
_OTHER = ("kind", "ml", "abv", "count")
ML, ABV, COUNT = (1, 5000), (0, 100), (0.1, 100)


@dataclass(frozen=True, slots=True)
class Offer:
    """One stepper row: its field, its words, standard drinks in one, and the count so far."""

    field: str
    label: str
    sub: str
    weight: float
    value: str | None


@dataclass(frozen=True, slots=True)
class Offers:
    """``usual`` stand open on the page, ``more`` behind "Another drink"."""

    usual: tuple[Offer, ...]
    more: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """What the form says: its drinks, or ``none`` said outright; or errors by field."""

    items: tuple[Drink, ...]
    none: bool
    best_guess: bool
    errors: dict[str, str]
    last: str = ""
    """when the last drink was, as typed"""


def field_of(beverage: str, ml: float, abv: float) -> str:
    return f"n:{beverage}:{ml:g}:{abv:g}"


def beverage_name(code: str, tr: Translator) -> str:
    """The word for a kind of drink; a site's own code stands for itself."""
    return tr(BEVERAGES[code]) if code in BEVERAGES else code.replace("_", " ").capitalize()


def size_words(ml: float, abv: float, tr: Translator) -> str:
    """«0.5 L · 5%»."""
    size = tr("%(amount)s ml", amount=tr.number(ml, 0))
    if ml >= 500:
        size = tr("%(amount)s L", amount=tr.number(ml / 1000, 3))
    strength = tr("%(abv)s%%", abv=tr.number(abv, 2))
    return f"{size} · {strength}"


def item_words(items: Iterable[Drink], tr: Translator) -> list[str]:
    """«2 × Beer, 0.5 L · 5%», one line a drink."""
    return [
        f"{tr.number(one.count, 2)} × {beverage_name(one.beverage or 'other', tr)}, "
        f"{size_words(one.ml, one.abv, tr)}"
        for one in items
    ]


def offers(
    usual: Sequence[UsualOffer],
    saved: DrinksEntry | None,
    typed: Mapping[str, str],
    protocol: Protocol,
    region: str,
    tr: Translator,
) -> Offers:
    """Rows for the day: what was saved, the own list by last use, then the protocol's presets.

    ``typed`` holds counts of a form that is shown again; it wins over what was saved.
    """
    values = {field_of(i.beverage or "other", i.ml, i.abv): f"{i.count:g}" for i in _items(saved)}
    first = [(i.beverage or "other", i.ml, i.abv) for i in _items(saved)]
    first += [(one.beverage, one.ml, one.abv) for one in usual]
    first = list(dict.fromkeys(first))
    presets = [(p.beverage, p.ml, p.abv) for p in protocol.presets if p.region in (region, "any")]
    length = max(USUAL_SHOWN, len(_items(saved)))
    shown, rest = first[:length], first[length:] + [p for p in presets if p not in first]
    given = typed if typed else values

    def row(kind: tuple[str, float, float]) -> Offer:
        name = field_of(*kind)
        weight = round(grams(kind[1], kind[2]) / protocol.standard_drink.grams, 4)
        words = beverage_name(kind[0], tr), size_words(kind[1], kind[2], tr)
        return Offer(name, *words, weight, given.get(name) or None)

    return Offers(tuple(map(row, shown)), tuple(map(row, dict.fromkeys(rest))))


def _items(saved: DrinksEntry | None) -> tuple[Drink, ...]:
    return saved.items if saved else ()


def read_day_form(fields: Mapping[str, list[str]], tr: Translator) -> DayAnswer:
    """Read the sent form. Unknown and doubled fields are errors of the page as a whole."""
    errors: dict[str, str] = {}
    counts: dict[tuple[str, float, float], float] = {}
    for name, sent in fields.items():
        kind = _kind_of(name)
        if len(sent) > 1:
            errors[""] = tr("This came twice. Please answer it once.")
        elif kind is None and name not in (
            "none",
            "guess",
            "last",
            *(f"other_{o}" for o in _OTHER),
        ):
            errors[""] = tr("This page has no such field.")
        elif kind is not None:
            _add(counts, kind, name, number(sent[0]), errors, tr)
    _read_other(fields, counts, errors, tr)
    last = (fields.get("last") or [""])[0].strip()
    try:
        read_time(last)
    except ValueError as problem:
        errors["last"] = tr(str(problem))
    none = "none" in fields
    if none and (counts or errors or last):
        errors.setdefault(
            "none", tr("There are drinks here. Set them to 0, or press Save and continue.")
        )
    elif not none and not counts and not errors:
        errors["none"] = tr("Add at least one drink, or choose “No alcohol that day”.")
    items = tuple(Drink(ml, abv, count, code) for (code, ml, abv), count in counts.items())
    return DayAnswer(items, none, "guess" in fields, errors, last)


def last_moment(day: date, typed: str, zone: str, now: datetime) -> datetime | None:
    """When the last drink of ``day`` was. Raises ValueError for a time that is still to come.

    A day lasts until sleep: a time before five in the morning is that of the night after, unless
    that night has not come yet.
    """
    clock = read_time(typed)
    if clock is None:
        return None
    after_midnight = at_local(day + ONE_DAY, clock, zone)
    if clock < NIGHT_ENDS and after_midnight <= now:
        return after_midnight
    return moment_on(day, typed, zone, now)


def _kind_of(name: str) -> tuple[str, float, float] | None:
    found = _FIELD.fullmatch(name)
    if found is None:
        return None
    code, ml, abv = found[1], float(found[2]), float(found[3])
    in_range = ML[0] <= ml <= ML[1] and ABV[0] <= abv <= ABV[1]
    return (code, ml, abv) if in_range else None


def _add(
    counts: dict[tuple[str, float, float], float],
    kind: tuple[str, float, float],
    name: str,
    typed: str,
    errors: dict[str, str],
    tr: Translator,
) -> None:
    none = _NUMBER.fullmatch(typed) and not two_ways(typed) and float(typed) == 0
    if not typed or none:
        return
    count, problem = _number(typed, COUNT, tr)
    if problem:
        errors[name] = problem
    else:
        counts[kind] = counts.get(kind, 0) + count


def _number(typed: str, limits: tuple[float, float], tr: Translator) -> tuple[float, str]:
    if two_ways(typed):
        return 0, tr(TWO_WAYS)
    if not _NUMBER.fullmatch(typed):
        return 0, tr("Write a number.")
    value = float(typed)
    if not limits[0] <= value <= limits[1]:
        low, high = tr.number(limits[0]), tr.number(limits[1])
        return 0, tr("Must be between %(low)s and %(high)s.", low=low, high=high)
    return value, ""


def _read_other(
    fields: Mapping[str, list[str]],
    counts: dict[tuple[str, float, float], float],
    errors: dict[str, str],
    tr: Translator,
) -> None:
    """The drink described by size and strength; all of it or nothing."""
    typed = {part: number((fields.get(f"other_{part}") or [""])[0]) for part in _OTHER}
    if not any(typed.values()):
        return
    typed["count"] = typed["count"] or "1"
    values: dict[str, float] = {}
    for part, limits in (("ml", ML), ("abv", ABV), ("count", COUNT)):
        if not typed[part]:
            errors[f"other_{part}"] = tr("Please answer this. A guess is fine.")
            continue
        values[part], problem = _number(typed[part], limits, tr)
        if problem:
            errors[f"other_{part}"] = problem
    code = typed["kind"] or "other"
    if code not in BEVERAGES:
        errors["other_kind"] = tr("Choose one of the answers shown.")
    if not any(name.startswith("other_") for name in errors):
        kind = (code, values["ml"], values["abv"])
        counts[kind] = counts.get(kind, 0) + values["count"]
