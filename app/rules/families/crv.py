"""CRV: opioid craving, high or well above the participant's own (PubMed 25454409)."""

from __future__ import annotations

from datetime import timedelta

from app.rules.families.evaluation import CRAVING, Evaluation
from app.rules.families.facts import checkin_facts
from app.rules.families.picture import Picture
from app.rules.finding import Finding, Reason, Severity
from app.timeline.days import ONE_DAY
from app.timeline.events import Checkin

READS = frozenset((CRAVING,))


def find(evaluation: Evaluation, picture: Picture) -> Finding | None:
    """CRV-1 or CRV-2 for one check-in, from the first dose on.

    A held day before it is a day without a dose too: craving is then as unprotected.
    """
    crv, value = evaluation.protocol.rules.crv, picture.answer(CRAVING)
    if value < min(crv.level, crv.high_level):
        return None
    first, at = evaluation.known.first_dose, picture.checkin.at
    usual = picture.baseline.of(CRAVING)
    if first is None or at < first[0] or not _high(evaluation, value, value - usual):
        return None
    because = [evaluation.reason("craving", value=value, baseline=usual)]
    if not picture.baseline.on_record:
        because.append(evaluation.reason("no_baseline"))
    more = [*_twice(evaluation, picture.checkin, value), *_day_before(evaluation, picture.checkin)]
    return Finding(
        rule="CRV-2" if more else "CRV-1",
        severity=Severity.URGENT if more else Severity.ROUTINE,
        about=at,
        evidence=(picture.evidence,),
        because=(*because, *more),
        facts=checkin_facts(evaluation, picture),
    )


def _high(evaluation: Evaluation, value: float, rise: float) -> bool:
    crv = evaluation.protocol.rules.crv
    return (value >= crv.high_level and rise >= crv.high_rise) or (
        value >= crv.level and rise >= crv.rise
    )


def _twice(evaluation: Evaluation, checkin: Checkin, value: float) -> list[Reason]:
    """The latest earlier check-in within 48 hours that was as high, if this one is."""
    crv = evaluation.protocol.rules.crv
    if value < crv.repeat_level:
        return []
    first = checkin.at - timedelta(hours=crv.repeat_hours)
    for other in evaluation.known.checkins_before(checkin):
        if other.at < first:
            return []
        if other.ratings.get(CRAVING, 0) >= crv.repeat_level:
            return [evaluation.reason("craving_before", value=other.ratings[CRAVING], at=other.at)]
    return []


def _day_before(evaluation: Evaluation, checkin: Checkin) -> list[Reason]:
    day = evaluation.known.day(checkin.at) - ONE_DAY
    if not evaluation.is_without_dose(day):
        return []
    return [evaluation.reason("untaken_day_before", day=day.isoformat())]
