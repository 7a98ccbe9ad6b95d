"""The day chart of the brief: panels on one time axis, a grey column where nothing was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app.brief.record import Day, Record
from app.i18n import Translator
from app.web import charts
from app.web.charts import Columns, Scale

# As wide as its place beside the own words on a small laptop: there it stands as it is drawn.
WIDTH, HEIGHT = 600, 253
LEFT, RIGHT, LABELS = 30, 492, 500
LETTERS = 11  # of a label in one line, in the widest of common fonts
DRINKS, URGES = (22, 110), (132, 174)
LATE = 113
TABLETS, OPIOIDS, SIDE_EFFECTS, DATES = 184, 205, 217, 248
LEVELS = 4


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands on single days besides the answers: sessions with their number, specimens."""

    sessions: Mapping[date, int]
    positive: frozenset[date]


def day_chart(record: Record, marks: Marks, title: str, finding: str, tr: Translator) -> Markup:
    """All days of the record as inline SVG; `finding` is its text for who does not see it."""
    days = record.days
    columns = Columns(LEFT, RIGHT, len(days))
    parts = [
        *_drinks(record, columns, tr),
        *_filled_in_later(record, columns),
        *_urges(record, columns, tr),
        *_tablets(record, columns, tr),
        *_opioids(record, marks.positive, columns, tr),
        *_side_effects(record, columns, tr),
        *_sessions(days, marks.sessions, columns, tr),
        *_dates(days, columns, tr),
    ]
    return charts.svg(WIDTH, HEIGHT, title, finding, parts)


def _gaps(
    values: Sequence[object], record: Record, columns: Columns, panel: tuple[int, int]
) -> str:
    """Grey columns, where something was asked and nothing told."""
    places = [
        i
        for i, (value, asked) in enumerate(zip(values, record.asked_on, strict=True))
        if value is None and asked
    ]
    return charts.path(charts.columns_at(places, columns, *panel), "c-gap")


def _drinks(record: Record, columns: Columns, tr: Translator) -> list[str]:
    values = [None if d.grams is None else d.grams / record.standard for d in record.days]
    heavy = record.drinks(record.heavy)
    marks = charts.ticks(max([heavy * 1.2, *(v for v in values if v)]))
    scale = Scale(DRINKS[0], DRINKS[1], marks[-1])
    parts = [_gaps(values, record, columns, DRINKS)]
    for mark in marks:
        y = scale.y(mark)
        parts.append(charts.across(y, columns, "c-axis" if mark == 0 else "c-grid"))
        parts.append(charts.text(LEFT - 8, y + 4, tr.number(mark), anchor="end"))
    parts.append(charts.path(charts.bars(values, columns, scale), "c-drink"))
    parts.append(charts.across(scale.y(heavy), columns, "c-heavy"))
    parts.append(charts.label(LABELS, DRINKS[0] + 4, tr("Standard drinks"), width=LETTERS))
    parts.append(charts.text(LABELS, max(scale.y(heavy) + 4, DRINKS[0] + 38), tr("heavy day")))
    return parts


def _filled_in_later(record: Record, columns: Columns) -> list[str]:
    """Below the bars, so that it shows on a day without alcohol too."""
    late = [i for i, day in enumerate(record.days) if day.from_memory]
    return [charts.path(charts.triangles(late, columns, LATE), "c-late")]


def _urges(record: Record, columns: Columns, tr: Translator) -> list[str]:
    days = record.days
    scale = Scale(URGES[0], URGES[1], 10)
    alcohol = [day.alcohol_urge for day in days]
    opioids = [day.opioid_urge for day in days]
    either = [a if a is not None else o for a, o in zip(alcohol, opioids, strict=True)]
    parts = [_gaps(either, record, columns, URGES)]
    for mark in (0, 5, 10):
        y = scale.y(mark)
        parts.append(charts.across(y, columns, "c-grid" if mark else "c-axis"))
        parts.append(charts.text(LEFT - 8, y + 4, str(mark), anchor="end"))
    for values, stroke, point in ((opioids, "c-crave2", "c-pt2"), (alcohol, "c-crave", "c-pt")):
        parts.append(charts.path(charts.line(values, columns, scale), stroke))
        for i in charts.alone(values):
            spot = charts.dots([i], columns, scale.y(values[i] or 0), 3)
            parts.append(charts.path(spot, point))
    parts.append(charts.text(LABELS, URGES[0] + 4, tr("Urge, 0 to 10"), "c-name"))
    parts.append(charts.path([f"M{LABELS} {URGES[0] + 19}h16"], "c-crave"))
    parts.append(charts.text(LABELS + 22, URGES[0] + 23, tr("alcohol")))
    parts.append(charts.path([f"M{LABELS} {URGES[0] + 38}h16"], "c-crave2"))
    parts.append(charts.text(LABELS + 22, URGES[0] + 42, tr("opioids")))
    return parts


