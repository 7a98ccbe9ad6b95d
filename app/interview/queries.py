"""The days of the interview as its table shows them, and check-ins that arrived before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.diary.entries import DoseEntry, DrinksEntry, OthersEntry
from app.diary.markers import Marker, read_markers
from app.diary.queries import read_span
from app.i18n import Translator
from app.models.checkin import CHECKIN
from app.web.appointment import Walls, told_hour

DAYS_SHOWN = 30
_TOLD = select(CHECKIN.c.id).where(
    CHECKIN.c.participant_id == bindparam("who"), CHECKIN.c.token.startswith(bindparam("token"))
)


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the table."""

    day: date
    drinks: DrinksEntry | None
    others: OthersEntry | None
    dose: DoseEntry | None
    marks: Sequence[Marker]

    @property
    def blank(self) -> bool:
        return self.drinks is None


def day_lines(
    session: Session, who: int, walls: Walls, last: date, tr: Translator
) -> list[DayLine]:
    """``DAYS_SHOWN`` days up to ``last``, newest first."""
    first = last - timedelta(days=DAYS_SHOWN - 1)
    span = read_span(session, who, first, last)
    marks = read_markers(session, who, walls, first, last, tr, told_hour)
    days = [last - timedelta(days=back) for back in range(DAYS_SHOWN)]
    return [
        DayLine(
            day,
            span.drinks.get(day),
            span.others.get(day),
            span.doses.get(day),
            marks.get(day, ()),
        )
        for day in days
    ]


def told_before(session: Session, who: int, token: str) -> bool:
    """Whether the check-in form with this token has arrived already."""
    if not token:
        return False
    return session.execute(_TOLD, {"who": who, "token": f"{token[:40]}-"}).first() is not None
