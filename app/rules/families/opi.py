"""OPI: opioid use, and opioid use while the tablet is not being taken.

After an antagonist is stopped, tolerance is gone and deaths rise steeply (Gibson 2007): use
together with doses not taken is an emergency. Held days count for that, told or on a hold that
is on record; silent days do not.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.rules.families.evaluation import Evaluation, days_before
from app.rules.families.facts import before, use_fact
from app.rules.finding import Finding, Reason, Severity
from app.timeline.days import ONE_DAY
from app.timeline.known import SubstanceUse


def find_since(evaluation: Evaluation, since: date) -> list[Finding]:
    """OPI-1 or OPI-3 for every day of use told and every positive specimen from `since` on.

    Several uses told for one day are one piece of evidence, about the last of them. A specimen
    stands beside what was told for its day. Use before the first contact with the study stays in
    the record.
    """
    pieces: dict[str, SubstanceUse] = {}
    hours = evaluation.protocol.rules.opi.history_hours
    for use in evaluation.uses_from(since):
        if use.substance == "opioid" and not evaluation.is_before_contact(use.day, hours):
            pieces[evidence(use)] = use
    return [_find(evaluation, key, use) for key, use in pieces.items()]


def evidence(use: SubstanceUse) -> str:
    """The name of a use as evidence: a specimen has one of its own, the rest goes by day."""
    return f"specimen:{use.specimen}" if use.specimen else f"use:{use.day.isoformat()}"


def call_us_before_next_dose(evaluation: Evaluation) -> bool:
    """OPI-2: the last opioid use on record is at most 10 times 24 hours ago."""
    uses = evaluation.known.opioid_uses
    days = timedelta(days=evaluation.protocol.rules.opi.call_days)
    return bool(uses) and evaluation.now - uses[-1].at <= days


def _find(evaluation: Evaluation, key: str, use: SubstanceUse) -> Finding:
    opi = evaluation.protocol.rules.opi
    because: list[Reason] = [
        evaluation.reason("opioid_specimen", at=use.at)
        if use.specimen
        else evaluation.reason("opioid_told", at=use.at)
        if use.timed
        else evaluation.reason("opioid_told_day", day=use.day.isoformat())
    ]
    rule, severity = "OPI-1", Severity.URGENT
    untaken = _untaken(evaluation, use.day)
    if untaken:
        rule, severity = "OPI-3", Severity.EMERGENCY
        because.append(untaken)
        if evaluation.now - use.at > timedelta(hours=opi.late_hours):
            severity = Severity.URGENT
            known: dict[str, object] = {"received": evaluation.now, "hours": opi.late_hours}
            because.append(
                evaluation.reason("late_use", at=use.at, **known)
                if use.timed
                else evaluation.reason("late_use_day", day=use.day.isoformat(), **known)
            )
    elif evaluation.is_history(use.at, use.received_at, opi.history_hours):
        severity = Severity.ROUTINE
        day = use.day.isoformat()
        because.insert(0, evaluation.reason("history", day=day, received=use.received_at))
    return Finding(
        rule=rule,
        severity=severity,
        about=use.at,
        evidence=(key,),
        because=tuple(because),
        facts=_facts(evaluation, use, use.at),
    )


def _untaken(evaluation: Evaluation, day: date) -> Reason | None:
    """The days without a dose that make use dangerous; `None` where they do not reach the line."""
    opi, without = evaluation.protocol.rules.opi, evaluation.is_without_dose
    for end in (day, day - ONE_DAY):
        first = evaluation.first_without_dose(end)
        count = 0 if first is None else (end - first).days + 1
        if first is not None and count >= opi.untaken_run_days:
            return evaluation.run_reason("untaken_around", "untaken_before", first, end)
    week = [one for one in days_before(day, opi.untaken_window_days) if without(one)]
    if len(week) >= opi.untaken_days:
        return evaluation.reason("untaken_around", days=[one.isoformat() for one in sorted(week)])
    return None


def _facts(evaluation: Evaluation, use: SubstanceUse, moment: datetime) -> dict[str, object]:
    return {
        "use": use_fact(evaluation, use),
        "received_at": evaluation.stamp(use.received_at),
        "judged_at": evaluation.stamp(evaluation.now),
        **before(evaluation, moment),
    }
