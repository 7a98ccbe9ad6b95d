"""The limit on PIN errors, when guesses arrive side by side and when a right one comes late."""

import asyncio

import httpx
import pytest
from sqlalchemy import select

from app import audit
from app.audit import SYSTEM, Subject
from app.models.audit import AuditEntry
from app.models.people import Device
from app.signin import phone
from app.visit.identity import DEVICE_COOKIE
from app.visit.tokens import hash_now, new_token, token_hash
from tests.cast import PIN

WRONG = "739182"
_A = AuditEntry.__table__
_D = Device.__table__


@pytest.fixture
def token(database, cast, clock):
    """A phone with a PIN, and locked: its cookie."""
    made = new_token()
    with database.write() as session:
        device = Device(
            participant_id=cast.anna,
            token_hash=token_hash(made),
            pin_hash=hash_now(PIN),
            created_at=clock(),
        )
        session.add(device)
        session.flush()
        audit.record(session, SYSTEM, "test.device", Subject("device", device.id), now=clock())
    return made


def at_once(browser, app, token, pins):
    """Send every PIN to the lock at the same moment; the answers in the order of ``pins``."""
    base = app.state.settings.base_url

    async def send():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url=base,
            headers={"Origin": base},
            cookies={DEVICE_COOKIE: token},
        ) as client:
            return await asyncio.gather(*[client.post("/lock", data={"pin": p}) for p in pins])

    return browser._portal.call(send)


def looked_at(database):
    """How many PINs were let through to be compared."""
    with database.read() as session:
        actions = session.execute(select(_A.c.action)).scalars()
        return sum(action == "pin.attempt" for action in actions)


def stored(database, token):
    with database.read() as session:
        return session.execute(select(_D).where(_D.c.token_hash == token_hash(token))).one()


def known(database, token):
    with database.read() as session:
        found = phone.device_of(session, token)
    assert found
    return found


def test_of_sixty_guesses_at_once_five_are_looked_at(browser, app, database, token):
    answers = at_once(browser, app, token, [WRONG] * 60)
    assert {answer.status_code for answer in answers} == {422}
    assert looked_at(database) == 5
    assert sum("Too many attempts" in answer.text for answer in answers) == 55


@pytest.mark.req("A4")
def test_guesses_at_once_in_every_quarter_of_an_hour_end_the_phone_at_ten(
    browser, app, database, token, clock
):
    for _ in range(8):
        at_once(browser, app, token, [WRONG] * 12)
        clock.forward(minutes=16)
    assert looked_at(database) == 10
    assert stored(database, token).revoked_at
    (late,) = at_once(browser, app, token, [PIN])
    assert late.headers["location"] == "/start"
    assert stored(database, token).revoked_at


def count(database, token, times, clock):
    device = known(database, token)
    for _ in range(times):
        with database.write() as session:
            assert phone.count_pin_error(session, device, clock(), "")
        clock.forward(minutes=16)
    return device


def test_a_right_pin_that_was_being_checked_meanwhile_does_not_open_an_ended_phone(
    database, token, clock
):
    device = count(database, token, 10, clock)
    with database.write() as session:
        phone.refuse_pin(session, device, clock(), "")
    ended = stored(database, token).revoked_at
    assert ended
    with database.write() as session:
        assert phone.open_device(session, device, None, clock(), "") is None
    with database.write() as session:
        actor = phone.actor_of(device, "")
        assert not phone.change_pin(session, device, hash_now("640283"), actor, clock())
    after = stored(database, token)
    assert (after.revoked_at, after.errors) == (ended, 10)
    assert after.pin_hash == device.pin_hash


def test_the_tenth_attempt_may_still_be_right(browser, app, database, token, clock):
    count(database, token, 9, clock)
    (answer,) = at_once(browser, app, token, [PIN])
    assert answer.headers["location"] == "/today"
    assert (stored(database, token).errors, stored(database, token).revoked_at) == (0, None)


@pytest.mark.req("A4")
def test_a_tenth_attempt_that_was_never_answered_ends_the_phone_at_the_next(
    browser, app, database, token, clock
):
    count(database, token, 10, clock)
    (answer,) = at_once(browser, app, token, [PIN])
    assert answer.headers["location"] == "/start"
    assert stored(database, token).revoked_at
    assert looked_at(database) == 10


def test_changing_the_pin_is_no_second_door(browser, database, token, clock):
    mine = browser.another()
    mine.cookies.set(DEVICE_COOKIE, token, domain="daybook.test")
    count(database, token, 9, clock)
    form = {"old": WRONG, "pin": "640283", "again": "640283"}
    assert mine.post("/me/pin", form).status_code == 422
    assert stored(database, token).revoked_at
    assert mine.post("/me/pin", {**form, "old": PIN}).headers["location"] == "/start"
