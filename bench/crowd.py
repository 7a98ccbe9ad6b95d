"""Many participants in no time: those of a written database copied inside it, by SQL alone.

Bulk loading through the product's own services takes minutes for thousands of people; what a
query costs depends on the rows that are there, not on who wrote them.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from app.clock import utc_now
from bench.floor import connect

# Far above every number in use, so that a copy's rows never meet another's.
STEP = 1_000_000
WEEKS = 4
# A file that is thrown away needs no safety while it is filled.
FAST = (
    "foreign_keys = OFF",
    "synchronous = OFF",
    "journal_mode = OFF",
    "cache_size = -400000",
    "locking_mode = EXCLUSIVE",
)
TEMPLATES = 8
OWN = ("public_id", "token", "code", "reference", "token_hash")
KEYS = ("id", "participant_id", "checkin_id", "replaces_id", "flag_id", "worksheet_id")
OF_PARTICIPANT = (
    "dose",
    "drink_day",
    "substance_day",
    "checkin",
    "urinalysis",
    "counseling_session",
    "note",
    "flag",
)
SINCE = {
    "dose": "day",
    "drink_day": "day",
    "substance_day": "day",
    "checkin": "started_at",
    "counseling_session": "at",
}


def add_crowd(folder: Path, count: int) -> int:
    """Copies of the first participants with their last weeks; returns how many rows were added."""
    database = connect(folder)
    for pragma in FAST:
        database.execute(f"PRAGMA {pragma}")
    database.execute("BEGIN IMMEDIATE")
    before = database.total_changes
    models = SQLModel.metadata.tables
    people = "SELECT id FROM participant ORDER BY id LIMIT 8"
    copies = f"k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < {count // TEMPLATES})"
    since = (utc_now() - timedelta(weeks=WEEKS)).date().isoformat()
    _copy(database, models["participant"], copies, f"t.id IN ({people})")
    for name in OF_PARTICIPANT:
        recent = f" AND t.{SINCE[name]} >= '{since}'" if name in SINCE else ""
        _copy(database, models[name], copies, f"t.participant_id IN ({people}){recent}")
    of_them = f"SELECT id FROM checkin WHERE participant_id IN ({people})"
    newest = f" AND t.at >= '{since}'"
    _copy(database, models["checkin_judgement"], copies, f"t.checkin_id IN ({of_them}){newest}")
    added: int = database.total_changes - before
    database.execute("COMMIT")
    database.execute("PRAGMA journal_mode = WAL")
    database.close()
    return added


def _copy(database: Any, table: Any, copies: str, condition: str) -> None:
    names = [column.name for column in table.columns]
    values = [_value(name) for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    database.execute(
        f'WITH RECURSIVE {copies} INSERT INTO "{table.name}" ({quoted}) '
        f'SELECT {", ".join(values)} FROM "{table.name}" AS t, k WHERE {condition}'
    )


def _value(name: str) -> str:
    if name == "counselor_id":
        return "NULL"  # on nobody's caseload
    if name in KEYS:
        return f't."{name}" + k.n * {STEP}'
    if name in OWN:
        return f"t.\"{name}\" || '-' || k.n"
    return f't."{name}"'
