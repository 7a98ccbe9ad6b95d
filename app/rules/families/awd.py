"""AWD: a possible alcohol-withdrawal-like reaction, or the day before one.

The course after the last drink is that of BMJ Best Practice 3000347. Shown beside WDL where both
hold: the two can look alike and ask for different things.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.rules.families.evaluation import Evaluation, days_before
from app.rules.families.facts import before, checkin_facts
from app.rules.families.picture import Picture
from app.rules.families.wdl import symptoms
from app.rules.finding import Finding, Reason, Severity
from app.timeline.days import ONE_DAY
from app.timeline.known import PRESSURES, DrinkDay

LEADING = ("tremor", "sweating", "palpitations")
SYMPTOMS = (*LEADING, "anxiety", "agitation", "nausea", "insomnia", "headache")
SIGNS = ("hallucination", "seizure", "confusion")
READS = frozenset((*SYMPTOMS, *PRESSURES, *SIGNS))


def find(evaluation: Evaluation, picture: Picture) -> Finding | None:
    """AWD-1 or AWD-2 for one check-in.

    The last drink is the last on record before the check-in, whenever it was told; the heavy days
    are counted in the 7 local days that end on the day of that drink.
    """
    at = picture.checkin.at
    if not _symptoms(picture) and not picture.signs(*SIGNS):
        return None
    last = evaluation.last_drink(at)
    if last is None or not _heavy_week(evaluation, last[1].day):
        return None
    since = at - last[0]
    awd = evaluation.protocol.rules.awd
    signs = picture.signs(*SIGNS)
    if signs and since <= timedelta(days=awd.sign_days):
        rule, severity = "AWD-2", Severity.EMERGENCY
        because = [evaluation.reason("signs", signs=signs)]
    elif (
        timedelta(hours=awd.from_hours) <= since <= timedelta(hours=awd.to_hours)
        and len(found := _symptoms(picture)) >= awd.symptoms
        and any(item in LEADING for item in found)
    ):
        rule, severity = "AWD-1", Severity.URGENT
        because = [evaluation.reason("awd_symptoms", items=found), *symptoms(evaluation, picture)]
    else:
        return None
    return Finding(
        rule=rule,
        severity=severity,
        about=at,
        evidence=(picture.evidence,),
        because=(*because, *_drinking(evaluation, *last, since)),
        facts=checkin_facts(evaluation, picture),
    )


def find_since(evaluation: Evaluation, since: date) -> list[Finding]:
    """AWD-0 for every reported alcohol-free day from `since` on that follows a heavy one."""
    return [
        _stopped(evaluation, day)
        for day in evaluation.drinks_from(since)
        if not day.drank and _very_heavy_before(evaluation, day.day)
    ]


def _symptoms(picture: Picture) -> list[str]:
    found = [item for item in SYMPTOMS if item in picture.worse]
    return [*found, "pressure_raised"] if picture.pressure_raised else found


def _heavy_week(evaluation: Evaluation, last: date) -> bool:
    awd = evaluation.protocol.rules.awd
    week = [last, *days_before(last, awd.heavy_window_days - 1)]
    return sum(evaluation.heavy(day) for day in week) >= awd.heavy_days


def _drinking(
    evaluation: Evaluation, at: datetime, day: DrinkDay, since: timedelta
) -> list[Reason]:
    awd = evaluation.protocol.rules.awd
    week = [day.day, *days_before(day.day, awd.heavy_window_days - 1)]
    key = "last_drink" if at in day.told else "last_drink_untimed"
    when = {"at": at} if at in day.told else {"day": day.day.isoformat()}
    return [
        evaluation.reason(key, **when, hours=round(since.total_seconds() / 3600, 1)),
        evaluation.reason(
            "heavy_days", count=sum(evaluation.heavy(day) for day in week), of=len(week)
        ),
    ]


def _very_heavy_before(evaluation: Evaluation, day: date) -> bool:
    awd, drinks = evaluation.protocol.rules.awd, evaluation.known.drinks
    if not evaluation.heavy(day - ONE_DAY):
        return False
    week = days_before(day, awd.before_window_days)
    return sum(one in drinks and drinks[one].grams >= awd.before_grams for one in week) >= (
        awd.before_days
    )


def _stopped(evaluation: Evaluation, day: DrinkDay) -> Finding:
    awd, drinks = evaluation.protocol.rules.awd, evaluation.known.drinks
    week = [
        one
        for one in days_before(day.day, awd.before_window_days)
        if one in drinks and drinks[one].grams >= awd.before_grams
    ]
    return Finding(
        rule="AWD-0",
        severity=Severity.ROUTINE,
        about=day.at,
        evidence=(f"drinks:{day.day.isoformat()}",),
        because=(
            evaluation.reason(
                "stopped_drinking",
                day=day.day.isoformat(),
                count=len(week),
                of=awd.before_window_days,
                grams=awd.before_grams,
            ),
        ),
        facts={"received_at": evaluation.stamp(day.received_at), **before(evaluation, day.at)},
    )
