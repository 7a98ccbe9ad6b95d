"""A person's timeline replayed by the live rules, and held against what was planted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import process_time

from app.protocol.model import Protocol
from app.rules.engine import find_on_arrival
from app.rules.replay import replay
from app.timeline.timeline import Timeline
from bench.cohort.count import FAMILY, Counts, Flag, count, outcome
from bench.cohort.diary import Planted, Truth, tell
from bench.cohort.people import draw


def judge(seed: int, number: int, weeks: int, noise: float, protocol: Protocol) -> Counts:
    """One person of a cohort by one protocol."""
    timeline, truth = tell(draw(seed, number, weeks), weeks, noise)
    return judged(timeline, truth, protocol)


def judged(timeline: Timeline, truth: Truth, protocol: Protocol) -> Counts:
    """The rules see the timeline; only the counting sees the truth."""
    started = process_time()
    flags = [
        Flag(line.finding.rule, int(line.finding.severity), line.raised_at, line.finding.about)
        for line in replay(timeline, protocol)
    ]
    seconds = process_time() - started
    flags += _fed(timeline, truth, protocol, flags)
    counts = count(flags, truth, timeline.participant.timezone)
    counts.seconds = seconds
    return counts


def _fed(timeline: Timeline, truth: Truth, protocol: Protocol, flags: Sequence[Flag]) -> list[Flag]:
    """Check-ins of reactions that were found and only fed a flag which stood already.

    A replay prints no line for them, and staff see them added to the flag. Looked for only where
    a line is missing, since each costs an evaluation.
    """
    zone = timeline.participant.timezone
    found = []
    for one in truth.planted:
        seen = outcome(one, flags, zone)
        if seen.told and not (seen.on_the_day and seen.in_time):
            found += list(_added(timeline, one, protocol))
    return found


def _added(timeline: Timeline, planted: Planted, protocol: Protocol) -> Iterator[Flag]:
    """What was found in the reaction's own check-ins at their receipt: what has no line there
    can only have fed a flag of at least that severity."""
    events = {event.id: event for event in timeline.events}
    for told in planted.carried:
        arrived = [events[told.checkin]]
        for one in find_on_arrival(timeline, arrived, told.received_at, protocol):
            if one.family == FAMILY and f"checkin:{told.checkin}" in one.evidence:
                yield Flag(one.rule, int(one.severity), told.received_at, one.about, added=True)
