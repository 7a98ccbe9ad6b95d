"""Flags for rows that are already there: the live rules, asked again at every arrival.

Most arrivals bring nothing new. Whether one does is found out on a timeline in memory; only then
is the live service called, which looks at what had been received by that moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.audit import Actor
from app.flags.service import reassess, tick
from app.flags.state import FlagState, read_state
from app.protocol.loader import load_protocol
from app.rules.engine import find_at_tick, find_on_arrival, silence_filled
from app.rules.finding import Finding
from app.timeline.tables import read_timeline
from app.timeline.timeline import Timeline
from bench.crowd.batch import withdraw


def replay_live(
    session: Session,
    who: int,
    actor: Actor,
    arrivals: Sequence[tuple[datetime, str]],
    ticks: Sequence[datetime],
) -> None:
    """Raise what would have been raised. ``arrivals``: (moment, event id as the timeline has it).

    The participant's status follows consent in the order of time as well.
    """
    past = _Past(session, who, actor, read_timeline(session, who), read_state(session, who))
    for at, event in sorted([*arrivals, *((at, "") for at in ticks)]):
        if event.startswith("consent-"):
            withdraw(session, who)
        if event:
            past.arrive(at, event)
        else:
            past.tick(at)


@dataclass(slots=True)
class _Past:
    """One participant's whole record in memory, and the flags on record so far."""

    session: Session
    who: int
    actor: Actor
    timeline: Timeline
    record: FlagState

    def arrive(self, at: datetime, event: str) -> None:
        events = [one for one in self.timeline.events if one.id == event]
        findings = find_on_arrival(self.timeline, events, at, load_protocol())
        silence = self.record.of("DIA").flag
        ended = silence is not None and silence_filled(self.timeline, at, silence.evidence)
        if ended or self._news(findings):
            reassess(self.session, self.who, [event], self.actor, at)
            self.record = read_state(self.session, self.who)

    def tick(self, at: datetime) -> None:
        alerted_at = self.record.alerted_at
        if self._news(find_at_tick(self.timeline, at, load_protocol(), alerted_at)):
            tick(self.session, self.who, at, at)
            self.record = read_state(self.session, self.who)

    def _news(self, findings: Sequence[Finding]) -> bool:
        """Evidence that has not alerted before, or not as severely."""
        return any(
            self.record.of(one.family).seen.get(key, 0) < one.severity
            for one in findings
            for key in one.evidence
        )
