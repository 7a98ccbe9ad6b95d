"""The calendar: a month of days as marks and words. Pure.

Shapes carry the meaning: a ring is a day without alcohol, a disc holds the number of drinks, a
broken ring is a blank day. A day that helps to remember has a diamond for a session, a triangle
for a holiday and an open square for what the participant noted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.diary.days import Window
from app.diary.entries import DrinksEntry, Origin
from app.diary.markers import Marker
from app.diary.today import drinks_words, short
from app.i18n import Translator
from app.timeline.days import ONE_DAY, day_range

# A phone's clock that is less far off is not worth a word.
SAME_TIME = timedelta(minutes=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the month. ``says`` is the mark in words; ``href`` is empty for days to come.

    ``marks``: what kinds of days to remember it is, each once.
    """

    day: date
    kind: str
    number: str
    says: str
    href: str
    marks: tuple[str, ...]
    now: bool


@dataclass(frozen=True, slots=True)
class MonthView:
    """Whole weeks from Monday on; a place of another month is None."""

    title: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[Cell | None, ...], ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What a month is drawn from; ``marks`` are the days that help to remember.

    ``told``: the days with an entry of any kind; ``since``: the first day that is asked about.
    """

    drinks: Mapping[date, DrinksEntry]
    told: Collection[date]
    marks: Mapping[date, Sequence[Marker]]
    window: Window
    since: date


def month_of(text: str) -> date:
    """The first day of a month written as 2026-11. Raises ValueError.

    Only years in which somebody may have been in a study: at the ends of the calendar there is
    no month before, or none after.
    """
    if len(text) != 7:
        raise ValueError(text)
    first = date.fromisoformat(f"{text}-01")
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        raise ValueError(text)
    return first


def month_span(first: date) -> tuple[date, date]:
    """First and last day of the month that ``first`` begins."""
    return first, _next_month(first) - ONE_DAY


def month_view(first: date, facts: MonthFacts, tr: Translator) -> MonthView:
    start, end = month_span(first)
    places: list[Cell | None] = [None] * start.weekday()
    places += [_cell(day, facts, tr) for day in day_range(start, end)]
    places += [None] * (-len(places) % 7)
    monday = start - timedelta(days=start.weekday())
    earlier, later = start - ONE_DAY, _next_month(first)
    last = _next_month(facts.window.today.replace(day=1))
    return MonthView(
        title=tr.day(start, "LLLL y"),
        weekdays=tuple(tr.day(monday + timedelta(days=n), "EEEEEE") for n in range(7)),
        weeks=tuple(tuple(places[n : n + 7]) for n in range(0, len(places), 7)),
        before=_address(earlier) if facts.window.shows(earlier, facts.since) else "",
        after=_address(later) if later <= last else "",
    )


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _address(day: date) -> str:
    return f"/calendar?month={day:%Y-%m}"


def _cell(day: date, facts: MonthFacts, tr: Translator) -> Cell:
    kind, number, words = _look(day, facts, tr)
    marks = facts.marks.get(day, ())
    today = facts.window.today
    open_to = facts.window.shows(day, facts.since) or (day <= today and day in facts.told)
    return Cell(
        day=day,
        kind=kind,
        number=number,
        says=", ".join(text for text in (words, *(one.text for one in marks)) if text),
        href=f"/calendar/{day.isoformat()}" if open_to else "",
        marks=tuple(dict.fromkeys(one.kind for one in marks)),
        now=day == today,
    )


def _look(day: date, facts: MonthFacts, tr: Translator) -> tuple[str, str, str]:
    entry = facts.drinks.get(day)
    if entry is not None:
        if entry.free:
            return "none", "", tr("no alcohol")
        return "some", short(entry.count), drinks_words(entry.count, tr)
    if day == facts.window.today:
        return "", "", tr("today")
    if facts.since <= day < facts.window.today:
        return "blank", "", tr("not filled in")
    return "", "", ""


def origin_words(origin: Origin, zone: str, tr: Translator) -> str:
    """«Told on the next day · saved 23 Nov, 09:26 · by this phone’s clock 22 Nov, 23:10»."""
    words = {
        "same_day": tr("Told on the same day"),
        "late": tr("Told on the next day"),
        "recalled": tr("Told later, from memory"),
        "with_staff": tr("Told together with the study team"),
        "by_phone": tr("Told to the study team by phone"),
    }
    said, saved = words[origin.provenance], tr.moment(origin.received_at, zone)
    parts = [said, tr("saved %(moment)s", moment=saved)]
    phone = origin.client_at
    if phone is not None and abs(phone - origin.received_at) >= SAME_TIME:
        parts.append(tr("by the phone’s clock %(moment)s", moment=tr.moment(phone, zone)))
    return " · ".join(parts)
