"""The audit trail: ``record`` writes one entry in the transaction of the change.

Entries are chained: ``hash = SHA-256(previous hash, the entry)``. Cutting off the
tail leaves a chain whole, so its head and count also leave the machine by mail.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Session

from app.db import mark_audited, write
from app.models.audit import AUDIT_ENTRY

GENESIS = "0" * 64
_LAST = select(AUDIT_ENTRY.c.seq, AUDIT_ENTRY.c.hash).order_by(AUDIT_ENTRY.c.seq.desc()).limit(1)
_INSERT = insert(AUDIT_ENTRY)
# One number for the whole product: appends to the chain queue behind it on PostgreSQL.
_APPEND_LOCK = text("SELECT pg_advisory_xact_lock(4417001)")
_CHAINED = (
    "seq",
    "at",
    "actor",
    "role",
    "action",
    "subject_kind",
    "subject_id",
    "site_id",
    "reason",
    "request_id",
    "client_at",
    "changes_digest",
    "previous",
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: ``name`` is participant:7, staff:3 or system:worker."""

    name: str
    role: str = ""
    request_id: str = ""
    site_id: int | None = None


SYSTEM = Actor("system:daybook")


@dataclass(frozen=True, slots=True)
class Subject:
    kind: str
    id: int


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: Subject,
    *,
    now: datetime,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    client_at: datetime | None = None,
) -> None:
    """Append one entry. ``changes`` is {field: [old, new]}, values as JSON takes them."""
    wait_for_turn(session)
    last = session.connection().execute(_LAST).first()
    details = dict(changes or {})
    entry = {
        "seq": (last.seq if last else 0) + 1,
        "at": now,
        "actor": actor.name,
        "role": actor.role,
        "action": action,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "site_id": actor.site_id,
        "reason": reason,
        "request_id": actor.request_id,
        "client_at": client_at,
        "changes_digest": _digest(details),
        "previous": last.hash if last else GENESIS,
    }
    write(session, _INSERT, {**entry, "changes": details, "hash": chain_hash(entry)})
    mark_audited(session)


def wait_for_turn(session: Session) -> None:
    """Queue behind every other writer of the trail, until this transaction ends.

    ``record`` does so by itself. Who decides from rows that others may be changing asks first;
    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_APPEND_LOCK)


def chain_hash(entry: Mapping[str, Any]) -> str:
    """The hash of one entry over its chained fields, as hex."""
    return _digest([_plain(entry[field]) for field in _CHAINED])


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _digest(value: Any) -> str:
    body = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many entries, and the last hash."""

    count: int
    hash: str


def head(session: Session) -> Head:
    """The end of the chain as it stands; nothing is walked."""
    last = session.connection().execute(_LAST).first()
    return Head(last.seq, last.hash) if last else Head(0, GENESIS)


def verify(connection: Connection) -> tuple[Head, list[str]]:
    """Walk the chain; returns its head and one line for each fault found."""
    faults: list[str] = []
    previous, expected = GENESIS, 1
    for row in _entries(connection):
        if row["seq"] != expected:
            faults.append(f"entry {expected} is missing")
            expected = row["seq"]
        if row["previous"] != previous:
            faults.append(f"entry {row['seq']} does not follow the one before")
        if row["hash"] != chain_hash(row) or row["changes_digest"] != _digest(row["changes"]):
            faults.append(f"entry {row['seq']} was altered")
        previous, expected = row["hash"], expected + 1
    return Head(expected - 1, previous), faults


def _entries(connection: Connection) -> Iterator[Any]:
    streamed = connection.execution_options(yield_per=1000)
    yield from streamed.execute(select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.seq)).mappings()
