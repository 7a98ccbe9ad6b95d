"""Layout is looked at under letters that the tests bring, whatever the machine has."""

import ast
import sys

import pytest
from look_guide import ORIGIN, PAGES

from tests.fonts import SETS, WIDE
from tests.house.source import ROOT, imports

pytestmark = pytest.mark.journey


def families(page):
    """The fonts that the words of this page are drawn with, as the browser itself tells."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "body *"})
    found = set()
    for node in nodes["nodeIds"]:
        used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})
        found |= {font["familyName"] for font in used["fonts"]}
    session.detach()
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="fontconfig chooses fonts on Linux alone")
@pytest.mark.sweep
def test_every_letter_is_of_the_set_and_none_of_the_machine(look, letters, longer):
    page = look("today", render={"lang": longer})
    wanted = {one.family for one in SETS[letters]}
    seen = set()
    for name in PAGES:
        page.goto(f"{ORIGIN}/{name}")
        seen |= families(page)
    assert seen == wanted


def test_the_wide_letters_are_wider(chromiums):
    widths = {}
    for letters in SETS:
        page = chromiums(letters).new_page()
        page.set_content("<b style='font-family: system-ui'>Станд. порции, standard drinks</b>")
        widths[letters] = page.locator("b").evaluate("el => el.getBoundingClientRect().width")
        page.close()
    assert widths[WIDE] > 1.1 * min(widths.values())


def test_no_test_starts_a_browser_with_the_fonts_of_the_machine():
    paths = [path for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py")]
    starts = {
        path.relative_to(ROOT).as_posix()
        for path in paths
        for one in imports(ast.parse(path.read_text(encoding="utf-8")))
        if one.target.startswith("playwright") and "playwright" in one.name
    }
    assert starts == {"tests/chromium.py"}
