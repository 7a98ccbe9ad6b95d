"""A simulated site and its staff: they sign in by one-time link, since nobody knows a password."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.models.people import SITE, Site, Staff
from app.visit.identity import StaffMe

ZONE = "Europe/Moscow"
CASELOAD = 40


@dataclass(frozen=True, slots=True)
class Worker:
    """Who works at the site. ``position``: place on its alert list."""

    name: str
    role: str
    language: str
    mail: str
    position: int | None = None


COUNSELORS = (
    Worker("Anna Petrova", "counselor", "en", "petrova"),
    Worker("Иван Соколов", "counselor", "ru", "sokolov"),
)
OTHERS = (
    Worker("Maria Orlova", "coordinator", "en", "orlova", 1),
    Worker("Елена Иванова", "investigator", "ru", "ivanova", 2),
    Worker("Olga Smirnova", "admin", "en", "admin"),
)


@dataclass(frozen=True, slots=True)
class Team:
    """The people of a site, as they act."""

    site_id: int
    counselors: tuple[StaffMe, ...]
    coordinator: StaffMe
    investigator: StaffMe


def open_site(session: Session, now: datetime, participants: int = 0) -> Team:
    """One more site, with its telephone numbers and enough counselors for ``participants``."""
    number = session.execute(select(func.count()).select_from(SITE)).scalar_one() + 1
    site = Site(
        name=f"Site {number:02} · St Petersburg",
        timezone=ZONE,
        emergency_number="112",
        crisis_number="8 800 000-00-00",
        clinic_number="8 812 000-00-00",
    )
    session.add(site)
    session.flush()
    more = [
        Worker(f"Counselor {n:03}", "counselor", "en", f"counselor{n:03}")
        for n in range(len(COUNSELORS) + 1, -(-participants // CASELOAD) + 1)
    ]
    mark = "" if number == 1 else str(number)
    counselors = [_staff(session, site, one, mark, now) for one in (*COUNSELORS, *more)]
    others = [_staff(session, site, one, mark, now) for one in OTHERS]
    site_id = site.id or 0
    audit.record(session, audit.system(site_id), "demo.site", Subject("site", site_id), now=now)
    return Team(site_id, tuple(counselors), others[0], others[1])


def _staff(session: Session, site: Site, one: Worker, mark: str, now: datetime) -> StaffMe:
    staff = Staff(
        site_id=site.id or 0,
        email=f"{one.mail}{mark}@example.org",
        name=one.name,
        role=one.role,
        language=one.language,
        alert_position=one.position,
        created_at=now,
    )
    session.add(staff)
    session.flush()
    me = (staff.id or 0, staff.site_id, site.name, ZONE, one.name, one.role, one.language)
    return StaffMe(*me, session_id=0, request_id="demo")
