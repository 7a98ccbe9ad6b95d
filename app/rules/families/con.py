"""CON: consent taken back. Reminders stop, a safety call is owed, a reason never is."""

from __future__ import annotations

from datetime import date

from app.rules.families.evaluation import Evaluation
from app.rules.families.facts import before
from app.rules.finding import Finding, Reason, Severity
from app.timeline.events import ConsentWithdrawn


def find_since(evaluation: Evaluation, since: date) -> list[Finding]:
    """CON-1 for every withdrawal of consent from `since` on, whatever its scope."""
    return [
        Finding(
            rule="CON-1",
            severity=Severity.URGENT,
            about=event.at,
            evidence=(f"consent:{evaluation.known.root(event)}",),
            because=_because(evaluation, event),
            facts={
                "received_at": evaluation.stamp(event.received_at),
                **before(evaluation, event.at),
            },
        )
        for event in evaluation.known.of(ConsentWithdrawn)
        if evaluation.known.day(event.at) >= since
    ]


def _because(evaluation: Evaluation, event: ConsentWithdrawn) -> tuple[Reason, ...]:
    """What was withdrawn, and the clock that ran ahead where it was dated after its receipt."""
    said = evaluation.reason(f"consent_{event.scope}", at=event.at)
    if event.told_at is None:
        return (said,)
    return said, evaluation.reason("clock_ahead", told=event.told_at, received=event.at)
