"""The first screen of a brief on a small laptop has the numbers, the chart and the own words."""

import pytest
from sqlalchemy import select

from app import audit
from app.audit import SYSTEM, Subject
from app.models.people import Participant, Staff
from tests.brief.test_paper import Press, filled
from tests.cast import NOW
from tests.databases import demo_copy

pytestmark = [pytest.mark.journey, pytest.mark.sweep]
SMALL_LAPTOP = {"width": 1280, "height": 900}
# The lowest edge of what is to be seen without scrolling, and the smallest letter of the chart.
SEEN = """() => {
  const bottom = (css) => document.querySelector(css).getBoundingClientRect().bottom;
  const chart = document.querySelector("svg.ch"), frame = chart.getBoundingClientRect();
  const words = [...chart.querySelectorAll("text")];
  const cut = words.filter((one) => {
    const box = one.getBoundingClientRect();
    return box.right > frame.right + 1 || box.left < frame.left - 1;
  });
  return {
    chart: frame.bottom, own: bottom("#own .words, #own p"), first: bottom(".first, .kpis"),
    letters: Math.min(...words.map((one) =>
      parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)),
    cut: cut.map((one) => one.textContent),
  };
}"""


def _with_one_counselor(database):
    """Everybody of the demo is hers: to a counselor the page offers the most."""
    with database.write() as session:
        hers = session.execute(select(Staff.id).where(Staff.role == "counselor")).scalars().first()
        for person in session.execute(select(Participant)).scalars():
            person.counselor_id = hers
        audit.record(session, SYSTEM, "test.change", Subject("staff", hers), now=NOW)
    with database.read() as session:
        people = session.execute(select(Participant.code, Participant.public_id)).all()
    return hers, dict(map(tuple, people))


@pytest.fixture(scope="module")
def demo(tmp_path_factory, demo_at_now):
    copy = demo_copy(demo_at_now, tmp_path_factory.mktemp("first"))
    with filled(copy, _with_one_counselor) as found:
        yield found


def test_chart_and_own_words_of_everybody_are_on_the_first_screen(demo, chromiums, letters, longer):
    browser, people = demo
    found = Press(browser, chromiums(letters))
    browser.post("/language", {"lang": longer})
    assert len(people) == 8
    for code, public_id in people.items():
        with found.sheet(f"/participants/{public_id}/brief") as page:
            page.set_viewport_size(SMALL_LAPTOP)
            seen = page.evaluate(SEEN)
        assert max(seen["chart"], seen["own"], seen["first"]) <= 900, (code, seen)
        assert (seen["letters"] >= 12, seen["cut"]) == (True, []), (code, seen)
