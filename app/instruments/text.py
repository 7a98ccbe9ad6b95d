"""A text in the two languages of the product, and the rules that both must keep."""

import re
from dataclasses import dataclass
from string import Formatter
from typing import Literal

Lang = Literal["en", "ru"]
LANGUAGES: tuple[Lang, ...] = ("en", "ru")

# A site's numbers by their purpose (`phone`: the one that a section of the help page is about), and
# the limits of a field. Nothing else is filled in: an unknown name would fail in front of the
# person who needs the text.
PLACEHOLDERS = frozenset({"emergency", "crisis", "clinic", "phone", "low", "high"})

_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Text:
    """One clinical text, English and Russian. Neither stands in for the other."""

    en: str
    ru: str

    def say(self, lang: str, **values: object) -> str:
        """Return the text in one language with its placeholders filled.

        Values that the text has no place for are ignored, so a page may hand over every number
        of its site. Raises ValueError for another language, KeyError for a missing value.
        """
        return self._of(lang).format(**values)

    def _of(self, lang: str) -> str:
        if lang not in LANGUAGES:
            raise ValueError(f"no texts in {lang!r}")
        return self.en if lang == "en" else self.ru


def placeholders(text: str) -> frozenset[str]:
    """Return the names in braces. Raises ValueError for braces that do not match."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if any(not name.isidentifier() for name in names):
        raise ValueError("a placeholder is not a plain name")
    return frozenset(names)


def complaint(en: object, ru: object) -> str | None:
    """Say why two texts are not a complete pair, or None where they are."""
    if not isinstance(en, str) or not en.strip():
        return "en: the text is missing or empty"
    if not isinstance(ru, str) or not ru.strip():
        return "ru: the text is missing or empty"
    if not _CYRILLIC.search(ru):
        return "ru: the Russian text has no Cyrillic letter"
    if _CYRILLIC.search(en) or not _LATIN.search(en):
        return "en: the English text is not in Latin letters"
    return _complaint_about_form(en, ru)


def _complaint_about_form(en: str, ru: str) -> str | None:
    if en != en.strip() or ru != ru.strip():
        return "a text begins or ends with a space"
    try:
        names = placeholders(en)
        same = names == placeholders(ru)
    except ValueError as problem:
        return str(problem)
    if not names <= PLACEHOLDERS:
        return f"{sorted(names - PLACEHOLDERS)} cannot be filled in"
    return None if same else "the two languages have different placeholders"
