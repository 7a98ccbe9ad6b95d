"""What the team reads of a shared sheet, what it leaves behind, and what they write about it."""

import json

import pytest
from sqlalchemy import select

from app.models.audit import AuditEntry
from app.models.worksheets import Assignment, Worksheet, WorksheetComment, WorksheetCopy
from tests.browser import hidden
from tests.cast import NOW
from tests.diary.rows import rows
from tests.worksheets.sheets import HOUR, assign, change, copy, shared, sheet
from tests.worksheets.test_staff_pages import AUDIT, WORDS, public


def send(browser, one, form, page=None):
    """Send a comment with the token and the version of its page."""
    page = page or browser.get(one)
    told = {name: hidden(page, name) for name in ("idem", "copy")}
    return browser.post(f"{one}/comment", told | form)


def test_a_shared_sheet_is_read_as_a_whole_in_the_readers_language(petrova, database, cast, at):
    values = {"values": [{"value": "Quiet", "fit": 3}], "meaning": WORDS}
    made = shared(database, cast.anna, "values", values)
    one = f"{at}/{public(database, Worksheet, made)}"
    page = petrova.get(one).text
    for words in (WORDS, "Quiet", "3 of 10", "shared 23 Nov, 09:00", "<td>–</td>"):
        assert words in page
    assert "<title>Daybook</title>" in page
    petrova.post("/language", {"lang": "ru"})
    page = petrova.get(one).text
    assert WORDS in page and "3 из 10" in page and "доступ открыт 23 нояб." in page


