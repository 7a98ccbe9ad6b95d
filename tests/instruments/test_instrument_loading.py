"""A data file is complete and known to the last key, or it is refused by name, key and reason."""

import pytest

from app.instruments.loader import all_instruments, load_instrument, parse_instrument
from app.instruments.reading import InstrumentError
from app.languages import Text
from tests.broken import accepted_file

HEAD = """
key = "sample"
version = 1
source = "own wording"
translator = "somebody"
approved_by = ""
title = { en = "Title", ru = "Название" }
recall = { en = "Today", ru = "Сегодня" }
"""
SCALE = "".join(
    f'[[scales.five]]\nvalue = {value}\nlabel = {{ en = "Word", ru = "Слово" }}\n'
    for value in range(5)
)
PAGE = """
[[pages]]
key = "p1"
heading = { en = "Heading", ru = "Заголовок" }
[[pages.items]]
code = "nausea"
scale = "five"
label = { en = "Nausea", ru = "Тошнота" }
"""
SAMPLE = HEAD + SCALE + PAGE


def parse(text: str | bytes, file: str = "sample.v1.toml"):
    return parse_instrument(text if isinstance(text, bytes) else text.encode(), file)


def test_a_complete_file_becomes_an_instrument():
    sample = parse(SAMPLE)
    assert (sample.key, sample.version, sample.approved) == ("sample", 1, False)
    assert sample.label("nausea") == Text("Nausea", "Тошнота")
    assert [point.value for point in sample.items[0].points] == [0, 1, 2, 3, 4]


def test_a_named_approver_makes_it_approved():
    assert parse(SAMPLE.replace('approved_by = ""', 'approved_by = "Dr N."')).approved


BROKEN = [
    ("a missing Russian text", ', ru = "Тошнота"', "", "label", "'ru' is missing"),
    ("an empty Russian text", '"Тошнота"', '" "', "label", "'ru' must be a text and not empty"),
    (
        "Latin letters as Russian",
        '"Тошнота"',
        '"Toshnota"',
        "label",
        "'ru' is not written as",
    ),
    ("an empty English text", '"Nausea"', '""', "label", "'en' must be a text and not empty"),
    (
        "Cyrillic in the English text",
        '"Nausea"',
        '"Nаusea"',
        "label",
        "'en' is not written as",
    ),
    ("a text at the edge of a space", '"Nausea"', '"Nausea "', "label", "space"),
    (
        "a third language",
        'ru = "Тошнота"',
        'ru = "Тошнота", de = "X"',
        "label",
        "'de' is not a known key",
    ),
    (
        "a text in one language only",
        '{ en = "Nausea", ru = "Тошнота" }',
        '"Nausea"',
        "label",
        "in each of en, ru",
    ),
    ("a placeholder in one language", '"Nausea"', '"Nausea {low}"', "label", "placeholders"),
    (
        "an unknown placeholder",
        '"Nausea", ru = "Тошнота"',
        '"N {n}", ru = "Т {n}"',
        "label",
        "fill",
    ),
    ("an unmatched brace", '"Nausea"', '"Nausea {"', "label", ""),
    ("an unknown item", '"nausea"', '"nauseous"', "code", "not a known item"),
    ("an unknown key of an item", 'scale = "five"', 'scale = "five"\nodd = 1', "odd", "known key"),
    ("an unknown key of the file", "version = 1", "version = 1\nodd = 1", "odd", "known key"),
    ("an unknown scale", 'scale = "five"', 'scale = "six"', "scale", "no scale"),
    ("a scale without its last point", "value = 4", "value = 5", "scale", "every value"),
    ("a version that is a text", "version = 1", 'version = "1"', "version", "whole number"),
    ("a version that is true", "version = 1", "version = true", "version", "whole number"),
    ("another version than the name's", "version = 1", "version = 2", "key", "file's name"),
    ("another key than the name's", '"sample"', '"simple"', "key", "file's name"),
    ("no source", 'source = "own wording"', 'source = ""', "source", "not empty"),
    ("no translator", 'translator = "somebody"', "", "translator", "missing"),
    ("no line for the approver", 'approved_by = ""', "", "approved_by", "missing"),
    ("no recall", 'recall = { en = "Today", ru = "Сегодня" }', "", "recall", "missing"),
    ("a page that is no table", "[[pages]]", "[pages]", "pages", "list"),
]


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_a_broken_file_is_refused_with_the_key_and_the_reason(old, new, key, reason):
    assert old in SAMPLE
    with pytest.raises(InstrumentError) as caught:
        parse(SAMPLE.replace(old, new, 1))
    assert str(caught.value).startswith("sample.v1.toml: ")
    assert key in str(caught.value) and reason in str(caught.value)


def test_the_same_item_twice_is_refused():
    twice = SAMPLE + PAGE.split("[[pages.items]]")[1].join(["[[pages.items]]", ""])
    with pytest.raises(InstrumentError, match=r"nausea.*twice"):
        parse(twice)


