"""S: how far a check-in lies above what is usual for the person, less what explains it otherwise.

A sum beside the symptom groups: ten answers one point above the usual weigh as much as a few that
are clearly worse. It is kept with every finding that rests on it, item by item, so that whoever
reads a flag sees today's answer beside the usual one, and what was subtracted and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.rules.families.evaluation import (
    COUGH,
    CRAVING,
    GROUPED,
    HEADACHE,
    Evaluation,
    UsualAnswers,
)
from app.rules.families.picture import Picture
from app.timeline.days import ONE_DAY

ALCOHOL = "alcohol"
# Free of the noise of binary fractions, so that a sum on the line is on it.
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Rise:
    """One item above its usual answer, and the points that it adds.

    `at`: when it was told; craving may have been told at another check-in. `points` are exact:
    only what is kept or shown of them is rounded.
    """

    item: str
    answer: float
    usual: float
    points: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Subtracted:
    """Another explanation, and the points that it takes away.

    `what` is an item beside its usual answer, or "alcohol" in grams on `day` beside the line.
    `points` are exact, as those of a rise.
    """

    what: str
    amount: float
    usual: float
    points: float
    day: date | None = None


@dataclass(frozen=True, slots=True)
class WithdrawalSum:
    """S of one check-in and all that it is made of; `rises` has the greatest first."""

    total: float
    rises: tuple[Rise, ...]
    pressure: float
    gut: float
    subtracted: tuple[Subtracted, ...]
    usual: UsualAnswers

    def as_json(self, evaluation: Evaluation) -> dict[str, Any]:
        """Plain data for a flag's facts."""
        return {
            "total": self.total,
            "usual_checkins": self.usual.checkins,
            "rises": [
                {
                    "item": one.item,
                    "value": one.answer,
                    "usual": one.usual,
                    "points": kept(one.points),
                    "at": evaluation.stamp(one.at),
                }
                for one in self.rises
            ],
            "pressure": self.pressure,
            "gut": self.gut,
            "subtracted": [
                {
                    "what": one.what,
                    "value": one.amount,
                    "usual": one.usual,
                    "points": kept(one.points),
                    "day": one.day and one.day.isoformat(),
                }
                for one in self.subtracted
            ],
        }


def withdrawal_sum(evaluation: Evaluation, picture: Picture) -> WithdrawalSum:
    """S of a check-in. What was not answered adds nothing and takes nothing away."""
    wdl, usual = evaluation.protocol.rules.wdl, evaluation.usual
    ratings, at = picture.checkin.ratings, picture.checkin.at
    rises = [
        Rise(item, ratings[item], usual.of(item), ratings[item] - usual.of(item), at)
        for item in GROUPED
        if ratings.get(item, 0) > usual.of(item)
    ]
    craved = picture.craving or 0
    if wdl.score_craving and craved > usual.of(CRAVING):
        points = (craved - usual.of(CRAVING)) / wdl.score_craving
        rises.append(Rise(CRAVING, craved, usual.of(CRAVING), points, picture.craving_at))
    pressure = wdl.score_bonus * picture.pressure_raised
    gut = wdl.score_bonus * picture.gut_counts
    subtracted = _explained(evaluation, picture)
    total = sum(one.points for one in rises) + pressure + gut
    total -= sum(one.points for one in subtracted)
    rises.sort(key=lambda one: -one.points)
    return WithdrawalSum(
        total=max(kept(total), 0.0),
        rises=tuple(rises),
        pressure=pressure,
        gut=gut,
        subtracted=subtracted,
        usual=usual,
    )


def _explained(evaluation: Evaluation, picture: Picture) -> tuple[Subtracted, ...]:
    wdl, usual = evaluation.protocol.rules.wdl, evaluation.usual
    found = []
    for item, weight in ((COUGH, wdl.score_cough), (HEADACHE, wdl.score_headache)):
        answer, normal = picture.answer(item), usual.of(item)
        if weight and answer > normal:
            found.append(Subtracted(item, answer, normal, weight * (answer - normal)))
    day = evaluation.known.day(picture.checkin.at) - ONE_DAY
    drinks = evaluation.known.drinks.get(day)
    if wdl.score_alcohol and drinks is not None and drinks.grams > wdl.score_alcohol_grams:
        line = wdl.score_alcohol_grams
        found.append(Subtracted(ALCOHOL, drinks.grams, line, wdl.score_alcohol, day))
    return tuple(found)


def kept(points: float) -> float:
    """A sum or its part as it is compared and kept; only once everything is added up."""
    return round(points, DIGITS)
