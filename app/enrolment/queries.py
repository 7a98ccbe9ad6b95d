"""What the trial team reads: the list, one participant, who may be their counselor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, or_, select, true
from sqlalchemy.orm import Session

from app.clock import local_day
from app.i18n import Translator
from app.models.checkin import CHECKIN, CHECKIN_JUDGEMENT
from app.models.diary import DOSE
from app.models.flags import FLAG
from app.models.people import (
    DEVICE,
    HOLD,
    INVITATION,
    PARTICIPANT,
    STAFF,
    USUAL_DRINK,
    dated_zone,
)
from app.protocol.model import Protocol
from app.protocol.study_time import StudyTime, study_time
from app.staff.last_told import LAST_TOLD, last_told
from app.timeline.days import at_local
from app.visit.identity import StaffMe
from app.visit.left import LEFT_AS, word_of
from app.visit.roles import HOLDS_SESSIONS, holders
from app.visit.scope import ScopedParticipant, in_scope

_WHO: Any = bindparam("who")
_RANK = case({"emergency": 3, "urgent": 2, "routine": 1}, value=FLAG.c.severity)
_SEVERITY = {3: "emergency", 2: "urgent", 1: "routine"}


def _of_flags(what: Any) -> Any:
    unresolved = and_(FLAG.c.participant_id == PARTICIPANT.c.id, FLAG.c.status != "resolved")
    return select(what).where(unresolved).correlate(PARTICIPANT).scalar_subquery()


# One statement however many participants: each figure is a look into an index.
_LIST = (
    select(
        PARTICIPANT.c.public_id,
        PARTICIPANT.c.code,
        PARTICIPANT.c.status,
        LEFT_AS,
        dated_zone(PARTICIPANT),
        PARTICIPANT.c.first_dose_on,
        STAFF.c.name.label("counselor_name"),
        _of_flags(func.count()).label("flags"),
        _of_flags(func.max(_RANK)).label("rank"),
        *LAST_TOLD,
    )
    .outerjoin(STAFF, STAFF.c.id == PARTICIPANT.c.counselor_id)
    .order_by(PARTICIPANT.c.code)
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list. ``last_entry`` is when something was last told, in UTC.

    ``left``: how their part ended, to be translated; "" while they take part.
    """

    public_id: str
    code: str
    left: str
    timezone: str
    counselor: str | None
    study: StudyTime
    flags: int
    severity: str | None
    last_entry: datetime | None


def participants(session: Session, me: StaffMe, now: datetime) -> list[Listed]:
    """Everybody whom ``me`` may see, by code; one statement."""
    return [_listed(row, now) for row in session.execute(_LIST.where(in_scope(me)))]


def _listed(row: Any, now: datetime) -> Listed:
    return Listed(
        row.public_id,
        row.code,
        word_of(row.status, row.left_as),
        row.timezone,
        row.counselor_name,
        study_time(row.first_dose_on, local_day(now, row.timezone)),
        row.flags,
        _SEVERITY.get(row.rank),
        last_told(row),
    )


_COUNSELORS = (
    select(STAFF.c.public_id, STAFF.c.name, STAFF.c.id)
    .where(
        STAFF.c.site_id == bindparam("site"),
        STAFF.c.role.in_(holders(HOLDS_SESSIONS)),
        STAFF.c.active == true(),
    )
    .order_by(STAFF.c.name)
)


@dataclass(frozen=True, slots=True)
class Counselor:
    public_id: str
    name: str
    id: int


def counselors(session: Session, site_id: int) -> list[Counselor]:
    """The counselors who work at a site."""
    return [Counselor(*row) for row in session.execute(_COUNSELORS, {"site": site_id})]


_CODE_TAKEN = select(
    exists().where(PARTICIPANT.c.site_id == bindparam("site"), PARTICIPANT.c.code == _WHO)
)


def code_taken(session: Session, site_id: int, code: str) -> bool:
    return bool(session.execute(_CODE_TAKEN, {"site": site_id, "who": code}).scalar())


