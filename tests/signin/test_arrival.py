"""From the invitation to the code: nothing opens before, and nothing is used up before."""

import asyncio

import pytest
from sqlalchemy import func, select

from app import audit
from app.audit import SYSTEM, Subject
from app.models.people import AuthSession, Device, Invitation, Participant, Throttle
from app.signin import phone, sessions, staff
from app.signin.arrival import START_COOKIE
from app.signin.sessions import NoPin
from app.visit.gate import audiences
from app.visit.identity import DEVICE_COOKIE, SESSION_COOKIE
from app.visit.tokens import clean_code, new_code, new_token, token_hash
from app.web.pages import LANGUAGE_COOKIE
from tests.cast import PIN
from tests.diary.rows import rows
from tests.house.crawl import routes
from tests.house.tables import digest

CODE = {"pin": PIN, "again": PIN}
OTHER = {"pin": "739154", "again": "739154"}
# What a phone may open before it has a code: the doors, Help, and what has no person in it.
OPEN = {"/start", "/start/pin", "/help", "/healthz", "/sign-in", "/sign-in/link"}
OPEN |= {"/offline", "/worker.js"}  # nothing about a person is in them


@pytest.fixture
def invitation(database, cast, clock):
    with database.write() as session:
        return phone.invite(session, cast.anna, cast.orlova, SYSTEM, clock())


@pytest.fixture
def halfway(browser, invitation):
    """A phone that has told its invitation and has no code yet."""
    mine = browser.another()
    assert mine.post("/start", {"code": invitation}).headers["location"] == "/start/pin"
    return mine


def known(database):
    return len(rows(database, Device)), len(rows(database, AuthSession))


def attempts(database):
    with database.read() as session:
        return session.execute(select(func.count()).select_from(Throttle.__table__)).scalar()


def test_before_its_code_a_phone_opens_the_code_page_and_nothing_else(app, halfway, database):
    tried = 0
    for each in routes(app):
        if each.path.startswith("/static"):
            continue
        answer = each.send(halfway)
        tried += 1
        if each.audience.kind == "participant":
            assert (answer.status_code, answer.headers["location"]) == (303, "/start/pin"), each
        elif answer.status_code == 200:
            assert each.path in OPEN, each
        assert SESSION_COOKIE not in halfway.cookies, each
    assert tried >= len(audiences(app)) - 1
    assert known(database) == (0, 0)
    assert halfway.get("/").headers["location"] == "/start/pin"
    assert "Choose a code for this phone" in halfway.get("/start/pin").text
    assert halfway.post("/start/pin", CODE).headers["location"] == "/today"
    assert halfway.get("/today").status_code == 200


def test_an_invitation_works_until_a_code_is_saved_with_it_whatever_happens_between(
    browser, halfway, invitation, database, clock
):
    for _ in range(60):  # again and again, which is no guessing
        assert halfway.post("/start", {"code": invitation}).status_code == 303
    assert attempts(database) == 0
    halfway.cookies.clear()  # a closed browser
    assert halfway.get("/start/pin").headers["location"] == "/start"
    lost = halfway.post("/start/pin", CODE)
    assert lost.status_code == 422 and "type the invitation once more" in lost.text
    elsewhere = browser.another()
    assert elsewhere.post("/start", {"code": invitation}).status_code == 303
    for _ in range(3):
        assert "Choose a code for this phone" in elsewhere.get("/start/pin").text
    assert elsewhere.post("/start/pin", {"pin": "123456", "again": "123456"}).status_code == 422
    assert elsewhere.post("/start/pin", {"pin": PIN, "again": "1"}).status_code == 422
    clock.forward(hours=23)
    assert elsewhere.post("/start", {"code": invitation}).status_code == 303
    assert elsewhere.post("/start/pin", CODE).headers["location"] == "/today"
    assert known(database) == (1, 1)


