"""A worksheet from the counselor's request to the counselor's reading, with a lock in between."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.audit import SYSTEM
from app.auth import phone
from app.auth.identity import SESSION_COOKIE
from app.clock import utc_now
from app.models.people import Participant
from tests.cast import PIN, staff_session
from tests.databases import SqliteTemplate
from tests.diary.rows import change_person, rows
from tests.journeys.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.journey
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


def test_what_is_half_filled_survives_the_lock_and_reaches_the_counselor_when_it_is_shared(
    live, mine, counselor
):
    anna = next(p for p in rows(live.database, Participant) if p.id == live.cast.anna)
    staff_path = f"{live.url}/participants/{anna.public_id}/worksheets"

    # The counselor asks for the plan of change.
    petrova = counselor(live.cast.petrova)
    petrova.goto(staff_path)
    for details in petrova.locator("details").all():
        details.evaluate("el => { el.open = true; }")
    petrova.locator("input[name=sheet][value=change_plan]").check(force=True)
    petrova.get_by_role("button", name=re.compile("^Assign|^Ask")).click()
    expect(petrova.locator("main")).to_contain_text("My plan for a change")

    # The participant fills half of it; the phone locks by itself on the second page.
    mine.get_by_role("link", name="Worksheets").click()
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
    mine.wait_for_url("**/today")
    mine.get_by_role("link", name="Worksheets").click()
    mine.get_by_role("link", name=re.compile("My plan for a change")).first.click()
    mine.wait_for_url("**/2")
    expect(mine.locator("[name='reasons.0']")).to_have_value("My children")

    # Of what is not shared the counselor sees how far it is, and not a word.
    petrova.goto(staff_path)
    expect(petrova.locator("main")).to_contain_text("Started")
    assert "My children" not in petrova.content()

    # It is finished, and shared by a step of its own.
    mine.get_by_role("link", name="The whole sheet").click()
    mine.get_by_role("button", name="Finish").click()
    expect(mine.get_by_text("Only you can see what is written here")).to_be_visible()
    petrova.goto(staff_path)
    assert "My children" not in petrova.content()
    mine.get_by_role("button", name="Share with my counselor").click()
    expect(mine.get_by_text("Shared with your counselor on")).to_be_visible()
    sheet = mine.url.rpartition("/")[2]
    petrova.goto(f"{staff_path}/{sheet}")
    expect(petrova.locator("main")).to_contain_text("My children")

    # Another counselor finds nothing there.
    answer = counselor(live.cast.sokolov).goto(f"{staff_path}/{sheet}")
    assert answer is not None and answer.status == 404


def test_what_was_typed_just_before_the_page_was_hidden_is_kept(live, mine):
    mine.goto(f"{live.url}/worksheets/about/values")
    mine.get_by_role("button", name="Begin").click()
    mine.locator("[name='values.0.value']").fill("My children")
    mine.goto(f"{live.url}/lock")
    unlock(mine)
    mine.wait_for_url(re.compile("/(today|held)$"))
    if mine.url.endswith("/held"):
        mine.get_by_role("button", name="Send it now").click()
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
    mine.get_by_role("button", name="Send it now").click()
    mine.wait_for_url(re.compile("/worksheets/[^/]+/1-1$"))
    expect(mine.locator("[name='values.0.value']")).to_have_value("My children")
