"""Signatures as they are read beside a record, and whether what was signed still stands."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from app.models.audit import AUDIT_ENTRY
from app.models.signing import SIGNATURE
from app.signing.records import Store, digests
from app.signing.service import SIGN, TOLD

_LATER = SIGNATURE.alias("later")
_SIGNED = (
    select(SIGNATURE, _LATER.c.at.label("superseded_at"))
    .outerjoin(_LATER, _LATER.c.supersedes_id == SIGNATURE.c.id)
    .where(
        SIGNATURE.c.kind == bindparam("kind"),
        SIGNATURE.c.record_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(SIGNATURE.c.id)
)


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature, and what became of what was signed.

    ``superseded_at``: when another signature took its place. ``stands``: the record is still, byte
    for byte, what was signed.
    """

    id: int
    name: str
    words: str
    at: datetime
    superseded_at: datetime | None
    stands: bool
    count: int


def signatures_of(session: Session, kind: str, ids: Sequence[int]) -> dict[int, Signed]:
    """The newest signature of each record, by the record."""
    rows = session.execute(_SIGNED, {"kind": kind, "ids": list(ids)}).all() if ids else []
    now = digests(session, kind, sorted({row.record_id for row in rows}))
    times = Counter(row.record_id for row in rows)
    return {
        row.record_id: Signed(
            row.id,
            row.name,
            row.words,
            row.at,
            row.superseded_at,
            _holds(row, now),
            times[row.record_id],
        )
        for row in rows
    }


def verify(store: Store, kind: str, record: int) -> bool:
    """Whether the record is what its newest signature was given for; True where none was."""
    rows = store.execute(_SIGNED, {"kind": kind, "ids": [record]}).all()
    return not rows or _holds(rows[-1], digests(store, kind, [record]))


def _holds(row: Any, now: dict[int, str]) -> bool:
    return bool(row.digest == now.get(row.record_id))


# --- all of them, for the walk of a night -------------------------------------------------

_MANY = 500
# The record of a participant goes on: that it changed is shown beside the signature, and no fault.
GROWING = ("participant",)
_ALL = select(SIGNATURE).order_by(SIGNATURE.c.kind, SIGNATURE.c.id)
_TOLD = select(
    AUDIT_ENTRY.c.subject_kind,
    AUDIT_ENTRY.c.subject_id,
    AUDIT_ENTRY.c.at,
    AUDIT_ENTRY.c.actor,
    AUDIT_ENTRY.c.changes,
).where(AUDIT_ENTRY.c.action == SIGN)
# Notes that were closed before signatures had a table: the entry of the closing tells of them.
_CLOSED = select(
    AUDIT_ENTRY.c.subject_kind, AUDIT_ENTRY.c.subject_id, AUDIT_ENTRY.c.at, AUDIT_ENTRY.c.actor
).where(AUDIT_ENTRY.c.action.in_(("note.close", "note.amend")))


def faults(connection: Connection) -> list[str]:
    """A line for each signature that is gone, was altered, or whose record was.

    Every signature is repeated by its entry in the audit trail, which is chained: so neither can
    be made, changed or taken away without the other.
    """
    told = {_number(row.changes): row for row in connection.execute(_TOLD)}
    closed = {tuple(row) for row in connection.execute(_CLOSED)}
    found = []
    seen = set()
    for row, stands in _all(connection):
        seen.add(row.id)
        entry = told.get(row.id)
        where = f"signature {row.id} ({row.kind} {row.record_id})"
        if entry is None and _closing(row) not in closed:
            found.append(f"{where} has no entry in the audit trail")
        elif entry is not None and _said(row) != _repeated(entry):
            found.append(f"{where} was altered")
        elif not stands:
            found.append(f"{where}: the record is not what was signed")
    found += [f"signature {gone} is missing" for gone in sorted(told.keys() - seen)]
    return found


def _all(connection: Connection) -> Iterator[tuple[Any, bool]]:
    """Each signature, and whether its record stands as it was signed."""
    rows = connection.execute(_ALL.execution_options(yield_per=_MANY))
    for some in rows.partitions(_MANY):
        for kind in {row.kind for row in some}:
            theirs = [row for row in some if row.kind == kind]
            if kind in GROWING:
                yield from ((row, True) for row in theirs)
                continue
            now = digests(connection, kind, [row.record_id for row in theirs])
            yield from ((row, _holds(row, now)) for row in theirs)


def _number(changes: Any) -> Any:
    return changes.get("id", [None, None])[1]


def _closing(row: Any) -> tuple[Any, ...]:
    return (row.kind, row.record_id, row.at, f"staff:{row.staff_id}")


def _said(row: Any) -> tuple[Any, ...]:
    return (*_closing(row), *(getattr(row, name) for name in TOLD))


def _repeated(entry: Any) -> tuple[Any, ...]:
    values = (entry.changes.get(name, [None, None])[1] for name in TOLD)
    return (entry.subject_kind, entry.subject_id, entry.at, entry.actor, *values)
