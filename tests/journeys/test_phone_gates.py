"""Every page of a participant, with two months of data: readable by all, at any width."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.clock import utc_now
from app.db import Database
from app.main import create_app
from app.settings import Settings
from app.visit.identity import SESSION_COOKIE
from tests import axe
from tests.cast import participant_session
from tests.chromium import Chromiums
from tests.conftest import Share
from tests.fonts import WIDE
from tests.journeys.conftest import PHONE, _serving, free_port
from tests.phone import LONG_AGO, Person, demo_database, pages, person_of, speak

pytestmark = pytest.mark.journey
SMALL = {"width": 320, "height": 568}
# As tall as the longest page: what can be scrolled out from under the bar is not covered.
TALL = {"width": PHONE["width"], "height": 6000}
ENDS_THE_SESSION = "/lock"
# Also where a page hides what it cannot show: that is no way to fit.
FITS = """() => {
  const roots = [document.documentElement, document.body, document.querySelector("main")];
  const wide = Math.max(...roots.map((el) => el ? el.scrollWidth - el.clientWidth : 0));
  const hides = (el) => ["hidden", "clip"].includes(getComputedStyle(el).overflowX)
    && el.scrollWidth > el.clientWidth + 1 && getComputedStyle(el).position !== "absolute";
  const cut = Array.from(document.querySelectorAll("body *")).filter(hides);
  return [wide > 0 || document.documentElement.scrollWidth > innerWidth,
    cut.map((el) => el.outerHTML.slice(0, 120))];
}"""

# From the lowest edge of what stands above a form to its first part that is seen, in pixels.
GAPS = """() => Array.from(document.querySelectorAll("main > form")).map((form) => {
  const seen = (el) => el.offsetHeight > 1 && el.offsetWidth > 1;
  const above = form.previousElementSibling;
  const first = Array.from(form.children).find(seen);
  return above && first && seen(above)
    ? first.getBoundingClientRect().top - above.getBoundingClientRect().bottom : 0;
})"""
TURNED = "(icon) => getComputedStyle(icon).transform"


@dataclass(frozen=True)
class Phone:
    """The running demo and one of its people."""

    url: str
    database: Database
    person: Person
    addresses: list[str]
    walked: dict[str, "Walked"] = field(default_factory=dict)

    @property
    def long_ago(self) -> str:
        return (self.person.today - LONG_AGO).isoformat()

    def signed_in(self, chromium: Browser, **options: Any) -> Page:
        context = chromium.new_context(viewport=PHONE, reduced_motion="reduce", **options)
        token = participant_session(self.database, self.person.id, utc_now())
        # A "__Host-" cookie is set for https alone; Chromium sends it to localhost all the same.
        secure = self.url.replace("http:", "https:")
        context.add_cookies(
            [{"name": SESSION_COOKIE, "value": token, "url": secure, "secure": True}]
        )
        return context.new_page()


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    folder: Path = tmp_path_factory.mktemp("demo")
    port = free_port()
    with demo_database(folder) as filled:
        settings = Settings(data_dir=folder, base_url=f"http://localhost:{port}")
        with closing(Database(settings)) as database:
            app = create_app(settings, database)
            person = person_of(filled)
            with _serving(app, port):
                yield Phone(settings.base_url, database, person, pages(app, database, person))


@contextmanager
def spoken(phone: Phone, chromium: Browser, language: str) -> Iterator[Page]:
    """A page of the person, in this language."""
    speak(phone.database, phone.person, language)
    opened = phone.signed_in(chromium, locale=language)
    yield opened
    opened.context.close()


@pytest.fixture(params=["en", "ru"])
def page(request: pytest.FixtureRequest, phone: Phone, chromium: Browser) -> Iterator[Page]:
    with spoken(phone, chromium, request.param) as opened:
        yield opened


@dataclass(frozen=True)
class Walked:
    """What was found on each address, in one language."""

    passed: int
    violations: list[Any]
    wide: list[Any]
    gaps: dict[str, list[float]]


def walk(phone: Phone, page: Page) -> Iterator[str]:
    """Each address with its page open; the one that ends the session comes last."""
    ordered = sorted(phone.addresses, key=lambda address: address == ENDS_THE_SESSION)
    for address in ordered:
        answer = page.goto(phone.url + address)
        # A day beyond the window has no form: the page that says so is a page as well.
        gone = 404 if phone.long_ago in address else 200
        assert answer is not None and answer.status in (200, gone), address
        yield address


@pytest.fixture
def walked(phone: Phone, chromiums: Chromiums, longer: str, share: Share) -> Walked:
    """Each language is walked once for all that is asked of it."""
    if longer not in phone.walked:
        phone.walked[longer] = look_at_all(phone, chromiums, longer, share.whole)
    return phone.walked[longer]


def look_at_all(phone: Phone, chromiums: Chromiums, language: str, whole: bool) -> Walked:
    """One load for all that is looked at: no script of ours asks how wide the window is.

    And one under wide letters, for what depends on them.
    """
    script, passed = axe.script(), 0
    violations: list[Any] = []
    wide: list[Any] = []
    gaps = {}
    with spoken(phone, chromiums(WIDE), language) as page:
        page.set_viewport_size(SMALL)
        for address in walk(phone, page):
            scrolls, cut = page.evaluate(FITS)
            wide += [(address, WIDE, scrolls, cut)] if scrolls or cut else []
    with spoken(phone, chromiums(), language) as page:
        for place, address in enumerate(walk(phone, page)):
            gaps[address] = page.evaluate(GAPS)
            page.set_viewport_size(SMALL)
            scrolls, cut = page.evaluate(FITS)
            wide += [(address, scrolls, cut)] if scrolls or cut else []
            page.set_viewport_size(TALL)
            page.evaluate(script)
            for scheme in axe.schemes(place, whole):
                page.emulate_media(color_scheme=scheme)
                passes, broken = axe.findings(page)
                passed += passes
                violations += [(address, scheme, *each) for each in broken]
            page.emulate_media(color_scheme="light")
            page.set_viewport_size(PHONE)
    return Walked(passed, violations, wide, gaps)


@pytest.mark.sweep
def test_the_checker_of_accessibility_finds_nothing_in_either_scheme(phone, walked):
    assert walked.passed > 10 * len(phone.addresses)
    assert walked.violations == [], "\n".join(map(str, walked.violations))


def test_the_checker_sees_letters_that_are_faint_in_one_scheme_alone(chromium):
    faint = "<style>@media (prefers-color-scheme: dark) { p { color: #333; background: #000 } }"
    words = f"<html lang=en><title>A</title>{faint}</style><main><h1>A</h1><p>Faint</p></main>"
    page = chromium.new_context().new_page()
    page.set_content(f"<!doctype html>{words}")
    page.evaluate(axe.script())
    seen = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen[scheme] = axe.findings(page)[1]
    page.context.close()
    assert seen == {"light": [], "dark": [("color-contrast", "<p>Faint</p>")]}


@pytest.mark.sweep
def test_no_page_scrolls_sideways_and_none_hides_what_does_not_fit(walked):
    assert walked.wide == []


@pytest.mark.sweep
def test_every_form_begins_one_space_below_its_heading(phone, walked):
    assert len(walked.gaps) == len(phone.addresses) and any(walked.gaps.values())
    assert {where: gaps for where, gaps in walked.gaps.items() if max(gaps, default=0) > 24} == {}


def test_the_arrow_of_a_part_that_opens_shows_which_way_it_goes(phone, page):
    page.goto(f"{phone.url}/day/{phone.person.today.isoformat()}")
    icon = page.locator("summary > .icon")
    closed = icon.evaluate(TURNED)
    page.locator("summary").first.click()
    opened = icon.evaluate(TURNED)
    assert "none" not in (closed, opened) and closed != opened
