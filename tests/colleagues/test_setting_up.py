"""The way into a new account: the mailed link, a password, an app, the codes; nothing before."""

import re
from contextlib import closing

import pyotp
import pytest

from app.db import Database
from app.models.people import Factor, RecoveryCode, Staff
from app.settings import Settings
from app.visit.gate import audiences
from app.visit.identity import SESSION_COOKIE
from tests.apps import app_of
from tests.browser import running
from tests.cast import PASSWORD, staff_session
from tests.colleagues.test_accounts import NEW, link_in
from tests.colleagues.test_own_account import GOOD
from tests.flags.record import mails, rows

DOOR = "/sign-in/setup"
PETROVA = {"email": "petrova@clinic.test", "password": PASSWORD}
MATCHING = {"password": GOOD, "again": GOOD}


def app_form(page, clock, **more):
    """The form of an app that has scanned the square of this page."""
    secret = re.search(r'class="own">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]
    return {"name": "phone", "sealed": sealed, "first": pyotp.TOTP(secret).at(clock()), **more}


@pytest.fixture
def nina(browser, database, cast, clock):
    """A new colleague, who has opened the mailed link."""
    admin = browser.signed_in(staff_session(database, cast.admin, clock()))
    admin.post("/colleagues", NEW | {"language": "en"})
    who = browser.another()
    assert who.post("/sign-in/link", {"code": link_in(mails(database)[0])}).status_code == 303
    clock.forward(seconds=1)
    return who


def opened(who, app):
    """The routes of staff that are more than the way in, to this browser."""
    found = []
    for (method, template), audience in audiences(app).items():
        if audience.kind != "staff" or template.startswith("/sign-in/") or method == "HEAD":
            continue
        path = re.sub(r"{[^}]*}", "1", template)
        answer = who.get(path) if method == "GET" else who.post(path, {})
        if answer.status_code not in (303, 401):
            found.append((method, path, answer.status_code))
        elif answer.status_code == 303:
            assert answer.headers["location"].startswith("/sign-in/second"), path
    return found


@pytest.mark.req("A5")
@pytest.mark.req("A6")
def test_an_account_opens_after_password_and_app_and_not_before(nina, browser, app, clock):
    assert opened(nina, app) == []
    wanted = nina.get("/sessions").headers["location"]
    step = nina.get(wanted).headers["location"]
    assert step == f"{DOOR}?next=/sessions"
    assert "Choose a password" in nina.get(step).text
    former = browser.signed_in(nina.cookies[SESSION_COOKIE])
    assert nina.post(f"{DOOR}/password", MATCHING | {"again": "other words"}).status_code == 422
    answer = nina.post(f"{DOOR}/password", MATCHING | {"next": "/sessions"})
    assert answer.headers["location"] == step
    assert former.get(DOOR).headers["location"].startswith("/sign-in")
    assert opened(nina, app) == [], "a password alone opens nothing"
    page = nina.get(step).text
    assert "Set up your second factor" in page
    wrong = nina.post(f"{DOOR}/app", app_form(page, clock, first="000000"))
    assert (
        wrong.status_code == 422 and 'id="e-first"' in wrong.text and 'value="phone"' in wrong.text
    )
    done = nina.post(f"{DOOR}/app", app_form(wrong.text, clock, next="/sessions"))
    assert done.status_code == 200 and 'href="/sessions"' in done.text
    assert len(re.findall(r"(?:[A-Z2-7]{4}-){5}[A-Z2-7]{4}", done.text)) == 10
    assert nina.get("/sessions").status_code == 200
    assert "Recovery codes" not in nina.get(DOOR).text


def test_the_link_comes_once_and_who_gave_up_midway_goes_on_with_the_password(
    nina, browser, clock, app
):
    nina.post(f"{DOOR}/password", MATCHING)
    again = browser.another()
    assert again.post("/sign-in", {"email": NEW["email"], "password": GOOD}).status_code == 303
    assert opened(again, app) == []
    page = again.get(DOOR).text
    assert again.post(f"{DOOR}/password", MATCHING).status_code == 200, "the step that comes now"
    assert again.post(f"{DOOR}/app", app_form(page, clock)).status_code == 200
    assert nina.get("/account").headers["location"].startswith("/sign-in"), "others are out"


@pytest.mark.req("A5")
def test_who_has_an_app_finds_no_way_around_it(nina, browser, database, clock):
    nina.post(f"{DOOR}/password", MATCHING)
    page = nina.get(DOOR).text
    thief = browser.another()
    thief.post("/sign-in", {"email": NEW["email"], "password": GOOD})
    planted = app_form(thief.get(DOOR).text, clock)
    nina.post(f"{DOOR}/app", app_form(page, clock))
    had = [one.id for one in rows(database, RecoveryCode)]
    for _ in range(2):
        thief.post("/sign-in", {"email": NEW["email"], "password": GOOD})
        for path, form in ((f"{DOOR}/app", planted), (f"{DOOR}/password", MATCHING)):
            assert thief.post(path, form).headers["location"].startswith("/sign-in/second")
    assert len(rows(database, Factor)) == 1
    assert [one.id for one in rows(database, RecoveryCode)] == had


def test_who_forgot_the_password_chooses_another_by_a_link_before_the_app(
    browser, database, cast, clock
):
    admin = browser.signed_in(staff_session(database, cast.admin, clock()))
    [petrova] = [one.public_id for one in rows(database, Staff) if one.id == cast.petrova]
    admin.post(f"/colleagues/{petrova}/link")
    who = browser.another()
    who.post("/sign-in/link", {"code": link_in(mails(database)[-1])})
    assert "Choose a password" in who.get(DOOR).text
    assert who.post(f"{DOOR}/app", {"name": "x", "first": "000000"}).status_code == 200
    assert rows(database, Factor) == []


def test_the_demo_alone_asks_for_none(database, cast, clock):
    settings = Settings(**{**database.settings.model_dump(), "demo": True})
    with closing(Database(settings)) as demo, running(app_of(demo, clock)) as browser:
        assert browser.post("/sign-in", PETROVA).headers["location"] == "/flags"
        assert browser.get("/flags").status_code == 200
    with running(app_of(database, clock)) as browser:
        browser.post("/sign-in", PETROVA)
        assert browser.get("/flags").headers["location"].startswith("/sign-in/second")
