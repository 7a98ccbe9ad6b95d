"""A phone that was lost opens nothing any more: ended by staff, or by the next invitation used."""

import pytest

from app.audit import SYSTEM
from app.models.audit import AuditEntry
from app.models.people import PARTICIPANT
from app.signin import phone
from tests.cast import PIN, participant_session, staff_session
from tests.diary.rows import rows

CODE = {"pin": PIN, "again": PIN}


@pytest.fixture
def page(database, cast):
    with database.read() as session:
        row = session.execute(PARTICIPANT.select().where(PARTICIPANT.c.id == cast.anna)).one()
    return f"/participants/{row.public_id}"


def came_in(browser, database, cast, clock):
    """A phone that came by an invitation, with its cookies."""
    with database.write() as session:
        code = phone.invite(session, cast.anna, cast.orlova, SYSTEM, clock())
    mine = browser.another()
    mine.post("/start", {"code": code})
    assert mine.post("/start/pin", CODE).status_code == 303
    assert mine.get("/today").status_code == 200
    return mine


@pytest.mark.parametrize("who", ["petrova", "orlova", "ivanova"])
def test_staff_end_a_lost_phone_at_the_next_request(browser, database, cast, clock, page, who):
    lost = came_in(browser, database, cast, clock)
    staff = browser.signed_in(staff_session(database, getattr(cast, who), clock()))
    assert 'id="e-reason_for_phones"' in staff.post(f"{page}/phones/end", {"reason": " "}).text
    assert lost.get("/today").status_code == 200
    told = {"reason": "Left in a taxi."}
    assert staff.post(f"{page}/phones/end", told).headers["location"] == page
    assert lost.get("/today").status_code == 303
    assert lost.post("/lock", {"pin": PIN}).headers.get("location", "/start") != "/today"
    assert lost.get("/today").status_code == 303
    ended = [one for one in rows(database, AuditEntry) if one.action == "device.revoke"]
    assert [one.reason for one in ended] == ["Left in a taxi."]
    assert staff.post(f"{page}/phones/end", told).status_code == 303
    assert "No phone is connected yet." in staff.get(page).text


def test_a_counselor_ends_no_phone_outside_the_own_caseload(browser, database, cast, clock, page):
    open_one = came_in(browser, database, cast, clock)
    sokolov = browser.signed_in(staff_session(database, cast.sokolov, clock()))
    assert sokolov.post(f"{page}/phones/end", {"reason": "Lost."}).status_code == 404
    assert open_one.get("/today").status_code == 200


def test_an_invitation_that_is_used_ends_the_phones_before_it_and_nobody_elses(
    browser, database, cast, clock
):
    boris = browser.signed_in(participant_session(database, cast.boris, clock()))
    former = came_in(browser, database, cast, clock)
    came_in(browser, database, cast, clock)
    assert former.get("/today").status_code == 303
    assert boris.get("/today").status_code == 200


def test_the_sheet_that_was_lost_with_the_phone_opens_nothing(
    browser, database, cast, clock, orlova, page
):
    with database.write() as session:
        code = phone.invite(session, cast.anna, cast.orlova, SYSTEM, clock())
    assert "phones/end" in orlova.get(page).text
    assert orlova.post(f"{page}/phones/end", {"reason": "Bag stolen."}).status_code == 303
    finder = browser.another()
    assert finder.post("/start", {"code": code}).headers.get("location") != "/start/pin"
