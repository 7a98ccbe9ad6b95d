"""The two weeks behind a possible reaction: S, tablets, craving and alcohol, drawn and as a table.

Pure: what the rules found (`withdrawal_chart`) in, a drawing and words out. A time that nobody told
is on its day and at no hour.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from markupsafe import Markup

from app.clock import local, local_day
from app.i18n import Translator
from app.rules.withdrawal_chart import DoseMark, SumPoint, WithdrawalChart
from app.timeline.days import day_range
from app.web import charts
from app.web.charts import Columns, Scale

# Drawn for the narrowest phone; wider ones show it larger.
WIDTH, HEIGHT, LEFT, RIGHT = 240, 270, 28, 238
SUM, TABLETS, CRAVING, DRINKS, DATES = (22, 96), 122, (158, 186), (214, 242), 264
TITLE_ABOVE = 8
MOST_CRAVING = 100


@dataclass(frozen=True, slots=True)
class Day:
    """One local day. `grams` and `craving` are None where nothing was told."""

    day: date
    points: list[SumPoint] = field(default_factory=list)
    doses: list[DoseMark] = field(default_factory=list)
    untaken: str = ""
    grams: float | None = None
    due: bool = True
    """whether a tablet was to be taken: from the first dose on"""

    @property
    def craving(self) -> float | None:
        told = [one.craving for one in self.points if one.craving is not None]
        return max(told, default=None)


@dataclass(frozen=True, slots=True)
class Fortnight:
    """What the page shows; the rows have the newest day first."""

    finding: str
    key: str
    drawing: Markup
    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]


def fortnight(
    chart: WithdrawalChart, about: datetime, zone: str, first_dose: date | None, tr: Translator
) -> Fortnight | None:
    """None where no check-in was told in these days: then there is no sum to see.

    ``first_dose``: as planned; before it no tablet is missing.
    """
    if not chart.points:
        return None
    days = _days(chart, zone, first_dose)
    finding = _finding(chart, about, zone, tr)
    headings = (tr("Day"), "S", tr("Tablet"), tr("Opioid craving"), tr("Alcohol, g"))
    return Fortnight(
        finding=finding,
        key=_key(chart, tr),
        drawing=_drawing(chart, days, about, zone, finding, tr),
        headings=headings,
        rows=[_row(day, zone, tr) for day in reversed(days)],
    )


def _days(chart: WithdrawalChart, zone: str, first_dose: date | None) -> list[Day]:
    grams = {one.day: one.grams for one in chart.drinks}
    untaken = {one.day: "held" if one.held else "not_taken" for one in chart.untaken}
    found = {
        day: Day(
            day,
            untaken=untaken.get(day, ""),
            grams=grams.get(day),
            due=first_dose is None or day >= first_dose,
        )
        for day in day_range(chart.first, chart.last)
    }
    for point in chart.points:
        found[local_day(point.at, zone)].points.append(point)
    for dose in chart.doses:
        found[dose.day].doses.append(dose)
    return list(found.values())


def _of_finding(chart: WithdrawalChart, about: datetime) -> SumPoint:
    """The check-in that the finding is about; the last one where it is about a whole stretch."""
    return next((one for one in chart.points if one.at == about), chart.points[-1])


def _finding(chart: WithdrawalChart, about: datetime, zone: str, tr: Translator) -> str:
    one = _of_finding(chart, about)
    said = [tr("S %(sum)s on %(when)s.", sum=tr.number(one.total), when=tr.moment(one.at, zone))]
    before = [other.total for other in chart.points if other.at < one.at]
    if before:
        said.append(tr("Before that at most %(sum)s in these days.", sum=tr.number(max(before))))
    if chart.band is None:
        # Without a check-in of the run-in there is nothing of the person's own to count against.
        said.append(
            tr(
                "No check-in before the first dose is on record: "
                "S is counted against the protocol's reference answers."
            )
        )
    else:
        low, high = (tr.number(value) for value in chart.band)
        said.append(tr("Usual for this person: %(low)s to %(high)s.", low=low, high=high))
    return " ".join(said)


def _key(chart: WithdrawalChart, tr: Translator) -> str:
    """What the lines and marks mean."""
    said = []
    if chart.urgent:
        said.append(tr("Upper dashes: urgent from %(line)s.", line=tr.number(chart.urgent)))
    if chart.routine:
        said.append(tr("Lower dashes: routine from %(line)s.", line=tr.number(chart.routine)))
    if chart.band is not None:
        said.append(tr("Shaded: usual for this person."))
    said.append(tr("Square: taken. Cross: not taken. Small square: on hold. Dotted: not told."))
    said.append(tr("Grey: nothing told that day."))
    return " ".join(said)


def _row(day: Day, zone: str, tr: Translator) -> tuple[str, ...]:
    blank = tr("not told")
    sums = ", ".join(f"{tr.time(one.at, zone)}: {tr.number(one.total)}" for one in day.points)
    craving, grams = day.craving, day.grams
    return (
        tr.day_inline(day.day),
        sums or blank,
        _tablet(day, zone, tr) or (blank if day.due else "–"),
        blank if craving is None else tr.number(craving),
        blank if grams is None else tr.number(grams, 0),
    )


def _tablet(day: Day, zone: str, tr: Translator) -> str:
    said = [
        tr("taken at %(time)s", time=tr.time(one.at, zone))
        if one.at is not None
        else tr("taken, time not told")
        for one in day.doses
    ]
    if not said and day.untaken:
        said.append(tr("on hold") if day.untaken == "held" else tr("not taken"))
    return ", ".join(said)


def _drawing(
    chart: WithdrawalChart,
    days: list[Day],
    about: datetime,
    zone: str,
    finding: str,
    tr: Translator,
) -> Markup:
    columns = Columns(LEFT, RIGHT, len(days))
    parts = [
        *_sums(chart, days, columns, about, zone, tr),
        *_tablets(days, columns, tr),
        *_craving(days, columns, tr),
        *_alcohol(days, columns, tr),
        *_dates(days, columns, tr),
    ]
    title = tr("The two weeks before")
    return charts.svg(WIDTH, HEIGHT, title, finding, [charts.unread(parts)], "fortnight")


def _name(panel_top: int, words: str) -> str:
    return charts.text(LEFT, panel_top - TITLE_ABOVE, words, "c-name")


def _gaps(days: list[Day], told: list[bool], columns: Columns, panel: tuple[int, int]) -> str:
    places = [place for place, one in enumerate(told) if not one]
    return charts.path(charts.columns_at(places, columns, *panel), "c-gap")


def _sums(
    chart: WithdrawalChart,
    days: list[Day],
    columns: Columns,
    about: datetime,
    zone: str,
    tr: Translator,
) -> list[str]:
    most = max(one.total for one in chart.points)
    scale = Scale(*SUM, max(most, chart.urgent, chart.routine, 1) * 1.15)
    parts = [_name(SUM[0], tr("S, the sum of what rose"))]
    parts.append(_gaps(days, [bool(day.points) for day in days], columns, SUM))
    if chart.band is not None:
        low, high = (scale.y(value) for value in chart.band)
        width = columns.right - columns.left
        box = f"M{LEFT} {charts.number(high)}h{charts.number(width)}V{charts.number(low)}H{LEFT}z"
        parts += [charts.path([box], "c-band"), charts.across(high, columns, "c-usual")]
    parts += [
        charts.across(scale.y(line), columns, "c-line")
        for line in (chart.routine, chart.urgent)
        if line
    ]
    parts.append(charts.across(SUM[1], columns, "c-axis"))
    for mark in (0, chart.urgent or most):
        parts.append(charts.text(LEFT - 6, scale.y(mark) + 4, tr.number(mark), anchor="end"))
    spots = [(one, _x(one.at, days, columns, zone), scale.y(one.total)) for one in chart.points]
    parts.append(charts.path(_line(spots, zone), "c-crave"))
    own = _of_finding(chart, about)
    for one, x, y in spots:
        parts.append(charts.path([charts.spot(x, y, 4.5 if one is own else 2.5)], "c-pt"))
    _, x, y = next(each for each in spots if each[0] is own)
    # Above the spot, or where there is no room left of it.
    above = y - 10 >= SUM[0]
    at = min(max(x + 8, LEFT + 40), RIGHT) if above else x - 8
    parts.append(charts.text(at, y - 9 if above else y + 4, tr.number(own.total), "c-own", "end"))
    return parts


def _x(moment: datetime, days: list[Day], columns: Columns, zone: str) -> float:
    """A moment on the axis of days, by the hour of the local day."""
    here = local(moment, zone)
    share = (here.hour + here.minute / 60) / 24
    return columns.x((here.date() - days[0].day).days + share)


def _line(spots: list[tuple[SumPoint, float, float]], zone: str) -> list[str]:
    """From check-in to check-in; it breaks where a day between them has none."""
    marks: list[str] = []
    before: date | None = None
    for one, x, y in spots:
        day = local_day(one.at, zone)
        joined = before is not None and (day - before).days <= 1
        marks.append(f"{'L' if joined else 'M'}{charts.number(x)} {charts.number(y)}")
        before = day
    return marks


def _tablets(days: list[Day], columns: Columns, tr: Translator) -> list[str]:
    at: dict[str, list[int]] = {"taken": [], "not_taken": [], "held": [], "": []}
    for place, day in enumerate(days):
        at["taken" if day.doses else day.untaken].append(place)
    blank = [place for place in at[""] if days[place].due]
    return [
        _name(TABLETS, tr("Tablet")),
        charts.path(charts.squares(at["taken"], columns, TABLETS), "c-dose"),
        charts.path(charts.crosses(at["not_taken"], columns, TABLETS), "c-off"),
        charts.path(charts.squares(at["held"], columns, TABLETS + 3, 3), "c-zero"),
        charts.path(charts.squares(blank, columns, TABLETS), "c-blank"),
    ]


def _craving(days: list[Day], columns: Columns, tr: Translator) -> list[str]:
    values = [day.craving for day in days]
    scale = Scale(*CRAVING, MOST_CRAVING)
    parts = [_name(CRAVING[0], tr("Opioid craving"))]
    parts.append(_gaps(days, [value is not None for value in values], columns, CRAVING))
    parts += _ends(scale, columns, MOST_CRAVING, tr)
    parts.append(charts.path(charts.line(values, columns, scale), "c-crave2"))
    for place, value in enumerate(values):
        if value is not None:
            parts.append(charts.path(charts.dots([place], columns, scale.y(value), 2), "c-pt2"))
    return parts


def _alcohol(days: list[Day], columns: Columns, tr: Translator) -> list[str]:
    values = [day.grams for day in days]
    most = charts.ticks(max([20, *(value for value in values if value)]), 2)[-1]
    scale = Scale(*DRINKS, most)
    parts = [_name(DRINKS[0], tr("Alcohol, g"))]
    parts.append(_gaps(days, [value is not None for value in values], columns, DRINKS))
    parts += _ends(scale, columns, most, tr)
    parts.append(charts.path(charts.bars(values, columns, scale), "c-drink"))
    return parts


def _ends(scale: Scale, columns: Columns, most: float, tr: Translator) -> list[str]:
    """The lines of nothing and of the most, with their numbers."""
    parts = []
    for mark, cls in ((0, "c-axis"), (most, "c-grid")):
        parts.append(charts.across(scale.y(mark), columns, cls))
        parts.append(charts.text(LEFT - 6, scale.y(mark) + 4, tr.number(mark), anchor="end"))
    return parts


def _dates(days: list[Day], columns: Columns, tr: Translator) -> list[str]:
    """The last day, and back from it, as many as there is room for."""
    parts = []
    for place in range(len(days) - 1, 1, -5):
        x = columns.mid(place)
        parts.append(charts.path([f"M{charts.number(x)} {DRINKS[1]}v5"], "c-axis"))
        words = tr.day_inline(days[place].day, "d MMM")
        parts.append(charts.text(columns.x(place + 1), DATES, words, anchor="end"))
    return parts
