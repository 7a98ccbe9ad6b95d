"""The people of the tests: who works where, and who is on whose caseload.

St Petersburg: Petrova and Sokolov (counselors), Orlova (coordinator), Dr Ivanova
(investigator), Admin. Participants ANNA (Petrova's) and BORIS (Sokolov's).
Tomsk: Volkova (counselor) with VERA. Nobody in Tomsk exists for St Petersburg.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import update
from sqlmodel import Session

from app import audit
from app.audit import SYSTEM, Subject
from app.db import Database
from app.models.people import (
    AUTH_SESSION,
    Device,
    Participant,
    ParticipantContact,
    Site,
    Staff,
    UsualDrink,
)
from app.signin import sessions
from app.visit.tokens import hash_now, new_token, token_hash

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # Monday, 09:00 in Moscow
PASSWORD = "correct horse battery staple"
PIN = "482913"
# The demo over plain http renames what is "__Host-" everywhere else.
PLAIN_SESSION_COOKIE = "daybook-sid"
_password_hash: list[str] = []


def password_hash() -> str:
    """Hashed once for all: forty milliseconds a person would be felt."""
    if not _password_hash:
        _password_hash.append(hash_now(PASSWORD))
    return _password_hash[0]


@dataclass(frozen=True)
class Cast:
    site: int
    other_site: int
    petrova: int
    sokolov: int
    orlova: int
    ivanova: int
    admin: int
    volkova: int
    anna: int
    boris: int
    vera: int


def invite_cast(session: Session, now: datetime = NOW) -> Cast:
    """Write the cast with the audit entry that every write needs."""
    site = _site(session, "St Petersburg", "Europe/Moscow")
    other = _site(session, "Tomsk", "Asia/Tomsk", "8 3822 00-00-03")
    petrova = _staff(session, site, "Anna Petrova", "counselor", now)
    sokolov = _staff(session, site, "Ivan Sokolov", "counselor", now)
    orlova = _staff(session, site, "Maria Orlova", "coordinator", now, position=1)
    ivanova = _staff(session, site, "Dr Elena Ivanova", "investigator", now, position=2)
    admin = _staff(session, site, "Olga Admin", "admin", now)
    volkova = _staff(session, other, "Daria Volkova", "counselor", now, position=1)
    anna = participant(session, site, "DB-001", "female", petrova, now)
    boris = participant(session, site, "DB-002", "male", sokolov, now)
    vera = participant(session, other, "DB-001", "female", volkova, now)
    audit.record(session, SYSTEM, "test.cast", Subject("site", site), now=now)
    return Cast(site, other, petrova, sokolov, orlova, ivanova, admin, volkova, anna, boris, vera)


def _site(session: Session, name: str, zone: str, clinic: str = "8 812 000-00-02") -> int:
    site = Site(
        name=name,
        timezone=zone,
        emergency_number="112",
        crisis_number="8 800 000-00-01",
        clinic_number=clinic,
    )
    session.add(site)
    session.flush()
    return site.id or 0


def _staff(
    session: Session, site: int, name: str, role: str, now: datetime, position: int | None = None
) -> int:
    staff = Staff(
        site_id=site,
        email=f"{name.rsplit(maxsplit=1)[-1].lower()}@clinic.test",
        name=name,
        role=role,
        password_hash=password_hash(),
        alert_position=position,
        created_at=now,
    )
    session.add(staff)
    session.flush()
    return staff.id or 0


def participant(
    session: Session, site: int, code: str, sex: str, counselor: int, now: datetime
) -> int:
    person = Participant(
        site_id=site,
        code=code,
        sex=sex,
        timezone="Europe/Moscow",
        language="en",
        first_dose_on=date(2026, 11, 22),
        counselor_id=counselor,
        enrolled_at=now,
    )
    session.add(person)
    session.flush()
    keys = session.info["keys"]
    session.add(
        ParticipantContact(
            participant_id=person.id,
            name_sealed=keys.seal(f"Name of {code}"),
            phone_sealed=keys.seal("+7 900 000-00-00"),
            note_sealed=keys.seal(""),
        )
    )
    for position, (beverage, ml, abv) in enumerate([("beer", 500, 5), ("vodka", 50, 40)]):
        session.add(
            UsualDrink(
                participant_id=person.id, position=position, beverage=beverage, ml=ml, abv=abv
            )
        )
    session.flush()
    return person.id or 0


def participant_session(database: Database, participant_id: int, now: datetime) -> str:
    """An open session on a new phone of the participant; returns the cookie's token."""
    with database.write() as session:
        device = Device(
            participant_id=participant_id,
            token_hash=token_hash(new_token()),
            pin_hash=password_hash(),
            created_at=now,
        )
        session.add(device)
        session.flush()
        token = sessions.begin(session, now, device_id=device.id)
        audit.record(session, SYSTEM, "test.session", Subject("device", device.id or 0), now=now)
    return token


def staff_session(database: Database, staff_id: int, now: datetime) -> str:
    """A session to which a second factor was shown, where there is one."""
    with database.write() as session:
        token = sessions.begin(session, now, staff_id=staff_id)
        begun = AUTH_SESSION.c.token_hash == token_hash(token)
        session.execute(update(AUTH_SESSION).where(begun).values(second_at=now))
        audit.record(session, SYSTEM, "test.session", Subject("staff", staff_id), now=now)
    return token
