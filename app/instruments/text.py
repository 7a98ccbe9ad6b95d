"""The rules that a text of an instrument keeps in every language."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from app.languages import KNOWN

# A site's numbers by their purpose (`phone`: the one that a section of the help page is about), and
# the limits of a field. Nothing else is filled in: an unknown name would fail in front of the
# person who needs the text.
PLACEHOLDERS = frozenset({"emergency", "crisis", "clinic", "phone", "low", "high"})


def placeholders(text: str) -> frozenset[str]:
    """Return the names in braces. Raises ValueError for braces that do not match."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if any(not name.isidentifier() for name in names):
        raise ValueError("a placeholder is not a plain name")
    return frozenset(names)


def complaint(words: Mapping[str, Any]) -> str | None:
    """Say why texts are not complete in every language, or None where they are."""
    for key, language in KNOWN.items():
        text = words.get(key)
        if not isinstance(text, str) or not text.strip():
            return f"{key}: the text is missing or empty"
        if not language.written.search(text):
            return f"{key}: the text is not written as {language.name} is"
    return _complaint_about_form(list(words.values()))


def _complaint_about_form(texts: list[str]) -> str | None:
    if any(text != text.strip() for text in texts):
        return "a text begins or ends with a space"
    try:
        names, *others = map(placeholders, texts)
    except ValueError as problem:
        return str(problem)
    if not names <= PLACEHOLDERS:
        return f"{sorted(names - PLACEHOLDERS)} cannot be filled in"
    same = all(other == names for other in others)
    return None if same else "the languages have different placeholders"