_HOLDS = (
    select(
        HOLD.c.id,
        HOLD.c.from_day,
        HOLD.c.until_day,
        HOLD.c.reason,
        STAFF.c.name,
        HOLD.c.set_at,
        HOLD.c.over,
    )
    .outerjoin(STAFF, STAFF.c.id == HOLD.c.set_by)
    .where(
        HOLD.c.participant_id == _WHO,
        HOLD.c.lifted_at.is_(None),
        or_(HOLD.c.until_day.is_(None), HOLD.c.until_day >= bindparam("today")),
    )
    .order_by(HOLD.c.over.desc(), HOLD.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class ActiveHold:
    """A hold that is in force, or will be from ``from_day`` on.

    ``over``: the treatment has ended; it comes back only where its end is undone.
    """

    id: int
    from_day: date
    until_day: date | None
    reason: str
    set_by: str | None
    set_at: datetime
    over: bool = False


def active_hold(session: Session, who: int, today: date) -> ActiveHold | None:
    """The hold that has neither been lifted nor run out by ``today``."""
    row = session.execute(_HOLDS, {"who": who, "today": today}).first()
    return ActiveHold(*row) if row else None


_FIRST_TAKEN = select(func.min(DOSE.c.day)).where(
    DOSE.c.participant_id == _WHO,
    DOSE.c.taken,
    DOSE.c.superseded_at.is_(None),
    DOSE.c.void.is_(False),
)
_RUN_IN = select(func.count()).where(
    CHECKIN.c.participant_id == _WHO,
    CHECKIN.c.started_at >= bindparam("since"),
    CHECKIN.c.started_at < bindparam("until"),
    exists().where(CHECKIN_JUDGEMENT.c.checkin_id == CHECKIN.c.id),
)


@dataclass(frozen=True, slots=True)
class RunIn:
    """Check-ins of the days before the first dose, and how many a baseline needs.

    ``first_dose_on`` is the first one taken, until then the planned one; ``ended`` once it is
    in the past, when nothing can be added any more.
    """

    checkins: int
    needed: int
    first_dose_on: date | None
    ended: bool

    @property
    def on_record(self) -> bool:
        return self.checkins >= self.needed


def run_in(session: Session, who: ScopedParticipant, protocol: Protocol, now: datetime) -> RunIn:
    """How far the baseline is; the same days as ``Known.baseline`` looks at."""
    needed = protocol.run_in_min_checkins
    first = session.execute(_FIRST_TAKEN, {"who": who.id}).scalar() or who.first_dose_on
    if first is None:
        return RunIn(0, needed, None, False)
    since = at_local(first - timedelta(days=protocol.run_in_days), time(0), who.timezone)
    until = at_local(first, time(0), who.timezone)
    found = session.execute(_RUN_IN, {"who": who.id, "since": since, "until": until}).scalar()
    return RunIn(found or 0, needed, first, local_day(now, who.timezone) >= first)


_PHONES = select(func.count(), func.max(DEVICE.c.created_at)).where(
    DEVICE.c.participant_id == _WHO,
    DEVICE.c.revoked_at.is_(None),
    DEVICE.c.pin_hash.is_not(None),
)
_WAITING = select(func.max(INVITATION.c.expires_at)).where(
    INVITATION.c.participant_id == _WHO,
    INVITATION.c.redeemed_at.is_(None),
    INVITATION.c.revoked_at.is_(None),
    INVITATION.c.expires_at > bindparam("now"),
)


@dataclass(frozen=True, slots=True)
class Access:
    """How the participant gets in: phones with a code, and an invitation that waits."""

    phones: int
    since: datetime | None
    invited_until: datetime | None


def access(session: Session, who: int, now: datetime) -> Access:
    phones, since = session.execute(_PHONES, {"who": who}).one()
    waiting = session.execute(_WAITING, {"who": who, "now": now}).scalar()
    return Access(phones, since, waiting)


_DETAIL_DRINKS = (
    select(USUAL_DRINK.c.beverage, USUAL_DRINK.c.ml, USUAL_DRINK.c.abv)
    .where(USUAL_DRINK.c.participant_id == _WHO)
    .order_by(USUAL_DRINK.c.position)
)
_COUNSELOR_NAME = select(STAFF.c.name).where(STAFF.c.id == _WHO)


def usual_drinks(session: Session, who: int, protocol: Protocol, tr: Translator) -> list[str]:
    """Names as the protocol's presets have them, else kind, size and strength."""
    names = {(p.beverage, p.ml, p.abv): p.name.in_(tr.lang) for p in protocol.presets}
    rows: Sequence[Any] = session.execute(_DETAIL_DRINKS, {"who": who}).all()
    return [
        names.get((row.beverage, row.ml, row.abv))
        or tr(
            "%(kind)s, %(ml)s ml of %(abv)s%%",
            kind=row.beverage,
            ml=tr.number(row.ml),
            abv=tr.number(row.abv),
        )
        for row in rows
    ]


def counselor_name(session: Session, staff_id: int | None) -> str | None:
    if staff_id is None:
        return None
    return session.execute(_COUNSELOR_NAME, {"who": staff_id}).scalar()
