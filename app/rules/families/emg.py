"""EMG: a sign in a check-in that needs an ambulance whatever its cause."""

from __future__ import annotations

from app.rules.families.evaluation import Evaluation
from app.rules.families.facts import checkin_facts
from app.rules.families.picture import Picture
from app.rules.finding import Finding, Severity

SIGNS = (
    "seizure",
    "hallucination",
    "confusion",
    "chest_pain",
    "fainting",
    "breathing_trouble",
    "vomiting_blood",
)
READS = frozenset(SIGNS)


def find(evaluation: Evaluation, picture: Picture) -> Finding | None:
    """EMG-1 for one check-in; no cap for lateness, and no baseline."""
    signs = picture.signs(*SIGNS)
    if not signs:
        return None
    return Finding(
        rule="EMG-1",
        severity=Severity.EMERGENCY,
        about=picture.checkin.at,
        evidence=(picture.evidence,),
        because=(evaluation.reason("signs", signs=signs),),
        facts=checkin_facts(evaluation, picture),
    )
