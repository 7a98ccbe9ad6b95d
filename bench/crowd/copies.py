"""Many participants in no time: those of a written database copied inside it, by SQL alone.

Even the few statements of ``bulk`` take minutes for thousands of people; what a query costs depends
on the rows that are there, not on who wrote them. Both databases understand the same statements.
"""

from datetime import timedelta
from typing import Any

import psycopg
from sqlmodel import SQLModel

from app.clock import utc_now
from app.settings import Settings
from bench.floor import connect

# Far above every number in use, so that a copy's rows never meet another's.
STEP = 1_000_000
WEEKS = 4
# What a recent row points at may be a little older.
POINTED_AT = WEEKS + 3
# A file that is thrown away needs no safety while it is filled.
FAST = (
    "foreign_keys = OFF",
    "synchronous = OFF",
    "journal_mode = OFF",
    "cache_size = -400000",
    "locking_mode = EXCLUSIVE",
)
TEMPLATES = 8
# Names that no two rows share.
OWN = ("public_id", "token", "code", "reference", "token_hash")
KEYS = (
    *("id", "participant_id", "checkin_id", "replaces_id", "flag_id", "session_id"),
    *("assignment_id", "worksheet_id", "copy_id"),
)
# Tables in the order in which their rows point at each other; by which column a row is recent.
OF_PARTICIPANT = {
    "dose": "day",
    "drink_day": "day",
    "substance_day": "day",
    "checkin": "started_at",
    "urinalysis": "",
    "counseling_session": "at",
    "note": "",
    "flag": "",
    "assignment": "assigned_at",
    "worksheet": "started_at",
}
OLDER = ("counseling_session", "assignment")
# And those that go with the rows of another: the pointer, and to which table.
OF_ANOTHER = {
    "checkin_judgement": ("checkin_id", "checkin"),
    "session_note": ("session_id", "counseling_session"),
    "brief_reading": ("session_id", "counseling_session"),
    "worksheet_draft": ("worksheet_id", "worksheet"),
    "worksheet_copy": ("worksheet_id", "worksheet"),
    "worksheet_comment": ("worksheet_id", "worksheet"),
}
PEOPLE = f"SELECT id FROM participant WHERE id < {STEP} ORDER BY id LIMIT {TEMPLATES}"


def add_crowd(settings: Settings, count: int) -> int:
    """Copies of the first participants with their last weeks; returns how many rows were added."""
    if settings.uses_sqlite:
        return _fill_file(settings, count)
    with psycopg.connect(settings.database_url, autocommit=True) as server:
        server.execute("SET session_replication_role = replica")
        added = _add(server, count)
        # What the server does by itself within a minute.
        server.execute("VACUUM ANALYZE")
    return added


def _fill_file(settings: Settings, count: int) -> int:
    database = connect(settings.data_dir)
    for pragma in FAST:
        database.execute(f"PRAGMA {pragma}")
    database.execute("BEGIN IMMEDIATE")
    added = _add(database, count)
    database.execute("COMMIT")
    database.execute("PRAGMA journal_mode = WAL")
    database.close()
    return added


def _add(database: Any, count: int) -> int:
    copies = f"k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < {count // TEMPLATES})"
    added = _copy(database, "participant", copies, f"t.id IN ({PEOPLE})")
    for name in OF_PARTICIPANT:
        added += _copy(database, name, copies, _recent(name, "t"))
    for name, (pointer, other) in OF_ANOTHER.items():
        theirs = f"SELECT o.id FROM {other} AS o WHERE {_recent(other, 'o')}"
        added += _copy(database, name, copies, f"t.{pointer} IN ({theirs})")
    return added


def _recent(name: str, alias: str) -> str:
    condition = f"{alias}.participant_id IN ({PEOPLE})"
    if not (column := OF_PARTICIPANT[name]):
        return condition
    weeks = POINTED_AT if name in OLDER else WEEKS
    since = (utc_now() - timedelta(weeks=weeks)).date().isoformat()
    return f"{condition} AND {alias}.{column} >= '{since}'"


def _copy(database: Any, name: str, copies: str, condition: str) -> int:
    """A copy of the chosen rows for each number of ``copies``; how many they are."""
    names = [column.name for column in SQLModel.metadata.tables[name].columns]
    values = [_value(column) for column in names]
    quoted = ", ".join(f'"{column}"' for column in names)
    done = database.execute(
        f'INSERT INTO "{name}" ({quoted}) WITH RECURSIVE {copies} '
        f'SELECT {", ".join(values)} FROM "{name}" AS t, k WHERE {condition}'
    )
    return int(done.rowcount)


def _value(name: str) -> str:
    if name == "counselor_id":
        return "NULL"  # on nobody's caseload
    if name in KEYS:
        return f't."{name}" + k.n * {STEP}'
    if name in OWN:
        return f"CAST(t.id + k.n * {STEP} AS VARCHAR(16))"
    return f't."{name}"'