@pytest.mark.req("A1")
def test_of_two_phones_with_one_invitation_exactly_one_gets_in(
    browser, halfway, invitation, database
):
    other = browser.another()
    other.post("/start", {"code": invitation})

    async def both():
        return await asyncio.gather(
            halfway._client.post("/start/pin", data=CODE),
            other._client.post("/start/pin", data=OTHER),
        )

    answers = browser._portal.call(both)
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    late = next(answer for answer in answers if answer.status_code == 422)
    assert "It may be used already" in late.text
    assert known(database) == (1, 1)
    assert [row.redeemed_at is None for row in rows(database, Invitation)] == [False]


def test_a_second_tap_on_save_is_the_same_phone(halfway, database):
    answers = halfway.post_at_once("/start/pin", [CODE] * 3)
    assert {answer.headers["location"] for answer in answers} == {"/today"}
    assert len(rows(database, Device)) == 1
    assert halfway.get("/today").status_code == 200


def test_a_second_tap_does_not_change_the_code(halfway):
    carried = halfway.cookies[START_COOKIE]
    halfway.post("/start/pin", CODE)
    halfway.cookies.set(START_COOKIE, carried, domain="daybook.test", path="/")
    assert halfway.post("/start/pin", OTHER).headers["location"] == "/lock"
    halfway.get("/lock")
    assert halfway.post("/lock", OTHER).status_code == 422
    assert halfway.post("/lock", {"pin": PIN}).headers["location"] == "/today"


@pytest.mark.parametrize("path", ["/start/pin", "/start", "/today"])
def test_an_answer_that_never_arrived_shuts_nobody_out(browser, halfway, path):
    lost = browser.another()
    lost.cookies.update(halfway.cookies)
    halfway.post("/start/pin", CODE)
    answer = lost.get(path)
    while answer.status_code == 303:
        answer = lost.get(answer.headers["location"])
    assert "Enter your code" in answer.text
    assert START_COOKIE not in lost.cookies and DEVICE_COOKIE in lost.cookies
    assert lost.post("/lock", {"pin": PIN}).headers["location"] == "/today"


def test_back_after_saving_changes_nothing_and_leads_on(halfway):
    halfway.post("/start/pin", CODE)
    assert halfway.get("/start/pin").headers["location"] == "/today"
    again = halfway.post("/start/pin", OTHER)
    assert again.headers["location"] == "/today"
    assert "This phone has its code" in halfway.get("/today").text
    halfway.get("/hide")
    assert halfway.post("/lock", {"pin": PIN}).headers["location"] == "/today"


@pytest.mark.parametrize("ended", ["late", "replaced"])
def test_an_invitation_that_ended_meanwhile_says_so(
    halfway, invitation, database, cast, clock, ended
):
    if ended == "late":
        clock.forward(hours=23, minutes=30)
        halfway.post("/start", {"code": invitation})
        clock.forward(minutes=30)
    else:
        with database.write() as session:
            phone.invite(session, cast.anna, None, SYSTEM, clock())
    for answer in (halfway.get("/start/pin"), halfway.post("/start/pin", CODE)):
        assert answer.status_code == 422
        assert 'action="/start"' in answer.text
    assert known(database) == (0, 0)


def test_what_a_phone_carries_is_made_by_the_server_alone(browser, database, invitation):
    keys = database.keys
    for forged in (invitation, "1", "1.AAAA", keys.seal('["other", "1", "x"]'), keys.seal("1")):
        mine = browser.another()
        mine.cookies.set(START_COOKIE, forged, domain="daybook.test", path="/")
        assert mine.get("/start/pin").headers["location"] == "/start"
        assert mine.post("/start/pin", CODE).status_code == 422
    assert known(database) == (0, 0)
    assert attempts(database) == 0


