"""Whoever took back consent adds nothing to the record, by no route, and reads their own."""

import pytest

from app.models.people import HeldPost
from app.visit.gate import audiences
from tests.cast import participant_session
from tests.diary.rows import change_person, rows
from tests.house.crawl import OWN, routes
from tests.house.tables import digest
from tests.house.test_phone_forms import GOOD
from tests.signin.test_phone import opened
from tests.worksheets.sheets import sheet

pytestmark = pytest.mark.sweep

# What stays open. A route that is not named here, a new one too, refuses.
READ = {
    "/me",
    "/me/days",
    "/me/days/{month}",
    "/me/sent",
    "/me/changes",
    "/me/copy",
    "/me/copy/readable",
    "/me/copy/timeline",
    "/me/copy/worksheets",
    "/me/settings",
    "/me/pin",
    "/me/leaving",
    "/me/consent",
    "/me/consent/copy",
    "/worksheets",
    "/worksheets/{public_id}",
    "/held",
    "/help/now",
    "/help/soon",
    "/help/talk",
}
# Settings of the phone, its sign of life, a form that is thrown away: nothing of the study; a
# worksheet that the team shall no longer see; and the end, sent once more.
SEND = {
    "/me/settings",
    "/me/leaving",
    "/me/consent",
    "/alive",
    "/held/drop",
    "/worksheets/{public_id}/take-back",
}
LEFT = "You have left the study"


def of_participants(app, method):
    return [
        each
        for each in routes(app)
        if each.method == method and each.audience.kind == "participant"
    ]


@pytest.fixture
def gone(anna, database, cast):
    """ANNA's open phone, after she took back consent."""
    anna.post("/day/2026-11-22", {"n:beer:500:5": "2", "idem": "before"})
    sheet(database, cast.anna, public_id=OWN)
    change_person(database, cast.anna, status="withdrawn")
    return anna


def test_no_form_of_the_phone_is_taken_any_more(app, gone, database):
    tried = 0
    for each in of_participants(app, "POST"):
        if each.path in SEND:
            continue
        before = digest(database, without=["auth_session"])
        for body in ({}, dict(GOOD.get(each.path, [])) | {"idem": f"t{tried}"}):
            answer = gone.post(each.address(), body)
            assert (answer.status_code, LEFT in answer.text) == (403, True), each
            assert "was not stored" in answer.text and "tel:88120000002" in answer.text, each
        assert digest(database, without=["auth_session"]) == before, each
        tried += 1
    assert tried >= 12


def test_every_page_that_asks_says_instead_that_the_study_is_left(app, gone):
    tried = 0
    for each in of_participants(app, "GET"):
        answer = gone.get(each.address())
        if each.path in READ:
            assert answer.status_code in (200, 303) and LEFT not in answer.text, each
            continue
        assert answer.status_code == 200 and LEFT in answer.text, each
        assert "was not stored" not in answer.text and "<form" not in answer.text, each
        assert "tel:88120000002" in answer.text, each
        tried += 1
    assert tried >= 12


def test_what_stays_open_is_named_here_and_nothing_else_is(app):
    marked = {path for (_, path), each in audiences(app).items() if each.after_leaving}
    assert marked == READ | SEND


def test_the_own_record_and_help_stay_within_reach(gone):
    assert 'href="/me"' in gone.get("/today").text
    assert "Beer" in gone.get("/me/days").text and "Beer" in gone.get("/me/copy/readable").text
    assert gone.get("/help").status_code == 200


def test_a_form_that_is_sent_on_the_locked_phone_is_not_kept_either(browser, database, cast, clock):
    mine = opened(browser, database, cast, clock)
    clock.forward(minutes=4)
    change_person(database, cast.anna, status="withdrawn")
    mine.post("/today/urges", {"alcohol_craving": "3", "method": "each"})
    assert rows(database, HeldPost) == []


@pytest.mark.parametrize("status", ["active", "completed"])
def test_everybody_else_goes_on_as_before(browser, database, cast, clock, status):
    change_person(database, cast.anna, status=status)
    phone = browser.signed_in(participant_session(database, cast.anna, clock()))
    assert LEFT not in phone.get("/today").text
    assert phone.post("/today/dose", {"answer": "taken", "idem": "a"}).status_code == 303
