"""No letter of any chart is smaller than 12 pixels on any screen, whatever page it stands on."""

import re
from collections import defaultdict

import pytest
from sqlalchemy import select

from app.models.people import Participant, Staff
from tests.apps import app_of
from tests.brief.test_paper import Press
from tests.browser import running
from tests.cast import NOW, participant_session, staff_session
from tests.databases import demo_copy

pytestmark = [pytest.mark.journey, pytest.mark.sweep]
LEAST = 12
WIDTHS = (1280, 390, 320)
CHART = '<svg class="ch"'
ROLES = ("counselor", "coordinator", "investigator")
STARTS = {
    "staff": ("/sessions", "/participants", "/flags", "/figures"),
    "phone": ("/today", "/me", "/worksheets", "/calendar"),
}
LEAVING = ("/static", "/hide", "/lock", "/sign-out", "/me/copy/")
SMALL = """() => [...document.querySelectorAll("svg.ch text")].map((one) => {
  const pixels = parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a;
  return [Math.round(pixels * 100) / 100, one.textContent];
})"""


def kind(path):
    """An address without what names a row, a day or a number in it."""
    return re.sub(r"/(?=[a-z0-9-]*\d)[a-z0-9-]+|/[a-z0-9]{16}\b", "/_", path)


def with_charts(browser, starts, most):
    """Pages that have a chart, found by following links; ``most`` of one kind of address."""
    waiting, seen, tried, found = list(starts), set(), defaultdict(int), []
    while waiting:
        path = waiting.pop(0)
        if path in seen or tried[kind(path)] >= most:
            continue
        seen.add(path)
        tried[kind(path)] += 1
        answer = browser.get(path)
        if answer.status_code != 200 or "html" not in answer.headers.get("content-type", ""):
            continue
        if CHART in answer.text:
            found.append(path)
        links = re.findall(r'href="(/[^"#]*)', answer.text)
        waiting += [one.replace("&amp;", "&") for one in links if not one.startswith(LEAVING)]
    return found


def letters_of(press, path):
    with press.sheet(path) as page:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            yield width, page.evaluate(SMALL)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_no_letter_of_a_chart_is_too_small_to_read(tmp_path, chromium, share, demo_at_now):
    # Each page of one kind of address has the same chart in it.
    most, phones = (3, 3) if share.whole else (1, 1)
    with demo_copy(demo_at_now, tmp_path) as database:
        with database.read() as session:
            rows = session.execute(select(Staff.role, Staff.id)).all()
            staff = dict(map(tuple, rows))
            people = session.execute(select(Participant.id)).scalars().all()
        tokens = [("staff", staff_session(database, staff[role], NOW)) for role in ROLES]
        tokens += [("phone", participant_session(database, who, NOW)) for who in people[:phones]]
        small, kinds = [], set()
        with running(app_of(database, lambda: NOW)) as browser:
            for where, token in tokens:
                press = Press(browser.signed_in(token), chromium)
                for path in with_charts(press.browser, STARTS[where], most):
                    # A page has the same charts for everybody who may open it.
                    if not share.whole and kind(path.split("?")[0]) in kinds:
                        continue
                    kinds.add(kind(path.split("?")[0]))
                    for width, letters in letters_of(press, path):
                        assert letters, path
                        small += [(path, width, *one) for one in letters if one[0] < LEAST]
    assert small == []
    assert {"/me", "/participants/_/brief"} <= kinds
