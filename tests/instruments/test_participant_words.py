"""What participants read: no word that judges, no gendered past tense, both languages."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.instruments.loader import FOLDER

FILES = sorted(FOLDER.rglob("*.v*.toml"))

JUDGING = {
    "en": r"\b(addict\w*|junk\w*|alcoholic\w*|clean|dirty|abus\w*|relaps\w*|fail\w*|missed|"
    r"non-?complian\w*|sober streak|well done|congratulations|great job|you should|you must)\b",
    "ru": r"срыв|чист|грязн|наркоман|алкоголик|злоупотреб|запрещённ|пропущен|молодец|отлично|"
    r"поздравля|вы должны|\bдолжны вы\b|провал",
}
# «принял(а)», «выпил/а», «я выпил», «вы приняли бы» are all avoided by making the noun the subject.
GENDERED = (
    r"\(а\)|\(ла\)|\(ась\)|л/а\b|ый/ая|\bя (не )?\w{2,}л(а|ся|ась)?\b|"
    r"\bты (не )?\w{2,}л(а|ся|ась)?\b|\bготов\b|\bготова\b|\bуверен\b|\bуверена\b|\bсогласен\b"
)


def pairs(data: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield the path and the two texts of every pair in a file."""
    if isinstance(data, dict):
        if "en" in data:
            yield path, data["en"], data["ru"]
        else:
            for key, value in data.items():
                yield from pairs(value, f"{path}.{key}")
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from pairs(value, f"{path}[{place}]")


def texts(path: Path) -> list[tuple[str, str, str]]:
    return list(pairs(tomllib.loads(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_text_judges_praises_or_scolds(path):
    found = texts(path)
    assert found
    for place, en, ru in found:
        assert not re.search(JUDGING["en"], en, re.IGNORECASE), f"{place}: {en}"
        assert not re.search(JUDGING["ru"], ru, re.IGNORECASE), f"{place}: {ru}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_russian_text_guesses_the_readers_gender(path):
    for place, _, ru in texts(path):
        assert not re.search(GENDERED, ru, re.IGNORECASE), f"{place}: {ru}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_russian_is_not_so_long_that_a_phone_cannot_show_it(path):
    for place, en, ru in texts(path):
        assert len(ru) <= 1.7 * len(en) + 25, f"{place}: {ru}"


def test_the_checks_themselves_find_what_they_look_for():
    assert re.search(JUDGING["en"], "You missed a day", re.IGNORECASE)
    assert re.search(JUDGING["ru"], "После срыва", re.IGNORECASE)
    assert re.search(GENDERED, "Я выпил пива", re.IGNORECASE)
    assert not re.search(GENDERED, "Да, принята", re.IGNORECASE)
