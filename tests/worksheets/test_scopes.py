"""Every statement about worksheets keeps to one person, one sheet, one form: a case for each."""

import pytest
from sqlalchemy.exc import NoResultFound

from app.models.counseling import CounselingSession
from app.models.flags import Flag
from app.models.people import Participant
from app.models.worksheets import Assignment, Worksheet, WorksheetComment, WorksheetCopy
from app.worksheets.queries import entries, open_requests, own_rulers, row_by_id
from app.worksheets.shared import read_sheets
from app.worksheets.staff_queries import lines, next_planned, open_families
from tests.browser import hidden
from tests.cast import NOW, staff_session
from tests.diary.rows import change_person, rows
from tests.worksheets.sheets import HOUR, add, assign, change, copy, shared, sheet
from tests.worksheets.test_staff_pages import public, raise_flag

TOKEN = "one-token-for-several-forms"


@pytest.fixture
def ask(database):
    """The answer to one of the product's queries."""

    def read(query, *args):
        with database.read() as session:
            return query(session, *args)

    return read


def at(database, who):
    return f"/participants/{public(database, Participant, who)}/worksheets"


def comment(database, made, staff):
    (copied,) = [one.id for one in rows(database, WorksheetCopy) if one.worksheet_id == made]
    row = WorksheetComment(worksheet_id=made, copy_id=copied, staff_id=staff, at=NOW, text="Good")
    return add(database, row)


def planned(database, who, when, **more):
    return add(database, CounselingSession(participant_id=who, at=when, week=1, **more))


def say(browser, page, words):
    """Send a comment on the version that the page shows, always under the same token."""
    form = {"comment": words, "idem": TOKEN, "copy": hidden(browser.get(page), "copy")}
    assert browser.post(f"{page}/comment", form).status_code == 303


def test_reading_the_comments_of_one_sheet_reads_those_of_no_other(anna, database, cast):
    sheets = [
        shared(database, cast.anna, "values"),
        shared(database, cast.anna, "rulers"),
        shared(database, cast.boris, "values"),
    ]
    for made in sheets:
        comment(database, made, cast.petrova)
    anna.post(f"/worksheets/{public(database, Worksheet, sheets[0])}/read")
    assert [one.read_at for one in rows(database, WorksheetComment)] == [NOW, None, None]


def test_the_sheet_of_another_participant_is_not_found_by_its_number(database, cast, ask):
    made = sheet(database, cast.boris)
    assert ask(row_by_id, cast.boris, made).id == made
    with pytest.raises(NoResultFound):
        ask(row_by_id, cast.anna, made)


def test_ones_own_rulers_leave_out_those_of_others_and_what_was_put_away(database, cast, ask):
    copy(database, cast.anna, sheet(database, cast.anna), {"importance": 4})
    copy(database, cast.boris, sheet(database, cast.boris), {"importance": 9})
    away = sheet(database, cast.anna, removed_at=NOW)
    copy(database, cast.anna, away, {"importance": 1})
    assert [one.importance for one in ask(own_rulers, cast.anna)] == [4]
    assert [one.importance for one in ask(own_rulers, cast.boris)] == [9]


def test_a_withdrawn_request_is_not_shown_any_more(anna, database, cast, ask):
    task = assign(database, cast.anna, cast.petrova, "values")
    assign(database, cast.boris, cast.sokolov, "sleep")
    assert [one.sheet_key for one in ask(open_requests, cast.anna, [])] == ["values"]
    assert "Suggested by your counselor" in anna.get("/worksheets").text
    change(database, Assignment, task, withdrawn_at=NOW)
    assert ask(open_requests, cast.anna, []) == []
    assert "Suggested by your counselor" not in anna.get("/worksheets").text


def test_a_request_names_its_session_until_that_is_cancelled(database, cast, ask):
    session = planned(database, cast.anna, NOW + HOUR)
    assign(database, cast.anna, cast.petrova, session_id=session)

    def named():
        (mine,), (theirs,) = ask(open_requests, cast.anna, []), ask(lines, cast.anna)
        return mine.session_at, theirs.asked.session_at

    assert named() == (NOW + HOUR, NOW + HOUR)
    change(database, CounselingSession, session, cancelled_at=NOW, cancelled_by=cast.petrova)
    assert named() == (None, None)


