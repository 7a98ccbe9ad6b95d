"""CRV: opioid craving, high or well above the participant's own (PubMed 25454409)."""

from __future__ import annotations

from datetime import timedelta

from app.rules.families.facts import checkin_facts
from app.rules.families.judging import Judging
from app.rules.families.picture import Picture
from app.rules.finding import Finding, Reason, Severity
from app.timeline.days import ONE_DAY
from app.timeline.events import Checkin

CRAVING = "opioid_craving"


def judge(judging: Judging, picture: Picture) -> Finding | None:
    """CRV-1 or CRV-2 for one check-in, from the first dose on.

    A held day before it is a day without a dose too: craving is then as unprotected.
    """
    crv, value = judging.protocol.rules.crv, picture.answer(CRAVING)
    if value < min(crv.level, crv.high_level):
        return None
    first, at = judging.known.first_dose, picture.checkin.at
    usual = picture.baseline.of(CRAVING)
    if first is None or at < first[0] or not _high(judging, value, value - usual):
        return None
    because = [judging.reason("craving", value=value, baseline=usual)]
    if not picture.baseline.on_record:
        because.append(judging.reason("no_baseline"))
    more = [*_twice(judging, picture.checkin, value), *_day_before(judging, picture.checkin)]
    return Finding(
        rule="CRV-2" if more else "CRV-1",
        severity=Severity.URGENT if more else Severity.ROUTINE,
        about=at,
        evidence=(picture.evidence,),
        because=(*because, *more),
        facts=checkin_facts(judging, picture),
    )


def _high(judging: Judging, value: float, rise: float) -> bool:
    crv = judging.protocol.rules.crv
    return (value >= crv.high_level and rise >= crv.high_rise) or (
        value >= crv.level and rise >= crv.rise
    )


def _twice(judging: Judging, checkin: Checkin, value: float) -> list[Reason]:
    """The latest earlier check-in within 48 hours that was as high, if this one is."""
    crv = judging.protocol.rules.crv
    if value < crv.repeat_level:
        return []
    first = checkin.at - timedelta(hours=crv.repeat_hours)
    for other in reversed(judging.earlier(checkin)):
        if other.at < first:
            return []
        if other.ratings.get(CRAVING, 0) >= crv.repeat_level:
            return [judging.reason("craving_before", value=other.ratings[CRAVING], at=other.at)]
    return []


def _day_before(judging: Judging, checkin: Checkin) -> list[Reason]:
    day = judging.known.day(checkin.at) - ONE_DAY
    if day not in judging.known.untaken:
        return []
    return [judging.reason("untaken_day_before", day=day.isoformat())]
