"""A Russian reader meets a comma in every number, and its unit in the same line: pages of every
role, and words of every fault. Zones are named by their city on the same pages."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import compile_path

from app.db import Database
from app.i18n import translator
from app.instruments.loader import all_instruments
from app.instruments.messages import explain
from app.visit.gate import Audience, audiences
from app.web.forms import say
from app.web.units import with_units_joined
from tests.apps import app_of
from tests.databases import demo_copy
from tests.house.strings import marked
from tests.house.walk import HOMES, Page, everybody, walk

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
POINT = re.compile(r"[^\n|]{0,40}\d\.\d[^\n|]{0,20}")
# Dates in figures, versions, addresses of papers, and the names of their journals.
NO_NUMBER = re.compile(
    r"[Вв]ерси\w+(?: протокола)? \d+(?:\.\d+)+|"
    r"\d\d\.\d\d\.\d{2,4}|\bdoi[: ]\S+|\b10\.\d{4,}/\S+|\b\d+(\.\d+){2,}\b|\bv\d+\.\d+"
)
KINDS = ("greater_than_equal", "less_than_equal", "greater_than", "less_than")


# A unit that could stand alone at the beginning of a line; «с» only where it is not «with».
UNITS = r"(?:min|h|s|g|mg|kg|ml|L|oz|mmHg|°C|%|мин|ч|г|мг|кг|мл|л|мм рт|с(?=\W*[\n.,;)]))"
APART = re.compile(rf"[^\n]{{0,30}}\d[ \t\n]+{UNITS}(?!\w)")
# A key stands in brackets or as an example, where it is typed.
ZONE = re.compile(r"(?<!\()(?<!например )\b(?:Europe|Asia|America|Africa|Pacific)/[A-Z]\w+")
_WORDS_OF_PEOPLE = re.compile(
    r"<(textarea|bdi|q|script|style|head)\b.*?</\1>|<p class=\"own\">.*?</p>", re.DOTALL
)
_INLINE = re.compile(r"</?(?:b|span|i|strong|tspan|a)\b[^>]*>")


def said(page: Page) -> str:
    """What is read on the page, each element but those within a sentence on lines of its own."""
    html = _INLINE.sub("", _WORDS_OF_PEOPLE.sub("", page.html))
    return unescape(re.sub(r"<[^>]+>", "\n|\n", html))


def barred(routes: Sequence[tuple[str, Any, Audience]], page: Page) -> list[tuple[str, str]]:
    """Where the page leads, by a link or a form, and its reader may not go."""
    found = []
    for method, path in sorted(page.leads_to):
        fits = (one for how, known, one in routes if how == method and known.match(path))
        there = next(fits, None)
        if there is None or not ({there.kind, *there.roles} & {"public", page.role}):
            found.append((method, path))
    return found


@pytest.fixture
def database(tmp_path: Path, demo_at_now: Path) -> Iterator[Database]:
    """The demo: its pages are the same on the other database."""
    with demo_copy(demo_at_now, tmp_path) as copy:
        yield copy


def test_no_page_writes_a_decimal_point_or_leads_where_its_reader_may_not_go(
    database,
) -> None:
    """All pages in one pass; each is opened, and where it leads is held to the audience there."""
    routes = [
        (method, compile_path(path)[0], one)
        for (method, path), one in audiences(app_of(database, lambda: NOW)).items()
    ]
    found: dict[str, str] = {}
    closed: list[object] = []
    seen = set()
    with everybody(database, lambda: NOW, "ru", phones=2) as people:
        for role, browser in people:
            for page in walk(browser, role, HOMES[role]):
                seen.add((role, page.path.split("/")[1]))
                closed += [(role, page.path, page.status)] if page.status != 200 else []
                closed += [(role, page.path, *to) for to in barred(routes, page)]
                wrong = POINT.findall(NO_NUMBER.sub(" ", page.text))
                wrong += [*APART.findall(said(page)), *ZONE.findall(said(page))]
                for text in wrong:
                    found.setdefault(text.strip(), f"{role} {page.path}")
    assert {
        ("participant", "calendar"),
        ("counselor", "participants"),
        ("investigator", "flags"),
    } <= seen
    assert found == {}
    assert closed == []


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_unit_of_the_catalogues_stays_with_its_number(lang) -> None:
    catalog = translator(lang).catalog
    texts = {catalog.gettext(one.text) for one in marked() if not one.many}
    texts |= {
        catalog.ngettext(one.text, one.many, num)
        for one in marked()
        if one.many
        for num in (1, 2, 5)
    }
    drawn = {with_units_joined(re.sub(r"%\(\w+\)s", "7", text)) for text in texts}
    assert sum("7\u00a0" in text for text in drawn) > 10
    assert [text for text in drawn if APART.search(text)] == []


def test_what_somebody_typed_stands_as_it_was_typed() -> None:
    for typed in (
        '<input value="5 мл">',
        "<textarea>\n5 мл</textarea>",
        "<bdi>5 мл</bdi>",
        '<p class="own">5 мл',
    ):
        assert with_units_joined(typed) == typed
    assert with_units_joined('<i aria-label="5 мл">5\n ml</i>') == (
        '<i aria-label="5\u00a0мл">5\u00a0ml</i>'
    )
    assert (
        with_units_joined("<p>в 5 с утра, 5 млн, 5 с</p>") == "<p>в 5 с утра, 5 млн, 5\u00a0с</p>"
    )


def test_no_fault_of_a_form_writes_a_decimal_point() -> None:
    tr = translator("ru")
    for kind in KINDS:
        said = say({"type": kind, "ctx": {"limit": 0.5}}, tr)
        assert "0,5" in said and "0.5" not in said
    for instrument in all_instruments():
        for asked in instrument.pages:
            for item in asked.items:
                for key in ("range", "number"):
                    try:
                        said = explain(asked, {item.code: key}, "ru")[item.code]
                    except KeyError:
                        continue
                    assert not POINT.search(said), (instrument.key, item.code, said)


def test_a_measure_that_is_changed_stands_as_it_is_written(anna, database, clock) -> None:
    body = {"method": "each", "temperature": "36.6", "signs": "none"}
    anna.post("/language", {"lang": "ru"})
    page = anna.post("/today/check/new/6", body | {"idem": "a1"})
    path = page.headers["location"].rsplit("/", 1)[0]
    shown = anna.get(f"{path}/6")
    while shown.status_code == 303:
        shown = anna.get(shown.headers["location"])
    assert "36,6" in shown.text and "36.6" not in shown.text
