"""Sentences about side effects. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.brief.record import Answered, Record, newest_answers
from app.brief.sentences.model import Item, Level, Sentence, Value
from app.i18n import N_

MODERATE, SEVERE, RUN_CHECKINS, RUN_DAYS, FRESH_DAYS = 2, 3, 3, 3, 3


def lasting_symptom(record: Record) -> Sentence | None:
    """A side effect that was at least moderate in every answer of the last check-ins."""
    runs = [run for item in _now(record) if (run := _run(record.answered, item))]
    if not runs:
        return None
    item, days, lowest, now = max(runs, key=lambda run: (run[3], len(run[1])))
    values: dict[str, Value] = {
        "item": Item(item),
        "level": Level(lowest),
        "now": Level(now),
        "since": days[0],
    }
    text = N_("%(item)s: at least “%(level)s” in every answer since %(since)s, now “%(now)s”.")
    return Sentence(text, values, tuple(days))


def severe_last_time(record: Record) -> Sentence | None:
    """Side effects that were severe in their last answers, and had not lasted before."""
    severe = {
        item: one
        for item, one in _now(record).items()
        if one.ratings[item] >= SEVERE and not _run(record.answered, item)
    }
    if not severe:
        return None
    worst = max(severe, key=lambda item: severe[item].ratings[item])
    values: dict[str, Value] = {
        "day": severe[worst].day,
        "count": len(severe),
        "item": Item(worst),
        "level": Level(severe[worst].ratings[worst]),
    }
    text = N_(
        "Severe side effects in the newest answers: %(count)s. "
        "The worst: %(item)s, “%(level)s” on %(day)s.",
    )
    return Sentence(text, values, tuple(sorted({one.day for one in severe.values()})))


def _now(record: Record) -> dict[str, Answered]:
    """The newest answer about each side effect, where it is fresh."""
    newest = newest_answers(record.answered, FRESH_DAYS)
    return {
        item: one for item, one in newest.items() if (record.today - one.day).days <= FRESH_DAYS
    }


def _run(answered: Sequence[Answered], item: str) -> tuple[str, list[date], int, int] | None:
    """The unbroken run of answers of at least moderate that ends now."""
    days: list[date] = []
    levels: list[int] = []
    for one in reversed(answered):
        level = one.ratings.get(item)
        if level is None:
            continue
        if level < MODERATE:
            break
        levels.append(level)
        if one.day not in days:
            days.append(one.day)
    if len(levels) < RUN_CHECKINS or len(days) < RUN_DAYS:
        return None
    return item, days[::-1], min(levels), levels[0]
