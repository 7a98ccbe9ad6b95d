"""What belongs to which day is seen at a glance: by places and shapes, not by colours or words."""

from datetime import timedelta

import pytest

from app import audit
from app.audit import SYSTEM, Subject
from app.models.counseling import CounselingSession
from tests.cast import NOW
from tests.diary.rows import change_person
from tests.press import ORIGIN, Press, fits

pytestmark = pytest.mark.journey
# How much nearer a disc is to its own date than to any other, and whether its cell holds it.
ASTRAY = """() => {
  const box = (el) => el.getBoundingClientRect();
  const middle = (el) => {
    const all = document.createRange(); all.selectNodeContents(el);
    const b = el.classList.contains("day") ? box(all) : box(el);
    return [b.left + b.width / 2, b.top + b.height / 2];
  };
  const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const days = [...document.querySelectorAll(".cal .day")];
  const found = [];
  for (const disc of document.querySelectorAll(".cal td .m")) {
    const own = disc.closest("td").querySelector(".day"), at = middle(disc);
    const near = apart(at, middle(own));
    const other = Math.min(...days.filter((d) => d !== own).map((d) => apart(at, middle(d))));
    const cell = box(disc.closest("td")), b = box(disc);
    const inside = b.left >= cell.left - 1 && b.right <= cell.right + 1
      && b.top >= cell.top && b.bottom <= cell.bottom;
    const reach = disc.closest(".marks") ? 1 : 0.75;
    if (near > reach * other || !inside)
      found.push([own.textContent, disc.className, near, other, inside]);
  }
  return found;
}"""
# A shape as somebody sees it who sees no colours.
SHAPE = """(el) => {
  const s = getComputedStyle(el, "::before");
  const clear = (c) => c === "transparent" || c === "rgba(0, 0, 0, 0)";
  return [s.width, s.height, s.transform, s.borderTopWidth, s.borderBottomWidth,
    clear(s.borderTopColor), clear(s.borderBottomColor), clear(s.backgroundColor)].join(" ");
}"""
KINDS = ("session", "holiday", "own")


@pytest.fixture
def november(anna, database, cast):
    """A month with everything in it: drinks, none, blanks, a session on a holiday, a note."""
    change_person(database, cast.anna, enrolled_at=NOW - timedelta(days=22))
    with database.write() as session:
        for days in (-19, -5, 2):
            at = NOW + timedelta(days=days)
            session.add(CounselingSession(participant_id=cast.anna, at=at, week=1))
        audit.record(session, SYSTEM, "test.sessions", Subject("participant", 1), now=NOW)
    anna.post("/day/2026-11-20", {"n:beer:500:5": "12", "idem": "a1"})
    anna.post("/day/2026-11-19", {"none": "1", "idem": "a2"})
    anna.post("/calendar/2026-11-18/marker", {"text": "Payday", "idem": "a3"})
    return anna


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_disc_stands_by_its_own_date_and_in_its_own_cell(november, chromiums, letters, lang):
    november.post("/language", {"lang": lang})
    astray = []
    with Press(november, chromiums(letters)).page(390, 844) as page:
        page.goto(ORIGIN + "/calendar")
        assert page.locator(".cal .m.some, .cal .m.none, .cal .m.blank").count() >= 10
        assert {kind: page.locator(f".cal .m.{kind}").count() for kind in KINDS} == {
            "session": 3,
            "holiday": 1,
            "own": 1,
        }
        for width in (320, 390, 800):
            page.set_viewport_size({"width": width, "height": 844})
            astray += [(width, *one) for one in page.evaluate(ASTRAY)]
            assert fits(page)
    assert astray == []


def test_kinds_of_days_have_shapes_of_their_own_and_a_key(november, chromium):
    with Press(november, chromium).page(390, 844) as page:
        page.goto(ORIGIN + "/calendar")
        month = {kind: page.locator(f".cal .m.{kind}").first.evaluate(SHAPE) for kind in KINDS}
        key = {kind: page.locator(f".key .m.{kind}").evaluate(SHAPE) for kind in KINDS}
        words = {kind: page.locator(f".key li:has(.m.{kind})").inner_text() for kind in KINDS}
        page.emulate_media(forced_colors="active")
        forced = {kind: page.locator(f".cal .m.{kind}").first.evaluate(SHAPE) for kind in KINDS}
    assert key == month
    assert len(set(month.values())) == len(set(forced.values())) == len(KINDS)
    assert words == {"session": "Session", "holiday": "Holiday", "own": "Your own note"}


@pytest.mark.parametrize(
    ("lang", "month", "title"),
    [
        ("en", "", "November 2026"),
        ("en", "?month=2026-12", "December 2026"),
        ("ru", "", "Ноябрь 2026"),
        ("ru", "?month=2026-12", "Декабрь 2026"),
    ],
)
def test_the_heading_names_the_year(november, lang, month, title):
    november.post("/language", {"lang": lang})
    assert f"<h1>{title}</h1>" in november.get(f"/calendar{month}").text
