"""Retention, by three readings that give three figures: name the one that was used.

The last specimen, the last dose, the last visit; and drop-out as the trial's curve has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.timeline.days import day_of, local_day
from app.timeline.events import ConsentWithdrawn, Event, Session, Urinalysis, Visit
from app.timeline.known import Known

MISSED_IN_A_ROW = 3


def last_specimen_day(known: Known) -> date | None:
    """The day of the last specimen, whatever it showed."""
    return max((local_day(test.at, known.zone) for test in known.of(Urinalysis)), default=None)


def last_dose_day(known: Known) -> date | None:
    """The day of the last dose that was taken."""
    return max((dose.day for dose in known.doses), default=None)


def last_visit_day(known: Known) -> date | None:
    """The day of the last visit or session that took place."""
    return max((day for day, attended in _visits(known) if attended), default=None)


def _visits(known: Known) -> list[tuple[date, bool]]:
    found: list[Event] = [*known.of(Session), *known.of(Visit)]
    return sorted((day_of(one, known.zone), one.attended) for one in found)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Stay:
    """Days from the first dose until somebody left, or until the record ends (`left` is false)."""

    days: int
    left: bool


def stay(known: Known, started: date, until: date) -> Stay:
    """How long somebody stayed, of a trial that ends on `until` (or has come to it).

    Somebody left on the day of the last visit before three missed ones in a row, or on the day on
    which consent was taken back, whichever is earlier. The end of the trial is a censoring, and so
    is a study that was stopped. A visit nobody recorded is not a missed one.
    """
    ends = [
        day for one in known.of(ConsentWithdrawn) if (day := local_day(one.at, known.zone)) <= until
    ]
    last, missed = started, 0
    for day, attended in _visits(known):
        if not started <= day <= until:
            continue
        missed = 0 if attended else missed + 1
        if attended:
            last = day
        if missed == MISSED_IN_A_ROW:
            ends.append(last)
            break
    end = min(ends, default=until)
    return Stay(max((end - started).days, 0), bool(ends))
