"""The record as a table: one row a day, the latest first, a blank where nothing was told. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from app.brief.names import levels, result_word
from app.brief.record import Day, Record
from app.i18n import Translator

_SIGNS = {"positive": "+", "negative": "–"}


@dataclass(frozen=True, slots=True)
class Row:
    """One day in words; an empty cell was not reported.

    `notes`: what else marks the day; `marks` the same for paper, as short as in the chart.
    """

    day: date
    name: str
    cells: tuple[str, ...]
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


def headings(tr: Translator) -> tuple[str, ...]:
    """The columns after the day: three of words, then three of numbers."""
    return (
        tr("Tablet"),
        tr("Opioids"),
        tr("Worst side effect"),
        tr("Standard drinks"),
        tr("Urge, alcohol"),
        tr("Urge, opioids"),
    )


def rows(record: Record, count: int, sessions: Mapping[date, int], tr: Translator) -> list[Row]:
    """The last `count` days that were asked about or told; `sessions` with their number."""
    tablets = {
        "taken": tr("taken"),
        "not_taken": tr("not taken"),
        "held": tr("on hold"),
        None: "",
    }
    opioids = {True: tr("used"), False: tr("none"), None: ""}
    scale = levels(tr.lang)
    return [
        Row(
            day.day,
            tr.day_inline(day.day, "EEE d MMM"),
            (
                tablets[day.tablet],
                opioids[day.opioids],
                "" if day.worst is None else scale[day.worst],
                _drinks(record, day, tr),
                _number(day.alcohol_urge, tr),
                _number(day.opioid_urge, tr),
            ),
            tuple(_notes(record, day, sessions, tr)),
            tuple(_marks(record, day, sessions, tr)),
        )
        for day in reversed(record.last(count))
        if record.asks(day.day) or day != Day(day.day)
    ]


def _notes(record: Record, day: Day, sessions: Mapping[date, int], tr: Translator) -> Iterator[str]:
    if day.day in sessions:
        yield tr("session %(number)s", number=sessions[day.day])
    if day.from_memory:
        yield tr("filled in later")
    for test in record.urines:
        if test.day == day.day:
            yield tr("urine: %(result)s", result=result_word(test.opioid, tr))


def _marks(record: Record, day: Day, sessions: Mapping[date, int], tr: Translator) -> Iterator[str]:
    if day.day in sessions:
        yield tr("S%(number)s", number=sessions[day.day])
    if day.from_memory:
        yield "▲"
    for test in record.urines:
        if test.day == day.day:
            yield tr("U%(sign)s", sign=_SIGNS.get(test.opioid or "", "?"))


def _drinks(record: Record, day: Day, tr: Translator) -> str:
    return "" if day.grams is None else _number(record.drinks(day.grams), tr)


def _number(value: float | None, tr: Translator) -> str:
    return "" if value is None else tr.number(value)
