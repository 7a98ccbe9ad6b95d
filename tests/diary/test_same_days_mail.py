"""Several days of one form are judged together: one mail to each person, not one a day."""

from collections import Counter
from datetime import date, timedelta

from app.models.diary import DrinkDay, SubstanceDay
from app.models.flags import Flag
from app.models.outbox import Message
from tests.cast import NOW
from tests.diary.rows import change_person, rows


def settle(petrova, database):
    """Every flag so far is acknowledged and resolved: what comes next is new."""
    for flag in rows(database, Flag):
        path = f"/flags/{flag.public_id}"
        petrova.post(f"{path}/acknowledge", {"version": str(flag.version)})
    for flag in rows(database, Flag):
        words = {"version": str(flag.version), "outcome": "called", "note": "spoke"}
        petrova.post(f"/flags/{flag.public_id}/resolve", words)
    assert {flag.status for flag in rows(database, Flag)} == {"resolved"}


def test_several_days_filled_in_at_once_write_to_each_person_once(anna, petrova, database, cast):
    change_person(
        database, cast.anna, enrolled_at=NOW - timedelta(days=30), first_dose_on=date(2026, 11, 1)
    )
    anna.post("/day/2026-11-14", {"n:beer:500:5": "1", "idem": "a"})
    anna.post("/day/2026-11-14/other", {"substance": "opioid", "idem": "b"})
    for day in ("2026-11-20", "2026-11-21"):
        anna.post(f"/day/{day}/dose", {"answer": "not_taken", "idem": day})
    settle(petrova, database)
    before = len(rows(database, Message))
    like = {"first": "2026-11-17", "last": "2026-11-22", "like": "2026-11-14", "idem": "e"}
    assert anna.post("/calendar/same", like).headers["location"].startswith("/help/")
    assert len(rows(database, DrinkDay)) == len(rows(database, SubstanceDay)) == 7
    mails = Counter(mail.recipient for mail in rows(database, Message)[before:])
    assert mails and set(mails.values()) == {1}, mails
