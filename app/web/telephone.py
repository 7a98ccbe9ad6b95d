"""Telephone numbers within a text: whole on their line, and dialled by a tap."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from markupsafe import Markup, escape

_LINK = Markup('<a class="nb" href="tel:{}">{}</a>')


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whom to call, as a person reads it; the page turns each number into a ``tel:`` link."""

    emergency: str = "112"
    crisis: str = ""
    clinic: str = ""

    @property
    def never_blank(self) -> dict[str, str]:
        """Every number that a text may name; where the site has none, the emergency number."""
        return {name: number or self.emergency for name, number in asdict(self).items()}


def tel(number: str) -> str:
    """The number as a ``tel:`` address takes it, without what only helps to read it."""
    return re.sub(r"[\s()-]", "", number)


def dial(text: str, numbers: Iterable[str]) -> Markup:
    """``text`` with each of ``numbers`` in it as a link; the rest is escaped.

    A number that stands within a longer one (112 in a clinic's) is no number there.
    """
    known = sorted(filter(None, set(numbers)), key=len, reverse=True)
    if not known:
        return escape(text)
    anyone = "|".join(re.escape(number) for number in known)
    parts = re.split(rf"((?<![\w-])(?:{anyone})(?![\w-]))", text)
    return Markup("").join(
        _LINK.format(tel(part), part) if part in known else escape(part) for part in parts
    )
