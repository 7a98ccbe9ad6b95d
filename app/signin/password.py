"""Which passwords of staff are too easy to guess. Pure.

Long is what helps, and any letters may be used; refused is what somebody who knows the person, the
clinic or the lists of common passwords would try. What such words leave over is what counts.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

SHORTEST = 12
# Of the rest, without the words that anybody would try.
FEWEST_LEFT = 8
FEWEST_DIFFERENT = 5
# What people write for letters, so that a word looks like none.
AS_LETTERS = str.maketrans("@0134$57", "aoieasst")
COMMON = (
    "daybook",
    "naltrexone",
    "nalmefene",
    "opioid",
    "diary",
    "study",
    "trial",
    "changeme",
    "trustno1",
    "1qaz",
    "2wsx",
    "3edc",
    "zaq1",
    "xsw2",
    "cde3",
    "qazwsx",
    "edcrfv",
    "123qwe",
    "asdzxc",
    "q1w2e3",
    "r4t5y6",
    "password",
    "passwort",
    "пароль",
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "йцукен",
    "1q2w3e4r",
    "letmein",
    "welcome",
    "administrator",
    "clinic",
    "клиника",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "dragon",
    "monkey",
    "summer",
    "winter",
    "spring",
    "autumn",
    "лето",
    "зима",
    "привет",
)


def too_easy(password: str, about: Iterable[str]) -> bool:
    """Whether it is short, repeats itself, or says little besides common words and ``about``:
    the person's name and address, the name of the site.
    """
    text = password.casefold()
    if len(password) < SHORTEST or len(set(text)) < FEWEST_DIFFERENT or _repeats(text):
        return True
    words = {*COMMON, *_words(about)}
    return any(_says_little(one, words) for one in (text, text.translate(AS_LETTERS)))


def _says_little(text: str, words: Iterable[str]) -> bool:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    text = re.sub(r"(19|20)\d\d", "", text)
    return len(_without_runs(text)) < FEWEST_LEFT


def _words(about: Iterable[str]) -> set[str]:
    found = (part for text in about for part in re.split(r"\W+", text.casefold()))
    return {part for part in found if len(part) > 2}


def _repeats(text: str) -> bool:
    return any(
        text == (text[:size] * (len(text) // size + 1))[: len(text)]
        for size in range(1, len(text) // 2 + 1)
    )


def _without_runs(text: str) -> str:
    """Without letters that only go on from the one before: «bcd» of «abcd», «222» of «2222»."""
    kept = text[:1]
    for before, after in pairwise(text):
        if ord(after) - ord(before) not in (-1, 0, 1):
            kept += after
    return kept
