"""One check-in beside the participant's own usual answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.protocol.thresholds import Terms
from app.rules.families.evaluation import (
    AROUSAL,
    AUTONOMIC,
    CRAVING,
    GROUPED,
    GUT,
    HEADACHE,
    MUSCLE,
    Evaluation,
)
from app.timeline.days import MIDNIGHT, at_local, end_of_day
from app.timeline.events import Checkin
from app.timeline.known import DIASTOLIC, PRESSURES, SYSTOLIC, Baseline
from app.timeline.measures import blood_pressure


@dataclass(frozen=True, slots=True)
class Picture:
    """What a check-in amounts to.

    `worse`: rise above baseline by item. `groups`: of A, B, C, D, F those that count.
    `sum`: R, the rises of the worse grouped items and the fixed points. `craving` is the highest
    that joins the check-in, told at `craving_at`.
    """

    evaluation: Evaluation
    checkin: Checkin
    evidence: str
    worse: dict[str, float]
    systolic: float | None
    diastolic: float | None
    pressure_raised: bool
    gut_counts: bool
    craving: float | None
    craving_at: datetime
    craving_high: bool
    groups: tuple[str, ...]
    sum: float

    @property
    def baseline(self) -> Baseline:
        """The participant's own usual answers."""
        return self.evaluation.baseline

    def answer(self, item: str) -> float:
        """An answer as given; 0 where the item was not answered."""
        return self.checkin.ratings.get(item, 0)

    def signs(self, *codes: str) -> list[str]:
        """Those of `codes` that the check-in carries, in the order asked."""
        return [code for code in codes if code in self.checkin.signs]


def picture(evaluation: Evaluation, checkin: Checkin) -> Picture:
    """The check-in as the rules see it.

    The baseline is asked for only where an answer is high enough to be compared with it: most
    check-ins are quiet, and a live record is read on demand.
    """
    terms = evaluation.protocol.rules.terms
    ratings = checkin.ratings
    worse = _worse(ratings, evaluation, terms)
    measured = any(item in ratings for item in PRESSURES)
    systolic, diastolic = blood_pressure(ratings) if measured else (None, None)
    raised = _raised(evaluation, SYSTOLIC, systolic, terms.systolic_rise) or _raised(
        evaluation, DIASTOLIC, diastolic, terms.diastolic_rise
    )
    counts = (
        ratings.get("vomiting_24h", 0) > 0
        or ratings.get("diarrhea_24h", 0) >= terms.diarrhea_episodes
    )
    craving, craving_at = _craving(evaluation, checkin)
    high = (
        craving is not None
        and craving >= terms.craving_level
        and craving - evaluation.baseline.of(CRAVING) >= terms.craving_rise
    )
    present = {
        "A": raised or any(item in worse for item in AUTONOMIC),
        "B": counts or any(item in worse for item in GUT),
        "C": any(item in worse for item in MUSCLE),
        "D": any(item in worse for item in AROUSAL),
        "F": high,
    }
    return Picture(
        evaluation=evaluation,
        checkin=checkin,
        evidence=f"checkin:{evaluation.known.root(checkin)}",
        worse=worse,
        systolic=systolic,
        diastolic=diastolic,
        pressure_raised=raised,
        gut_counts=counts,
        craving=craving,
        craving_at=craving_at,
        craving_high=high,
        groups=tuple(group for group, holds in present.items() if holds),
        sum=sum(worse[item] for item in GROUPED if item in worse)
        + terms.sum_bonus * (raised + counts + high),
    )


def _craving(evaluation: Evaluation, checkin: Checkin) -> tuple[float | None, datetime]:
    """The highest craving that joins the check-in, and when it was told; its own before others."""
    own = checkin.ratings.get(CRAVING)
    others = [one for one in _beside(evaluation, checkin) if CRAVING in one.ratings]
    values = [one.ratings[CRAVING] for one in others]
    most = max(values, default=None)
    if most is None or (own is not None and own >= most):
        return own, checkin.at
    return most, others[values.index(most)].at


def _beside(evaluation: Evaluation, checkin: Checkin) -> list[Checkin]:
    """The other check-ins of the same local day and of the hours before: the earlier ones with
    the nearest first, then the later ones.

    Whole slices, for a day may have very many: nothing is worked out for each of them.
    """
    known, hours = evaluation.known, evaluation.protocol.rules.terms.craving_hours
    if not hours:
        return []
    today = known.day(checkin.at)
    first = min(at_local(today, MIDNIGHT, known.zone), checkin.at - timedelta(hours=hours))
    near = known.checkins_between(first, end_of_day(today, known.zone))
    place = next(place for place, one in enumerate(near) if one is checkin)
    return near[:place][::-1] + near[place + 1 :]


def _worse(ratings: dict[str, float], evaluation: Evaluation, terms: Terms) -> dict[str, float]:
    """Rises of the 0-4 items that are both high and well above the usual answer."""
    return {
        item: ratings[item] - evaluation.baseline.of(item)
        for item in (*GROUPED, HEADACHE)
        if item in ratings
        and ratings[item] >= terms.worse_level
        and ratings[item] - evaluation.baseline.of(item) >= terms.worse_rise
    }


def _raised(evaluation: Evaluation, item: str, value: float | None, rise: float) -> bool:
    if value is None:
        return False
    usual = evaluation.baseline.pressure(item)
    return usual is not None and value - usual >= rise
