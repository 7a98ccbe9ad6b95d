"""ALC: a first drink after a free stretch, a first heavy day, alcohol with a depressant."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from datetime import date, datetime

from app.rules.families.evaluation import Evaluation, days_before
from app.rules.families.facts import before
from app.rules.finding import Finding, Reason, Severity
from app.timeline.known import DrinkDay, SubstanceUse

DEPRESSANTS = ("opioid", "sedative")


def find_since(evaluation: Evaluation, since: date) -> list[Finding]:
    """ALC-1 to ALC-3 for every day with alcohol from `since` on.

    Each is about the day, at its noon: the entry has no time of its own, and its last drink is
    not its first. Who never reported a drink before counts as free over all reported days. ALC-3
    reads what was told: a specimen does not say on which day it was used.
    """
    found: list[Finding] = []
    for day in evaluation.drinks_from(since):
        if day.drank:
            found += _find(evaluation, day)
    return found


def _find(evaluation: Evaluation, day: DrinkDay) -> list[Finding]:
    found = []
    at = day.at
    if free := _free_days(evaluation, day.day):
        found.append(
            _finding(evaluation, day, at, "ALC-1", evaluation.reason("first_drink", days=free))
        )
    if evaluation.heavy(day.day) and _first_heavy(evaluation, day.day):
        reason = evaluation.reason(
            "first_heavy",
            grams=round(day.grams),
            line=evaluation.heavy_grams,
            days=evaluation.protocol.rules.alc.heavy_gap_days,
        )
        found.append(_finding(evaluation, day, at, "ALC-2", reason))
    hours = evaluation.protocol.rules.alc.history_hours
    mixed = [
        use
        for use in evaluation.known.uses_on.get(day.day, ())
        if use.specimen is None and use.substance in DEPRESSANTS
    ]
    if mixed and not evaluation.is_before_contact(day.day, hours):
        found.append(_mixed(evaluation, day, mixed))
    return found


def _mixed(evaluation: Evaluation, day: DrinkDay, uses: list[SubstanceUse]) -> Finding:
    """ALC-3; routine where both were known only long after the later of them."""
    reason = evaluation.reason(
        "mixed", grams=round(day.grams), substance=sorted({use.substance for use in uses})
    )
    found = _finding(evaluation, day, day.at, "ALC-3", reason)
    told = max(day.received_at, *(use.received_at for use in uses))
    last = max(day.last_at or day.at, *(use.at for use in uses))
    if not evaluation.is_history(last, told, evaluation.protocol.rules.alc.history_hours):
        return found
    history = evaluation.reason("history", day=day.day.isoformat(), received=told)
    return replace(found, severity=Severity.ROUTINE, because=(history, reason))


def _free_days(evaluation: Evaluation, day: date) -> int:
    """Reported alcohol-free days since the last reported drink; 0 where they are too few."""
    dates, drinking = evaluation.known.drink_dates, evaluation.known.drinking_dates
    place = bisect_left(drinking, day)
    after = bisect_right(dates, drinking[place - 1]) if place else 0
    free = bisect_left(dates, day) - after
    return free if free >= evaluation.protocol.rules.alc.free_days else 0


def _first_heavy(evaluation: Evaluation, day: date) -> bool:
    alc = evaluation.protocol.rules.alc
    gap = list(days_before(day, alc.heavy_gap_days))
    reported = sum(one in evaluation.known.drinks for one in gap)
    return reported >= alc.heavy_gap_reported_days and not any(evaluation.heavy(one) for one in gap)


def _finding(
    evaluation: Evaluation, day: DrinkDay, at: datetime, rule: str, reason: Reason
) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.URGENT if rule == "ALC-3" else Severity.ROUTINE,
        about=at,
        evidence=(f"drinks:{day.day.isoformat()}",),
        because=(reason,),
        facts={"received_at": evaluation.stamp(day.received_at), **before(evaluation, at)},
    )
