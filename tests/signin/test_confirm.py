"""A password in a form behind the gate: hashed outside the transaction, and anew at a sign-in."""

import unicodedata

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from app import audit
from app.audit import SYSTEM, Subject
from app.models.people import STAFF, Staff
from app.visit import tokens
from app.visit.tokens import hash_now, verify_now
from tests.cast import PASSWORD, staff_session
from tests.flags.record import rows

GOOD = "seven lilac trams at dusk"


def stored(database, staff_id):
    return next(one.password_hash for one in rows(database, Staff) if one.id == staff_id)


def write(database, staff_id, now, **values):
    with database.write() as session:
        session.execute(update(STAFF).where(STAFF.c.id == staff_id).values(**values))
        audit.record(session, SYSTEM, "test.write", Subject("staff", staff_id), now=now)


def test_others_write_while_a_password_is_looked_at(browser, database, cast, clock, monkeypatch):
    petrova = browser.signed_in(staff_session(database, cast.petrova, clock()))
    real, asked = tokens.verify_now, []

    def looked_at(against, secret):
        write(database, cast.orlova, clock(), language="ru")
        asked.append(secret)
        return real(against, secret)

    monkeypatch.setattr(tokens, "verify_now", looked_at)
    form = {"present": PASSWORD, "password": GOOD, "again": GOOD}
    assert petrova.post("/account/password", form).status_code == 303
    assert asked == [PASSWORD] and real(stored(database, cast.petrova), GOOD)


def test_a_password_that_was_changed_meanwhile_proves_nothing(
    browser, database, cast, clock, monkeypatch
):
    petrova = browser.signed_in(staff_session(database, cast.petrova, clock()))
    real = tokens.verify_now

    def changed_meanwhile(against, secret):
        write(database, cast.petrova, clock(), password_hash=hash_now("another one by now"))
        return real(against, secret)

    monkeypatch.setattr(tokens, "verify_now", changed_meanwhile)
    form = {"present": PASSWORD, "password": GOOD, "again": GOOD}
    assert 'id="e-present"' in petrova.post("/account/password", form).text
    assert real(stored(database, cast.petrova), "another one by now")


@pytest.mark.req("A8")
def test_a_sign_in_brings_an_old_hash_to_the_costs_of_today(browser, database, cast, clock):
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    write(database, cast.petrova, clock(), password_hash=weak)
    door = {"email": "petrova@clinic.test", "password": PASSWORD}
    assert browser.another().post("/sign-in", door).status_code == 303
    found = stored(database, cast.petrova)
    assert found.startswith("$argon2id$v=19$m=19456,t=2,") and verify_now(found, PASSWORD)
    assert browser.another().post("/sign-in", door).status_code == 303
    assert stored(database, cast.petrova) == found


@pytest.mark.req("A9")
@pytest.mark.parametrize(
    "text", ["déjà vu à l'hôtel — семь трамваев", "sixty-four and more: " + "ab cd efg hij " * 7]
)
def test_long_words_in_any_letters_open_the_door_however_they_are_typed(
    browser, database, cast, clock, text
):
    petrova = browser.signed_in(staff_session(database, cast.petrova, clock()))
    form = {"present": PASSWORD, "password": text, "again": text}
    assert petrova.post("/account/password", form).status_code == 303
    for spelling in ("NFC", "NFD"):
        typed = unicodedata.normalize(spelling, text)
        door = {"email": "petrova@clinic.test", "password": typed}
        assert browser.another().post("/sign-in", door).status_code == 303
