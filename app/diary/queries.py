"""What the diary's pages show, read with statements built once into frozen entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, exists, func, select
from sqlmodel import Session

from app.clock import local_day
from app.diary.days import Window
from app.diary.entries import (
    OWN,
    CheckinLine,
    DoseEntry,
    DrinksEntry,
    Origin,
    OthersEntry,
    SpanRecord,
    UsualOffer,
)
from app.diary.service import held_as
from app.diary.tablets import OPIOID_ON_RECORD, rules_say_so, since_when
from app.diary.usual import read_usual
from app.diary.weekly import WEEK_SENT, week_done_on
from app.models.checkin import CHECKIN, CHECKIN_JUDGEMENT
from app.models.counseling import COUNSELING_SESSION
from app.models.diary import DOSE, DRINK_DAY, SUBSTANCE_DAY
from app.models.flags import FLAG
from app.models.people import PARTICIPANT
from app.models.worksheets import (
    ASSIGNMENT,
    WORKSHEET,
    WORKSHEET_COMMENT,
    WORKSHEET_COPY,
)
from app.timeline.days import at_local
from app.timeline.events import Drink, Use
from app.visit.visits import ParticipantVisit

E = TypeVar("E", DoseEntry, DrinksEntry, OthersEntry)


def _standing(table: Table, *fields: str) -> Any:
    """Entries of a span of days that no later entry replaced; the participant's own last."""
    names = ("id", "day", "received_at", "client_at", "provenance", *fields)
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


_DOSES = _standing(DOSE, "taken", "at", "reason")
_DRINKS = _standing(DRINK_DAY, "items", "grams", "best_guess", "last_drink_at")
_OTHERS = _standing(SUBSTANCE_DAY, "items")
_CHECKINS = (
    select(
        CHECKIN.c.public_id,
        CHECKIN.c.instrument,
        CHECKIN.c.started_at,
        CHECKIN.c.finished_at,
        exists().where(CHECKIN_JUDGEMENT.c.checkin_id == CHECKIN.c.id).label("judged"),
    )
    .where(
        CHECKIN.c.participant_id == bindparam("who"),
        CHECKIN.c.started_at >= bindparam("since"),
        CHECKIN.c.provenance.in_(OWN),
    )
    .order_by(CHECKIN.c.id)
)
_FORMER: Any = COUNSELING_SESSION.alias("former")
_LAST = (
    select(func.max(_FORMER.c.at))
    .where(
        _FORMER.c.participant_id == COUNSELING_SESSION.c.participant_id,
        _FORMER.c.at < COUNSELING_SESSION.c.at,
        _FORMER.c.cancelled_at.is_(None),
    )
    .correlate(COUNSELING_SESSION)
    .scalar_subquery()
)
# With the counselor for this session, and neither taken back nor from before an earlier one.
_PREPARED = exists().where(
    WORKSHEET.c.participant_id == COUNSELING_SESSION.c.participant_id,
    WORKSHEET.c.sheet_key == "before_session",
    WORKSHEET_COPY.c.worksheet_id == WORKSHEET.c.id,
    WORKSHEET_COPY.c.shared_at >= func.coalesce(_LAST, WORKSHEET.c.started_at),
    WORKSHEET_COPY.c.taken_back_at.is_(None),
)
# A cancelled session is told of until its day is over, so that nobody comes for nothing.
_COMING = (
    select(
        COUNSELING_SESSION.c.at,
        COUNSELING_SESSION.c.place,
        COUNSELING_SESSION.c.version,
        COUNSELING_SESSION.c.cancelled_at,
        _PREPARED.label("prepared"),
    )
    .where(
        COUNSELING_SESSION.c.participant_id == bindparam("who"),
        COUNSELING_SESSION.c.attended.is_(None),
        COUNSELING_SESSION.c.at >= bindparam("since"),
    )
    .order_by(COUNSELING_SESSION.c.at, COUNSELING_SESSION.c.id)
    .limit(1)
)
_ENROLLED = select(PARTICIPANT.c.enrolled_at).where(PARTICIPANT.c.id == bindparam("who"))
# Asked for and not finished yet; what was put away answers nothing.
_SUGGESTED = exists().where(
    ASSIGNMENT.c.participant_id == PARTICIPANT.c.id,
    ASSIGNMENT.c.withdrawn_at.is_(None),
    ~exists().where(
        WORKSHEET.c.assignment_id == ASSIGNMENT.c.id,
        WORKSHEET.c.finished_at.is_not(None),
        WORKSHEET.c.removed_at.is_(None),
    ),
)
_COMMENTED = exists().where(
    WORKSHEET.c.participant_id == PARTICIPANT.c.id,
    WORKSHEET.c.removed_at.is_(None),
    WORKSHEET_COMMENT.c.worksheet_id == WORKSHEET.c.id,
    WORKSHEET_COMMENT.c.read_at.is_(None),
)
# Alerts that nobody closed yet and that asked the person to call. Silence asks nobody, and a
# withdrawn consent ends what is asked.
_ASKED = exists().where(
    FLAG.c.participant_id == PARTICIPANT.c.id,
    FLAG.c.status != "resolved",
    FLAG.c.family.not_in(("DIA", "CON")),
)
_PERSON = _ENROLLED.add_columns(
    _SUGGESTED.label("suggested"),
    _COMMENTED.label("commented"),
    _ASKED.where(FLAG.c.severity == "emergency", FLAG.c.family != "SUI").label("emergency"),
    _ASKED.where(FLAG.c.severity != "routine", FLAG.c.family == "SUI").label("crisis"),
    _ASKED.where(FLAG.c.severity == "urgent", FLAG.c.family != "SUI").label("clinic"),
    WEEK_SENT.label("week_sent"),
    OPIOID_ON_RECORD,
)
# Whom one is asked to call, the most pressing first; as the columns above.
ASKED = ("emergency", "crisis", "clinic")


