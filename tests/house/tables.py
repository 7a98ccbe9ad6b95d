"""Every table at once: one row in each, and a digest of what all of them hold."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import JSON as Json
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    select,
)
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from app import audit
from app.audit import SYSTEM, Subject
from app.board.pooled import Enrolment, pool
from app.db import Database
from app.models.base import metadata
from app.protocol.loader import load_protocol
from tests.cast import NOW

CANARY = "quetzalcoatl"
"""a word that no page and no code has: where it shows up, a person's data does"""
HOSTILE = f"{CANARY} \"'><img src=x onerror=alert(1)><script>alert(2)</script>{{{{7*7}}}}"
"""what every free text holds: a page that does not escape it shows an image and a script"""

PICTURE = replace(
    pool([], load_protocol(), date(2026, 11, 22), Enrolment(3, 1), {}),
    endings={"lost all": 1},
    events={"all": 1, "open": 1, "serious": 0, "proposed": 0, "grade 2": 1},
)
# Values without which no page could show the row.
FITTING: dict[str, dict[str, Any]] = {
    "board": {"content": PICTURE.plain()},
    "checkin": {"instrument": "side_effects", "version": 1},
    "screen": {"instrument": "mood", "version": 1},
    "consent": {"kind": "given", "rounds": 1, "text_version": 1, "name_sealed": ""},
    "consent_version": {"text_version": 1, "change": "minor"},
    "preference": {"values": {"large": False}},
    "export": {"form": "csv"},
    "flag": {"family": "WDL", "rule": "WDL-1", "status": "open"},
    "flag_evidence": {"rule": "WDL-1", "change": "raised"},
    "flag_action": {"action": "acknowledge"},
    "drink_day": {
        "items": [{"beverage": "vodka", "ml": 50, "abv": 40, "count": 1, "grams": 15.8}],
        "grams": 15.8,
    },
    "substance_day": {"items": [{"substance": "opioid", "note": HOSTILE}]},
    # Lifted, so that it keeps nobody from anything.
    "record_lock": {"scope": "participant", "lifted_at": NOW},
    "signature": {"digest": "0" * 64},
    "urinalysis": {"results": {"opioid": "negative"}},
    "dose": {"taken": True, "at": NOW, "mg": 36.0},
    "message": {"status": "sent", "sent_at": NOW},
    "note": {"text": HOSTILE},
    "hold": {"lifted_at": NOW},
    "assignment": {"sheet_key": "rulers"},
    "worksheet": {"sheet_key": "values", "sheet_version": 1},
    "adverse_version": {
        "verdict": "event",
        "term": HOSTILE,
        "began_on": date(2026, 11, 22),
        "grade": 2,
        "scale": "CTCAE 5.0",
        "serious": [],
        "causality": "possible",
        "expected": "expected",
        "dechallenge": "unknown",
        "rechallenge": "unknown",
        "action": "unchanged",
        "outcome": "recovered",
        "aware_at": NOW,
    },
    "task_step": {"outcome": "reached"},
    "worksheet_copy": {"shared_at": NOW, "values": {"meaning": HOSTILE}},
}


def tables() -> list[Table]:
    return list(metadata.sorted_tables)


def digest(database: Database, without: Collection[str] = ()) -> dict[str, str]:
    """One hash a table over all of its rows; equal digests mean that nothing changed."""
    with database.read() as session:
        return {
            table.name: _digest_of(session, table)
            for table in tables()
            if table.name not in without
        }


def _digest_of(session: Session, table: Table) -> str:
    rows = session.execute(select(table).order_by(*table.primary_key.columns)).all()
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()


def count(session: Session, table: Table) -> int:
    return len(session.execute(select(table)).all())


def sow(session: Session, known: dict[str, Any]) -> None:
    """One row in every table, about the person in ``known``; ends with its audit entry.

    ``known`` names columns that must have a given value wherever they occur, such as
    participant_id, site_id, public_id or staff_id; a table whose name is a key is left out,
    its value being the id of the row that stands for it.
    """
    made: dict[str, Any] = dict(known)
    for table in tables():
        if table.name in made or table.name == "audit_entry":
            continue
        row = _row(table, made)
        made[table.name] = _already(session, table, row)
        if made[table.name] is None:
            result = session.execute(table.insert(), row)
            made[table.name] = result.inserted_primary_key[0]  # type: ignore[attr-defined]
    audit.record(session, SYSTEM, "test.sow", Subject("site", 1), now=NOW)


def _already(session: Session, table: Table, row: dict[str, Any]) -> Any:
    """The key of a row that stands in the way: two people of one site share what is its own."""
    unique = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    for columns in (each.columns for each in (table.primary_key, *unique)):
        if all(column.name in row for column in columns):
            same = [column == row[column.name] for column in columns]
            found = session.execute(select(*table.primary_key.columns).where(*same)).first()
            if found is not None:
                return found[0]
    return None


def _row(table: Table, made: dict[str, Any]) -> dict[str, Any]:
    fitting = FITTING.get(table.name, {})
    return {
        column.name: fitting.get(column.name, _value(table, column, made))
        for column in table.columns
        if column.name in fitting or not _left_to_the_database(table, column, made)
    }


def _left_to_the_database(table: Table, column: Column[Any], made: dict[str, Any]) -> bool:
    own_number = column.primary_key and not column.foreign_keys
    given = bool(column.foreign_keys) or column.name in made
    optional = not given and (column.nullable or column.default is not None)
    replaces = any(key.column.table is table for key in column.foreign_keys)
    return replaces or optional or (own_number and isinstance(column.type, Integer))


def _value(table: Table, column: Column[Any], made: dict[str, Any]) -> Any:
    if column.name in made:
        return made[column.name]
    for key in column.foreign_keys:
        if key.column.table.name in made:
            return made[key.column.table.name]
    listed = _listed(table, column.name)
    if listed:
        return listed
    by_type: list[tuple[Any, Any]] = [
        (UTCDateTime, NOW),
        (Boolean, False),
        (Integer, 1),
        (Float, 1.0),
        (Date, date(2026, 11, 22)),
        (Json, {}),
    ]
    for kind, value in by_type:
        if isinstance(column.type, kind):
            return value
    if isinstance(column.type, Text):
        return HOSTILE
    unique = column.unique or column.primary_key
    return f"{made.get('public_id', '')[:6]}{column.name}"[:10] if unique else CANARY[:2]


def _listed(table: Table, name: str) -> str | None:
    """The first value of a CHECK such as ``status IN ('open', …)``."""
    for check in table.constraints:
        if isinstance(check, CheckConstraint):
            found = re.match(rf"{name} IN \('([^']*)'", str(check.sqltext))
            if found:
                return found.group(1)
    return None
