"""A timeline from the tables: the one place where rows become events.

Each kind is one prebuilt statement over the participant's index. A windowed read (``since``)
leaves out what no rule looks back to, except for what the baseline rests on: the first dose
and the check-ins of the run-in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.models.checkin import Checkin, CheckinJudgement, Screen
from app.models.counseling import CounselingSession
from app.models.diary import Dose, DrinkDay, Note, SubstanceDay
from app.models.flags import Flag
from app.models.people import Participant, dated_zone
from app.models.trial import ConsentWithdrawal, ProtocolVersion, Urinalysis
from app.protocol.in_force import newest_protocol
from app.timeline import events as ev
from app.timeline.days import at_local
from app.timeline.known import Participant as Header
from app.timeline.rows import (
    checkins,
    consent,
    dose,
    drink_day,
    note,
    resolved,
    screen,
    substance_day,
    urine,
)
from app.timeline.rows import (
    session as counseling_session,
)
from app.timeline.timeline import Timeline, in_order


def _table(model: Any) -> Any:
    return model.__table__


_P, _DOSE, _DRINKS, _SUBSTANCES = map(_table, (Participant, Dose, DrinkDay, SubstanceDay))
_CHECKIN, _JUDGED, _SCREEN = map(_table, (Checkin, CheckinJudgement, Screen))
_URINE, _SESSION, _CONSENT = map(_table, (Urinalysis, CounselingSession, ConsentWithdrawal))
_NOTE, _FLAG, _VERSION = map(_table, (Note, Flag, ProtocolVersion))
_WHO: Any = bindparam("who")
_SINCE: Any = bindparam("since")
_RUN_IN_FROM: Any = bindparam("run_in_from")
_RUN_IN_UNTIL: Any = bindparam("run_in_until")


_DAY_COLUMNS = ("id", "day", "received_at", "provenance", "replaces_id", "void")
_OWN_COLUMNS = {
    "dose": ("taken", "at", "mg", "reason", "hold"),
    "drink_day": ("items", "last_drink_at"),
    "substance_day": ("items",),
}


def day_columns(table: Any) -> tuple[Any, ...]:
    """What the event of a day entry is made of, in the order that ``rows`` takes it."""
    return tuple(table.c[name] for name in (*_DAY_COLUMNS, *_OWN_COLUMNS[table.name]))


def _of_days(table: Any) -> Any:
    """Day entries, superseded ones too: they say what was known when."""
    return select(*day_columns(table)).where(table.c.participant_id == _WHO)


def _of_moments(table: Any, moment: Any, *columns: Any) -> Any:
    return select(table.c.id, *columns).where(table.c.participant_id == _WHO, moment >= _SINCE)


_HEADER = select(
    _P.c.id, _P.c.site_id, _P.c.code, _P.c.sex, dated_zone(_P), _P.c.first_dose_on
).where(_P.c.id == _WHO)
_FIRST_TAKEN = (
    select(_DOSE.c.day)
    .where(
        _DOSE.c.participant_id == _WHO,
        _DOSE.c.taken,
        _DOSE.c.superseded_at.is_(None),
        _DOSE.c.void.is_(False),
    )
    .order_by(_DOSE.c.day)
    .limit(1)
)
_DOSES = _of_days(_DOSE).where(or_(_DOSE.c.day >= _SINCE, _DOSE.c.day == bindparam("first_taken")))
_DRINK_DAYS = _of_days(_DRINKS).where(_DRINKS.c.day >= _SINCE)
_SUBSTANCE_DAYS = _of_days(_SUBSTANCES).where(_SUBSTANCES.c.day >= _SINCE)
# The fields of ``sittings.Version``, in their order.
CHECKIN_COLUMNS = (
    _CHECKIN.c.id,
    _JUDGED.c.n,
    _CHECKIN.c.started_at,
    _JUDGED.c.at,
    _CHECKIN.c.instrument,
    _JUDGED.c.ratings,
    _JUDGED.c.signs,
    _CHECKIN.c.token,
    _CHECKIN.c.provenance,
    _CHECKIN.c.layout,
)
_CHECKINS = (
    select(*CHECKIN_COLUMNS)
    .join(_JUDGED, _JUDGED.c.checkin_id == _CHECKIN.c.id)
    .where(
        _CHECKIN.c.participant_id == _WHO,
        or_(
            _CHECKIN.c.started_at >= _SINCE,
            _CHECKIN.c.started_at.between(_RUN_IN_FROM, _RUN_IN_UNTIL),
        ),
    )
)
_SCREENS = _of_moments(
    _SCREEN,
    _SCREEN.c.at,
    _SCREEN.c.at,
    _SCREEN.c.received_at,
    _SCREEN.c.instrument,
    _SCREEN.c.ratings,
)
_URINES = _of_moments(_URINE, _URINE.c.at, _URINE.c.at, _URINE.c.received_at, _URINE.c.results)
_SESSIONS = _of_moments(
    _SESSION,
    _SESSION.c.at,
    _SESSION.c.at,
    _SESSION.c.week,
    _SESSION.c.attended,
    _SESSION.c.recorded_at,
).where(_SESSION.c.attended.is_not(None))
_CONSENTS = _of_moments(
    _CONSENT,
    _CONSENT.c.at,
    _CONSENT.c.at,
    _CONSENT.c.received_at,
    _CONSENT.c.scope,
    _CONSENT.c.reason,
)
_NOTES = _of_moments(_NOTE, _NOTE.c.at, _NOTE.c.at, _NOTE.c.text)
_RESOLVED = _of_moments(_FLAG, _FLAG.c.resolved_at, _FLAG.c.resolved_at, _FLAG.c.family)


_VERSIONS = (
    select(_VERSION.c.id, _VERSION.c.version, _VERSION.c.since)
    .join(_P, _P.c.site_id == _VERSION.c.site_id)
    .where(_P.c.id == _WHO)
    .order_by(_VERSION.c.since, _VERSION.c.id)
)


class UnknownParticipant(LookupError):
    """No participant has this number."""


@dataclass(frozen=True, slots=True)
class _Window:
    """From when on: as the first local day, and as its first moment."""

    who: int
    day: date
    moment: datetime
    first_taken: date | None
    run_in: tuple[datetime, datetime]
    all_drinks: bool

    @property
    def days(self) -> dict[str, Any]:
        return {"who": self.who, "since": self.day}

    @property
    def doses(self) -> dict[str, Any]:
        return {**self.days, "first_taken": self.first_taken}

    @property
    def drinks(self) -> dict[str, Any]:
        return {"who": self.who, "since": BEGINNING} if self.all_drinks else self.days

    @property
    def moments(self) -> dict[str, Any]:
        return {"who": self.who, "since": self.moment}

    @property
    def checkins(self) -> dict[str, Any]:
        first, last = self.run_in
        return {**self.moments, "run_in_from": first, "run_in_until": last}


BEGINNING = date(2000, 1, 1)
# The run-in that a baseline may look at, generously: the rules choose their own days in it.
RUN_IN = timedelta(days=15)


def read_timeline(
    session: Session, participant_id: int, since: date | None = None, *, all_drinks: bool = False
) -> Timeline:
    """Everything on record; or what is about ``since`` and later, and what the baseline needs.

    ``all_drinks`` keeps every day of drinking in a windowed read. Raises UnknownParticipant.
    """
    row = session.execute(_HEADER, {"who": participant_id}).first()
    if row is None:
        raise UnknownParticipant(participant_id)
    header = Header(row.code, row.timezone, row.sex, row.first_dose_on)
    window = _window(session, participant_id, header, since, all_drinks)
    sitting = newest_protocol(session, row.site_id).sitting
    events = list(_events(session, window, sitting))
    if since is None:
        events += _protocol_changes(session, participant_id, events)
    return Timeline(header, in_order(events, header.timezone))


def _window(
    session: Session, who: int, header: Header, since: date | None, all_drinks: bool
) -> _Window:
    zone, day = header.timezone, since or BEGINNING
    first_taken = None
    if since is not None:
        first_taken = session.execute(_FIRST_TAKEN, {"who": who}).scalar()
    until = at_local(first_taken or header.first_dose_on or day, time(0), zone)
    run_in = (until - RUN_IN, until)
    return _Window(who, day, at_local(day, time(0), zone), first_taken, run_in, all_drinks)


def _protocol_changes(
    session: Session, who: int, events: Sequence[ev.Event]
) -> list[ev.ProtocolChange]:
    """Versions of the protocol that held while the participant told something.

    The one in force at their first entry begins with it: a change before anybody's time is no
    first sign of a diary.
    """
    begin = min((event.received_at for event in events), default=None)
    if begin is None:
        return []
    rows = session.execute(_VERSIONS, {"who": who}).all()
    earlier = [row for row in rows if row.since <= begin][-1:]
    return [
        ev.ProtocolChange(id=f"protocol-{row.id}", received_at=at, at=at, version=row.version)
        for row in [*earlier, *(row for row in rows if row.since > begin)]
        for at in [max(row.since, begin)]
    ]


def _events(session: Session, window: _Window, sitting: timedelta) -> Iterable[ev.Event]:
    run = session.execute
    yield from (dose(*row) for row in run(_DOSES, window.doses))
    yield from (drink_day(*row) for row in run(_DRINK_DAYS, window.drinks))
    yield from (substance_day(*row) for row in run(_SUBSTANCE_DAYS, window.days))
    yield from checkins(run(_CHECKINS, window.checkins), sitting)
    yield from (screen(row) for row in run(_SCREENS, window.moments))
    yield from (urine(row) for row in run(_URINES, window.moments))
    yield from (counseling_session(row) for row in run(_SESSIONS, window.moments))
    yield from (consent(row) for row in run(_CONSENTS, window.moments))
    yield from (note(row) for row in run(_NOTES, window.moments))
    yield from (resolved(row) for row in run(_RESOLVED, window.moments))
