"""The page of one alert, measured by positions: "why, and I have it" on the first screen.

Under both sets of letters and in both languages, with the banner of a silent worker above it.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import utc_now
from app.db import Database
from app.main import create_app
from app.models.audit import AUDIT_ENTRY
from app.models.flags import FLAG, Flag, FlagEvidence
from app.models.outbox import MESSAGE
from app.models.people import STAFF
from app.rules.wording import wording
from app.settings import Settings
from tests import axe
from tests.cast import PLAIN_SESSION_COOKIE, participant, staff_session
from tests.databases import SqliteTemplate
from tests.flags.record import second_day_cluster
from tests.journeys.conftest import DESKTOP, PHONE, _serving, free_port
from tests.journeys.test_phone_gates import FITS
from tests.journeys.test_staff_gates import LETTERS

pytestmark = pytest.mark.journey
SMALL = {"width": 320, "height": 568}
# What a reader needs at once, and the bar that stays.
PARTS = (".face .tag", ".face h1", ".face .reason", ".face .when b")
BAR = ".act"
# Elements that have the focus, one after the other, and how much of each lies under the bar.
COVERED = """() => {
  const own = document.activeElement, bar = document.querySelector('.act');
  if (bar.contains(own) || own === document.body) return 0;
  const a = own.getBoundingClientRect(), b = bar.getBoundingClientRect();
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  return across > 0 ? Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) : 0;
}"""
# Titles of more than one line, and those that are cut where the letters are those of a phone.
TITLES = """() => [...document.querySelectorAll('.queue .ttl')].map((one) => [one.textContent,
  one.getBoundingClientRect().height > 1.6 * parseFloat(getComputedStyle(one).fontSize),
  one.scrollWidth > one.clientWidth])"""


class Clinic:
    """The running product with an alert of every rule, and one of real answers."""

    def __init__(self, url: str, database: Any, cast: Any, flag: str):
        self.url, self.database, self.cast, self.flag = url, database, cast, flag

    def page(
        self, browser: Any, size: Any, language: str, who: str = "orlova", **more: Any
    ) -> Page:
        with self.database.write() as session:
            session.execute(update(STAFF).values(language=language))
            audit.record(session, SYSTEM, "test.language", Subject("site", 1), now=utc_now())
        token = staff_session(self.database, getattr(self.cast, who), utc_now())
        context = browser.new_context(viewport=size, reduced_motion="reduce", **more)
        context.add_cookies([{"name": PLAIN_SESSION_COOKIE, "value": token, "url": self.url}])
        page: Page = context.new_page()
        return page

    def looks(self) -> int:
        with self.database.read() as session:
            found = select(AUDIT_ENTRY.c.seq).where(AUDIT_ENTRY.c.action == "contact.reveal")
            return len(session.execute(found).all())


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    folder: Path = tmp_path_factory.mktemp("clinic")
    template = SqliteTemplate(tmp_path_factory.mktemp("clinic-template"))
    port, now = free_port(), utc_now()
    with template.fresh(folder, cast=True) as filled:
        second_day_cluster(filled, template.cast.anna, now, tremor=4, agitation=3, chills=3)
        with filled.write() as session:
            found = session.execute(select(FLAG.c.public_id).order_by(FLAG.c.id)).scalars().first()
            for place, rule in enumerate(wording().rules):
                code = f"DB-1{place:02}"
                who = participant(session, template.cast.site, code, "male", None, now)
                _raise(session, template.cast.site, who, rule, now, place)
            audit.record(session, SYSTEM, "test.flags", Subject("site", 1), now=now)
    settings = Settings(data_dir=folder, base_url=f"http://localhost:{port}", demo=True)
    with closing(Database(settings)) as database, _serving(create_app(settings, database), port):
        yield Clinic(settings.base_url, database, template.cast, str(found))


def _raise(session: Any, site: int, who: int, rule: str, now: Any, place: int) -> None:
    severity = ("emergency", "urgent", "routine")[place % 3]
    own = {"rule": rule, "severity": severity, "about": now}
    flag = Flag(
        reference=f"T{place:02}-AAA",
        participant_id=who,
        site_id=site,
        family=rule.partition("-")[0],
        raised_at=now - timedelta(hours=place),
        due_at=now + timedelta(hours=place - 8),
        protocol_version="1",
        rules_version="1",
        **own,
    )
    session.add(flag)
    session.flush()
    about = {"because": [], "facts": {}, "change": "raised", "keys": [f"test:{place}"]}
    session.add(FlagEvidence(flag_id=flag.id, at=now, **own, **about))


def bottom(page: Page, css: str) -> float:
    box = page.locator(css).first.bounding_box()
    assert box is not None and box["y"] >= 0 and box["x"] >= 0, css
    assert box["x"] + box["width"] <= page.viewport_size["width"], css
    return float(box["y"] + box["height"])


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_phone_shows_how_soon_who_why_call_and_acknowledge_on_its_first_screen(
    clinic, chromiums, letters, language
):
    page = clinic.page(chromiums(letters), PHONE, language)
    page.goto(f"{clinic.url}/flags/{clinic.flag}")
    assert page.locator(".banner").is_visible()
    bar = page.locator(BAR)
    held = bar.bounding_box()
    assert held["y"] + held["height"] == PHONE["height"]
    assert max(bottom(page, part) for part in PARTS) <= held["y"], "nothing is behind the bar"
    buttons = [bar.locator(".btn").nth(place).bounding_box() for place in (0, 1)]
    assert all(one["height"] >= 44 and one["y"] >= held["y"] for one in buttons)
    assert not page.locator(".chips").first.is_visible(), "the filters are folded"
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert bar.bounding_box() == held, "it stays"
    last = page.locator("#queue").bounding_box()
    assert last["y"] + last["height"] <= held["y"], "and nothing ends under it"
    for size in (PHONE, SMALL):
        page.set_viewport_size(size)
        scrolls, _ = page.evaluate(FITS)
        assert not scrolls, size
    page.context.close()


def test_a_desk_shows_what_to_do_as_well_and_gives_the_alert_the_room(clinic, chromiums, longer):
    page = clinic.page(chromiums(), DESKTOP, longer)
    page.goto(f"{clinic.url}/flags/{clinic.flag}")
    bar = page.locator(BAR)
    for part in (*PARTS, f"{BAR} .btn", f"{BAR} .btn.main", "#why-title", "ol li:last-child"):
        assert bottom(page, part) <= DESKTOP["height"], part
    alert, others = page.locator("#flag").bounding_box(), page.locator("#queue").bounding_box()
    assert alert["width"] >= 2 * others["width"]
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert bar.bounding_box()["y"] == 0, "it stays"
    page.context.close()


def test_the_two_weeks_are_drawn_to_be_read_and_fit_the_narrowest_phone(clinic, chromium):
    page = clinic.page(chromium, SMALL, "ru")
    page.goto(f"{clinic.url}/flags/{clinic.flag}")
    for size in (SMALL, PHONE, DESKTOP):
        page.set_viewport_size(size)
        [letters] = page.evaluate(LETTERS)
        assert len(letters) > 8 and min(letters) >= 12, size
        place = page.locator(".chart")
        assert place.evaluate("el => el.scrollWidth <= el.clientWidth"), size
    page.get_by_text("Показать таблицей").click()
    assert page.locator(".days + details tbody tr").count() == 14
    page.context.close()


@pytest.mark.parametrize("size", [PHONE, DESKTOP, SMALL], ids=["phone", "desk", "small"])
def test_nothing_that_has_the_focus_is_under_the_bar(clinic, chromium, size):
    page = clinic.page(chromium, size, "ru")
    page.goto(f"{clinic.url}/flags/{clinic.flag}")
    count = page.locator("a:visible, button:visible, summary:visible, textarea:visible").count()
    assert count > 30
    for key in ("Tab", "Shift+Tab"):
        for _ in range(count):
            page.keyboard.press(key)
            assert page.evaluate(COVERED) <= 0, page.evaluate("document.activeElement.outerHTML")
    page.context.close()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_title_of_the_list_stands_in_one_line(clinic, chromiums, letters, language):
    page = clinic.page(chromiums(letters), PHONE, language)
    for address, size in (
        ("/flags", PHONE),
        ("/flags", DESKTOP),
        (f"/flags/{clinic.flag}", PHONE),
        (f"/flags/{clinic.flag}", DESKTOP),
    ):
        page.set_viewport_size(size)
        page.goto(clinic.url + address)
        titles = page.evaluate(TITLES)
        assert len(titles) > len(wording().rules)
        assert [text for text, broken, _ in titles if broken] == []
        if letters == "narrow":
            assert [text for text, _, cut in titles if cut] == [], (address, size)
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_one_look_at_the_number_is_enough_for_a_call_and_a_note(clinic, chromium, scripts):
    with clinic.database.write() as session:
        of_flag = update(FLAG).where(FLAG.c.public_id == clinic.flag)
        session.execute(of_flag.values(status="open", version=FLAG.c.version + 1))
        audit.record(session, SYSTEM, "test.open", Subject("site", 1), now=utc_now())
    page = clinic.page(chromium, PHONE, "en", java_script_enabled=scripts)
    before = clinic.looks()
    page.goto(f"{clinic.url}/flags/{clinic.flag}")
    page.get_by_label("Note (optional)").fill("Nobody answers at home.")
    page.get_by_role("button", name="Call").click()
    number = page.get_by_role("link", name="Call +7 900 000-00-00")
    expect(number).to_have_attribute("href", "tel:+79000000000")
    expect(page.get_by_label("Note (optional)")).to_have_value("Nobody answers at home.")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Acknowledged. The alert is yours.")).to_be_visible()
    expect(number).to_be_visible()
    assert bottom(page, ".act a[href^='tel:']") <= PHONE["height"]
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("#e-note")).to_be_visible()
    expect(number).to_be_visible()
    assert clinic.looks() == before + 1
    page.goto(f"{clinic.url}/flags/{clinic.flag}")
    expect(page.get_by_role("link", name="Call +7")).to_have_count(0)
    page.context.close()


def test_the_page_of_an_alert_is_well_for_all_with_and_without_the_number(clinic, chromium):
    page = clinic.page(chromium, PHONE, "en")
    page.goto(f"{clinic.url}/flags/{clinic.flag}")
    page.evaluate(axe.script())
    for scheme in axe.SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert axe.findings(page)[1] == []
    page.locator(".act .btn").first.click()
    page.locator(".act a[href^='tel:']").wait_for()
    page.evaluate(axe.script())
    assert axe.findings(page)[1] == []
    page.context.close()


def test_the_page_of_a_test_alert_says_what_became_of_it_without_a_reload(clinic, chromium):
    page = clinic.page(chromium, DESKTOP, "en", who="admin")
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(clinic.url)))
    page.clock.install()
    page.goto(f"{clinic.url}/site")
    page.get_by_role("button", name="Send a test alert").click()
    told = page.locator("#test-alert [role=status]")
    expect(told).to_have_text("On its way: 0 of 2 taken by the mail server so far.")
    with clinic.database.write() as session:
        taken = update(MESSAGE).where(MESSAGE.c.kind == "test")
        session.execute(taken.values(status="sent", sent_at=utc_now()))
        audit.record(session, SYSTEM, "test.taken", Subject("site", 1), now=utc_now())
    asked.clear()
    page.clock.run_for(2500)
    expect(told).to_have_text("Taken by the mail server: 2 of 2.")
    assert asked == ["/site/test"]
    page.clock.run_for(10_000)
    assert asked == ["/site/test"], "known, so nothing is asked any more"
    page.context.close()
