"""A timeline from the tables: the one place where rows become events.

Each kind is one prebuilt statement over the participant's index. A windowed read (``since``)
leaves out what is older, except for what the baseline rests on: the first dose and the check-ins
of the run-in. The rules ask for every day entry and specimen besides (``all_days``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Protocol

from sqlalchemy import bindparam, func, or_, select
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
    SPECIMEN_MISSING,
    SPECIMEN_VOID,
    STUDY_END,
    URINALYSIS,
)
from app.protocol.in_force import newest_protocol
from app.protocol.model import Plan
from app.timeline import events as ev
from app.timeline.days import at_local, local_day
from app.timeline.due import first_taken_day, specimens_due
from app.timeline.holds import Hold
from app.timeline.known import Participant as Header
from app.timeline.rows import (
    checkins,
    consents,
    dose,
    drink_day,
    note,
    resolved,
    screen,
    substance_day,
    urines,
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
_EARLIER: Any = DOSE.alias("earlier")
_FIRST_TAKEN = (
    select(_EARLIER.c.day)
    .where(
        _EARLIER.c.participant_id == _WHO,
        _EARLIER.c.taken,
        _EARLIER.c.superseded_at.is_(None),
        _EARLIER.c.void.is_(False),
    )
    .order_by(_EARLIER.c.day)
    .limit(1)
    .scalar_subquery()
)
# Each with the day of the first one taken, which decides where the run-in lies.
_DOSES = (
    _of_days(DOSE)
    .where(or_(DOSE.c.day >= _SINCE, DOSE.c.day == _FIRST_TAKEN))
    .add_columns(_FIRST_TAKEN.label("first_taken"))
)
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
URINE_COLUMNS = (
    URINALYSIS.c.at,
    URINALYSIS.c.received_at,
    URINALYSIS.c.results,
    select(SPECIMEN_VOID.c.at)
    .where(SPECIMEN_VOID.c.urinalysis_id == URINALYSIS.c.id)
    .scalar_subquery()
    .label("voided_at"),
)
_URINES = _of_moments(URINALYSIS, URINALYSIS.c.at, *URINE_COLUMNS)
_MISSING = select(SPECIMEN_MISSING.c.week, SPECIMEN_MISSING.c.reason).where(
    SPECIMEN_MISSING.c.participant_id == _WHO
)
_LEFT_ON = select(func.min(STUDY_END.c.on_day)).where(
    STUDY_END.c.participant_id == _WHO, STUDY_END.c.undone_at.is_(None)
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
    STUDY_END.c.undone_at,
).outerjoin(STUDY_END, STUDY_END.c.withdrawal_id == CONSENT_WITHDRAWAL.c.id)
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


class Described(Protocol):
    """What a timeline says of whom it is about."""

    @property
    def site_id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def sex(self) -> str | None: ...
    @property
    def first_dose_on(self) -> date | None: ...
    @property
    def enrolled_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class _Window:
    """From when on, as the first local day."""

    who: int
    day: date
    header: Header
    all_days: bool

    @property
    def days(self) -> dict[str, Any]:
        return {"who": self.who, "since": BEGINNING if self.all_days else self.day}

    @property
    def specimens(self) -> dict[str, Any]:
        since = at_local(BEGINNING, time(0), "UTC") if self.all_days else self.moment
        return {"who": self.who, "since": since}

    @property
    def moment(self) -> datetime:
        return at_local(self.day, time(0), self.header.timezone)

    @property
    def moments(self) -> dict[str, Any]:
        return {"who": self.who, "since": self.moment}

    def checkins(self, first_taken: date | None) -> dict[str, Any]:
        """The run-in ends with the first dose; whole records have it anyway."""
        taken = None if self.day == BEGINNING else first_taken
        day = taken or self.header.first_dose_on or self.day
        until = at_local(day, time(0), self.header.timezone)
        return {**self.moments, "run_in_from": until - RUN_IN, "run_in_until": until}


BEGINNING = date(2000, 1, 1)
# The run-in that a baseline may look at, generously: the rules choose their own days in it.
RUN_IN = timedelta(days=15)


def read_timeline(
    session: Session,
    participant_id: int,
    since: date | None = None,
    *,
    all_days: bool = False,
    person: Described | None = None,
    told: bool = False,
    due: bool = False,
) -> Timeline:
    """Everything on record; or what is about ``since`` and later, and what the baseline needs.

    ``all_days`` keeps every day entry and specimen in a windowed read, as the rules need them.
    ``person``: the participant, where the caller has read them already. ``told``: what was told
    or measured alone, without sessions and without flags that were resolved. ``due``: with the
    specimens that the protocol asked for, given or not. Raises UnknownParticipant.
    """
    row = person or session.execute(_HEADER, {"who": participant_id}).first()
    if row is None:
        raise UnknownParticipant(participant_id)
    enrolled_on = local_day(row.enrolled_at, row.timezone)
    header = Header(row.code, row.timezone, row.sex, row.first_dose_on, enrolled_on)
    protocol = newest_protocol(session, row.site_id)
    window = _Window(participant_id, since or BEGINNING, header, all_days)
    events = _events(session, window, protocol.sitting, told=told)
    if due:
        events += _specimens_due(session, participant_id, header, events, protocol)
    if since is None:
        events += _protocol_changes(session, participant_id, events)
    return Timeline(
        header,
        in_order(events, header.timezone),
        read_holds=partial(holds_of, session, participant_id),
    )


def _specimens_due(
    session: Session, who: int, header: Header, events: Sequence[ev.Event], plan: Plan
) -> list[ev.SpecimenDue]:
    """Those of all weeks of treatment, also of weeks to come: they are known once they are over."""
    begun = first_taken_day(events)
    if begun is None:
        return []
    known = {"who": who}
    reasons = {row.week: row.reason for row in session.execute(_MISSING, known)}
    left_on = session.execute(_LEFT_ON, known).scalar()
    return specimens_due(begun, header.timezone, plan, reasons, left_on)


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


def _events(session: Session, window: _Window, sitting: timedelta, *, told: bool) -> list[ev.Event]:
    def rows(statement: Any, values: dict[str, Any]) -> Sequence[Any]:
        return session.execute(statement, values).all()

    doses = rows(_DOSES, window.days)
    first_taken = doses[0].first_taken if doses else None
    events: list[ev.Event] = [dose(*row[:-1]) for row in doses]
    events += [drink_day(*row) for row in rows(_DRINK_DAYS, window.days)]
    events += [substance_day(*row) for row in rows(_SUBSTANCE_DAYS, window.days)]
    events += checkins(rows(_CHECKINS, window.checkins(first_taken)), sitting)
    events += map(screen, rows(_SCREENS, window.moments))
    events += urines(rows(_URINES, window.specimens))
    if not told:
        events += map(counseling_session, rows(_SESSIONS, window.moments))
    events += consents(rows(_CONSENTS, window.moments))
    events += map(note, rows(_NOTES, window.moments))
    if not told:
        events += map(resolved, rows(_RESOLVED, window.moments))
    return events
