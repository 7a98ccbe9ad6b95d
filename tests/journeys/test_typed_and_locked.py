"""What was answered and not sent survives the lock that comes by itself."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.audit import SYSTEM
from app.auth import phone
from app.clock import utc_now
from app.models.diary import DrinkDay, Note
from tests.cast import PIN
from tests.diary.rows import change_person, rows
from tests.journeys.conftest import PHONE

pytestmark = pytest.mark.journey


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


def unlock(page):
    expect(page.get_by_text("waits for your code")).to_be_visible()
    page.get_by_label("Code").fill(PIN)
    page.get_by_role("button", name="Open").click()
    page.wait_for_url("**/held")


def test_words_that_were_typed_wait_behind_the_lock_and_are_stored_after_it(live, mine):
    mine.goto(f"{live.url}/today/week")
    mine.locator("[name=own_words]").fill("a thought")
    mine.clock.fast_forward("03:02")
    mine.wait_for_url("**/lock")
    assert rows(live.database, Note) == []
    unlock(mine)
    mine.get_by_role("button", name="Send it now").click()
    mine.wait_for_url("**/today")
    assert [note.text for note in rows(live.database, Note)] == ["a thought"]


def test_a_count_that_was_tapped_waits_as_well(live, mine):
    yesterday = (utc_now() - timedelta(days=1)).date().isoformat()
    mine.goto(f"{live.url}/day/{yesterday}")
    mine.locator("button.up").first.click()
    mine.clock.fast_forward("03:02")
    mine.wait_for_url("**/lock")
    unlock(mine)
    mine.get_by_role("button", name="Send it now").click()
    mine.wait_for_url("**/other*")
    assert [day.items[0]["count"] for day in rows(live.database, DrinkDay)] == [1]


def test_a_page_on_which_nothing_was_answered_leaves_nothing_behind(live, mine):
    mine.goto(f"{live.url}/today/week")
    mine.clock.fast_forward("03:02")
    mine.wait_for_url("**/lock")
    expect(mine.get_by_text("Locked after three minutes.")).to_be_visible()
