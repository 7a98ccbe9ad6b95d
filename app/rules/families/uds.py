"""UDS: a positive specimen that nothing told explains. A reason to talk, not to confront."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from app.rules.families.evaluation import Evaluation, days_before
from app.rules.families.facts import before
from app.rules.finding import Finding, Severity
from app.timeline.days import day_range
from app.timeline.known import SubstanceUse


def find_since(evaluation: Evaluation, since: date) -> list[Finding]:
    """UDS-1 for every opioid-positive specimen from `since` on, where it is judged at once.

    Told "by then" is told by the time of the evaluation: who tells before the result is in has
    told, whichever of the two happened first.
    """
    return [] if evaluation.protocol.rules.uds.at_tick else _unexplained(evaluation, since)


def find_at_tick(evaluation: Evaluation) -> list[Finding]:
    """UDS-1 at the end of the day of the test, or of the day on which its result came in.

    The talk of the same visit is in by then. The specimens of the days before are looked at too: a
    tick may have been missed.
    """
    if not evaluation.protocol.rules.uds.at_tick:
        return []
    today = evaluation.known.day(evaluation.now)
    received = evaluation.known.specimens_received
    since = today - timedelta(days=evaluation.protocol.rules.uds.told_days)
    found: list[Finding] = []
    for day in day_range(since, today):
        found += [
            _finding(evaluation, use)
            for use in received.get(day, ())
            if not _told(evaluation, use.day)
        ]
    return found


def is_explained(evaluation: Evaluation, evidence: Iterable[str]) -> bool:
    """Whether a use was told, on the day on which each specimen in `evidence` was judged, that
    explains it."""
    names = {key.partition(":")[2] for key in evidence}
    uses = [use for use in evaluation.known.opioid_uses if use.specimen in names]
    return bool(uses) and all(
        any(
            evaluation.known.day(told.received_at) <= judged_on(evaluation, use)
            for told in _explaining(evaluation, use.day)
        )
        for use in uses
    )


def judged_on(evaluation: Evaluation, use: SubstanceUse) -> date:
    """The day at whose end a specimen is judged."""
    return max(use.day, evaluation.known.day(use.received_at))


def _unexplained(evaluation: Evaluation, since: date) -> list[Finding]:
    return [
        _finding(evaluation, use)
        for use in evaluation.uses_from(since)
        if use.specimen is not None and not _told(evaluation, use.day)
    ]


def _told(evaluation: Evaluation, day: date) -> bool:
    return any(True for _ in _explaining(evaluation, day))


def _explaining(evaluation: Evaluation, day: date) -> Iterator[SubstanceUse]:
    uses = evaluation.known.uses_on
    for one in (day, *days_before(day, evaluation.protocol.rules.uds.told_days)):
        for use in uses.get(one, ()):
            if use.substance == "opioid" and use.specimen is None:
                yield use


def _finding(evaluation: Evaluation, use: SubstanceUse) -> Finding:
    return Finding(
        rule="UDS-1",
        severity=Severity.ROUTINE,
        about=use.at,
        evidence=(f"specimen:{use.specimen}",),
        because=(
            evaluation.reason("opioid_specimen", at=use.at),
            evaluation.reason("nothing_told", days=evaluation.protocol.rules.uds.told_days),
        ),
        facts={"received_at": evaluation.stamp(use.received_at), **before(evaluation, use.at)},
    )
