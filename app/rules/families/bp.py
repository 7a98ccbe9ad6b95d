"""BP: blood pressure in mmHg (2025 AHA/ACC guideline summaries); the repeat counts."""

from __future__ import annotations

from datetime import timedelta

from app.rules.families.evaluation import Evaluation
from app.rules.families.facts import checkin_facts
from app.rules.families.picture import Picture
from app.rules.families.wdl import pressure
from app.rules.finding import Finding, Severity
from app.timeline.events import Checkin
from app.timeline.known import PRESSURES, SYSTOLIC
from app.timeline.measures import blood_pressure, uncalmed_pressure

SIGNS = ("chest_pain", "breathing_trouble", "visual_disturbance", "confusion")
READS = frozenset(PRESSURES)


def find(evaluation: Evaluation, picture: Picture) -> Finding | None:
    """BP-1 or BP-2 for one check-in.

    BP-2 stands unless a repeat of both values is below both lines (`uncalmed_pressure`).
    """
    if picture.systolic is None and picture.diastolic is None:
        return None
    bp = evaluation.protocol.rules.bp
    very = systolic, diastolic = uncalmed_pressure(picture.checkin.ratings)
    because = [pressure(evaluation, picture.baseline, (picture.systolic, picture.diastolic))]
    if (systolic or 0) >= bp.systolic_urgent or (diastolic or 0) >= bp.diastolic_urgent:
        rule, severity = "BP-2", Severity.URGENT
        because = [pressure(evaluation, picture.baseline, very)]
        signs = picture.signs(*SIGNS)
        if signs:
            because.append(evaluation.reason("signs", signs=signs))
        if (headache := picture.answer("headache")) >= bp.headache_emergency:
            because.append(evaluation.reason("headache", value=headache))
        if len(because) > 1:
            severity = Severity.EMERGENCY
    elif other := _high_twice(evaluation, picture.checkin):
        rule, severity = "BP-1", Severity.ROUTINE
        before = blood_pressure(other.ratings)
        because.append(
            evaluation.reason(
                "pressure_before", at=other.at, systolic=before[0], diastolic=before[1]
            )
        )
    else:
        return None
    return Finding(
        rule=rule,
        severity=severity,
        about=picture.checkin.at,
        evidence=(picture.evidence,),
        because=tuple(because),
        facts=checkin_facts(evaluation, picture),
    )


def _high_twice(evaluation: Evaluation, checkin: Checkin) -> Checkin | None:
    """The latest earlier check-in within 72 hours that was high, where this one is."""
    if not _high(evaluation, checkin):
        return None
    first = checkin.at - timedelta(hours=evaluation.protocol.rules.bp.pair_hours)
    for other in evaluation.known.checkins_before(checkin):
        if other.at < first:
            return None
        if _high(evaluation, other):
            return other
    return None


def _high(evaluation: Evaluation, checkin: Checkin) -> bool:
    bp = evaluation.protocol.rules.bp
    systolic, diastolic = blood_pressure(checkin.ratings)
    if diastolic is not None and diastolic >= bp.diastolic_routine:
        return True
    if systolic is None:
        return False
    usual = evaluation.baseline.pressure(SYSTOLIC)
    return systolic >= bp.systolic_routine or (
        usual is not None and systolic - usual >= bp.systolic_rise
    )
