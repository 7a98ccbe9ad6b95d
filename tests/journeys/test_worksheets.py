"""From the counselor's request to the closed note of the session, with a lock in between."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import local_day, utc_now
from app.models.counseling import CounselingSession
from app.models.people import Participant
from app.signin import phone
from app.visit.identity import SESSION_COOKIE
from tests.cast import PASSWORD, PIN, staff_session
from tests.databases import SqliteTemplate
from tests.diary.rows import change_person, rows
from tests.journeys.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.sweep]
# More than the page's own wait after the last key.
AUTOSAVED = "Saved at"


@pytest.fixture
def database(templates, tmp_path, tmp_path_factory):
    """One of the two databases is enough here: what is written is tried on both elsewhere."""
    if "sqlite" not in templates:
        templates["sqlite"] = SqliteTemplate(tmp_path_factory.mktemp("sqlite"))
    with templates["sqlite"].fresh(tmp_path) as fresh:
        yield fresh


@pytest.fixture
def mine(live, windows):
    """ANNA's phone from its invitation on, with a clock that the test moves."""
    change_person(live.database, live.cast.anna, enrolled_at=utc_now() - timedelta(days=9))
    with live.database.write() as session:
        code = phone.invite(session, live.cast.anna, None, SYSTEM, utc_now())
    page = windows(PHONE)
    page.clock.install()
    page.goto(f"{live.url}/start#{code}")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("6 to 12 digits").fill(PIN)
    page.get_by_label("The same code again").fill(PIN)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/today")
    return page


@pytest.fixture
def counselor(live, windows):
    """Opens a page of staff in a window of their own."""

    def window(who):
        page = windows(DESKTOP)
        secure = live.url.replace("http:", "https:")
        token = staff_session(live.database, who, utc_now())
        page.context.add_cookies(
            [{"name": SESSION_COOKIE, "value": token, "url": secure, "secure": True}]
        )
        return page

    return window


def unlock(page):
    page.get_by_label("Code").fill(PIN)
    page.get_by_role("button", name="Open").click()


def written(page, name, words):
    """Types, and lets the page's own two seconds pass."""
    page.locator(f"[name='{name}']").fill(words)
    page.clock.fast_forward(2500)


def test_from_the_worksheet_asked_for_to_the_closed_note_of_the_session(live, mine, counselor):
    anna = next(p for p in rows(live.database, Participant) if p.id == live.cast.anna)
    base = f"{live.url}/participants/{anna.public_id}"
    petrova = counselor(live.cast.petrova)

    asks_for_the_plan(petrova, base)
    plans_tomorrows_session(petrova, base)
    fills_half_and_is_locked_out(mine)

    # Of what is not shared the counselor sees how far it is, and not a word.
    petrova.goto(f"{base}/worksheets")
    expect(petrova.locator("main")).to_contain_text("Started")
    assert "My children" not in petrova.content()

    sheet = finishes_and_shares(mine, petrova, base)
    petrova.goto(f"{base}/worksheets/{sheet}")
    expect(petrova.locator("main")).to_contain_text("My children")

    reads_the_brief(petrova, base)
    a_day_passes(live)
    records_the_session(petrova, base)
    session = petrova.url.removeprefix(base)

    # Another counselor finds nothing of it.
    sokolov = counselor(live.cast.sokolov)
    theirs = ("", "/brief", "/sessions", session, f"{session}/note", f"/worksheets/{sheet}")
    for path in theirs:
        answer = sokolov.goto(base + path)
        assert answer is not None and answer.status == 404, path


def asks_for_the_plan(petrova, base):
    petrova.goto(f"{base}/worksheets")
    for details in petrova.locator("details").all():
        details.evaluate("el => { el.open = true; }")
    petrova.locator("input[name=sheet][value=change_plan]").check(force=True)
    petrova.get_by_role("button", name=re.compile("^Assign|^Ask")).click()
    expect(petrova.locator("main")).to_contain_text("My plan for a change")


def plans_tomorrows_session(petrova, base):
    petrova.goto(f"{base}/sessions")
    petrova.get_by_text("Plan sessions").click()
    tomorrow = local_day(utc_now(), "Europe/Moscow") + timedelta(days=1)
    petrova.get_by_label("Day", exact=True).fill(str(tomorrow))
    petrova.get_by_label("Time", exact=True).fill("12:00")
    petrova.get_by_label("Once", exact=True).check()
    petrova.get_by_role("button", name="Plan", exact=True).click()
    expect(petrova.get_by_text("Still planned: 1.")).to_be_visible()


