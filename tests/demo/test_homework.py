"""What becomes of homework that nobody did, and what the brief says of it."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from app.clock import local_day
from app.db import Database
from app.demo.homework import ASKED_AGAIN, SheetTold, homework_of
from app.demo.persona import draw
from app.demo.simulator import Simulated, simulate
from app.demo.told import SessionHeld
from app.worksheets.shared import homework, read_sheets, ruler_points
from bench.crowd.bulk import fill_bulk
from tests.demo.reading import rows_of

pytestmark = pytest.mark.sweep

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
WEEKS = 18


@cache
def people() -> list[tuple[Simulated, list[SheetTold]]]:
    first = local_day(NOW, "Europe/Moscow") - timedelta(days=WEEKS * 7 - 3)
    simulated = [simulate(draw(2, number), first, WEEKS, NOW) for number in range(40)]
    return [(person, homework_of(person, NOW)) for person in simulated]


def recorded(person: Simulated) -> list[SessionHeld]:
    return [one for one in person.told if isinstance(one, SessionHeld) and one.attended is not None]


def test_what_nobody_began_is_let_go_in_the_session_after_and_asked_for_again_twice() -> None:
    again = 0
    for person, sheets in people():
        moments = [one.at for one in recorded(person)]
        for sheet in sheets:
            if not sheet.asked_at or sheet.begun_at:
                assert sheet.withdrawn_at is None
                continue
            after = [at for at in moments if at > sheet.asked_at]
            assert (sheet.withdrawn_at is not None) == bool(after)
            asked = [one.asked_at for one in sheets if one.sheet_key == sheet.sheet_key]
            again += bool(after) and any(at and at > sheet.asked_at for at in asked)
    assert again > 20


def test_what_is_shared_waits_unread_until_the_next_session_that_takes_place_at_most() -> None:
    unread = 0
    for person, sheets in people():
        held = [one.planned_at for one in recorded(person) if one.attended]
        for sheet in sheets:
            after = [at for at in held if sheet.shared_at and at > sheet.shared_at]
            if after:
                assert sheet.read_at and sheet.read_at < after[0]
            unread += bool(sheet.shared_at and not sheet.read_at)
    assert unread


def test_nobody_is_asked_for_one_sheet_for_ever() -> None:
    longest = 0
    for _, sheets in people():
        in_a_row: dict[str, int] = {}
        for sheet in sheets:
            if sheet.asked_at:
                undone = in_a_row.get(sheet.sheet_key, 0) + 1 if sheet.withdrawn_at else 0
                in_a_row[sheet.sheet_key] = undone
                longest = max(longest, undone)
    assert 1 < longest <= ASKED_AGAIN + 1


def test_every_moment_of_a_sheet_is_in_order_and_before_the_end() -> None:
    for _, sheets in people():
        for sheet in sheets:
            moments = [
                sheet.asked_at, sheet.begun_at, sheet.finished_at,
                sheet.shared_at, sheet.read_at, sheet.comment_at,
            ]  # fmt: skip
            known = [at for at in moments if at]
            assert known == sorted(known) and known[-1] < NOW
            assert sheet.begun_at or not sheet.finished_at


@pytest.fixture
def many(database: Database) -> Database:
    fill_bulk(database, 12, 10, 5, NOW, flags=False)
    return database


def test_homework_that_waits_is_for_a_session_to_come_unless_nobody_came(many: Database) -> None:
    sessions = {row.id: row for row in rows_of(many, "counseling_session")}
    finished = {row.assignment_id for row in rows_of(many, "worksheet") if row.finished_at}
    active = {row.id for row in rows_of(many, "participant", status="active")}
    waiting = [
        row
        for row in rows_of(many, "assignment", withdrawn_at=None)
        if row.id not in finished and row.participant_id in active
    ]
    to_come = [row for row in waiting if row.session_id and sessions[row.session_id].at >= NOW]
    assert to_come
    for row in waiting:
        later = [
            one
            for one in sessions.values()
            if one.participant_id == row.participant_id and row.assigned_at < one.at < NOW
        ]
        assert row in to_come or not any(one.attended for one in later)


def test_people_written_in_bulk_have_homework_and_rulers_in_their_brief(many: Database) -> None:
    with many.read() as session:
        for row in rows_of(many, "participant", status="active"):
            found = homework(read_sheets(session, row.id), None, NOW)
            assert {one.status for one in found} >= {"shared"}
            assert len(ruler_points(read_sheets(session, row.id))) >= 3
