"""UDS: a positive specimen that nothing told explains. A reason to talk, not to confront."""

from __future__ import annotations

from datetime import date

from app.rules.families.evaluation import Evaluation, days_before
from app.rules.families.facts import before
from app.rules.finding import Finding, Severity
from app.timeline.known import SubstanceUse


def find_since(evaluation: Evaluation, since: date) -> list[Finding]:
    """UDS-1 for every opioid-positive specimen from `since` on.

    Told "by then" is told by the time of the evaluation: who tells before the result is in has
    told, whichever of the two happened first.
    """
    return [
        _finding(evaluation, use)
        for use in evaluation.known.opioid_uses
        if use.specimen is not None and use.day >= since and not _told(evaluation, use.day)
    ]


def _told(evaluation: Evaluation, day: date) -> bool:
    days = {day, *days_before(day, evaluation.protocol.rules.uds.told_days)}
    return any(use.specimen is None and use.day in days for use in evaluation.known.opioid_uses)


def _finding(evaluation: Evaluation, use: SubstanceUse) -> Finding:
    return Finding(
        rule="UDS-1",
        severity=Severity.ROUTINE,
        about=use.at,
        evidence=(f"specimen:{use.specimen}",),
        because=(
            evaluation.reason("opioid_specimen", at=use.at),
            evaluation.reason("nothing_told", days=evaluation.protocol.rules.uds.told_days),
        ),
        facts={"received_at": evaluation.stamp(use.received_at), **before(evaluation, use.at)},
    )
