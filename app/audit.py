"""The audit trail: ``record`` notes an entry, and the commit appends it to its site's chain.

Entries are chained: ``hash = SHA-256(previous hash, the entry)``. Each site has a chain of its own,
and what belongs to no site has one, so that no site waits for another; a chain is held from just
before the commit to its end, and for nothing else. Cutting off the tail leaves a chain whole, and
removing all of a site leaves no trace in the others, so the root over all heads also leaves the
machine by mail, and is witnessed by an entry that verification goes by.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, event, insert, select, text
from sqlalchemy.orm import Session
from sqlmodel import Session as OurSession

from app.db import note_entry, noted_entries, write
from app.models.audit import AUDIT_ENTRY

GENESIS = "0" * 64
# The chain of what belongs to no site.
NO_SITE = 0
WITNESS = "audit.witness"
_LAST = (
    select(AUDIT_ENTRY.c.seq, AUDIT_ENTRY.c.hash)
    .where(AUDIT_ENTRY.c.chain == bindparam("chain"))
    .order_by(AUDIT_ENTRY.c.seq.desc())
    .limit(1)
)
_INSERT = insert(AUDIT_ENTRY)
# One number for each chain: its appends queue behind it on PostgreSQL.
_CHAIN_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_FIRST_KEY = 4417001 << 32
# From chain to chain by the index: counting them would read every entry.
_HEADS = text(
    "WITH RECURSIVE chains(chain) AS (SELECT min(chain) FROM audit_entry UNION ALL "
    "SELECT (SELECT min(a.chain) FROM audit_entry a WHERE a.chain > chains.chain) "
    "FROM chains WHERE chains.chain IS NOT NULL) "
    "SELECT a.chain, a.seq, a.hash FROM chains JOIN audit_entry a ON a.chain = chains.chain "
    "WHERE a.seq = (SELECT max(b.seq) FROM audit_entry b WHERE b.chain = chains.chain) "
    "ORDER BY a.chain"
)
_CHAINED = (
    "chain",
    "seq",
    "at",
    "actor",
    "role",
    "action",
    "subject_kind",
    "subject_id",
    "reason",
    "request_id",
    "client_at",
    "changes_digest",
    "previous",
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: ``name`` is participant:7, staff:3 or system:worker; ``site_id`` names the chain
    of what they do, None if it belongs to no site."""

    name: str
    role: str = ""
    request_id: str = ""
    site_id: int | None = None


SYSTEM = Actor("system:daybook")


def system(site_id: int) -> Actor:
    """The product itself, about something of a site."""
    return Actor(SYSTEM.name, site_id=site_id)


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
    """Note one entry, which the commit appends; a rollback forgets it.

    ``changes`` is {field: [old, new]}, values as JSON takes them.
    """
    details = dict(changes or {})
    entry = {
        "chain": actor.site_id or NO_SITE,
        "at": now,
        "actor": actor.name,
        "role": actor.role,
        "action": action,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "reason": reason,
        "request_id": actor.request_id,
        "client_at": client_at,
        "changes": details,
        "changes_digest": _digest(details),
    }
    note_entry(session, entry)


# Registered after the guard of ``app.db``, which has flushed by now and refused what has no entry.
@event.listens_for(OurSession, "before_commit")
def _append_noted(session: Session) -> None:
    """Append what was noted, at the very end; a savepoint leaves it to its transaction."""
    if session.in_nested_transaction():
        return
    # In one order, so that no two transactions wait for each other's chain.
    entries = sorted(noted_entries(session), key=_chain_of)
    for chain, together in groupby(entries, key=_chain_of):
        hold_chain(session, chain)
        write(session, _INSERT, _linked(session, chain, together))


def _chain_of(entry: Mapping[str, Any]) -> int:
    chain: int = entry["chain"]
    return chain


def hold_chain(session: Session, chain: int) -> None:
    """Queue behind every other writer of the chain, until this transaction ends.

    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_CHAIN_LOCK, {"key": _FIRST_KEY + chain})


def _linked(
    session: Session, chain: int, entries: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The entries as rows, each with its place behind the last of the chain."""
    last = session.connection().execute(_LAST, {"chain": chain}).first()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    rows = []
    for entry in entries:
        seq += 1
        row = {**entry, "seq": seq, "previous": previous}
        row["hash"] = previous = chain_hash(row)
        rows.append(row)
    return rows


