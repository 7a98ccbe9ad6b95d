"""What was answered and not sent survives the lock that comes by itself."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.audit import SYSTEM
from app.clock import utc_now
from app.models.diary import DrinkDay, Note
from app.signin import phone
from tests.cast import PIN
from tests.diary.rows import change_person, rows
from tests.journeys.conftest import PHONE
from tests.smtp import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.sweep]


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
    page.get_by_label("Code").fill(PIN)
    page.get_by_role("button", name="Open").click()


def unlock_to_what_waits(page):
    """What the server holds is offered at once."""
    expect(page.get_by_text("waits for your code")).to_be_visible()
    unlock(page)
    page.wait_for_url("**/held")


def locked_while_typing(page, address):
    page.goto(address)
    if page.evaluate("!!window.indexedDB"):
        page.locator("html[data-keep]").wait_for(state="attached")
    page.locator("[name=own_words]").fill("a thought")
    page.clock.fast_forward("03:02")
    page.wait_for_url("**/lock**")


def test_words_that_were_typed_wait_behind_the_lock_and_are_stored_after_it(live, mine):
    locked_while_typing(mine, f"{live.url}/today/week")
    assert rows(live.database, Note) == []
    unlock(mine)
    mine.wait_for_url("**/today/week")
    expect(mine.locator("[name=own_words]")).to_have_value("a thought")
    expect(mine.get_by_text("is here again; it was not sent yet")).to_be_visible()
    mine.locator(".bar .main").click()
    mine.wait_for_url("**/today")
    assert [note.text for note in rows(live.database, Note)] == ["a thought"]
    expect(mine.get_by_text("Last seven days")).to_be_visible()
    expect(mine.locator("#unsent")).to_be_hidden()


# The store opens when the test says so.
SLOW = """const own = Object.getOwnPropertyDescriptor(IDBRequest.prototype, "onsuccess");
Object.defineProperty(IDBOpenDBRequest.prototype, "onsuccess", { set(does) {
  own.set.call(this, (event) => { window.open_store = () => does(event); }); } });"""

COUNT = """() => new Promise((yes) => {
  const ask = indexedDB.open("kept");
  ask.addEventListener("success", () => {
    const count = ask.result.transaction("kept").objectStore("kept").count();
    count.addEventListener("success", () => yes(count.result));
  }); })"""


def test_words_that_were_typed_before_a_slow_phone_was_ready_are_kept_as_well(live, mine):
    mine.add_init_script(SLOW)
    mine.goto(f"{live.url}/today/week")
    mine.locator("[name=own_words]").fill("a thought")
    wait_until(lambda: mine.evaluate("!!window.open_store"))
    mine.evaluate("open_store()")
    wait_until(lambda: mine.evaluate(COUNT) == 1)
    mine.goto("about:blank")
    mine.goto(f"{live.url}/today/week")
    wait_until(lambda: mine.evaluate("!!window.open_store"))
    mine.evaluate("open_store()")
    expect(mine.locator("[name=own_words]")).to_have_value("a thought")


def test_where_the_phone_keeps_nothing_the_server_does(live, mine):
    mine.add_init_script("delete window.indexedDB; window.indexedDB = undefined;")
    locked_while_typing(mine, f"{live.url}/today/week")
    unlock_to_what_waits(mine)
    mine.get_by_role("button", name="Send it now").click()
    mine.wait_for_url("**/today")
    assert [note.text for note in rows(live.database, Note)] == ["a thought"]


def test_a_count_that_was_tapped_waits_as_well(live, mine):
    yesterday = (utc_now() - timedelta(days=1)).date().isoformat()
    mine.goto(f"{live.url}/day/{yesterday}")
    mine.locator("button.up").first.click()
    mine.clock.fast_forward("03:02")
    mine.wait_for_url("**/lock**")
    unlock(mine)
    mine.wait_for_url(f"**/day/{yesterday}")
    expect(mine.locator(".step input").first).to_have_value("1")
    mine.locator(".bar .main").click()
    mine.wait_for_url("**/other*")
    assert [day.items[0]["count"] for day in rows(live.database, DrinkDay)] == [1]


def test_a_page_on_which_nothing_was_answered_leaves_nothing_behind(live, mine):
    mine.goto(f"{live.url}/today/week")
    mine.clock.fast_forward("03:02")
    mine.wait_for_url("**/lock")
    expect(mine.get_by_text("Locked after three minutes.")).to_be_visible()
    mine.get_by_label("Code").fill(PIN)
    mine.get_by_role("button", name="Open").click()
    mine.wait_for_url("**/today/week")


def sheet_page(page, live, key, number):
    """A new worksheet of the phone's, open at one of its pages."""
    page.goto(f"{live.url}/worksheets/about/{key}")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile("/worksheets/[^/]+/1"))
    address = page.url.rpartition("/")[0] + f"/{number}"
    page.goto(address)
    return address


def test_a_value_that_no_sheet_can_keep_waits_behind_the_lock(live, mine):
    address = sheet_page(mine, live, "thought_record", 3)
    mine.locator("[name=belief]").fill("1000")
    mine.clock.fast_forward(2500)
    expect(mine.get_by_text("from 0 to 100")).to_be_visible()
    mine.clock.fast_forward("03:02")
    mine.wait_for_url("**/lock")
    unlock_to_what_waits(mine)
    mine.get_by_role("button", name="Keep it in the worksheet").click()
    expect(mine.locator("[name=belief]")).to_have_value("1000")
    mine.goto(address)
    expect(mine.locator("[name=belief]")).to_have_value("1000")


def test_a_page_that_saves_itself_goes_on_without_a_question(live, mine):
    sheet_page(mine, live, "values", 2)
    for text in ("Time", "Time with my children"):
        mine.locator("[name=meaning]").fill(text)
        mine.clock.fast_forward(2500)
        expect(mine.get_by_text("Saved at")).to_be_visible()
    mine.locator("[name=meaning]").fill("Time with my children, every day")
    mine.locator(".bar .main").click()
    mine.wait_for_url(re.compile("/3$|/worksheets/[^/]+$"))
    mine.go_back()
    expect(mine.locator("[name=meaning]")).to_have_value("Time with my children, every day")


def test_the_older_of_two_tabs_says_so_while_it_is_written_and_shows_both(live, mine):
    address = sheet_page(mine, live, "values", 2)
    other = mine.context.new_page()
    other.goto(address)
    other.locator("[name=meaning]").fill("in the other tab")
    other.locator(".bar .main").click()
    other.wait_for_url(re.compile("/3$|/worksheets/[^/]+$"))
    other.close()
    mine.locator("[name=meaning]").fill("in this tab")
    mine.clock.fast_forward(2500)
    expect(mine.get_by_text("changed in another place")).to_be_visible()
    mine.locator(".bar .main").click()
    expect(mine.get_by_text("There are two versions of this page")).to_be_visible()
    expect(mine.get_by_text("in the other tab")).to_be_visible()
    mine.get_by_role("button", name="Save this instead").click()
    mine.wait_for_url(address)
    expect(mine.locator("[name=meaning]")).to_have_value("in this tab")
