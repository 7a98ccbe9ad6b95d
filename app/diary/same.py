"""Several days that were the same: which days, and like which one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from app.diary.entries import DrinksEntry, OthersEntry, SpanRecord
from app.diary.today import drinks_words
from app.i18n import Translator
from app.timeline.events import Drink, Use
from app.web.forms import FormModel

NONE = "none"
PATTERNS_SHOWN = 6


class SameForm(FormModel):
    """First and last day, in either order; ``like`` is "none" or the day that they were like."""

    first: date
    last: date
    diary_days: ClassVar = frozenset({"first", "last"})
    like: Annotated[str, Field(max_length=10)]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A day to be like: its value in the form, and what it was. ``uses`` None: nothing said."""

    value: str
    says: str
    items: tuple[Drink, ...] = ()
    uses: tuple[Use, ...] | None = ()
    best_guess: bool = False


def patterns(span: SpanRecord, last: date, tr: Translator) -> list[Pattern]:
    """No alcohol at all, and then the newest days up to ``last``, each kind of day once."""
    found = [Pattern(NONE, tr("No alcohol, and nothing else"))]
    kinds: list[tuple[tuple[Drink, ...], tuple[str, ...] | None]] = [((), ())]
    for day in sorted((day for day in span.drinks if day <= last), reverse=True):
        drinks, others = span.drinks[day], span.others.get(day)
        kind = drinks.items, tuple(use.substance for use in others.items) if others else None
        if (not drinks.free or (others and others.items)) and kind not in kinds:
            kinds.append(kind)
            found.append(_pattern(day, drinks, others, tr))
    return found[: PATTERNS_SHOWN + 1]


def _pattern(day: date, drinks: DrinksEntry, others: OthersEntry | None, tr: Translator) -> Pattern:
    parts = [drinks_words(drinks.count, tr) if not drinks.free else tr("No alcohol")]
    uses: tuple[Use, ...] | None = None
    if others:
        parts.append(tr("and something else") if others.items else tr("nothing else"))
        # What is like another day has no time of its own.
        uses = tuple(replace(use, at=None, note=None) for use in others.items)
    says = f"{tr.day(day, 'EEE d MMM')}: {', '.join(parts)}"
    return Pattern(day.isoformat(), says, drinks.items, uses, drinks.best_guess)


def meant(form: SameForm, blanks: Sequence[date]) -> list[date]:
    """The blank days between the two, oldest first; what is filled in already stays."""
    first, last = min(form.first, form.last), max(form.first, form.last)
    return sorted(day for day in blanks if first <= day <= last)
