"""Time, in one place: aware UTC moments, and the local day of a zone."""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    return datetime.now(UTC)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The IANA zone; raises ZoneInfoNotFoundError for an unknown name."""
    return ZoneInfo(name)


def local(moment: datetime, zone_name: str) -> datetime:
    return moment.astimezone(zone(zone_name))


def local_day(moment: datetime, zone_name: str) -> date:
    """The calendar date on the wall of ``zone_name`` at ``moment``."""
    return local(moment, zone_name).date()
