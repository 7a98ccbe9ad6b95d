"""Whether the brief was opened before a session: recorded, linked, and reported as a share."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import audit
from app.appointments.readings import reading_report, readings_of, record_reading
from app.appointments.words import ahead
from app.audit import SYSTEM, Subject
from app.i18n import translator
from app.models.counseling import BriefReading, CounselingSession
from app.models.people import PARTICIPANT
from tests.cast import NOW
from tests.treatment.conftest import add_session, me_of, plain

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


def test_every_opening_of_the_brief_counts_for_the_next_planned_session(
    office, database, cast, clock
):
    add_session(database, cast.anna, NOW + DAY, cancelled_at=NOW)
    add_session(database, cast.anna, NOW - DAY, True)
    coming = add_session(database, cast.anna, NOW + 2 * DAY)
    add_session(database, cast.anna, NOW + 9 * DAY)
    for _ in range(2):
        office.browser.get(f"/participants/{office.public}/brief")
        clock.forward(minutes=10)
    assert [(row.session_id, row.staff_id, row.at) for row in rows(database)] == [
        (coming, cast.petrova, NOW),
        (coming, cast.petrova, NOW + timedelta(minutes=10)),
    ]
    with database.read() as session:
        (found,) = readings_of(session, cast.anna)
    assert (found.name, found.role) == ("Anna Petrova", "counselor")
    assert (found.at, found.latest) == (NOW, NOW + timedelta(minutes=10))


def test_without_a_session_it_is_noted_for_none(database, cast):
    for at in (NOW, NOW + DAY):
        read(database, cast, cast.petrova, at)
    assert [(row.session_id, row.at) for row in rows(database)] == [(None, NOW), (None, NOW + DAY)]
    with database.read() as session:
        assert readings_of(session, cast.anna) == []


def test_a_page_fetched_ahead_of_a_tap_has_no_reader(office, database, cast):
    add_session(database, cast.anna, NOW + DAY)
    brief = f"/participants/{office.public}/brief"
    for purpose in ("prefetch", "prefetch;prerender"):
        assert office.browser.get(brief, headers={"Sec-Purpose": purpose}).status_code == 200
    assert rows(database) == []


def test_each_of_the_team_is_noted(database, cast):
    coming = add_session(database, cast.anna, NOW + DAY)
    for who in (cast.petrova, cast.orlova, cast.petrova):
        read(database, cast, who, NOW)
    with database.read() as session:
        found = readings_of(session, cast.anna)
    assert [one.name for one in found] == ["Anna Petrova", "Maria Orlova"]
    assert {row.session_id for row in rows(database)} == {coming}


def test_the_session_shows_the_latest_opening_before_it_and_the_first(office, database, cast):
    at = NOW + 3 * DAY
    coming = add_session(database, cast.anna, at)
    for before in (3 * DAY, timedelta(minutes=20), timedelta(0), -timedelta(hours=1)):
        _reading(database, cast, cast.petrova, coming, at - before)
    _reading(database, cast, cast.orlova, coming, at)
    page = plain(office.get(office.path))
    assert "26 Nov, 08:40 Anna Petrova, 20 minutes before · first 23 Nov, 09:00" in page
    assert "Orlova" not in page.split("Brief opened before")[1].split("History")[0]
    office.browser.post("/language", {"lang": "ru"})
    assert "за 20 минут до встречи · впервые 23 нояб." in plain(office.get(office.path))


def test_what_was_opened_only_once_it_had_begun_was_not_opened_before(office, database, cast):
    held = add_session(database, cast.anna, NOW - timedelta(hours=1))
    assert "Nobody opened it for this session before it began." in plain(office.get(office.path))
    _reading(database, cast, cast.petrova, held, NOW)
    assert "Nobody opened it for this session before it began." in plain(office.get(office.path))


@pytest.mark.parametrize(
    ("span", "says"),
    [
        (timedelta(seconds=59), "0 minutes before"),
        (timedelta(minutes=1), "1 minute before"),
        (timedelta(minutes=119), "119 minutes before"),
        (timedelta(hours=2), "2 hours before"),
        (timedelta(hours=47, minutes=59), "47 hours before"),
        (timedelta(hours=48), "2 days before"),
        (timedelta(days=35), "35 days before"),
    ],
)
def test_how_long_before_is_said_in_the_unit_that_tells_most(span, says):
    assert ahead(span, translator("en")) == says


@pytest.mark.parametrize(
    ("minutes", "counts"),
    [(-48 * 60 - 1, 0), (-48 * 60, 1), (-1, 1), (0, 0), (1, 0)],
    ids=["long before", "48 hours before", "before", "at the start", "after"],
)
def test_only_what_was_opened_in_the_two_days_before_counts(database, cast, minutes, counts):
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


def test_what_was_opened_after_one_session_is_not_read_for_the_next(office, database, cast):
    add_session(database, cast.anna, NOW - timedelta(hours=1), True)
    following = add_session(database, cast.anna, NOW + 7 * DAY)
    office.browser.get(f"/participants/{office.public}/brief")
    _took_place(database, cast, following)
    assert report(database, cast.petrova) == [(0, 2), (0, 2)]


def test_a_session_moved_far_ahead_is_read_again(office, database, cast, clock):
    coming = add_session(database, cast.anna, NOW + DAY)
    brief = f"/participants/{office.public}/brief"
    office.browser.get(brief)
    move = {"day": "2026-12-28", "time": "12:00", "minutes": "50", "place": "clinic"}
    assert office.step("move", **move, asked_by="clinic").status_code == 303
    _took_place(database, cast, coming)
    assert report(database, cast.petrova)[1] == (0, 1)
    _reading(database, cast, cast.petrova, coming, NOW + 34 * DAY)
    assert report(database, cast.petrova)[1] == (1, 1)


def test_a_former_counselors_reading_counts_here_as_in_the_caseload(office, database, cast):
    coming = add_session(database, cast.anna, NOW + DAY)
    office.browser.get(f"/participants/{office.public}/brief")
    person = PARTICIPANT
    with database.write() as session:
        session.execute(
            update(person).where(person.c.id == cast.anna).values(counselor_id=cast.sokolov)
        )
        audit.record(session, SYSTEM, "test.move", Subject("participant", cast.anna), now=NOW)
    page = plain(office.as_(cast.sokolov).browser.get("/sessions"))
    assert "DB-001" in page and "brief opened 23 Nov, 09:00 (24 hours before)" in page
    before = report(database, cast.sokolov)[1]
    _took_place(database, cast, coming)
    after = report(database, cast.sokolov)[1]
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)


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


def _took_place(database, cast, session_id):
    table = CounselingSession.__table__
    with database.write() as session:
        session.execute(update(table).where(table.c.id == session_id).values(attended=True))
        audit.record(session, SYSTEM, "test.held", Subject("session", session_id), now=NOW)


def _reading(database, cast, staff, session_id, at):
    with database.write() as session:
        session.add(
            BriefReading(participant_id=cast.anna, session_id=session_id, staff_id=staff, at=at)
        )
        audit.record(session, SYSTEM, "test.read", Subject("participant", cast.anna), now=at)
