"""The drawings of the figures: what they show is what the tables say and what the tables hold."""

import html
import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from app import audit
from app.audit import SYSTEM, Subject
from app.flags.reference import new_reference
from app.flags.weeks import week_of
from app.models.flags import Flag, FlagAction, FlagEvidence
from app.models.people import Participant
from tests.browser import words
from tests.cast import staff_session
from tests.flags.record import rows

MOSCOW = "Europe/Moscow"
KINDS = ("emergency", "urgent", "routine")
LINK = re.compile(r'<a class="c-link" href="([^"]*)" aria-label="([^"]*)">(.*?)</a>', re.DOTALL)


def raise_flag(database, who, severity, at, taken=None, rule="BP-2", graver=None):
    """A flag as it stands once it is over; ``taken``: how long until somebody took it.

    ``graver``: what it became an hour later.
    """
    with database.write() as session:
        site = session.execute(select(Participant.site_id).where(Participant.id == who)).scalar()
        flag = Flag(
            reference=new_reference(),
            participant_id=who,
            site_id=site,
            family=rule.partition("-")[0],
            rule=rule,
            severity=graver or severity,
            status="resolved",
            raised_at=at,
            about=at,
            protocol_version="1",
            rules_version="1",
            resolved_at=at + timedelta(days=1),
            outcome="called",
        )
        session.add(flag)
        session.flush()
        found = [("raised", at, severity), ("added", at, "routine")]
        if graver:
            found.append(("worsened", at + timedelta(hours=1), graver))
        for change, when, how in found:
            one = {"rule": rule, "about": at, "change": change}
            session.add(FlagEvidence(flag_id=flag.id, at=when, severity=how, **one))
            session.flush()
        if taken is not None:
            done = {"staff_id": 1, "action": "acknowledge", "note": ""}
            session.add(FlagAction(flag_id=flag.id, at=at + taken, **done))
        audit.record(session, SYSTEM, "test.flag", Subject("flag", flag.id), now=at)


@pytest.fixture
def months(database, cast, clock):
    """Alerts on both sides of every border: of a week, of the drawing, of the site."""
    now = clock.forward(days=100)
    monday = now - timedelta(days=now.weekday(), hours=now.hour + 3, minutes=now.minute)
    minute, week = timedelta(minutes=1), timedelta(weeks=1)
    for who, severity, at, taken in (
        (cast.anna, "urgent", monday, 30 * minute),
        (cast.boris, "urgent", monday - minute, 50 * minute),
        (cast.anna, "emergency", monday - minute, 5 * minute),
        (cast.anna, "emergency", monday - 2 * minute, 40 * minute),
        (cast.anna, "emergency", monday - 3 * minute, None),
        (cast.anna, "routine", monday - 2 * week, None),
        (cast.boris, "routine", monday - 2 * week, timedelta(hours=30)),
        (cast.anna, "urgent", monday - 11 * week, timedelta(hours=9)),
        (cast.anna, "urgent", monday - 11 * week - minute, timedelta(hours=1)),
        (cast.vera, "urgent", monday, 10 * minute),
    ):
        raise_flag(database, who, severity, at, taken)
    return monday


@pytest.fixture
def coordinator(browser, database, cast, clock, months):
    return browser.signed_in(staff_session(database, cast.orlova, clock()))


def card(page, name):
    found = re.search(rf'<section class="card stack" id="{name}">(.*?)</section>', page, re.DOTALL)
    return html.unescape(found[1]).replace("\u00a0", " ")


