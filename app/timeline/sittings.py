"""One sitting: pages of different instruments told one after another are one check-in.

Urges and side effects are asked on pages of their own, since urges may be told as often as
wished; a rule needs both together. So a check-in that begins soon after one of another
instrument is, as an event, a further version of it: it `replaces` the former event, carries the
answers of both, and stays one piece of evidence. A second check-in of the same instrument begins
a sitting of its own. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.timeline.events import Checkin

# A check-in may be judged hours after it began, so sittings are only nearly in order.
LONG_AGO = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Version:
    """The answers of one check-in as they stood at judgement ``n``, received at ``at``."""

    checkin: int
    n: int
    started_at: datetime
    at: datetime
    instrument: str
    ratings: dict[str, float]
    signs: Sequence[str]
    token: str | None = None
    provenance: str | None = None
    layout: str = "pages"


@dataclass(slots=True)
class _Sitting:
    latest: dict[str, Version] = field(default_factory=dict)
    """by instrument"""
    last_start: datetime = field(init=False)
    event: Checkin | None = None

    def takes(self, version: Version, within: timedelta) -> bool:
        near = abs(version.started_at - self.last_start) <= within
        return near and version.instrument not in self.latest

    def tell(self, version: Version) -> Checkin:
        self.latest[version.instrument] = version
        told = list(self.latest.values())
        self.last_start = max(one.started_at for one in told)
        ratings: dict[str, float] = {}
        for one in told:
            ratings |= one.ratings
        self.event = Checkin(
            id=f"checkin-{version.checkin}.{version.n}",
            received_at=version.at,
            replaces=self.event.id if self.event else None,
            provenance=version.provenance,
            at=self.last_start,
            instrument="+".join(self.latest),
            ratings=ratings,
            signs=tuple(sign for one in told for sign in one.signs),
            token=version.token if len(told) == 1 else None,
            method=next((one.layout for one in told if one.layout != "pages"), None),
        )
        return self.event


def checkin_events(versions: Iterable[Version], within: timedelta) -> list[Checkin]:
    """One event for each version, in the order of receipt. ``within``: how long a sitting waits."""
    sittings: list[_Sitting] = []
    own: dict[int, _Sitting] = {}
    events = []
    for version in sorted(versions, key=lambda one: (one.at, one.checkin, one.n)):
        sitting = own.get(version.checkin) or _joined(version, sittings, within)
        own[version.checkin] = sitting
        events.append(sitting.tell(version))
    return events


def _joined(version: Version, sittings: list[_Sitting], within: timedelta) -> _Sitting:
    """The newest sitting that waits for this instrument, else a new one."""
    for sitting in reversed(sittings):
        if sitting.takes(version, within):
            return sitting
        if version.started_at - sitting.last_start > LONG_AGO:
            break
    sittings.append(_Sitting())
    return sittings[-1]
