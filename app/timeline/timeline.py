"""The read model of one participant, and what of it was known at a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from operator import attrgetter

from app.timeline.days import at_receipt, happened_at, local_day
from app.timeline.events import Checkin, Event, Void
from app.timeline.holds import Hold
from app.timeline.known import PHONE, STAFF, Baseline, Known, Participant


class RunIn(Enum):
    """The baseline is not given with the timeline: it is the median of the run-in."""

    MEDIAN = "median"


@dataclass(frozen=True)
class Timeline:
    """One participant, in order.

    `baseline`: `RunIn.MEDIAN` computes it from the check-ins; a `Baseline` is used as it is.
    `earliest_day` is the day of the participant's first event, for a timeline whose early events
    were left out, and `phone_from` that of the first answer on the phone; without them the events
    themselves tell. `read_holds` gives the physician's holds, read when somebody asks.
    """

    participant: Participant
    events: tuple[Event, ...]
    baseline: Baseline | RunIn = RunIn.MEDIAN
    exported_at: datetime | None = None
    earliest_day: date | None = None
    phone_from: date | None = None
    read_holds: Callable[[], tuple[Hold, ...]] = field(default=tuple, compare=False)

    @classmethod
    def of(cls, participant: Participant, events: Iterable[Event]) -> Timeline:
        """A timeline with a computed baseline, its events put in the order they happened."""
        return cls(participant, in_order(events, participant.timezone))

    @cached_property
    def holds(self) -> tuple[Hold, ...]:
        """The physician's holds on record."""
        return self.read_holds()

    @cached_property
    def by_id(self) -> dict[str, Event]:
        """Every event by its id."""
        return {event.id: event for event in self.events}

    @cached_property
    def first_answer_on(self) -> date | None:
        """The day of the first answer on the phone, also where it was corrected since."""
        received = [
            event.received_at
            for event in self.events
            if isinstance(event, PHONE) and event.provenance not in STAFF
        ]
        found = local_day(min(received), self.participant.timezone) if received else None
        return self.phone_from or found

    @cached_property
    def first_contact_on(self) -> date | None:
        """The day of the first receipt."""
        received = [event.received_at for event in self.events]
        return local_day(min(received), self.participant.timezone) if received else None

    @cached_property
    def roots(self) -> dict[str, str]:
        """For the id of every correction the id of the entry that it goes back to."""
        replaced = {e.id: e.replaces for e in self.events if e.replaces is not None}
        roots: dict[str, str] = {}
        for id_, former in replaced.items():
            way, root = [id_], former
            while root in replaced and root not in roots and len(way) <= len(replaced):
                way.append(root)
                root = replaced[root]
            roots.update(dict.fromkeys(way, roots.get(root, root)))
        return roots

    @cached_property
    def resent(self) -> frozenset[str]:
        """Ids of check-ins that are a second sending of an earlier received one.

        A later version of the same check-in (`replaces`) may carry its token again and is not a
        resend.
        """
        first: dict[str, str] = {}
        resent = set()
        tokens = [e for e in self.events if isinstance(e, Checkin) and e.token is not None]
        for event in sorted(tokens, key=attrgetter("received_at")):
            root = self.roots.get(event.id, event.id)
            if first.setdefault(event.token or "", root) != root:
                resent.add(event.id)
        return frozenset(resent)

    def known_at(self, moment: datetime, *, judged: bool = False) -> Known:
        """What the server knew at `moment`: receipt decides, corrections received by then apply.

        `judged`: what was dated after its receipt stands at its receipt.
        """
        received = [event for event in self.events if event.received_at <= moment]
        gone = {event.replaces for event in received if event.replaces is not None}
        resent = self.resent
        current = [
            event
            for event in received
            if event.id not in gone and event.id not in resent and not isinstance(event, Void)
        ]
        given = self.baseline if isinstance(self.baseline, Baseline) else None
        return Known(
            self.participant,
            tuple(map(at_receipt, current) if judged else current),
            given,
            self.roots,
            self.earliest_day,
            self.first_answer_on,
            self.first_contact_on,
            lambda: self.holds,
        )


def in_order(events: Iterable[Event], zone: str) -> tuple[Event, ...]:
    """Events in the order they happened; those of one moment keep the order they came in."""
    told = list(events)
    moments = [happened_at(event, zone) for event in told]
    return tuple([told[place] for place in sorted(range(len(told)), key=moments.__getitem__)])
