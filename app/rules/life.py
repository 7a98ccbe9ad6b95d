"""The life of a flag: what a finding does to the one open flag of its family.

Both the live service (state in tables) and the replay (state in memory) ask `decide`. What has to
be kept for it: the open flag, and for each family the evidence that ever alerted with the worst
severity it had. Everything here is pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from app.protocol.model import Protocol
from app.rules.finding import Finding, Severity


class Change(Enum):
    """What happens to the family's flag."""

    RAISED = "raised"
    WORSENED = "worsened"
    ADDED = "added"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class OpenFlag:
    """The open flag of a family. `fed_at`: receipt of its last evidence of its own severity."""

    severity: Severity
    fed_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. `lead` is the line to show; `fresh` is all new or worse evidence, worst first.

    `flag` is the open flag afterwards; only RAISED and WORSENED alert somebody.
    """

    change: Change
    flag: OpenFlag | None
    lead: Finding | None = None
    fresh: tuple[Finding, ...] = ()


def decide(
    flag: OpenFlag | None,
    seen: Mapping[str, Severity],
    findings: Iterable[Finding],
    now: datetime,
) -> Decision:
    """What `findings` of one family at one moment do, given its open flag and seen evidence.

    Evidence that is in `seen` at the same or a worse severity never alerts again, whether the
    flag that it fired is open or not. The worst finding speaks for the family; of equals, the
    rule that asks for more, then the earliest.
    """
    fresh = tuple(sorted((f for f in findings if _is_new(f, seen)), key=_worst_first))
    if not fresh:
        return Decision(Change.NOTHING, flag)
    lead = fresh[0]
    if flag is None:
        return Decision(Change.RAISED, OpenFlag(lead.severity, now), lead, fresh)
    if lead.severity > flag.severity:
        return Decision(Change.WORSENED, OpenFlag(lead.severity, now), lead, fresh)
    fed_at = now if lead.severity == flag.severity else flag.fed_at
    return Decision(Change.ADDED, OpenFlag(flag.severity, fed_at), lead, fresh)


def remember(seen: dict[str, Severity], fresh: Iterable[Finding]) -> None:
    """Add the evidence of `fresh` to `seen`, each piece at the worst severity it ever had."""
    for finding in fresh:
        for key in finding.evidence:
            seen[key] = max(seen.get(key, finding.severity), finding.severity)


def quiet(flag: OpenFlag, now: datetime, protocol: Protocol) -> bool:
    """Whether a replay counts the flag as closed: nobody acts there, and nothing new came in."""
    return now - flag.fed_at >= timedelta(days=protocol.rules.life.quiet_days)


def _is_new(finding: Finding, seen: Mapping[str, Severity]) -> bool:
    return any(seen.get(key, 0) < finding.severity for key in finding.evidence)


def _worst_first(finding: Finding) -> tuple[int, int, datetime, tuple[str, ...]]:
    rank = RULE_ORDER.index(finding.rule) if finding.rule in RULE_ORDER else len(RULE_ORDER)
    return -finding.severity, rank, finding.about, finding.evidence


# Of two findings equally severe, the one that stands first here gives the flag its name.
RULE_ORDER = (
    "WDL-3",
    "WDL-2",
    "WDL-1",
    "WDL-T",
    "AWD-2",
    "AWD-1",
    "AWD-0",
    "OPI-3",
    "OPI-1",
    "CRV-2",
    "CRV-1",
    "ALC-3",
    "ALC-2",
    "ALC-1",
    "DOS-2",
    "DOS-1",
    "BP-2",
    "BP-1",
    "VOM-2",
    "VOM-1",
    "SUI-2",
    "SUI-1",
    "EMG-1",
    "DIA-1",
    "CON-1",
    "UDS-1",
)