def chain_hash(entry: Mapping[str, Any]) -> str:
    """The hash of one entry over its chained fields, as hex."""
    return _digest([_plain(entry[field]) for field in _CHAINED])


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _digest(value: Any) -> str:
    body = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


# For each chain, what was witnessed: the hashes that its entry of a number was said to have.
Kept = dict[int, dict[int, set[str]]]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many entries, and the last hash."""

    chain: int
    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Trail:
    """All chains, by their heads in the order of their numbers."""

    heads: tuple[Head, ...]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.heads)

    @property
    def root(self) -> str:
        """One hash for the heads of all chains."""
        return _root(self.as_json)

    @property
    def as_json(self) -> list[list[Any]]:
        return [[one.chain, one.count, one.hash] for one in self.heads]


def _root(heads: Sequence[Sequence[Any]]) -> str:
    return _digest([list(one) for one in heads])


def trail(session: Session) -> Trail:
    """All chains as they stand; nothing is walked."""
    return Trail(tuple(Head(*row) for row in session.execute(_HEADS).all()))


def witness(session: Session, actor: Actor, subject: Subject, now: datetime) -> Trail:
    """Write down where all chains end now, and return it for somebody outside to keep."""
    found = trail(session)
    changes = {"root": [None, found.root], "heads": [None, found.as_json]}
    record(session, actor, WITNESS, subject, now=now, changes=changes)
    return found


def was_witnessed(connection: Connection, root: str) -> bool:
    """Whether an entry of the trail tells of this root, as somebody outside has kept it."""
    return any(root == told == _root(heads) for told, heads in _witnessed(connection))


def verify(connection: Connection) -> tuple[Trail, list[str]]:
    """Walk every chain; returns their heads and one line for each fault found."""
    kept: Kept = defaultdict(dict)
    for _, told in _witnessed(connection):
        for chain, count, end in told:
            kept[chain].setdefault(count, set()).add(end)
    faults: list[str] = []
    heads = [
        _walk(chain, rows, kept[chain], faults)
        for chain, rows in groupby(_entries(connection), key=_chain_of)
    ]
    ends = {one.chain: one.count for one in heads}
    for chain, counts in sorted(kept.items()):
        told_of, there = max(counts, default=0), ends.get(chain, 0)
        if told_of > there:
            faults.append(f"{named(chain)}: {told_of} entries were witnessed, {there} are there")
    return Trail(tuple(heads)), faults


def _walk(chain: int, rows: Iterable[Any], kept: Mapping[int, set[str]], faults: list[str]) -> Head:
    previous, expected = GENESIS, 1
    for row in rows:
        where = f"{named(chain)}: entry {row['seq']}"
        if row["seq"] != expected:
            faults.append(f"{named(chain)}: entry {expected} is missing")
            expected = row["seq"]
        if row["previous"] != previous:
            faults.append(f"{where} does not follow the one before")
        if row["hash"] != chain_hash(row) or row["changes_digest"] != _digest(row["changes"]):
            faults.append(f"{where} was altered")
        if kept.get(row["seq"], set()) - {row["hash"]}:
            faults.append(f"{where} is not the one that was witnessed")
        previous, expected = row["hash"], expected + 1
    return Head(chain, expected - 1, previous)


def named(chain: int) -> str:
    """Whose chain it is."""
    return f"site {chain}" if chain != NO_SITE else "no site"


def _entries(connection: Connection) -> Iterator[Any]:
    ordered = select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.chain, AUDIT_ENTRY.c.seq)
    streamed = ordered.execution_options(yield_per=1000)
    yield from connection.execute(streamed).mappings()


def _witnessed(connection: Connection) -> Iterator[tuple[str, list[list[Any]]]]:
    """The root and the heads that each witness tells; what was made of one by hand tells none."""
    asked = select(AUDIT_ENTRY.c.changes).where(AUDIT_ENTRY.c.action == WITNESS)
    for changes in connection.execute(asked).scalars():
        try:
            yield changes["root"][1], [[int(a), int(b), str(c)] for a, b, c in changes["heads"][1]]
        except (KeyError, IndexError, TypeError, ValueError):
            continue
