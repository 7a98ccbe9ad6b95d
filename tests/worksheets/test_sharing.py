"""Sharing, taking back, putting away: each a step of its own, and none a side effect."""

import json
from datetime import timedelta

import pytest

from app.models.audit import AuditEntry
from app.models.people import Participant
from app.models.worksheets import Worksheet, WorksheetCopy
from tests.browser import hidden
from tests.cast import NOW
from tests.diary.rows import rows
from tests.worksheets.sheets import assign, change, share
from tests.worksheets.test_pages import begin, drafts, fill, finished


def test_sharing_is_a_step_of_its_own_and_can_be_taken_back(anna, database, clock):
    path = finished(anna)
    assert share(anna, path).headers["location"] == path
    assert "Shared with your counselor on 23 Nov, 09:00" in anna.get(path).text
    assert "Shared on 23 Nov, 09:00" in anna.get("/worksheets").text
    clock.forward(minutes=1)
    anna.post(f"{path}/take-back")
    (copy,) = rows(database, WorksheetCopy)
    assert copy.shared_at and copy.taken_back_at == clock()
    assert "Only you can see what is written here" in anna.get(path).text
    share(anna, path)
    (copy,) = rows(database, WorksheetCopy)
    assert (copy.shared_at, copy.taken_back_at) == (clock(), None)


def test_a_change_makes_a_copy_beside_the_shared_one_and_taking_back_covers_both(
    anna, petrova, database, cast, clock
):
    path = finished(anna)
    share(anna, path)
    fill(anna, path, 1, change="Something else")
    assert "Your counselor sees the version of" in anna.get(path).text
    anna.post(f"{path}/finish")
    first, second = rows(database, WorksheetCopy)
    assert first.values == {"change": "Less on weekdays"} and first.shared_at
    assert second.values == {"change": "Something else"} and second.shared_at is None
    assert "Share this version" in anna.get(path).text
    share(anna, path)
    anna.post(f"{path}/take-back")
    assert all(copy.taken_back_at for copy in rows(database, WorksheetCopy))


def test_a_change_that_changes_nothing_makes_no_second_copy(anna, database):
    path = finished(anna)
    fill(anna, path, 1, change="Less on weekdays")
    anna.post(f"{path}/finish")
    assert len(rows(database, WorksheetCopy)) == 1
    assert drafts(database) == []


def test_what_is_put_away_is_out_of_the_list_and_can_be_brought_back(anna, database):
    path = finished(anna)
    assert anna.post(f"{path}/put-away").headers["location"] == "/worksheets"
    listed = anna.get("/worksheets").text
    assert f'href="{path}"' not in listed and f"{path}/bring-back" in listed
    assert "put away" in anna.get(path).text
    anna.post(f"{path}/bring-back")
    assert f'href="{path}"' in anna.get("/worksheets").text
    assert rows(database, Worksheet)[0].removed_at is None


def test_an_asked_for_sheet_is_suggested_until_it_is_finished(anna, database, cast):
    asked = assign(database, cast.anna, cast.petrova, "values")
    assert "Suggested by your counselor" in anna.get("/worksheets").text
    path = begin(anna, "values")
    assert rows(database, Worksheet)[0].assignment_id == asked
    fill(anna, path, 2, meaning="much")
    assert "Not finished. Go on" in anna.get("/worksheets").text
    anna.post(f"{path}/finish")
    assert "Suggested by your counselor" not in anna.get("/worksheets").text


def test_a_comment_is_new_until_the_participant_says_that_it_is_read(anna, petrova, database, cast):
    path = finished(anna)
    share(anna, path)
    code = rows(database, Participant)[0].public_id
    staff = f"/participants/{code}{path}"
    page = petrova.get(staff)
    assert "Less on weekdays" in page.text
    sent = petrova.post(
        f"{staff}/comment", {"comment": "Let us <b>talk</b>", "idem": "c1", "copy": "1"}
    )
    assert sent.status_code == 303, sent.text
    assert "New comment" in anna.get("/worksheets").text
    assert "Let us &lt;b&gt;talk&lt;/b&gt;" in anna.get(path).text
    assert "It was opened by the team" in anna.get(path).text
    assert "New comment" in anna.get("/worksheets").text  # looking at a page writes nothing
    anna.post(f"{path}/read")
    assert "New comment" not in anna.get("/worksheets").text
    assert "Let us" in anna.get(path).text


