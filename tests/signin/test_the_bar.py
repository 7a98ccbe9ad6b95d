"""What the trust page asks of sign-in and no other test of a door shows by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit import SYSTEM
from app.models.base import metadata
from app.models.people import AuthSession
from app.signin import phone
from app.visit.identity import DEVICE_COOKIE, SESSION_COOKIE, SESSION_LIFE
from app.visit.tokens import new_token
from tests.cast import PASSWORD, staff_session
from tests.flags.record import rows

PIN = "482913"
PETROVA = {"email": "petrova@clinic.test", "password": PASSWORD}


@pytest.fixture
def own(browser, database, cast, clock):
    """Anna's own phone, open, with a code."""
    with database.write() as session:
        code = phone.invite(session, cast.anna, cast.orlova, SYSTEM, clock())
    mine = browser.another()
    mine.post("/start", {"code": code})
    mine.post("/start/pin", {"pin": PIN, "again": PIN})
    assert mine.get("/today").status_code == 200
    return mine


@pytest.mark.req("A3")
def test_a_code_opens_on_the_phone_that_it_belongs_to_and_nowhere_else(
    own, browser, database, clock
):
    """Whoever looked over a shoulder knows the code, and has some phone."""
    begun = len(rows(database, AuthSession))
    strangers = [None, "", "x", new_token(), own.cookies[SESSION_COOKIE]]
    for carried in strangers:
        other = browser.another()
        if carried is not None:
            other.cookies.set(DEVICE_COOKIE, carried, domain="daybook.test", path="/")
        answer = other.post("/lock", {"pin": PIN})
        assert answer.status_code == 303 and answer.headers["location"].startswith("/start")
        assert SESSION_COOKIE not in other.cookies
        assert other.get("/today").status_code == 303
    # The phone alone is as little.
    token = own.cookies[DEVICE_COOKIE]
    found = browser.another()
    found.cookies.set(DEVICE_COOKIE, token, domain="daybook.test", path="/")
    assert found.get("/today").headers["location"] == "/lock"
    assert found.post("/lock", {"pin": "592913"}).status_code == 422
    assert len(rows(database, AuthSession)) == begun
    assert found.post("/lock", {"pin": PIN}).status_code == 303


@pytest.mark.req("A12")
def test_every_sign_in_is_a_session_of_its_own_and_none_that_was_brought_along(own, browser, clock):
    planted = new_token()
    for door, form in (("/sign-in", PETROVA), ("/lock", {"pin": PIN})):
        who = browser.another()
        if door == "/lock":
            token = own.cookies[DEVICE_COOKIE]
            who.cookies.set(DEVICE_COOKIE, token, domain="daybook.test", path="/")
        who.cookies.set(SESSION_COOKIE, planted, domain="daybook.test", path="/")
        answer = who.post(door, form)
        assert answer.status_code == 303
        given = answer.headers["set-cookie"]
        assert SESSION_COOKIE in given and planted not in given, door
        door_of = browser.signed_in(planted).get("/account").headers["location"]
        assert door_of.startswith("/sign-in?"), door


@pytest.mark.req("A13")
def test_a_session_ends_when_nobody_sits_there_and_after_half_a_day_whoever_does(
    browser, database, cast, clock, own
):
    idle = browser.signed_in(staff_session(database, cast.petrova, clock()))
    busy = browser.signed_in(staff_session(database, cast.orlova, clock()))
    until = clock() + SESSION_LIFE
    assert idle.get("/account").status_code == 200
    for _ in range(2):
        clock.forward(minutes=29)
        assert busy.get("/account").status_code == 200
    assert idle.get("/account").status_code == 303
    while clock() + timedelta(minutes=29) < until:
        clock.forward(minutes=29)
        assert busy.get("/account").status_code == 200
    clock.forward(seconds=(until - clock()).total_seconds())
    assert busy.get("/account").status_code == 303
    # On a phone it is three minutes, and half a day as well.
    own.post("/lock", {"pin": PIN})
    until = clock() + SESSION_LIFE
    while clock() + timedelta(seconds=179) < until:
        clock.forward(seconds=179)
        assert own.get("/today").status_code == 200
    clock.forward(seconds=(until - clock()).total_seconds())
    assert own.get("/today").headers["location"] == "/lock"


@pytest.mark.req("A17")
def test_an_empty_server_knows_nobody_and_no_password(database):
    """Without ``cast``: as a migration leaves it."""
    with database.read() as session:
        full = [
            table.name
            for table in metadata.sorted_tables
            if session.execute(select(table).limit(1)).first() is not None
        ]
    assert full == []