def _places(record: Record, field: str) -> dict[object, list[int]]:
    """Columns by value; a day that nobody asked about is in no strip, unless it was told."""
    found: dict[object, list[int]] = {}
    for i, (day, asked) in enumerate(zip(record.days, record.asked_on, strict=True)):
        value = getattr(day, field)
        if value is not None or asked:
            found.setdefault(value, []).append(i)
    return found


def _blank(places: Sequence[int], columns: Columns, y: float) -> str:
    """Dotted squares; where columns are narrow, plain grey reads better than dots."""
    cls = "c-blank" if columns.step > 6 else "c-gap"
    return charts.path(charts.squares(places, columns, y), cls)


def _tablets(record: Record, columns: Columns, tr: Translator) -> list[str]:
    at = _places(record, "tablet")
    blank = at.get(None, ())
    return [
        charts.path(charts.squares(at.get("taken", ()), columns, TABLETS), "c-dose"),
        charts.path(charts.crosses(at.get("not_taken", ()), columns, TABLETS), "c-no"),
        charts.path(charts.squares(at.get("held", ()), columns, TABLETS + 3, 3), "c-zero"),
        _blank([i for i in blank if record.asks_tablet(record.days[i].day)], columns, TABLETS),
        charts.text(LABELS, TABLETS + 9, tr("Tablet"), "c-name"),
    ]


def _opioids(
    record: Record, positive: frozenset[date], columns: Columns, tr: Translator
) -> list[str]:
    at = _places(record, "opioids")
    tested = [i for i, day in enumerate(record.days) if day.day in positive and not day.opioids]
    return [
        charts.path(charts.dots(at.get(False, ()), columns, OPIOIDS), "c-dot"),
        charts.path(charts.diamonds(at.get(True, ()), columns, OPIOIDS), "c-opi"),
        charts.path(charts.diamonds(tested, columns, OPIOIDS, 4.5), "c-crave2"),
        charts.text(LABELS, OPIOIDS + 4, tr("Opioids"), "c-name"),
    ]


def _side_effects(record: Record, columns: Columns, tr: Translator) -> list[str]:
    at = _places(record, "worst")
    parts = [
        charts.path(charts.squares(at.get(level, ()), columns, SIDE_EFFECTS), f"c-se{level}")
        for level in range(LEVELS + 1)
    ]
    parts.append(_blank(at.get(None, ()), columns, SIDE_EFFECTS))
    parts.append(charts.label(LABELS, SIDE_EFFECTS + 9, tr("Worst side effect"), width=LETTERS))
    return parts


def _sessions(
    days: Sequence[Day], sessions: Mapping[date, int], columns: Columns, tr: Translator
) -> list[str]:
    parts = []
    # Over 24 weeks the names of neighbors would run into each other.
    named = 1 if len(days) <= 60 else 4
    for i, day in enumerate(days):
        if day.day in sessions:
            x = columns.mid(i)
            line = f"M{charts.number(x)} {DRINKS[0] - 6}V{URGES[1]}"
            parts.append(charts.path([line], "c-sess"))
            if sessions[day.day] % named:
                continue
            name = tr("S%(number)s", number=sessions[day.day])
            parts.append(charts.text(x, DRINKS[0] - 10, name, "c-sess-t", "middle"))
    return parts


def _dates(days: Sequence[Day], columns: Columns, tr: Translator) -> list[str]:
    every = 7 if len(days) <= 60 else 28
    parts = []
    for i in range(0, len(days) - every // 2, every):
        x = columns.x(i)
        parts.append(charts.path([f"M{charts.number(x + 1)} {DATES - 18}v6"], "c-axis"))
        parts.append(charts.text(x, DATES, tr.day_inline(days[i].day, "d MMM")))
    return parts
