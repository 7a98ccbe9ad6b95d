"""A database of simulated participants, each with an open phone, and one signed-in counselor."""

import json
import shutil
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import utc_now
from app.db import Database
from app.models.checkin import CHECKIN
from app.models.people import AUTH_SESSION, PARTICIPANT, STAFF
from app.settings import Settings
from app.signin import sessions
from app.start import prepare
from app.visit.tokens import hash_now, token_hash
from bench.crowd.bulk import fill_bulk
from bench.crowd.phones import open_phones

ORIGIN = "http://localhost:8000"
PEOPLE_FILE = "people.json"
PIN = "604913"


@dataclass(frozen=True, slots=True)
class People:
    """Session tokens: of every participant's phone, and of a counselor with her caseload."""

    phones: list[str]
    device: str
    """by which the first of the phones is known on the lock"""
    counselor: str
    caseload: list[str]
    """public ids"""


def settings_of(folder: Path) -> Settings:
    return Settings(data_dir=folder, base_url=ORIGIN)


def make_people(folder: Path, participants: int, weeks: int) -> People:
    """Fill ``folder`` with a database and the tokens that open it, all of this moment."""
    database, now = prepare(settings_of(folder)), utc_now()
    people = people_in(database, participants, weeks, now, flags=False)
    settle(database)
    (folder / PEOPLE_FILE).write_text(json.dumps(asdict(people) | {"at": now.isoformat()}))
    return people


def made_at(folder: Path) -> datetime:
    """When the phones of ``make_people`` were opened: three minutes later they are locked."""
    return datetime.fromisoformat(_kept(folder)["at"])


def people_of(folder: Path) -> People:
    kept = _kept(folder)
    return People(**{one.name: kept[one.name] for one in fields(People)})


def _kept(folder: Path) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads((folder / PEOPLE_FILE).read_text())
    return kept


def people_in(
    database: Database, participants: int, weeks: int, now: datetime, *, flags: bool = True
) -> People:
    """Fill an empty database; everybody's phone was opened ``now``."""
    fill_bulk(database, participants, weeks, 1, now, flags=flags)
    with database.write() as session:
        people = _sign_in(session, now)
        audit.record(session, SYSTEM, "bench.sign_in", Subject("site", 1), now=now)
    return people


def stored_checkins(folder: Path) -> int:
    with closing(Database(settings_of(folder))) as database, database.read() as session:
        found: int = session.execute(select(func.count()).select_from(CHECKIN)).scalar_one()
    return found


def desk_token(session: Session, staff_id: int | None, now: datetime) -> str:
    """The token of a session of staff to which a second factor was shown."""
    half = token_hash(sessions.begin(session, now, staff_id=staff_id))
    found = select(AUTH_SESSION.c.id).where(AUTH_SESSION.c.token_hash == half)
    return sessions.open_whole(session, session.execute(found).scalar_one(), now)


def _sign_in(session: Session, now: datetime) -> People:
    active = select(PARTICIPANT.c.id).where(PARTICIPANT.c.status == "active")
    people = session.execute(active.order_by(PARTICIPANT.c.id)).scalars().all()
    phones = open_phones(session, people, now, hash_now(PIN))
    wanted = select(STAFF.c.id).where(STAFF.c.role == "counselor").order_by(STAFF.c.id)
    counselor = session.execute(wanted).scalars().first()
    mine = select(PARTICIPANT.c.public_id).where(PARTICIPANT.c.counselor_id == counselor)
    caseload = session.execute(mine.order_by(PARTICIPANT.c.id)).scalars().all()
    counselor_token = desk_token(session, counselor, now)
    tokens = [phone.token for phone in phones]
    return People(tokens, phones[0].device, counselor_token, list(caseload))


def settle(database: Database) -> None:
    """Everything into the one file, so that it can be copied."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def copy_of(folder: Path, target: Path) -> Path:
    """The same start for every round."""
    shutil.copytree(folder, target)
    return target
