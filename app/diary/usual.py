"""The participant's own list of drinks, which learns from what is entered."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.models.people import UsualDrink
from app.timeline.events import Drink

_U: Any = UsualDrink.__table__  # type: ignore[attr-defined]
_READ = select(_U.c.id, _U.c.beverage, _U.c.ml, _U.c.abv, _U.c.position, _U.c.last_used_on).where(
    _U.c.participant_id == bindparam("who")
)
_STAMP = update(_U).where(_U.c.id == bindparam("row")).values(last_used_on=bindparam("used"))
_ADD = insert(_U)


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
