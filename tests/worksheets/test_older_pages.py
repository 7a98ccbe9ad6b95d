"""Pages that were opened before something else happened to the sheet: nothing is lost or shown."""

import pytest

from app.models.audit import AuditEntry
from app.models.worksheets import Worksheet, WorksheetCopy
from tests.browser import hidden
from tests.cast import NOW, PIN
from tests.diary.rows import rows
from tests.signin.test_phone import opened
from tests.worksheets.sheets import HOUR, change, copy, shared
from tests.worksheets.test_pages import begin, fill, finished
from tests.worksheets.test_two_tabs import FRAGMENT, cells, tab, waiting


@pytest.fixture
def mine(browser, database, cast, clock):
    """A phone with a PIN, which locks."""
    return opened(browser, database, cast, clock)


def public(database, worksheet: int) -> str:
    with database.read() as session:
        return session.get_one(Worksheet, worksheet).public_id


def unlock(phone):
    phone.post("/lock", {"pin": PIN})


def test_a_value_put_right_later_overwrites_nothing_unseen(anna, database):
    path = begin(anna, "sleep")
    older, newer = tab(anna, f"{path}/1-1"), tab(anna, f"{path}/1-1")
    anna.post(f"{path}/1-1", {"nights.0.night": "Saved elsewhere", **newer})
    row = {"nights.0.night": "Mine", "nights.0.awakenings": "3x", **older}
    assert anna.post(f"{path}/1-1/draft", row, headers=FRAGMENT).status_code == 422
    page = anna.get(f"{path}/1-1")
    again = {name: hidden(page, name) for name in ("idem", "stood")}
    put_right = {"nights.0.night": "Mine", "nights.0.awakenings": "3", **again}
    assert anna.post(f"{path}/1-1", put_right).status_code == 409
    assert "Saved elsewhere" in cells(database).values()


def test_what_a_script_wrote_beside_the_text_does_not_make_it_unreadable(mine, clock):
    path = begin(mine, "values")
    body = {"meaning": "behind", **tab(mine, f"{path}/2"), "client_at": "2026-11-23T09:00:00+03:00"}
    clock.forward(minutes=4)
    mine.post(f"{path}/2/draft", body)
    unlock(mine)
    page = mine.get(f"{path}/2").text
    assert "behind" in page and "It is not saved yet." in page


def test_the_text_of_the_other_tab_waits_on(mine, database, clock):
    path = begin(mine, "values")
    one, two = tab(mine, f"{path}/2"), tab(mine, f"{path}/2")
    clock.forward(minutes=4)
    mine.post(f"{path}/2/draft", {"meaning": "of tab one", **one}, headers=FRAGMENT)
    mine.post(f"{path}/2/draft", {"meaning": "of tab two", **two}, headers=FRAGMENT)
    unlock(mine)
    page = mine.get(f"{path}/2")
    assert "of tab two" in page.text and "of tab one" not in page.text
    again = {name: hidden(page, name) for name in ("idem", "stood")}
    mine.post(f"{path}/2", {"meaning": "of tab two", **again})
    assert waiting(database) == 1
    assert "of tab one" in mine.get(f"{path}/2").text


@pytest.mark.parametrize("step", ["share", "finish"])
def test_a_press_that_shows_a_sheet_to_the_team_does_not_wait_behind_the_lock(mine, clock, step):
    path = finished(mine)
    version = hidden(mine.get(path), "copy")
    clock.forward(minutes=4)
    mine.post(f"{path}/{step}", {"copy": version, "stood": "x"})
    unlock(mine)
    assert f"{path}/{step}" not in mine.get("/held").text


def test_a_short_form_is_not_sent_with_words_that_the_page_did_not_show(anna, database):
    path = begin(anna, "before_session")
    fill(anna, path, "3/draft", wish="A")
    seen = anna.get(path)
    anna.post(f"{path}/3/draft", {"wish": "Half a", **tab(anna, f"{path}/3")}, headers=FRAGMENT)
    answer = anna.post(f"{path}/finish", {"stood": hidden(seen, "stood")})
    assert answer.status_code == 409 and "Nothing was sent or shared" in answer.text
    assert rows(database, WorksheetCopy) == []
    anna.post(f"{path}/finish", {"stood": hidden(answer, "stood")})
    assert len(rows(database, WorksheetCopy)) == 1


def test_a_sheet_that_was_put_away_while_it_was_shared_comes_back_shared_with_nobody(
    anna, database, cast
):
    one = shared(database, cast.anna, "rulers", {"importance": 3})
    change(database, Worksheet, one, removed_at=NOW)
    anna.post(f"/worksheets/{public(database, one)}/bring-back")
    assert [row.taken_back_at for row in rows(database, WorksheetCopy)] != [None]


def test_a_newer_version_beside_a_refused_comment_is_read_on_record(petrova, database, cast, at):
    one = shared(database, cast.anna, "rulers", {"importance": 3})
    path = f"{at}/{public(database, one)}"
    version = hidden(petrova.get(path), "copy")
    opened_before = _openings(database)
    copy(database, cast.anna, one, {"importance": 9}, NOW + HOUR, shared_at=NOW + HOUR)
    refused = petrova.post(f"{path}/comment", {"comment": "", "idem": "q", "copy": version})
    assert refused.status_code == 422 and "9" in refused.text
    assert _openings(database) == opened_before + 1


def _openings(database) -> int:
    return sum(row.action == "worksheet.open" for row in rows(database, AuditEntry))
