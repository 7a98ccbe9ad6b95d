"""What each task of an unlocked Today asks of a finger: its taps, counted on the page itself.

A tap is a pointer that touched the page; typing and scrolling are none. How many there are is a
property of the pages, not of the database under them, so one of the two databases is enough here.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import utc_now
from app.db import Database
from app.instruments.vocabulary import COUNTS, SYMPTOMS
from app.models.checkin import Checkin, CheckinPage
from app.models.counseling import CounselingSession
from app.models.diary import Dose, DrinkDay, SubstanceDay
from app.models.people import Preference
from app.models.worksheets import WorksheetCopy, WorksheetDraft
from app.protocol.loader import protocol_text, use_protocol
from app.visit.identity import SESSION_COOKIE
from app.worksheets.versions import cells_in
from tests.cast import participant_session
from tests.checkin import submit_checkin
from tests.databases import SqliteTemplate
from tests.diary.rows import change_person, rows
from tests.journeys.conftest import PHONE, Live
from tests.journeys.test_calendar import SMALL, Hand, ago, at_today, fits

pytestmark = [pytest.mark.journey, pytest.mark.sweep]
SIZES = [pytest.param(PHONE, id="390x844"), pytest.param(SMALL, id="320x568")]

# The most taps that a task may take, the way there from Today included.
TAKEN, NOT_TAKEN, NOTHING_YESTERDAY, FIVE_DRINKS, URGES = 1, 3, 2, 8, 4
PREPARATION, MOMENT, QUIET_DAY = 6, 8, 14
NO_EFFECTS, THREE_EFFECTS, ALL_EFFECTS, ONE_A_SCREEN = 9, 18, 28, 40
# Every effect and vomiting and diarrhea too is one tap above the limit: the danger signs beside
# them are denied by a tap of their own, which is worth more than the tap.
ALL_EFFECTS_AND_COUNTS = 29
PAGES, EFFECTS = 6, 18
NONE = dict.fromkeys((*SYMPTOMS, *COUNTS), 0)


@pytest.fixture
def database(
    templates: dict[str, Any], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The one database of these journeys."""
    if "sqlite" not in templates:
        templates["sqlite"] = SqliteTemplate(tmp_path_factory.mktemp("sqlite"))
    with templates["sqlite"].fresh(tmp_path) as fresh:
        yield fresh


