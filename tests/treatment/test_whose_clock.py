"""A session at the clinic is on the clinic's wall and a call on the participant's, everywhere."""

import html
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app import audit
from app.audit import SYSTEM, Subject
from app.models.counseling import CounselingSession
from app.models.people import PARTICIPANT, Participant
from app.models.worksheets import Assignment
from tests.cast import NOW
from tests.diary.rows import change_person
from tests.treatment.conftest import MOVE, ONCE

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 12:00 in Moscow, 10:00 in Berlin
CLINIC, CALL = "12:00, clinic time", "10:00, your time"
BOTH = "12:00, clinic time (10:00 for the participant)"
THEIRS = "10:00, the participant’s time"


@pytest.fixture
def plan(database, cast):
    """A session at a place, with ANNA in a zone; returns her public id."""

    def do(place: str, zone: str) -> str:
        person = PARTICIPANT
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


def text(page, status=200) -> str:
    assert page.status_code == status
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


@pytest.mark.parametrize(
    ("place", "said"), [("clinic", "12:00, clinic time"), ("phone", BOTH), ("video", BOTH)]
)
def test_steps_and_clashes_say_on_whose_clock_they_are(
    office, database, cast, anna, orlova, place, said
):
    change_person(database, cast.anna, timezone="Europe/Berlin")
    office.plan(place=place)
    other = "phone" if place == "clinic" else "clinic"
    clash = text(office.plan(place=other), 422)
    assert f"There is a session already, 25 Nov, {said}." in clash
    change_person(database, cast.boris, counselor_id=cast.petrova)
    with database.read() as session:
        boris = session.get(Participant, cast.boris).public_id
    clash = text(orlova.post(f"/participants/{boris}/sessions", {**ONCE, "place": other}), 422)
    assert f"sees DB-001 then, 25 Nov, {said}." in clash
    office.step("move", **{**MOVE, "place": other}, asked_by="clinic")
    page = text(office.get(office.path))
    assert f"Planned for 25 Nov, {said}" in page
    now = "15:30, clinic time" + ("" if other == "clinic" else " (13:30 for the participant)")
    assert f"Moved to 26 Nov, {now}" in page
    assert "Europe/" not in page and "13:30 (Berlin)" in page
    phone = text(anna.get("/session"))
    former = CLINIC if place == "clinic" else CALL
    assert f"Before, it was planned for Wednesday, 25 November, {former}." in phone
    assert (
        "Sessions at the clinic are by the clinic’s clock, Moscow; calls by yours, Berlin." in phone
    )
