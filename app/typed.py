"""Text as phones, keyboards and clipboards send it, and as it is read and kept. Pure.

Three kinds of characters nobody typed: marks that only steer a line and come along with what is
pasted (dropped), characters that no database, page or file can keep (taken out, and said), and
other writings of plain digits, spaces and dashes (read as the plain ones where a number, a code
or an address is asked; own words keep them).
"""

import re
import unicodedata

# Soft hyphen; marks, embeddings and isolates of direction; zero-width space and word joiner;
# invisible operators; deprecated shaping controls; byte order mark; annotation anchors and the
# stand-in for a picture. Joiners (U+200C, U+200D) and variation selectors stay: Persian, many
# scripts of India and every second emoji are made with them.
_MARKS = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffc]"
)
# Line ends of other programs: vertical tab, form feed, next line, line and paragraph separator.
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63]")
# Nothing that is read as plain characters is longer, and to bring the marks above a letter into
# order takes the square of their number.
_LONGEST = 500
_TWO_WAYS = re.compile(r",[0-9]{3}(?![0-9])")
_GROUPS = re.compile(r"(?<=[0-9])[ ’'](?=[0-9]{3}(?![0-9]))")


def decoded(raw: bytes) -> tuple[str, bool]:
    """The text of ``raw`` and whether all of it is text.

    Old phones send an emoji as two halves of three bytes each; both together are whole.
    """
    try:
        return raw.decode(), True
    except UnicodeDecodeError:
        pass
    try:
        halves = raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "ignore"), False
    whole = halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return whole, True


def kept(text: str) -> tuple[str, bool]:
    """``text`` as it is kept, and whether that is all of it."""
    if text.isascii() and text.isprintable():
        return text, True
    text = _MARKS.sub("", _BREAKS.sub("\n", text))
    rest = _UNKEEPABLE.sub("", text)
    return rest, rest == text


def plain(text: str) -> str:
    """A code, an address, a time or a telephone number: what was meant, in plain characters."""
    if text.isascii() or len(text) > _LONGEST:
        return text.strip()
    text = _DASHES.sub("-", _JOINERS.sub("", unicodedata.normalize("NFKC", text)))
    text = _MARKS.sub("", text)
    return "".join(map(_plain, text)).strip()


def _plain(char: str) -> str:
    if char.isspace() and char != "\n":
        return " "
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def number(text: str) -> str:
    """A number without the spaces between its thousands, and with a decimal point.

    A comma before exactly three digits stays where it is, so that nothing reads it as a number.
    """
    text = _GROUPS.sub("", plain(text))
    return text if _TWO_WAYS.search(text) else text.replace(",", ".")


def two_ways(text: str) -> bool:
    """Whether `text` means a thousand to one reader and one to another: «1,000»."""
    return bool(_TWO_WAYS.search(_GROUPS.sub("", plain(text))))
