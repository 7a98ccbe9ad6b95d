"""Other thresholds: read them from a form, write them into the protocol's text, put them in force.

A change is a new version of the whole protocol; flags keep the version that raised them.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_type_hints

from sqlalchemy import bindparam, insert, select
from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.i18n import Translator
from app.models.people import STAFF
from app.models.trial import PROTOCOL_VERSION
from app.protocol.in_force import all_versions, forget_protocol, text_in_force
from app.protocol.loader import parse_stored, with_every_number
from app.protocol.model import Protocol, ProtocolError
from app.protocol.thresholds import Thresholds
from app.protocol.writing import as_toml
from app.signing.queries import Signed, signatures_of
from app.signing.service import Declared, Version, sign
from app.typed import number, two_ways
from app.visit.identity import StaffMe
from app.web.forms import TWO_WAYS

_INSERT = insert(PROTOCOL_VERSION).returning(PROTOCOL_VERSION.c.id)
_FORMER = (
    select(PROTOCOL_VERSION.c.id)
    .where(PROTOCOL_VERSION.c.site_id == bindparam("site"))
    .order_by(PROTOCOL_VERSION.c.since.desc(), PROTOCOL_VERSION.c.id.desc())
    .limit(1)
)
_HISTORY = (
    select(
        PROTOCOL_VERSION.c.id,
        PROTOCOL_VERSION.c.version,
        PROTOCOL_VERSION.c.since,
        STAFF.c.name,
        PROTOCOL_VERSION.c.reason,
        PROTOCOL_VERSION.c.text,
    )
    .join(STAFF, STAFF.c.id == PROTOCOL_VERSION.c.set_by)
    .where(PROTOCOL_VERSION.c.site_id == bindparam("site"))
    .order_by(PROTOCOL_VERSION.c.since.desc(), PROTOCOL_VERSION.c.id.desc())
)
LARGEST = 10_000.0
# Days, groups and check-ins are counted; 38.5 °C may stand where the file happens to say 38.
WHOLE = {
    f"{family}.{name}"
    for family, cls in get_type_hints(Thresholds).items()
    for name, kind in get_type_hints(cls).items()
    if kind is int
}


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version that was put in force, by whom and why, and which physician approved it."""

    version: str
    since: datetime
    name: str
    reason: str
    approved_by: str
    """the physician; empty where the version was put in force without approval"""
    signed: Signed | None
    """by whoever put it in force; None of versions from before signatures"""


def history(session: Session, site_id: int) -> list[PastVersion]:
    """The newest first; the bundled version came before all of them."""
    rows = session.execute(_HISTORY, {"site": site_id}).all()
    signed = signatures_of(session, "protocol_version", [row.id for row in rows])
    return [
        PastVersion(
            row.version,
            row.since,
            row.name,
            row.reason,
            _approved_by(row.text),
            signed.get(row.id),
        )
        for row in rows
    ]


def _approved_by(text: str) -> str:
    """Whose name a stored version bears; nobody's where it was damaged."""
    try:
        return parse_stored(text).approved_by
    except ProtocolError:
        return ""


def read_changes(
    typed: Mapping[str, Sequence[str]], protocol: Protocol, tr: Translator
) -> tuple[dict[str, float], dict[str, str]]:
    """Thresholds that differ from ``protocol``, and one sentence for each that cannot hold."""
    changes: dict[str, float] = {}
    errors: dict[str, str] = {}
    for name, threshold in protocol.thresholds.items():
        values = typed.get(name, ())
        if len(values) > 1:
            errors[name] = tr("This came twice. Please answer it once.")
        elif values and (wrong := _wrong(values[0], name in WHOLE, tr)):
            errors[name] = wrong
        elif values and (value := _number(values[0])) != threshold.value:
            changes[name] = value
    return changes, errors


def _number(text: str) -> float:
    """As a reader of either language writes it. Raises ValueError."""
    return float(number(text))


def _wrong(text: str, whole: bool, tr: Translator) -> str:
    """What is wrong with ``text`` as a number of its kind; nothing where it can hold."""
    if two_ways(text):
        return tr(TWO_WAYS)
    try:
        number = _number(text)
    except ValueError:
        return tr("Write a number.")
    if not 0 <= number <= LARGEST:
        return tr("Write a number from 0 to %(limit)s.", limit=int(LARGEST))
    if whole and not number.is_integer():
        return tr("Write a whole number.")
    return ""


def rewritten(text: str, changes: Mapping[str, float], version: str, approved_by: str) -> str:
    """The protocol's text with other values, under its own version. Raises ProtocolError.

    Read, changed and written as data, so that it holds what was asked for however the text was
    laid out and whatever letters a name has. Units and sources stay, comments do not; a changed
    version is approved by nobody yet but by whom the form names.
    """
    data = with_every_number(tomllib.loads(text))
    data |= {"version": version, "approved_by": approved_by}
    for name, value in changes.items():
        family, _, key = name.partition(".")
        row = data["rules"].get(family, {}).get(key)
        if row is None:
            raise ProtocolError(f"{name}: not found in the protocol's text")
        row["value"] = int(value) if float(value).is_integer() else value
    found = as_toml(data)
    parse_stored(found)
    return found


def is_taken(session: Session, site_id: int, version: str) -> bool:
    """Whether flags of this site may already carry this version."""
    known = {one.version for one in history(session, site_id)}
    return version in known | all_versions(session, site_id).keys()


def put_in_force(
    session: Session,
    me: StaffMe,
    changes: Mapping[str, float],
    version: str,
    approved_by: str,
    reason: str,
    by: Declared,
    now: datetime,
) -> None:
    """Store a new version and sign it; it holds from ``now`` on. Raises ProtocolError."""
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
    former = session.execute(_FORMER, {"site": me.site_id}).scalar()
    row = int(session.execute(_INSERT, values).scalar_one())
    sign(session, by, Version("protocol_version", row, version), now, former=former)
    forget_protocol(session, me.site_id)
    changed: dict[str, list[Any]] = {"version": [old.version, version]}
    if approved_by != old.approved_by:
        changed["approved_by"] = [old.approved_by, approved_by]
    changed |= {name: [old.thresholds[name].value, value] for name, value in changes.items()}
    subject = Subject("protocol_version", row)
    audit.record(
        session, me.actor, "protocol.change", subject, now=now, changes=changed, reason=reason
    )
