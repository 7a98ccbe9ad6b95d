"""A participant's flags as the rules need them: what is open, and what alerted before."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.models.flags import FLAG, FLAG_EVIDENCE
from app.rules.finding import SEVERITY, Severity
from app.rules.life import OpenFlag


@dataclass(slots=True)
class Unresolved:
    """The one unresolved flag of a family."""

    id: int
    public_id: str
    reference: str
    rule: str
    severity: Severity
    status: str
    version: int
    fed_at: datetime
    evidence: set[str] = field(default_factory=set)

    @property
    def open_flag(self) -> OpenFlag:
        return OpenFlag(self.severity, self.fed_at)


@dataclass(slots=True)
class Family:
    """One family: its unresolved flag, and all evidence that ever alerted, at its worst."""

    flag: Unresolved | None = None
    seen: dict[str, Severity] = field(default_factory=dict)


@dataclass(slots=True)
class FlagState:
    """All families with a flag on record; ``alerted_at``: the last alert but for silence."""

    families: dict[str, Family] = field(default_factory=dict)
    alerted_at: datetime | None = None

    def of(self, family: str) -> Family:
        return self.families.setdefault(family, Family())


_RECORD = (
    select(
        FLAG.c.id,
        FLAG.c.public_id,
        FLAG.c.reference,
        FLAG.c.rule,
        FLAG.c.severity,
        FLAG.c.status,
        FLAG.c.version,
        FLAG.c.raised_at,
        FLAG.c.family,
        FLAG_EVIDENCE.c.at,
        FLAG_EVIDENCE.c["keys"].label("evidence"),
        FLAG_EVIDENCE.c.severity.label("evidence_severity"),
        FLAG_EVIDENCE.c.change,
    )
    .join(FLAG_EVIDENCE, FLAG_EVIDENCE.c.flag_id == FLAG.c.id)
    .where(FLAG.c.participant_id == bindparam("who"))
    .order_by(
        FLAG.c.id, FLAG_EVIDENCE.c.id
    )  # as both indexes have them: by evidence alone, SQLite reads all
)


def read_state(session: Session, participant_id: int) -> FlagState:
    """Every flag of the participant with its evidence, in one query."""
    record = FlagState()
    for row in session.connection().execute(_RECORD, {"who": participant_id}):
        family, severity = record.of(row.family), SEVERITY[row.evidence_severity]
        for key in row.evidence:
            family.seen[key] = max(family.seen.get(key, severity), severity)
        if row.status != "resolved":
            _feed(family, row, severity)
        alerted = row.change in ("raised", "worsened") and severity >= Severity.URGENT
        if alerted and row.family != "DIA":
            record.alerted_at = max(record.alerted_at or row.at, row.at)
    return record


def _feed(family: Family, row: Any, severity: Severity) -> None:
    if family.flag is None:
        own = (row.id, row.public_id, row.reference, row.rule, SEVERITY[row.severity])
        family.flag = Unresolved(*own, row.status, row.version, row.raised_at)
    family.flag.evidence.update(row.evidence)
    if severity == family.flag.severity:
        family.flag.fed_at = max(family.flag.fed_at, row.at)
