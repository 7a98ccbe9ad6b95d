"""The participant's own list of drinks, which learns from what is entered."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.models.people import USUAL_DRINK
from app.timeline.events import Drink

_READ = select(
    USUAL_DRINK.c.id,
    USUAL_DRINK.c.beverage,
    USUAL_DRINK.c.ml,
    USUAL_DRINK.c.abv,
    USUAL_DRINK.c.position,
    USUAL_DRINK.c.last_used_on,
).where(USUAL_DRINK.c.participant_id == bindparam("who"))
_STAMP = (
    update(USUAL_DRINK)
    .where(USUAL_DRINK.c.id == bindparam("row"))
    .values(last_used_on=bindparam("used"))
)
_ADD = insert(USUAL_DRINK)


def read_usual(session: Session, participant_id: int) -> list[Any]:
    """Rows of the list, last used first, then in the order set at enrolment."""
    rows = session.execute(_READ, {"who": participant_id}).all()
    return sorted(
        rows,
        key=lambda row: (-(row.last_used_on.toordinal() if row.last_used_on else 0), row.position),
    )


def note_use(session: Session, participant_id: int, items: Sequence[Drink], day: date) -> None:
    """Move the drinks of ``day`` up the list, and add those it lacks.

    Part of an audited entry: the list is a shortcut, the entry is the record.
    """
    known = {(row.beverage, row.ml, row.abv): row for row in read_usual(session, participant_id)}
    stamps, added = [], []
    for place, item in enumerate(items):
        key = (item.beverage, item.ml, item.abv)
        row = known.get(key)
        if row is None:
            added.append(
                {
                    "participant_id": participant_id,
                    "position": len(known) + place,
                    "beverage": item.beverage,
                    "ml": item.ml,
                    "abv": item.abv,
                    "last_used_on": day,
                }
            )
        elif row.last_used_on is None or row.last_used_on < day:
            stamps.append({"row": row.id, "used": day})
    if stamps:
        session.execute(_STAMP, stamps)
    if added:
        session.execute(_ADD, added)
