"""Days that help to remember: sessions, holidays, and what participants add themselves."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.diary.holidays import holiday, region_on
from app.diary.service import About
from app.i18n import Translator
from app.models.counseling import COUNSELING_SESSION
from app.models.diary import MARKER_DAY
from app.timeline.days import at_local, day_range, end_of_day
from app.web.appointment import Walls, their_hour

_OWN = (
    select(MARKER_DAY.c.id, MARKER_DAY.c.day, MARKER_DAY.c.text)
    .where(
        MARKER_DAY.c.participant_id == bindparam("who"),
        MARKER_DAY.c.day.between(bindparam("first"), bindparam("last")),
        MARKER_DAY.c.removed_at.is_(None),
    )
    .order_by(MARKER_DAY.c.id)
)
_SESSIONS = (
    select(COUNSELING_SESSION.c.at, COUNSELING_SESSION.c.place, COUNSELING_SESSION.c.attended)
    .where(
        COUNSELING_SESSION.c.participant_id == bindparam("who"),
        COUNSELING_SESSION.c.at.between(bindparam("since"), bindparam("until")),
        COUNSELING_SESSION.c.cancelled_at.is_(None),
    )
    .order_by(COUNSELING_SESSION.c.at)
)
_ADD = insert(MARKER_DAY).returning(MARKER_DAY.c.id)
_ONE = select(MARKER_DAY.c.id).where(
    MARKER_DAY.c.id == bindparam("row"),
    MARKER_DAY.c.participant_id == bindparam("who"),
    MARKER_DAY.c.day == bindparam("on"),
    MARKER_DAY.c.removed_at.is_(None),
)
_REMOVE = update(MARKER_DAY).where(MARKER_DAY.c.id == bindparam("row"))


@dataclass(frozen=True, slots=True)
class Marker:
    """One thing to remember a day by. ``id``: the participant's own, which can be removed."""

    text: str
    kind: Literal["session", "holiday", "own"]
    id: int | None = None


def read_markers(
    session: Session,
    who: int,
    walls: Walls,
    first: date,
    last: date,
    tr: Translator,
    hour: Callable[[datetime, str, Walls, Translator], str] = their_hour,
) -> dict[date, Sequence[Marker]]:
    """Sessions, holidays and own events from ``first`` to ``last``, by day.

    ``hour`` says the time of a session to whoever reads it: the participant, or staff.
    """
    found: dict[date, list[Marker]] = defaultdict(list)
    zones = (walls.person, walls.site)
    since = min(at_local(first, time(0), zone) for zone in zones)
    until = max(end_of_day(last, zone) for zone in zones)
    for row in session.execute(_SESSIONS, {"who": who, "since": since, "until": until}):
        day = walls.day(row.at, row.place)
        if row.attended is not False and first <= day <= last:
            text = tr("session at %(time)s", time=hour(row.at, row.place, walls, tr))
            found[day].append(Marker(text, "session"))
    for day in day_range(first, last):
        name = holiday(day, region_on(day, walls.person))
        if name:
            found[day].append(Marker(tr(name), "holiday"))
    for row in session.execute(_OWN, {"who": who, "first": first, "last": last}):
        found[row.day].append(Marker(row.text, "own", row.id))
    return dict(found)


def add_marker(session: Session, about: About, text: str) -> int:
    """Note an event of the participant's own; returns the row's id."""
    row = {
        "participant_id": about.participant_id,
        "day": about.day,
        "text": text,
        "created_at": about.now,
    }
    new_id: int = session.execute(_ADD, row).scalar_one()
    _record(session, about, "marker.add", new_id, {"text": [None, text]})
    return new_id


def remove_marker(session: Session, about: About, marker: int) -> bool:
    """Take an own event off its day; False if it is not (any more) there."""
    values = {"row": marker, "who": about.participant_id, "on": about.day}
    if session.execute(_ONE, values).first() is None:
        return False
    session.execute(_REMOVE.values(removed_at=about.now), {"row": marker})
    _record(session, about, "marker.remove", marker, {"removed_at": [None, _iso(about.now)]})
    return True


def _record(
    session: Session, about: About, action: str, marker: int, changes: dict[str, list[Any]]
) -> None:
    audit.record(
        session,
        about.actor,
        action,
        Subject("marker_day", marker),
        now=about.now,
        changes=changes,
        client_at=about.client_at,
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat()
