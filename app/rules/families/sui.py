"""SUI: self-harm thoughts told (Simon 2013), and the interviewer's level (Columbia triage)."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date

from app.rules.families.evaluation import Evaluation
from app.rules.finding import Finding, Reason, Severity
from app.timeline.days import MIDNIGHT, at_local
from app.timeline.events import Screen


def find_since(evaluation: Evaluation, since: date) -> list[Finding]:
    """SUI-1 or SUI-2 for every screen from `since` on."""
    known = evaluation.known
    start = at_local(since, MIDNIGHT, known.zone)
    screens = known.screens[bisect_left(known.screens, start, key=lambda one: one.at) :]
    return [found for screen in screens if (found := _find(evaluation, screen))]


def _find(evaluation: Evaluation, screen: Screen) -> Finding | None:
    sui = evaluation.protocol.rules.sui
    thoughts = screen.ratings.get("self_harm_thoughts", 0)
    ideation = screen.ratings.get("ideation", 0)
    behavior = screen.ratings.get("suicidal_behavior", 0)
    emergency = ideation >= sui.ideation_emergency or behavior >= sui.behavior_emergency
    if not emergency and thoughts < sui.thoughts_urgent and ideation < sui.ideation_urgent:
        return None
    because: list[Reason] = []
    if thoughts >= sui.thoughts_urgent:
        because.append(evaluation.reason("self_harm_thoughts", value=thoughts))
    if ideation >= sui.ideation_urgent:
        because.append(evaluation.reason("ideation", value=ideation))
    if behavior >= sui.behavior_emergency:
        because.append(evaluation.reason("suicidal_behavior"))
    return Finding(
        rule="SUI-2" if emergency else "SUI-1",
        severity=Severity.EMERGENCY if emergency else Severity.URGENT,
        about=screen.at,
        evidence=(f"screen:{evaluation.known.root(screen)}",),
        because=tuple(because),
        facts={
            "happened_at": evaluation.stamp(screen.at),
            "received_at": evaluation.stamp(screen.received_at),
            "answers": [
                {"item": item, "value": value, "baseline": None, "worse": False}
                for item, value in screen.ratings.items()
            ],
        },
    )
