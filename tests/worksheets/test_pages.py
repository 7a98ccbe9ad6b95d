"""Worksheets on the phone: a question a page, a draft that stays, a copy that is shared or not."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from app.instruments.worksheets.loader import all_sheets, short_sheets
from app.models.worksheets import Worksheet, WorksheetCopy, WorksheetDraft
from app.worksheets.steps import Place, steps_of
from tests.browser import hidden
from tests.diary.rows import change_person, rows

SHEETS = (*all_sheets(), *short_sheets())


def drafts(database):
    """What the drafts hold, as cells."""
    with database.read() as session:
        return list(session.scalars(select(WorksheetDraft.values)))  # type: ignore[call-overload]


def begin(phone, key, **fields):
    """Begins a sheet and returns its address."""
    sent = phone.post(f"/worksheets/about/{key}", {"idem": f"b-{key}", **fields})
    assert sent.status_code == 303, sent.text
    return sent.headers["location"].rpartition("/")[0]


def fill(phone, path, page, **fields):
    return phone.post(f"{path}/{page}", {name.replace("__", "."): v for name, v in fields.items()})


def finished(phone, key="change_plan", **fields):
    """A finished sheet of one page's answers; its address."""
    path = begin(phone, key)
    fill(phone, path, 1, **(fields or {"change": "Less on weekdays"}))
    phone.post(f"{path}/finish")
    return path


def test_the_list_has_all_twenty_and_says_who_sees_what(anna):
    page = anna.get("/worksheets").text
    for sheet in SHEETS:
        assert f"/worksheets/about/{sheet.key}" in page
    assert "Only you can see a worksheet until you share it" in page
    assert "not even that you began one" in page
    assert 'href="/worksheets" aria-current="page"' in page


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_question_of_every_sheet_can_be_opened_left_empty_and_passed(
    anna, lang, database, cast
):
    change_person(database, cast.anna, language=lang)
    for sheet in SHEETS:
        path = begin(anna, sheet.key)
        for step in steps_of(sheet):
            page = anna.get(f"{path}/{Place(step).path}").text
            _says_all(page, sheet, step, lang)
            onward = fill(anna, path, Place(step).path).headers["location"]
            last = step.number == len(steps_of(sheet))
            assert onward == (path if last else f"{path}/{step.number + 1}")
        assert anna.get(path).status_code == 200


def _sample(field):
    """An answer that fits the field."""
    if field.kind == "choice":
        return field.options[0].code
    return {"text": "in own words", "time": "23:30"}.get(field.kind, "5")


def test_every_field_of_every_sheet_keeps_what_is_written_in_it(anna):
    """Whatever a field is called: no button of the page bears its name."""
    for sheet in SHEETS:
        path = begin(anna, sheet.key)
        for step in steps_of(sheet):
            place = Place(step).path
            sent = {name: _sample(field) for name, field in Place(step).controls}
            assert anna.post(f"{path}/{place}", sent).status_code == 303, (sheet.key, place)
            page = anna.get(f"{path}/{place}").text
            buttons = re.findall(r'<button [^>]*name="([^"]+)"', page)
            assert sheet.short or not sent.keys() & set(buttons), (sheet.key, place)
            words = [value for value in sent.values() if value == "in own words"]
            assert page.count("in own words") >= len(words), (sheet.key, place)


def _says_all(page, sheet, step, lang):
    """The question, everything to fill in, no answer beforehand, the way out, the warnings."""
    said = unescape(page)
    assert step.field.kind == "shown" or step.field.label.say(lang) in said
    for name, _ in Place(step).controls:
        assert f'name="{name}"' in page, name
    assert " checked" not in page
    assert sheet.way_out.say(lang) in said
    for warning in sheet.warnings:
        assert warning.say(lang, emergency="112", crisis="", clinic="")[:30] in said


