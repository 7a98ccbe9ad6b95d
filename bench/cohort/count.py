"""What counts as found, and what as a false alarm. Pure: flags and truth in, counts out.

* A reaction was *told* by the first side-effect check-in that carries at least half of the
  planted rise; one that no check-in carries so far was not reported, and nobody could find it.
* It was found *on the day* by a WDL flag raised, worsened or fed from its onset on until the end
  of the local day on which that check-in was received; *in time* by an urgent one at most 24 h
  after that receipt.
* A flag is *false* where no planted reaction holds on its day, nor held the day before. It is
  counted under the foremost cause of that day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.timeline.days import end_of_day, local_day
from bench.cohort.diary import Carried, Planted, Truth

ROUTINE, URGENT = 1, 2
TOLD_SHARE = 0.5
IN_TIME = timedelta(hours=24)
AFTER = timedelta(hours=24)
# WDL-T looks at the two weeks up to its tick.
TREND, TREND_DAYS = "WDL-T", timedelta(days=14)
FAMILY = "WDL"
# Families that infer something from how a body feels; the others repeat what was told.
SYMPTOM_FAMILIES = ("WDL", "AWD", "BP", "VOM", "EMG")
# What AWD is for: its flag is right there, and another family's is not.
DRYING_OUT = "drying out"


@dataclass(frozen=True, slots=True)
class Flag:
    """One line of a replay, or new evidence that fed a flag which stood (`added`)."""

    rule: str
    severity: int
    raised_at: datetime
    about: datetime
    added: bool = False

    @property
    def family(self) -> str:
        return self.rule.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one planted reaction."""

    kind: str
    severity: str
    told: bool
    on_the_day: bool = False
    in_time: bool = False
    by_line: bool = False
    """found on the day by a line of its own, not only as new evidence of a flag that stood"""


@dataclass(slots=True)
class Counts:
    """Of some people, by one protocol."""

    outcomes: list[Outcome] = field(default_factory=list)
    false: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    """by family, severity and cause"""
    flags: Counter[tuple[str, int]] = field(default_factory=Counter)
    weeks: float = 0.0
    quiet_weeks: float = 0.0
    """participant-weeks in which no planted reaction holds: only there a flag can be false"""
    seconds: float = 0.0

    def add(self, other: Counts) -> None:
        self.outcomes += other.outcomes
        self.false += other.false
        self.flags += other.flags
        self.weeks += other.weeks
        self.quiet_weeks += other.quiet_weeks
        self.seconds += other.seconds


def first_told(planted: Planted) -> Carried | None:
    """The first check-in that carries at least half of the planted rise."""
    return next((one for one in planted.carried if one.share >= TOLD_SHARE), None)


def outcome(planted: Planted, flags: Iterable[Flag], zone: str) -> Outcome:
    """Whether and when a reaction was found."""
    kind, severity = planted.reaction.kind, planted.reaction.severity
    told = first_told(planted)
    if told is None:
        return Outcome(kind, severity, told=False)
    evening = end_of_day(local_day(told.received_at, zone), zone)
    found = [
        flag for flag in flags if flag.family == FAMILY and flag.raised_at >= planted.reaction.onset
    ]
    same_day = [flag for flag in found if flag.raised_at < evening]
    in_time = [
        flag
        for flag in found
        if flag.severity >= URGENT and flag.raised_at <= told.received_at + IN_TIME
    ]
    return Outcome(
        kind,
        severity,
        told=True,
        on_the_day=bool(same_day),
        in_time=bool(in_time),
        by_line=any(not flag.added for flag in same_day),
    )


def is_false(flag: Flag, planted: Sequence[Planted], cause: str) -> bool:
    """Whether nothing that was planted, and nothing real of its own family, stands behind it."""
    if flag.family == "AWD" and cause == DRYING_OUT:
        return False
    before = TREND_DAYS if flag.rule == TREND else AFTER
    return not any(
        one.reaction.onset <= flag.about <= one.reaction.ends + before for one in planted
    )


def count(flags: Sequence[Flag], truth: Truth, zone: str) -> Counts:
    """Everything that is counted of one person. Flags that were only fed are no new alarms."""
    counts = Counts(outcomes=[outcome(one, flags, zone) for one in truth.planted])
    lines = [flag for flag in flags if not flag.added]
    for flag in lines:
        counts.flags[flag.family, flag.severity] += 1
        cause = truth.causes.get(local_day(flag.about, zone), "nothing")
        if is_false(flag, truth.planted, cause):
            counts.false[flag.family, flag.severity, cause] += 1
    counts.weeks = truth.days / 7
    counts.quiet_weeks = counts.weeks - _reacting(truth, zone) / 7
    return counts


def _reacting(truth: Truth, zone: str) -> int:
    """Days on which a flag cannot be false."""
    days = set()
    for one in truth.planted:
        day = local_day(one.reaction.onset, zone)
        while day <= min(local_day(one.reaction.ends + AFTER, zone), truth.last):
            days.add(day)
            day += timedelta(days=1)
    return len(days)
