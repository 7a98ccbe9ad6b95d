"""What a closed note agrees on leads on: to the sheets that are to be assigned, to the day."""

import re
from datetime import timedelta

import pytest

from app.models.worksheets import Assignment
from tests.cast import NOW
from tests.treatment.conftest import plain
from tests.worksheets.sheets import assign, change, copy, sheet

SLEEP = 'name="sheet" value="sleep"'
AGREED = "Agreed in this session"


def card(page):
    found = re.search(r'id="agreed".*?</section>', page.text, re.S)
    return found.group(0) if found else ""


@pytest.fixture
def pages(desk):
    """The closed note, and the session's own page."""
    return lambda who=desk: (who.get(), who.office.get(who.office.path))


def test_a_sheet_agreed_on_is_assigned_from_the_note_and_from_the_session(desk, pages):
    desk.send("close")
    for page in pages():
        assert SLEEP in card(page) and "not assigned" not in card(page)
    way = re.search(r'action="([^"]+/worksheets)"', card(desk.get())).group(1)
    token = re.search(r'name="idem" value="(\w+)"', card(desk.get())).group(1)
    assert desk.office.browser.post(way, {"sheet": "sleep", "idem": token}).status_code == 303
    for page in pages():
        assert SLEEP not in card(page) and ">assigned</span>" in card(page)


def test_a_sheet_assigned_after_the_session_is_not_offered_again(desk, database, cast):
    desk.send("close")
    given = assign(database, cast.anna, cast.petrova, "sleep", NOW)
    assert ">assigned</span>" in card(desk.get())
    change(database, Assignment, given, withdrawn_at=NOW)
    assert SLEEP in card(desk.get())


def test_a_sheet_that_was_done_before_the_session_is_offered_once_more(desk, database, cast):
    done = assign(database, cast.anna, cast.petrova, "sleep", NOW - timedelta(days=7))
    desk.send("close")
    assert ">assigned</span>" in card(desk.get()), "it waits still"
    made = sheet(database, cast.anna, "sleep", NOW - timedelta(days=6), assignment_id=done)
    copy(database, cast.anna, made, {}, NOW - timedelta(days=6))
    assert SLEEP in card(desk.get())


def test_a_day_without_a_session_leads_to_the_form_with_that_day(desk, pages):
    desk.send("close")
    for page in pages():
        assert "No session is planned for that day yet." in card(page)
    way = re.search(r'href="([^"#]+\?day=[^"#]+)#plan"', card(desk.get())).group(1)
    form = desk.office.browser.get(way)
    assert 'value="2026-12-02"' in form.text
    path = desk.office.path
    desk.office.plan(day="2026-12-02", time="00:30")
    for page in (desk.office.get(path), desk.office.get(f"{path}/note")):
        assert "On the plan: Wed 2 Dec 2026, 00:30." in plain(page)
        assert "?day=" not in page.text


@pytest.mark.parametrize("day", ["2026-12-01", "2026-12-03"])
def test_a_session_of_the_day_beside_or_a_cancelled_one_is_not_the_one_agreed_on(desk, day):
    desk.send("close")
    path = desk.office.path
    desk.office.plan(day="2026-12-02")
    agreed = desk.office.all[-1]
    desk.office.plan(day=day, time="23:30" if day < "2026-12-02" else "00:00")
    assert "On the plan" in card(desk.office.get(path))
    desk.office.post(f"/{agreed.public_id}/cancel", {"asked_by": "clinic", "version": "0"})
    assert "No session is planned for that day yet." in card(desk.office.get(path))


def test_a_day_that_is_over_is_not_planned_any_more(desk, clock, cast):
    desk.send("close")
    clock.forward(days=10)
    later = desk.as_(cast.petrova)
    assert "No session was planned for that day." in card(later.get())
    assert "?day=" not in later.get().text


def test_the_latest_version_says_what_is_agreed_on(desk):
    desk.send("close")
    desk.amend(plan=["sheet:rulers"], next_on="2026-12-04")
    assert 'value="rulers"' in card(desk.get()) and SLEEP not in card(desk.get())
    assert "?day=2026-12-04" in card(desk.get())
    desk.amend(plan=["diary"], next_on="")
    assert card(desk.get()) == ""


def test_what_a_note_agrees_on_is_read_on_record(desk, cast):
    desk.office.get(desk.office.path)
    before = len(desk.office.audited("note.open"))
    desk.send("close")
    written = len(desk.office.audited("note.open"))
    reader = desk.office.as_(cast.orlova)
    assert "Agreed in this session" in reader.get(reader.path).text
    assert len(desk.office.audited("note.open")) == written + 1 > before


def test_a_draft_agrees_on_nothing_yet(desk):
    desk.send()
    assert AGREED not in desk.get().text
    assert AGREED not in desk.office.get(desk.office.path).text


def test_each_is_offered_what_their_role_can_do(desk, pages, cast, leaves):
    desk.send("close")
    for page in pages(desk.as_(cast.orlova)):
        assert "?day=" in card(page) and SLEEP not in card(page)
        assert "not assigned yet" in card(page)
    for page in pages(desk.as_(cast.ivanova)):
        assert "?day=" not in card(page) and "<button" not in card(page)
        assert "not assigned yet" in card(page)
    leaves()
    for page in pages():
        assert "?day=" not in card(page) and "<button" not in card(page)


def test_the_card_speaks_russian(desk):
    desk.send("close")
    desk.office.browser.post("/language", {"lang": "ru"})
    page = plain(desk.get())
    assert "О чём договорились на этой встрече" in page and "Назначить" in page
    assert "Следующая встреча намечена на ср 2 дек. 2026 ·" in page