def test_what_is_written_is_kept_page_by_page_and_becomes_a_copy_when_it_is_finished(
    anna, database
):
    path = begin(anna, "change_plan")
    fill(anna, path, 1, change="Меньше по будням 🌙")
    assert fill(anna, path, 2, reasons__0="Sleep", reasons__2="Children").status_code == 303
    another = fill(anna, path, "3-1", steps__0__step="Call Ivan", another="1")
    assert another.headers["location"] == f"{path}/3-2"
    second = anna.get(f"{path}/3-2").text
    assert "Call Ivan" in second and "Row 2 of at most 4" in second
    fill(anna, path, "3-2", steps__1__when="Monday")
    assert rows(database, WorksheetCopy) == []
    assert anna.post(f"{path}/finish").headers["location"] == path
    (copy,) = rows(database, WorksheetCopy)
    assert copy.values == {
        "change": "Меньше по будням 🌙",
        "reasons": ["Sleep", "Children"],
        "steps": [{"step": "Call Ivan"}, {"when": "Monday"}],
    }
    assert copy.shared_at is None
    assert drafts(database) == []
    whole = anna.get(path).text
    assert "Only you can see what is written here" in whole and "Call Ivan" in whole


def test_a_row_that_is_empty_for_a_moment_keeps_its_place(anna, database):
    path = begin(anna, "change_plan")
    fill(anna, path, "3-1", steps__0__step="first")
    fill(anna, path, "3-2", steps__1__step="second")
    fill(anna, path, "3-1", steps__0__step="")
    fill(anna, path, "3-1", steps__0__step="again")
    anna.post(f"{path}/finish")
    (copy,) = rows(database, WorksheetCopy)
    assert copy.values == {"steps": [{"step": "again"}, {"step": "second"}]}


def test_the_tables_last_row_offers_no_other_and_a_bare_address_finds_the_first_empty_one(anna):
    path = begin(anna, "change_plan")
    for row in range(4):
        assert ("Another row" in anna.get(f"{path}/3").text) is (row < 3)
        fill(anna, path, f"3-{row + 1}", **{f"steps__{row}__step": f"step {row}"})
        again = anna.get(f"{path}/3").text
        assert f"Row {min(row + 2, 4)} of at most 4" in again
    assert "Another row" not in anna.get(f"{path}/3-4").text


def test_a_half_filled_sheet_is_found_again_at_its_page(anna):
    path = begin(anna, "values")
    fill(anna, path, "1-1", values__0__value="My children", values__0__fit="3", stop="1")
    assert f'href="{path}/1"' in anna.get("/worksheets").text
    assert "My children" in anna.get(f"{path}/1-1").text
    assert 'value="3" checked' in anna.get(f"{path}/1-1").text


def test_the_draft_is_kept_while_it_is_written_and_says_when(anna, database):
    path = begin(anna, "values")
    page = {"HX-Request": "true"}
    said = anna.post(f"{path}/2/draft", {"meaning": "Half a sen"}, headers=page)
    assert (said.status_code, said.text) == (200, "Saved at 09:00")
    assert drafts(database)[0] == {"meaning": "Half a sen"}
    plain = anna.post(f"{path}/2/draft", {"meaning": "Half a sentence"})
    assert plain.headers["location"] == f"{path}/2"
    assert "Half a sentence" in anna.get(f"{path}/2").text


def test_a_draft_that_cannot_be_kept_says_why_and_leaves_what_was_there(anna, database):
    path = begin(anna, "thought_record")
    fill(anna, path, 3, belief="80")
    answer = anna.post(f"{path}/3/draft", {"belief": "101"}, headers={"HX-Request": "true"})
    assert (answer.status_code, "from 0 to 100" in answer.text) == (422, True)
    page = fill(anna, path, 3, belief="eighty")
    assert page.status_code == 422 and 'value="eighty"' in page.text
    assert drafts(database)[0] == {"belief": 80}


def test_an_answer_can_be_taken_out_again(anna, database):
    path = begin(anna, "rulers")
    fill(anna, path, 1, importance="7")
    assert "Leave it empty" in anna.get(f"{path}/1").text
    fill(anna, path, 1, importance="7", empty="1")
    assert drafts(database)[0] == {}


@pytest.mark.parametrize("act", ["finish", "share"])
def test_an_empty_sheet_is_neither_finished_nor_shared(anna, database, act):
    path = begin(anna, "change_plan")
    assert "Nothing is written yet" in anna.get(path).text
    assert anna.post(f"{path}/{act}").headers["location"] == path
    assert rows(database, WorksheetCopy) == []


def test_a_number_stays_a_number_when_a_finished_sheet_is_changed(anna, database):
    path = finished(anna, "rulers", importance="7")
    fill(anna, path, 4, confidence="5")
    anna.post(f"{path}/finish")
    assert rows(database, WorksheetCopy)[-1].values == {"importance": 7, "confidence": 5}


