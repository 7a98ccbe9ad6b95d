"""When somebody of the alert list is reached, in words. Pure."""

from collections.abc import Iterable
from datetime import date

from app.i18n import Translator
from app.site.queries import ListedStaff

# A week that begins with a Monday, for the names of its days.
WHOLE_DAY = 1440
"""minutes"""
WEEK = [date(2024, 1, number) for number in range(1, 8)]


def hours_words(one: ListedStaff, tr: Translator) -> str:
    """«Mon–Fri, 09:00–18:00»; «always» where neither days nor hours are given."""
    days = sorted(set(one.weekdays or ()))
    parts = []
    if days and len(days) < len(WEEK):
        parts.append(", ".join(_run(run, tr) for run in _runs(days)))
    if one.from_minute or one.until_minute not in (None, WHOLE_DAY):
        parts.append(f"{one.opens()}–{one.closes()}")
    return ", ".join(parts) or tr("always")


def away_words(one: ListedStaff, tr: Translator) -> str:
    """From when until when somebody is away; empty for somebody who is not."""
    if one.absent_from is None:
        return ""
    first = tr.day_inline(one.absent_from)
    if one.absent_until is None:
        return tr("away from %(day)s", day=first)
    return tr("away from %(first)s to %(last)s", first=first, last=tr.day_inline(one.absent_until))


def _runs(days: Iterable[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for day in days:
        if found and day == found[-1][-1] + 1:
            found[-1].append(day)
        else:
            found.append([day])
    return found


def _run(run: list[int], tr: Translator) -> str:
    names = [tr.day_inline(WEEK[day - 1], "EEE") for day in run]
    return f"{names[0]}–{names[-1]}" if len(names) > 2 else ", ".join(names)
