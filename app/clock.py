"""Time, in one place: aware UTC moments, and the local day of a zone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# More than two clocks of well-kept machines ever differ.
CLOCKS_DIFFER = timedelta(seconds=5)


def utc_now() -> datetime:
    return datetime.now(UTC)


def age(moment: datetime | None, now: datetime) -> timedelta | None:
    """How long ago something stored was; None where it never was, or is still to come.

    What lies ahead was written by a wrong clock, and proves nothing: a heartbeat of tomorrow is no
    sign of life today.
    """
    if moment is None or moment - now > CLOCKS_DIFFER:
        return None
    return max(now - moment, timedelta(0))


def lately(moment: datetime | None, span: timedelta, now: datetime) -> bool:
    """Whether something stored lies at most ``span`` back; what lies ahead does not."""
    since = age(moment, now)
    return since is not None and since <= span


def wait_until(moment: datetime | None, longest: timedelta, now: datetime) -> timedelta:
    """How long a stored moment is to be waited for, zero if it is over.

    So is one further ahead than any is ever set: a clock that was wrong for a minute would else
    shut a door for a year.
    """
    if moment is None or not now < moment <= now + longest + CLOCKS_DIFFER:
        return timedelta(0)
    return moment - now


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The IANA zone; raises ZoneInfoNotFoundError for an unknown name."""
    return ZoneInfo(str(name))


class DatedZone(str):
    """The name of the zone somebody lives in, which knows the zones they lived in before.

    Whoever asks for a local day or time passes it on like any name. A moment is read on the wall
    that was theirs at that moment, so that nothing told before a move changes its day.
    """

    former: tuple[tuple[str, datetime], ...]
    """(zone, until when), the earliest first"""

    def __new__(cls, name: str, former: Sequence[tuple[str, datetime]] = ()) -> "DatedZone":
        made = super().__new__(cls, name)
        made.former = tuple(former)
        return made

    def moved(self, name: str, now: datetime) -> "DatedZone":
        """The same life with another zone from ``now`` on."""
        return DatedZone(name, (*self.former, (str(self), now)))

    def dump(self) -> str:
        """As one text, the earliest first: ``Europe/Moscow>2026-11-20T10:00:00+00:00>…``."""
        parts = [f"{name}>{until.isoformat()}" for name, until in self.former]
        return ">".join([*parts, str(self)])

    @classmethod
    def load(cls, text: str) -> "DatedZone":
        *pairs, name = text.split(">")
        untils = map(datetime.fromisoformat, pairs[1::2])
        return cls(name, tuple(zip(pairs[::2], untils, strict=True)))


def former_zones(zone_name: str) -> tuple[tuple[str, datetime], ...]:
    """(zone, until when) of the zones before; nothing for a plain name."""
    return zone_name.former if isinstance(zone_name, DatedZone) else ()


def zone_at(moment: datetime, zone_name: str) -> ZoneInfo:
    """The zone that holds at ``moment``."""
    for name, until in former_zones(zone_name):
        if moment < until:
            return zone(name)
    return zone(zone_name)


def zone_on(day: date, zone_name: str) -> str:
    """The name of the zone that somebody lived in when ``day`` ended."""
    return zone_at(moment_of(day, time.max, zone_name), zone_name).key or str(zone_name)


def local(moment: datetime, zone_name: str) -> datetime:
    # Every entry on a page comes by here, and hardly anybody has moved.
    if not getattr(zone_name, "former", ()):
        return moment.astimezone(zone(zone_name))
    return moment.astimezone(zone_at(moment, zone_name))


def moment_of(day: date, clock: time, zone_name: str) -> datetime:
    """The first UTC moment at which the wall shows ``clock`` on ``day``; if a move skipped it, the
    move."""
    # Kept by day, for a wall that never moved: a record asks for the same few of each day.
    if not getattr(zone_name, "former", ()):
        return _moment_of(day, clock, zone_name)
    since = datetime.min.replace(tzinfo=UTC)
    for name, until in former_zones(zone_name):
        found = _moment_of(day, clock, name)
        if found < until:
            return max(found, since)
        since = until
    return max(_moment_of(day, clock, zone_name), since)


@lru_cache(maxsize=4096)
def _moment_of(day: date, clock: time, name: str) -> datetime:
    return datetime.combine(day, clock, zone(name)).astimezone(UTC)


def local_day(moment: datetime, zone_name: str) -> date:
    """The calendar date on the wall of ``zone_name`` at ``moment``."""
    if not getattr(zone_name, "former", ()):
        return moment.astimezone(zone(zone_name)).date()
    return local(moment, zone_name).date()
