"""Which locks there are, and what was told after one was set: coded, without what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from app.models.checkin import CHECKIN, SCREEN
from app.models.diary import DOSE, DRINK_DAY, SUBSTANCE_DAY
from app.models.locks import RECORD_LOCK
from app.models.people import PARTICIPANT, STAFF
from app.visit.identity import StaffMe
from app.web.errors import NotFound

MOST_SHOWN = 100
_SETTER, _LIFTER = STAFF.alias("setter"), STAFF.alias("lifter")
_LOCKS = (
    select(
        RECORD_LOCK.c.id,
        RECORD_LOCK.c.public_id,
        RECORD_LOCK.c.scope,
        RECORD_LOCK.c.participant_id,
        PARTICIPANT.c.code,
        RECORD_LOCK.c.first_day,
        RECORD_LOCK.c.last_day,
        RECORD_LOCK.c.from_at,
        RECORD_LOCK.c.until_at,
        RECORD_LOCK.c.reason,
        RECORD_LOCK.c.set_at,
        _SETTER.c.name.label("set_by"),
        RECORD_LOCK.c.lifted_at,
        _LIFTER.c.name.label("lifted_by"),
    )
    .join(_SETTER, _SETTER.c.id == RECORD_LOCK.c.set_by)
    .outerjoin(_LIFTER, _LIFTER.c.id == RECORD_LOCK.c.lifted_by)
    .outerjoin(PARTICIPANT, PARTICIPANT.c.id == RECORD_LOCK.c.participant_id)
    .where(RECORD_LOCK.c.site_id == bindparam("site"))
    .order_by(RECORD_LOCK.c.lifted_at.is_not(None), RECORD_LOCK.c.id.desc())
)
_ONE = _LOCKS.where(RECORD_LOCK.c.public_id == bindparam("public_id"))
_STANDING = _LOCKS.where(
    RECORD_LOCK.c.lifted_at.is_(None),
    (RECORD_LOCK.c.scope == "study") | (RECORD_LOCK.c.participant_id == bindparam("who")),
)
_BY_CODE = select(PARTICIPANT.c.id).where(
    PARTICIPANT.c.site_id == bindparam("site"), PARTICIPANT.c.code == bindparam("code")
)


@dataclass(frozen=True, slots=True)
class Lock:
    """``code``: of the participant, where it is of one."""

    id: int
    public_id: str
    scope: str
    participant_id: int | None
    code: str | None
    first_day: date | None
    last_day: date | None
    from_at: datetime | None
    until_at: datetime | None
    reason: str
    set_at: datetime
    set_by: str
    lifted_at: datetime | None
    lifted_by: str | None


def _lock(row: Any) -> Lock:
    return Lock(*row)


def locks(session: Session, me: StaffMe) -> list[Lock]:
    """Of the site: those that stand first, then the newest."""
    return [_lock(row) for row in session.execute(_LOCKS, {"site": me.site_id})]


def lock_for(session: Session, me: StaffMe, public_id: str) -> Lock:
    """Raises NotFound."""
    row = session.execute(_ONE, {"site": me.site_id, "public_id": public_id}).first()
    if row is None:
        raise NotFound
    return _lock(row)


def locks_on(session: Session, me: StaffMe, participant_id: int) -> list[Lock]:
    """Those that stand on the record of one participant."""
    rows = session.execute(_STANDING, {"site": me.site_id, "who": participant_id})
    return [_lock(row) for row in rows]


def by_code(session: Session, me: StaffMe, code: str) -> int | None:
    """The participant of the site who has this code."""
    found: int | None = session.execute(_BY_CODE, {"site": me.site_id, "code": code}).scalar()
    return found


# --- what came after it -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something told while the lock stood: what kind of entry, about when, and when it came."""

    kind: str
    code: str
    day: date | None
    at: datetime | None
    received_at: datetime


def _told(kind: str, table: Any, received: Any, when: dict[str, Any]) -> Any:
    """Day or moment of what it is about: the other is null, in a type that both databases know."""
    day = when.get("day", cast(null(), RECORD_LOCK.c.first_day.type))
    at = when.get("at", cast(null(), RECORD_LOCK.c.set_at.type))
    lock, person = RECORD_LOCK.c, PARTICIPANT.c
    of_person = (lock.participant_id == table.c.participant_id) | (lock.scope == "study")
    if "day" in when:
        in_days = (day >= lock.first_day) & (day <= lock.last_day)
    else:
        in_days = (at >= lock.from_at) & (at < lock.until_at)
    return (
        select(
            literal(kind).label("kind"),
            person.code.label("code"),
            day.label("day"),
            at.label("at"),
            received.label("received_at"),
        )
        .select_from(table)
        .join(PARTICIPANT, person.id == table.c.participant_id)
        .join(RECORD_LOCK, lock.site_id == person.site_id)
        .where(
            lock.id == bindparam("lock"),
            of_person,
            (lock.scope != "visit") | in_days,
            received > lock.set_at,
            lock.lifted_at.is_(None) | (received < lock.lifted_at),
        )
    )


_ARRIVED = union_all(
    *(
        _told(kind, one, one.c.received_at, {"day": one.c.day})
        for kind, one in (("dose", DOSE), ("drinks", DRINK_DAY), ("substances", SUBSTANCE_DAY))
    ),
    _told("checkin", CHECKIN, CHECKIN.c.started_at, {"at": CHECKIN.c.started_at}),
    _told("screen", SCREEN, SCREEN.c.received_at, {"at": SCREEN.c.at}),
)


def arrivals(session: Session, lock: Lock) -> Sequence[Arrival]:
    """What was told after the lock was set and before it was lifted; the newest first."""
    found = [Arrival(*row) for row in session.execute(_ARRIVED, {"lock": lock.id})]
    return sorted(found, key=lambda one: one.received_at, reverse=True)[:MOST_SHOWN]