def test_the_audit_names_fields_and_never_what_was_written(anna, database):
    path = finished(anna, change="quetzalcoatl")
    share(anna, path)
    anna.post(f"{path}/take-back")
    entries = [e for e in rows(database, AuditEntry) if e.subject_kind == "worksheet"]
    assert [e.action for e in entries] == [
        "worksheet.start",
        "worksheet.finish",
        "worksheet.share",
        "worksheet.take_back",
    ]
    assert "quetzalcoatl" not in json.dumps([e.changes for e in entries])
    assert entries[1].changes["fields"] == [None, ["change"]]


def test_a_share_button_from_before_shares_no_version_that_it_did_not_show(anna, database):
    path = finished(anna)
    old = {"copy": hidden(anna.get(path), "copy")}
    fill(anna, path, 1, change="Something else")
    drafted = anna.post(f"{path}/share", old)
    assert drafted.status_code == 409
    anna.post(f"{path}/finish")
    answer = anna.post(f"{path}/share", old)
    assert answer.status_code == 409 and "Nothing was sent or shared" in answer.text
    assert "Something else" in answer.text
    assert anna.post(f"{path}/share").status_code == 409
    assert all(copy.shared_at is None for copy in rows(database, WorksheetCopy))


@pytest.mark.parametrize("again", ["3", "finish"])
def test_what_was_taken_back_is_not_sent_again_by_the_old_form(anna, database, again):
    path = begin(anna, "before_session")
    body = {"wish": "private", "idem": hidden(anna.get(f"{path}/3"), "idem")}
    anna.post(f"{path}/3", body)
    anna.post(f"{path}/take-back")
    anna.post(f"{path}/{again}", body if again == "3" else None)
    (copy,) = rows(database, WorksheetCopy)
    assert copy.taken_back_at == NOW


def test_a_form_that_was_sent_twice_sends_no_change_that_came_between(anna, database):
    path = begin(anna, "before_session")
    body = {"wish": "private", "idem": hidden(anna.get(f"{path}/3"), "idem")}
    anna.post(f"{path}/3", body)
    anna.post(f"{path}/take-back")
    fill(anna, path, 1, importance="8")
    anna.post(f"{path}/3", body)
    assert [copy.taken_back_at for copy in rows(database, WorksheetCopy)] == [NOW]
    assert drafts(database) != []


def test_it_is_sent_again_when_the_participant_changed_it_and_sends_it(anna, database):
    path = begin(anna, "before_session")
    fill(anna, path, 3, wish="private")
    anna.post(f"{path}/take-back")
    fill(anna, path, 3, wish="for you", idem="later")
    first, second = rows(database, WorksheetCopy)
    assert first.taken_back_at and second.shared_at and not second.taken_back_at


def test_what_was_put_away_and_brought_back_is_shared_with_nobody(anna, petrova, at):
    path = finished(anna)
    share(anna, path)
    assert "My plan for a change" in petrova.get(at).text.split("Assign")[0]
    assert "sharing it is then a step of its own" in anna.get(path).text
    anna.post(f"{path}/put-away")
    anna.post(f"{path}/bring-back")
    assert "Nothing assigned or shared yet" in petrova.get(at).text
    assert "Only you can see what is written here" in anna.get(path).text
    assert "Share with my counselor" in anna.get(path).text


@pytest.mark.parametrize("act", ["finish", "share", "discard", "1", "3", "3/draft"])
def test_nothing_is_written_to_or_sent_from_a_sheet_that_is_put_away(anna, database, act):
    path = begin(anna, "before_session")
    fill(anna, path, 2, confidence="4")
    anna.post(f"{path}/put-away")
    before = drafts(database)
    assert anna.post(f"{path}/{act}").headers["location"] == path
    assert drafts(database) == before and rows(database, WorksheetCopy) == []
    assert "This worksheet is put away" in anna.get(path).text
    assert anna.get(f"{path}/1").headers["location"] == path


def test_what_was_typed_on_a_sheet_put_away_elsewhere_is_there_when_it_is_back(anna, database):
    path = begin(anna, "values")
    anna.post(f"{path}/put-away")
    said = anna.post(f"{path}/2/draft", {"meaning": "much"}, headers={"HX-Request": "true"})
    assert (said.status_code, "put away" in said.text) == (409, True)
    anna.post(f"{path}/bring-back")
    assert "much</textarea>" in anna.get(f"{path}/2").text


