"""What was suggested, for which session or when, and that Today leads to it."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from app.models.counseling import CounselingSession
from app.models.worksheets import Assignment, Worksheet, WorksheetComment
from tests.cast import NOW
from tests.diary.rows import change_person
from tests.worksheets.sheets import add, assign, change, draft, shared, sheet

DAY = timedelta(days=1)
ROW = '<a class="row" href="/worksheets">'


def planned(database, who, at, **more):
    return add(database, CounselingSession(participant_id=who, at=at, week=1, **more))


@pytest.mark.parametrize(
    ("back", "says"),
    [
        (timedelta(hours=9), "For the session on 23 Nov, 00:00"),
        (timedelta(hours=9, minutes=1), "Suggested on 21 Nov, 09:00"),
    ],
)
def test_a_session_that_is_over_is_not_named_as_if_it_were_to_come(
    anna, database, cast, back, says
):
    meeting = planned(database, cast.anna, NOW - back)
    assign(database, cast.anna, cast.petrova, "values", NOW - 2 * DAY, session_id=meeting)
    listed = anna.get("/worksheets").text
    assert says in listed and listed.count("For the session on") + listed.count("Suggested on") == 1


def test_without_a_session_it_is_for_one_of_the_next(anna, database, cast):
    assign(database, cast.anna, cast.petrova, "values", NOW - 90 * DAY)
    assert "For one of the next sessions" in anna.get("/worksheets").text


def test_today_says_nothing_of_worksheets_where_there_is_nothing_new(anna, database, cast):
    assign(database, cast.boris, cast.petrova, "values")
    assign(database, cast.anna, cast.petrova, "values", withdrawn_at=NOW)
    draft(database, sheet(database, cast.anna), {})
    assert ROW not in anna.get("/today").text


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "Suggested by your counselor"), ("ru", "Предлагает ваш консультант")]
)
def test_today_leads_to_a_suggested_sheet_until_it_is_finished(anna, database, cast, lang, says):
    change_person(database, cast.anna, language=lang)
    asked = assign(database, cast.anna, cast.petrova, "values")
    assert says in anna.get("/today").text and ROW in anna.get("/today").text
    begun = sheet(database, cast.anna, "values", assignment_id=asked)
    assert ROW in anna.get("/today").text
    change(database, Worksheet, begun, finished_at=NOW)
    assert ROW not in anna.get("/today").text
    change(database, Worksheet, begun, removed_at=NOW)
    assert ROW in anna.get("/today").text
    change(database, Assignment, asked, withdrawn_at=NOW)
    assert ROW not in anna.get("/today").text


@pytest.mark.parametrize(("lang", "says"), [("en", "New comment"), ("ru", "Новый комментарий")])
def test_today_leads_to_a_comment_until_it_is_read(anna, database, cast, lang, says):
    change_person(database, cast.anna, language=lang)
    made = shared(database, cast.anna, "values")
    _comment(database, cast, shared(database, cast.boris, "values"), 2)
    assert ROW not in anna.get("/today").text
    words = _comment(database, cast, made, 1)
    page = anna.get("/today").text
    assert ROW in page and says in page and "A secret" not in page
    change(database, Worksheet, made, removed_at=NOW)
    assert ROW not in anna.get("/today").text
    change(database, Worksheet, made, removed_at=None)
    change(database, WorksheetComment, words, read_at=NOW)
    assert ROW not in anna.get("/today").text


def test_today_asks_the_database_no_more_for_it(anna, database, cast):
    counted = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    anna.get("/today")
    before = len(counted)
    assign(database, cast.anna, cast.petrova, "values")
    counted.clear()
    anna.get("/today")
    assert len(counted) == before


def _comment(database, cast, worksheet, copy):
    row = WorksheetComment(
        worksheet_id=worksheet, copy_id=copy, staff_id=cast.petrova, at=NOW, text="A secret"
    )
    return add(database, row)
