"""The picture shows what the record has, as its table says it; what is blank is never a zero."""

import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import brotli
import pytest

from app.brief.record import record_of
from app.i18n import translator
from app.mine.panels import BOTTOM, LEFT, RIGHT, TOP, Painter
from app.mine.picture import Counts, four_weeks, since_the_beginning
from app.models.people import Hold, Participant
from app.protocol.loader import load_protocol
from app.timeline.tables import read_timeline
from app.web.static import static_files
from tests.brief.diary import Diary
from tests.brief.records import TODAY, ago, record
from tests.browser import hidden, words
from tests.cast import staff_session
from tests.diary.rows import change_person

STANDARD = 10.0  # grams, in the records of these tests
BUDGET = 14.6 * 1024
VIEWS = ("/me", "/me?since=beginning")
# Days ago: grams and drinks, both urges, tablet, worst side effect. The rest is blank.
TOLD = {
    1: {"grams": 0.0, "alcohol_urge": 0.0, "opioid_urge": 3.0, "tablet": "taken", "worst": 0},
    2: {"grams": 31.5, "alcohol_urge": 5.0, "opioid_urge": 1.0, "tablet": "not_taken", "worst": 4},
    4: {"grams": 47.3, "alcohol_urge": 2.0, "tablet": "held"},
    9: {"grams": 20.0, "tablet": "taken", "worst": 2},
}
COUNTED = {ago(1): 0.0, ago(2): 2.0, ago(4): 3.0, ago(9): 1.0}


def painted(view, grams=None, lang="en"):
    """The panels of the record above, of a diary that began 30 days ago."""
    counts = Counts(COUNTED, {ago(1): 1, ago(9): 1})
    found = view(record(TOLD, asked_from=ago(30)), counts, ago(30))
    return found, {panel.key: panel for panel in Painter(found, grams, translator(lang)).panels()}


def paths(panel, cls):
    root = ElementTree.fromstring(str(panel.chart))
    drawn = "".join(p.get("d") for p in root.iter("path") if p.get("class") == cls)
    return [part for part in re.split("(?=M)", drawn) if part]


def bars(panel, cls, count):
    """Column by column: the value that a bar shows by the numbers of its axis, 0 for a ring."""
    root = ElementTree.fromstring(str(panel.chart))
    axis = [one.text for one in root.iter("text") if one.get("text-anchor") == "end"]
    highest, step = float(axis[-1]), (RIGHT - LEFT) / count
    found = dict.fromkeys(range(count))
    for bar in paths(panel, cls):
        x, top = re.match(r"M([\d.]+) [\d.]+V([\d.]+)", bar).groups()
        value = (BOTTOM - float(top)) / (BOTTOM - TOP) * highest
        found[int((float(x) - LEFT) / step)] = value
    for ring in paths(panel, "c-none"):
        found[int((float(re.match(r"M([\d.]+)", ring).group(1)) + 2.5 - LEFT) / step)] = 0.0
    return list(found.values())


def table(panel, place=1):
    """By its name what a row says, the oldest first."""
    return {row[0]: row[place] for row in reversed(panel.rows)}


@pytest.mark.parametrize("grams", [None, STANDARD])
@pytest.mark.parametrize("view", [four_weeks, since_the_beginning])
def test_every_bar_is_the_number_of_its_table_and_of_the_record(view, grams):
    found, panels = painted(view, grams)
    drinks = panels["drinks"]
    drawn = bars(drinks, "c-drink", len(found.spans))
    place = 1 if grams is None else 2
    said = table(drinks, place)
    for span, value in zip(found.spans, drawn, strict=True):
        days = {one.day.day for one in span.days}
        told = [back for back in TOLD if ago(back) in days]
        name = Painter(found, grams, translator("en"))._name(span)
        if not told:
            assert value is None and said.get(name, "blank") == "blank", name
            continue
        each = [COUNTED[ago(b)] if grams is None else TOLD[b]["grams"] / grams for b in told]
        assert value == pytest.approx(sum(each), abs=0.25), name
        assert said[name] == f"{round(sum(each), 1):g}"
    assert ("Standard" in str(panels)) is (grams is not None)


def test_a_blank_day_is_grey_and_named_and_a_day_without_is_a_ring_and_a_nought():
    found, panels = painted(four_weeks)
    assert len(found.spans) == 28
    asked = sum(1 for span in found.spans if ago(30) <= span.first < TODAY)
    for key, cls, told, noughts in (("drinks", "c-drink", 4, 1), ("worst", "c-pt", 3, 1)):
        drawn = bars(panels[key], cls, 28)
        assert (drawn.count(None), drawn.count(0.0)) == (28 - told, noughts), key
        assert len(paths(panels[key], "c-gap")) == asked - told, key
        cells = list(table(panels[key]).values())
        assert cells.count("blank") == asked - told, key
    assert table(panels["drinks"])["Sun 22 Nov"] == "0"
    assert table(panels["worst"])["Sun 22 Nov"] == "none"
    assert len(paths(panels["tablets"], "c-gap")) == asked - 4
    for cls, count in (("c-dose", 2), ("c-off", 1), ("c-no", 0)):
        assert len(paths(panels["tablets"], cls)) == count, cls


