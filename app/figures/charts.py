"""The drawings of the figures: alerts a week, and how soon they were taken. Pure.

One axis of weeks, a panel for each severity below the other, so that place and words tell them
apart and color only helps. Every number that is drawn also stands in the table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from app.figures.figures import Week
from app.flags.pages import week_query
from app.flags.shown import KINDS, SEVERITIES, waited
from app.i18n import Translator
from app.web import charts
from app.web.charts import Columns, Scale

WIDTH, LEFT, RIGHT, LABELS = 720, 44, 614, 626
BAR, WAIT, GAP, TOP, LINE = 56, 84, 26, 18, 14
# What has a time to be taken by; what can wait has none.
TIMED = ("emergency", "urgent")
# The name of a panel stands so far above the label of its line.
NAME = 17
# Of the time that there is; what took more than twice as long is cut there, and its words say
# how long it was.
FULL, LOWEST, HIGHEST = 1.0, 1.25, 2.0


def alerts_chart(weeks: Sequence[Week], title: str, finding: str, tr: Translator) -> Markup:
    """Alerts of each week by severity; a bar leads to the alerts that it counts."""
    columns = Columns(LEFT, RIGHT, len(weeks))
    highest = max((n for week in weeks for n in week.flags.values()), default=0)
    marks = charts.ticks(max(highest, 1), 2)
    drawn, links, top = [], [], TOP
    for word in SEVERITIES:
        scale = Scale(top, top + BAR, marks[-1])
        values = [week.flags[word] for week in weeks]
        drawn += _lines(columns, scale, marks, tr)
        drawn.append(charts.label(LABELS, top + 12, tr(KINDS[word]), width=12))
        if not any(values):
            drawn.append(charts.text(LABELS, scale.bottom, tr("none")))
        for i, (week, value) in enumerate(zip(weeks, values, strict=True)):
            if value:
                links.append(_bar(columns, scale, i, week, word, tr))
        top += BAR + GAP
    drawn += _dates(weeks, columns, top - GAP + 18, tr)
    parts = [charts.unread(drawn), *links]
    return charts.svg(WIDTH, int(top + 2 + LINE), title, finding, parts, "alerts", "group")


def _bar(columns: Columns, scale: Scale, i: int, week: Week, word: str, tr: Translator) -> str:
    value = week.flags[word]
    only: list[float | None] = [None] * columns.count
    only[i] = value
    says = tr(
        "Week of %(day)s, %(kind)s: %(num)s",
        day=tr.day_inline(week.first, "d MMM"),
        kind=tr(KINDS[word]),
        num=value,
    )
    height = scale.bottom - scale.top + TOP
    marks = [
        charts.area(columns.x(i), scale.top - TOP + 2, columns.step, height),
        charts.path(charts.bars(only, columns, scale), f"c-{word}"),
        charts.text(columns.mid(i), scale.y(value) - 4, str(value), "c-num", "middle"),
    ]
    return charts.link(f"/flags{week_query(week.first, word)}", says, marks)


def waits_chart(weeks: Sequence[Week], title: str, finding: str, tr: Translator) -> Markup:
    """The median time to acknowledge in each week, as a share of the time that there was."""
    columns = Columns(LEFT, RIGHT, len(weeks))
    drawn, links, targets, top = [], [], [], TOP
    shares = [week.taken[word].share or 0 for week in weeks for word in TIMED]
    highest = min(max(LOWEST, *shares), HIGHEST)
    for word in TIMED:
        scale = Scale(top, top + WAIT, highest)
        targets.append(charts.across(scale.y(FULL), columns, "c-target"))
        drawn += [
            charts.across(scale.y(0), columns, "c-axis"),
            charts.text(LEFT - 8, scale.y(FULL) + 4, "100%", anchor="end"),
            charts.text(LEFT - 8, scale.y(0) + 4, "0", anchor="end"),
            charts.label(LABELS, scale.y(FULL) + 4 - NAME, tr(KINDS[word]), width=12),
            charts.label(LABELS, scale.y(FULL) + 4, tr("time to act"), "", 12),
        ]
        if not any(week.taken[word].of for week in weeks):
            drawn.append(charts.text(LABELS, scale.bottom, tr("none")))
        for i, week in enumerate(weeks):
            if week.taken[word].of or week.taken[word].median is not None:
                links.append(_wait(columns, scale, i, week, word, tr))
        top += WAIT + GAP + TOP
    drawn += _dates(weeks, columns, top - GAP, tr)
    parts = [charts.unread(drawn), *links, charts.unread(targets)]
    return charts.svg(WIDTH, int(top - 14 + LINE), title, finding, parts, "waits", "group")


def _wait(columns: Columns, scale: Scale, i: int, week: Week, word: str, tr: Translator) -> str:
    taken = week.taken[word]
    only: list[float | None] = [None] * columns.count
    only[i] = taken.share
    median = waited(taken.median, tr)
    says = tr(
        "Week of %(day)s, %(kind)s: median %(wait)s, late %(num)s",
        day=tr.day_inline(week.first, "d MMM"),
        kind=tr(KINDS[word]),
        wait=median,
        num=taken.late,
    )
    height = scale.bottom - scale.top
    marks = [
        charts.area(columns.x(i), scale.top - TOP + 2, columns.step, height + TOP + 16),
        charts.path(charts.bars(only, columns, scale), f"c-{word}"),
        charts.text(columns.mid(i), scale.y(taken.share or 0) - 4, median, "c-num", "middle"),
    ]
    if taken.late:
        marks.append(charts.path(charts.triangles([i], columns, scale.bottom + 5, 8), "c-late-n"))
        marks.append(charts.text(columns.mid(i) + 8, scale.bottom + 14, str(taken.late), "c-num"))
    return charts.link(f"/flags{week_query(week.first)}", says, marks)


def _lines(columns: Columns, scale: Scale, marks: Sequence[float], tr: Translator) -> list[str]:
    found = []
    for mark in marks:
        y = scale.y(mark)
        found.append(charts.across(y, columns, "c-grid" if mark else "c-axis"))
        found.append(charts.text(LEFT - 8, y + 4, tr.number(mark), anchor="end"))
    return found


def _dates(weeks: Sequence[Week], columns: Columns, y: float, tr: Translator) -> list[str]:
    """The Monday of every other week, up to the one that is not over yet, which says so."""
    running = charts.text(columns.mid(len(weeks) - 1), y + LINE, tr("not over"), anchor="middle")
    return [
        running,
        *(
            charts.text(columns.mid(i), y, tr.day_inline(week.first, "d MMM"), anchor="middle")
            for i, week in enumerate(weeks)
            if (len(weeks) - 1 - i) % 2 == 0
        ),
    ]
