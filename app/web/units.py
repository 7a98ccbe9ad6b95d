"""A number and its unit stay in one line: the space between them is made one that does not break.

It is done once, on the page as it was drawn, so that no sentence, table or drawing can forget it.
What somebody typed stays as it was typed.
"""

import re

JOINED = "\N{NO-BREAK SPACE}"
_UNITS = (
    *("min", "h", "s", "g", "mg", "kg", "ml", "l", "L", "oz", "mm", "mmHg", "°C", "%"),
    *("мин", "ч", "г", "мг", "кг", "мл", "л", "мм", "мес"),
    # In Russian «с» is a second at the end of what is said, and else the word «with».
    r"с(?=\s*(?:[.,;:)·|<\"]|$))",
)
# ``#`` stands where a script writes the number.
_APART = re.compile(rf"[0-9#](\s+)(?=(?:{'|'.join(_UNITS)})(?!\w))")
_VALUE = re.compile(r"\bvalue=\"[^\"]*$")
_TYPED = re.compile(r"<(?:textarea|q|bdi)\b|<\w+[^>]*\bclass=\"[^\"]*\bown\b")


def with_units_joined(html: str) -> str:
    """The page with every number and unit joined, but for the words of people."""
    parts: list[str] = []
    done = 0
    for found in _APART.finditer(html):
        if not _is_typed(html, found.start()):
            parts += (html[done : found.start(1)], JOINED)
            done = found.end()
    return "".join((*parts, html[done:]))


def _is_typed(html: str, at: int) -> bool:
    """Whether what stands ``at`` is a value, or directly within an element for own words."""
    begins, ends = html.rfind("<", 0, at), html.rfind(">", 0, at)
    if begins > ends:
        return bool(_VALUE.search(html, begins, at))
    return bool(_TYPED.match(html, begins))
