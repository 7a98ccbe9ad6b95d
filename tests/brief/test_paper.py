"""On paper a brief is one sheet of A4: read from the PDF that Chromium makes of it."""

import math
import re
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from app.main import create_app
from app.models.people import Participant, Staff
from tests import axe
from tests.brief.diary import Diary
from tests.brief.fullest import fullest
from tests.brief.test_pages import TODAY
from tests.browser import running
from tests.cast import NOW, invite_cast, staff_session
from tests.databases import SqliteTemplate, demo_copy

pytestmark = pytest.mark.journey
WIDTH, HEIGHT = 740, 1069  # A4 without its margins of 7 mm, in CSS pixels
LEAST = 8.5  # points
ORIGIN = "http://paper.test"

# What a reader would miss: letters too small, text beyond its box or beyond the sheet.
FAULTS = """([width, least]) => {
  const faults = [];
  for (const el of document.querySelectorAll("main *")) {
    const own = [...el.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !el.checkVisibility() || el.closest(".vh")) continue;
    const svg = el.closest("svg");
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    const points = parseFloat(getComputedStyle(el).fontSize) * scale * 0.75;
    const box = el.getBoundingClientRect();
    const frame = (svg || el.closest(".card") || el).getBoundingClientRect();
    const words = el.textContent.trim().slice(0, 30);
    if (points < least) faults.push(["small", points, words]);
    if (box.left < -1 || box.right > width + 1) faults.push(["beyond the sheet", words]);
    if (box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
      faults.push(["beyond its box", words]);
  }
  return faults;
}"""


class Press:
    """Shows pages of the app in Chromium, without a network between them.

    With two points of the screen to a pixel, as letters on paper are set between the pixels.
    """

    def __init__(self, browser, chromium):
        self.browser = browser
        self.chromium = chromium

    @contextmanager
    def sheet(self, path, scheme="light"):
        context = self.chromium.new_context(color_scheme=scheme, device_scale_factor=2)
        page = context.new_page()
        page.route("**/*", self._answer)
        page.goto(ORIGIN + path)
        yield page
        page.unroute_all(behavior="wait")
        context.close()

    def _answer(self, route):
        found = self.browser.get(route.request.url.removeprefix(ORIGIN))
        headers = {"content-type": found.headers["content-type"]}
        route.fulfill(status=found.status_code, headers=headers, body=found.content)

    def pages(self, path, scheme="light"):
        """How many sheets the PDF has, and what on them could not be read."""
        with self.sheet(path, scheme) as page:
            pdf = page.pdf(prefer_css_page_size=True)
            page.emulate_media(media="print")
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            faults = page.evaluate(FAULTS, [WIDTH, LEAST - 0.01])
        assert b"/MediaBox [0 0 595" in pdf or b"/MediaBox [0 0 594" in pdf
        return len(re.findall(rb"/Type\s*/Page\b", pdf)), faults


@contextmanager
def filled(opened, fill):
    """A browser that may read what `fill` writes into a database, and whose briefs."""
    with opened as database:
        staff, codes = fill(database)
        app = create_app(database.settings, database, lambda: NOW)
        with running(app) as browser:
            token = staff_session(database, staff, NOW)
            yield browser.signed_in(token), codes


def _cast(database):
    """ANNA has the fullest brief, VERA's place is taken by somebody ordinary, BORIS by nobody."""
    with database.write() as session:
        cast = invite_cast(session)
        boris = session.get(Participant, cast.boris)
        boris.counselor_id = cast.petrova
        session.add(boris)
        anna = Diary(session, cast.anna)
        fullest(anna, cast.site, cast.petrova, TODAY)
        anna.close(NOW)
        found = {
            "fullest": session.get(Participant, cast.anna).public_id,
            "empty": boris.public_id,
        }
    return cast.petrova, found


def _demo(database):
    with database.read() as session:
        lead = session.execute(select(Staff.id).where(Staff.role == "investigator")).scalar()
        people = session.execute(select(Participant.code, Participant.public_id)).all()
    return lead, dict(map(tuple, people))