def test_what_is_hostile_stays_text(petrova, database, cast, at):
    made = shared(database, cast.anna, "values", {"meaning": "<script>alert(1)</script>\n{{7*7}}"})
    page = petrova.get(f"{at}/{public(database, Worksheet, made)}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n{{7*7}}" in page


def test_a_change_after_sharing_is_said_and_unread_again(petrova, database, cast, at):
    made = shared(database, cast.anna, "values", {"meaning": "First"})
    one = f"{at}/{public(database, Worksheet, made)}"
    first = petrova.get(one).text
    assert "First" in first and "Changed after" not in first
    assert "Unread" not in petrova.get(at).text
    later = copy(database, cast.anna, made, {"meaning": "Second"})
    assert "First" in petrova.get(one).text and "Second" not in petrova.get(one).text
    change(database, WorksheetCopy, later, shared_at=NOW)
    assert "Unread" in petrova.get(at).text
    page = petrova.get(one).text
    assert "Second" in page and "First" not in page and "Changed after" in page


def test_the_counselors_reading_marks_it_and_every_reading_is_recorded(
    petrova, ivanova, database, cast, at
):
    made = shared(database, cast.anna, "values", {"meaning": WORDS})
    one = f"{at}/{public(database, Worksheet, made)}"
    assert WORDS in ivanova.get(one).text
    assert rows(database, WorksheetCopy)[0].seen_at is None
    for _ in range(2):
        petrova.get(one)
    (read,) = rows(database, WorksheetCopy)
    assert (read.seen_at, read.seen_by) == (NOW, cast.petrova)
    opened = [e for e in rows(database, AuditEntry) if e.action == "worksheet.open"]
    assert [(e.role, "seen_at" in e.changes) for e in opened] == [
        ("investigator", False),
        ("counselor", True),
        ("counselor", False),
    ]


def test_a_comment_is_stored_once_and_its_words_are_in_no_audit_entry(petrova, database, cast, at):
    made = shared(database, cast.anna, "values")
    one = f"{at}/{public(database, Worksheet, made)}"
    page = petrova.get(one)
    assert "The participant reads it on their phone, under your name." in page.text
    for _ in range(2):
        answer = send(petrova, one, {"comment": WORDS}, page)
        assert (answer.status_code, answer.headers["location"]) == (303, one)
    (comment,) = rows(database, WorksheetComment)
    assert (comment.text, comment.copy_id, comment.staff_id) == (WORDS, 1, cast.petrova)
    shown = petrova.get(one).text
    assert WORDS in shown and "Anna Petrova, 23 Nov, 09:00" in shown
    with database.read() as session:
        trail = session.execute(select(AUDIT.c.changes, AUDIT.c.reason)).all()
    assert WORDS not in json.dumps([list(each) for each in trail], ensure_ascii=False)


def test_a_comment_that_cannot_be_stored_is_kept_on_the_page(petrova, database, cast, at):
    made = shared(database, cast.anna, "values")
    path = f"{at}/{public(database, Worksheet, made)}/comment"
    for text, says in [
        ("", "Write a few words first."),
        ("   ", "Write a few words first."),
        ("x" * 1001, "Too long: at most 1000 characters."),
        ("a\x07b", "invisible character"),
    ]:
        answer = petrova.post(path, {"comment": text, "copy": "1"})
        assert answer.status_code == 422 and says in answer.text and text.strip() in answer.text
    assert rows(database, WorksheetComment) == []


def test_the_longest_comment_fits(petrova, database, cast, at):
    made = shared(database, cast.anna, "values")
    one = f"{at}/{public(database, Worksheet, made)}"
    assert send(petrova, one, {"comment": "я" * 1000}).status_code == 303


def test_the_diarys_own_figures_stand_as_they_were_when_it_was_finished(
    petrova, database, cast, at
):
    made = shared(database, cast.anna, "personal_feedback", {"reaction": WORDS})
    page = petrova.get(f"{at}/{public(database, Worksheet, made)}").text
    assert WORDS in page and "Not enough days yet" in page and "0 of 7 days told." in page


def test_no_paste_into_a_comment_is_cut(petrova, database, cast, at):
    made = shared(database, cast.anna, "values")
    assert "maxlength" not in petrova.get(f"{at}/{public(database, Worksheet, made)}").text


def test_a_comment_goes_to_the_version_that_was_read_or_is_not_sent(petrova, database, cast, at):
    made = shared(database, cast.anna, "values", {"meaning": "First"})
    one = f"{at}/{public(database, Worksheet, made)}"
    page = petrova.get(one)
    copy(database, cast.anna, made, {"meaning": "Second"}, shared_at=NOW)
    answer = send(petrova, one, {"comment": "about the first"}, page)
    assert answer.status_code == 422 and "a newer version was shared since" in answer.text
    assert "about the first" in answer.text and "Second" in answer.text
    assert rows(database, WorksheetComment) == []
    assert send(petrova, one, {"comment": "about the second"}, answer).status_code == 303
    assert rows(database, WorksheetComment)[0].copy_id == 2
    assert rows(database, WorksheetCopy)[1].seen_at == NOW


def test_other_words_under_a_used_token_are_a_comment_of_their_own(petrova, database, cast, at):
    made = shared(database, cast.anna, "values")
    one = f"{at}/{public(database, Worksheet, made)}"
    page = petrova.get(one)
    for words in ("first", "second", "first"):
        send(petrova, one, {"comment": words}, page)
    assert [comment.text for comment in rows(database, WorksheetComment)] == ["first", "second"]


def test_other_sheets_under_a_used_token_are_assigned_too(petrova, database, at):
    token = hidden(petrova.get(at), "idem")
    for key in ("rulers", "values", "rulers"):
        petrova.post(at, {"sheet": key, "idem": token})
    assert [asked.sheet_key for asked in rows(database, Assignment)] == ["rulers", "values"]


def test_the_numbers_of_rulers_are_on_no_page_that_records_no_reading(
    petrova, ivanova, orlova, database, cast, at
):
    shared(database, cast.anna, "rulers", {"importance": 3}, at=NOW - HOUR)
    made = shared(database, cast.anna, "rulers", {"importance": 9})
    for browser in (petrova, ivanova, orlova):
        page = browser.get(at).text
        assert "<td>9</td>" not in page and '<svg class="ch' not in page
    page = petrova.get(f"{at}/{public(database, Worksheet, made)}").text
    assert "Rulers over time" in page and "<td>9</td>" in page and "<td>3</td>" in page
    opened = [e for e in rows(database, AuditEntry) if e.action == "worksheet.open"]
    assert [entry.changes["rulers"] for entry in opened] == [[None, 2]]


def test_a_sheet_without_rulers_shows_none(petrova, database, cast, at):
    shared(database, cast.anna, "rulers", {"importance": 9})
    made = shared(database, cast.anna, "values")
    page = petrova.get(f"{at}/{public(database, Worksheet, made)}").text
    assert "Rulers over time" not in page


@pytest.mark.parametrize("how", ["finished", "shared"])
def test_what_was_finished_is_not_withdrawn_by_a_page_from_before(petrova, database, cast, at, how):
    task = assign(database, cast.anna, cast.petrova)
    name = public(database, Assignment, task)
    given = {"shared_at": NOW} if how == "shared" else {}
    copy(database, cast.anna, sheet(database, cast.anna, assignment_id=task), **given)
    petrova.post(f"{at}/withdraw", {"assignment": name})
    assert rows(database, Assignment)[0].withdrawn_at is None
    assert "Not assigned: the participant chose it" not in petrova.get(at).text


def test_of_a_series_the_unread_entry_is_offered_under_its_own_date(petrova, database, cast, at):
    task = assign(database, cast.anna, cast.petrova, "thought_record", at=NOW - 9 * HOUR)
    unread = shared(database, cast.anna, "thought_record", at=NOW - 8 * HOUR)
    read = shared(database, cast.anna, "thought_record", at=NOW - 7 * HOUR)
    change(database, WorksheetCopy, 2, seen_at=NOW, seen_by=cast.petrova)
    answer = sheet(database, cast.anna, "thought_record", assignment_id=task)
    copy(database, cast.anna, answer)
    page = petrova.get(at).text
    assert "<b>Finished, not shared</b>" in page
    assert f'href="{at}/{public(database, Worksheet, unread)}">Read the one shared 23 Nov' in page
    petrova.get(f"{at}/{public(database, Worksheet, unread)}")
    page = petrova.get(at).text
    assert f'href="{at}/{public(database, Worksheet, read)}">Read the one shared 23 Nov' in page


def test_a_single_shared_sheet_is_read_without_more_words(petrova, database, cast, at):
    made = shared(database, cast.anna, "values")
    page = petrova.get(at).text
    assert f'href="{at}/{public(database, Worksheet, made)}">Read<span' in page