@pytest.fixture
def today(live: Live, windows: Any) -> Callable[..., Page]:
    """Opens the unlocked Today of ANNA, on whose second day nothing is told yet."""
    who = live.cast.anna
    since = utc_now() - timedelta(days=9)
    change_person(live.database, who, enrolled_at=since, first_dose_on=ago(1))

    def open_today(size: dict[str, int], **options: Any) -> Page:
        page: Page = windows(size, has_touch=True, is_mobile=True, **options)
        secure = live.url.replace("http:", "https:")
        token = participant_session(live.database, who, utc_now())
        page.context.add_cookies(
            [{"name": SESSION_COOKIE, "value": token, "url": secure, "secure": True}]
        )
        return page

    return open_today


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On the smaller phone; on the larger one too in a sweep."""
    named = {one.args[0] for one in metafunc.definition.iter_markers("parametrize")}
    if "hand" in metafunc.fixturenames and "hand" not in named:
        whole = metafunc.config.getoption("sweep")
        metafunc.parametrize("hand", SIZES if whole else SIZES[1:], indirect=True)


@pytest.fixture
def hand(live: Live, today: Callable[..., Page], request: pytest.FixtureRequest) -> Hand:
    """A finger over Today."""
    page = today(request.param)
    finger = Hand(page)
    at_today(page, live)
    return finger


def is_back(hand: Hand, said: str) -> None:
    """Today stands again, and says in words what it now knows; nothing scrolled sideways."""
    expect(hand.page.locator(".week")).to_be_visible()
    expect(hand.page.locator("main")).to_contain_text(said)
    assert fits(hand.page)


def plan_session(live: Live) -> None:
    """An appointment the day after tomorrow."""
    who, now = live.cast.anna, utc_now()
    with live.database.write() as session:
        at = now + timedelta(days=2)
        session.add(CounselingSession(participant_id=who, at=at, week=1))
        audit.record(session, SYSTEM, "test.plan", Subject("participant", who), now=now)


def task(page: Page, title: str) -> Locator:
    return page.get_by_role("link", name=re.compile(f"^{title}"))


def arrive(page: Page, number: int, last: int = PAGES) -> None:
    """The page of that number stands there; the one behind the last is the review."""
    place = f"/{number}" if number <= last else ""
    expect(page).to_have_url(re.compile(rf"/today/check/[^/]+{place}$"))


def begin(hand: Hand) -> None:
    hand.tap(task(hand.page, "Side effects"))
    expect(hand.page).to_have_url(re.compile("/today/check/new/first$"))


def none_here(hand: Hand, number: int, last: int = PAGES) -> None:
    hand.tap(hand.page.locator("button[value=page_none]"))
    arrive(hand.page, number + 1, last)


def go_on(hand: Hand, number: int, last: int = PAGES) -> None:
    hand.tap(hand.page.locator(".bar .main"))
    arrive(hand.page, number + 1, last)


def mild_here(hand: Hand, number: int, present: int = 9, last: int = PAGES) -> None:
    """Rates the first ``present`` effects of the page as mild and the others as none."""
    effects = hand.page.locator("fieldset.field:not(:has([name=signs]))")
    for place, effect in enumerate(effects.all()):
        value = int(place < present)
        hand.tap(effect.locator(f"label:has(input[value='{value}'])"))
    go_on(hand, number, last)


def finish(hand: Hand) -> None:
    hand.press("Save")
    is_back(hand, "Done at")


def told(live: Live) -> dict[str, float]:
    """The ratings of the one finished check-in."""
    (checkin,) = rows(live.database, Checkin)
    assert checkin.finished_at is not None
    found: dict[str, float] = {}
    for page in rows(live.database, CheckinPage):
        found |= page.ratings
    return found


def present(ratings: dict[str, float]) -> int:
    return sum(value > 0 for value in ratings.values())


def test_a_dose_that_was_taken_takes_one_tap(live, hand):
    hand.press("Yes, I took it")
    is_back(hand, "Taken")
    assert hand.taps == hand.touched == TAKEN
    assert [dose.taken for dose in rows(live.database, Dose)] == [True]


def test_a_dose_not_taken_is_stored_by_the_first_tap_and_has_its_reason_by_the_third(live, hand):
    hand.press("Not taken")
    expect(hand.page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    assert [dose.taken for dose in rows(live.database, Dose)] == [False]
    hand.tap(hand.page.get_by_label("It slipped my mind"))
    hand.press("Save")
    is_back(hand, "Not taken")
    assert hand.taps == hand.touched == NOT_TAKEN
    assert rows(live.database, Dose)[-1].reason == "forgot"


def test_a_yesterday_with_nothing_in_it_takes_two_taps(live, hand):
    hand.press("No alcohol")
    hand.press("Nothing else that day")
    is_back(hand, "nothing else")
    assert hand.taps == hand.touched == NOTHING_YESTERDAY
    assert [row.items for row in rows(live.database, DrinkDay)] == [[]]
    assert [row.items for row in rows(live.database, SubstanceDay)] == [[]]


def test_five_drinks_of_two_kinds_and_nothing_else_take_eight_taps(live, hand):
    hand.follow("Yes, add it")
    for kind, count in (("Beer", 3), ("Vodka", 2)):
        for _ in range(count):
            hand.tap(hand.page.get_by_role("button", name=f"One more: {kind}").first)
    hand.tap(hand.page.locator(".bar .main"))
    hand.press("Nothing else that day")
    is_back(hand, "nothing else")
    assert hand.taps == hand.touched == FIVE_DRINKS
    (day,) = rows(live.database, DrinkDay)
    assert {(one["beverage"], one["count"]) for one in day.items} == {("beer", 3), ("vodka", 2)}
    assert [row.items for row in rows(live.database, SubstanceDay)] == [[]]


def test_both_urges_take_four_taps(live, hand):
    hand.tap(task(hand.page, "Urges"))
    for name, value in (("alcohol_craving", 2), ("opioid_craving", 0)):
        hand.tap(hand.page.locator(f"label:has([name={name}][value='{value}'])"))
    finish(hand)
    assert hand.taps == hand.touched == URGES
    assert told(live) == {"alcohol_craving": 20, "opioid_craving": 0}


def test_preparing_the_session_takes_six_taps_on_three_screens(live, hand):
    plan_session(live)
    at_today(hand.page, live)
    hand.press("Prepare the session")
    for name, value in (("importance", 8), ("confidence", 4)):
        hand.tap(hand.page.locator(f"label:has([name={name}][value='{value}'])"))
        hand.press("Next")
    hand.page.locator("[name=wish]").fill("My work")
    hand.press("Send to my counselor")
    expect(hand.page.locator("main")).to_contain_text("Shared with your counselor")
    assert hand.taps == hand.touched == PREPARATION
    (copy,) = rows(live.database, WorksheetCopy)
    assert copy.values == {"importance": 8, "confidence": 4, "wish": "My work"}
    assert copy.shared_at is not None


def test_a_moment_with_an_urge_stays_within_eight_taps_on_four_screens(live, hand):
    hand.follow("Worksheets")
    hand.tap(hand.page.get_by_role("button", name="Write it down"))
    for answer in ("At home", "I was alone", "Boredom"):
        hand.press(answer)
    hand.page.locator("[name=did]").fill("Went for a walk")
    hand.press("Keep it")
    expect(hand.page.locator("main")).to_contain_text("Only you can see")
    assert hand.taps == hand.touched == 6 <= MOMENT
    (copy,) = rows(live.database, WorksheetCopy)
    assert list(copy.values.values()) == ["home", "alone", "boredom", "Went for a walk"]


@pytest.mark.parametrize("hand", SIZES[1:], indirect=True)
def test_pros_and_cons_are_a_page_each_and_kept_while_they_are_written(live, hand):
    page = hand.page
    page.goto(f"{live.url}/worksheets/about/decisional_balance")
    hand.press("Begin")
    for number in range(1, 5):
        page.locator("textarea").first.fill(f"words {number}")
        expect(page.locator("[data-note]")).to_contain_text("Saved at")
        hand.press("Next")
        expect(page).to_have_url(re.compile(f"/{number + 1}$"))
    with live.database.read() as session:
        (kept,) = session.scalars(select(WorksheetDraft)).all()
    texts = cells_in(kept.values).values()
    assert sorted(map(str, texts)) == [f"words {number}" for number in range(1, 5)]


def test_side_effects_of_which_there_are_none_stay_within_nine_taps(live, hand):
    begin(hand)
    for number in range(1, PAGES + 1):
        none_here(hand, number)
    finish(hand)
    assert hand.taps == hand.touched == 8 <= NO_EFFECTS
    ratings = told(live)
    assert len(ratings) == EFFECTS + 2
    assert present(ratings) == 0


@pytest.fixture
def quiet_week(live, tmp_path):
    """ANNA reported none for a week, and the protocol asks for the whole list after that."""
    text = protocol_text().replace("whole_list_after_days = 0", "whole_list_after_days = 7")
    own = tmp_path / "own.toml"
    own.write_text(text.replace('version = "2.0"', 'version = "2-list"', 1))
    use_protocol(own)
    with live.database.write() as session:
        for days in range(1, 8):
            at = utc_now() - timedelta(days=days)
            submit_checkin(session, live.cast.anna, "side_effects", NONE, [], SYSTEM, at)
    yield
    use_protocol(None)


def a_quiet_day(hand: Hand, effects: Callable[[], None]) -> int:
    """Tells a whole day without anything in it; how many pages the phone loaded for it."""
    loads: list[str] = []
    hand.page.on("domcontentloaded", lambda page: loads.append(page.url))
    hand.press("No alcohol")
    hand.press("Nothing else that day")
    is_back(hand, "nothing else")
    hand.tap(task(hand.page, "Urges"))
    for name in ("alcohol_craving", "opioid_craving"):
        hand.tap(hand.page.locator(f"label:has([name={name}][value='0'])"))
    finish(hand)
    hand.tap(task(hand.page, "Side effects"))
    effects()
    hand.press("Save")
    expect(hand.page.locator(".week")).to_be_visible()
    return len(loads)


@pytest.mark.parametrize("hand", SIZES[:1], indirect=True)
@pytest.mark.parametrize(("way", "pages"), [("list", 6), ("pages", 12)])
def test_a_quiet_day_after_a_quiet_week_loads_half_the_pages(live, hand, quiet_week, way, pages):
    def by_list() -> None:
        ticks = hand.page.locator("label:has(input[name^='none_'])")
        expect(ticks).to_have_count(PAGES)
        for tick in ticks.all():
            hand.tap(tick)

    def by_pages() -> None:
        for number in range(1, PAGES + 1):
            none_here(hand, number)

    if way == "pages":
        use_protocol(None)
    at_today(hand.page, live)
    assert a_quiet_day(hand, by_list if way == "list" else by_pages) == pages
    assert hand.taps == hand.touched == QUIET_DAY
    assert [one.layout for one in rows(live.database, Checkin)][-1] == way
    answered = [page.ratings for page in rows(live.database, CheckinPage)][-PAGES:]
    assert dict(pair for page in answered for pair in page.items()) == NONE


def test_three_side_effects_on_the_two_longest_pages_stay_within_eighteen_taps(live, hand):
    begin(hand)
    mild_here(hand, 1, present=2)
    mild_here(hand, 2, present=1)
    for number in range(3, PAGES + 1):
        none_here(hand, number)
    finish(hand)
    assert hand.taps == hand.touched == 16 <= THREE_EFFECTS
    ratings = told(live)
    assert len(ratings) == EFFECTS + 2
    assert present(ratings) == 3


def test_all_side_effects_stay_within_twenty_eight_taps(live, hand):
    begin(hand)
    for number in range(1, PAGES):
        mild_here(hand, number)
    none_here(hand, PAGES)
    finish(hand)
    assert hand.taps == hand.touched == 26 <= ALL_EFFECTS
    assert present(told(live)) == EFFECTS


@pytest.mark.parametrize("hand", SIZES[1:], indirect=True)
def test_vomiting_and_diarrhea_besides_all_side_effects_take_one_tap_above_the_limit(live, hand):
    begin(hand)
    for number in range(1, PAGES):
        mild_here(hand, number)
    for name in ("Vomiting", "Diarrhea"):
        hand.tap(hand.page.get_by_role("button", name=f"One more: {name}"))
    hand.tap(hand.page.locator("[name=signs][value=none]"))
    go_on(hand, PAGES)
    finish(hand)
    assert hand.taps == hand.touched == ALL_EFFECTS_AND_COUNTS
    assert present(told(live)) == EFFECTS + 2


def test_one_question_a_screen_stays_within_forty_taps(live, hand):
    who = live.cast.anna
    with live.database.write() as session:
        session.add(Preference(participant_id=who, values={"single": True}))
        audit.record(session, SYSTEM, "test.single", Subject("participant", who), now=utc_now())
    last = EFFECTS + 1
    begin(hand)
    for number in range(1, last):
        mild_here(hand, number, last=last)
    none_here(hand, last, last)
    finish(hand)
    assert hand.taps == hand.touched == 39 <= ONE_A_SCREEN
    assert present(told(live)) == EFFECTS


def test_without_scripts_a_small_phone_tells_a_whole_day(live, today):
    page = today(SMALL, java_script_enabled=False)
    hand = Hand(page, counting=False)
    page.goto(live.url + "/today")
    hand.press("Yes, I took it")
    hand.follow("Yes, add it")
    page.locator("input[name^='n:beer']").first.fill("3")
    page.locator("input[name^='n:vodka']").first.fill("2")
    hand.tap(page.locator(".bar .main"))
    hand.press("Nothing else that day")
    hand.tap(task(page, "Urges"))
    for name in ("alcohol_craving", "opioid_craving"):
        hand.tap(page.locator(f"label:has([name={name}][value='3'])"))
    hand.press("Save")
    begin(hand)
    mild_here(hand, 1)
    for number in range(2, PAGES):
        none_here(hand, number)
    page.locator("[name=vomiting_24h]").fill("1")
    hand.tap(page.get_by_label("No diarrhea", exact=True))
    hand.tap(page.locator("[name=signs][value=none]"))
    go_on(hand, PAGES)
    finish(hand)

    assert [dose.taken for dose in rows(live.database, Dose)] == [True]
    assert [len(day.items) for day in rows(live.database, DrinkDay)] == [2]
    assert [day.items for day in rows(live.database, SubstanceDay)] == [[]]
    checkins = rows(live.database, Checkin)
    assert [one.instrument for one in checkins] == ["urges", "side_effects"]
    assert all(one.finished_at for one in checkins)
    answers = [page.ratings for page in rows(live.database, CheckinPage)]
    assert answers[0] == {"alcohol_craving": 30, "opioid_craving": 30}
    assert answers[-1] == {"vomiting_24h": 1, "diarrhea_24h": 0}