def test_a_further_entry_answers_no_request_and_stays_unseen(anna, petrova, database, cast, at):
    assign(database, cast.anna, cast.petrova, "thought_record")
    first = begin(anna, "thought_record")
    anna.post("/worksheets/about/thought_record", {"idem": "second"})
    assert [sheet.assignment_id for sheet in rows(database, Worksheet)] == [1, None]
    assert "2 entries" not in petrova.get(at).text
    anna.post(f"{first}/put-away")
    anna.post("/worksheets/about/thought_record", {"idem": "third"})
    assert rows(database, Worksheet)[-1].assignment_id == 1
    anna.post(f"{first}/bring-back")
    assert [sheet.assignment_id for sheet in rows(database, Worksheet)] == [None, None, 1]


def test_an_answer_that_is_put_away_leaves_the_request_open_on_both_sides(
    anna, petrova, database, cast, at
):
    assign(database, cast.anna, cast.petrova, "change_plan")
    path = finished(anna)
    assert "Suggested by your counselor" not in anna.get("/worksheets").text
    anna.post(f"{path}/put-away")
    assert "<b>Not started</b>" in petrova.get(at).text
    assert "Suggested by your counselor" in anna.get("/worksheets").text


def test_a_sheet_begun_before_it_was_asked_for_answers_the_request_once_it_is_shared(
    anna, petrova, database, cast, at
):
    path = begin(anna, "values")
    fill(anna, path, 2, meaning="much")
    assign(database, cast.anna, cast.petrova, "values")
    anna.post(f"{path}/finish")
    assert "<b>Not started</b>" in petrova.get(at).text
    share(anna, path)
    assert "<b>Shared</b>" in petrova.get(at).text
    assert "Suggested by your counselor" not in anna.get("/worksheets").text
    shares = [e for e in rows(database, AuditEntry) if e.action == "worksheet.share"]
    assert shares[0].changes["assignment"] == [None, 1]


def test_a_shared_sheet_takes_no_request_that_another_sheet_answers(anna, database, cast):
    alone = begin(anna, "values")
    assign(database, cast.anna, cast.petrova, "values")
    anna.post("/worksheets/about/values", {"idem": "asked"})
    fill(anna, alone, 2, meaning="much")
    anna.post(f"{alone}/finish")
    share(anna, alone)
    assert [sheet.assignment_id for sheet in rows(database, Worksheet)] == [None, 1]


def test_changes_can_be_discarded_until_the_version_before_them_stands_again(anna, database):
    path = finished(anna)
    share(anna, path)
    fill(anna, path, 1, change="")
    page = anna.get(path).text
    assert "Everything is taken out" in page and "Your counselor sees the version of" in page
    assert f"{path}/discard" in page
    anna.post(f"{path}/discard")
    assert drafts(database) == [] and "Less on weekdays" in anna.get(path).text
    assert "Shared with your counselor on" in anna.get(path).text


def test_a_sheet_that_was_never_finished_has_nothing_to_go_back_to(anna, database):
    path = begin(anna, "change_plan")
    fill(anna, path, 1, change="Less")
    assert f"{path}/discard" not in anna.get(path).text
    anna.post(f"{path}/discard")
    assert drafts(database)[0] == {"change": "Less"}


def test_another_sheet_under_a_used_token_is_begun_all_the_same(anna, database):
    for key in ("values", "sleep", "values"):
        anna.post(f"/worksheets/about/{key}", {"idem": "same"})
    assert [sheet.sheet_key for sheet in rows(database, Worksheet)] == ["values", "sleep"]


@pytest.mark.parametrize(
    ("key", "began", "goes_on"),
    [
        ("trigger_diary", NOW - timedelta(hours=9), True),
        ("trigger_diary", NOW - timedelta(hours=9, minutes=1), False),
        ("before_session", NOW - timedelta(days=3), True),
        ("values", NOW - timedelta(days=3), True),
    ],
)
def test_a_moment_of_an_earlier_day_is_not_gone_on_with(anna, database, key, began, goes_on):
    first = begin(anna, key)
    change(database, Worksheet, 1, started_at=began)
    later = anna.post(f"/worksheets/about/{key}", {"resume": "1", "idem": "later"})
    assert later.headers["location"].startswith(f"{first}/") is goes_on
    assert len(rows(database, Worksheet)) == (1 if goes_on else 2)
