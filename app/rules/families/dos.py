"""DOS: doses not taken on days in a row, or more than the protocol's dose on one day."""

from __future__ import annotations

from datetime import date

from app.rules.families.facts import before
from app.rules.families.judging import Judging, run_up_to
from app.rules.finding import Finding, Reason, Severity
from app.timeline.known import Taken, Untaken


def judge_since(judging: Judging, since: date) -> list[Finding]:
    """DOS-1 and DOS-2 for every day from `since` on.

    A day is the day that the entry is about. A held or a silent day ends the run of days not
    taken, and a day with a dose taken is not one of them.
    """
    untaken = {day: one for day, one in judging.known.untaken.items() if not one.held}
    found = [_run(judging, day, untaken) for day in sorted(untaken) if day >= since]
    taken: dict[date, list[Taken]] = {}
    for dose in judging.known.doses:
        if dose.day >= since:
            taken.setdefault(dose.day, []).append(dose)
    found += [_more(judging, day, doses) for day, doses in taken.items()]
    return [one for one in found if one is not None]


def _run(judging: Judging, day: date, untaken: dict[date, Untaken]) -> Finding | None:
    dos = judging.protocol.rules.dos
    run = run_up_to(day, untaken)
    if len(run) < dos.routine_days:
        return None
    urgent = len(run) >= dos.urgent_days
    days = [one.isoformat() for one in run]
    because = [judging.reason("untaken_run", days=days, count=len(run))]
    if urgent:
        because.append(judging.reason("tolerance"))
    one = untaken[day]
    return Finding(
        rule="DOS-1",
        severity=Severity.URGENT if urgent else Severity.ROUTINE,
        about=one.at,
        evidence=(f"dose:{day.isoformat()}",),
        because=tuple(because),
        facts={"received_at": judging.stamp(one.received_at), **before(judging, one.at)},
    )


def _more(judging: Judging, day: date, doses: list[Taken]) -> Finding | None:
    total, usual = sum(judging.mg(dose) for dose in doses), judging.protocol.dose_mg
    if total <= usual:
        return None
    twice = total >= usual * judging.protocol.rules.dos.urgent_times
    reason: Reason = judging.reason("more_than_dose", day=day.isoformat(), mg=total, usual=usual)
    last = doses[-1]
    return Finding(
        rule="DOS-2",
        severity=Severity.URGENT if twice else Severity.ROUTINE,
        about=last.at,
        evidence=(f"dose:{day.isoformat()}",),
        because=(reason,),
        facts={"received_at": judging.stamp(last.received_at), **before(judging, last.at)},
    )
