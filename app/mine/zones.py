"""The time zones that a phone offers, by city and by how far they are from UTC now. Pure."""

from datetime import datetime, timedelta

from app.clock import local
from app.i18n import Translator

# Where people of the study live and travel; staff can enter every other one.
OFFERED = (
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Warsaw",
    "Europe/Belgrade",
    "Europe/Kaliningrad",
    "Europe/Athens",
    "Europe/Helsinki",
    "Europe/Riga",
    "Europe/Kyiv",
    "Asia/Jerusalem",
    "Europe/Istanbul",
    "Europe/Minsk",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Tbilisi",
    "Asia/Yerevan",
    "Asia/Baku",
    "Asia/Dubai",
    "Asia/Yekaterinburg",
    "Asia/Tashkent",
    "Asia/Almaty",
    "Asia/Omsk",
    "Asia/Bishkek",
    "Asia/Novosibirsk",
    "Asia/Tomsk",
    "Asia/Krasnoyarsk",
    "Asia/Bangkok",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)


def offered(own: str, now: datetime, tr: Translator) -> list[tuple[str, str]]:
    """(name, «Berlin · UTC+1») from west to east; the own one is always among them."""
    names = dict.fromkeys((*OFFERED, str(own)))
    placed = sorted((_offset(now, name), tr.city(name), name) for name in names)
    return [(name, f"{city} · {_utc(offset)}") for offset, city, name in placed]


def _offset(now: datetime, name: str) -> timedelta:
    return local(now, name).utcoffset() or timedelta()


def _utc(offset: timedelta) -> str:
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "-" if offset < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")
