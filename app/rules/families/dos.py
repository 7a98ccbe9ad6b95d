"""DOS: doses not taken on days in a row, or more than the protocol's dose on one day."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date

from app.rules.families.evaluation import Evaluation
from app.rules.families.facts import before
from app.rules.finding import Finding, Reason, Severity
from app.timeline.known import Taken


def find_since(evaluation: Evaluation, since: date) -> list[Finding]:
    """DOS-1 and DOS-2 for every day from `since` on.

    A day is the day that the entry is about. A held or a silent day ends the run of days not
    taken, and a day with a dose taken is not one of them.
    """
    known = evaluation.known
    untaken, dates = known.untaken_dates, known.dose_dates
    found = [_run(evaluation, day) for day in untaken[bisect_left(untaken, since) :]]
    found += [
        _more(evaluation, day, known.doses_on[day]) for day in dates[bisect_left(dates, since) :]
    ]
    return [one for one in found if one is not None]


def _run(evaluation: Evaluation, day: date) -> Finding | None:
    """DOS-1 for a day not taken, by the run that ends on it."""
    dos, one = evaluation.protocol.rules.dos, evaluation.known.untaken[day]
    first = evaluation.known.missed_runs.first_of(day)
    count = 0 if first is None else (day - first).days + 1
    if first is None or count < dos.routine_days:
        return None
    urgent = count >= dos.urgent_days
    because = [evaluation.run_reason("untaken_run", "untaken_since", first, day)]
    if urgent:
        because.append(evaluation.reason("tolerance"))
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
