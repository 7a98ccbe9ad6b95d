"""Records for tests of the brief: six weeks of days, written from the last one backwards."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from app.brief.record import Answered, Day, Record, Urine

TODAY = date(2026, 11, 23)  # a Monday
LENGTH = 42


def ago(days: int) -> date:
    """The local date `days` before today; 1 is the last full day, a Sunday."""
    return TODAY - timedelta(days=days)


def at(days: int, hour: int = 9) -> datetime:
    return datetime.combine(ago(days), time(hour), UTC)


def record(told=None, *, answered=(), urines=(), heavy=60.0, asked_from=None) -> Record:
    """Six blank weeks but for `told`: {days ago: the fields that are known}."""
    days = {ago(n): Day(ago(n)) for n in range(LENGTH, 0, -1)}
    for n, fields in (told or {}).items():
        days[ago(n)] = replace(days[ago(n)], **fields)
    return Record(
        days=tuple(days.values()),
        today=TODAY,
        asked_from=asked_from or ago(LENGTH),
        heavy=heavy,
        standard=10.0,
        answered=tuple(answered),
        urines=tuple(urines),
    )


def answers(*pairs, item="insomnia"):
    """Check-ins about one item: (days ago, level), the earliest first."""
    return [Answered(ago(n), at(n), {item: level, "nausea": 0}) for n, level in pairs]


def urine(days: int, result: str | None) -> Urine:
    return Urine(ago(days), at(days), result)


def grams(*amounts, start=1):
    """{days ago: alcohol}, the last day first; None leaves a day blank."""
    return {
        start + n: {"grams": float(amount)}
        for n, amount in enumerate(amounts)
        if amount is not None
    }
