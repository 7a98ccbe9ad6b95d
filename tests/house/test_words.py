"""Words that nobody should read about themselves, and addresses that are nobody's business."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.house.source import APP, ROOT, project_files
from tests.house.strings import catalogs, marked

ENGLISH = re.compile(
    r"\b(addict\w*|clean|dirty|abus\w+|relaps\w+|failed|missed|non-?complian\w*|streaks?"
    r"|well done|good job|congratulations|alcoholic)\b",
    re.I,
)
RUSSIAN = re.compile(
    r"\b(срыв\w*|чист(?:ый|ая|ое|ые|ых|ым)(?! спирт| алкогол| этанол)|грязн\w+|нарком\w+"
    r"|алкоголик\w*|пьяниц\w*|провал\w*|злоупотребл\w+|поздравл\w+|молодец)\b",
    re.I,
)
# «принял(а)»: the noun is made the subject instead.
GENDERED = re.compile(r"\w(?:ся|сь)?\((?:а|ла|ась|ая|на)\)|\w/(?:а|ла|ая)\b", re.I)
# Where a word is said about a thing and not about a person.
ALLOWED: set[str] = set()
BINARY = {".png", ".ico", ".woff2", ".gz", ".mo"}
# Written so that this file does not find itself.
PLACES = re.compile(
    r"/wor[k]/|/hom[e]/\w|/roo[t]/|/op[t]/(?:wheels|pypi)|file:/{3}|"
    r"--(?:extra-)?index-ur[l]|--find-link[s]|/tm[p]/(?:brief|pytest|bash)",
)
REGISTRIES = re.compile(
    r"https?://[\w.-]*(?:pypi\.or[g]|pythonhosted\.or[g]|npmjs\.or[g]|registry\.[\w.-]+|"
    r"jsdelivr\.ne[t]|unpkg\.co[m]|artifactor[y]|nexu[s])",
    re.I,
)


def spoken() -> Iterator[tuple[str, str]]:
    """(where, text) for everything that a person may read."""
    for each in marked():
        yield each.where, f"{each.text} {each.many}"
    for name, catalog in catalogs().items():
        for message in catalog:
            forms = [message.string] if isinstance(message.string, str) else message.string
            for text in (forms or ()) if message.id else ():
                yield name, text
    for path in sorted(APP.rglob("*.toml")):
        for text in _values(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield path.relative_to(ROOT).as_posix(), text


def _values(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _values(value)
    elif isinstance(node, list):
        for value in node:
            yield from _values(value)
    elif isinstance(node, str) and " " in node:
        yield node


def found(pattern: re.Pattern[str]) -> list[tuple[str, str, str]]:
    hits = ((where, text, pattern.search(text)) for where, text in spoken())
    return [(where, hit.group(0), text) for where, text, hit in hits if hit and text not in ALLOWED]


def test_there_is_something_to_read():
    texts = list(spoken())
    assert len(texts) >= 1000
    assert any(where.endswith(".toml") for where, _ in texts)


@pytest.mark.parametrize(("pattern"), [ENGLISH, RUSSIAN, GENDERED], ids=["en", "ru", "gendered"])
def test_no_text_blames_labels_or_praises(pattern):
    assert found(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (ENGLISH, "You missed a day"),
        (ENGLISH, "Days clean: 5"),
        (RUSSIAN, "Это не срыв"),
        (RUSSIAN, "Чистые дни"),
        (GENDERED, "Вы принял(а) таблетку"),
        (GENDERED, "готов/а"),
    ],
)
def test_the_search_finds_such_a_word(pattern, text):
    assert pattern.search(text)


@pytest.mark.parametrize(
    "text", ["10 г чистого алкоголя", "Да, принята", "dismissed", "cleaner", "и/или"]
)
def test_the_search_leaves_an_innocent_word_alone(text):
    assert not any(pattern.search(text) for pattern in (ENGLISH, RUSSIAN, GENDERED))


def test_no_file_names_a_place_of_one_machine_or_a_registry():
    named = []
    for path in project_files():
        if path.suffix in BINARY:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for pattern in (PLACES, REGISTRIES):
            named += [(path.relative_to(ROOT).as_posix(), hit) for hit in pattern.findall(text)]
    assert named == []


def test_the_files_of_the_project_are_seen():
    names = {path.relative_to(ROOT).as_posix() for path in project_files()}
    assert {"app/main.py", "pyproject.toml", "tests/house/test_words.py"} <= names
    assert not [name for name in names if name.startswith((".venv/", "var/", ".git/"))]
