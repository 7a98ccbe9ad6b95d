"""The languages of the product, in the one list that everything else goes by. Pure.

A language is its row, its key and its field of a text, all in this file, and its words:
catalogues under ``locale/<language>``, and its texts in the TOML files of the rooms. Nothing
falls back: what has no words in a language ends the start, or a test.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args


@dataclass(frozen=True, slots=True)
class Language:
    """``written``: found in each of its texts. ``plurals``: CLDR's, by the order of their forms."""

    name: str
    locale: str
    written: re.Pattern[str]
    decimal: str
    plurals: Mapping[str, int]


# What the code is written in, and needs no catalogue.
ENGLISH = "en"
KNOWN = {
    ENGLISH: Language(
        name="English",
        # Of Europe: day before month, the week starts on Monday.
        locale="en_GB",
        written=re.compile(r"(?s)^(?!.*[А-Яа-яЁё]).*[A-Za-z]"),
        decimal=".",
        plurals={"one": 0, "other": 1},
    ),
    "ru": Language(
        name="Русский",
        locale="ru",
        written=re.compile(r"[А-Яа-яЁё]"),
        decimal=",",
        # "Other" is a fraction (2,5), and goes as a few do.
        plurals={"one": 0, "few": 1, "other": 1, "many": 2},
    ),
}
LANGUAGES = {key: one.name for key, one in KNOWN.items()}
Key = Literal["en", "ru"]
"""for the reader of a form"""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a data file in every language. None stands in for another."""

    en: str
    ru: str

    def in_(self, language: str) -> str:
        """The text in one language. Raises ValueError for one that is not offered."""
        if language not in KNOWN:
            raise ValueError(f"no texts in {language!r}")
        text: str = getattr(self, language)
        return text

    def say(self, language: str, **values: object) -> str:
        """The text in one language with its placeholders filled.

        Values that the text has no place for are ignored, so a page may hand over every number
        of its site. Raises ValueError for another language, KeyError for a missing value.
        """
        return self.in_(language).format(**values)

    def all(self) -> tuple[str, ...]:
        return tuple(map(self.in_, KNOWN))


if not tuple(KNOWN) == get_args(Key) == tuple(one.name for one in fields(Text)):
    raise TypeError("a language is a row of KNOWN, a Key and a field of Text, in one order")


def decimal(shown: str, language: str) -> str:
    """A number that was written with a point, as readers of a language write it."""
    return shown.replace(".", KNOWN[language].decimal)
