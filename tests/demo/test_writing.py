"""Simulated people in the tables: complete, and judged by the live rules."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app import audit
from app.__main__ import door
from app.clock import local_day
from app.db import Database
from app.demo.cohort import fill_demo, is_empty, simulated
from app.demo.many import fill_many
from app.demo.simulator import RUN_IN_DAYS
from app.demo.stories import BUILDING, LEAVES_EARLY, SECOND_DAY, STORIES, Story
from app.models.people import SITE
from app.start import CannotStart, prepare
from tests.demo.reading import TOLD, rows_of
from tests.house.tables import digest

pytestmark = pytest.mark.sweep

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
START = datetime(2026, 11, 23, tzinfo=UTC).date()


def test_cohort_fills_an_empty_database(database: Database) -> None:
    """All eight on SQLite; on PostgreSQL the three whose stories are short."""
    stories = STORIES if database.uses_sqlite else (SECOND_DAY, BUILDING, LEAVES_EARLY)
    with database.read() as session:
        assert is_empty(session)
    fill_demo(database, NOW, stories=stories)
    with database.read() as session:
        assert not is_empty(session)
    with database.engine.connect() as connection:
        assert audit.verify(connection)[1] == []
    check_people(database, stories)
    check_staff(database)
    check_mail(database)
    if stories is STORIES:
        check_rows(database)
        check_sessions(database)
        check_sheets(database)
        check_flags(database)


def check_people(database: Database, stories: Sequence[Story]) -> None:
    people = {row.code: row for row in rows_of(database, "participant")}
    assert people.keys() == {story.code for story in stories}
    planned = rows_of(database, "counseling_session", attended=None, cancelled_at=None)
    to_come = {row.participant_id for row in planned}
    for story in stories:
        row = people[story.code]
        day = local_day(NOW, row.timezone) - timedelta(days=story.study_day)
        assert row.first_dose_on == day
        assert local_day(row.enrolled_at, row.timezone) == day - timedelta(days=RUN_IN_DAYS)
        assert min(dose.day for dose in rows_of(database, "dose", participant_id=row.id)) >= day
        assert row.status == ("withdrawn" if story.persona.leaves else "active")
        assert (row.id in to_come) == (row.status == "active")


def check_rows(database: Database) -> None:
    people = rows_of(database, "participant")
    assert {row.language for row in people} == {"en", "ru"}
    assert len({row.first_dose_on for row in people}) == 8
    last_morning = {
        row.participant_id
        for row in rows_of(database, "drink_day")
        if local_day(row.received_at, "Europe/Moscow") == START - timedelta(days=1)
    }
    assert len(last_morning) >= 3
    assert {row.provenance for row in rows_of(database, "drink_day")} >= {"late", "recalled"}
    for name in (*TOLD, "hold", "flag_action"):
        assert rows_of(database, name), name


def check_sessions(database: Database) -> None:
    sessions = rows_of(database, "counseling_session")
    notes = rows_of(database, "session_note")
    assert {row.attended for row in sessions} == {True, False, None}
    assert [row for row in sessions if row.cancelled_at]
    assert [row for row in sessions if row.version and not row.cancelled_at]
    assert {row.place for row in sessions} == {"clinic", "phone", "video"}
    assert [row for row in notes if row.replaces_id]
    closed = {row.session_id for row in notes if row.closed_at}
    held = {row.id for row in sessions if row.attended}
    assert len(held - closed) <= len(held) // 10
    read = {row.session_id for row in rows_of(database, "brief_reading")}
    assert 0.6 < len(held & read) / len(held) < 0.95


def check_sheets(database: Database) -> None:
    """Every state of a sheet is there, in both languages, and what is private stays private."""
    sheets = {row.id: row for row in rows_of(database, "worksheet")}
    copies = rows_of(database, "worksheet_copy")
    asked = rows_of(database, "assignment")
    assert len(asked) > 20 and {row.language for row in sheets.values()} == {"en", "ru"}
    answered = {row.assignment_id for row in sheets.values()}
    assert [row for row in asked if row.id not in answered]
    assert [row for row in sheets.values() if row.finished_at is None]
    assert [row for row in copies if row.shared_at is None]
    unread = [row for row in copies if row.shared_at and row.seen_at is None]
    assert unread and len(unread) < len(copies) / 3
    assert rows_of(database, "worksheet_comment") and rows_of(database, "worksheet_draft")
    shared = {(sheets[c.worksheet_id].sheet_key, c.participant_id) for c in copies if c.shared_at}
    assert not [key for key, _ in shared if key == "trigger_diary"]
    rulers = [c for c in copies if c.shared_at and sheets[c.worksheet_id].sheet_key == "rulers"]
    people = [row.participant_id for row in rulers]
    assert max(people.count(who) for who in people) >= 4
    for row in copies:
        assert row.values and row.made_at <= NOW


def check_staff(database: Database) -> None:
    staff = rows_of(database, "staff")
    assert sorted(row.role for row in staff) == [
        "admin", "coordinator", "counselor", "counselor", "investigator",
    ]  # fmt: skip
    assert all(row.email.endswith("@example.org") and not row.password_hash for row in staff)
    assert len([row for row in staff if row.alert_position]) >= 2


def check_flags(database: Database) -> None:
    codes = {row.id: row.code for row in rows_of(database, "participant")}
    flags = rows_of(database, "flag")
    reactions = {codes[row.participant_id] for row in flags if row.family == "WDL"}
    assert {f"DB-00{n}" for n in (1, 2, 3, 4, 5, 7)} <= reactions
    assert {"acknowledged", "resolved"} <= {row.status for row in flags}
    closed = [row for row in flags if row.status == "resolved"]
    assert all(row.outcome and row.resolved_at <= NOW for row in closed)
    assert len({row.outcome for row in closed}) >= 3
    silent = [row for row in flags if row.family == "DIA" and codes[row.participant_id] == "DB-006"]
    assert [row.status for row in silent if row.status != "resolved"] == ["acknowledged"]
    notes = [row.note for row in rows_of(database, "flag_action") if row.action == "resolve"]
    assert any(note.isascii() for note in notes) and not all(note.isascii() for note in notes)


def check_mail(database: Database) -> None:
    mail = rows_of(database, "message")
    assert mail and {row.status for row in mail} == {"sent"}
    assert all(row.created_at < row.sent_at <= NOW + timedelta(seconds=1) for row in mail)
    assert len(rows_of(database, "attempt")) == len(mail)
    ticked = {row.name for row in rows_of(database, "heartbeat") if row.name.startswith("tick:")}
    active = rows_of(database, "participant", status="active")
    assert {f"tick:{row.id}" for row in active} <= ticked


def test_as_many_as_asked_for_are_written_as_the_eight_are(database: Database) -> None:
    heard: list[int] = []
    fill_many(database, 3, 3, 5, NOW, heard.append)
    people = rows_of(database, "participant")
    assert heard == [1, 1, 1]
    assert len(people) == 3
    assert len({row.counselor_id for row in people}) == 2
    assert rows_of(database, "flag_action"), "staff answer what the rules raise"
    check_mail(database)
    written = {row.action for row in rows_of(database, "audit_entry")}
    assert {"dose.add", "drinks.add", "checkin.start", "urinalysis.add"} <= written
    with database.engine.connect() as connection:
        assert audit.verify(connection)[1] == []


def test_the_command_writes_where_nothing_was_and_what_it_wrote_alone(
    database: Database, monkeypatch
) -> None:
    """An empty database that was made for a real clinic stays as it is: so does its start."""
    settings = database.settings
    monkeypatch.setenv("DAYBOOK_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DAYBOOK_KEY_FILE", str(settings.key_path))
    monkeypatch.setenv("DAYBOOK_DATABASE_URL", settings.database_url)
    asked = ["demo", "--participants", "1", "--weeks", "1"]
    before = digest(database)
    done = CliRunner().invoke(door, asked)
    assert done.exit_code == 2 and "not made by the demo" in done.output
    with pytest.raises(CannotStart, match="not made by the demo"):
        prepare(settings.model_copy(update={"demo": True}))
    assert digest(database) == before
    empty(database)
    for _ in range(2):
        done = CliRunner().invoke(door, asked)
        said = "1 simulated participants were written."
        assert (done.exit_code, done.output.splitlines()[-1]) == (0, said)
    assert len(rows_of(database, "participant")) == 2 and rows_of(database, "dose")
    prepare(settings.model_copy(update={"demo": True})).close()
    with database.writing.begin() as connection:
        numbers = dict.fromkeys(("emergency_number", "crisis_number", "clinic_number"), "112")
        row = {"public_id": "cliniccliniccl22", "name": "Clinic", "timezone": "UTC", **numbers}
        connection.execute(SITE.insert().values(**row))
    done = CliRunner().invoke(door, asked)
    assert done.exit_code == 2 and len(rows_of(database, "participant")) == 2


def empty(database: Database) -> None:
    """As a server or a disk gives it: without a single table."""
    if database.uses_sqlite:
        database.close()
        for file in database.settings.sqlite_path.parent.glob("*.db*"):
            file.unlink()
        return
    with database.writing.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def test_many_beside_others_get_a_site_of_their_own(database: Database) -> None:
    fill_many(database, 1, 1, 1, NOW)
    fill_many(database, 1, 1, 1, NOW)
    assert [row.name[:7] for row in rows_of(database, "site")] == ["Site 01", "Site 02"]


@pytest.mark.parametrize("hour", [0, 9, 21])
def test_whoever_opens_the_demo_finds_the_day_open_on_every_phone_that_goes_on(hour):
    """The tablet of today and all of yesterday are left to the visitor, at any hour."""
    goes_on = 0
    for story in STORIES:
        now = NOW.replace(hour=hour)
        today = local_day(now, story.persona.zone)
        told = simulated(story, now).told
        days = {(type(one).__name__, one.day) for one in told if hasattr(one, "day")}
        assert ("DoseTold", today) not in days, story.code
        for kind in ("DrinksTold", "SubstancesTold"):
            assert not {(kind, today), (kind, today - timedelta(days=1))} & days, story.code
        goes_on += ("DrinksTold", today - timedelta(days=2)) in days
    assert goes_on >= 4
