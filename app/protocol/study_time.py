"""Where in the study a day lies: the planned first dose is study day 1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class StudyTime:
    """A place in the study. `day` and `week` count from 1; before the first dose they are `None`.

    `days_to_go` is how many days are left until the first dose, `None` from then on and where no
    date is planned.
    """

    day: int | None = None
    week: int | None = None
    days_to_go: int | None = None


def asked_from(enrolled_on: date, first_dose_on: date | None) -> date:
    """The first day that the diary asks about: the enrolment, or a first dose before it."""
    return min(enrolled_on, first_dose_on or enrolled_on)


def study_time(first_dose_on: date | None, day: date) -> StudyTime:
    """Where a local calendar date lies; `first_dose_on` is study day 1."""
    if first_dose_on is None:
        return StudyTime()
    past = (day - first_dose_on).days
    if past < 0:
        return StudyTime(days_to_go=-past)
    return StudyTime(day=past + 1, week=past // 7 + 1)
