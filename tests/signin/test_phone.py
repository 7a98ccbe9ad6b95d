"""A participant's door: what the invitation, the PIN and the lock let through."""

import pytest
from sqlmodel import select

from app import audit
from app.audit import SYSTEM, Subject
from app.db import Database
from app.models.people import Device, HeldPost
from app.signin import phone
from app.visit import held
from app.web.bodies import MAX_BODY
from tests.browser import Browser
from tests.cast import Cast
from tests.conftest import Clock
from tests.diary.rows import rows
from tests.house.phone import GOOD, address

PIN = {"pin": "482913", "again": "482913"}


def invitation(database: Database, cast: Cast, clock: Clock) -> str:
    with database.write() as session:
        return phone.invite(session, cast.anna, cast.orlova, SYSTEM, clock())


def test_an_invitation_opens_today_after_choosing_a_pin(browser, database, cast, clock):
    code = invitation(database, cast, clock)
    assert browser.post("/start", {"code": code.lower().replace("-", " ")}).status_code == 303
    assert browser.post("/start/pin", PIN).headers["location"] == "/today"


@pytest.mark.req("A2")
def test_looking_at_an_invitation_never_uses_it(browser, database, cast, clock):
    code = invitation(database, cast, clock)
    for _ in range(10):
        assert browser.get("/start").status_code == 200
    assert browser.post("/start", {"code": code}).status_code == 303


@pytest.mark.req("A1")
def test_an_invitation_works_once_and_for_a_day(browser, database, cast, clock):
    used = invitation(database, cast, clock)
    assert browser.post("/start", {"code": used}).status_code == 303
    assert browser.post("/start/pin", PIN).status_code == 303
    assert browser.another().post("/start", {"code": used}).status_code == 422
    late = invitation(database, cast, clock)
    clock.forward(hours=24)
    assert browser.another().post("/start", {"code": late}).status_code == 422


def test_a_new_invitation_ends_the_former_one(browser, database, cast, clock):
    former = invitation(database, cast, clock)
    invitation(database, cast, clock)
    assert browser.post("/start", {"code": former}).status_code == 422


@pytest.mark.parametrize("length", [0, 23, 25, 61])
def test_a_code_that_was_typed_too_short_or_too_long_is_told_how_long_it_is(browser, length):
    answer = browser.post("/start", {"code": "A" * length})
    assert answer.status_code == 422
    assert answer.text.count("A code has 24 characters.") == 2
    assert "Please answer this." not in answer.text


def test_weak_pins_are_refused_with_a_reason(browser, database, cast, clock):
    browser.post("/start", {"code": invitation(database, cast, clock)})
    for pin in ("123456", "000000", "121212", "987654", "12345", "482913482913482913"):
        answer = browser.post("/start/pin", {"pin": pin, "again": pin})
        assert answer.status_code == 422
        assert 'id="e-pin"' in answer.text
    assert browser.post("/start/pin", {"pin": "482913", "again": "482914"}).status_code == 422


def opened(browser: Browser, database: Database, cast: Cast, clock: Clock) -> Browser:
    browser.post("/start", {"code": invitation(database, cast, clock)})
    browser.post("/start/pin", PIN)
    return browser


@pytest.mark.req("A13")
def test_three_idle_minutes_lock_and_the_pin_opens(browser, database, cast, clock):
    mine = opened(browser, database, cast, clock)
    clock.forward(minutes=3, seconds=1)
    assert mine.get("/held").headers["location"] == "/lock"
    assert mine.post("/lock", {"pin": "482914"}).status_code == 422
    assert mine.post("/lock", {"pin": "482913"}).headers["location"] == "/today"


def test_activity_keeps_the_phone_open(browser, database, cast, clock):
    mine = opened(browser, database, cast, clock)
    for _ in range(5):
        clock.forward(minutes=2)
        assert mine.get("/held").headers["location"] == "/today"


def test_a_request_that_fails_does_not_keep_the_phone_open(browser, database, cast, clock):
    mine = opened(browser, database, cast, clock)
    clock.forward(minutes=2)
    assert mine.get("/day/2030-01-01").status_code == 404
    clock.forward(minutes=1, seconds=1)
    assert mine.get("/held").headers["location"] == "/lock"


@pytest.mark.req("A4")
def test_five_wrong_pins_wait_and_ten_end_the_phone(browser, database, cast, clock):
    mine = opened(browser, database, cast, clock)
    for _ in range(5):
        mine.post("/lock", {"pin": "111111"})
    assert mine.post("/lock", {"pin": "482913"}).status_code == 422
    for _ in range(5):
        clock.forward(minutes=16)
        mine.post("/lock", {"pin": "111111"})
    clock.forward(minutes=16)
    assert mine.post("/lock", {"pin": "482913"}).headers["location"] == "/start"


def test_a_form_sent_on_a_locked_phone_is_kept_sealed_and_offered(browser, database, cast, clock):
    mine = opened(browser, database, cast, clock)
    clock.forward(minutes=4)
    assert mine.post("/held/drop", {"words": "a secret"}).headers["location"] == "/lock"
    assert "waits for your code" in mine.get("/lock").text
    assert mine.post("/lock", {"pin": "482913"}).headers["location"] == "/held"
    page = mine.get("/held")
    assert 'name="words" value="a secret"' in page.text


