"""ANNA's sessions: planned through the pages, read from the tables."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app import audit
from app.appointments.queries import Appointment, appointments
from app.audit import SYSTEM, Subject
from app.models.audit import AuditEntry
from app.models.counseling import CounselingSession, SessionNote, SessionNoteText
from app.models.people import PARTICIPANT, Participant, Site, Staff
from app.models.signing import SIGNATURE
from app.timeline.tables import read_timeline
from app.visit.identity import StaffMe
from tests.browser import hidden
from tests.cast import NOW, PASSWORD, staff_session

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
# Moscow is three hours ahead, the whole year.
WEDNESDAY = {"day": "2026-11-25", "time": "12:00", "minutes": "50", "place": "clinic"}
ONCE = {**WEDNESDAY, "repeat": "once"}
WEEKLY = {**WEDNESDAY, "repeat": "weekly"}


AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
MOVE = {"day": "2026-11-26", "time": "15:30", "minutes": "30", "place": "phone"}


class Office:
    """Somebody of the staff at ANNA's sessions."""

    def __init__(self, browser, database, cast, clock):
        self.browser, self.database, self.cast, self.clock = browser, database, cast, clock
        with database.read() as session:
            self.public = session.get(Participant, cast.anna).public_id
        self.base = f"/participants/{self.public}/sessions"

    def as_(self, staff: int) -> "Office":
        token = staff_session(self.database, staff, self.clock())
        return Office(self.browser.signed_in(token), self.database, self.cast, self.clock)

    def plan(self, **fields):
        return self.browser.post(self.base, {**ONCE, **fields})

    def get(self, path=""):
        return self.browser.get(self.base + path)

    def post(self, path, data):
        return self.browser.post(self.base + path, data)

    @property
    def all(self) -> list[Appointment]:
        with self.database.read() as session:
            return appointments(session, self.cast.anna)

    @property
    def one(self) -> Appointment:
        (found,) = self.all
        return found

    @property
    def path(self) -> str:
        return f"/{self.one.public_id}"

    def step(self, step, **fields):
        """Take a step with the only session there is, from its version as it stands."""
        return self.post(f"{self.path}/{step}", {"version": str(self.one.version), **fields})

    def audited(self, like):
        entry: Any = AuditEntry.__table__
        with self.database.read() as session:
            rows = session.execute(
                select(entry).where(entry.c.action.like(like)).order_by(entry.c.seq)
            )
            return list(rows.all())

    def begun(self) -> "Office":
        """A session that begins at this very moment, nothing recorded."""
        self.plan(day=str(TODAY), time="09:00")
        return self


@pytest.fixture
def office(petrova, database, cast, clock) -> Office:
    """Counselor Petrova's."""
    return Office(petrova, database, cast, clock)


@pytest.fixture
def in_zone(database, cast):
    """Moves the clinic and ANNA to another time zone."""

    def move(zone):
        site, person = Site.__table__, PARTICIPANT
        with database.write() as session:
            session.execute(update(site).where(site.c.id == cast.site).values(timezone=zone))
            session.execute(update(person).where(person.c.id == cast.anna).values(timezone=zone))
            audit.record(session, SYSTEM, "test.zone", Subject("site", cast.site), now=NOW)

    return move


@pytest.fixture
def leaves(database, cast):
    """ANNA is withdrawn."""

    def leave():
        person = PARTICIPANT
        with database.write() as session:
            session.execute(
                update(person).where(person.c.id == cast.anna).values(status="withdrawn")
            )
            audit.record(session, SYSTEM, "test.leave", Subject("participant", cast.anna), now=NOW)

    return leave


def me_of(database, staff_id: int) -> StaffMe:
    with database.read() as session:
        one = session.get(Staff, staff_id)
        return StaffMe(
            staff_id, one.site_id, "Site", "Europe/Moscow", one.name, one.role, "en", 0, "test"
        )


def events(office):
    """ANNA's sessions as the timeline has them: when, and whether she came."""
    with office.database.read() as session:
        found = read_timeline(session, office.cast.anna).events
    return [(one.at, one.attended) for one in found if type(one).__name__ == "Session"]


def add_session(database, who, at, attended=None, **more) -> int:
    """A row as it might stand; returns its id."""
    recorded = at + timedelta(hours=1) if attended is not None else None
    row = {"week": 1, "attended": attended, "recorded_at": recorded, **more}
    with database.write() as session:
        made = CounselingSession(participant_id=who, at=at, **row)
        session.add(made)
        session.flush()
        audit.record(session, SYSTEM, "test.session", Subject("session", made.id), now=NOW)
        return made.id


def plain(page) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


OWN_WORDS = "quetzal: spoke about her brother"
RISKS = {name: "asked" for name in ("self_harm", "overdose", "opioid_return", "withdrawal")}
FULL = {
    "attendance": "late",
    "topics": ["week_1", "tablet"],
    "sheets": ["rulers"],
    "plan": ["diary", "sheet:sleep"],
    "next_on": "2026-12-02",
    "text": OWN_WORDS,
    # Closing asks who it is; a draft does not look at it.
    "present": PASSWORD,
    **RISKS,
}


# Of somebody who did not come nothing is told.
NOBODY = {
    "attendance": "no_show",
    "topics": [],
    "sheets": [],
    "plan": ["sooner"],
    **dict.fromkeys(RISKS, ""),
}


class Desk:
    """The note of the one session, as somebody of the staff sees it."""

    def __init__(self, office):
        self.office = office

    @property
    def path(self):
        return f"{self.office.path}/note"

    def get(self, tail=""):
        return self.office.get(self.path + tail)

    def send(self, do="save", **fields):
        """As the page of this moment would send it."""
        seen = hidden(self.get(), "seen")
        return self.office.post(self.path, {**FULL, "seen": seen, "do": do, **fields})

    def amend(self, **fields):
        former = hidden(self.get("/amend"), "former")
        body = {**FULL, "former": former, "reason": "A topic was left out.", **fields}
        return self.office.post(f"{self.path}/amend", body)

    def as_(self, who):
        return Desk(self.office.as_(who))

    @property
    def rows(self):
        with self.office.database.read() as session:
            return list(session.execute(select(SessionNote.__table__).order_by(SessionNote.id)))

    @property
    def signatures(self):
        with self.office.database.read() as session:
            return list(session.execute(select(SIGNATURE).order_by(SIGNATURE.c.id)))

    @property
    def texts(self):
        with self.office.database.read() as session:
            return [row.text for row in session.execute(select(SessionNoteText.__table__))]


@pytest.fixture
def desk(office):
    return Desk(office.begun())