def test_the_lines_of_both_urges_break_at_a_blank_day():
    _, panels = painted(four_weeks)
    urges = panels["urges"]
    assert len(paths(urges, "c-crave")) == 2 and len(paths(urges, "c-crave2")) == 1
    assert len(paths(urges, "c-pt")) == 1, "a day by itself is a point"
    rows = {row[0]: row[1:] for row in urges.rows}
    assert rows["Sun 22 Nov"] == ("0", "3") and rows["Sat 21 Nov"] == ("5", "1")
    assert rows["Fri 20 Nov"] == ("blank", "blank") and rows["Thu 19 Nov"] == ("2", "blank")


def test_a_week_is_counted_over_the_days_that_were_told_and_says_of_how_many():
    _, panels = painted(since_the_beginning)
    rows = {row[0]: row[1:] for row in panels["drinks"].rows}
    assert rows["16 Nov to 22 Nov"] == ("5", "3 of 7")
    assert rows["9 Nov to 15 Nov"] == ("1", "1 of 7")
    assert rows["2 Nov to 8 Nov"] == ("blank", "0 of 7")
    assert rows["19 Oct to 25 Oct"] == ("blank", "0 of 2"), "before the diary nothing was asked"
    assert {row[0]: row[1:] for row in panels["tablets"].rows}["16 Nov to 22 Nov"][0] == "1"
    assert {row[0]: row[1:] for row in panels["urges"].rows}["16 Nov to 22 Nov"][:2] == ("2.3", "2")
    worst = {row[0]: row[1:] for row in panels["worst"].rows}
    assert worst["16 Nov to 22 Nov"] == ("very severe", "2 of 7")
    assert not any("23 Nov" in row[0] for row in panels["drinks"].rows), "today is not over"


def test_nothing_told_is_no_chart(anna):
    for view in VIEWS:
        page = anna.get(view).text
        assert "Nothing to show yet" in page and '<svg class="ch' not in page
        assert "0 days told" in page and "/me/copy" in page
    assert anna.get("/me?since=yesterday").status_code == 404


@pytest.mark.parametrize("shown", [True, False])
def test_standard_drinks_stand_in_the_picture_where_the_protocol_shows_them(
    anna, monkeypatch, shown
):
    plan = load_protocol()
    other = replace(plan, standard_drink=replace(plan.standard_drink, shown=shown))
    monkeypatch.setattr("app.protocol.in_force.process_protocol", lambda: other)
    anna.post("/day/2026-11-22", {"n:vodka:50:40": "3", "idem": "d1"})
    for view in VIEWS:
        page = anna.get(view).text
        assert page.count('<svg class="ch') == page.count("Show as a table") == 4
        assert ("tandard drinks" in page) is shown, view
        assert "tandard" not in anna.get(view).headers.get("location", "")


def told_of(page):
    """What each panel says under its title, and the totals, of a page."""
    findings = re.findall(r'<h2 id="h-(\w+)">[^<]*</h2><p class="sub">([^<]*)</p>', page.text)
    return dict(findings), words(page).partition("In total")[2]


def cells(page, key):
    part = page.text.partition(f'aria-labelledby="h-{key}"')[2].partition("</section>")[0]
    found = re.findall(r'<th scope="row">([^<]*)</th>((?:<td>[^<]*</td>)+)', part)
    return {day: re.findall("<td>([^<]*)</td>", rest) for day, rest in found}


