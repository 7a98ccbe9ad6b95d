"""The days that stayed blank, filled in by hand: every touch of the screen is counted."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.audit import SYSTEM
from app.clock import local_day, utc_now
from app.diary.service import About, record_drinks, record_substances
from app.models.diary import Dose, DrinkDay, SubstanceDay
from app.timeline.events import Drink
from app.visit.identity import SESSION_COOKIE
from tests.cast import participant_session
from tests.diary.rows import change_person, rows
from tests.journeys.conftest import PHONE, Live

pytestmark = [pytest.mark.journey, pytest.mark.sweep]
SMALL = {"width": 320, "height": 568}
# A hand does not feel the database, nor the tables the size: each size meets one of them.
SIZES = {"sqlite": SMALL, "postgresql": PHONE}
ZONE = "Europe/Moscow"
ENROLLED_DAYS_AGO = 9
# What an unlocked Today allows for: taps of one task, the way there included.
PER_BLANK_DAY, SEVERAL_DAYS = 8, 5


class Hand:
    """One finger: taps what it is given, while the page counts what touched it."""

    def __init__(self, page: Page, *, counting: bool = True):
        self.page = page
        self.taps = 0
        self.touched = 0
        if counting:
            page.expose_function("touched", self._touch)
            page.add_init_script("addEventListener('pointerdown', () => window.touched(), true)")

    def _touch(self) -> None:
        self.touched += 1

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.tap()
        self.page.wait_for_load_state()

    def press(self, name: str) -> None:
        self.tap(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        self.tap(self.page.get_by_role("link", name=name, exact=True))


@pytest.fixture
def size(backend: str) -> dict[str, int]:
    return SIZES[backend]


def ago(days: int) -> date:
    return local_day(utc_now(), ZONE) - timedelta(days=days)


@pytest.fixture
def anna(live: Live) -> int:
    """ANNA, nine days in the study: yesterday is filled in, and one day four days ago."""
    who = live.cast.anna
    since = utc_now() - timedelta(days=ENROLLED_DAYS_AGO)
    change_person(live.database, who, enrolled_at=since, first_dose_on=ago(2))
    with live.database.write() as session:
        for days, items in ((1, []), (4, [Drink(500, 5, 3, "beer")])):
            about = About(who, ZONE, ago(days), SYSTEM, utc_now())
            record_drinks(session, about, items)
            record_substances(session, about, [])
    return who


@pytest.fixture
def phone(live: Live, windows: Any, anna: int) -> Any:
    """Opens ANNA's unlocked Today on a phone of some size."""

    def open_today(size: dict[str, int], **options: Any) -> Page:
        page: Page = windows(size, has_touch=True, is_mobile=True, **options)
        token = participant_session(live.database, anna, utc_now())
        secure = live.url.replace("http:", "https:")
        page.context.add_cookies(
            [{"name": SESSION_COOKIE, "value": token, "url": secure, "secure": True}]
        )
        return page

    return open_today


def at_today(page: Page, live: Live) -> None:
    page.goto(live.url + "/today")
    expect(page.locator(".week")).to_be_visible()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def days_of(live: Live, model: Any) -> list[date]:
    return sorted(row.day for row in rows(live.database, model) if row.superseded_at is None)


def test_a_blank_day_without_alcohol_takes_four_taps_and_the_next_three(live, phone, size):
    page = phone(size)
    hand = Hand(page)
    at_today(page, live)
    hand.follow("Fill in")
    expect(page).to_have_url(f"{live.url}/calendar/{ago(2)}?fill=1")
    hand.press("No alcohol")
    hand.press("Nothing else that day")
    hand.press("Yes, I took it")
    expect(page).to_have_url(f"{live.url}/calendar/{ago(3)}?fill=1")
    assert hand.taps == hand.touched == 4 <= PER_BLANK_DAY
    assert days_of(live, Dose) == [ago(2)]

    hand.press("No alcohol")
    hand.press("Nothing else that day")
    expect(page).to_have_url(f"{live.url}/calendar/{ago(5)}?fill=1")
    assert hand.touched == 6
    assert set(days_of(live, DrinkDay)) == {ago(1), ago(2), ago(3), ago(4)}
    assert fits(page)


