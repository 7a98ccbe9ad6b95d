"""Counts as a table for a terminal, and whether what was asked for is met. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.cohort.body import CAUSES
from bench.cohort.count import SYMPTOM_FAMILIES, URGENT, Counts, Outcome
from bench.cohort.intervals import poisson, wilson
from bench.cohort.reactions import KINDS, SEVERITIES

TUNING, HELD_OUT = "tuning", "held out"
# What is asked of the last protocol on held-out seeds where days are as steady as they were drawn.
ON_THE_DAY, IN_TIME, FALSE_URGENT = 0.95, 0.90, 0.10
GRAVE = ("moderate", "severe")
LABEL, CELL = 26, 23
Held = Callable[[Outcome], bool]


@dataclass(frozen=True, slots=True)
class Column:
    """Some seeds by one protocol."""

    seeds: str
    version: str
    counts: Counts

    @property
    def head(self) -> str:
        return f"{self.seeds}, edition {self.version}"


def asked(counts: Counts) -> list[str]:
    """A plain sentence for each thing that is missed; none where all is met."""
    told = _told(counts, _grave)
    day, soon = _part(told, "on_the_day"), _part(told, "in_time")
    rate = _false(counts, URGENT) / counts.quiet_weeks if counts.quiet_weeks else 0.0
    said = []
    if not told:
        return ["Missed: no moderate or severe reaction was reported, so nothing was measured."]
    if day < ON_THE_DAY * len(told):
        share = f"{_percent(day, len(told))} of {len(told)}"
        said.append(f"Missed: a WDL flag on the day for {share}, asked {ON_THE_DAY:.0%}.")
    if soon < IN_TIME * len(told):
        share = f"{_percent(soon, len(told))} of {len(told)}"
        said.append(f"Missed: an urgent WDL flag within 24 h for {share}, asked {IN_TIME:.0%}.")
    if rate > FALSE_URGENT:
        said.append(
            f"Missed: {rate:.3f} false urgent symptom flags per participant-week, "
            f"asked at most {FALSE_URGENT:.2f}."
        )
    return said


def table(columns: Sequence[Column], *, whole: bool) -> Iterable[str]:
    """Lines for one level of noise. Without ``whole`` only the sums."""
    yield from _sensitivity("found by a WDL flag on the day told", "on_the_day", columns, whole)
    yield from _sensitivity("found by an urgent one within 24 h", "in_time", columns, whole)
    yield from _alarms(columns, whole)


def _row(label: str, cells: Iterable[str]) -> str:
    return f"  {label:<{LABEL}}" + "".join(f"{cell:>{CELL}}" for cell in cells)


def _head(title: str, columns: Sequence[Column]) -> list[str]:
    return ["", title, _row("", (one.head for one in columns))]


# --- found ---------------------------------------------------------------------------------------


def _grave(one: Outcome) -> bool:
    return one.severity in GRAVE


def _told(counts: Counts, held: Held) -> list[Outcome]:
    return [one for one in counts.outcomes if one.told and held(one)]


def _part(outcomes: Iterable[Outcome], measure: str) -> int:
    return sum(getattr(one, measure) for one in outcomes)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%"


def _sensitivity(title: str, measure: str, columns: Sequence[Column], whole: bool) -> Iterable[str]:
    yield from _head(f"Reported reactions {title}:", columns)
    rows: list[tuple[str, Held]] = [("moderate and severe", _grave)]
    if whole:
        rows += [(name, _is(severity=name)) for name in SEVERITIES]
        rows += [
            (f"{kind}, {severity}", _is(severity=severity, kind=kind))
            for kind in KINDS
            for severity in SEVERITIES
        ]
    for label, held in rows:
        yield _row(label, (_share(_told(one.counts, held), measure) for one in columns))
    if whole and measure == "on_the_day":
        lines = [_told(one.counts, _grave) for one in columns]
        yield _row("by a line of its own", (_share(told, "by_line") for told in lines))
        unseen = [sum(not o.told for o in one.counts.outcomes if _grave(o)) for one in columns]
        yield _row("never reported, not counted", (str(n) for n in unseen))


def _is(**wanted: str) -> Held:
    return lambda one: all(getattr(one, name) == value for name, value in wanted.items())


def _share(outcomes: Sequence[Outcome], measure: str) -> str:
    if not outcomes:
        return "none"
    part, many = _part(outcomes, measure), len(outcomes)
    low, high = wilson(part, many)
    return f"{part}/{many} {100 * part / many:.0f}% ({100 * low:.0f}-{100 * high:.0f})"


# --- false ---------------------------------------------------------------------------------------


def _false(
    counts: Counts,
    least: int,
    most: int = 9,
    families: Sequence[str] = SYMPTOM_FAMILIES,
    cause: str = "",
) -> int:
    return sum(
        n
        for (family, severity, why), n in counts.false.items()
        if family in families and least <= severity <= most and cause in ("", why)
    )


def _alarms(columns: Sequence[Column], whole: bool) -> Iterable[str]:
    yield from _head("False flags per participant-week outside of planted reactions:", columns)
    rows: list[tuple[str, Mapping[str, object]]] = [
        ("symptom flags, urgent", {"least": URGENT}),
        ("symptom flags, all", {"least": 1}),
    ]
    if whole:
        rows += [
            (f"{family} {word}", {"least": least, "most": most, "families": (family,)})
            for family in (*SYMPTOM_FAMILIES, "CRV")
            for word, least, most in (("routine", 1, 1), ("urgent", 2, 9))
        ]
        rows += [
            (f"{cause}: {word}", {"least": least, "most": most, "cause": cause})
            for cause in CAUSES
            for word, least, most in (("routine", 1, 1), ("urgent", 2, 9))
        ]
    for label, wanted in rows:
        counts = [_false(one.counts, **wanted) for one in columns]  # type: ignore[arg-type]
        if any(counts) or len(rows) == 2:
            cells = (
                _rate(n, one.counts.quiet_weeks) for n, one in zip(counts, columns, strict=True)
            )
            yield _row(label, cells)


def _rate(count: int, weeks: float) -> str:
    if not weeks:
        return "none"
    low, high = poisson(count)
    return f"{count / weeks:.3f} ({low / weeks:.3f}-{high / weeks:.3f})"


def burden(columns: Sequence[Column]) -> Iterable[str]:
    """Every flag of every family, right or wrong: what staff get to see."""
    yield from _head("All flags raised or worsened per participant-week:", columns)
    found = sorted({key for one in columns for key in one.counts.flags})
    for family in sorted({family for family, _ in found}):
        cells = (
            " / ".join(
                f"{one.counts.flags[family, severity] / one.counts.weeks:.3f}"
                for severity in (1, 2, 3)
            )
            for one in columns
        )
        yield _row(f"{family} routine/urg/emerg", cells)