def test_a_tablet_that_was_not_due_is_no_blank(anna, browser, database, cast, clock):
    """The first dose is 12 days ago; held from 8 to 6 days ago, and lifted after five of ten."""
    today = clock().date()

    def back(days):
        return today - timedelta(days=days)

    change_person(
        database, cast.anna, enrolled_at=clock() - timedelta(days=20), first_dose_on=back(12)
    )
    held = [(back(8), back(6), None), (back(4), back(-5), clock() - timedelta(days=2))]
    with database.write() as session:
        diary = Diary(session, cast.anna)
        for first, until, lifted in held:
            of = {"from_day": first, "until_day": until, "lifted_at": lifted}
            who = {"participant_id": cast.anna, "set_by": cast.ivanova, "set_at": clock()}
            session.add(Hold(**who, reason="x", **of))
        diary.dose(back(10))
        diary.dose(back(9), taken=False)
        diary.drinks(back(10), 0)
        diary.close(clock())
    for view in VIEWS:
        page = anna.get(view)
        finding, _ = told_of(page)
        # Twelve days, less three and less the two before the lifting.
        assert finding["tablets"].startswith("2 of 7 days told."), view
        assert finding["drinks"].startswith("1 of 20 days told."), view
    days = cells(anna.get("/me"), "tablets")
    asked = {12, 11, 10, 9, 5, 2, 1}
    assert list(days) == [f"{back(n):%a} {back(n).day} {back(n):%b}" for n in sorted(asked)]
    gaps = re.findall(r'<path class="c-gap" d="([^"]*)"', anna.get("/me").text)
    assert [one.count("M") for one in gaps] == [19, 20, 5, 20], "grey where a panel was blank"
    counselor = browser.another().signed_in(staff_session(database, cast.petrova, clock()))
    with database.read() as session:
        public = session.get(Participant, cast.anna).public_id
    brief = counselor.get(f"/participants/{public}/brief").text
    squares = re.findall(r'<path class="c-blank" d="([^"]*)"', brief)
    assert squares[0].count("M") == 5, "the brief leaves the same days out"


def test_two_tablets_of_a_day_are_two_in_every_count_and_a_drink_without_alcohol_is_none(
    anna, database, cast, clock
):
    today = clock().date()
    day = today - timedelta(days=1)
    change_person(
        database,
        cast.anna,
        enrolled_at=clock() - timedelta(days=20),
        first_dose_on=today - timedelta(days=12),
    )
    free = [{"beverage": "beer", "ml": 500, "abv": 0, "count": 2, "grams": 0}]
    with database.write() as session:
        diary = Diary(session, cast.anna)
        diary.dose(day)
        diary.dose(day)
        diary.dose(today - timedelta(days=2))
        diary.drinks(day, 1).items = free
        diary.drinks(today - timedelta(days=2), 3)
        diary.drinks(today - timedelta(days=3), 0)
        diary.close(clock())
    for view in VIEWS:
        finding, totals = told_of(anna.get(view))
        assert "3 tablets taken." in finding["tablets"] and "3 tablets taken" in totals
        assert "2 days without alcohol." in finding["drinks"]
        assert "3 days told" in totals and "2 of them without alcohol" in totals
    assert cells(anna.get(VIEWS[0]), "tablets")["Sun 22 Nov"] == ["2 tablets taken"]
    assert cells(anna.get(VIEWS[1]), "tablets")["16 Nov to 22 Nov"] == ["3", "2 of 7"]
    assert cells(anna.get(VIEWS[0]), "drinks")["Sun 22 Nov"][0] == "0"
    with database.read() as session:
        known = read_timeline(session, cast.anna).known_at(clock())
    days = record_of(known, clock(), load_protocol(), 21).days
    assert sum(one.grams == 0 for one in days) == 2, "and so the brief counts"
    calendar = anna.get("/calendar").text
    assert len(re.findall(r"no alcohol", calendar)) == 2 and "2 drinks" not in calendar
    assert "No alcohol" in anna.get("/today").text


def test_the_totals_say_that_a_correction_changes_them(anna):
    anna.post("/day/2026-11-22", {"none": "1", "idem": "d1"})
    assert "1 of them without alcohol" in words(anna.get("/me"))
    page = anna.get("/day/2026-11-22")
    form = {"n:vodka:50:40": "3", "idem": hidden(page, "idem")}
    assert anna.post("/day/2026-11-22", form).status_code == 303
    said = words(anna.get("/me"))
    assert "0 of them without alcohol" in said
    assert "a correction changes these numbers" in said and "only grow" not in said


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_half_a_year_comes_with_the_first_flight(anna, database, cast, clock, lang):
    change_person(database, cast.anna, language=lang, enrolled_at=clock() - timedelta(days=175))
    with database.write() as session:
        diary = Diary(session, cast.anna)
        for back in range(1, 175):
            day = clock().date() - timedelta(days=back)
            if back % 9:
                diary.drinks(day, back * 7 % 11)
                diary.dose(day, bool(back % 5))
                ratings = {"alcohol_craving": back * 3 % 11 * 10, "opioid_craving": back % 4 * 10}
                at = clock() - timedelta(days=back)
                diary.checkin(at, **ratings, nausea=back % 5)
        diary.close(clock())
    sheets = sum(
        len(brotli.compress(static_files()[name].plain, quality=5))
        for name in ("app.css", "charts.css")
    )
    for view in VIEWS:
        html = anna.get(view)
        assert html.text.count('<svg class="ch') == 4
        assert len(brotli.compress(html.content, quality=5)) + sheets <= BUDGET, view
