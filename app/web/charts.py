"""Inline SVG from numbers: bars, broken lines, strips, on one axis of days. Pure.

Marks carry classes only, so that a chart follows the colors of the scheme, prints, and passes a
policy without style attributes. Marks of one kind are one path: a chart of half a year stays
small. Words are escaped where they are put in (`text`, `svg`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Columns:
    """`count` equal columns between `left` and `right`, in units of the drawing."""

    left: float
    right: float
    count: int

    @cached_property
    def step(self) -> float:
        """Width of one column."""
        return (self.right - self.left) / self.count

    def x(self, index: float) -> float:
        """Left edge of a column."""
        return self.left + index * self.step

    def mid(self, index: int) -> float:
        """Middle of a column."""
        return self.left + (index + 0.5) * self.step

    @cached_property
    def edges(self) -> list[float]:
        """`x` of each column."""
        return [self.left + index * self.step for index in range(self.count)]

    @cached_property
    def mids(self) -> list[float]:
        """`mid` of each column."""
        return [self.left + (index + 0.5) * self.step for index in range(self.count)]


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from 0 to `highest`, drawn upwards from `bottom` to `top`."""

    top: float
    bottom: float
    highest: float

    def y(self, value: float) -> float:
        """Where a value stands; what is above the scale is cut at its top."""
        share = min(value / self.highest, 1.0)
        return self.bottom - share * (self.bottom - self.top)


def ticks(highest: float, most: int = 4) -> list[float]:
    """Round numbers from 0 that reach `highest` in at most `most` steps."""
    step = unit = 1.0
    while step * most < highest:
        for factor in (2, 5, 10):
            step = unit * factor
            if step * most >= highest:
                break
        else:
            unit *= 10
    count = 1
    while count * step < highest:
        count += 1
    return [index * step for index in range(count + 1)]


@lru_cache(maxsize=8192)
def number(value: float) -> str:
    """A coordinate with at most one decimal; a day's place is the same in every chart."""
    return f"{value:.1f}".removesuffix(".0")


def path(marks: Iterable[str], cls: str) -> str:
    """Many marks as one path; nothing where there are none."""
    drawn = "".join(marks)
    return f'<path class="{cls}" d="{drawn}"/>' if drawn else ""


def bars(values: Sequence[float | None], columns: Columns, scale: Scale) -> list[str]:
    """One bar for each value above 0; a value that is not there has none."""
    gap = min(columns.step * 0.25, 4)
    width = number(columns.step - gap)
    bottom = number(scale.bottom)
    return [
        f"M{number(columns.edges[i] + gap / 2)} {bottom}V{number(scale.y(v))}h{width}V{bottom}z"
        for i, v in enumerate(values)
        if v
    ]


def line(values: Sequence[float | None], columns: Columns, scale: Scale) -> list[str]:
    """A line through neighbors; it breaks where a value is not there."""
    marks: list[str] = []
    for i, value in enumerate(values):
        if value is None:
            continue
        joined = i > 0 and values[i - 1] is not None
        marks.append(f"{'L' if joined else 'M'}{number(columns.mids[i])} {number(scale.y(value))}")
    return marks


def alone(values: Sequence[float | None]) -> list[int]:
    """Places of values without a neighbor, which no line shows."""
    padded = [None, *values, None]
    return [
        i
        for i, value in enumerate(values)
        if value is not None and padded[i] is None and padded[i + 2] is None
    ]


def columns_at(places: Iterable[int], columns: Columns, top: float, bottom: float) -> list[str]:
    """Whole columns, such as those of days without a report."""
    width, begin, height = number(columns.step), number(top), number(bottom - top)
    return [f"M{x} {begin}h{width}v{height}H{x}z"
            for x in [number(columns.edges[i]) for i in places]]  # fmt: skip


def squares(places: Iterable[int], columns: Columns, y: float, size: float = 9) -> list[str]:
    """A strip's squares; narrow columns make them upright bars."""
    width = min(columns.step - min(columns.step * 0.25, 3), size)
    rest = f" {number(y)}h{number(width)}v{number(size)}h{number(-width)}z"
    return [f"M{number(columns.mids[i] - width / 2)}{rest}" for i in places]


