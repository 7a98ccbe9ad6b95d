"""A page open in two places, text that cannot be stored, the lock: nothing typed goes unseen."""

import re

import pytest
from sqlalchemy import func, select

from app.models.people import HeldPost
from app.models.worksheets import WorksheetCopy
from tests.browser import hidden
from tests.cast import PIN
from tests.diary.rows import change_person, rows
from tests.signin.test_phone import opened
from tests.worksheets.test_pages import begin, drafts, fill, finished

FRAGMENT = {"HX-Request": "true"}
BOTH = "There are two versions of this page"


@pytest.fixture
def mine(browser, database, cast, clock):
    """ANNA's phone, with the code that opens it."""
    return opened(browser, database, cast, clock)


def tab(phone, address):
    """What the form of the page at ``address`` brings beside the answers."""
    page = phone.get(address)
    return {name: hidden(page, name) for name in ("idem", "stood")}


def cells(database):
    return {name: cell for name, cell in drafts(database)[0].items() if name != "@"}


def waiting(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(HeldPost))


def test_the_older_of_two_tabs_shows_both_texts_and_overwrites_neither(anna, database):
    path = begin(anna, "values")
    first, second = tab(anna, f"{path}/2"), tab(anna, f"{path}/2")
    assert anna.post(f"{path}/2", {"meaning": "one", **second}).status_code == 303
    answer = anna.post(f"{path}/2", {"meaning": "two", **first})
    assert answer.status_code == 409 and BOTH in answer.text
    assert ">one<" in answer.text and ">two<" in answer.text
    assert cells(database) == {"meaning": "one"}


@pytest.mark.req("R8")
def test_of_two_tabs_at_once_one_is_saved_and_the_other_asks(anna, database):
    path = begin(anna, "values")
    bodies = [{"meaning": each, **tab(anna, f"{path}/2")} for each in ("one", "two")]
    answers = anna.post_at_once(f"{path}/2", bodies)
    assert sorted(answer.status_code for answer in answers) == [303, 409]


def test_two_taps_at_once_ask_nothing(anna, database):
    path = begin(anna, "values")
    body = {"meaning": "one", **tab(anna, f"{path}/2")}
    answers = anna.post_at_once(f"{path}/2", [body, body])
    assert [answer.status_code for answer in answers] == [303, 303]


def test_whoever_has_seen_both_may_replace_the_saved_one_or_keep_it(anna, database):
    path = begin(anna, "values")
    first, second = tab(anna, f"{path}/2"), tab(anna, f"{path}/2")
    anna.post(f"{path}/2", {"meaning": "one", **second})
    shown = anna.post(f"{path}/2", {"meaning": "two", **first})
    kept = anna.post(f"{path}/2", {"leave": "1", "idem": "k"})
    assert kept.headers["location"] == f"{path}/2" and waiting(database) == 0
    assert ">\none</textarea>" in anna.get(f"{path}/2").text
    stood = hidden(shown, "stood")
    assert fill(anna, path, 2, meaning="two", idem="r", stood=stood).status_code == 303
    assert cells(database) == {"meaning": "two"}


def test_choosing_between_two_texts_sends_nothing_to_the_counselor(anna, database):
    path = begin(anna, "before_session")
    first, second = tab(anna, f"{path}/3"), tab(anna, f"{path}/3")
    anna.post(f"{path}/3/draft", {"wish": "one", **second}, headers=FRAGMENT)
    shown = anna.post(f"{path}/3", {"wish": "two", **first})
    (action,) = re.findall(r'action="([^"]+/draft)"', shown.text)
    chosen = {"wish": "two", "idem": "r", "stood": hidden(shown, "stood")}
    assert anna.post(action, chosen).headers["location"] == f"{path}/3"
    assert cells(database) == {"wish": "two"} and rows(database, WorksheetCopy) == []


def test_a_page_that_nobody_else_changed_is_saved_again_and_again_by_its_own_form(anna, database):
    path = begin(anna, "values")
    mine = tab(anna, f"{path}/2")
    for text in ("a", "ab", "abc"):
        kept = anna.post(f"{path}/2/draft", {"meaning": text, **mine}, headers=FRAGMENT)
        assert kept.status_code == 200
    assert anna.post(f"{path}/2", {"meaning": "abcd", **mine}).status_code == 303
    assert cells(database) == {"meaning": "abcd"}