def test_what_was_taken_back_does_not_stand_as_shared_in_the_list(anna, database, cast, ask):
    made = sheet(database, cast.anna)
    copy(database, cast.anna, made, shared_at=NOW + HOUR, taken_back_at=NOW + HOUR)
    assert [one.shared_at for one in ask(entries, cast.anna)] == [None]
    assert "Shared on" not in anna.get("/worksheets").text
    copy(database, cast.anna, made, shared_at=NOW)
    assert [one.shared_at for one in ask(entries, cast.anna)] == [NOW]


def test_the_team_does_not_know_that_an_asked_for_sheet_was_begun_and_put_away(
    petrova, database, cast, ask
):
    task = assign(database, cast.anna, cast.petrova)
    made = sheet(database, cast.anna, assignment_id=task)
    assert [one.status for one in ask(read_sheets, cast.anna).known] == ["started"]
    change(database, Worksheet, made, removed_at=NOW)
    assert ask(read_sheets, cast.anna).known == []
    page = petrova.get(at(database, cast.anna)).text
    assert "<b>Not started</b>" in page and "<b>Started</b>" not in page


def test_the_next_session_is_one_that_was_neither_recorded_nor_cancelled(database, cast, ask):
    planned(database, cast.anna, NOW, attended=True, recorded_at=NOW)
    planned(database, cast.anna, NOW, attended=False, recorded_at=NOW)
    planned(database, cast.anna, NOW, cancelled_at=NOW, cancelled_by=cast.petrova)
    planned(database, cast.boris, NOW)
    assert ask(next_planned, cast.anna, NOW) is None
    last = planned(database, cast.anna, NOW + HOUR)
    assert ask(next_planned, cast.anna, NOW).id == last


def test_a_session_of_this_morning_is_the_next_one_until_it_is_recorded(petrova, database, cast):
    planned(database, cast.anna, NOW - 10 * HOUR)  # yesterday at 23:00
    page = at(database, cast.anna)
    assert "For the session on" not in petrova.get(page).text
    planned(database, cast.anna, NOW - 9 * HOUR)  # today at midnight
    assert "For the session on 23 Nov, 00:00" in petrova.get(page).text


def test_an_alert_that_was_only_acknowledged_still_puts_safety_first(database, cast, ask):
    opened = raise_flag(database, cast)
    raise_flag(database, cast, "OPI", status="acknowledged")
    raise_flag(database, cast, "SUI", status="resolved")
    assert ask(open_families, cast.anna) == {"WDL", "OPI"}
    assert ask(open_families, cast.boris) == frozenset()
    change(database, Flag, opened, status="resolved")
    assert ask(open_families, cast.anna) == {"OPI"}


def test_the_same_token_for_another_participant_is_another_form(petrova, database, cast):
    change_person(database, cast.boris, counselor_id=cast.petrova)
    for who in (cast.anna, cast.boris, cast.anna):
        answer = petrova.post(at(database, who), {"sheet": "rulers", "idem": TOKEN})
        assert answer.status_code == 303
    made = [one.participant_id for one in rows(database, Assignment)]
    assert made == [cast.anna, cast.boris]


def test_the_same_token_on_another_sheet_is_another_comment(petrova, database, cast):
    first, second = (shared(database, cast.anna, key) for key in ("values", "sleep"))
    for made in (first, second, first):
        say(petrova, f"{at(database, cast.anna)}/{public(database, Worksheet, made)}", "Good")
    assert [one.worksheet_id for one in rows(database, WorksheetComment)] == [first, second]


def test_the_same_token_of_another_counselor_is_another_comment(
    petrova, browser, database, cast, clock
):
    made = shared(database, cast.anna, "values")
    page = f"{at(database, cast.anna)}/{public(database, Worksheet, made)}"
    say(petrova, page, "Good")
    change_person(database, cast.anna, counselor_id=cast.sokolov)
    say(browser.signed_in(staff_session(database, cast.sokolov, clock())), page, "Good")
    told = [one.staff_id for one in rows(database, WorksheetComment)]
    assert told == [cast.petrova, cast.sokolov]
