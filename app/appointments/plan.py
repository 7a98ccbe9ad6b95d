"""The 24-week plan beside a participant's sessions. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.appointments.queries import Appointment
from app.clock import local_day
from app.instruments.worksheets.loader import sheet_by_number
from app.protocol.model import Protocol
from app.protocol.study_time import study_time


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One week of the plan. ``first`` and ``last`` are its days, None before a date is planned."""

    week: int
    first: date | None
    last: date | None
    focus: str
    sheets: tuple[str, ...]
    sessions: tuple[Appointment, ...]
    now: bool


@dataclass(frozen=True, slots=True)
class PlanView:
    """The weeks of the plan, and the sessions before the first and after the last of them."""

    weeks: tuple[WeekLine, ...]
    outside: tuple[Appointment, ...]


def plan_view(
    protocol: Protocol,
    first_dose_on: date | None,
    found: Sequence[Appointment],
    zone: str,
    today: date,
    lang: str,
) -> PlanView:
    """``zone`` is the participant's: their local days make the study weeks."""
    by_week: dict[int | None, list[Appointment]] = {}
    for one in found:
        by_week.setdefault(study_time(first_dose_on, local_day(one.at, zone)).week, []).append(one)
    lines = []
    for plan in protocol.sessions:
        first = first_dose_on + timedelta(weeks=plan.week - 1) if first_dose_on else None
        last = first + timedelta(days=6) if first else None
        lines.append(
            WeekLine(
                plan.week,
                first,
                last,
                plan.focus.in_(lang),
                tuple(sheet_by_number(number).title.say(lang) for number in plan.sheets),
                tuple(by_week.pop(plan.week, ())),
                bool(first and last and first <= today <= last),
            )
        )
    outside = sorted((one for rest in by_week.values() for one in rest), key=lambda one: one.at)
    return PlanView(tuple(lines), tuple(outside))
