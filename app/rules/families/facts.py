"""Plain data that a flag keeps: what was answered, beside what is usual, and what went before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.rules.families.evaluation import Evaluation
from app.rules.families.picture import Picture
from app.timeline.days import day_range
from app.timeline.known import Baseline, SubstanceUse, usual

DRINKS_SHOWN_DAYS = 7
MEASURES = ("systolic_bp", "diastolic_bp", "temperature")


def checkin_facts(evaluation: Evaluation, picture: Picture) -> dict[str, Any]:
    """The answers with the baseline beside them, signs, and what went before the check-in."""
    checkin, baseline = picture.checkin, picture.baseline
    given = usual(checkin.ratings)
    return {
        "happened_at": evaluation.stamp(checkin.at),
        "told_at": checkin.told_at and evaluation.stamp(checkin.told_at),
        "received_at": evaluation.stamp(checkin.received_at),
        "judged_at": evaluation.stamp(evaluation.now),
        "provenance": checkin.provenance,
        "baseline_on_record": baseline.on_record,
        "answers": [
            {
                "item": item,
                "value": value,
                "baseline": _usual(baseline, item),
                "worse": item in picture.worse,
            }
            for item, value in given.items()
        ],
        "signs": list(checkin.signs),
        "groups": list(picture.groups),
        "sum": picture.sum,
        **before(evaluation, checkin.at),
    }


def _usual(baseline: Baseline, item: str) -> float | None:
    """What is usual; a measure that the run-in never took has no usual value, not 0."""
    return baseline.values.get(item) if item in MEASURES else baseline.of(item)


def before(evaluation: Evaluation, moment: datetime) -> dict[str, Any]:
    """The last dose, drinks of the week and opioid use up to `moment`, as known now."""
    dose = evaluation.last_dose(moment)
    last = evaluation.last_drink(moment)
    today = evaluation.known.day(moment)
    week = day_range(today - timedelta(days=DRINKS_SHOWN_DAYS), today)
    days = [evaluation.known.drinks[day] for day in week if day in evaluation.known.drinks]
    use = evaluation.known.last_opioid(moment)
    return {
        "last_dose": dose
        and {
            "at": evaluation.stamp(dose.at),
            "timed": dose.timed,
            "mg": evaluation.mg(dose),
            "received_at": evaluation.stamp(dose.received_at),
        },
        "last_drink_at": last and evaluation.stamp(last[0]),
        "last_drink_timed": last is not None and last[0] in last[1].told,
        "drinks": [{"day": day.day.isoformat(), "grams": round(day.grams, 1)} for day in days],
        "last_opioid": use_fact(evaluation, use) if use else None,
    }


def use_fact(evaluation: Evaluation, use: SubstanceUse) -> dict[str, Any]:
    """One use: when, told or tested, and when it was received."""
    return {
        "at": evaluation.stamp(use.at),
        "timed": use.timed,
        "by": "specimen" if use.specimen else "told",
        "received_at": evaluation.stamp(use.received_at),
    }
