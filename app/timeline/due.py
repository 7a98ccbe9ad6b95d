"""What the protocol asked for, as facts of the timeline: pure, from the day of the first dose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.protocol.model import Plan
from app.timeline.days import MIDNIGHT, ONE_DAY, at_local
from app.timeline.events import Dose, Event, SpecimenDue

WEEK = timedelta(days=7)
LEFT = "left"


@dataclass(frozen=True, slots=True)
class DueWeek:
    """A study week in which a specimen is due, both ends included."""

    week: int
    first: date
    last: date


def due_weeks(begun: date, plan: Plan) -> tuple[DueWeek, ...]:
    """The weeks of treatment in which a specimen is due; none where the protocol asks for none."""
    step = plan.specimens.every_weeks
    if not step:
        return ()
    return tuple(
        DueWeek(week, begun + (week - 1) * WEEK, begun + week * WEEK - ONE_DAY)
        for week in range(1, plan.weeks + 1, step)
    )


def specimens_due(
    begun: date, zone: str, plan: Plan, reasons: Mapping[int, str], left_on: date | None
) -> list[SpecimenDue]:
    """One for each due week, on its last day, known when that day is over.

    It stands whether a specimen was given or not, and for whoever left as well: how a missing one
    is read is the endpoint's own rule. `reasons`: by week, why none was given.
    """
    found = []
    for one in due_weeks(begun, plan):
        gone = left_on is not None and one.last >= left_on
        found.append(
            SpecimenDue(
                id=f"specimen-due-{one.week}",
                received_at=at_local(one.last + ONE_DAY, MIDNIGHT, zone),
                day=one.last,
                panel="+".join(plan.specimens.panel),
                reason=reasons.get(one.week, LEFT if gone else None),
            )
        )
    return found


def first_taken_day(events: Iterable[Event]) -> date | None:
    """The day of the first dose that was taken and not taken back."""
    told = list(events)
    gone = {one.replaces for one in told if one.replaces}
    return min(
        (one.day for one in told if isinstance(one, Dose) and one.taken and one.id not in gone),
        default=None,
    )