@pytest.mark.parametrize("saved", [False, True])
def test_what_a_phone_carries_opens_nothing_after_its_hour_whatever_the_phone_does(
    halfway, database, clock, saved
):
    carried = halfway.cookies[START_COOKIE]
    if saved:
        halfway.post("/start/pin", CODE)
    halfway.cookies.clear()
    halfway.cookies.set(START_COOKIE, carried, domain="daybook.test", path="/")
    before = known(database)
    clock.forward(hours=1)
    assert halfway.get("/start").status_code == 200
    assert halfway.get("/start/pin").headers["location"] == "/start"
    assert halfway.post("/start/pin", CODE).status_code == 422
    assert DEVICE_COOKIE not in halfway.cookies and known(database) == before


def test_the_invitation_stands_in_no_cookie_and_no_address(halfway, invitation):
    plain = invitation.replace("-", "")
    assert all(plain not in value.replace("-", "") for value in halfway.cookies.values())


@pytest.mark.req("A1")
def test_a_right_code_is_never_refused_for_the_wrong_ones_of_others(
    browser, invitation, database, cast, clock
):
    """Of everybody on the clinic's network; and what nobody can guess is not counted either."""
    with database.write() as session:
        link = staff.make_link(session, cast.petrova, SYSTEM, clock())
    before = digest(database)
    for _ in range(60):
        assert browser.post("/start", {"code": new_code()}).status_code == 422
        assert browser.post("/sign-in/link", {"code": new_code()}).status_code == 422
    assert digest(database) == before
    for _ in range(3):
        assert browser.another().post("/start", {"code": invitation}).status_code == 303
    assert browser.another().post("/sign-in/link", {"code": link}).status_code == 303


@pytest.mark.req("A1")
def test_a_code_cannot_be_guessed():
    """120 bits, each of them drawn: not one place of a thousand codes is the same in all."""
    codes = [clean_code(new_code()) for _ in range(1000)]
    assert {len(code) for code in codes} == {24} and len(set(codes)) == 1000
    for place in zip(*codes, strict=True):
        assert set(place) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@pytest.fixture
def without_pin(browser, database, cast, clock):
    """A phone of older data: known, on an open session, and without a code."""
    device_token, token = new_token(), new_token()
    with database.write() as session:
        device = Device(
            participant_id=cast.anna, token_hash=token_hash(device_token), created_at=clock()
        )
        session.add(device)
        session.flush()
        until = clock.now.replace(year=2027)
        session.add(
            AuthSession(
                token_hash=token_hash(token),
                device_id=device.id,
                created_at=clock(),
                last_seen_at=clock(),
                expires_at=until,
            )
        )
        audit.record(session, SYSTEM, "test.device", Subject("device", device.id), now=clock())
    mine = browser.signed_in(token)
    mine.cookies.set(DEVICE_COOKIE, device_token, domain="daybook.test", path="/")
    return mine


def test_a_phone_without_a_code_opens_nothing_and_needs_an_invitation(
    app, without_pin, database, cast, clock
):
    for each in routes(app):
        if each.audience.kind == "participant":
            answer = each.send(without_pin)
            assert (answer.status_code, answer.headers["location"]) == (303, "/lock"), each
    for method in (without_pin.get, without_pin.post):
        for path in ("/lock", "/me/pin"):
            place = method(path).headers["location"]
            assert place in ("/start", "/lock")
    assert without_pin.get("/lock").headers["location"] == "/start"
    assert without_pin.post("/lock", {"pin": PIN}).headers["location"] == "/start"
    assert without_pin.post("/start/pin", CODE).status_code == 422
    without_pin.post("/language", {"lang": "ru"})
    assert {row.language for row in rows(database, Participant)} == {"en"}
    assert all(row.pin_hash is None for row in rows(database, Device))
    with database.write() as session:
        code = phone.invite(session, cast.anna, None, SYSTEM, clock())
    without_pin.post("/start", {"code": code})
    assert without_pin.post("/start/pin", CODE).headers["location"] == "/today"
    assert LANGUAGE_COOKIE in without_pin.cookies


def test_no_session_begins_on_a_phone_without_a_code(without_pin, database, clock):
    (device,) = rows(database, Device)
    with pytest.raises(NoPin), database.write() as session:
        sessions.begin(session, clock(), device_id=device.id)