@dataclass(frozen=True, slots=True)
class NextSession:
    """The session that is next, or was cancelled before it.

    ``change``: moved, cancelled or "". ``prepared``: the short form for it is with the counselor.
    """

    at: datetime
    place: str
    change: str
    prepared: bool


def _next_session(session: Session, who: int, since: datetime) -> NextSession | None:
    """A cancelled one only where no other stands before it: it is the news of the two."""
    row = session.execute(_COMING, {"who": who, "since": since}).first()
    if row is None:
        return None
    moved = "moved" if row.version else ""
    change = "cancelled" if row.cancelled_at else moved
    return NextSession(row.at, row.place, change, row.prepared)


@dataclass(frozen=True, slots=True)
class DayRecord:
    """All that stands about one day."""

    drinks: DrinksEntry | None = None
    others: OthersEntry | None = None
    doses: tuple[DoseEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class TodayRecord:
    """What Today is built from: the last seven days, today's check-ins, hold and enrolment."""

    doses: tuple[DoseEntry, ...]
    held: str
    call: bool
    """a call comes before the next tablet"""
    drinks: dict[date, DrinksEntry]
    others: dict[date, OthersEntry]
    checkins: dict[str, tuple[CheckinLine, ...]]
    """by the key of the instrument, the latest last"""
    enrolled_on: date
    mood_on: date | None
    """when this week's page about mood was sent"""
    session: NextSession | None = None
    suggested: bool = False
    """a worksheet that the counselor suggested is not finished"""
    commented: bool = False
    """a comment on a worksheet is not read"""
    asked: tuple[str, ...] = ()
    """of `ASKED`, whom an alert that is not closed asked the person to call"""


def read_today(visit: ParticipantVisit, window: Window) -> TodayRecord:
    session, who, zone = visit.session, visit.me.id, visit.me.timezone
    protocol, today = visit.protocol, window.today
    span = {"who": who, "first": window.first, "last": today}
    since = at_local(today, time(0), zone)
    lines = session.execute(_CHECKINS, {"who": who, "since": since})
    looked = {"who": who, **since_when(protocol, visit.now, zone)}
    person = session.execute(_PERSON, looked).one()
    return TodayRecord(
        doses=read_doses(session, who, today),
        held=held_as(session, who, today),
        call=person.opioid_on_record and rules_say_so(session, who, protocol, visit.now, zone),
        drinks=_by_day(map(_drinks, session.execute(_DRINKS, span))),
        others=_by_day(map(_others, session.execute(_OTHERS, span))),
        checkins=_by_instrument(CheckinLine(*row) for row in lines),
        enrolled_on=local_day(person.enrolled_at, zone),
        mood_on=week_done_on(person.week_sent, zone, today),
        suggested=person.suggested,
        commented=person.commented,
        asked=tuple(whom for whom in ASKED if getattr(person, whom)),
        session=_next_session(session, who, since),
    )


def _by_instrument(lines: Iterable[CheckinLine]) -> dict[str, tuple[CheckinLine, ...]]:
    found: dict[str, tuple[CheckinLine, ...]] = {}
    for line in lines:
        found[line.instrument] = (*found.get(line.instrument, ()), line)
    return found


def enrolled_on(session: Session, who: int, zone: str) -> date:
    """The local day of enrolment."""
    return local_day(session.execute(_ENROLLED, {"who": who}).scalar_one(), zone)


def read_doses(session: Session, who: int, day: date) -> tuple[DoseEntry, ...]:
    """All tablets of a day, those that the participant told of last."""
    rows = session.execute(_DOSES, {"who": who, "first": day, "last": day})
    return tuple(map(_dose, rows))


def read_day(session: Session, who: int, day: date) -> DayRecord:
    one = {"who": who, "first": day, "last": day}
    return DayRecord(
        drinks=_by_day(map(_drinks, session.execute(_DRINKS, one))).get(day),
        others=_by_day(map(_others, session.execute(_OTHERS, one))).get(day),
        doses=read_doses(session, who, day),
    )


def read_span(session: Session, who: int, first: date, last: date) -> SpanRecord:
    """What stands about ``first`` to ``last``, both included."""
    span = {"who": who, "first": first, "last": last}
    return SpanRecord(
        drinks=_by_day(map(_drinks, session.execute(_DRINKS, span))),
        others=_by_day(map(_others, session.execute(_OTHERS, span))),
        doses=_by_day(map(_dose, session.execute(_DOSES, span))),
    )


def usual_drinks(session: Session, who: int) -> list[UsualOffer]:
    return [UsualOffer(row.beverage, row.ml, row.abv) for row in read_usual(session, who)]


def _by_day(entries: Iterable[E]) -> dict[date, E]:
    """One entry a day: of several, the participant's own and latest."""
    return {entry.day: entry for entry in entries}


def _dose(row: Any) -> DoseEntry:
    own, came = row.provenance in OWN, _origin(row)
    return DoseEntry(row.id, row.day, row.taken, row.at, row.reason, row.received_at, own, came)


def _drinks(row: Any) -> DrinksEntry:
    items = tuple(
        Drink(one["ml"], one["abv"], one["count"], one.get("beverage")) for one in row.items
    )
    return DrinksEntry(
        row.id,
        row.day,
        items,
        row.grams,
        row.best_guess,
        row.received_at,
        row.provenance in OWN,
        _origin(row),
        row.last_drink_at,
    )


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
    own = row.provenance in OWN
    return OthersEntry(row.id, row.day, items, row.received_at, own, _origin(row))


def _origin(row: Any) -> Origin:
    return Origin(row.provenance, row.received_at, row.client_at)
