"""Russian as a native editor leaves it: one word for one thing, no English, numbers that agree.

What a sentence means only a reader can say; what is held here is what slips in again.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.instruments.loader import FOLDER
from app.instruments.reading import FILE_NAME
from tests.house.crawl import ENDING, names, routes
from tests.house.source import APP, ROOT
from tests.house.strings import catalogs

# Words that a Russian text may have in Latin letters: names, units, papers, and what is typed.
LATIN = re.compile(r"(?<!\w)[0-9]?[A-Za-z][\w.@:-]*")
ALLOWED = {
    *(
        "Daybook",
        "name@clinic.org",
        "QR",
        "ID",
        "English",
        "Europe",
        "Moscow",
        "nb685805",
        "DB-014",
        *("MedDRA", "ICH", "E2B", "R3", "CSV", "UMC"),
        # Programs and formats that data are exported for.
        *("Python", "Excel", "LibreOffice", "JSON", "SHA-256", "UTC"),
        "PRO-TECT",
        "physIQ",
    ),
    *("daybook", "audit", "verify", "root"),  # a command, as it is typed
    *(
        "C",
        "R",
        "S",
        "PHQ-9",
        "DXM",
        "2C-B",
        "AHA",
        "ACC",
        "ESENSE",
        "doi",
        "PubMed",
        "cssrs.columbia.edu",
    ),
    *("BMJ", "Best", "Practice", "J", "Nucl", "Med", "Kim", "Miles", "Simon", "Gibson", "Fudala"),
    "Hassanian-Moghaddam",
}
RULE = re.compile(r"[A-Z]{2,3}-(?:\d|T|S)")
# Other words for what has one: docs/words.md says which.
OTHER_WORDS = [
    r"лини[яиюей]+ помощи|кризисн\w+ лини",
    r"экстренн\w+ вызов",
    r"побочн\w+ действи",
    r"жидк\w+ стул|диаре",
    r"\bпауз[аыуео]",
    r"тяж[её]л\w+ д(?:ень|ня|ней|ни|нях)\b",
    r"\bтест\w* мочи",
    r"врач\w*-исследовател",
    r"\bPIN\b|\bПИН\b",
    r"\bпланов(?:ый|ого|ым|ом|ые|ых)\b",
    r"сигнал\w* (?:не )?принят|подтверд\w+ сигнал",
    r"причинени\w+ себе вреда",
    r"рассказан[оаы]\b",
    r"алкогольн\w+ отмен",
    r"\bнаугад\b",
    r"\bследующ(?:ее|ие|их):|\bвышеуказанн|\bнижеследующ|\bданн(?:ый|ая|ое|ого) (?:лист|опрос)",
]
# Where such a word is said in its everyday sense.
EVERYDAY = {
    "Сколько раз был жидкий стул",
    "Например: пауза, прогулка, медленное дыхание, холодная вода, записать на бумаге, "
    "спокойно сказать позже.",
}
QUOTES = re.compile(r'(?<![=<\w])"[^"]*"|“|”')
HYPHEN = re.compile(r"(?<=\s)-(?=\s)")


def _pairs(node: Any) -> Iterator[str]:
    """The Russian side of every pair of a file, forms of a unit included."""
    if isinstance(node, dict):
        if set(node) == {"en", "ru"}:
            yield from [node["ru"]] if isinstance(node["ru"], str) else node["ru"]
        else:
            for value in node.values():
                yield from _pairs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _pairs(value)


def _current(path: Path) -> bool:
    """Whether a file is what people read now: of instruments, the newest version alone."""
    match = FILE_NAME.fullmatch(path.name)
    if match is None or FOLDER not in path.parents:
        return True
    others = (FILE_NAME.fullmatch(one.name) for one in path.parent.glob(f"{match[1]}.v*.toml"))
    return int(match[2]) == max(int(one[2]) for one in others if one)


def spoken() -> list[tuple[str, str]]:
    """(where, text) for every Russian text that somebody may read today."""
    found = []
    for name, catalog in catalogs().items():
        for message in catalog:
            forms = [message.string] if isinstance(message.string, str) else message.string
            found += [(name, text) for text in forms] if message.id else []
    for path in sorted(APP.rglob("*.toml")):
        if "demo" not in path.parts and _current(path):
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            found += [(path.relative_to(ROOT).as_posix(), text) for text in _pairs(data)]
    return found


def bare(text: str) -> str:
    """A text without its placeholders and without the names of rules."""
    return RULE.sub("", re.sub(r"%\(\w+\)s|\{\w+\}", "", text))


def test_every_place_that_speaks_russian_is_read():
    places = {where for where, _ in spoken()}
    assert len(spoken()) >= 2000
    for name in ("protocol/nalmefene_24w", "rules/wording", "rules/guidance", "mood.v3"):
        assert [where for where in places if name in where], name
    assert not [where for where in places if "mood.v2" in where]


def test_a_russian_text_has_latin_letters_in_names_alone():
    found = [
        (where, word, text)
        for where, text in spoken()
        for word in LATIN.findall(bare(text))
        if word.strip(".:-/") not in ALLOWED
    ]
    assert found == []


@pytest.mark.parametrize("pattern", OTHER_WORDS)
def test_one_thing_has_one_word(pattern):
    hits = [(where, text) for where, text in spoken() if re.search(pattern, text, re.I)]
    assert [(where, text) for where, text in hits if text not in EVERYDAY] == []


def test_quotes_and_dashes_are_russian():
    found = [
        (where, text)
        for where, text in spoken()
        if QUOTES.search(text) or HYPHEN.search(text) or " – " in text.replace(")s – %(", "")
    ]
    assert found == []


def test_no_button_of_a_check_in_points_at_a_list_that_stands_below_it():
    """A heading and the words for "none" stand before what they speak of: they name it."""
    found = [
        (where, text)
        for where, text in spoken()
        if re.search(r"^(?:Ничего из (?:этого|этих)|Было ли что-то из|Насколько сильно это)", text)
    ]
    assert found == []


# What an English text that slipped through would hold: units, and words that few texts lack.
SLIPPED = re.compile(
    r"\b(?:mmHg|mg|ml|minutes?|hours?|days?|weeks?|months?|points?|times?|drinks?|units?|proposal"
    r"|the|of|and|or|not|none|no|yes|for|with|since|until|from|your|alerts?|tablets?|sessions?)\b",
    re.I,
)

# What somebody agreed to stays in the language in which it was read, and says so.
AS_READ = re.compile(r'(?s)<(h1|section)\b[^>]* lang="en"[^>]*>.*?</\1>')
SOWN = "quetzalcoatl"  # a text of the tests' own rows, in no language of the product


def visible(html: str) -> list[str]:
    """What a reader sees or hears of a page."""
    html = AS_READ.sub(" ", html)
    html = re.sub(r"(?s)<(?:script|style|svg)\b.*?</(?:script|style|svg)>|<!--.*?-->", " ", html)
    heard = re.findall(
        r'(?:aria-label|alt|placeholder|title|data-(?:none|one|few|many))="([^"]*)"', html
    )
    return [
        one.strip() for one in (*heard, *re.sub(r"<[^>]*>", "\n", html).split("\n")) if one.strip()
    ]


def test_no_page_in_russian_shows_an_english_word_or_unit(app, people, sown):
    """Every page of every role; rows of tests hold English in their own texts alone."""
    found, read = set(), 0
    for _, browser in names(people):
        browser.post("/language", {"lang": "ru"})
    for each in routes(app):
        if each.unsafe or each.path in ENDING or each.path == "/lock":
            continue
        for _, browser in names(people):
            answer = each.send(browser)
            if answer.status_code == 200 and "text/html" in answer.headers["content-type"]:
                read += 1
                texts = (one for one in visible(answer.text) if SOWN not in one)
                found |= {(each.path, text) for text in texts if SLIPPED.search(text)}
    assert read >= 80
    assert found == set()


@pytest.mark.parametrize(
    ("text", "word"),
    [("Правило WDL-1, 5 mmHg", "mmHg"), ("Откройте Help", "Help"), ("{value} units", "units")],
)
def test_the_search_finds_english(text, word):
    assert LATIN.findall(bare(text)) == [word]
    assert word not in ALLOWED
