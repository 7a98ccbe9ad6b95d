"""DIA: a diary that falls silent. Silence says nothing about use; it says: call."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.rules.families.evaluation import Evaluation
from app.rules.families.facts import before
from app.rules.finding import Finding, Severity
from app.timeline.days import ONE_DAY


def find_at_tick(evaluation: Evaluation, alerted_at: datetime | None) -> Finding | None:
    """DIA-1 at the tick, over the silent days that end today.

    `alerted_at`: when another family's flag last became urgent or an emergency. Nothing is asked
    once consent is withdrawn, nor before the diary begins.
    """
    known, dia = evaluation.known, evaluation.protocol.rules.dia
    begins = known.asked_from if dia.from_first_answer else known.diary_from
    if known.withdrawn or begins is None:
        return None
    silent = []
    day = known.day(evaluation.now)
    while day >= begins and day not in known.reported_days:
        silent.append(day.isoformat())
        day -= ONE_DAY
    silent.reverse()
    flagged = alerted_at is not None and evaluation.now - alerted_at <= timedelta(
        days=dia.flag_age_days
    )
    urgent = len(silent) >= dia.urgent_days or (flagged and len(silent) >= dia.flagged_days)
    if not silent or (not urgent and len(silent) < dia.routine_days):
        return None
    because = [evaluation.reason("silent", count=len(silent), first=silent[0])]
    if flagged:
        because.append(evaluation.reason("flagged_before", at=alerted_at))
    return Finding(
        rule="DIA-1",
        severity=Severity.URGENT if urgent else Severity.ROUTINE,
        about=evaluation.now,
        evidence=tuple(f"silent:{one}" for one in silent),
        because=tuple(because),
        facts=before(evaluation, evaluation.now),
    )
