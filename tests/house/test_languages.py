"""Both languages are complete: every marked text has a Russian one of the same shape."""

import ast
import re
from html.parser import HTMLParser

import pytest
from jinja2 import nodes

from app.i18n import translator
from app.languages import KNOWN, LANGUAGES
from app.web.pages import TEMPLATES_DIR, environment
from tests.house.source import APP, modules
from tests.house.strings import MANY, ONE, catalogs, marked, placeholders, unreadable, words

FILES = sorted(path for path in TEMPLATES_DIR.rglob("*") if path.is_file())
PLURALS = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
    "(n%100<10 || n%100>=20) ? 1 : 2);"
)
CYRILLIC = re.compile("[а-яё]", re.I)
LATIN = re.compile("[a-z]", re.I)
# The same in both languages: names, and codes that are read out as they stand.
SAME = {"Daybook", "QR", "PIN", "SMS", "OK", "ID", "%(first)s to %(last)s"}
# Text nodes and constants that are no sentence: names, and patterns of dates.
NO_SENTENCE = {"Daybook", "English"}


# Regions with their holidays and drinks have the same short names.
REGIONS = {"app.diary.holidays", "app.protocol.model"}


def test_the_languages_are_one_list_and_no_other_file_names_one():
    """But for the people of the demo. A language is added to the list, and the rest is words."""
    assert {path.name for path in (APP / "locale").iterdir()} == KNOWN.keys() - {"en"}
    named = {
        name
        for name, module in modules().items()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and node.value in (*LANGUAGES, *LANGUAGES.values())
        and not name.startswith("app.demo.")
    }
    assert named - REGIONS == {"app.languages"}


def entries():
    """(file, message) for every entry of every catalogue."""
    return [(name, m) for name, catalog in catalogs().items() for m in catalog if m.id]


