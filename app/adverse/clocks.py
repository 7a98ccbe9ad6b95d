"""By when an adverse event is reported, and whether it was. Pure.

A clock begins when the site learned of what makes it run: at the awareness of the first version
from which on its condition has held. A version by which it no longer holds stops it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Protocol as Shape

from app.protocol.model import AdverseEvents
from app.timeline.days import end_of_day, local_day

FATAL = frozenset({"death", "life_threatening"})


class Known(Shape):
    """What a version says that a clock goes by."""

    @property
    def verdict(self) -> str: ...
    @property
    def serious(self) -> Sequence[str]: ...
    @property
    def causality(self) -> str | None: ...
    @property
    def expected(self) -> str | None: ...
    @property
    def aware_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Clock:
    """One of ``CLOCKS``: since when it runs, and when it is over."""

    key: str
    since: datetime
    due_at: datetime
    reported_at: datetime | None = None

    def late(self, now: datetime) -> bool:
        return (self.reported_at or now) > self.due_at


def clocks(
    versions: Sequence[Known],
    reports: Iterable[tuple[str, datetime]],
    plan: AdverseEvents,
    zone: str,
) -> list[Clock]:
    """The clocks that run by the newest of ``versions``; ``zone`` is the site's.

    ``reports``: (clock, when). A report from before a clock began was of something else.
    """
    found = []
    told = list(reports)
    for key, holds, due in _kinds(plan, zone):
        since = _since(versions, holds)
        if since is not None:
            done = [at for clock, at in told if clock == key and at >= since]
            found.append(Clock(key, since, due(since), min(done, default=None)))
    return found


def _kinds(
    plan: AdverseEvents, zone: str
) -> Iterable[tuple[str, Callable[[Known], bool], Callable[[datetime], datetime]]]:
    def days(count: int) -> Callable[[datetime], datetime]:
        return lambda since: last_moment(local_day(since, zone) + timedelta(days=count), zone)

    def authority(one: Known) -> bool:
        """Serious, related as far as is known, and not expected."""
        related = one.causality is None or one.causality in plan.related
        return _serious(one) and related and one.expected != "expected"

    def fatal(one: Known) -> bool:
        return authority(one) and bool(FATAL & set(one.serious))

    hours = timedelta(hours=plan.sponsor_hours)
    yield "sponsor", _serious, lambda since: since + hours
    yield "fatal", fatal, days(plan.fatal_days)
    yield "fatal_follow_up", fatal, days(plan.fatal_days + plan.fatal_follow_up_days)
    yield "serious", lambda one: authority(one) and not fatal(one), days(plan.serious_days)


def last_moment(day: date, zone: str) -> datetime:
    """The last minute of a day on the wall of ``zone``."""
    return end_of_day(day, zone) - timedelta(minutes=1)


def _serious(one: Known) -> bool:
    return one.verdict == "event" and bool(one.serious)


def _since(versions: Sequence[Known], holds: Callable[[Known], bool]) -> datetime | None:
    """The awareness of the first of the last versions in a row for which it holds."""
    lasting = list(takewhile(holds, reversed(versions)))
    return lasting[-1].aware_at if lasting else None
