"""The curve of who is still in treatment, with its band and the numbers at risk. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from app.i18n import Translator
from app.web import charts
from app.web.charts import Columns, Scale, number

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 640, 60, 624, 14, 214
QUARTERS = (0.25, 0.5, 0.75, 1.0)
TICK = 5


def curve(picture: Mapping[str, Any], title: str, finding: str, tr: Translator) -> Markup:
    """Kaplan-Meier from the first dose on, by day; a stroke across the line is a censoring."""
    days = 7 * picture["weeks"]
    columns, scale = Columns(LEFT, RIGHT, days), Scale(TOP, BOTTOM, 1.0)
    steps = picture["curve"]
    parts = [
        charts.path(_band(steps, days, columns, scale), "c-band"),
        charts.across(BOTTOM, columns, "c-axis"),
        *(charts.across(scale.y(share), columns, "c-grid") for share in QUARTERS),
        *(
            charts.text(LEFT - 8, scale.y(share) + 4, f"{tr.number(100 * share)}%", anchor="end")
            for share in (0.0, *QUARTERS)
        ),
        charts.path([_line(steps, days, columns, scale)], "c-km"),
        charts.path(_censored(steps, columns, scale), "c-km"),
        *_risk(picture["at_risk"], columns, tr),
    ]
    return charts.svg(WIDTH, BOTTOM + 56, title, finding, [charts.unread(parts)], "km")


def _line(steps: Sequence[Mapping[str, Any]], days: int, columns: Columns, scale: Scale) -> str:
    drawn = f"M{number(columns.x(0))} {number(scale.y(1.0))}"
    for step in steps:
        drawn += f"H{number(columns.x(step['day']))}V{number(scale.y(step['survival']))}"
    return drawn + f"H{number(columns.x(_end(steps, days)))}"


def _end(steps: Sequence[Mapping[str, Any]], days: int) -> int:
    """The curve says nothing of days that nobody has come to."""
    last: int = steps[-1]["day"] if steps else 0
    return min(last, days)


def _band(
    steps: Sequence[Mapping[str, Any]], days: int, columns: Columns, scale: Scale
) -> Iterator[str]:
    """One box for each step that has a band, up to the next."""
    ends = [step["day"] for step in steps[1:]] + [_end(steps, days)]
    for step, end in zip(steps, ends, strict=False):
        if step["low"] is None or end <= step["day"]:
            continue
        left, right = number(columns.x(step["day"])), number(columns.x(end))
        high, low = number(scale.y(step["high"])), number(scale.y(step["low"]))
        yield f"M{left} {high}H{right}V{low}H{left}z"


def _censored(steps: Sequence[Mapping[str, Any]], columns: Columns, scale: Scale) -> Iterator[str]:
    for step in steps:
        if step["censored"]:
            top = scale.y(step["survival"]) - TICK
            yield f"M{number(columns.x(step['day']))} {number(top)}v{2 * TICK}"


def _risk(at_risk: Sequence[Sequence[int]], columns: Columns, tr: Translator) -> Iterator[str]:
    yield charts.text(LEFT - 8, BOTTOM + 20, tr("week"), anchor="end")
    yield charts.text(LEFT - 8, BOTTOM + 44, tr("at risk"), anchor="end")
    for week, people in at_risk:
        x = columns.x(7 * week)
        yield charts.text(x, BOTTOM + 20, str(week), anchor="middle")
        yield charts.text(x, BOTTOM + 44, str(people), "c-num", "middle")
