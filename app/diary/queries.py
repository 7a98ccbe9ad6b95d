"""What the diary's pages show, read with statements built once into frozen entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from app.clock import local_day
from app.diary.days import Window
from app.diary.entries import OWN, CheckinLine, DoseEntry, DrinksEntry, OthersEntry, UsualOffer
from app.diary.service import is_held
from app.diary.usual import read_usual
from app.models.checkin import Checkin, CheckinJudgement
from app.models.diary import Dose, DrinkDay, SubstanceDay
from app.models.people import Participant
from app.timeline.days import at_local
from app.timeline.events import Drink, Use

E = TypeVar("E", DoseEntry, DrinksEntry, OthersEntry)
_C: Any = Checkin.__table__  # type: ignore[attr-defined]
_J: Any = CheckinJudgement.__table__  # type: ignore[attr-defined]
_P: Any = Participant.__table__  # type: ignore[attr-defined]


def _standing(model: Any, *fields: str) -> Any:
    """Entries of a span of days that no later entry replaced; the participant's own last."""
    table = model.__table__
    names = ("id", "day", "received_at", "provenance", *fields)
    return (
        select(*(table.c[name] for name in names))
        .where(
            table.c.participant_id == bindparam("who"),
            table.c.day.between(bindparam("first"), bindparam("last")),
            table.c.superseded_at.is_(None),
            table.c.void.is_(False),
        )
        .order_by(table.c.provenance.in_(OWN), table.c.id)
    )


_DOSES = _standing(Dose, "taken", "at", "reason")
_DRINKS = _standing(DrinkDay, "items", "grams", "best_guess")
_OTHERS = _standing(SubstanceDay, "items")
_CHECKINS = (
    select(
        _C.c.public_id,
        _C.c.instrument,
        _C.c.started_at,
        _C.c.finished_at,
        exists().where(_J.c.checkin_id == _C.c.id).label("judged"),
    )
    .where(
        _C.c.participant_id == bindparam("who"),
        _C.c.started_at >= bindparam("since"),
        _C.c.provenance.in_(OWN),
    )
    .order_by(_C.c.id)
)
_ENROLLED = select(_P.c.enrolled_at).where(_P.c.id == bindparam("who"))


@dataclass(frozen=True, slots=True)
class DayRecord:
    """All that stands about one day."""

    drinks: DrinksEntry | None = None
    others: OthersEntry | None = None
    dose: DoseEntry | None = None


@dataclass(frozen=True, slots=True)
class TodayRecord:
    """What Today is built from: the last seven days, today's check-ins, hold and enrolment."""

    dose: DoseEntry | None
    held: bool
    drinks: dict[date, DrinksEntry]
    others: dict[date, OthersEntry]
    checkins: dict[str, CheckinLine]
    """the latest of each instrument, by its key"""
    enrolled_on: date


def read_today(session: Session, who: int, zone: str, window: Window) -> TodayRecord:
    today = window.today
    span = {"who": who, "first": window.first, "last": today}
    since = at_local(today, time(0), zone)
    lines = session.execute(_CHECKINS, {"who": who, "since": since})
    return TodayRecord(
        dose=read_dose(session, who, today),
        held=is_held(session, who, today),
        drinks=_by_day(map(_drinks, session.execute(_DRINKS, span))),
        others=_by_day(map(_others, session.execute(_OTHERS, span))),
        checkins={row.instrument: CheckinLine(*row) for row in lines},
        enrolled_on=local_day(session.execute(_ENROLLED, {"who": who}).scalar_one(), zone),
    )


def read_dose(session: Session, who: int, day: date) -> DoseEntry | None:
    rows = session.execute(_DOSES, {"who": who, "first": day, "last": day})
    return _by_day(map(_dose, rows)).get(day)


def read_day(session: Session, who: int, day: date) -> DayRecord:
    one = {"who": who, "first": day, "last": day}
    return DayRecord(
        drinks=_by_day(map(_drinks, session.execute(_DRINKS, one))).get(day),
        others=_by_day(map(_others, session.execute(_OTHERS, one))).get(day),
    )


def usual_drinks(session: Session, who: int) -> list[UsualOffer]:
    return [UsualOffer(row.beverage, row.ml, row.abv) for row in read_usual(session, who)]


def _by_day(entries: Iterable[E]) -> dict[date, E]:
    """One entry a day: of several, the participant's own and latest."""
    return {entry.day: entry for entry in entries}


def _dose(row: Any) -> DoseEntry:
    own = row.provenance in OWN
    return DoseEntry(row.id, row.day, row.taken, row.at, row.reason, row.received_at, own)


def _drinks(row: Any) -> DrinksEntry:
    items = tuple(
        Drink(one["ml"], one["abv"], one["count"], one.get("beverage")) for one in row.items
    )
    own = row.provenance in OWN
    return DrinksEntry(row.id, row.day, items, row.grams, row.best_guess, row.received_at, own)


def _others(row: Any) -> OthersEntry:
    items = tuple(
        Use(
            one["substance"],
            datetime.fromisoformat(one["at"]) if one.get("at") else None,
            one.get("route"),
            one.get("note"),
        )
        for one in row.items
    )
    return OthersEntry(row.id, row.day, items, row.received_at, row.provenance in OWN)
