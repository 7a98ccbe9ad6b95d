"""The last days before a flag as a picture: S with the doses, drinks and craving around it. Pure.

The band is the person's own: what S came to at the check-ins of the run-in. What was presumed has
no place here: a dose stands where it was told, and where it was told without a time, on its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.protocol.model import Protocol
from app.rules.families.evaluation import CRAVING, Evaluation
from app.rules.families.picture import picture
from app.rules.families.withdrawal_sum import withdrawal_sum
from app.timeline.days import MIDNIGHT, at_local, day_range, end_of_day
from app.timeline.events import Checkin
from app.timeline.timeline import Timeline

DAYS = 14


@dataclass(frozen=True, slots=True)
class SumPoint:
    """S of one check-in, its own answer about craving, and whether the tablet counted as acting:
    "told", "presumed", or None where it did not."""

    at: datetime
    total: float
    craving: float | None
    exposure: str | None


@dataclass(frozen=True, slots=True)
class DoseMark:
    """One dose told as taken; `at` is None where no time was told."""

    day: date
    at: datetime | None
    mg: float


@dataclass(frozen=True, slots=True)
class UntakenMark:
    """A day without a dose: told as such, or `held` by a physician, when nobody is asked."""

    day: date
    held: bool


@dataclass(frozen=True, slots=True)
class DrinkMark:
    """A reported day of drinking; 0 g is a day reported as alcohol-free."""

    day: date
    grams: float


@dataclass(frozen=True, slots=True)
class WithdrawalChart:
    """Both days included. `band`: lowest and highest S of the run-in; None without one.

    `routine` and `urgent` are the lines of the protocol, 0 where S raises nothing.
    """

    first: date
    last: date
    points: tuple[SumPoint, ...]
    doses: tuple[DoseMark, ...]
    untaken: tuple[UntakenMark, ...]
    drinks: tuple[DrinkMark, ...]
    band: tuple[float, float] | None
    routine: float
    urgent: float


def withdrawal_chart(
    timeline: Timeline,
    until: datetime,
    protocol: Protocol,
    *,
    known_at: datetime | None = None,
    days: int = DAYS,
) -> WithdrawalChart:
    """The local days that end with that of `until`, as known at `known_at` (default: `until`)."""
    now = known_at or until
    known = timeline.known_at(now, judged=bool(protocol.rules.terms.at_receipt))
    evaluation = Evaluation(known, now, protocol)
    last = known.day(until)
    first = last - timedelta(days=days - 1)
    start, end = at_local(first, MIDNIGHT, known.zone), end_of_day(last, known.zone)
    shown = day_range(first, last)
    run_in = known.run_in(protocol.rules.terms.baseline_days)
    usual = [withdrawal_sum(evaluation, picture(evaluation, one)).total for one in run_in]
    wdl = protocol.rules.wdl
    return WithdrawalChart(
        first=first,
        last=last,
        points=tuple(_point(evaluation, one) for one in known.checkins_from(start) if one.at < end),
        doses=tuple(
            DoseMark(dose.day, dose.at if dose.timed else None, evaluation.mg(dose))
            for day in shown
            for dose in known.doses_on.get(day, ())
        ),
        untaken=tuple(
            UntakenMark(day, day not in known.untaken or known.untaken[day].held)
            for day in shown
            if known.is_without_dose(day, now)
        ),
        drinks=tuple(
            DrinkMark(day, known.drinks[day].grams) for day in shown if day in known.drinks
        ),
        band=(min(usual), max(usual)) if usual else None,
        routine=wdl.score_routine,
        urgent=wdl.score_urgent,
    )


def _point(evaluation: Evaluation, checkin: Checkin) -> SumPoint:
    exposure = evaluation.exposure(checkin.at)
    word = None if exposure is None else "told" if exposure.told else "presumed"
    total = withdrawal_sum(evaluation, picture(evaluation, checkin)).total
    return SumPoint(checkin.at, total, checkin.ratings.get(CRAVING), word)
