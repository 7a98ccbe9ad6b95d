"""When a participant last told something: columns for lists of participants.

Each is a look into an index, correlated with the row of ``participant``, so that a list asks one
statement however long it is. It stands here for both rooms that list people.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, select

from app.models.checkin import CHECKIN
from app.models.diary import DOSE, DRINK_DAY, SUBSTANCE_DAY
from app.models.people import PARTICIPANT


def _latest(name: str, table: Table, moment: str) -> Any:
    person = PARTICIPANT
    return (
        select(func.max(table.c[moment]))
        .where(table.c.participant_id == person.c.id)
        .correlate(person)
        .scalar_subquery()
        .label(name)
    )


LAST_TOLD = (
    _latest("last_dose", DOSE, "received_at"),
    _latest("last_drinks", DRINK_DAY, "received_at"),
    _latest("last_substances", SUBSTANCE_DAY, "received_at"),
    _latest("last_checkin", CHECKIN, "started_at"),
)


def last_told(row: Any) -> datetime | None:
    """The latest of a row's `LAST_TOLD` columns, in UTC; `None` where nothing was told yet."""
    moments = (row.last_dose, row.last_drinks, row.last_substances, row.last_checkin)
    return max((moment for moment in moments if moment), default=None)