def crosses(places: Iterable[int], columns: Columns, y: float, size: float = 9) -> list[str]:
    """Crosses in a strip; narrow columns make them slim."""
    half = min(size, columns.step) / 2
    w, h = number(half * 2), number(size)
    rest = f" {number(y)}l{w} {h}m0-{h}l-{w} {h}"
    return [f"M{number(columns.mids[i] - half)}{rest}" for i in places]


def diamonds(places: Iterable[int], columns: Columns, y: float, half: float = 5.5) -> list[str]:
    """Diamonds around `y`."""
    h = number(half)
    rest = f" {number(y - half)}l{h} {h}-{h} {h}-{h}-{h}z"
    return [f"M{number(columns.mids[i])}{rest}" for i in places]


def triangles(places: Iterable[int], columns: Columns, y: float, height: float = 6) -> list[str]:
    """Triangles that point up, their tip at `y`; narrow columns make them slim."""
    half = min(height, columns.step - 1) / 2
    w, h = number(half), number(height)
    rest = f" {number(y)}l{w} {h}h-{number(half * 2)}z"
    return [f"M{number(columns.mids[i])}{rest}" for i in places]


def dots(places: Iterable[int], columns: Columns, y: float, radius: float = 1.5) -> list[str]:
    """Small round marks around `y`."""
    rest = _round(y, radius)
    return [f"M{number(columns.mids[i] - radius)}{rest}" for i in places]


def spot(x: float, y: float, radius: float) -> str:
    """A round mark anywhere, such as that of an hour between two days."""
    return f"M{number(x - radius)}{_round(y, radius)}"


def _round(y: float, radius: float) -> str:
    """What follows the left edge of a round mark; the same for all of a level."""
    r, d = number(radius), number(2 * radius)
    return f" {number(y)}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0-{d} 0z"


def text(x: float, y: float, words: str, cls: str = "", anchor: str = "") -> str:
    """One line of text; its words are escaped here."""
    more = f' class="{cls}"' if cls else ""
    if anchor:
        more += f' text-anchor="{anchor}"'
    return f'<text x="{number(x)}" y="{number(y)}"{more}>{escape(words)}</text>'


def label(x: float, y: float, words: str, cls: str = "c-name", width: int = 14) -> str:
    """A label beside a panel, broken into lines of about `width` letters."""
    lines: list[str] = []
    for word in words.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return "".join(text(x, y + 15 * n, one, cls) for n, one in enumerate(lines))


def across(y: float, columns: Columns, cls: str) -> str:
    """A level line over all columns."""
    return path([f"M{number(columns.left)} {number(y)}H{number(columns.right)}"], cls)


def link(href: str, says: str, parts: Iterable[str]) -> str:
    """Marks that lead somewhere; `says` is the name of the link for who does not see them."""
    return (
        f'<a class="c-link" href="{escape(href)}" aria-label="{escape(says)}">{"".join(parts)}</a>'
    )


def unread(parts: Iterable[str]) -> str:
    """What a screen reader passes over: the description and the table say it better."""
    return f'<g aria-hidden="true">{"".join(parts)}</g>'


def area(x: float, y: float, width: float, height: float) -> str:
    """The whole place of a mark, so that a small one is as easy to hit as a large one."""
    return path([f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}z"],
                "c-area")  # fmt: skip


def svg(
    width: int,
    height: int,
    title: str,
    finding: str,
    parts: Iterable[str],
    name: str = "c",
    role: str = "img",
) -> Markup:
    """The whole chart; `finding` says in words what there is to see.

    It is never shown smaller than `width` pixels, so a letter of 12 units has 12 pixels or more
    on every screen: draw it as wide as its narrowest place. `name` tells its ids apart from those
    of another chart on the page; `role` is "group" where marks are links: what is inside an image
    is read by nobody.
    """
    t, d = f"{name}-t", f"{name}-d"
    drawn = (
        f'<svg class="ch" width="{width}" viewBox="0 0 {width} {height}" role="{role}"'
        f' aria-labelledby="{t} {d}">'
        f'<title id="{t}">{escape(title)}</title><desc id="{d}">{escape(finding)}</desc>'
        f"{''.join(parts)}</svg>"
    )
    return Markup(drawn)  # noqa: S704 - every word in it was escaped where it was put in
