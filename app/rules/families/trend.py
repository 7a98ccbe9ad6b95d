"""WDL-T: a slow build-up of withdrawal-like symptoms over two weeks."""

from __future__ import annotations

from datetime import date, timedelta

from app.rules.families.evaluation import GROUPED, Evaluation
from app.rules.families.facts import before
from app.rules.finding import Finding, Severity
from app.timeline.days import MIDNIGHT, ONE_DAY, at_local
from app.timeline.events import Checkin


def find_at_tick(evaluation: Evaluation) -> Finding | None:
    """WDL-T at the tick, from the first dose on.

    Each day counts with its highest check-in: the sum of all rises above baseline, worse or not.
    A day without a check-in is in no mean. The evidence is the check-ins of both weeks, so a flag
    that staff resolved comes again only with a new check-in.
    """
    wdl, today = evaluation.protocol.rules.wdl, evaluation.known.day(evaluation.now)
    first = evaluation.known.first_dose
    if first is None or evaluation.now < first[0]:
        return None
    middle = today - timedelta(days=wdl.trend_days)
    start = middle - timedelta(days=wdl.trend_days)
    last, last_ids = _week(evaluation, middle, today)
    prior, prior_ids = _week(evaluation, start, middle)
    # A protocol may ask for no days at all; there is still no mean of nothing.
    if not last or not prior:
        return None
    if len(last) < wdl.trend_min_days or len(prior) < wdl.trend_before_min_days:
        return None
    mean, mean_before = sum(last.values()) / len(last), sum(prior.values()) / len(prior)
    if mean < wdl.trend_mean or mean_before < wdl.trend_before_mean:
        return None
    because = [
        evaluation.reason("trend", mean=mean, count=len(last), before=mean_before, of=len(prior))
    ]
    if not evaluation.baseline.on_record:
        because.append(evaluation.reason("no_baseline"))
    return Finding(
        rule="WDL-T",
        severity=Severity.ROUTINE,
        about=evaluation.now,
        evidence=(*prior_ids, *last_ids),
        because=tuple(because),
        facts={
            "baseline_on_record": evaluation.baseline.on_record,
            "baseline": {item: evaluation.baseline.of(item) for item in GROUPED},
            "days": [
                {"day": day.isoformat(), "sum": n} for day, n in sorted((prior | last).items())
            ],
            **before(evaluation, evaluation.now),
        },
    )


def _week(evaluation: Evaluation, after: date, until: date) -> tuple[dict[date, float], list[str]]:
    """The highest sum of each day after `after` and up to `until`, and the check-ins read."""
    days: dict[date, float] = {}
    names = []
    known = evaluation.known
    for checkin in known.checkins_from(at_local(after + ONE_DAY, MIDNIGHT, known.zone)):
        day = known.day(checkin.at)
        if day > until:
            break
        if day > after:
            days[day] = max(days.get(day, 0), _rises(evaluation, checkin))
            names.append(f"checkin:{evaluation.known.root(checkin)}")
    return days, names


def _rises(evaluation: Evaluation, checkin: Checkin) -> float:
    ratings, baseline = checkin.ratings, evaluation.baseline
    return sum(max(0, ratings[item] - baseline.of(item)) for item in GROUPED if item in ratings)
