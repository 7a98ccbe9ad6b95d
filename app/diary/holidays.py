"""Public holidays that people remember days by. Pure.

Fixed dates, and the few of the United States that move; they are anchors for memory, not an
official list of days off.
"""

from datetime import date, timedelta

from app.clock import zone_on
from app.i18n import N_

_EVERYWHERE = {(12, 31): N_("New Year’s Eve"), (1, 1): N_("New Year’s Day")}
_FIXED = {
    "ru": {
        (1, 7): N_("Orthodox Christmas"),
        (1, 14): N_("Old New Year"),
        (2, 23): N_("Defender of the Fatherland Day"),
        (3, 8): N_("Women’s Day"),
        (5, 1): N_("May Day"),
        (5, 9): N_("Victory Day"),
        (6, 12): N_("Russia Day"),
        (11, 4): N_("Unity Day"),
    },
    "us": {
        (7, 4): N_("Independence Day"),
        (10, 31): N_("Halloween"),
        (11, 11): N_("Veterans Day"),
        (12, 24): N_("Christmas Eve"),
        (12, 25): N_("Christmas Day"),
    },
}
MONDAY, THURSDAY = 0, 3


def region_on(day: date, zone: str) -> str:
    """Where somebody lived on ``day``: ``us`` for American zones, else ``ru``, where the study has
    its sites."""
    return "us" if zone_on(day, zone).startswith("America/") else "ru"


def holiday(day: date, region: str) -> str | None:
    """The holiday's English name, to be translated where it is shown."""
    fixed = _EVERYWHERE | _FIXED.get(region, {})
    return fixed.get((day.month, day.day)) or (_moving(day) if region == "us" else None)


def _moving(day: date) -> str | None:
    if day.month == 11 and day.weekday() == THURSDAY and _nth(day) == 4:
        return N_("Thanksgiving")
    if day.month == 9 and day.weekday() == MONDAY and _nth(day) == 1:
        return N_("Labor Day")
    last_of_month = (day + timedelta(days=7)).month != day.month
    if day.month == 5 and day.weekday() == MONDAY and last_of_month:
        return N_("Memorial Day")
    return None


def _nth(day: date) -> int:
    """Which of its weekday in the month: 1 is the first."""
    return (day.day - 1) // 7 + 1