@pytest.fixture(scope="module")
def cast_once(tmp_path_factory):
    empty, folder = tmp_path_factory.mktemp("empty"), tmp_path_factory.mktemp("cast")
    with filled(SqliteTemplate(empty).fresh(folder), _cast) as found:
        yield found


@pytest.fixture(scope="module")
def demo_once(tmp_path_factory, demo_at_now):
    with filled(demo_copy(demo_at_now, tmp_path_factory.mktemp("demo")), _demo) as found:
        yield found


@pytest.fixture
def made(cast_once, chromiums, letters):
    browser, people = cast_once
    return Press(browser, chromiums(letters)), people


@pytest.fixture
def demo(demo_once, chromiums, letters):
    browser, people = demo_once
    return Press(browser, chromiums(letters)), people


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("who", ["fullest", "empty"])
def test_the_fullest_and_the_emptiest_brief_are_one_sheet(made, who, lang):
    found, people = made
    found.browser.post("/language", {"lang": lang})
    assert found.pages(f"/participants/{people[who]}/brief") == (1, [])


@pytest.mark.sweep
def test_everybody_of_the_demo_fits_one_sheet(demo, longer):
    found, people = demo
    found.browser.post("/language", {"lang": longer})
    assert len(people) == 8
    sheets = {code: found.pages(f"/participants/{id_}/brief") for code, id_ in people.items()}
    assert sheets == dict.fromkeys(people, (1, []))


@pytest.mark.sweep
def test_the_tables_of_everybody_of_the_demo_fit_one_sheet_too(demo, longer):
    found, people = demo
    found.browser.post("/language", {"lang": longer})
    query = "brief?show=tables"
    sheets = {code: found.pages(f"/participants/{id_}/{query}") for code, id_ in people.items()}
    assert sheets == dict.fromkeys(people, (1, []))


@pytest.mark.sweep
@pytest.mark.parametrize("query", ["show=tables", "show=tables&weeks=24"])
def test_longer_tables_go_on_without_a_hole(made, demo, query):
    for (found, people), who in ((made, "fullest"), (demo, "DB-003")):
        found.browser.post("/language", {"lang": "ru"})
        path = f"/participants/{people[who]}/brief?{query}"
        with found.sheet(path) as page:
            page.emulate_media(media="print")
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            height = page.locator("main").evaluate("el => el.scrollHeight")
        assert found.pages(path) == (math.ceil(height / HEIGHT), [])


def test_what_is_left_out_on_paper_is_counted_there(made):
    found, people = made
    found.browser.post("/language", {"lang": "en"})
    with found.sheet(f"/participants/{people['fullest']}/brief") as page:
        on_screen = page.locator("#alerts").inner_text()
        page.emulate_media(media="print")
        on_paper = page.locator("#alerts").inner_text()
        alerts = page.locator("#alerts li a").count()
        shown = page.locator("#alerts li a:visible").count()
    assert "on screen" not in on_screen
    assert (alerts, shown) == (10, 2) and "and 8 more on screen" in on_paper


@pytest.mark.sweep
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "?show=tables", "?weeks=24"])
def test_the_fullest_brief_is_accessible_and_never_wider_than_a_phone(made, scheme, query):
    found, people = made
    with found.sheet(f"/participants/{people['fullest']}/brief{query}", scheme) as page:
        for details in page.locator("details").all():
            details.evaluate("el => { el.open = true; }")
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        page.evaluate(axe.script())
        passed, found_wrong = axe.findings(page)
    assert (passed > 10, found_wrong) == (True, [])


@pytest.mark.sweep
def test_a_dark_screen_prints_dark_letters_on_white(made):
    found, people = made
    with found.sheet(f"/participants/{people['fullest']}/brief", "dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        color = "el => getComputedStyle(el)"
        assert page.locator("body").evaluate(f"{color}.backgroundColor") == "rgb(255, 255, 255)"
        ink = page.locator("#ask b").first.evaluate(f"{color}.color")
        assert max(map(int, re.findall(r"\d+", ink)[:3])) < 90
        for part in (".side", ".btns", ".more", "details"):
            assert page.locator(f"{part}:visible").count() == 0, part