def russian(message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def key(message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_there_are_texts_to_hold():
    assert len(marked()) >= 150
    assert len([each for each in marked() if each.many]) >= 5
    assert unreadable() == []


def test_every_marked_text_is_translated():
    known = {key(message) for _, message in entries()}
    missing = {each.text: each.where for each in marked() if each.text and each.text not in known}
    assert missing == {}


def test_every_entry_is_complete_and_not_in_doubt():
    unfinished = [
        (name, key(message))
        for name, message in entries()
        if message.fuzzy or not all(text.strip() for text in russian(message))
    ]
    assert unfinished == []


def test_no_entry_is_left_over():
    used = {each.text for each in marked()}
    left = [(name, key(message)) for name, message in entries() if key(message) not in used]
    assert left == []
    assert [name for name, catalog in catalogs().items() if catalog.obsolete] == []


def test_one_text_has_one_translation_whatever_the_file():
    found: dict[str, set[tuple[str, ...]]] = {}
    for _, message in entries():
        found.setdefault(key(message), set()).add(tuple(russian(message)))
    assert {text: several for text, several in found.items() if len(several) > 1} == {}


def test_a_text_is_singular_or_plural_everywhere_alike():
    plural = {each.text: each.many for each in marked() if each.many}
    assert [each for each in marked() if not each.many and each.text in plural] == []
    for name, message in entries():
        if key(message) in plural:
            assert message.id == (key(message), plural[key(message)]), (name, message.id)
            assert len(russian(message)) == 3, (name, message.id)
        else:
            assert isinstance(message.id, str), (name, message.id)


def test_every_form_of_a_translation_has_the_placeholders_of_its_text():
    for name, message in entries():
        wanted = placeholders(key(message))
        for text in russian(message):
            assert placeholders(text) == wanted, (name, key(message), text)


def test_a_plural_text_says_its_number_in_every_form():
    """Russian uses its first form for 21 and 101 too: "one" spelled out would be wrong."""
    for each in marked():
        if each.many and "%(num)s" in each.many:
            assert "%(num)s" in each.text, each


def test_a_translation_is_in_russian():
    for name, message in entries():
        for text in russian(message):
            if LATIN.search(words(key(message))) and key(message) not in SAME:
                assert CYRILLIC.search(text), (name, key(message), text)


def test_no_english_text_is_in_russian():
    assert [each for each in marked() if CYRILLIC.search(each.text + each.many)] == []


@pytest.mark.parametrize("name", sorted(catalogs()))
def test_a_catalogue_says_its_language_and_its_plurals(name):
    headers = dict(catalogs()[name].mime_headers)
    assert headers["Plural-Forms"].replace(" ", "") == PLURALS.replace(" ", "")
    assert "charset=utf-8" in headers["Content-Type"].lower()
    assert headers["Language"] == "ru"


def test_the_running_translator_says_what_the_catalogues_hold():
    say = translator("ru")
    for _, message in entries():
        if isinstance(message.id, str):
            assert say.catalog.gettext(message.id) == message.string
            continue
        for number, form in ((1, 0), (3, 1), (5, 2), (11, 2), (21, 0), (22, 1)):
            found = say.catalog.ngettext(message.id[0], message.id[1], number)
            assert found == message.string[form], (message.id, number)


class _Texts(HTMLParser):
    """What a reader sees of a template once its own language is blanked out."""

    SEEN = ("aria-label", "title", "alt", "placeholder", "label")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        parts = (part.strip() for part in data.split("\0"))
        self.found += [part for part in parts if not re.match(r"[\w-]+=\"", part)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(value or "").strip("\0 ") for name, value in attrs if name in self.SEEN]


def bare(source: str) -> list[str]:
    """English that stands in a template without a mark."""
    source = re.sub(r"\{% block body %\}.*?\{% endblock %\}\n", "", source)  # names of classes
    blanked = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\0", source, flags=re.DOTALL)
    page = _Texts()
    tags = re.sub(r"<[^<>]*>", lambda tag: tag.group(0).replace("\0", " "), blanked)
    page.feed(re.sub(r"&\w+;", "", tags))
    return [text for text in page.found if re.search("[A-Za-z]{2}", text)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TEMPLATES_DIR).as_posix())
def test_a_template_shows_no_text_without_a_mark(path):
    found = set(bare(path.read_text(encoding="utf-8")))
    assert found - NO_SENTENCE == set()


def test_the_search_sees_text_and_labels():
    assert bare('<p>{{ a }} of days</p><a aria-label="Close {{ b }}">x</a>') == [
        "of days",
        "Close",
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TEMPLATES_DIR).as_posix())
def test_no_sentence_is_handed_to_a_part_without_a_mark(path):
    """``ui.heading("Hello")``: a constant with a capital letter that no mark surrounds."""
    tree = environment.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(const)
        for call in tree.find_all(nodes.Call)
        if getattr(call.node, "name", getattr(call.node, "attr", "")) in ONE | MANY
        for const in call.find_all(nodes.Const)
    }
    loose = [
        const.value
        for const in tree.find_all(nodes.Const)
        if id(const) not in inside
        and isinstance(const.value, str)
        and re.match(r"[A-Z][a-z]+( |$)", const.value)
    ]
    assert set(loose) - NO_SENTENCE == set()


@pytest.mark.parametrize(
    ("text", "value", "said"),
    [
        ("Read on %(day)s.", "21 нояб.", "Read on 21 нояб."),
        ("Read on %(day)s.", "21 Nov", "Read on 21 Nov."),
        ("Read on %(day)s, not told.", "21 нояб.", "Read on 21 нояб., not told."),
        ("%(day)s. Not told.", "21 нояб.", "21 нояб. Not told."),
        ("They wrote: %(day)s.", "wait..", "They wrote: wait..."),
    ],
)
def test_a_month_that_ends_in_a_dot_ends_the_sentence_with_one(text, value, said):
    assert translator("ru")(text, day=value) == said
    assert translator("ru").n(text, text, 2, day=value) == said
