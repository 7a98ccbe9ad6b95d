"""Feeds a timeline to the live rules in the order the server received it, tick by tick.

The same `find_on_arrival`, `find_at_tick` and `decide` as in a live system; only the clock and the
flags' state are kept in memory here. Nobody acts but as the record says, so a flag that nothing
new feeds for a week counts as closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from app.protocol.model import Protocol
from app.rules.engine import TICK, concerned_from, find_from, find_ticked, is_explained, is_filled
from app.rules.families.evaluation import Evaluation
from app.rules.finding import Finding, Severity
from app.rules.life import Change, OpenFlag, decide, quiet, remember
from app.timeline.days import at_local, at_receipt, day_range, end_of_day, first_day_of, local_day
from app.timeline.events import FAMILIES, UNTOLD, Event, FlagResolved, ProtocolChange
from app.timeline.growing import Growing
from app.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Line:
    """A flag that was raised, or grew worse, at `raised_at`."""

    finding: Finding
    raised_at: datetime
    rules_version: str


@dataclass(slots=True)
class _Family:
    """What is remembered of one family: its open flag, that flag's evidence, all that alerted."""

    flag: OpenFlag | None = None
    evidence: set[str] = field(default_factory=set)
    seen: dict[str, Severity] = field(default_factory=dict)

    def close(self) -> None:
        self.flag = None
        self.evidence = set()


def replay(
    timeline: Timeline,
    protocol: Protocol,
    until: datetime | None = None,
    versions: Mapping[str, Protocol] | None = None,
) -> list[Line]:
    """Every flag in the order raised, up to and including `until` (default: `last_moment`).

    `versions` are the protocols that a `protocol` event may change to; the one in use stays
    where it names another.
    """
    until = until or last_moment(timeline)
    if until is None:
        return []
    state = _Replay(timeline, protocol, dict(versions or {}))
    for moment, arrived in _steps(timeline, until):
        if arrived is None:
            state.tick(moment)
        else:
            state.arrive(moment, arrived)
    return state.lines


def last_moment(timeline: Timeline) -> datetime | None:
    """When the timeline was exported, else the end of its last event's day, by what is later of
    the day it is about and the day it was received; `None` without events."""
    if timeline.exported_at is not None:
        return timeline.exported_at
    zone = timeline.participant.timezone
    days = [local_day(event.received_at, zone) for event in timeline.events]
    days += [d for event in timeline.events if (d := getattr(event, "day", None)) is not None]
    return end_of_day(max(days), zone) if days else None


def _steps(timeline: Timeline, until: datetime) -> Iterator[tuple[datetime, list[Event] | None]]:
    """Arrivals by moment, and the ticks between them; at one moment the arrivals come first."""
    received = sorted(timeline.events, key=lambda event: event.received_at)
    steps: list[tuple[datetime, list[Event] | None]] = [
        (moment, list(events))
        for moment, events in groupby(received, key=lambda event: event.received_at)
    ]
    steps += [(moment, None) for moment in _ticks(timeline, until)]
    steps.sort(key=lambda step: (step[0], step[1] is None))
    return (step for step in steps if step[0] <= until)


def _ticks(timeline: Timeline, until: datetime) -> list[datetime]:
    """23:45 local of every day of the diary; a day of a clock change has one as well.

    Nobody is looked at before the enrolment, where that is on record.
    """
    zone = timeline.participant.timezone
    days: list[date] = [first_day_of(event, zone) for event in timeline.events]
    if timeline.participant.first_dose_on is not None:
        days.append(timeline.participant.first_dose_on)
    if not days:
        return []
    first = max(min(days), timeline.participant.enrolled_on or date.min)
    span = day_range(first, local_day(until, zone))
    return [at_local(day, TICK, zone) for day in span]


