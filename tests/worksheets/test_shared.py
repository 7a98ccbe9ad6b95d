"""What the team may know of a sheet: its status if assigned, its copy if shared, else nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models.people import PARTICIPANT
from app.models.worksheets import Assignment, Worksheet, WorksheetCopy
from app.worksheets.shared import UNREAD_SHARED, homework, read_sheets, ruler_points
from tests.cast import NOW
from tests.worksheets.sheets import HOUR, assign, change, copy, shared, sheet

P = PARTICIPANT
BEFORE, AFTER = NOW - HOUR, NOW + HOUR


@pytest.fixture
def work(database, cast):
    def read(since=None, now=NOW + 24 * HOUR):
        with database.read() as session:
            found = homework(read_sheets(session, cast.anna), since, now)
        return [(h.sheet_key, h.status, h.entries, h.unread, h.assigned) for h in found]

    return read


def unread(database, who):
    with database.read() as session:
        return session.execute(select(UNREAD_SHARED).where(P.c.id == who)).scalar()


def test_a_sheet_that_is_neither_assigned_nor_shared_is_not_known(database, cast, work):
    copy(database, cast.anna, sheet(database, cast.anna, "values"))
    sheet(database, cast.anna, "sleep")
    assert work() == []
    with database.read() as session:
        assert read_sheets(session, cast.anna).known == []


def test_an_assigned_sheet_goes_through_its_four_statuses(database, cast, work):
    task = assign(database, cast.anna, cast.petrova)
    assert work() == [("rulers", "not_started", 0, False, True)]
    made = sheet(database, cast.anna, assignment_id=task)
    assert work() == [("rulers", "started", 1, False, True)]
    done = copy(database, cast.anna, made)
    assert work() == [("rulers", "finished", 1, False, True)]
    change(database, WorksheetCopy, done, shared_at=AFTER)
    assert work() == [("rulers", "shared", 1, True, True)]
    change(database, WorksheetCopy, done, seen_at=AFTER, seen_by=cast.petrova)
    assert work() == [("rulers", "shared", 1, False, True)]
    change(database, WorksheetCopy, done, taken_back_at=AFTER)
    assert work() == [("rulers", "finished", 1, False, True)]


def test_a_sheet_that_was_begun_alone_does_not_answer_a_later_assignment(database, cast, work):
    sheet(database, cast.anna)
    assign(database, cast.anna, cast.petrova, at=AFTER)
    assert work() == [("rulers", "not_started", 0, False, True)]


def test_a_withdrawn_assignment_takes_its_status_along_and_leaves_what_is_shared(
    database, cast, work
):
    task = assign(database, cast.anna, cast.petrova)
    sheet(database, cast.anna, assignment_id=task)
    shared(database, cast.anna, "rulers", assignment_id=task)
    change(database, Assignment, task, withdrawn_at=AFTER)
    assert work() == [("rulers", "shared", 1, True, False)]


def test_a_sheet_that_was_put_away_is_gone(database, cast, work):
    made = shared(database, cast.anna, "values")
    assert unread(database, cast.anna) == 1
    change(database, Worksheet, made, removed_at=AFTER)
    assert work() == [] and unread(database, cast.anna) == 0


def test_a_new_assignment_of_the_same_sheet_waits_again(database, cast, work):
    first = assign(database, cast.anna, cast.petrova)
    shared(database, cast.anna, "rulers", assignment_id=first)
    assign(database, cast.anna, cast.petrova, at=AFTER)
    assert work() == [("rulers", "not_started", 1, True, True)]


def test_what_was_read_before_the_last_session_is_not_listed_again(database, cast, work):
    shared(database, cast.anna, "values")
    assert work(since=NOW) == work(since=AFTER) == [("values", "shared", 1, True, False)]
    with database.read() as session:
        (one,) = read_sheets(session, cast.anna).known
    change(database, WorksheetCopy, one.copy_id, seen_at=NOW, seen_by=cast.petrova)
    assert work(since=NOW) == [("values", "shared", 1, False, False)]
    assert work(since=NOW + timedelta(seconds=1)) == []


def test_an_old_assignment_stays_until_it_is_finished(database, cast, work):
    task = assign(database, cast.anna, cast.petrova, at=NOW - timedelta(days=90))
    assert work(since=NOW) == [("rulers", "not_started", 0, False, True)]
    made = sheet(database, cast.anna, at=BEFORE, assignment_id=task)
    assert work(since=NOW) == [("rulers", "started", 1, False, True)]
    copy(database, cast.anna, made, at=BEFORE)
    assert work(since=NOW) == []
    assert work(since=BEFORE) == [("rulers", "finished", 1, False, True)]


def test_the_newest_shared_copy_counts_and_nobody_elses(database, cast):
    made = shared(database, cast.anna, "rulers", {"importance": 3})
    copy(database, cast.anna, made, {"importance": 5}, AFTER, shared_at=AFTER)
    copy(database, cast.anna, made, {"importance": 9}, AFTER)
    shared(database, cast.boris, "rulers", {"importance": 1})
    with database.read() as session:
        (point,) = ruler_points(read_sheets(session, cast.anna))
    assert (point.at, point.importance, point.confidence) == (AFTER, 5, None)
    assert unread(database, cast.anna) == unread(database, cast.boris) == 1
    assert unread(database, cast.vera) == 0


def test_rulers_come_in_order_from_the_two_sheets_that_have_them(database, cast):
    shared(database, cast.anna, "before_session", {"importance": 6, "confidence": 4}, AFTER)
    shared(database, cast.anna, "rulers", {"importance": 5, "readiness": 0}, NOW)
    shared(database, cast.anna, "rulers", {"importance_why_not_lower": "x"}, NOW)
    shared(database, cast.anna, "values", {"importance": 10}, NOW)
    copy(database, cast.anna, sheet(database, cast.anna), {"importance": 1})
    with database.read() as session:
        points = ruler_points(read_sheets(session, cast.anna))
    assert [(p.importance, p.confidence, p.readiness) for p in points] == [
        (5, None, 0),
        (6, 4, None),
    ]
