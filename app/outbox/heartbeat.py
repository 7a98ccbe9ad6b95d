"""When each part was last alive; also the turn of a job that runs in one place at a time."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.clock import age, local_day
from app.models.outbox import HEARTBEAT
from app.timeline.days import ONE_DAY, at_local

WORKER = "worker"
JOB_FAILING = "job-failing:"
BACKUP = "backup"
TRAIL_WHOLE, TRAIL_BROKEN = "trail whole", "trail broken"
_AT = select(HEARTBEAT.c.at).where(HEARTBEAT.c.name == bindparam("name"))


def beat(session: Session, name: str, now: datetime) -> None:
    """``name`` is alive now."""
    insert = _insert(session)(HEARTBEAT).values(name=name, at=now)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[HEARTBEAT.c.name], set_={"at": insert.excluded.at}
        )
    )


def take_turn(session: Session, job: str, now: datetime, every: timedelta) -> bool:
    """Whether ``job`` is due; if so the turn is taken, and given back by a rollback.

    Of two workers that ask at once, one gets it. A last turn in the future (a clock that was
    set back) counts as due.
    """
    name = f"job:{job}"
    first = _insert(session)(HEARTBEAT).values(name=name, at=now).on_conflict_do_nothing()
    if session.execute(first.returning(HEARTBEAT.c.name)).first():
        return True
    taken = session.execute(
        update(HEARTBEAT)
        .where(HEARTBEAT.c.name == name, or_(HEARTBEAT.c.at <= now - every, HEARTBEAT.c.at > now))
        .values(at=now)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def note_job(session: Session, job: str, now: datetime, *, well: bool) -> None:
    """Whether the last run of ``job`` left nothing out; since when it does, until a clean run."""
    name = JOB_FAILING + job
    if well:
        session.execute(delete(HEARTBEAT).where(HEARTBEAT.c.name == name))
    else:
        first = _insert(session)(HEARTBEAT).values(name=name, at=now).on_conflict_do_nothing()
        session.execute(first)


def note_trail(session: Session, now: datetime, *, whole: bool) -> None:
    """What the last walk of the audit trail found: one of the two is on record at a time."""
    beat(session, TRAIL_WHOLE if whole else TRAIL_BROKEN, now)
    other = TRAIL_BROKEN if whole else TRAIL_WHOLE
    session.execute(delete(HEARTBEAT).where(HEARTBEAT.c.name == other))


def trail_checked(session: Session) -> tuple[datetime, bool] | None:
    """When the trail was last walked, and whether it was whole; None before the first walk."""
    for name in (TRAIL_BROKEN, TRAIL_WHOLE):
        at = session.execute(_AT, {"name": name}).scalar()
        if at is not None:
            return at, name == TRAIL_WHOLE
    return None


def last_beat(session: Session, name: str) -> datetime | None:
    """When ``name`` was last alive; None for never."""
    found: datetime | None = session.execute(_AT, {"name": name}).scalar()
    return found


def _insert(session: Session) -> Any:
    """Both databases know "on conflict", each through its own statement."""
    postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if postgres else sqlite.insert


def once_a_day(session: Session, name: str, wall: time, zone: str, now: datetime) -> bool:
    """Whether ``wall`` o'clock of ``zone`` has come since the last turn of ``name``; takes it.

    A worker that was away catches up once, not once a day missed. Where there was no turn
    before, the first is the next one to come.
    """
    moment = last_time(wall, zone, now)
    last = session.execute(_AT, {"name": name}).scalar()
    if not _is_over(last, moment, now):
        return False
    beat(session, name, moment)
    return last is not None


def is_due(session: Session, name: str, wall: time, zone: str, now: datetime) -> bool:
    """Whether `once_a_day` would take its turn, or begin to count."""
    last = session.execute(_AT, {"name": name}).scalar()
    return _is_over(last, last_time(wall, zone, now), now)


def _is_over(last: datetime | None, moment: datetime, now: datetime) -> bool:
    """Whether the last turn is older than `moment`: one that lies ahead took a wrong clock's."""
    return last is None or last < moment or age(last, now) is None


def last_time(wall: time, zone: str, now: datetime) -> datetime:
    """The latest moment not after ``now`` at which the clocks of ``zone`` show ``wall``."""
    day = local_day(now, zone)
    today = at_local(day, wall, zone)
    return today if today <= now else at_local(day - ONE_DAY, wall, zone)
