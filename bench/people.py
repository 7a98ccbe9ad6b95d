"""A database of simulated participants, each with an open phone, and one signed-in counselor."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import utc_now
from app.db import Database
from app.demo.bulk import fill_bulk
from app.models.people import Device, Participant, Staff
from app.settings import Settings
from app.signin import sessions
from app.start import prepare
from app.visit.tokens import hash_now, new_token, token_hash

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
    """Fill ``folder`` with a database and the tokens that open it."""
    database = prepare(settings_of(folder))
    fill_bulk(database, participants, weeks, 1, utc_now(), flags=False)
    with database.write() as session:
        people = _sign_in(session)
        audit.record(session, SYSTEM, "bench.sign_in", Subject("site", 1), now=utc_now())
    settle(database)
    (folder / PEOPLE_FILE).write_text(
        json.dumps([people.phones, people.device, people.counselor, people.caseload])
    )
    return people


def _sign_in(session: Session) -> People:
    now = utc_now()
    phones, device_token = [], new_token()
    token, pin = device_token, hash_now(PIN)
    active = Participant.status == "active"
    for person in session.execute(select(Participant).where(active)).scalars():  # type: ignore[arg-type]
        device = Device(
            participant_id=person.id, token_hash=token_hash(token), pin_hash=pin, created_at=now
        )
        token = new_token()
        session.add(device)
        session.flush()
        phones.append(sessions.begin(session, now, device_id=device.id))
    counselor = session.execute(select(Staff).where(Staff.role == "counselor")).scalars().first()  # type: ignore[arg-type]
    assert counselor
    mine = Participant.counselor_id == counselor.id
    caseload = session.execute(select(Participant.public_id).where(mine)).scalars().all()  # type: ignore[call-overload]
    counselor_token = sessions.begin(session, now, staff_id=counselor.id)
    return People(phones, device_token, counselor_token, list(caseload))


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
