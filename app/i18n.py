"""Interface texts, dates and plurals in every language of ``languages``.

English is written in the code; ``locale/<language>/*.po`` (one catalogue a room) is read at the
start, so there is no build step. Clinical texts live in ``instruments`` instead.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, get_timezone_location
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from app.clock import local, zone_at
from app.languages import ENGLISH, KNOWN

LOCALE_DIR = Path(__file__).parent / "locale"
_CLDR = {key: one.locale for key, one in KNOWN.items()}
_ENDS_SENTENCE = re.compile(r"%\((\w+)\)s\.(?!\.)")


def N_(text: str) -> str:
    """Mark a text for the catalogues; translate it where it is shown."""
    return text


@lru_cache(maxsize=1024)
def _city(zone: str, lang: str) -> str:
    """Zones are renamed at times, and their translation may stand under an older name."""
    known, renamed = Locale.parse(_CLDR[lang]).time_zones, get_global("zone_aliases")
    newest = renamed.get(zone, zone)
    former = [old for old, new in renamed.items() if new == newest]
    cities = (known.get(name, {}).get("city") for name in (zone, newest, *former))
    return next(filter(None, cities), None) or get_timezone_location(
        zone, locale=_CLDR[lang], return_city=True
    )


# A page says the same days and numbers over and over, and each would read the locale anew.
@lru_cache(maxsize=4096)
def _day(day: date, form: str, lang: str) -> str:
    return format_date(day, form, locale=_CLDR[lang])


@lru_cache(maxsize=4096)
def _number(value: float, form: str | None, lang: str) -> str:
    return format_decimal(value, form, locale=_CLDR[lang])


@lru_cache(maxsize=1024)
def _before_a_dot(text: str) -> tuple[str, ...]:
    return tuple(_ENDS_SENTENCE.findall(text))


def _with_one_dot(text: str, values: dict[str, Any]) -> dict[str, Any]:
    """In Russian the short name of a month ends in a dot, and so may the sentence after it."""
    for name in _before_a_dot(text):
        value = values.get(name)
        if isinstance(value, str) and value.endswith(".") and not value.endswith(".."):
            values = {**values, name: value[:-1]}
    return values


@dataclass(frozen=True, slots=True)
class Translator:
    """Texts, dates and numbers in one language; callable as ``_``."""

    lang: str
    catalog: NullTranslations

    def __call__(self, text: str, **values: Any) -> str:
        found = self.catalog.gettext(text)
        return found % _with_one_dot(found, values) if values else found

    def n(self, one: str, many: str, num: int, **values: Any) -> str:
        """The plural form for ``num``; the text may say %(num)s."""
        found = self.catalog.ngettext(one, many, num)
        return found % {"num": num, **_with_one_dot(found, values)}

    def day(self, day: date, form: str = "EEEE, d MMMM") -> str:
        """A local calendar day, first letter raised: «Понедельник, 23 ноября»."""
        text = _day(day, form, self.lang)
        return text[:1].upper() + text[1:]

    def day_inline(self, day: date, form: str = "EEE d MMM") -> str:
        return _day(day, form, self.lang)

    def time(self, moment: datetime, zone: str) -> str:
        """The wall-clock time of ``moment`` in ``zone``, as HH:MM."""
        return f"{local(moment, zone):%H:%M}"

    def moment(self, moment: datetime, zone: str) -> str:
        """Day and time of ``moment`` in ``zone``: «23 Nov, 09:26»."""
        return f"{self.day_inline(local(moment, zone).date(), 'd MMM')}, {self.time(moment, zone)}"

    def city(self, zone: str, at: datetime | None = None) -> str:
        """The city that names a zone: «Berlin»; of a life with moves, the one it had ``at``."""
        return _city(zone_at(at, zone).key if at else str(zone), self.lang)

    def number(self, value: float, digits: int = 1) -> str:
        return _number(round(value, digits), None, self.lang)

    def plain(self, value: float, digits: int = 2) -> str:
        """A number as it is typed: without marks between thousands."""
        return _number(round(value, digits), "0.##", self.lang)


def catalog_files(lang: str) -> Sequence[Path]:
    return sorted((LOCALE_DIR / lang).glob("*.po"))


@lru_cache
def translator(lang: str) -> Translator:
    """The translator of ``lang``; raises KeyError for a language that is not offered."""
    KNOWN[lang]
    if lang == ENGLISH:
        return Translator(lang, NullTranslations())
    merged = Catalog(locale=lang)
    for path in catalog_files(lang):
        with path.open("rb") as file:
            for message in read_po(file, locale=lang):
                if message.id:
                    merged[message.id] = message
    buffer = io.BytesIO()
    write_mo(buffer, merged)
    buffer.seek(0)
    return Translator(lang, Translations(buffer))


def best_language(accepted: str | None) -> str:
    """The first offered language that an Accept-Language header names; else English."""
    for part in (accepted or "").split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in KNOWN:
            return tag
    return ENGLISH
