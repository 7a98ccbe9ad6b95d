"""Plain data that a flag keeps: what was answered, beside what is usual, and what went before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.rules.families.judging import Judging
from app.rules.families.picture import Picture
from app.timeline.known import Baseline, SubstanceUse, usual

DRINKS_SHOWN_DAYS = 7
MEASURES = ("systolic_bp", "diastolic_bp", "temperature")


def checkin_facts(judging: Judging, picture: Picture) -> dict[str, Any]:
    """The answers with the baseline beside them, signs, and what went before the check-in."""
    checkin, baseline = picture.checkin, picture.baseline
    given = usual(checkin.ratings)
    return {
        "happened_at": judging.stamp(checkin.at),
        "received_at": judging.stamp(checkin.received_at),
        "judged_at": judging.stamp(judging.now),
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
        **before(judging, checkin.at),
    }


def _usual(baseline: Baseline, item: str) -> float | None:
    """What is usual; a measure that the run-in never took has no usual value, not 0."""
    return baseline.values.get(item) if item in MEASURES else baseline.of(item)


def before(judging: Judging, moment: datetime) -> dict[str, Any]:
    """The last dose, drinks of the week and opioid use up to `moment`, as known now."""
    dose = judging.last_dose(moment)
    last = judging.last_drink(moment)
    today = judging.known.day(moment)
    days = [
        judging.known.drinks[day]
        for day in sorted(judging.known.drinks)
        if today - timedelta(days=DRINKS_SHOWN_DAYS) <= day <= today
    ]
    uses = [use for use in judging.known.opioid_uses if use.at <= moment]
    return {
        "last_dose": dose
        and {
            "at": judging.stamp(dose.at),
            "mg": judging.mg(dose),
            "received_at": judging.stamp(dose.received_at),
        },
        "last_drink_at": last and judging.stamp(last[0]),
        "last_drink_timed": last is not None and last[0] in last[1].told,
        "drinks": [{"day": day.day.isoformat(), "grams": round(day.grams, 1)} for day in days],
        "last_opioid": use_fact(judging, uses[-1]) if uses else None,
    }


def use_fact(judging: Judging, use: SubstanceUse) -> dict[str, Any]:
    """One use: when, told or tested, and when it was received."""
    return {
        "at": judging.stamp(use.at),
        "timed": use.timed,
        "by": "specimen" if use.specimen else "told",
        "received_at": judging.stamp(use.received_at),
    }