def test_a_sign_that_no_rule_knows_is_refused():
    sign = '[[pages.signs]]\ncode = "hiccup"\nlabel = { en = "Hiccup", ru = "Икота" }\n'
    with pytest.raises(InstrumentError, match="hiccup"):
        parse(SAMPLE + sign)


def test_signs_without_words_for_none_of_them_are_refused():
    sign = '[[pages.signs]]\ncode = "seizure"\nlabel = { en = "Seizure", ru = "Приступ" }\n'
    with pytest.raises(InstrumentError, match="'signs_ask' is missing"):
        parse(SAMPLE + sign)


def test_a_list_that_lacks_a_code_is_refused():
    one = '[[lists.routes]]\ncode = "smoked"\nlabel = { en = "Smoked", ru = "Курением" }\n'
    with pytest.raises(InstrumentError, match=r"lists: 'routes' must have every code"):
        parse(HEAD + one)


def test_a_list_that_nobody_knows_is_refused():
    with pytest.raises(InstrumentError, match="not a known list"):
        parse(HEAD + "[lists]\ncolours = []\n")


@pytest.mark.parametrize("content", [b"\xff", b"key = ", b"key = 1\nkey = 2"])
def test_what_is_not_a_toml_file_is_refused(content):
    with pytest.raises(InstrumentError, match="not a TOML file"):
        parse_instrument(content, "sample.v1.toml")


def test_an_unknown_instrument_or_version_is_refused():
    with pytest.raises(InstrumentError, match="no file with this key"):
        load_instrument("horoscope")
    with pytest.raises(InstrumentError, match="no version 99"):
        load_instrument("urges", 99)


def test_without_a_version_the_newest_is_loaded_and_an_older_one_can_be_named():
    newest = load_instrument("urges")
    assert newest.version == max(i.version for i in all_instruments() if i.key == "urges")
    assert load_instrument("urges", 1).version == 1
    assert load_instrument("urges") is newest


def test_a_text_is_said_in_the_language_asked_for_and_in_no_other():
    text = Text("Call {clinic} now", "Звоните {clinic} сейчас")
    assert text.say("ru", clinic="112") == "Звоните 112 сейчас"
    with pytest.raises(ValueError, match="no texts in 'de'"):
        text.say("de", clinic="112")
    with pytest.raises(KeyError):
        text.say("en")


REST = """
[texts]
call = { en = "Call {clinic}", ru = "Звоните {clinic}" }
[[pages.signs]]
code = "seizure"
label = { en = "Seizure", ru = "Приступ" }
[[pages]]
key = "p2"
heading = { en = "More", ru = "Ещё" }
lead = { en = "Now", ru = "Сейчас" }
none = { en = "None", ru = "Ничего" }
[[pages.items]]
code = "temperature"
label = { en = "Temperature", ru = "Температура" }
unit = { en = "°C is it", ru = "градусы" }
[[pages.items]]
code = "own_words"
label = { en = "Own words", ru = "Своими словами" }
hint = { en = "Hint", ru = "Подсказка" }
[[sections]]
key = "more"
heading = { en = "Heading", ru = "Заголовок" }
lines = [{ en = "Line", ru = "Строка" }]
steps = [{ en = "Step", ru = "Шаг" }]
"""


def test_whatever_breaks_at_whatever_place_is_refused_with_its_key():
    texts = 'signs_ask = { en = "Any?", ru = "Есть?" }\nsigns_none = { en = "No", ru = "Нет" }\n'
    whole = HEAD + SCALE + PAGE.replace("[[pages.items]]", texts + "[[pages.items]]")
    passed = accepted_file("sample.v1.toml", whole + REST, parse, InstrumentError)
    free = ["texts", "call", "pages", "items", "sections", "lines", "steps", "lead", "none", "hint"]
    assert passed == {*(f"no {key}" for key in free), "str approved_by"}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('scale = "five"', 'scale = "five"\nkind = "urge"', "'kind' is not a known key"),
        ('scale = "five"', 'scale = "five"\npoints = []', "'points' is not a known key"),
        ('scale = "five"', "", "pages[0].items[0]: 'scale' is missing"),
        ('scale = "five"', 'scale = "five"\nunit = { en = "x", ru = "ы" }', "'unit' does not"),
        ('"nausea"\nscale = "five"', '"own_words"\nscale = "five"', "'scale' does not belong"),
        ('"nausea"\nscale = "five"', '"vomiting_24h"', "'none' is missing"),
    ],
)
def test_a_question_has_what_its_kind_asks_for_and_no_more(old, new, reason):
    assert old in SAMPLE
    with pytest.raises(InstrumentError) as caught:
        parse(SAMPLE.replace(old, new, 1))
    assert reason in str(caught.value)
