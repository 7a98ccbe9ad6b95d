"""A Russian reader meets a comma in every number: pages of every role, and words of every fault."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.routing import compile_path

from app.auth.gate import Audience, audiences
from app.demo.cohort import fill_demo
from app.demo.stories import STORIES
from app.i18n import translator
from app.instruments.loader import all_instruments
from app.instruments.messages import explain
from app.web.forms import say
from tests.apps import app_of
from tests.house.walk import HOMES, Page, everybody, walk

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
POINT = re.compile(r"[^\n|]{0,40}\d\.\d[^\n|]{0,20}")
# Dates in figures, versions, addresses of papers, and the names of their journals.
NO_NUMBER = re.compile(
    r"\d\d\.\d\d\.\d{2,4}|\bdoi[: ]\S+|\b10\.\d{4,}/\S+|\b\d+(\.\d+){2,}\b|\bv\d+\.\d+"
)
KINDS = ("greater_than_equal", "less_than_equal", "greater_than", "less_than")


def barred(routes: Sequence[tuple[str, Any, Audience]], page: Page) -> list[tuple[str, str]]:
    """Where the page leads, by a link or a form, and its reader may not go."""
    found = []
    for method, path in sorted(page.leads_to):
        fits = (one for how, known, one in routes if how == method and known.match(path))
        there = next(fits, None)
        if there is None or not ({there.kind, *there.roles} & {"public", page.role}):
            found.append((method, path))
    return found


def test_no_page_writes_a_decimal_point_or_leads_where_its_reader_may_not_go(
    database, backend
) -> None:
    """All pages in one pass; each is opened, and where it leads is held to the audience there."""
    if backend != "sqlite":
        return  # the same pages, and nobody needs them twice
    fill_demo(database, NOW, stories=STORIES[:5])
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
                for text in POINT.findall(NO_NUMBER.sub(" ", page.text)):
                    found.setdefault(text.strip(), f"{role} {page.path}")
    assert {
        ("participant", "calendar"),
        ("counselor", "participants"),
        ("investigator", "flags"),
    } <= seen
    assert found == {}
    assert closed == []


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