def test_what_was_typed_and_not_sent_is_kept_when_the_page_locks_by_itself(
    browser, database, cast, clock
):
    mine = opened(browser, database, cast, clock)
    clock.forward(minutes=4)
    draft = {"own_words": "a thought", "method": "each", "page": "/today/week"}
    assert mine.post("/held/keep", draft).status_code == 204
    mine.post("/lock", {"pin": "482913"})
    page = mine.get("/held").text
    assert 'action="/today/week"' in page and 'name="own_words" value="a thought"' in page
    assert 'name="page"' not in page


@pytest.mark.parametrize(
    "page", ["", "/me/pin", "https://x.test/today/", "/today/../lock", "/today/"]
)
def test_a_draft_of_another_address_is_refused(browser, database, cast, clock, page):
    mine = opened(browser, database, cast, clock)
    assert mine.post("/held/keep", {"pin": "1", "page": page}).status_code == 422
    assert mine.get("/held").status_code == 303


def test_nobody_without_a_known_phone_keeps_anything(browser, database, cast):
    browser.post("/held/keep", {"own_words": "x", "page": "/today/week"})
    assert rows(database, HeldPost) == []


def test_so_many_pages_wait_and_one_that_waits_is_dropped_for_no_other(
    browser, database, cast, clock
):
    mine = opened(browser, database, cast, clock)
    clock.forward(minutes=4)
    keep = [{"answer": str(n), "page": f"/today/check/new/{n}"} for n in range(held.MOST)]
    assert {mine.post("/held/keep", each).status_code for each in keep} == {204}
    full = mine.post("/held/keep", {"own_words": "x", "page": "/today/week"})
    sent = mine.post("/today/dose", {"answer": "taken", "note": "what I wrote"})
    assert (full.status_code, sent.status_code) == (429, 429)
    assert "what I wrote" in sent.text and 'href="tel:112"' in sent.text
    assert mine.post("/held/keep", keep[3] | {"answer": "newer"}).status_code == 204
    waiting = [row.path for row in rows(database, HeldPost)]
    assert sorted(waiting) == sorted(each["page"] for each in keep)


def test_what_is_too_much_to_be_sent_is_not_kept_for_a_phone_that_is_locked(
    browser, database, cast, clock
):
    mine = opened(browser, database, cast, clock)
    draft = {"own_words": "a" * MAX_BODY, "page": "/today/week"}
    assert mine.post("/held/keep", draft).status_code == 413
    assert rows(database, HeldPost) == []


def test_what_was_typed_on_a_phone_that_was_ended_is_shown_with_a_number(
    browser, database, cast, clock
):
    mine = opened(browser, database, cast, clock)
    with database.write() as session:
        (device,) = session.exec(select(Device)).all()
        device.revoked_at = clock()
        audit.record(session, SYSTEM, "test.end", Subject("device", device.id), now=clock())
    for path in GOOD:
        there = address(path, {"check": "nobodynobodynobo"})
        sent = mine.post(there, {"own_words": "what I wrote"})
        assert sent.status_code == 401 and "This phone is no longer known." in sent.text, path
        assert "what I wrote" in sent.text and 'href="tel:112"' in sent.text, path
        assert mine.post(there).headers["location"] == "/lock", "a button is pressed again"


def test_the_lock_says_that_something_waits_after_a_wrong_pin_too(browser, database, cast, clock):
    mine = opened(browser, database, cast, clock)
    assert "waits for your code" not in mine.post("/lock", {"pin": "482914"}).text
    clock.forward(minutes=4)
    mine.post("/today/urges", {"alcohol_craving": "3", "method": "each"})
    for _ in range(4):
        assert "waits for your code" in mine.post("/lock", {"pin": "482914"}).text
    locked = mine.post("/lock", {"pin": "482914"}).text
    assert "Too many attempts" in locked and "waits for your code" in locked


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/today/dose", "A short answer on Today"),
        ("/today/urges", "A check-in"),
        ("/today/week", "The weekly page"),
        ("/day/2026-11-22/other", "A day of your diary"),
        ("/me/settings", "Settings"),
    ],
)
def test_what_waits_is_named_by_its_kind_and_its_time(browser, database, cast, clock, path, kind):
    mine = opened(browser, database, cast, clock)
    clock.forward(minutes=4)
    mine.post(path, {"answer": "taken"})
    mine.post("/lock", {"pin": "482913"})
    page = mine.get("/held").text
    assert f"<h2>{kind}</h2>" in page and "Kept since 23 Nov, 09:04" in page


def test_hide_locks_and_leads_away(browser, database, cast, clock):
    mine = opened(browser, database, cast, clock)
    answer = mine.get("/hide")
    assert answer.headers["location"] == database.settings.hide_url
    assert mine.get("/held").headers["location"] == "/lock"


def test_help_and_numbers_open_without_a_pin(browser):
    page = browser.get("/help")
    assert page.status_code == 200
    assert 'href="tel:112"' in page.text