class _Replay:
    """The state of one replay."""

    def __init__(
        self, timeline: Timeline, protocol: Protocol, versions: dict[str, Protocol]
    ) -> None:
        self.timeline = timeline
        self.protocol = protocol
        self.versions = versions
        self.families = {family: _Family() for family in FAMILIES}
        self.alerted_at: datetime | None = None
        self.lines: list[Line] = []
        self.received: list[Event] = []
        self.known = self._read()
        self.heard_at: datetime | None = None
        self.passed_over: datetime | None = None

    def arrive(self, now: datetime, arrived: list[Event]) -> None:
        if not all(isinstance(event, UNTOLD) for event in arrived):
            self._make_up()
            self.heard_at = now
        for event in arrived:
            if isinstance(event, FlagResolved):
                self.families[event.family].close()
            elif isinstance(event, ProtocolChange):
                self._change(event.version)
        self.received += arrived
        self.known.feed(arrived)
        evaluation = Evaluation(self.known, now, self.protocol)
        silence, urine = self.families["DIA"], self.families["UDS"]
        if silence.flag and is_filled(self.known, silence.evidence):
            silence.close()
        if urine.flag and is_explained(evaluation, urine.evidence):
            urine.close()
        told = [at_receipt(event) for event in arrived] if self._judged else arrived
        since = concerned_from(self.timeline, told)
        if since is not None:
            self._apply(find_from(evaluation, told, since), now)

    def tick(self, now: datetime) -> None:
        silence = self.families["DIA"].flag
        if silence is not None and self._says_nothing_new(silence, now):
            self.passed_over = now
            self.families["DIA"].flag = OpenFlag(silence.severity, now)
            return
        evaluation = Evaluation(self.known, now, self.protocol)
        self._apply(find_ticked(evaluation, self.alerted_at), now)

    def _says_nothing_new(self, silence: OpenFlag, now: datetime) -> bool:
        """Whether a tick could only add one more silent day to the open flag about silence.

        So long after the last receipt no other rule has anything in its reach. One entry dated
        far ahead would else keep a replay busy with every day until then.
        """
        rules = self.protocol.rules
        reach = max(2 * rules.wdl.trend_days, rules.dia.urgent_days, rules.uds.told_days) + 2
        return (
            silence.severity is Severity.URGENT
            and not quiet(silence, now, self.protocol)
            and not self.known.withdrawn
            and self.heard_at is not None
            and now - self.heard_at > timedelta(days=reach)
        )

    def _make_up(self) -> None:
        """The last tick that was passed over, which has the evidence of all of them."""
        if self.passed_over is not None:
            now, self.passed_over = self.passed_over, None
            evaluation = Evaluation(self.known, now, self.protocol)
            self._apply(find_ticked(evaluation, self.alerted_at), now)

    @property
    def _judged(self) -> bool:
        return bool(self.protocol.rules.terms.at_receipt)

    def _read(self) -> Growing:
        found = Growing(self.timeline, judged=self._judged)
        found.feed(self.received)
        return found

    def _change(self, version: str) -> None:
        before = self._judged
        self.protocol = self.versions.get(version, self.protocol)
        if self._judged != before:
            self.known = self._read()

    def _apply(self, findings: list[Finding], now: datetime) -> None:
        by_family: dict[str, list[Finding]] = {}
        for finding in findings:
            by_family.setdefault(finding.family, []).append(finding)
        for name in FAMILIES:
            if name in by_family:
                self._decide(name, by_family[name], now)

    def _decide(self, name: str, findings: list[Finding], now: datetime) -> None:
        family = self.families[name]
        if family.flag and quiet(family.flag, now, self.protocol):
            family.close()
        decision = decide(family.flag, family.seen, findings, now)
        family.flag = decision.flag
        remember(family.seen, decision.fresh)
        family.evidence.update(key for one in decision.fresh for key in one.evidence)
        if decision.lead is None or decision.change is Change.ADDED:
            return
        self.lines.append(Line(decision.lead, now, self.protocol.version))
        if name != "DIA" and decision.lead.severity >= Severity.URGENT:
            self.alerted_at = now
