"""Whether the brief was opened before a session: recorded, linked, and reported as a share."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import audit
from app.audit import SYSTEM, Subject
from app.models.counseling import BriefReading
from app.sessions.readings import reading_report, readings_of, record_reading
from tests.cast import NOW
from tests.sessions.conftest import add_session, me_of

DAY = timedelta(days=1)


def read(database, cast, staff, at):
    with database.write() as session:
        record_reading(session, me_of(database, staff), cast.anna, at)
        audit.record(session, SYSTEM, "test.read", Subject("participant", cast.anna), now=at)


def report(database, staff):
    with database.read() as session:
        found = reading_report(session, me_of(database, staff), NOW)
    return [(one.read, one.held) for one in (found.recent, found.overall)]


def rows(database):
    with database.read() as session:
        return list(session.execute(select(BriefReading.__table__)))


def test_opening_the_brief_counts_for_the_next_planned_session(office, database, cast):
    add_session(database, cast.anna, NOW + DAY, cancelled_at=NOW)
    add_session(database, cast.anna, NOW - DAY, True)
    coming = add_session(database, cast.anna, NOW + 2 * DAY)
    add_session(database, cast.anna, NOW + 9 * DAY)
    for _ in range(2):
        office.browser.get(f"/participants/{office.public}/brief")
    (row,) = rows(database)
    assert (row.session_id, row.staff_id, row.at) == (coming, cast.petrova, NOW)
    with database.read() as session:
        (found,) = readings_of(session, cast.anna)
    assert (found.name, found.role) == ("Anna Petrova", "counselor")


def test_without_a_session_it_is_noted_once_a_day(database, cast):
    for at in (NOW, NOW + timedelta(hours=1), NOW + DAY):
        read(database, cast, cast.petrova, at)
    assert [(row.session_id, row.at) for row in rows(database)] == [(None, NOW), (None, NOW + DAY)]
    with database.read() as session:
        assert readings_of(session, cast.anna) == []


def test_each_of_the_team_is_noted(database, cast):
    add_session(database, cast.anna, NOW + DAY)
    for who in (cast.petrova, cast.orlova, cast.petrova):
        read(database, cast, who, NOW)
    assert sorted(row.staff_id for row in rows(database)) == sorted([cast.petrova, cast.orlova])


@pytest.mark.parametrize(
    ("minutes", "counts"), [(-1, 1), (0, 0), (1, 0)], ids=["before", "at the start", "after"]
)
def test_only_what_was_opened_before_the_session_counts(database, cast, minutes, counts):
    held = add_session(database, cast.anna, NOW - DAY, True)
    _reading(database, cast, cast.petrova, held, NOW - DAY + timedelta(minutes=minutes))
    assert report(database, cast.petrova) == [(counts, 1), (counts, 1)]


def test_the_counselor_must_have_read_it_and_a_held_session_counts_once(database, cast):
    held = add_session(database, cast.anna, NOW - DAY, True)
    _reading(database, cast, cast.orlova, held, NOW - 2 * DAY)
    assert report(database, cast.petrova) == [(0, 1), (0, 1)]
    for hours in (1, 2):
        _reading(database, cast, cast.petrova, held, NOW - DAY - timedelta(hours=hours))
    assert report(database, cast.petrova) == [(1, 1), (1, 1)]


def test_sessions_that_did_not_take_place_are_not_in_the_share(database, cast):
    add_session(database, cast.anna, NOW - DAY, False)
    add_session(database, cast.anna, NOW - 2 * DAY)
    add_session(database, cast.anna, NOW - 3 * DAY, cancelled_at=NOW)
    assert report(database, cast.petrova) == [(0, 0), (0, 0)]


def test_the_last_28_days_stand_apart_from_all(database, cast):
    for at in (NOW - 28 * DAY, NOW - 28 * DAY - timedelta(seconds=1)):
        held = add_session(database, cast.anna, at, True)
        _reading(database, cast, cast.petrova, held, at - timedelta(hours=1))
    assert report(database, cast.petrova) == [(1, 1), (2, 2)]


def test_a_counselor_sees_their_own_share_and_the_site_all(office, database, cast, orlova):
    add_session(database, cast.anna, NOW - DAY, True)
    add_session(database, cast.boris, NOW - DAY, True)
    add_session(database, cast.vera, NOW - DAY, True)
    assert report(database, cast.petrova)[0] == (0, 1)
    assert report(database, cast.orlova)[0] == report(database, cast.ivanova)[0] == (0, 2)
    assert report(database, cast.admin)[0] == (0, 0)
    assert "Last 28 days: 0 of 1 session." in office.browser.get("/sessions").text
    assert "Last 28 days: 0 of 2 sessions." in orlova.get("/sessions").text


def _reading(database, cast, staff, session_id, at):
    with database.write() as session:
        session.add(
            BriefReading(participant_id=cast.anna, session_id=session_id, staff_id=staff, at=at)
        )
        audit.record(session, SYSTEM, "test.read", Subject("participant", cast.anna), now=at)
