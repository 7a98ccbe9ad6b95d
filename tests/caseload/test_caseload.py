"""The caseload: who is next, who has gone quiet, what waits; one statement for any number."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from app import audit
from app.appointments.queries import today_began
from app.audit import SYSTEM, Subject
from app.caseload.queries import caseload
from app.models.counseling import CounselingSession, SessionNote
from app.models.people import Participant
from tests.brief.diary import Diary
from tests.cast import NOW
from tests.treatment.conftest import add_session, me_of

DAY = timedelta(days=1)


def read(database, staff, now=NOW):
    me = me_of(database, staff)
    with database.read() as session:
        return caseload(session, me, today_began(now, me.timezone), now)


def tell(database, who, day, at):
    with database.write() as session:
        diary = Diary(session, who)
        diary.drinks(day, 0, received_at=at)
        diary.close(at)


@pytest.mark.parametrize(("days", "quiet"), [(0, 0), (2, 0), (3, 3), (10, 10)])
def test_three_days_without_an_entry_are_quiet(database, cast, days, quiet):
    at = NOW - days * DAY
    tell(database, cast.anna, at.date(), at)
    assert read(database, cast.petrova)[0].quiet == quiet


def test_who_has_told_nothing_yet_is_quiet_from_the_third_day_on(database, cast):
    assert read(database, cast.petrova, NOW + 2 * DAY)[0].quiet == 0
    assert read(database, cast.petrova, NOW + 3 * DAY)[0].quiet == 3


def test_quiet_is_said_in_words(petrova, database, cast, clock):
    tell(database, cast.anna, (NOW - 4 * DAY).date(), NOW - 4 * DAY)
    assert "No entry for 4 days" in petrova.get("/sessions").text
    petrova.post("/language", {"lang": "ru"})
    assert "Записей нет уже 4 дня" in petrova.get("/sessions").text


def test_the_next_session_shows_time_place_and_whether_the_brief_was_opened(
    petrova, database, cast, clock
):
    add_session(database, cast.anna, NOW + DAY, cancelled_at=NOW)
    add_session(database, cast.anna, NOW + 3 * DAY, place="phone")
    page = petrova.get("/sessions").text
    assert "26 Nov, 09:00" in page and "by phone" in page and "brief not opened yet" in page
    address = re.search(r'href="(/participants/[^"]+/brief)"', page).group(1)
    petrova.get(address)
    clock.forward(minutes=10)
    petrova.get(address)
    for language, says in (
        ("en", "brief opened 23 Nov, 09:10 (2 days before)"),
        ("ru", "сводка открыта 23 нояб., 09:10 (за 2 дня до встречи)"),
    ):
        petrova.post("/language", {"lang": language})
        assert says in petrova.get("/sessions").text


def test_a_brief_that_was_opened_during_the_session_was_not_opened_before_it(
    petrova, database, cast, clock
):
    add_session(database, cast.anna, NOW + timedelta(minutes=5))
    address = re.search(r'href="(/participants/[^"]+/brief)"', petrova.get("/sessions").text)
    clock.forward(minutes=15)
    petrova.get(address.group(1))
    page = petrova.get("/sessions").text
    assert "minutes before" not in page


def test_an_unread_brief_of_the_coordinator_is_still_unread(petrova, orlova, database, cast):
    add_session(database, cast.anna, NOW + DAY)
    address = re.search(r'href="(/participants/[^"]+/brief)"', petrova.get("/sessions").text)
    orlova.get(address.group(1))
    assert read(database, cast.petrova)[0].brief_at is None


def test_what_waits_to_be_closed_or_recorded_is_counted(petrova, database, cast):
    held = add_session(database, cast.anna, NOW - 7 * DAY, True)
    add_session(database, cast.anna, NOW - 14 * DAY, False)
    add_session(database, cast.anna, NOW - 3 * DAY)
    add_session(database, cast.anna, NOW - 4 * DAY, cancelled_at=NOW)
    one = read(database, cast.petrova)[0]
    assert (one.notes_open, one.unrecorded) == (1, 1)
    page = petrova.get("/sessions").text
    assert "1 note not closed" in page and "1 session not recorded" in page
    _note(database, cast, held)
    assert read(database, cast.petrova)[0].notes_open == 1, "a draft is not closed"
    _note(database, cast, held, closed=True)
    assert read(database, cast.petrova)[0].notes_open == 0


def test_a_draft_waits_before_anybody_has_said_who_came(database, cast):
    one = add_session(database, cast.anna, NOW - timedelta(hours=1))
    assert read(database, cast.petrova)[0].notes_open == 0
    _note(database, cast, one)
    assert read(database, cast.petrova)[0].notes_open == 1


@pytest.mark.parametrize(
    ("zone", "quiet"), [("UTC", 3), ("Pacific/Honolulu", 0), ("Europe/Moscow", 0)]
)
def test_quiet_days_are_those_of_the_participants_own_calendar(database, cast, zone, quiet):
    _change(database, cast.anna, timezone=zone)
    told = (NOW - 3 * DAY).replace(hour=23)
    tell(database, cast.anna, told.date(), told)
    assert read(database, cast.petrova)[0].quiet == quiet


def test_who_has_left_is_not_on_the_list(database, cast):
    _change(database, cast.anna, status="withdrawn")
    assert read(database, cast.petrova) == []


def test_who_is_next_stands_first_and_who_has_no_session_last(database, cast):
    _people(database, cast, 3)
    by_code = {one.code: one.public_id for one in read(database, cast.petrova)}
    _session(database, by_code["DB-102"], NOW + DAY)
    _session(database, by_code["DB-101"], NOW + 2 * DAY)
    codes = [one.code for one in read(database, cast.petrova)]
    assert codes == ["DB-102", "DB-101", "DB-001", "DB-100"]


def test_forty_people_ask_no_more_statements_than_five(petrova, database, cast):
    _people(database, cast, 4)
    for one in read(database, cast.petrova):
        _session(database, one.public_id, NOW + DAY)
    few = _statements(database, petrova)
    _people(database, cast, 35, first=4)
    for one in read(database, cast.petrova):
        _session(database, one.public_id, NOW + 2 * DAY)
    assert petrova.get("/sessions").text.count('class="al"') == 40
    assert _statements(database, petrova) == few <= 6


def test_every_table_of_the_caseload_is_reached_through_an_index(database, cast, backend):
    """PostgreSQL scans what is small, and rightly so: it is asked what it would do otherwise."""
    seen: list[Any] = []

    def note(_c, _cursor, statement, parameters, *_):
        if "counseling_session" in statement:
            seen.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    read(database, cast.petrova)
    event.remove(database.engine, "before_cursor_execute", note)
    ((statement, parameters),) = seen
    explain, scan = {
        "sqlite": ("EXPLAIN QUERY PLAN", "SCAN"),
        "postgresql": ("EXPLAIN", "Seq Scan"),
    }[backend]
    with database.engine.connect() as connection:
        if backend == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
        plan = connection.exec_driver_sql(f"{explain} {statement}", parameters).fetchall()
    lines = [str(row[-1]) for row in plan]
    assert len([line for line in lines if "ndex" in line or "INDEX" in line]) >= 12
    assert [line for line in lines if scan in line] == []


@pytest.mark.parametrize(
    ("ahead", "en", "ru"),
    [
        (timedelta(hours=5), "today, 14:00", "сегодня, 14:00"),
        (DAY, "tomorrow, 09:00", "завтра, 09:00"),
        (9 * DAY, "Wed 2 Dec, 09:00", "ср 2 дек., 09:00"),
    ],
)
def test_the_next_session_is_said_as_people_say_it(petrova, database, cast, ahead, en, ru):
    add_session(database, cast.anna, NOW + ahead)
    for language, says in (("en", en), ("ru", ru)):
        petrova.post("/language", {"lang": language})
        assert f"<b>{says}</b>" in petrova.get("/sessions").text


def _flag(diary, cast, family="WDL", rule="WDL-3", **more):
    row = diary.flag(cast.site, family, rule, "urgent", more.pop("status", "open"))
    for name, value in more.items():
        setattr(row, name, value)


def _corrected(diary, cast):
    told = diary.substances(NOW.date() - DAY, "opioid")
    diary.substances(NOW.date() - DAY, replaces_id=told.id)


CLOSED = {"status": "resolved", "resolved_at": NOW - DAY}
NEWS = {
    "Possible withdrawal-like reaction": _flag,
    "Closed this week: Possible": lambda diary, cast: _flag(diary, cast, **CLOSED),
    "Opioid use told for yesterday": lambda diary, cast: diary.substances(
        NOW.date() - DAY, "opioid"
    ),
    "Nothing new": _corrected,
}


def headlines(petrova):
    found = re.findall(r'class="news">([^<]*)<', petrova.get("/sessions").text)
    return found[0] if len(found) == 1 else found


@pytest.mark.parametrize("says", NEWS)
def test_one_headline_says_the_most_important_thing(petrova, database, cast, says):
    with database.write() as session:
        diary = Diary(session, cast.anna)
        NEWS[says](diary, cast)
        diary.drinks(NOW.date() - DAY, 2)
        diary.close(NOW)
    assert headlines(petrova).startswith(says)


def test_an_open_alert_stands_before_a_closed_one_and_that_before_silence(petrova, database, cast):
    _change(database, cast.anna, enrolled_at=NOW - 4 * DAY)
    assert headlines(petrova) == "No entry for 4 days"
    with database.write() as session:
        diary = Diary(session, cast.anna)
        _flag(diary, cast, **CLOSED)
        diary.close(NOW)
    assert headlines(petrova).startswith("Closed this week: Possible withdrawal-like reaction")
    with database.write() as session:
        diary = Diary(session, cast.anna)
        diary.number = 7
        _flag(diary, cast, "DOS", "DOS-1")
        diary.close(NOW)
    assert not headlines(petrova).startswith(("Closed", "No entry"))
    assert "No entry for 4 days" in petrova.get("/sessions").text, "it still waits"


def test_old_news_are_none(petrova, database, cast):
    with database.write() as session:
        diary = Diary(session, cast.anna)
        _flag(diary, cast, status="resolved", resolved_at=NOW - 8 * DAY)
        diary.substances(NOW.date() - 9 * DAY, "opioid")
        diary.drinks(NOW.date() - DAY, 0)
        diary.close(NOW)
    assert headlines(petrova) == "Nothing new"


def _statements(database, browser):
    seen = []

    def note(_c, _cursor, statement, *_):
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert browser.get("/sessions").status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(seen)


def _people(database, cast, count, first=0):
    with database.write() as session:
        for number in range(first, first + count):
            session.add(
                Participant(
                    site_id=cast.site,
                    code=f"DB-1{number:02}",
                    timezone="Europe/Moscow",
                    language="en",
                    counselor_id=cast.petrova,
                    enrolled_at=NOW,
                )
            )
        audit.record(session, SYSTEM, "test.people", Subject("site", cast.site), now=NOW)


def _session(database, public_id, at):
    with database.read() as session:
        statement = text("SELECT id FROM participant WHERE public_id = :one")
        who = session.execute(statement, {"one": public_id}).scalar_one()
    add_session(database, who, at)


def _change(database, who, **fields):
    with database.write() as session:
        person = session.get(Participant, who)
        for name, value in fields.items():
            setattr(person, name, value)
        session.add(person)
        audit.record(session, SYSTEM, "test.change", Subject("participant", who), now=NOW)


def _note(database, cast, session_id, closed=False):
    with database.write() as session:
        held = session.get(CounselingSession, session_id)
        session.add(
            SessionNote(
                session_id=held.id,
                participant_id=cast.anna,
                written_by=cast.petrova,
                written_at=NOW,
                closed_at=NOW if closed else None,
            )
        )
        audit.record(session, SYSTEM, "test.note", Subject("session", session_id), now=NOW)
