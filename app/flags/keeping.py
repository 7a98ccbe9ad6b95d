"""Flags in tables: raise one, feed it, change it, each with its evidence and its audit entry."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app import audit
from app.alerts.alerting import Alerted, Person
from app.audit import Actor, Subject
from app.flags.reference import new_reference
from app.flags.state import FlagState, Unresolved
from app.models.base import public_id
from app.models.flags import FLAG, FLAG_EVIDENCE
from app.protocol.model import Protocol
from app.rules.due import due_after
from app.rules.finding import Finding, Severity
from app.rules.life import Change, Decision
from app.rules.transitions import ADD, WORSEN, next_status

# Of the rules' code; thresholds have the protocol's version.
RULES_VERSION = "2"
_TAKEN = select(FLAG.c.id).where(FLAG.c.reference == bindparam("reference"))
_RAISE = insert(FLAG).returning(FLAG.c.id)
_EVIDENCE = insert(FLAG_EVIDENCE)


@dataclass(slots=True)
class Case:
    """One evaluation of one participant, and what it led to so far."""

    session: Session
    person: Person
    record: FlagState
    protocol: Protocol
    actor: Actor
    now: datetime
    alerted: list[Alerted] = field(default_factory=list)
    fresh: dict[str, Severity] = field(default_factory=dict)


def raise_flag(case: Case, lead: Finding) -> Alerted:
    key, reference = public_id(), _free_reference(case.session)
    values = {
        "public_id": key,
        "reference": reference,
        "participant_id": case.person.id,
        "site_id": case.person.site_id,
        "family": lead.family,
        "rule": lead.rule,
        "severity": lead.severity.word,
        "status": "open",
        "raised_at": case.now,
        "about": lead.about,
        "due_at": _due_at(case, lead),
        "protocol_version": case.protocol.version,
        "rules_version": RULES_VERSION,
        "version": 1,
    }
    flag_id = int(case.session.execute(_RAISE, values).scalar_one())
    changes = {"rule": [None, lead.rule], "severity": [None, lead.severity.word]}
    record_change(case, "flag.raise", flag_id, changes)
    return Alerted(flag_id, key, reference, lead.severity)


def feed_flag(case: Case, flag: Unresolved, decision: Decision, lead: Finding) -> Alerted:
    """New evidence for an open flag; worse evidence renames it and opens it again."""
    changes: dict[str, Any] = {"evidence": [None, list(lead.evidence)]}
    if decision.change is Change.WORSENED:
        status = allowed(flag.status, WORSEN)
        changes |= {
            "rule": [flag.rule, lead.rule],
            "severity": [flag.severity.word, lead.severity.word],
            "status": [flag.status, status],
        }
        change_flag(
            case,
            flag,
            status=status,
            rule=lead.rule,
            severity=lead.severity.word,
            about=lead.about,
            due_at=_due_at(case, lead),
            protocol_version=case.protocol.version,
            rules_version=RULES_VERSION,
            acknowledged_at=None,
            acknowledged_by=None,
        )
    else:
        change_flag(case, flag, status=allowed(flag.status, ADD))
    record_change(case, f"flag.{decision.change.value}", flag.id, changes)
    return Alerted(flag.id, flag.public_id, flag.reference, lead.severity)


def change_flag(case: Case, flag: Unresolved, **values: Any) -> None:
    case.session.execute(
        update(FLAG).where(FLAG.c.id == flag.id).values(version=flag.version + 1, **values)
    )


def allowed(status: str, action: str) -> str:
    found = next_status(status, action)
    if found is None:
        raise ValueError(f"a flag that is {status} takes no {action}")
    return found


def keep_evidence(case: Case, flag_id: int, finding: Finding, change: Change) -> None:
    values = {
        "flag_id": flag_id,
        "at": case.now,
        "rule": finding.rule,
        "severity": finding.severity.word,
        "about": finding.about,
        "keys": list(finding.evidence),
        "because": [reason.as_json() for reason in finding.because],
        "facts": dict(finding.facts),
        "change": change.value,
    }
    case.session.execute(_EVIDENCE, values)


def record_change(case: Case, action: str, flag_id: int, changes: dict[str, Any]) -> None:
    subject = Subject("flag", flag_id)
    audit.record(case.session, case.actor, action, subject, now=case.now, changes=changes)


def _due_at(case: Case, lead: Finding) -> datetime | None:
    """By when staff act; None is "before the next session"."""
    zone = case.person.site_zone
    return due_after(lead.rule, lead.severity, case.now, case.protocol, zone)


def _free_reference(session: Session) -> str:
    reference = new_reference()
    while session.execute(_TAKEN, {"reference": reference}).first():
        reference = new_reference()
    return reference
