"""The picture in panels: each a chart, what it says in words, and its table. Pure.

Drawn in the way of the brief's chart, a panel at a time and as wide as the narrowest phone: a
column a day or a week, grey where nothing was told. No color says that a day was good or bad.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.brief.names import levels
from app.i18n import Translator
from app.mine.picture import TABLET, Picture, Span, mean, total
from app.web import charts
from app.web.charts import Columns, Scale

# As wide as a card on the narrowest phone.
WIDTH, LEFT, RIGHT = 240, 28, 236
TOP, BOTTOM, LOW, DATES = 12, 96, 40, 22
# Of a date with the longest name of a month, in the widest of common fonts.
DATE_WIDTH = 62
URGES, LEVELS, WEEK = 10, 4, 7
DRINKS, WORST = ("grams",), ("worst",)
ALCOHOL, OPIOID = "alcohol_urge", "opioid_urge"
Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table after the day: its heading, and what stands there for a span."""

    heading: str
    cell: Callable[[Span], str]


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart with its title; `lines` stand under it, `rows` are its table, the newest first."""

    key: str
    title: str
    finding: str
    chart: Markup
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Painter:
    """Draws the panels of one picture. `grams`: in a standard drink, where they are shown."""

    picture: Picture
    grams: float | None
    tr: Translator

    def panels(self) -> tuple[Panel, ...]:
        return (self._drinks(), self._urges(), self._tablets(), self._worst())

    def amount(self, span: Span) -> float | None:
        """What a bar shows: standard drinks where the protocol does, else drinks as counted."""
        if self.grams is None:
            return total(span.drinks())
        grams = total(span.values("grams"))
        return None if grams is None else grams / self.grams

    def _drinks(self) -> Panel:
        tr, standard = self.tr, self.grams is not None
        if self.picture.daily:
            title = tr("Standard drinks, day by day") if standard else tr("Drinks, day by day")
        else:
            title = tr("Standard drinks a week") if standard else tr("Drinks a week")
        columns = [Column(tr("Drinks"), lambda span: self._number(total(span.drinks())))]
        if standard:
            columns.append(Column(tr("Standard drinks"), lambda s: self._number(self.amount(s))))
        values = [self.amount(span) for span in self.picture.spans]
        marks = charts.ticks(max([4, *(value for value in values if value)]), 3)
        parts = self._bars(values, DRINKS, marks, "c-drink")
        lines = self._weeks() if self.picture.daily else ()
        return self._panel("drinks", title, DRINKS, parts, columns, self._free_days(), lines)

    def _free_days(self) -> str:
        told = [one.day.grams for one in self.picture.days if one.day.grams is not None]
        if not told:
            return ""
        free = told.count(0)
        return self.tr.n("%(num)s day without alcohol.", "%(num)s days without alcohol.", free)

    def _weeks(self) -> tuple[str, ...]:
        """Each week as a number, with the days it was counted over; the running one first."""
        return tuple(
            self.tr(
                "%(week)s: %(amount)s; days told: %(told)s of %(asked)s",
                week=self._name(week),
                amount=self._number(self.amount(week)),
                told=week.told(DRINKS),
                asked=week.asked(DRINKS),
            )
            for week in reversed(self.picture.weeks)
            if week.asked(DRINKS)
        )

    def _urges(self) -> Panel:
        tr, scale, columns = self.tr, Scale(TOP, BOTTOM, URGES), self._columns
        parts = [self._gaps((ALCOHOL, OPIOID)), *self._levels(scale, (0, 5, URGES))]
        for field, stroke, point in ((OPIOID, "c-crave2", "c-pt2"), (ALCOHOL, "c-crave", "c-pt")):
            values = [mean(span.values(field)) for span in self.picture.spans]
            parts.append(charts.path(charts.line(values, columns, scale), stroke))
            for at in charts.alone(values):
                spot = charts.dots([at], columns, scale.y(values[at] or 0), 3)
                parts.append(charts.path(spot, point))
        cells = [
            Column(tr("Alcohol"), lambda span: self._number(mean(span.values(ALCOHOL)))),
            Column(tr("Opioids"), lambda span: self._number(mean(span.values(OPIOID)))),
        ]
        return self._panel("urges", tr("Urges, 0 to 10"), (ALCOHOL, OPIOID), parts, cells)

    def _tablets(self) -> Panel:
        tr, daily = self.tr, self.picture.daily
        if daily:
            parts = self._strip()
            cells = Column(tr("Tablet"), self._tablet)
        else:
            values = [span.tablets() for span in self.picture.spans]
            marks = [0, max([WEEK, *(value for value in values if value)])]
            parts = self._bars(values, TABLET, marks, "c-dose")
            cells = Column(tr("Tablets taken"), lambda span: self._number(span.tablets()))
        taken = sum(one.tablets for one in self.picture.days)
        more = tr.n("%(num)s tablet taken.", "%(num)s tablets taken.", taken)
        bottom = LOW if daily else BOTTOM
        return self._panel("tablets", tr("Tablets"), TABLET, parts, [cells], more, bottom=bottom)

    def _tablet(self, span: Span) -> str:
        """One day in words; a second tablet is named, as every count has it."""
        tr, taken = self.tr, span.tablets() or 0
        if taken > 1:
            return tr.n("%(num)s tablet taken", "%(num)s tablets taken", taken)
        words = {"taken": tr("taken"), "not_taken": tr("not taken"), "held": tr("on hold")}
        return "".join(words[one] for one in span.values("tablet")) or self._blank

    def _strip(self) -> list[str]:
        """A mark a day on one line: taken, not taken, on hold."""
        middle, columns = (TOP + LOW) / 2 - 4.5, self._columns
        at: dict[object, list[int]] = {}
        for place, one in enumerate(self.picture.days):
            at.setdefault(one.day.tablet, []).append(place)
        return [
            self._gaps(TABLET, LOW),
            charts.across(LOW, columns, "c-axis"),
            charts.path(charts.squares(at.get("taken", ()), columns, middle), "c-dose"),
            charts.path(charts.crosses(at.get("not_taken", ()), columns, middle), "c-off"),
            charts.path(charts.squares(at.get("held", ()), columns, middle + 3, 3), "c-pt2"),
        ]

    def _worst(self) -> Panel:
        tr, names = self.tr, levels(self.tr.lang)
        values = [_worst_of(span) for span in self.picture.spans]
        parts = self._bars(values, WORST, [0, LEVELS / 2, LEVELS], "c-pt")

        def cell(span: Span) -> str:
            worst = _worst_of(span)
            return self._blank if worst is None else names[worst]

        title = tr("Worst side effect, 0 to 4")
        more = tr("From 0, “%(low)s”, to 4, “%(high)s”.", low=names[0], high=names[-1])
        cells = [Column(tr("Worst side effect"), cell)]
        return self._panel("worst", title, WORST, parts, cells, more)

    @property
    def _columns(self) -> Columns:
        return Columns(LEFT, RIGHT, len(self.picture.spans))

    @property
    def _blank(self) -> str:
        return self.tr("blank")

    def _number(self, value: float | None) -> str:
        return self._blank if value is None else self.tr.number(value)

    def _name(self, span: Span) -> str:
        if len(span.days) == 1:
            return self.tr.day_inline(span.first, "EEE d MMM")
        first, last = (self.tr.day_inline(day, "d MMM") for day in (span.first, span.last))
        return self.tr("%(first)s to %(last)s", first=first, last=last)

    def _gaps(self, fields: Sequence[str], bottom: float = BOTTOM) -> str:
        """Grey on every single day that was asked about and of which nothing was told."""
        days = self.picture.days
        blank = [at for at, one in enumerate(days) if one.blank(fields)]
        by_day = Columns(LEFT, RIGHT, len(days))
        return charts.path(charts.columns_at(blank, by_day, TOP, bottom), "c-gap")

    def _levels(self, scale: Scale, marks: Sequence[float]) -> list[str]:
        drawn = []
        for mark in marks:
            y = scale.y(mark)
            drawn.append(charts.across(y, self._columns, "c-grid" if mark else "c-axis"))
            drawn.append(charts.text(LEFT - 5, y + 4, self.tr.number(mark), anchor="end"))
        return drawn

    def _bars(
        self, values: Values, fields: Sequence[str], marks: Sequence[float], cls: str
    ) -> list[str]:
        """Bars, and a ring on the line where none was told: that is an answer, and no blank."""
        scale, columns = Scale(TOP, BOTTOM, marks[-1]), self._columns
        none = [at for at, value in enumerate(values) if value == 0]
        return [
            self._gaps(fields),
            *self._levels(scale, marks),
            charts.path(charts.bars(values, columns, scale), cls),
            charts.path(charts.dots(none, columns, BOTTOM, 2.5), "c-none"),
        ]

    def _dates(self, bottom: float) -> list[str]:
        """First days of weeks, as many as have room."""
        columns, week = self._columns, WEEK if self.picture.daily else 1
        step = week
        while step * columns.step < DATE_WIDTH:
            step += week
        drawn = []
        for at in range(0, columns.count, step):
            x = columns.x(at)
            if x + DATE_WIDTH <= WIDTH + 4:
                drawn.append(charts.path([f"M{charts.number(x)} {bottom}v5"], "c-axis"))
                day = self.tr.day_inline(self.picture.spans[at].first, "d MMM")
                drawn.append(charts.text(x, bottom + 18, day))
        return drawn

    def _panel(
        self,
        key: str,
        title: str,
        fields: Sequence[str],
        parts: Sequence[str],
        columns: Sequence[Column],
        more: str = "",
        lines: tuple[str, ...] = (),
        bottom: int = BOTTOM,
    ) -> Panel:
        asked = sum(span.asked(fields) for span in self.picture.spans)
        told = sum(span.told(fields) for span in self.picture.spans)
        counted = self.tr("%(told)s of %(asked)s days told.", told=told, asked=asked)
        finding = f"{counted} {more}".strip()
        drawn = [*parts, *self._dates(bottom)]
        table = [
            Column(self.tr("Day") if self.picture.daily else self.tr("Week"), self._name),
            *columns,
        ]
        if not self.picture.daily:
            table.append(Column(self.tr("Days told"), lambda span: self._told(span, fields)))
        shown = [span for span in reversed(self.picture.spans) if span.asked(fields)]
        return Panel(
            key=key,
            title=title,
            finding=finding,
            chart=charts.svg(WIDTH, bottom + DATES, title, finding, drawn, key),
            headings=tuple(column.heading for column in table),
            rows=tuple(tuple(column.cell(span) for column in table) for span in shown),
            lines=lines,
        )

    def _told(self, span: Span, fields: Sequence[str]) -> str:
        told, asked = span.told(fields), span.asked(fields)
        return self.tr("%(told)s of %(asked)s", told=told, asked=asked)


def _worst_of(span: Span) -> int | None:
    return max(span.values("worst"), default=None)