def test_another_page_of_the_same_sheet_is_no_conflict_and_neither_is_the_same_text(anna, database):
    path = begin(anna, "change_plan")
    first, second = tab(anna, f"{path}/1"), tab(anna, f"{path}/1")
    fill(anna, path, 2, reasons__0="Sleep")
    assert anna.post(f"{path}/1", {"change": "Less", **second}).status_code == 303
    assert anna.post(f"{path}/1", {"change": "Less", **first}).status_code == 303
    assert cells(database) == {"reasons.0": "Sleep", "change": "Less"}


def test_an_autosave_of_an_older_tab_says_so_and_its_text_waits(anna, database):
    path = begin(anna, "values")
    first, second = tab(anna, f"{path}/2"), tab(anna, f"{path}/2")
    anna.post(f"{path}/2", {"meaning": "one", **second})
    answer = anna.post(f"{path}/2/draft", {"meaning": "two", **first}, headers=FRAGMENT)
    assert (answer.status_code, "Go on to see both" in answer.text) == (409, True)
    assert cells(database) == {"meaning": "one"}
    page = anna.get(f"{path}/2")
    assert ">\ntwo</textarea>" in page.text and "changed in another place" in page.text
    again = {name: hidden(page, name) for name in ("idem", "stood")}
    assert anna.post(f"{path}/2", {"meaning": "two", **again}).status_code == 409


def test_a_row_form_from_before_the_rows_closed_up_overwrites_no_other_row(anna, database):
    path = begin(anna, "change_plan")
    for row, step in enumerate("ABC"):
        fill(anna, path, f"3-{row + 1}", **{f"steps__{row}__step": step})
    old = tab(anna, f"{path}/3-2")
    fill(anna, path, "3-1", steps__0__step="")
    anna.post(f"{path}/finish")
    answer = anna.post(f"{path}/3-2", {"steps.1.step": "B, corrected", **old})
    assert answer.status_code == 409 and "B, corrected" in answer.text and ": C<" in answer.text
    (copy,) = rows(database, WorksheetCopy)
    assert copy.values["steps"] == [{"step": "B"}, {"step": "C"}] and drafts(database) == []


def test_both_versions_are_shown_in_russian_too(anna, database, cast):
    change_person(database, cast.anna, language="ru")
    path = begin(anna, "rulers")
    first, second = tab(anna, f"{path}/1"), tab(anna, f"{path}/1")
    anna.post(f"{path}/1", {"importance": "3", **second})
    page = anna.post(f"{path}/1", {"importance": "8", **first}).text
    for words in ("Есть два варианта этой страницы", "3 из 10", "8 из 10", "Заменить этим"):
        assert words in page


def test_one_cell_that_cannot_be_stored_takes_no_other_with_it(anna, database):
    path = begin(anna, "sleep")
    mine = tab(anna, f"{path}/1-1")
    row = {"nights.0.night": "Monday", "nights.0.awakenings": "3x", **mine}
    answer = anna.post(f"{path}/1-1/draft", row, headers=FRAGMENT)
    assert answer.status_code == 422
    assert cells(database) == {"nights.0.night": "Monday"}
    page = anna.get(f"{path}/1-1").text
    assert 'value="3x"' in page and 'id="e-nights.0.awakenings"' in page
    assert anna.post(f"{path}/1-1", row | {"nights.0.awakenings": "3"}).status_code == 303
    assert cells(database) == {"nights.0.night": "Monday", "nights.0.awakenings": 3}
    assert waiting(database) == 0 and 'value="3x"' not in anna.get(f"{path}/1-1").text


@pytest.mark.parametrize("how", ["", "/draft"])
def test_the_page_that_says_what_is_wrong_goes_on_without_a_question(anna, database, how):
    path = begin(anna, "sleep")
    row = {"nights.0.night": "Monday", "nights.0.awakenings": "3x"}
    shown = anna.post(f"{path}/1-1{how}", row | tab(anna, f"{path}/1-1"))
    assert shown.status_code == 422
    again = {name: hidden(shown, name) for name in ("idem", "stood")}
    assert anna.post(f"{path}/1-1", row | {"nights.0.awakenings": "3"} | again).status_code == 303
    assert cells(database) == {"nights.0.night": "Monday", "nights.0.awakenings": 3}


