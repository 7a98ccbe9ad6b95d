"""Every number of the rules is a sentence in both languages, or it comes onto no page."""

import re
import tomllib
from functools import partial

import pytest
from pydantic import TypeAdapter

from app.languages import Text
from app.protocol.loader import load_protocol
from app.protocol.writing import as_toml
from app.rules.life import RULE_ORDER
from app.strict import Refused, read
from app.thresholds.words import FILE, VALUE, WORDS, Families, read_words
from tests.broken import accepted

TEXT = FILE.read_text(encoding="utf-8")
KEYS = list(load_protocol().thresholds)
# A letter of the Latin alphabet in Russian: the sums R and S, a degree, and codes of rules.
FOREIGN = re.compile(r"\b(?:R|S|[A-Z]{2,3}(?:-[0-9ST])?)\b|°C")


def texts():
    for family in WORDS:
        yield from (family.name, family.watches, *family.fixed, *family.says.values())


def test_there_is_one_sentence_for_every_number_and_a_family_for_every_rule():
    said = [f"{family.key}.{name}" for family in WORDS for name in family.says]
    assert sorted(said) == sorted(KEYS) and len(said) > 80
    assert {f.code for f in WORDS if f.code} == {rule.partition("-")[0] for rule in RULE_ORDER}


def test_both_languages_are_there_and_neither_speaks_the_other():
    for text in texts():
        assert not re.search("[а-яё]", text.en, re.I), text
        assert re.search("[а-яё]", text.ru, re.I), text
        assert not re.search("[a-z]", re.sub(r"\{\w+\}", "", FOREIGN.sub("", text.ru)), re.I), text


def test_a_sentence_that_names_a_rule_names_one_of_its_family():
    for family in WORDS:
        for text in (*family.fixed, *family.says.values()):
            for rule in re.findall(r"\b[A-Z]{2,3}-\w\b", text.en + text.ru):
                assert rule in (*RULE_ORDER, "OPI-2"), text
                assert rule.startswith(family.code) and family.code, text
            assert re.findall(r"[A-Z]{2,3}-\w", text.en) == re.findall(r"[A-Z]{2,3}-\w", text.ru), (
                text
            )


def test_no_sentence_says_the_same_as_another():
    said = [text for family in WORDS for text in family.says.values()]
    assert len({text.en for text in said}) == len({text.ru for text in said}) == len(said)


@pytest.mark.parametrize("name", KEYS)
def test_a_number_without_its_sentence_is_refused_by_name(name):
    family, _, key = name.partition(".")
    data = tomllib.loads(TEXT)
    del data[family]["says"][key]
    with pytest.raises(ValueError, match=f"^thresholds.toml: {family}.says: '{key}' is missing$"):
        read_words(as_toml(data).encode())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[sui]", "[suicide]", "sui: 'code' is missing"),
        ("[terms]", "[other]\ncode = 'O'\nname = 1\n[terms]", "other: 'name' must be a text"),
        ('pair_hours = { en = "', 'pair_minutes = { en = "', "bp.says: 'pair_"),
        (
            "lie at most {value} h apart",
            "lie at most 72 h apart",
            "'pair_hours' must say {value} once in each language",
        ),
        ("опросами (BP-1) не", "опросами (BP-1, {value}) не", "bp.says: 'pair_hours'"),
        (
            'name = { en = "Vomiting", ru = "Рвота" }',
            'name = { en = "Vomiting" }',
            "vom.name: 'ru' is missing",
        ),
    ],
)
def test_words_that_are_not_right_are_refused(old, new, reason):
    assert old in TEXT
    with pytest.raises(ValueError, match="^thresholds.toml: .*" + re.escape(reason)):
        read_words(TEXT.replace(old, new, 1).encode())


def test_whatever_breaks_at_whatever_place_is_refused_with_its_key():
    data = tomllib.loads(TEXT)
    passed = accepted(data, partial(read, TypeAdapter(Families)), Refused)
    assert passed == {"no fixed", "str code"}


def test_a_sentence_keeps_its_number_inside():
    for family in WORDS:
        for text in family.says.values():
            for one in (text.en, text.ru):
                before, _, after = one.partition(VALUE)
                assert before.strip() and after.strip(), one
            assert isinstance(text, Text)
