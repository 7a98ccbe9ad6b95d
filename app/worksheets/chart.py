"""The rulers over time: one small panel for each, on one axis of dates. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup

from app.clock import local_day
from app.i18n import N_, Translator
from app.web import charts
from app.web.charts import Columns, Scale, number
from app.worksheets.shared import RulerPoint

NAMES = (
    ("importance", N_("Importance")),
    ("confidence", N_("Confidence")),
    ("readiness", N_("Readiness")),
)
# As wide as a card on the narrowest phone.
WIDTH, LEFT, RIGHT = 240, 28, 232
PANEL, TOP, SPACE = 64, 26, 40


def rulers_chart(points: Sequence[RulerPoint], tr: Translator, zone: str) -> Markup:
    """``points``, the oldest first and at least one, as panels from 0 to 10.

    A place on the axis is a local day in ``zone``; of several on one day the last stands.
    """
    days = [local_day(one.at, zone) for one in points]
    last = max(days[-1], days[0] + timedelta(days=1))
    columns = Columns(LEFT, RIGHT, (last - days[0]).days + 1)
    parts: list[str] = []
    top = TOP
    shown = [(name, words) for name, words in NAMES if _known(points, name)]
    for name, words in shown:
        values = {
            day: getattr(one, name)
            for day, one in zip(days, points, strict=True)
            if getattr(one, name) is not None
        }
        parts += _panel(tr(words), values, days[0], columns, top)
        top += PANEL + SPACE
    bottom = top - SPACE + 18
    parts.append(charts.text(LEFT, bottom, tr.day_inline(days[0], "d MMM")))
    parts.append(charts.text(RIGHT, bottom, tr.day_inline(last, "d MMM"), "", "end"))
    return charts.svg(WIDTH, bottom + 8, tr("Rulers over time"), finding(points, tr), parts, "r")


def _known(points: Sequence[RulerPoint], name: str) -> list[int]:
    return [value for one in points if (value := getattr(one, name)) is not None]


def _panel(
    words: str, values: dict[date, int], first: date, columns: Columns, top: float
) -> list[str]:
    scale = Scale(top, top + PANEL, 10)
    at = [(columns.mid((day - first).days), scale.y(value)) for day, value in values.items()]
    way = [f"{'L' if n else 'M'}{number(x)} {number(y)}" for n, (x, y) in enumerate(at)]
    return [
        charts.text(LEFT, top - 10, words, "c-name"),
        charts.across(scale.y(0), columns, "c-grid"),
        charts.across(scale.y(10), columns, "c-grid"),
        charts.text(LEFT - 6, scale.y(0) + 4, "0", "", "end"),
        charts.text(LEFT - 6, scale.y(10) + 4, "10", "", "end"),
        charts.path(way, "c-km"),
        *(charts.path(_dot(x, y), "c-dose") for x, y in at),
    ]


def _dot(x: float, y: float) -> list[str]:
    left = number(x - 3)
    return [f"M{left} {number(y)}a3 3 0 1 0 6 0a3 3 0 1 0-6 0z"]


def finding(points: Sequence[RulerPoint], tr: Translator) -> str:
    """What there is to see, in words: the first and the last number of each ruler."""
    found = []
    for name, words in NAMES:
        known = _known(points, name)
        if len(known) > 1:
            ends = {"what": tr(words), "first": known[0], "last": known[-1]}
            found.append(tr("%(what)s: %(first)s at first, %(last)s now.", **ends))
        elif known:
            found.append(tr("%(what)s: %(number)s of 10.", what=tr(words), number=known[0]))
    return " ".join(found)


def table_rows(points: Sequence[RulerPoint], tr: Translator, zone: str) -> list[tuple[str, ...]]:
    """The same as a table: the day, then each ruler, a dash where it was left empty."""
    return [
        (
            tr.day_inline(local_day(one.at, zone), "d MMM y"),
            *("–" if getattr(one, name) is None else str(getattr(one, name)) for name, _ in NAMES),
        )
        for one in points
    ]
