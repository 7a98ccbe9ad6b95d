"""«Please call me»: one task a person, when to expect the call, and taken back."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.models.outbox import MESSAGE
from app.models.worklist import TASK
from app.protocol.model import WorkingHours
from app.visit.identity import DEVICE_COOKIE
from app.worklist.due import due_of
from tests.browser import words

MOSCOW = "Europe/Moscow"


def tasks(database):
    with database.read() as session:
        return session.execute(select(TASK).order_by(TASK.c.id)).all()


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        # Monday 09:00 in Moscow; Friday 16:00: two hours are left, and the rest on Monday.
        (datetime(2026, 11, 23, 6, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)),
        (datetime(2026, 11, 27, 13, tzinfo=UTC), datetime(2026, 11, 30, 8, tzinfo=UTC)),
        (datetime(2026, 11, 28, 20, tzinfo=UTC), datetime(2026, 11, 30, 10, tzinfo=UTC)),
    ],
)
def test_a_call_is_promised_in_the_hours_of_the_clinic(asked, by):
    assert due_of("call_me", asked, WorkingHours(), MOSCOW) == by


def test_a_participant_asks_once_hears_when_and_takes_it_back(database, cast, anna, petrova):
    anna.cookies.set(DEVICE_COOKIE, "a phone", domain="daybook.test")
    assert "/call-me" in anna.get("/help").text
    page = anna.get("/call-me")
    assert "textarea" not in page.text and "112" in words(page)
    for token in ("a" * 32, "a" * 32, "b" * 32):
        assert anna.post("/call-me", {"idem": token}).status_code == 303
    (task,) = tasks(database)
    assert (task.kind, task.participant_id, task.owner_id) == ("call_me", cast.anna, cast.petrova)
    assert "You can expect it by 23 Nov, 13:00" in words(anna.get("/call-me"))
    seen = words(petrova.get(f"/worklist/{task.public_id}"))
    assert "the participant" in seen and "Asked for a call" in seen
    with database.read() as session:
        mails = session.execute(select(MESSAGE)).all()
    assert {one.recipient for one in mails} == {"petrova@clinic.test", "orlova@clinic.test"}
    assert all("DB-001" not in one.text for one in mails)
    assert anna.post("/call-me/back", {"idem": "c" * 32}).status_code == 303
    assert tasks(database)[0].outcome == "taken_back"
    assert anna.post("/call-me/back", {"idem": "d" * 32}).status_code == 303
    # It can be asked for again.
    assert anna.post("/call-me", {"idem": "e" * 32}).status_code == 303
    assert len(tasks(database)) == 2


def test_a_stranger_on_help_is_not_sent_to_ask(browser):
    assert "/call-me" not in browser.get("/help").text
