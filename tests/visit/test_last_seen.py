"""Whoever sends something is there, whatever becomes of the form."""

from sqlalchemy import select

from app.models.people import AUTH_SESSION


def test_a_refused_form_of_a_quiet_minute_is_answered_as_such_and_its_sender_was_seen(
    anna, database, clock
):
    clock.forward(minutes=1)
    answer = anna.post("/day/2026-11-22", {"n:beer:500:5": "x", "idem": "a1"})
    assert answer.status_code == 422
    with database.read() as session:
        seen = session.execute(select(AUTH_SESSION.c.last_seen_at)).scalars().all()
    assert clock() in seen
