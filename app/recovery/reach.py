"""What belongs to a site: every table is either in its archive, or named here with the reason.

A row is the site's by its own column, or by the row that it belongs to.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Column, Select, Table, select

from app.models.base import metadata

LEFT_OUT = {
    "audit_entry": "the audit trail has a part of its own",
    "participant_contact": "who a code is; sealed, and erased apart",
    "session_note_text": "free text of counselor and investigator, which is in no export",
    "worksheet_draft": "the participant's own until it is shared",
    "marker_day": "the participant's own",
    "held_post": "sealed, and not sent yet",
    "device": "opens a door",
    "invitation": "opens a door",
    "staff_link": "opens a door",
    "auth_session": "opens a door",
    "factor": "opens a door",
    "recovery_code": "opens a door",
    "passkey_challenge": "opens a door",
    "throttle": "counts attempts at a door",
    "export": "a piece of work, whose file is gone after a day",
    "heartbeat": "the server's own",
    "message": "mail, which tells nothing of anybody",
    "attempt": "mail, which tells nothing of anybody",
}
# Of what participants choose to share, what they have shared and not taken back.
SHARED = "worksheet_copy"
# Row by row these tell nothing of the record, and open something or other.
_SECRET = ("_hash", "_sealed")


@cache
def archived() -> tuple[Table, ...]:
    """Every table of the archive, parents before children."""
    return tuple(one for one in metadata.sorted_tables if one.name not in LEFT_OUT)


def columns_of(table: Table) -> list[Column[Any]]:
    return [one for one in table.columns if not one.name.endswith(_SECRET)]


@cache
def belongs_by(table: Table) -> tuple[Column[Any], Column[Any]] | None:
    """The column by which a row is its site's, and what it refers to. Raises LookupError.

    None for the site itself.
    """
    if table.name == "site":
        return None
    keys = [key for column in table.columns for key in column.foreign_keys]
    keys.sort(key=lambda key: _ORDER.get(key.column.table.name, 2))
    for key in keys:
        if key.column.table in archived() and key.column.name == "id" and key.column.table != table:
            return key.parent, key.column
    raise LookupError(f"{table.name} belongs to no site: enter it in LEFT_OUT, with the reason")


_ORDER = {"participant": 0, "site": 1}


def of_site(table: Table, site: int) -> Select[Any]:
    """The rows of a table that are the site's, in the order of their numbers."""
    wanted = select(*columns_of(table)).where(*_conditions(table, site))
    return wanted.order_by(*table.primary_key.columns)


def _conditions(table: Table, site: int) -> Iterator[Any]:
    by = belongs_by(table)
    if by is None:
        yield table.c.id == site
        return
    column, parent = by
    yield column.in_(select(parent).where(*_conditions(parent.table, site)))
    if table.name == SHARED:
        yield table.c.shared_at.is_not(None)
        yield table.c.taken_back_at.is_(None)
