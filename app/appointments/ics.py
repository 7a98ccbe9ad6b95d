"""Appointments as a calendar file (iCalendar, RFC 5545). Pure.

A calendar is read over shoulders and synchronised to places nobody thought of: an entry says when,
and that it is an appointment; not with whom, about what or where.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from app.appointments.queries import Appointment

MEDIA_TYPE = "text/calendar; charset=utf-8"
# The longest line in octets, without its end.
FOLD = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar_file(found: Sequence[Appointment], summary: str, now: datetime) -> bytes:
    """One VEVENT a session, cancelled ones as cancelled; lines folded and ended as the format asks.

    The UID stays through every move and SEQUENCE grows with each, so that a calendar replaces its
    entry instead of keeping both.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Daybook//Daybook//EN"]
    for one in found:
        lines += _event(one, summary, now)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(one: Appointment, summary: str, now: datetime) -> Iterable[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{one.public_id}@daybook"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"DTSTART:{_utc(one.at)}"
    yield f"DTEND:{_utc(one.ends)}"
    yield f"SEQUENCE:{one.version}"
    yield f"STATUS:{'CANCELLED' if one.cancelled_at else 'CONFIRMED'}"
    yield f"SUMMARY:{summary.translate(_ESCAPED)}"
    yield "CLASS:PRIVATE"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> bytes:
    """At most 75 octets a line, none through a letter; what is longer goes on after a space."""
    parts, part = [], b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > FOLD:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"
