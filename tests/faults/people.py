"""A site with a short alert list, and many participants with an unlocked phone each."""

from dataclasses import dataclass
from datetime import timedelta

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import local_day, utc_now
from app.db import Database
from app.models.people import Device, Participant, Site, Staff
from app.signin import sessions
from app.visit.tokens import new_token, token_hash

ZONE = "Europe/Moscow"
RECIPIENTS = 2
"""who hears of every alert: the coordinator on the list, and the participant's counselor"""


@dataclass(frozen=True, slots=True)
class Phone:
    """A participant and the token of the session that is open on their phone."""

    participant_id: int
    token: str


def invite_people(database: Database, count: int) -> list[Phone]:
    """``count`` participants a week into treatment, all of one site and one counselor."""
    now = utc_now()
    with database.write() as session:
        site = Site(
            name="St Petersburg",
            timezone=ZONE,
            emergency_number="112",
            crisis_number="8 800 000-00-01",
            clinic_number="8 812 000-00-02",
        )
        session.add(site)
        session.flush()
        team = [
            Staff(
                site_id=site.id or 0,
                email=f"{role}@clinic.test",
                name=role.title(),
                role=role,
                alert_position=position,
                created_at=now,
            )
            for role, position in (("coordinator", 1), ("counselor", None), ("admin", None))
        ]
        session.add_all(team)
        session.flush()
        people = [
            Participant(
                site_id=site.id or 0,
                code=f"F-{number:04}",
                sex="male" if number % 2 else "female",
                timezone=ZONE,
                language="en",
                first_dose_on=local_day(now, ZONE) - timedelta(days=7),
                counselor_id=team[1].id,
                enrolled_at=now - timedelta(days=14),
            )
            for number in range(count)
        ]
        session.add_all(people)
        session.flush()
        devices = [
            Device(
                participant_id=one.id or 0,
                token_hash=token_hash(new_token()),
                pin_hash="a hash",
                created_at=now,
            )
            for one in people
        ]
        session.add_all(devices)
        session.flush()
        phones = [
            Phone(one.id or 0, sessions.begin(session, now, device_id=device.id))
            for one, device in zip(people, devices, strict=True)
        ]
        audit.record(session, SYSTEM, "test.people", Subject("site", site.id or 0), now=now)
    return phones
