"""A site with a short alert list, and many participants with an unlocked phone each."""

from datetime import timedelta

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import local_day, utc_now
from app.db import Database
from app.models.people import Participant, Site, Staff
from bench.crowd.phones import Phone, open_phones

ZONE = "Europe/Moscow"
RECIPIENTS = 2
"""who hears of every alert: the coordinator on the list, and the participant's counselor"""


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
        phones = open_phones(session, [one.id or 0 for one in people], now)
        audit.record(session, SYSTEM, "test.people", Subject("site", site.id or 0), now=now)
    return phones
