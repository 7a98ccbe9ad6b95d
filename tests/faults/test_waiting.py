"""Who writes waits for others, and not for ever."""

import pytest
from sqlalchemy.exc import OperationalError

from app import audit, db, turns
from app.models.diary import DrinkDay
from app.models.people import HeldPost
from tests.browser import hidden
from tests.diary.rows import rows
from tests.signin.test_phone import opened

DAY = "/day/2026-11-22"


@pytest.fixture
def busy(browser, database, cast, monkeypatch):
    """Somebody else writes, for as long as the test lasts."""
    monkeypatch.setattr(db, "TURN_SECONDS", 0.2)
    monkeypatch.setattr(db, "LOCK_MS", 200)
    if database.uses_sqlite:
        with browser.beside(database.turn):
            yield
        return
    with database.open(write=True) as session:
        turns.of_person(session, cast.anna)
        yield
        session.rollback()


def test_a_write_whose_turn_does_not_come_is_not_saved_and_can_be_sent_again(anna, busy, database):
    answer = anna.post(DAY, {"n:beer:500:5": "2", "idem": "a1"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert hidden(answer, "n:beer:500:5") == "2"
    assert hidden(answer, "idem") == "a1"
    assert rows(database, DrinkDay) == []


def test_a_page_is_read_while_others_write(anna, busy):
    assert anna.get("/today").status_code == 200


@pytest.fixture
def locked(browser, database, cast, clock):
    """ANNA's phone, four minutes after it was touched."""
    phone = opened(browser, database, cast, clock)
    clock.forward(minutes=4)
    return phone


def test_a_form_from_a_locked_phone_is_not_dropped_when_it_cannot_be_kept(locked, busy, database):
    """It cannot be put behind the lock now: its sender hears so, and has it still."""
    answer = locked.post(DAY, {"n:beer:500:5": "2", "idem": "a1"})
    assert answer.status_code == 503
    assert hidden(answer, "n:beer:500:5") == "2"
    assert rows(database, HeldPost) == []


@pytest.fixture
def appending(database, cast, monkeypatch):
    """Somebody else holds the chain of the site, for as long as the test lasts."""
    if database.uses_sqlite:
        pytest.skip("SQLite has one writer")
    monkeypatch.setattr(db, "LOCK_MS", 200)
    with database.open(write=True) as session:
        audit.hold_chain(session, cast.site)
        yield
        session.rollback()


def test_a_commit_whose_turn_at_the_trail_does_not_come_stores_nothing(anna, appending, database):
    answer = anna.post(DAY, {"n:beer:500:5": "2", "idem": "a1"})
    assert answer.status_code == 503
    assert (hidden(answer, "n:beer:500:5"), hidden(answer, "idem")) == ("2", "a1")
    assert rows(database, DrinkDay) == []


@pytest.mark.parametrize(
    "take",
    [
        lambda session: turns.of_person(session, 1),
        lambda session: turns.of_site(session, 1),
        lambda session: turns.of_names(session, ("a", "b")),
        lambda session: audit.hold_chain(session, 1),
    ],
    ids=["person", "site", "names", "chain"],
)
def test_no_lock_is_waited_for_without_an_end(database, cast, take):
    with database.open(write=True) as first, database.open(write=True) as second:
        take(first)
        first.connection()
        with pytest.raises(OperationalError):
            second.connection()
            take(second)
        first.rollback()
        second.rollback()
