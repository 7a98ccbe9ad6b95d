"""DOS: doses not taken on days in a row, or more than the protocol's dose on one day."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date

from app.rules.families.evaluation import Evaluation
from app.rules.families.facts import before
from app.rules.finding import Finding, Reason, Severity
from app.timeline.days import ONE_DAY
from app.timeline.known import Taken


def find_since(evaluation: Evaluation, since: date) -> list[Finding]:
    """DOS-1 and DOS-2 for every day from `since` on.

    A day is the day that the entry is about. A held or a silent day ends the run of days not
    taken, and a day with a dose taken is not one of them.
    """
    known = evaluation.known
    dates = known.untaken_dates
    found = [
        _run(evaluation, day)
        for day in dates[bisect_left(dates, since) :]
        if not known.untaken[day].held
    ]
    dates = known.dose_dates
    found += [
        _more(evaluation, day, known.doses_on[day]) for day in dates[bisect_left(dates, since) :]
    ]
    return [one for one in found if one is not None]


def _run(evaluation: Evaluation, day: date) -> Finding | None:
    dos = evaluation.protocol.rules.dos
    untaken = evaluation.known.untaken
    run = [day]
    while (one := untaken.get(run[0] - ONE_DAY)) is not None and not one.held:
        run.insert(0, run[0] - ONE_DAY)
    if len(run) < dos.routine_days:
        return None
    urgent = len(run) >= dos.urgent_days
    days = [one.isoformat() for one in run]
    because = [evaluation.reason("untaken_run", days=days, count=len(run))]
    if urgent:
        because.append(evaluation.reason("tolerance"))
    one = untaken[day]
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