def test_a_blank_day_with_two_kinds_of_drink_stays_within_eight_taps(live, phone, size):
    page = phone(size)
    hand = Hand(page)
    at_today(page, live)
    hand.follow("Fill in")
    hand.tap(page.get_by_role("link", name="Yes, add it", exact=True).first)
    hand.tap(page.get_by_role("button", name="One more: Beer").first)
    hand.tap(page.get_by_role("button", name="One more: Beer").first)
    hand.tap(page.get_by_role("button", name="One more: Vodka").first)
    hand.tap(page.get_by_role("button", name="Save and continue").last)
    hand.press("Nothing else that day")
    hand.press("Yes, I took it")
    expect(page).to_have_url(f"{live.url}/calendar/{ago(3)}?fill=1")
    assert hand.taps == hand.touched == PER_BLANK_DAY
    told = next(row for row in rows(live.database, DrinkDay) if row.day == ago(2))
    assert {(item["beverage"], item["count"]) for item in told.items} == {("beer", 2), ("vodka", 1)}


def fill_several(hand: Hand) -> None:
    page = hand.page
    hand.follow("Several days were the same")
    hand.tap(page.locator(f"input[name=first][value='{ago(7)}']"))
    hand.tap(page.locator(f"input[name=last][value='{ago(3)}']"))
    hand.tap(page.get_by_label("3 drinks, nothing else"))
    hand.press("Save these days")


def test_several_days_that_were_the_same_take_five_taps(live, phone, size):
    page = phone(size)
    hand = Hand(page)
    at_today(page, live)
    fill_several(hand)
    expect(page).to_have_url(live.url + "/calendar")
    assert hand.taps == hand.touched == SEVERAL_DAYS
    assert days_of(live, DrinkDay) == [ago(days) for days in (7, 6, 5, 4, 3, 1)]
    assert fits(page)


def test_without_scripts_the_same_can_be_told(live, phone):
    page = phone(SMALL, java_script_enabled=False)
    hand = Hand(page, counting=False)
    page.goto(live.url + "/today")
    fill_several(hand)
    expect(page).to_have_url(live.url + "/calendar")
    hand.follow("Fill them in, one by one")
    hand.tap(page.get_by_role("link", name="Yes, add it", exact=True).first)
    page.locator("input[name^='n:beer']").first.fill("2")
    page.get_by_label("About when was the last drink?").fill("23:15")
    hand.tap(page.get_by_role("button", name="Save and continue").last)
    hand.press("Nothing else that day")
    hand.press("Not taken")
    page.get_by_label("It slipped my mind").check(force=True)
    hand.press("Save")
    expect(page).to_have_url(f"{live.url}/calendar/{ago(8)}?fill=1")
    told = next(row for row in rows(live.database, DrinkDay) if row.day == ago(2))
    assert told.grams == pytest.approx(39.45)
    assert told.last_drink_at is not None
    assert [row.reason for row in rows(live.database, Dose)][-1] == "forgot"
    assert ago(2) in days_of(live, SubstanceDay)


def walk() -> Iterator[str]:
    yield from ("/calendar", f"/calendar?month={ago(40):%Y-%m}", "/calendar/same")
    for days in (0, 1, 2, 4):
        yield from (f"/calendar/{ago(days)}", f"/day/{ago(days)}/dose?from=day")


def test_no_page_of_the_calendar_scrolls_sideways(live, phone, size):
    page = phone(size)
    for path in walk():
        answer = page.goto(live.url + path)
        assert answer.ok or answer.status == 404, path
        assert fits(page), path


def test_an_own_event_is_noted_and_shows_on_its_day(live, phone):
    page = phone(PHONE)
    hand = Hand(page)
    page.goto(f"{live.url}/calendar/{ago(4)}")
    hand.tap(page.get_by_text("Note what helps you remember this day"))
    page.get_by_label("What was going on?").fill("Payday 🎉")
    hand.press("Save")
    expect(page.locator("main")).to_contain_text("Payday 🎉")
    hand.tap(page.get_by_text("Note what helps you remember this day"))
    hand.press("Remove: Payday 🎉")
    expect(page.locator("main")).not_to_contain_text("Payday")
