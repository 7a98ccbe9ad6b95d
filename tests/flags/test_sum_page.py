"""What the page of a possible reaction shows of S: its parts, the two weeks, told and presumed."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import update

from app import audit
from app.audit import SYSTEM, Subject
from app.flags.fortnight import fortnight
from app.flags.sums import shown_sum
from app.i18n import translator
from app.models.flags import FLAG, FLAG_EVIDENCE
from app.models.people import Hold, Participant
from app.protocol.loader import first_edition
from app.rules.withdrawal_chart import DoseMark, DrinkMark, SumPoint, UntakenMark, WithdrawalChart
from tests.flags.record import CLUSTER, check_in, evidence, flags, second_day_cluster, take_dose

STRONG = CLUSTER | {"tremor": 3, "fatigue": 2, "headache": 2, "dizziness": 0}


def page_of(staff, database):
    page = staff.get(f"/flags/{flags(database)[0].public_id}").text
    return unescape(page).replace("\N{NO-BREAK SPACE}", " ")


def table_of(html, css):
    rows = re.search(rf'<table class="{css}">.*?</table>', html, re.DOTALL)[0].split("<tr>")[2:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell) for cell in row] for row in cells]


def number(text):
    return float(text.replace("−", "-"))


def test_the_points_of_the_table_come_to_the_sum_and_stand_beside_the_usual(
    petrova, database, cast, clock
):
    second_day_cluster(database, cast.anna, clock(), **STRONG)
    html = page_of(petrova, database)
    *lines, total = table_of(html, "tbl points")
    kept = evidence(database)[0].facts["score"]
    assert number(total[-1]) == pytest.approx(kept["total"], abs=0.05)
    assert sum(number(line[3]) for line in lines) == pytest.approx(kept["total"], abs=0.3)
    assert lines[0] == ["Sweating", "3", "0.5", "+2.5"]
    assert lines[-1][0] == "Headache: another explanation" and number(lines[-1][3]) < 0
    reason = re.search(r'<p class="reason">([^<]*)</p>', html)[1]
    assert reason == f"Sum S {total[-1]}: sweating 3, nausea 3, muscle pain 3 and 3 more."
    assert "1 other answer</summary>" in html, "the rest is folded"
    assert table_of(html[html.index("1 other answer") :], "tbl")[0][:2] == ["Dizziness", "0"]


@pytest.mark.parametrize(
    ("told", "says", "says_not"),
    [
        (None, "presumed: nobody told", "told: that dose"),
        ("day", "told: that dose still acts", "presumed:"),
    ],
)
def test_what_was_presumed_of_the_tablet_and_no_assumed_noon(
    petrova, database, cast, clock, told, says, says_not
):
    """ANNA's first dose was planned for the day before."""
    if told:
        yesterday = clock() - timedelta(hours=20)
        take_dose(database, cast.anna, yesterday.date(), yesterday)
    check_in(database, cast.anna, clock(), STRONG)
    html = page_of(petrova, database)
    assert says in html and says_not not in html
    assert "12:00" not in html
    assert ("Sun 22 Nov, time not told, 36 mg" in html) == bool(told)
    tablets = [row[2] for row in table_of(html[html.index('class="days"') :], "tbl")]
    assert tablets[:3] == ["not told", "taken, time not told" if told else "not told", "–"]


def test_the_days_of_a_hold_are_on_hold_though_nobody_was_asked(petrova, database, cast, clock):
    today = clock().date()
    held = {"from_day": today - timedelta(days=3), "until_day": today - timedelta(days=1)}
    with database.write() as session:
        who = session.get(Participant, cast.anna)
        who.first_dose_on = today - timedelta(days=6)
        session.add(
            Hold(
                participant_id=cast.anna,
                **held,
                set_by=cast.orlova,
                set_at=clock() - timedelta(days=3),
            )
        )
        audit.record(session, SYSTEM, "test.hold", Subject("hold", 1), now=clock())
    take_dose(database, cast.anna, held["until_day"], clock() - timedelta(days=1))
    check_in(database, cast.anna, clock(), STRONG)
    html = page_of(petrova, database)
    tablets = [row[2] for row in table_of(html[html.index('class="days"') :], "tbl")]
    taken, *others = tablets[1:5]
    assert taken.startswith("taken") and others == ["on hold", "on hold", "not told"]


def test_a_flag_of_the_first_edition_keeps_what_it_stored_and_says_that_it_has_no_sum(
    petrova, database, cast, clock
):
    second_day_cluster(database, cast.anna, clock(), **STRONG)
    [found] = evidence(database)
    facts = {key: value for key, value in found.facts.items() if key not in ("score", "exposure")}
    facts["last_dose"] = {"at": "2026-11-22T12:00:00+03:00", "mg": 36.0}
    dose = {"at": "2026-11-22T12:00+03:00", "mg": 36.0, "hours": 21.0}
    old = {"score", "rises", "explained", "usual_from"}
    because = [one for one in found.because if one["key"] not in old | {"last_dose"}]
    because.append({"key": "last_dose", "values": dose})
    with database.write() as session:
        kept = {"facts": facts, "because": because}
        session.execute(update(FLAG_EVIDENCE).values(**kept))
        version = first_edition().version
        session.execute(update(FLAG).values(protocol_version=version, rules_version="1"))
        audit.record(session, SYSTEM, "test.old", Subject("site", 1), now=clock())
    html = page_of(petrova, database)
    assert f"raised (version 1, protocol version {version}) did not count one" in html
    assert '<svg class="ch"' not in html and "points" not in html
    assert "Above the usual: sweating 3" in html and "Clearly above the usual level" in html
    assert "Sun 22 Nov, at noon or time not told, 36 mg" in html
    assert "12:00" not in html and "Last study dose:" not in html, "it may have been assumed"
    report = petrova.get(f"/flags/{flags(database)[0].public_id}/report")
    assert report.status_code == 200 and "Sweating" in report.text


NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LAST = NOON.date()


def days_before(number):
    return LAST - timedelta(days=number)


def chart_of(**other):
    def point(back, total, craving=None):
        return SumPoint(NOON - timedelta(days=back), total, craving, "told")

    values = {
        "first": days_before(13),
        "last": LAST,
        "points": (point(9, 1.0), point(8, 2.0, 40.0), point(1, 3.0), point(0, 12.5, 70.0)),
        "doses": (DoseMark(LAST, NOON, 36.0), DoseMark(days_before(1), None, 36.0)),
        "untaken": (UntakenMark(days_before(2), True), UntakenMark(days_before(3), False)),
        "drinks": (DrinkMark(days_before(1), 80.0), DrinkMark(days_before(2), 0.0)),
        "band": (0.0, 2.5),
        "routine": 8.0,
        "urgent": 10.0,
    }
    return WithdrawalChart(**{**values, **other})


def drawn(chart, lang="en", first_dose=date(2026, 11, 20)):
    return fortnight(chart, NOON, "UTC", first_dose, translator(lang))


def test_the_two_weeks_say_in_words_and_in_a_table_what_the_drawing_shows():
    shown = drawn(chart_of())
    assert shown.finding == (
        "S 12.5 on 30 Nov, 12:00. Before that at most 3 in these days. "
        "Usual for this person: 0 to 2.5."
    )
    assert len(shown.rows) == 14 and all(len(row) == len(shown.headings) for row in shown.rows)
    assert shown.rows[0] == ("Mon 30 Nov", "12:00: 12.5", "taken at 12:00", "70", "not told")
    assert shown.rows[1][1:] == ("12:00: 3", "taken, time not told", "not told", "80")
    assert [row[2] for row in shown.rows[2:5]] == ["on hold", "not taken", "not told"]
    assert shown.rows[2][4] == "0" and shown.rows[-1][2] == "–", "before the first dose none is due"
    assert "Upper dashes: urgent from 10. Lower dashes: routine from 8." in shown.key
    assert "12,5" in drawn(chart_of(), "ru").finding


def test_the_drawing_has_classes_alone_breaks_where_a_day_is_missing_and_stays_inside():
    svg = str(drawn(chart_of()).drawing)
    assert "style=" not in svg and 'role="img"' in svg
    line = re.search(r'class="c-crave" d="([^"]*)"', svg)[1]
    assert line.count("M") == 2 and line.count("L") == 2, "two days, a gap, two days"
    for cls, marks in {"c-dose": 2, "c-off": 1, "c-zero": 1, "c-blank": 7, "c-drink": 1}.items():
        found = re.findall(rf'class="{cls}" d="([^"]*)"', svg)
        assert sum(path.count("M") for path in found) == marks, cls
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
    starts = re.findall(r"M(-?[\d.]+) (-?[\d.]+)", svg)
    assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in starts)


def test_without_a_run_in_nothing_usual_is_drawn_and_without_a_check_in_nothing_at_all():
    shown = drawn(chart_of(band=None))
    assert (
        "c-band" not in str(shown.drawing) and "the protocol's reference answers" in shown.finding
    )
    assert "Shaded" not in shown.key
    assert drawn(chart_of(points=())) is None


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_part_of_a_sum_has_words(lang):
    facts = {
        "happened_at": "2026-11-30T12:00:00+00:00",
        "answers": [
            {"item": "systolic_bp", "value": 151.0, "baseline": 130.0},
            {"item": "diastolic_bp", "value": 96.0, "baseline": None},
            {"item": "vomiting_24h", "value": 2.0, "baseline": 0.0},
        ],
        "score": {
            "total": 9.5,
            "rises": [
                {
                    "item": "opioid_craving",
                    "value": 70.0,
                    "usual": 8.3,
                    "points": 4.1,
                    "at": "2026-11-30T08:00:00+00:00",
                }
            ],
            "pressure": 2.0,
            "gut": 2.0,
            "subtracted": [
                {"what": "alcohol", "value": 80, "usual": 60, "points": 1.5, "day": "2026-11-29"}
            ],
        },
    }
    shown = shown_sum(facts, translator(lang))
    craving, pressure, gut, alcohol = shown.lines
    assert "08:00" in craving.label and craving.points[0] == "+"
    assert (pressure.value, pressure.usual) == ("151/96", "130/–")
    assert "100" in shown.risen[0]
    assert gut.value.endswith("2") and alcohol.points.startswith("−")
    assert "29" in alcohol.label and "60" in alcohol.usual
    assert shown_sum({}, translator(lang)) is None
