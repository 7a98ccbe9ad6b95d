"""What is signed, byte by byte: the version of a record in one form that is always the same.

A kind of record says here which rows are its version. The form is JSON with sorted keys, so that
whoever has the rows can work out the hash without this program.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from app.models.counseling import SESSION_NOTE, SESSION_NOTE_TEXT
from app.models.trial import PROTOCOL_VERSION
from app.signing.casebook import casebooks

Store = Session | Connection
Rows = Mapping[int, Any]
_IDS: Any = bindparam("ids", expanding=True)
_NOTE_FIELDS = (
    "session_id",
    "participant_id",
    "replaces_id",
    "attendance",
    "topics",
    "sheets",
    "plan",
    "risk_asked",
    "next_on",
    "reason",
    "written_by",
    "written_at",
)
_NOTES = (
    select(SESSION_NOTE.c.id, *(SESSION_NOTE.c[name] for name in _NOTE_FIELDS))
    .add_columns(SESSION_NOTE_TEXT.c.text)
    .outerjoin(SESSION_NOTE_TEXT, SESSION_NOTE_TEXT.c.note_id == SESSION_NOTE.c.id)
    .where(SESSION_NOTE.c.id.in_(_IDS))
)
_VERSIONS = select(PROTOCOL_VERSION).where(PROTOCOL_VERSION.c.id.in_(_IDS))


def _of(statement: Any) -> Callable[[Store, Sequence[int]], Rows]:
    """Records that are one row each."""

    def read(store: Store, ids: Sequence[int]) -> Rows:
        found = store.execute(statement, {"ids": list(ids)}).mappings()
        return {row["id"]: dict(row) for row in found}

    return read


READERS: dict[str, Callable[[Store, Sequence[int]], Rows]] = {
    "session_note": _of(_NOTES),
    "protocol_version": _of(_VERSIONS),
    "participant": casebooks,
}


def digests(store: Store, kind: str, ids: Sequence[int]) -> dict[int, str]:
    """The SHA-256 of each record as it stands; one that is gone is left out."""
    found = READERS[kind](store, ids) if ids else {}
    return {id_: digest_of(kind, record) for id_, record in found.items()}


def digest_of(kind: str, record: Any) -> str:
    """The SHA-256 of one record, as hex."""
    return hashlib.sha256(canonical(kind, record)).hexdigest()


def canonical(kind: str, record: Any) -> bytes:
    """The bytes that are signed."""
    said = {"kind": kind, "record": record}
    text = json.dumps(
        said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain
    )
    return text.encode()


def _plain(value: Any) -> str:
    """Moments in UTC, whichever database had them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is in no record")
