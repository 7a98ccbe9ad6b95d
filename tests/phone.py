"""One participant of the demo on a running server, and the address of every page they have."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import select, update

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import local_day, utc_now
from app.db import Database
from app.demo.cohort import fill_demo
from app.demo.stories import STORIES
from app.models.checkin import CHECKIN
from app.models.people import PARTICIPANT, STAFF
from app.models.worksheets import WORKSHEET
from app.visit.gate import audiences
from tests.databases import SqliteTemplate
from tests.worksheets.planted import ABOUT, PAGES, plant

# Two months, an opioid once, flags, answers of every kind.
STORY = next(story for story in STORIES if story.code == "DB-005")
# Beyond the days that a participant may fill in.
LONG_AGO = timedelta(days=30)
# Files to keep, not pages: a browser saves them.
FILES = (
    "/me/consent/copy",
    "/me/copy/readable",
    "/me/copy/timeline",
    "/me/copy/worksheets",
    "/session.ics",
)
# Pages that a phone shows before its PIN, or about it.
DOORS = ("/help", "/lock", "/start")


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    zone: str

    @property
    def today(self) -> date:
        return local_day(utc_now(), self.zone)


@contextmanager
def demo_database(folder: Path) -> Iterator[Database]:
    """A migrated database with one story of the demo up to now."""
    template = folder / "template"
    template.mkdir()
    with SqliteTemplate(template).fresh(folder) as database:
        fill_demo(database, utc_now(), stories=(STORY,))
        with database.read() as session:
            counselors = select(STAFF.c.id).where(STAFF.c.role == "counselor").order_by(STAFF.c.id)
            staff = session.execute(counselors.limit(1)).scalar_one()
        plant(database, person_of(database).id, staff, utc_now())
        yield database


def person_of(database: Database) -> Person:
    with database.read() as session:
        row = session.execute(select(PARTICIPANT.c.id, PARTICIPANT.c.timezone).limit(1)).one()
    return Person(row.id, row.timezone)


def speak(database: Database, person: Person, language: str) -> None:
    with database.write() as session:
        session.execute(
            update(PARTICIPANT).where(PARTICIPANT.c.id == person.id).values(language=language)
        )
        audit.record(
            session, SYSTEM, "test.language", Subject("participant", person.id), now=utc_now()
        )


def pages(app: FastAPI, database: Database, person: Person) -> list[str]:
    """An address for every GET route of participants, with every page of a check-in."""
    found = [*DOORS]
    for (method, path), audience in sorted(audiences(app).items()):
        if method == "GET" and audience.kind == "participant" and path not in FILES:
            found += _filled(path, database, person)
    return list(dict.fromkeys(found))


def _filled(path: str, database: Database, person: Person) -> list[str]:
    if path.startswith("/worksheets/"):
        return _sheets(path, database, person)
    if "{day}" in path:
        near = (timedelta(days=back) for back in (0, 1, 5))
        days = (person.today - back for back in (*near, LONG_AGO))
        return [path.replace("{day}", day.isoformat()) for day in days]
    if "{month}" in path:
        return [path.replace("{month}", f"{person.today:%Y-%m}")]
    if "{page}" in path:
        known = path.replace("{public_id}", _checkin(database, person, "side_effects"))
        numbered = [known.replace("{page}", str(number)) for number in range(1, 7)]
        return [*numbered, "/today/check/new/first", "/today/check/new/now"]
    if "{public_id}" in path:
        instrument = "urges" if "urges" in path else "side_effects"
        return [path.replace("{public_id}", _checkin(database, person, instrument))]
    assert "{" not in path, path
    return [path]


def _sheets(path: str, database: Database, person: Person) -> list[str]:
    """Pages of the planted sheets: about one kind, the whole of each, one page of each kind."""
    if "{sheet}" in path:
        return [path.replace("{sheet}", sheet) for sheet in ABOUT]
    with database.read() as session:
        found = session.execute(
            select(WORKSHEET.c.sheet_key, WORKSHEET.c.public_id)
            .where(WORKSHEET.c.participant_id == person.id)
            .order_by(WORKSHEET.c.started_at)
        ).all()
    known = dict(found)
    if "{page}" in path:
        whole = path.rpartition("/")[0]
        pairs = [(key, page) for key in PAGES for page in PAGES[key]]
        return [f"{whole}/{page}".replace("{public_id}", known[key]) for key, page in pairs]
    wanted = ("change_plan", "sleep", "personal_feedback", "rulers", "values")
    return [path.replace("{public_id}", known[key]) for key in wanted]


def _checkin(database: Database, person: Person, instrument: str) -> str:
    with database.read() as session:
        statement = (
            select(CHECKIN.c.public_id)
            .where(CHECKIN.c.participant_id == person.id, CHECKIN.c.instrument == instrument)
            .order_by(CHECKIN.c.id.desc())
        )
        return str(session.execute(statement.limit(1)).scalar_one())
