"""CON: consent taken back. Reminders stop, a safety call is owed, a reason never is."""

from __future__ import annotations

from datetime import date

from app.rules.families.facts import before
from app.rules.families.judging import Judging
from app.rules.finding import Finding, Severity
from app.timeline.events import ConsentWithdrawn


def judge_since(judging: Judging, since: date) -> list[Finding]:
    """CON-1 for every withdrawal of consent from `since` on, whatever its scope."""
    return [
        Finding(
            rule="CON-1",
            severity=Severity.URGENT,
            about=event.at,
            evidence=(f"consent:{judging.known.root(event)}",),
            because=(judging.reason(f"consent_{event.scope}", at=event.at),),
            facts={
                "received_at": judging.stamp(event.received_at),
                **before(judging, event.at),
            },
        )
        for event in judging.known.of(ConsentWithdrawn)
        if judging.known.day(event.at) >= since
    ]
