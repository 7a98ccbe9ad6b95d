"""A session at the clinic is on the clinic's wall and a call on the participant's, everywhere."""

import html
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app import audit
from app.audit import SYSTEM, Subject
from app.models.counseling import CounselingSession
from app.models.people import Participant
from app.models.worksheets import Assignment
from tests.cast import NOW

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 12:00 in Moscow, 10:00 in Berlin
CLINIC, CALL = "12:00, clinic time", "10:00, your time"
BOTH = "12:00, clinic time (10:00 for the participant)"
THEIRS = "10:00, the participant’s time"


@pytest.fixture
def plan(database, cast):
    """A session at a place, with ANNA in a zone; returns her public id."""

    def do(place: str, zone: str) -> str:
        person = Participant.__table__
        with database.write() as session:
            session.execute(update(person).where(person.c.id == cast.anna).values(timezone=zone))
            row = CounselingSession(participant_id=cast.anna, at=AT, place=place, week=1, version=1)
            session.add(row)
            session.flush()
            session.add(
                Assignment(
                    participant_id=cast.anna,
                    sheet_key="values",
                    session_id=row.id,
                    assigned_by=cast.petrova,
                    assigned_at=NOW,
                )
            )
            audit.record(session, SYSTEM, "test.plan", Subject("session", 1), now=NOW)
            return session.get(Participant, cast.anna).public_id

    return do


def text(page) -> str:
    assert page.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


def phone_pages(anna):
    for path in ("/today", "/session", "/worksheets", "/calendar", "/calendar/2026-11-24"):
        answer = anna.get(path)
        if answer.status_code == 200:
            yield path, text(answer)


def staff_pages(browser, public, number):
    base = f"/participants/{public}"
    paths = ("/sessions", f"{base}/brief", f"{base}/sessions", number, f"{base}/worksheets")
    for path in paths:
        yield path, text(browser.get(path))


def its_page(browser, public) -> str:
    path = rf'href="(/participants/{public}/sessions/[a-z0-9]+)"'
    return re.search(path, browser.get(f"/participants/{public}/sessions").text).group(1)


@pytest.mark.parametrize(
    ("place", "theirs", "staff"),
    [("clinic", CLINIC, CLINIC), ("phone", CALL, BOTH), ("video", CALL, BOTH)],
)
def test_every_page_says_on_whose_clock_a_session_is(anna, petrova, plan, place, theirs, staff):
    public = plan(place, "Europe/Berlin")
    told = [path for path, words in phone_pages(anna) if theirs in words]
    assert told == ["/today", "/session", "/worksheets", "/calendar"]
    other = "10:00" if place == "clinic" else "12:00"
    assert all(other not in words for _, words in phone_pages(anna))
    for path, words in staff_pages(petrova, public, its_page(petrova, public)):
        assert staff in words, path
    interview = text(petrova.get(f"/participants/{public}/interview"))
    assert "session at" not in interview, "it is still to come"
    assert b"DTSTART:20261124T090000Z" in anna.get("/session.ics").content


@pytest.mark.parametrize("place", ["clinic", "phone"])
def test_nothing_is_added_where_both_walls_show_the_same(anna, petrova, plan, place):
    public = plan(place, "Europe/Minsk")
    pages = [*phone_pages(anna), *staff_pages(petrova, public, its_page(petrova, public))]
    for path, words in pages:
        assert "clinic time" not in words and "your time" not in words, path
    assert sum("12:00" in words for _, words in pages) == 9


def test_the_day_of_a_session_at_the_clinic_is_the_clinics(anna, plan):
    plan("clinic", "America/Los_Angeles")  # there it is still 01:00 of that day
    assert "Tuesday, 24 November, 12:00, clinic time" in text(anna.get("/session"))
    plan("clinic", "Pacific/Honolulu")  # and here 23:00 of the day before
    assert "Tuesday, 24 November, 12:00, clinic time" in text(anna.get("/today"))