def test_a_series_is_listed_by_date_with_the_newest_first(anna, clock, database):
    paths = []
    for number in range(3):
        sent = anna.post("/worksheets/about/thought_record", {"idem": f"t{number}"})
        path = sent.headers["location"].rpartition("/")[0]
        fill(anna, path, 1, situation=f"situation {number}")
        if number < 2:
            anna.post(f"{path}/finish")
        paths.append(path)
        clock.forward(minutes=2)
    page = anna.get("/worksheets/about/thought_record").text
    assert [found for found in re.findall(r'class="row" href="([^"]+)"', page)] == paths[::-1]
    assert "New entry" in page and "Go on with the one from" in page


def test_a_form_that_is_sent_twice_begins_one_sheet_and_resuming_begins_none(anna, database):
    first = anna.post("/worksheets/about/values", {"idem": "same"}).headers["location"]
    assert anna.post("/worksheets/about/values", {"idem": "same"}).headers["location"] == first
    body = {"idem": "other", "resume": "1"}
    sent = anna.post("/worksheets/about/values", body).headers["location"]
    assert sent.rpartition("/")[0] == first.rpartition("/")[0]
    assert len(rows(database, Worksheet)) == 1


def test_the_preparation_says_that_it_is_sent_and_is_shared_by_its_last_page(anna, database):
    path = begin(anna, "before_session")
    assert "your counselor can read it before the session" in anna.get(f"{path}/1").text
    fill(anna, path, 1, importance="8")
    fill(anna, path, 2, confidence="4")
    assert "Send to my counselor" in anna.get(f"{path}/3").text
    assert rows(database, WorksheetCopy) == []
    assert fill(anna, path, 3, wish="Work").headers["location"] == path
    (copy,) = rows(database, WorksheetCopy)
    assert copy.values == {"importance": 8, "confidence": 4, "wish": "Work"}
    assert copy.shared_at is not None


def test_a_moment_with_an_urge_is_told_by_taps_and_stays_private(anna, database):
    path = begin(anna, "trigger_diary")
    page = anna.get(f"{path}/1").text
    assert '<button class="btn" name="where" value="home">' in page
    fill(anna, path, 1, where="home")
    assert "Chosen: At home" in anna.get(f"{path}/1").text
    fill(anna, path, 1, stop="1")  # without a tap on an answer the former one stands
    fill(anna, path, 2, who="alone")
    fill(anna, path, 3, feeling="boredom")
    fill(anna, path, 4, did="Went for a walk")
    (copy,) = rows(database, WorksheetCopy)
    assert copy.values["where"] == "home" and copy.values["did"] == "Went for a walk"
    assert copy.shared_at is None


@pytest.mark.parametrize("place", ["0", "7", "1-2", "3-0", "3-5", "01", "x", "³"])
def test_a_page_that_a_sheet_does_not_have_does_not_exist(anna, place):
    path = begin(anna, "change_plan")
    assert anna.get(f"{path}/{place}").status_code == 404
    assert fill(anna, path, place).status_code == 404


@pytest.mark.parametrize("place", ["1", "6", "3-1", "3-4", "3"])
def test_a_page_that_it_has_does(anna, place):
    assert anna.get(f"{begin(anna, 'change_plan')}/{place}").status_code == 200


def test_a_sheet_of_somebody_else_does_not_exist(anna, browser, database, cast, clock):
    from tests.cast import participant_session

    path = finished(anna)
    boris = browser.signed_in(participant_session(database, cast.boris, clock()))
    for act in ("finish", "share", "take-back", "put-away", "bring-back", "read", "1", "1/draft"):
        assert boris.post(f"{path}/{act}").status_code == 404, act
    assert boris.get(path).status_code == boris.get(f"{path}/1").status_code == 404
    assert anna.get("/worksheets/about/horoscope").status_code == 404


def test_a_form_that_waits_behind_the_lock_leads_back_to_its_page(anna, database, clock):
    path = begin(anna, "values")
    token = hidden(anna.get(f"{path}/2"), "idem")
    clock.forward(minutes=4)
    body = {"meaning": "behind the lock", "idem": token}
    late = anna.post(f"{path}/2/draft", body, headers={"HX-Request": "true"})
    assert late.status_code == 401
    assert drafts(database)[0] == {}