@pytest.mark.parametrize("how", ["", "/draft"])
def test_a_text_that_is_too_long_is_said_to_be_and_kept_to_its_last_letter(anna, database, how):
    path = begin(anna, "values")
    assert "maxlength" not in anna.get(f"{path}/2").text
    long = "я" * 2000 + " the end"
    answer = fill(anna, path, f"2{how}", meaning=long)
    assert answer.status_code == 422 and "the end" in answer.text and "2000" in answer.text
    assert "the end</textarea>" in anna.get(f"{path}/2").text
    fill(anna, path, 2, meaning=long[:2000])
    assert len(cells(database)["meaning"]) == 2000


def test_no_field_of_any_page_cuts_what_is_pasted(anna):
    for key, page in (("change_plan", "2"), ("change_plan", "3-1"), ("sleep", "1-1")):
        assert "maxlength" not in anna.get(f"{begin(anna, key)}/{page}").text, key


def test_an_impossible_value_survives_the_lock(anna, database, clock):
    path = begin(anna, "thought_record")
    anna.post(f"{path}/3/draft", {"belief": "eighty", **tab(anna, f"{path}/3")}, headers=FRAGMENT)
    clock.forward(minutes=1)
    assert 'value="eighty"' in anna.get(f"{path}/3").text
    assert cells(database) == {}
    assert waiting(database) == 1


def test_several_autosaves_that_meet_the_lock_wait_as_one(mine, database, clock):
    path = begin(mine, "values")
    mine_too, other = tab(mine, f"{path}/2"), tab(mine, f"{path}/2")
    clock.forward(minutes=4)
    for text in ("a", "ab", "abc"):
        late = mine.post(f"{path}/2/draft", {"meaning": text, **mine_too}, headers=FRAGMENT)
        assert late.status_code == 401
    assert waiting(database) == 1
    mine.post(f"{path}/2/draft", {"meaning": "of another tab", **other}, headers=FRAGMENT)
    assert waiting(database) == 2
    assert mine.post("/lock", {"pin": PIN}).headers["location"] == "/held"
    assert 'value="abc"' in mine.get("/held").text


def test_what_waited_is_shown_on_its_page_until_it_is_saved(mine, database, clock):
    path = begin(mine, "values")
    body = {"meaning": "behind the lock", **tab(mine, f"{path}/2")}
    clock.forward(minutes=4)
    mine.post(f"{path}/2/draft", body, headers=FRAGMENT)
    mine.post("/lock", {"pin": PIN})
    page = mine.get(f"{path}/2").text
    assert "behind the lock</textarea>" in page and "It is not saved yet." in page
    fill(mine, path, 2, meaning="behind the lock")
    assert "It is not saved yet." not in mine.get(f"{path}/2").text and waiting(database) == 0


def test_a_late_autosave_that_changes_nothing_does_not_reopen_a_finished_sheet(anna, database):
    path = finished(anna)
    anna.post(f"{path}/1/draft", {"change": "Less on weekdays"}, headers=FRAGMENT)
    assert drafts(database) == []
    anna.post(f"{path}/1/draft", {"change": "Less on Mondays"}, headers=FRAGMENT)
    assert cells(database) == {"change": "Less on Mondays"}


def test_who_wrote_a_page_last_is_in_nobodys_copy_of_the_record(anna):
    path = begin(anna, "values")
    mine = tab(anna, f"{path}/2")
    anna.post(f"{path}/2", {"meaning": "much", **mine})
    for address in ("/me/copy/worksheets", "/me/copy/readable"):
        assert mine["idem"] not in anna.get(address).text


def test_a_form_with_two_stamps_is_refused(anna, database):
    path = begin(anna, "values")
    body = "meaning=x&stood=a&stood=b"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert anna.post(f"{path}/2", None, content=body, headers=kind).status_code == 422
    assert (cells(database), waiting(database)) == ({}, 0)


def test_every_form_of_a_page_says_how_the_page_stood(anna):
    for key, page in (("values", "2"), ("trigger_diary", "1"), ("personal_feedback", "1")):
        said = anna.get(f"{begin(anna, key)}/{page}").text
        assert len(re.findall(r'name="stood" value="[0-9a-f]{16}"', said)) == 1, key