def fills_half_and_is_locked_out(mine):
    """The phone locks by itself on the second page; after the code the sheet goes on there."""
    mine.get_by_role("link", name="Worksheets", exact=True).click()
    expect(mine.get_by_text("Suggested by your counselor")).to_be_visible()
    mine.get_by_role("link", name=re.compile("My plan for a change")).first.click()
    mine.get_by_role("button", name="Begin").click()
    mine.locator("[name=change]").fill("Less on weekdays")
    mine.get_by_role("button", name="Next", exact=True).last.click()
    mine.wait_for_url("**/2")
    written(mine, "reasons.0", "My children")
    expect(mine.get_by_text(AUTOSAVED)).to_be_visible()
    mine.clock.fast_forward("03:02")
    mine.wait_for_url("**/lock")
    unlock(mine)
    mine.wait_for_url("**/2")
    expect(mine.locator("[name='reasons.0']")).to_have_value("My children")


def finishes_and_shares(mine, petrova, base):
    """Sharing is a step of its own; returns the sheet's address part."""
    mine.get_by_role("link", name="The whole sheet").click()
    mine.get_by_role("button", name="Finish").click()
    expect(mine.get_by_text("Only you can see what is written here")).to_be_visible()
    petrova.goto(f"{base}/worksheets")
    assert "My children" not in petrova.content()
    mine.get_by_role("button", name="Share with my counselor").click()
    expect(mine.get_by_text("Shared with your counselor on")).to_be_visible()
    return mine.url.rpartition("/")[2]


def reads_the_brief(petrova, base):
    petrova.goto(f"{base}/brief")
    expect(petrova.get_by_text("Before session 1")).to_be_visible()
    homework = petrova.locator(
        "section", has=petrova.get_by_role("heading", name="Between sessions")
    ).last
    expect(homework).to_contain_text("My plan for a change")
    expect(homework).to_contain_text("shared")


def a_day_passes(live):
    """For the session, which begins now, after the brief was opened; nothing else knows of it."""
    table = CounselingSession.__table__
    with live.database.write() as session:
        session.execute(update(table).values(at=utc_now()))
        audit.record(session, SYSTEM, "test.time", Subject("site", live.cast.site), now=utc_now())


def records_the_session(petrova, base):
    """From the list to the closed note, which says that the participant came."""
    petrova.goto(f"{base}/sessions")
    petrova.locator("table a").click()
    read_by = petrova.locator("section", has=petrova.get_by_role("heading", name="Brief opened"))
    expect(read_by.last).to_contain_text("Petrova")
    petrova.get_by_role("link", name="Write the note").click()
    petrova.get_by_role("button", name="Close the note").click()
    expect(petrova.locator(".err")).to_contain_text("Choose whether the participant came")
    petrova.get_by_label("Came on time").check()
    for risk in ("self_harm", "overdose", "opioid_return", "withdrawal"):
        petrova.locator(f"input[name={risk}][value=asked]").check()
    petrova.get_by_label("In your own words").fill("Spoke about the weekdays.")
    petrova.get_by_label("Your present password").fill(PASSWORD)
    petrova.get_by_role("button", name="Close the note").click()
    expect(petrova.get_by_text("I held this session and this is my record of it.")).to_be_visible()
    expect(petrova.get_by_text("Spoke about the weekdays.")).to_be_visible()
    assert petrova.locator("textarea").count() == 0
    petrova.get_by_role("link", name=re.compile("^Session of")).click()
    expect(petrova.get_by_text("The participant came.")).to_be_visible()


def test_what_was_typed_just_before_the_page_was_hidden_is_kept(live, mine):
    mine.goto(f"{live.url}/worksheets/about/values")
    mine.get_by_role("button", name="Begin").click()
    mine.locator("[name='values.0.value']").fill("My children")
    mine.goto(f"{live.url}/lock")
    unlock(mine)
    mine.wait_for_url(re.compile("/(today|held)$"))
    if mine.url.endswith("/held"):
        mine.get_by_role("button", name="Keep it in the worksheet").click()
        mine.wait_for_url("**/worksheets/**")
    mine.goto(f"{live.url}/worksheets")
    mine.get_by_role("link", name=re.compile("What matters most")).first.click()
    mine.goto(mine.url + "-1")
    expect(mine.locator("[name='values.0.value']")).to_have_value("My children")


def test_what_meets_a_locked_session_is_offered_after_the_code(live, mine):
    mine.goto(f"{live.url}/worksheets/about/values")
    mine.get_by_role("button", name="Begin").click()
    mine.wait_for_url(re.compile("/worksheets/[^/]+/1$"))
    other = mine.context.new_page()
    other.goto(f"{live.url}/lock")  # the same phone, locked from another tab
    written(mine, "values.0.value", "My children")
    mine.wait_for_url("**/lock")
    unlock(mine)
    mine.wait_for_url("**/held")
    mine.get_by_role("button", name="Keep it in the worksheet").click()
    mine.wait_for_url(re.compile("/worksheets/[^/]+/1-1$"))
    expect(mine.locator("[name='values.0.value']")).to_have_value("My children")
