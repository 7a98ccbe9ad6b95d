"""Other thresholds: read them from a form, write them into the protocol's text, put them in force.

A change is a new version of the whole protocol; flags keep the version that raised them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.auth.identity import StaffMe
from app.i18n import Translator
from app.models.people import Staff
from app.models.trial import ProtocolVersion
from app.protocol.loader import bundled_protocol, load_protocol, parse_stored
from app.protocol.model import Protocol, ProtocolError
from app.safety.in_force import text_in_force

_V: Any = ProtocolVersion.__table__  # type: ignore[attr-defined]
_T: Any = Staff.__table__  # type: ignore[attr-defined]
_INSERT = insert(_V).returning(_V.c.id)
_HISTORY = (
    select(_V.c.version, _V.c.since, _T.c.name, _V.c.reason)
    .join(_T, _T.c.id == _V.c.set_by)
    .where(_V.c.site_id == bindparam("site"))
    .order_by(_V.c.since.desc(), _V.c.id.desc())
)
LARGEST = 10_000.0


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version that was put in force, by whom and why."""

    version: str
    since: datetime
    name: str
    reason: str


def history(session: Session, site_id: int) -> list[PastVersion]:
    """The newest first; the bundled version came before all of them."""
    return [PastVersion(*row) for row in session.execute(_HISTORY, {"site": site_id})]


def read_changes(
    typed: Mapping[str, str], protocol: Protocol, tr: Translator
) -> tuple[dict[str, float], dict[str, str]]:
    """Thresholds that differ from ``protocol``, and one sentence for each that is no number."""
    changes: dict[str, float] = {}
    errors: dict[str, str] = {}
    for name, threshold in protocol.thresholds.items():
        text = typed.get(name, "").strip().replace(",", ".")
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            errors[name] = tr("Write a number.")
            continue
        if not 0 <= value <= LARGEST:
            errors[name] = tr("Write a number from 0 to %(limit)s.", limit=int(LARGEST))
        elif isinstance(threshold.value, int) and value != int(value):
            errors[name] = tr("Write a whole number.")
        elif value != threshold.value:
            changes[name] = value
    return changes, errors


def rewritten(text: str, changes: Mapping[str, float], version: str, approved_by: str) -> str:
    """The protocol's text with other values, under its own version. Raises ProtocolError.

    Comments, units and sources stay; a changed version is approved by nobody yet but by whom
    the form names.
    """
    text = re.sub(r'(?m)^version = ".*"$', f'version = "{version}"', text, count=1)
    text = re.sub(r'(?m)^approved_by = ".*"$', f'approved_by = "{approved_by}"', text, count=1)
    for name, value in changes.items():
        family, _, key = name.partition(".")
        section = rf"(?ms)(^\[rules\.{re.escape(family)}\]$(?:(?!^\[).)*?"
        pattern = section + rf"^{re.escape(key)} = \{{ value = )[\d.]+"
        text, done = re.subn(pattern, rf"\g<1>{value:g}", text, count=1)
        if not done:
            raise ProtocolError(f"{name}: not found in the protocol's text")
    parse_stored(text)
    return text


def is_taken(session: Session, site_id: int, version: str) -> bool:
    """Whether flags of this site may already carry this version."""
    known = {one.version for one in history(session, site_id)}
    return version in known | {bundled_protocol().version, load_protocol().version}


def put_in_force(
    session: Session,
    me: StaffMe,
    changes: Mapping[str, float],
    version: str,
    approved_by: str,
    reason: str,
    now: datetime,
) -> None:
    """Store a new version; it holds from ``now`` on. Raises ProtocolError."""
    before = text_in_force(session, me.site_id, now)
    text = rewritten(before, changes, version, approved_by)
    old = parse_stored(before)
    values = {
        "site_id": me.site_id,
        "version": version,
        "text": text,
        "since": now,
        "set_by": me.id,
        "reason": reason,
    }
    row = int(session.execute(_INSERT, values).scalar_one())
    changed: dict[str, list[Any]] = {"version": [old.version, version]}
    changed |= {name: [old.thresholds[name].value, value] for name, value in changes.items()}
    subject = Subject("protocol_version", row)
    audit.record(
        session, me.actor, "protocol.change", subject, now=now, changes=changed, reason=reason
    )
