"""A timeline from the tables: the one place where rows become events.

Each kind is one prebuilt statement over the participant's index. A windowed read (``since``)
leaves out what is older, except for what the baseline rests on: the first dose and the check-ins
of the run-in. The rules ask for every day entry and specimen besides (``all_days``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.models.checkin import CHECKIN, CHECKIN_JUDGEMENT, SCREEN
from app.models.counseling import COUNSELING_SESSION
from app.models.diary import (
    DOSE,
    DRINK_DAY,
    NOTE,
    SUBSTANCE_DAY,
)
from app.models.flags import FLAG
from app.models.people import HOLD, PARTICIPANT, dated_zone
from app.models.trial import (
    CONSENT_WITHDRAWAL,
    PROTOCOL_VERSION,
    URINALYSIS,
)
from app.protocol.in_force import newest_protocol
from app.timeline import events as ev
from app.timeline.days import at_local, local_day
from app.timeline.holds import Hold
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
    PARTICIPANT.c.id,
    PARTICIPANT.c.site_id,
    PARTICIPANT.c.code,
    PARTICIPANT.c.sex,
    dated_zone(PARTICIPANT),
    PARTICIPANT.c.first_dose_on,
    PARTICIPANT.c.enrolled_at,
).where(PARTICIPANT.c.id == _WHO)
_FIRST_TAKEN = (
    select(DOSE.c.day)
    .where(
        DOSE.c.participant_id == _WHO,
        DOSE.c.taken,
        DOSE.c.superseded_at.is_(None),
        DOSE.c.void.is_(False),
    )
    .order_by(DOSE.c.day)
    .limit(1)
)
_DOSES = _of_days(DOSE).where(or_(DOSE.c.day >= _SINCE, DOSE.c.day == bindparam("first_taken")))
_DRINK_DAYS = _of_days(DRINK_DAY).where(DRINK_DAY.c.day >= _SINCE)
_SUBSTANCE_DAYS = _of_days(SUBSTANCE_DAY).where(SUBSTANCE_DAY.c.day >= _SINCE)
# The fields of ``sittings.Version``, in their order.
CHECKIN_COLUMNS = (
    CHECKIN.c.id,
    CHECKIN_JUDGEMENT.c.n,
    CHECKIN.c.started_at,
    CHECKIN_JUDGEMENT.c.at,
    CHECKIN.c.instrument,
    CHECKIN_JUDGEMENT.c.ratings,
    CHECKIN_JUDGEMENT.c.signs,
    CHECKIN.c.token,
    CHECKIN.c.provenance,
    CHECKIN.c.layout,
)
_CHECKINS = (
    select(*CHECKIN_COLUMNS)
    .join(CHECKIN_JUDGEMENT, CHECKIN_JUDGEMENT.c.checkin_id == CHECKIN.c.id)
    .where(
        CHECKIN.c.participant_id == _WHO,
        or_(
            CHECKIN.c.started_at >= _SINCE,
            CHECKIN.c.started_at.between(_RUN_IN_FROM, _RUN_IN_UNTIL),
        ),
    )
)
_SCREENS = _of_moments(
    SCREEN,
    SCREEN.c.at,
    SCREEN.c.at,
    SCREEN.c.received_at,
    SCREEN.c.instrument,
    SCREEN.c.ratings,
)
_URINES = _of_moments(
    URINALYSIS, URINALYSIS.c.at, URINALYSIS.c.at, URINALYSIS.c.received_at, URINALYSIS.c.results
)
_SESSIONS = _of_moments(
    COUNSELING_SESSION,
    COUNSELING_SESSION.c.at,
    COUNSELING_SESSION.c.at,
    COUNSELING_SESSION.c.week,
    COUNSELING_SESSION.c.attended,
    COUNSELING_SESSION.c.recorded_at,
).where(COUNSELING_SESSION.c.attended.is_not(None))
_CONSENTS = _of_moments(
    CONSENT_WITHDRAWAL,
    CONSENT_WITHDRAWAL.c.at,
    CONSENT_WITHDRAWAL.c.at,
    CONSENT_WITHDRAWAL.c.received_at,
    CONSENT_WITHDRAWAL.c.scope,
    CONSENT_WITHDRAWAL.c.reason,
)
_NOTES = _of_moments(NOTE, NOTE.c.at, NOTE.c.at, NOTE.c.text)
_RESOLVED = _of_moments(FLAG, FLAG.c.resolved_at, FLAG.c.resolved_at, FLAG.c.family)


_VERSIONS = (
    select(PROTOCOL_VERSION.c.id, PROTOCOL_VERSION.c.version, PROTOCOL_VERSION.c.since)
    .join(PARTICIPANT, PARTICIPANT.c.site_id == PROTOCOL_VERSION.c.site_id)
    .where(PARTICIPANT.c.id == _WHO)
    .order_by(PROTOCOL_VERSION.c.since, PROTOCOL_VERSION.c.id)
)


_HOLDS = (
    select(HOLD.c.from_day, HOLD.c.until_day, HOLD.c.set_at, HOLD.c.lifted_at)
    .where(HOLD.c.participant_id == _WHO)
    .order_by(HOLD.c.set_at, HOLD.c.id)
)


def holds_of(session: Session, participant_id: int) -> tuple[Hold, ...]:
    """Every hold there was; only a check-in with no dose to go by asks for them."""
    return tuple(Hold(*row) for row in session.execute(_HOLDS, {"who": participant_id}))


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
    all_days: bool

    @property
    def days(self) -> dict[str, Any]:
        return {"who": self.who, "since": BEGINNING if self.all_days else self.day}

    @property
    def doses(self) -> dict[str, Any]:
        return {**self.days, "first_taken": self.first_taken}

    @property
    def specimens(self) -> dict[str, Any]:
        since = at_local(BEGINNING, time(0), "UTC") if self.all_days else self.moment
        return {"who": self.who, "since": since}

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
    session: Session, participant_id: int, since: date | None = None, *, all_days: bool = False
) -> Timeline:
    """Everything on record; or what is about ``since`` and later, and what the baseline needs.

    ``all_days`` keeps every day entry and specimen in a windowed read, as the rules need them.
    Raises UnknownParticipant.
    """
    row = session.execute(_HEADER, {"who": participant_id}).first()
    if row is None:
        raise UnknownParticipant(participant_id)
    enrolled_on = local_day(row.enrolled_at, row.timezone)
    header = Header(row.code, row.timezone, row.sex, row.first_dose_on, enrolled_on)
    window = _window(session, participant_id, header, since, all_days)
    sitting = newest_protocol(session, row.site_id).sitting
    events = list(_events(session, window, sitting))
    if since is None:
        events += _protocol_changes(session, participant_id, events)
    return Timeline(
        header,
        in_order(events, header.timezone),
        read_holds=partial(holds_of, session, participant_id),
    )


def _window(
    session: Session, who: int, header: Header, since: date | None, all_days: bool
) -> _Window:
    zone, day = header.timezone, since or BEGINNING
    first_taken = None
    if since is not None:
        first_taken = session.execute(_FIRST_TAKEN, {"who": who}).scalar()
    until = at_local(first_taken or header.first_dose_on or day, time(0), zone)
    run_in = (until - RUN_IN, until)
    return _Window(who, day, at_local(day, time(0), zone), first_taken, run_in, all_days)


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
    yield from (drink_day(*row) for row in run(_DRINK_DAYS, window.days))
    yield from (substance_day(*row) for row in run(_SUBSTANCE_DAYS, window.days))
    yield from checkins(run(_CHECKINS, window.checkins), sitting)
    yield from (screen(row) for row in run(_SCREENS, window.moments))
    yield from (urine(row) for row in run(_URINES, window.specimens))
    yield from (counseling_session(row) for row in run(_SESSIONS, window.moments))
    yield from (consent(row) for row in run(_CONSENTS, window.moments))
    yield from (note(row) for row in run(_NOTES, window.moments))
    yield from (resolved(row) for row in run(_RESOLVED, window.moments))
