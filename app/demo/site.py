"""A simulated site and its staff: they sign in by one-time link, since nobody knows a password."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.colleagues.forms import ColleagueForm
from app.colleagues.service import add
from app.consent.service import put_in_force
from app.models.people import SITE
from app.site.forms import AlertListForm, SiteForm
from app.site.queries import staff_of
from app.site.service import open_site as open_house
from app.site.service import set_on_alert_list
from app.visit.identity import StaffMe

ZONE = "Europe/Moscow"
SITE_MADE = "demo.site"
TEXT = "The text of the demo, which no committee has approved."
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
    name = f"Site {number:02} · St Petersburg"
    form = SiteForm(
        name=name,
        timezone=ZONE,
        emergency="112",
        crisis="8 800 000-00-00",
        clinic="8 812 000-00-00",
    )
    site = (open_house(session, form, now), name)
    made = audit.system(site[0])
    audit.record(session, made, SITE_MADE, Subject("site", site[0]), now=now)
    more = [
        Worker(f"Counselor {n:03}", "counselor", "en", f"counselor{n:03}")
        for n in range(len(COUNSELORS) + 1, -(-participants // CASELOAD) + 1)
    ]
    mark = "" if number == 1 else str(number)
    counselors = [_staff(session, site, one, mark, now) for one in (*COUNSELORS, *more)]
    others = [_staff(session, site, one, mark, now) for one in OTHERS]
    for me, one in zip(others, OTHERS, strict=True):
        if one.position:
            listed = next(who for who in staff_of(session, others[-1]) if who.id == me.id)
            place = AlertListForm(position=one.position)
            set_on_alert_list(session, others[-1], listed, place, None, now)
    put_in_force(session, others[1], 1, "major", TEXT, now)
    return Team(site[0], tuple(counselors), others[0], others[1])


def _staff(
    session: Session, site: tuple[int, str], one: Worker, mark: str, now: datetime
) -> StaffMe:
    form = ColleagueForm(
        name=one.name, email=f"{one.mail}{mark}@example.org", role=one.role, language=one.language
    )
    new = add(session, site[0], form, audit.system(site[0]), now)
    me = (new, site[0], site[1], ZONE, one.name, one.role, one.language)
    return StaffMe(*me, session_id=0, request_id="demo")
