"""What other thresholds would have flagged on the same record. Pure.

Both sides are replays, so that neither knows what staff did but as the record says, and the
difference is that of the thresholds alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.protocol.model import Protocol
from app.rules.finding import Severity
from app.rules.replay import Line, last_moment, replay
from app.timeline.days import local_day
from app.timeline.timeline import Timeline

WEEK_SECONDS = 7 * 24 * 3600.0
WORDS = tuple(severity.word for severity in reversed(Severity))


@dataclass(frozen=True, slots=True)
class Burden:
    """Flags raised or worsened, by severity, in so many participant-weeks."""

    weeks: float
    flags: Mapping[str, int]

    def per_week(self, severity: str) -> float | None:
        """Flags per participant-week; None without any time."""
        return self.flags.get(severity, 0) / self.weeks if self.weeks else None


@dataclass(frozen=True, slots=True)
class Difference:
    """A flag that one side has and the other has not."""

    code: str
    zone: str
    line: Line

    @property
    def day(self) -> date:
        """What it is about, on the participant's own wall."""
        return local_day(self.line.finding.about, self.zone)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``appear`` under the other thresholds, ``vanish`` from those in force."""

    now: Burden
    other: Burden
    appear: tuple[Difference, ...]
    vanish: tuple[Difference, ...]


def compare(
    records: Iterable[tuple[Timeline, Mapping[str, Protocol]]],
    protocol: Protocol,
    other: Protocol,
    until: datetime | None = None,
) -> Comparison:
    """Replay every timeline by ``protocol``, with the versions that came after it, and by
    ``other`` throughout.

    ``records``: a timeline, and the versions that its `protocol` events may name.
    """
    weeks, ours, theirs = 0.0, Counter[str](), Counter[str]()
    appear: list[Difference] = []
    vanish: list[Difference] = []
    for timeline, versions in records:
        weeks += weeks_of(timeline, until)
        code, zone = timeline.participant.code, timeline.participant.timezone
        before = replay(timeline, protocol, until, versions)
        after = replay(timeline, other, until)
        ours.update(line.finding.severity.word for line in before)
        theirs.update(line.finding.severity.word for line in after)
        appear += [Difference(code, zone, line) for line in _only_in(after, before)]
        vanish += [Difference(code, zone, line) for line in _only_in(before, after)]
    return Comparison(Burden(weeks, ours), Burden(weeks, theirs), tuple(appear), tuple(vanish))


def burden(lines: Iterable[Line], weeks: float) -> Burden:
    """The alert burden of replayed ``lines``."""
    return Burden(weeks, Counter(line.finding.severity.word for line in lines))


def weeks_of(timeline: Timeline, until: datetime | None = None) -> float:
    """From the first thing received to ``until`` (default: the end of the record), in weeks."""
    end = until or last_moment(timeline)
    first = min((event.received_at for event in timeline.events), default=None)
    if end is None or first is None:
        return 0.0
    return max((end - first).total_seconds(), 0.0) / WEEK_SECONDS


def _only_in(lines: Iterable[Line], others: Iterable[Line]) -> list[Line]:
    """A line is the same where family, severity and what it is about are."""
    known = {_same(line) for line in others}
    return [line for line in lines if _same(line) not in known]


def _same(line: Line) -> tuple[str, Severity, datetime]:
    return line.finding.family, line.finding.severity, line.finding.about
