"""Read by every Python below ``make anywhere`` as it starts: the clock stands elsewhere, and goes.

The product asks one function for the time, and whoever imports it later gets this one.
"""

import os
from datetime import datetime, timedelta

from app import clock

_truly = clock.utc_now
_away = timedelta(seconds=float(os.environ.get("ELSEWHEN_SECONDS", "0")))


def utc_now() -> datetime:
    return _truly() + _away


clock.utc_now = utc_now
