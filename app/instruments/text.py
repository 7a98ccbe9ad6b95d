"""The rules that a text of an instrument keeps in every language."""

from string import Formatter
from typing import Annotated

from pydantic import AfterValidator

from app.languages import KNOWN, Text
from app.strict import wrong

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


def _complete(text: Text) -> Text:
    for key, language in KNOWN.items():
        words = text.in_(key)
        if not words.strip():
            raise wrong("must be a text and not empty", key)
        if not language.written.search(words):
            raise wrong(f"is not written as {language.name} is", key)
        if words != words.strip():
            raise wrong("begins or ends with a space", key)
    try:
        names, *others = map(placeholders, text.all())
    except ValueError as problem:
        raise wrong(f"has braces that do not fit: {problem}") from None
    if not names <= PLACEHOLDERS:
        raise wrong(f"asks for {sorted(names - PLACEHOLDERS)}, which cannot be filled in")
    if any(other != names for other in others):
        raise wrong("has different placeholders in its languages")
    return text


Words = Annotated[Text, AfterValidator(_complete)]
