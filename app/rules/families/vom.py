"""VOM: vomiting, and fluids that do not stay down."""

from __future__ import annotations

from app.rules.families.evaluation import Evaluation
from app.rules.families.facts import checkin_facts
from app.rules.families.picture import Picture
from app.rules.finding import Finding, Severity

READS = frozenset(("vomiting_24h", "no_fluids_12h"))


def find(evaluation: Evaluation, picture: Picture) -> Finding | None:
    """VOM-1 or VOM-2 for one check-in."""
    vom, episodes = evaluation.protocol.rules.vom, picture.answer("vomiting_24h")
    dry = picture.signs("no_fluids_12h")
    if not dry and episodes < vom.routine_episodes:
        return None
    because = []
    if episodes:
        because.append(evaluation.reason("episodes", item="vomiting_24h", value=episodes))
    if dry:
        because.append(evaluation.reason("signs", signs=dry))
    urgent = bool(dry) or episodes >= vom.urgent_episodes
    return Finding(
        rule="VOM-2" if urgent else "VOM-1",
        severity=Severity.URGENT if urgent else Severity.ROUTINE,
        about=picture.checkin.at,
        evidence=(picture.evidence,),
        because=tuple(because),
        facts=checkin_facts(evaluation, picture),
    )
