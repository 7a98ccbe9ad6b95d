"""The worker looks at who has to be called: once an occasion, and closed when it has passed."""

from datetime import timedelta

from sqlalchemy import select, update

from app import audit
from app.audit import SYSTEM, Subject
from app.models.counseling import COUNSELING_SESSION
from app.models.outbox import MESSAGE
from app.models.people import DEVICE, PARTICIPANT
from app.models.worklist import TASK
from app.worklist.lookout import run_lookout
from tests.cast import NOW, participant_session
from tests.flags.record import take_dose


def look(database, now):
    with database.write() as session:
        return run_lookout(session, now)


def tasks(database, **only):
    with database.read() as session:
        rows = session.execute(select(TASK).order_by(TASK.c.id)).all()
    return [one for one in rows if all(getattr(one, k) == v for k, v in only.items())]


def change(database, table, row, **values):
    with database.write() as session:
        session.execute(update(table).where(table.c.id == row).values(**values))
        audit.record(session, SYSTEM, "test.change", Subject("participant", row), now=NOW)


def phones(database, cast):
    for who in (cast.anna, cast.boris, cast.vera):
        participant_session(database, who, NOW)


def mails(database):
    with database.read() as session:
        return session.execute(select(MESSAGE).where(MESSAGE.c.kind == "task")).all()


def test_silence_makes_one_task_an_episode_and_ends_it_when_something_is_told(database, cast):
    phones(database, cast)
    take_dose(database, cast.anna, NOW.date(), NOW)
    assert look(database, NOW + timedelta(days=3)) == 0, "three whole days are not over"
    later = NOW + timedelta(days=4)
    made = look(database, later)
    assert look(database, later) == 0, "the same silence again"
    anna = tasks(database, participant_id=cast.anna)
    assert made == 3 and [one.kind for one in anna] == ["quiet"]
    assert anna[0].episode == "2026-11-23" and anna[0].owner_id == cast.petrova
    take_dose(database, cast.anna, (later + timedelta(hours=1)).date(), later + timedelta(hours=1))
    look(database, later + timedelta(hours=2))
    assert tasks(database, participant_id=cast.anna)[0].outcome == "told_again"
    assert look(database, later + timedelta(days=5)) == 1, "the next silence is another one"


def test_a_session_nobody_came_to_makes_one_task(database, cast):
    phones(database, cast)
    with database.write() as session:
        row = {
            "public_id": "sessionsessionse",
            "participant_id": cast.anna,
            "at": NOW - timedelta(hours=2),
            "minutes": 50,
            "place": "clinic",
            "week": 1,
            "version": 0,
            "attended": False,
        }
        session.execute(COUNSELING_SESSION.insert(), row)
        audit.record(session, SYSTEM, "test.session", Subject("session", 1), now=NOW)
    assert [look(database, NOW), look(database, NOW + timedelta(hours=1))] == [1, 0]
    assert [one.kind for one in tasks(database)] == ["missed_visit"]


def test_somebody_without_a_phone_is_called_until_one_is_connected(database, cast):
    participant_session(database, cast.boris, NOW)
    participant_session(database, cast.vera, NOW)
    later = NOW + timedelta(days=1, hours=1)
    assert [look(database, later), look(database, later)] == [1, 0]
    (task,) = tasks(database, kind="unreachable")
    assert task.participant_id == cast.anna
    participant_session(database, cast.anna, later)
    look(database, later)
    assert tasks(database, kind="unreachable")[0].closed_at is not None
    with database.read() as session:
        phone = session.execute(
            select(DEVICE.c.id).where(DEVICE.c.participant_id == cast.anna)
        ).scalar_one()
    change(database, DEVICE, phone, revoked_at=later)
    assert look(database, later + timedelta(hours=1)) == 1, "the loss of that phone is another one"


def test_whoever_leaves_is_not_called_about_silence(database, cast):
    phones(database, cast)
    take_dose(database, cast.anna, NOW.date(), NOW)
    later = NOW + timedelta(days=4)
    look(database, later)
    change(database, PARTICIPANT, cast.anna, status="withdrawn")
    look(database, later + timedelta(hours=1))
    (task,) = tasks(database, participant_id=cast.anna)
    assert task.outcome == "not_needed"
    assert look(database, later + timedelta(days=9)) == 0


def test_mail_says_how_many_and_nothing_about_anybody(database, cast):
    phones(database, cast)
    later = NOW + timedelta(days=4)
    look(database, later)
    for mail in mails(database):
        said = f"{mail.subject} {mail.text} {mail.html}".lower()
        assert not any(word in said for word in ("db-0", "silen", "quiet", "entr", "study"))
        assert "/worklist" in said
    first = len(mails(database))
    assert first >= 3
    # Late calls are told of once a day, to whoever leads.
    for hours in (30, 31, 32):
        look(database, later + timedelta(days=3, hours=hours))
    assert len(mails(database)) == first + 2
