"""DOS: doses not taken on days in a row, or more than the protocol's dose on one day."""

from __future__ import annotations

from datetime import date

from app.rules.families.evaluation import Evaluation, run_up_to
from app.rules.families.facts import before
from app.rules.finding import Finding, Reason, Severity
from app.timeline.known import Taken, Untaken


def find_since(evaluation: Evaluation, since: date) -> list[Finding]:
    """DOS-1 and DOS-2 for every day from `since` on.

    A day is the day that the entry is about. A held or a silent day ends the run of days not
    taken, and a day with a dose taken is not one of them.
    """
    untaken = {day: one for day, one in evaluation.known.untaken.items() if not one.held}
    found = [_run(evaluation, day, untaken) for day in sorted(untaken) if day >= since]
    taken: dict[date, list[Taken]] = {}
    for dose in evaluation.known.doses:
        if dose.day >= since:
            taken.setdefault(dose.day, []).append(dose)
    found += [_more(evaluation, day, doses) for day, doses in taken.items()]
    return [one for one in found if one is not None]


def _run(evaluation: Evaluation, day: date, untaken: dict[date, Untaken]) -> Finding | None:
    dos = evaluation.protocol.rules.dos
    run = run_up_to(day, untaken)
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
