"""Whose eyes a session note is for, whose name it bears, and what is recorded of both."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import audit
from app.audit import SYSTEM, Subject
from app.models.audit import AuditEntry
from app.models.people import PARTICIPANT
from tests.cast import NOW
from tests.diary.rows import change_person
from tests.treatment.conftest import FULL, OWN_WORDS, TODAY, Desk, add_session


def test_the_coordinator_reads_the_structured_part_alone(desk, cast):
    desk.send("close", overdose="asked_concern")
    desk.amend(text="the second words")
    page = desk.as_(cast.orlova).get().text
    assert "Came late" in page and "Asked, a concern" in page
    assert OWN_WORDS not in page and "the second words" not in page
    assert "Free text is for the counselor and the investigator alone." in page
    assert desk.as_(cast.orlova).get("/amend").status_code == 403
    ivanova = desk.as_(cast.ivanova).get().text
    assert OWN_WORDS in ivanova and "/note/amend" not in ivanova


def test_whoever_may_not_enter_what_was_told_is_not_sent_there(desk, cast, database):
    """A link is for whom it opens: by role, and while the participant takes part."""
    desk.send("close", overdose="asked_concern")
    told = f"/participants/{desk.office.public}/told"
    for who in (cast.petrova, cast.orlova, cast.ivanova):
        there = desk.as_(who)
        page = there.get()
        assert page.status_code == 200 and "raises no alert by itself" in page.text
        opens = there.office.browser.get(told).status_code == 200
        assert (f'href="{told}"' in page.text) is opens is (who != cast.ivanova)
    change_person(database, cast.anna, status="withdrawn")
    assert told not in desk.get().text


def test_a_draft_is_the_counselors_alone(desk, cast):
    desk.send()
    for who in (cast.orlova, cast.ivanova):
        page = desk.as_(who).get()
        assert page.status_code == 200 and "No closed note" in page.text
        assert OWN_WORDS not in page.text and "Came late" not in page.text
        assert "A draft is waiting to be closed." in desk.as_(who).office.get(desk.office.path).text


@pytest.mark.parametrize("way", ["closed again", "amended without a reason", "closed in a hurry"])
def test_whatever_shows_a_closed_note_leaves_an_entry(desk, way):
    desk.send("close")
    before = len(desk.office.audited("note.open"))
    if way == "amended without a reason":
        answer = desk.office.post(f"{desk.path}/amend", {"former": "x"})
    elif way == "closed in a hurry":
        answer = desk.office.post(desk.path, {"seen": "", "do": "close"})
    else:
        answer = desk.office.post(desk.path, {**FULL, "text": "mine", "seen": "", "do": "save"})
    assert answer.status_code in (409, 422) and OWN_WORDS in answer.text
    assert len(desk.office.audited("note.open")) == before + 1


def test_a_successor_says_what_they_did_and_not_that_they_held_the_session(desk, cast):
    desk.send()
    person = PARTICIPANT
    with desk.office.database.write() as session:
        session.execute(
            update(person).where(person.c.id == cast.anna).values(counselor_id=cast.sokolov)
        )
        audit.record(session, SYSTEM, "test.move", Subject("participant", cast.anna), now=NOW)
    other = desk.as_(cast.sokolov)
    taken_over = "A colleague began this record. I have read it, finished it and close it."
    page = other.get().text
    assert taken_over in page and "I held this session" not in page
    assert other.send(text="read and kept").status_code == 303
    assert other.send("close").status_code == 303
    (row,) = desk.rows
    (signed,) = desk.signatures
    assert (row.written_by, signed.staff_id) == (cast.petrova, cast.sokolov)
    assert (signed.name, signed.words) == ("Ivan Sokolov", taken_over)
    amended = "This amendment is mine. The earlier record stays as it was."
    assert amended in other.get("/amend").text
    other.amend()
    assert desk.signatures[-1].words == amended


@pytest.mark.req("R5")
def test_free_text_stands_nowhere_but_in_the_note(desk, orlova, anna, cast):
    """And why a note was amended, in its audit entry alone."""
    desk.send("close")
    why = "quetzalcoatl asked for it"
    desk.amend(text=f"{OWN_WORDS} again", reason=why)
    with desk.office.database.read() as session:
        entries = list(session.execute(select(AuditEntry.__table__)))
    kept = [row for row in entries if row.action.startswith("note.")]
    assert {row.action for row in kept} >= {"note.open", "note.close", "note.amend"}
    assert [row.reason for row in kept if row.action == "note.amend"] == [why]
    told = json.dumps([[row.changes, row.reason] for row in entries])
    assert told.count("quetzal") == told.count(why) == 1
    who = f"/participants/{desk.office.public}"
    for page in ("/sessions", who, f"{who}/brief", f"{who}/day/{TODAY}", desk.office.base):
        assert "quetzal" not in desk.office.browser.get(page).text
        assert "quetzal" not in orlova.get(page).text
    for page in ("/session", "/me/copy/timeline", "/me/copy/readable", "/session.ics"):
        assert "quetzal" not in anna.get(page).text


def test_reading_a_note_is_recorded(desk, cast):
    desk.as_(cast.ivanova).get()
    (entry,) = desk.office.audited("note.open")
    assert (entry.actor, entry.subject_kind) == (f"staff:{cast.ivanova}", "session")


def test_the_others_are_not_told_when_a_note_opens(office, database, cast):
    add_session(database, cast.anna, NOW + timedelta(days=1))
    page = Desk(office).as_(cast.orlova).get().text
    assert "The counselor writes the note" in page and "The note opens" not in page