def table(part):
    found = re.findall(r"<tr>(.*?)</tr>", part.split("<tbody>")[1], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", one, re.DOTALL) for one in found]
    return {row[0]: row[1:] for row in [[re.sub("<[^>]*>", "", c) for c in one] for one in cells]}


def listed(browser, address):
    return browser.get(address).text.count('<a class="al"')


def test_the_drawing_says_what_its_table_says_and_what_is_stored(
    coordinator, database, cast, months
):
    part = card(coordinator.get("/figures").text, "alerts")
    stored = Counter(
        (week_of(flag.raised_at, MOSCOW), flag.severity)
        for flag in rows(database, Flag)
        if flag.site_id == cast.site
    )
    weeks = [(months + timedelta(hours=3)).date() - n * timedelta(weeks=1) for n in range(12)]
    rows_shown = table(part)
    assert len(rows_shown) == 12
    shown = {week: cells for week, cells in zip(weeks, rows_shown.values(), strict=True)}
    for week, cells in shown.items():
        wanted = [stored[week, kind] for kind in KINDS]
        assert cells == [str(n) for n in (*wanted, sum(wanted))], week
    drawn = {}
    for address, says, marks in LINK.findall(part):
        week, kind = re.fullmatch(r"/flags\?week=(\S+)&severity=(\w+)", address).groups()
        count = int(re.search(r"<text[^>]*>(\d+)</text>", marks)[1])
        assert says.endswith(f", {kind}: {count}")
        drawn[week, kind] = count
    assert drawn == {(w.isoformat(), k): n for (w, k), n in stored.items() if w in shown}
    assert sum(drawn.values()) == 8 and len(drawn) == 5
    assert "Alerts in the last 12 weeks: 8." in part


def test_a_bar_leads_to_as_many_alerts_as_it_says(coordinator):
    part = card(coordinator.get("/figures").text, "alerts")
    links = LINK.findall(part) + re.findall(r'<a href="([^"]*)()">(\d+)</a>', part)
    assert len(links) == 5 + 5 + 4
    for address, _, marks in links:
        count = int(re.sub("<[^>]*>", "", marks))
        assert listed(coordinator, address) == count, address
        beside = coordinator.get(address).text
        one = html.unescape(re.search(r'<a class="al" href="([^"]*)"', beside)[1])
        assert listed(coordinator, one) == count, "the list stays as it is beside an alert"
        poll = html.unescape(re.search(r'hx-get="([^"]*)"', coordinator.get(one).text)[1])
        again = coordinator.get(poll, headers={"HX-Request": "true"})
        assert again.text.count('<a class="al"') == count, "and when it asks for itself again"


def test_the_time_to_acknowledge_stands_beside_its_target(coordinator):
    page = coordinator.get("/figures")
    part = card(page.text, "waits")
    now, today = "33% (1 of 3)", "67% (2 of 3)"
    cells = list(table(part).values())
    assert cells[0] == ["–", "–", "–", "30 min", "30 min", "100% (1 of 1)"]
    assert cells[1] == ["5 min", "40 min", now, "50 min", "50 min", "100% (1 of 1)"]
    assert cells[11] == ["–", "–", "–", "9 h", "9 h", "0% (0 of 1)"]
    assert f"Emergency: {now} in time. Urgent: {today} in time." in part
    says = {label: re.sub("<[^>]*>", " ", marks).split() for _, label, marks in LINK.findall(part)}
    assert len(says) == 4
    late = [
        (label.split(", ", 1)[1], marks) for label, marks in says.items() if "late 0" not in label
    ]
    assert sorted(late) == [
        ("emergency: median 5 min, late 2", ["5", "min", "2"]),
        ("urgent: median 9 h, late 1", ["9", "h", "1"]),
    ]


def test_an_alert_that_became_graver_is_one_severity_in_every_number(
    coordinator, database, cast, months
):
    at = months - timedelta(weeks=5)
    took = timedelta(minutes=90)
    raise_flag(database, cast.anna, "urgent", at, took, graver="emergency")
    raise_flag(database, cast.boris, "routine", at, None, graver="urgent")
    page = coordinator.get("/figures").text
    row = 5
    assert list(table(card(page, "alerts")).values())[row] == ["0", "1", "1", "2"]
    times = ["–", "–", "–", "1.5 h", "1.5 h", "100% (1 of 1)"]
    assert list(table(card(page, "waits")).values())[row] == times
    assert "goes by how soon an alert had to be taken when it was raised" in page
    assert "graver since then: 2." in page
    week = week_of(at, MOSCOW)
    kept = {k: listed(coordinator, f"/flags?week={week}&severity={k}") for k in KINDS}
    assert kept == {"emergency": 0, "urgent": 1, "routine": 1}
    assert "raised as urgent · 1" in coordinator.get(f"/flags?week={week}&severity=urgent").text


@pytest.mark.parametrize(
    ("lang", "wrong", "over"),
    [
        ("en", ("Today", "Now", "This week"), "not over"),
        ("ru", ("Сегодня", "Сейчас", "На этой неделе"), "ещё идёт"),
    ],
)
def test_no_severity_of_a_drawing_reads_as_a_date_and_the_last_week_says_it_goes_on(
    coordinator, lang, wrong, over
):
    """Beside weeks, "Today" is a day; and an hour by the clock is not one in working hours."""
    coordinator.post("/language", {"lang": lang})
    page = coordinator.get("/figures").text
    for name in ("alerts", "waits"):
        part = card(page, name)
        said = re.findall(r"<(?:text|th|title|desc)\b[^>]*>(.*?)</(?:text|th|title|desc)>", part)
        said = [" ".join(re.sub("<[^>]*>", " ", one).split()) for one in said]
        assert [one for one in said if one.startswith(wrong)] == []
        drawn = re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="middle">([^<]*)', part)
        last = max(float(x) for x, _ in drawn)
        assert [text for x, text in drawn if float(x) == last][-2:].count(over) == 1
        beside = re.findall(r'<text x="626" y="([\d.]+)"', part)
        ys = sorted(float(y) for y in beside)
        assert min(low - high for high, low in pairwise(ys)) >= 12, "no label on another"
        assert f"({over})" in next(iter(table(part)))
        assert not re.search(r"within \d|не позже \d", " ".join(said))


def test_a_drawing_has_a_title_and_a_finding_and_hides_no_link_in_an_image(coordinator):
    page = coordinator.get("/figures").text
    drawings = re.findall(r"<svg class=\"ch\".*?</svg>", page, re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        named = re.search(r'aria-labelledby="(\S+) (\S+)"', drawing)
        title = re.search(rf'<title id="{named[1]}">(.+?)</title>', drawing)
        finding = re.search(rf'<desc id="{named[2]}">(.+?)</desc>', drawing)
        assert title and finding and re.search(r"\d", finding[1])
        assert 'role="group"' in drawing and "style=" not in drawing
    assert page.count("Show as a table") == 2


def test_published_figures_stand_beside_those_of_the_site_in_the_readers_language(coordinator):
    page = words(coordinator.get("/figures"))
    assert "published: 34%" in page and "published: 95%" in page
    assert "86% (6 of 7)" in page, "of urgent and emergency alerts, within a day"
    assert "doi 10.1007/s11136-024-03675-3" in page
    coordinator.post("/language", {"lang": "ru"})
    page = re.sub("<[^>]*>", " ", coordinator.get("/figures").text)
    assert "7,8%" in page and "0,14–0,46" in page and "опубликовано: 34%" in page
    assert re.findall(r"\S*\d\.\d\S*", page.replace("10.1007/", "")) == []


def test_without_alerts_there_is_a_sentence_and_no_drawing(browser, database, cast, clock):
    site = browser.signed_in(staff_session(database, cast.orlova, clock()))
    page = site.get("/figures")
    assert page.status_code == 200 and 'class="ch"' not in page.text
    assert "nothing to draw yet" in words(page)


def test_a_counselor_and_another_site_see_their_own_of_a_week(
    browser, database, cast, clock, months
):
    address = f"/flags?week={week_of(months, MOSCOW)}&severity=urgent"
    before = f"/flags?week={week_of(months - timedelta(minutes=1), MOSCOW)}&severity=urgent"
    seen = {}
    for name in ("petrova", "sokolov", "orlova"):
        one = browser.another().signed_in(staff_session(database, getattr(cast, name), clock()))
        seen[name] = (listed(one, address), listed(one, before))
    assert seen == {"petrova": (1, 0), "sokolov": (0, 1), "orlova": (1, 1)}


@pytest.mark.parametrize(
    "query",
    ["week=x", "week=", "week=0001-01-01", "week=9999-12-31", "severity=urgent", "week=1-1"],
)
def test_a_week_that_is_none_is_the_usual_list(coordinator, query):
    page = coordinator.get(f"/flags?{query}")
    assert page.status_code == 200
    assert "Open · 0" in page.text and "Week of" not in page.text


def test_a_severity_that_is_none_is_the_whole_week(coordinator, months):
    week = week_of(months - timedelta(minutes=1), MOSCOW)
    assert listed(coordinator, f"/flags?week={week}&severity=grave") == 4
    assert listed(coordinator, f"/flags?week={week + timedelta(days=3)}") == 4
