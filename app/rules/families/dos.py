"""DOS: doses not taken on days in a row, or more than the protocol's dose on one day."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date

from app.rules.families.evaluation import Evaluation, run_up_to
from app.rules.families.facts import before
from app.rules.finding import Finding, Reason, Severity
from app.timeline.days import ONE_DAY
from app.timeline.known import Known, Taken


def find_since(evaluation: Evaluation, since: date) -> list[Finding]:
    """DOS-1 and DOS-2 for every day from `since` on.

    A day is the day that the entry is about. A held or a silent day ends the run of days not
    taken, and a day with a dose taken is not one of them.
    """
    known = evaluation.known
    found = [_run(evaluation, day, run) for day, run in _runs(known, since)]
    dates = known.dose_dates
    found += [
        _more(evaluation, day, known.doses_on[day]) for day in dates[bisect_left(dates, since) :]
    ]
    return [one for one in found if one is not None]


def _runs(known: Known, since: date) -> Iterator[tuple[date, list[str]]]:
    """Every day not taken from `since` on with the run that ends on it, earliest day first.

    A run is walked back once and then grows with its days.
    """
    untaken, dates = known.untaken, known.untaken_dates

    def told(day: date) -> bool:
        return day in untaken and not untaken[day].held

    run: list[str] = []
    last = None
    for day in dates[bisect_left(dates, since) :]:
        if untaken[day].held:
            continue
        if last == day - ONE_DAY:
            run.append(day.isoformat())
        else:
            run = [one.isoformat() for one in run_up_to(day, told)]
        last = day
        yield day, list(run)


def _run(evaluation: Evaluation, day: date, days: list[str]) -> Finding | None:
    dos = evaluation.protocol.rules.dos
    if len(days) < dos.routine_days:
        return None
    urgent = len(days) >= dos.urgent_days
    because = [evaluation.reason("untaken_run", days=days, count=len(days))]
    if urgent:
        because.append(evaluation.reason("tolerance"))
    one = evaluation.known.untaken[day]
    return Finding(
        rule="DOS-1",
        severity=Severity.URGENT if urgent else Severity.ROUTINE,
        about=one.at,
        evidence=(f"dose:{day.isoformat()}",),
        because=tuple(because),
        facts={"received_at": evaluation.stamp(one.received_at), **before(evaluation, one.at)},
    )


def _more(evaluation: Evaluation, day: date, doses: list[Taken]) -> Finding | None:
    total, usual = sum(evaluation.mg(dose) for dose in doses), evaluation.protocol.dose_mg
    if total <= usual:
        return None
    twice = total >= usual * evaluation.protocol.rules.dos.urgent_times
    reason: Reason = evaluation.reason("more_than_dose", day=day.isoformat(), mg=total, usual=usual)
    last = doses[-1]
    return Finding(
        rule="DOS-2",
        severity=Severity.URGENT if twice else Severity.ROUTINE,
        about=last.at,
        evidence=(f"dose:{day.isoformat()}",),
        because=(reason,),
        facts={"received_at": evaluation.stamp(last.received_at), **before(evaluation, last.at)},
    )
