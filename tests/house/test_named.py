"""What names a thing is read into few types; whatever does not fit names nothing, on no database.

An address that names nothing is no page, a field that names nothing is an error of its own: an
error of ours is neither, whichever route, role and database it was tried with.
"""

import importlib
import re
from inspect import signature
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi.routing import iter_route_contexts
from pydantic import TypeAdapter

from app import named
from app.i18n import translator
from app.web.bodies import Body, Pair
from app.web.forms import FormModel, PathDay, check, form_from
from tests.house.crawl import ENDING, FITTING, OWN, names, routes
from tests.house.drawn import forms
from tests.house.phone import ENCODED
from tests.house.source import modules

IN_ADDRESSES = (
    named.PublicId,
    named.PublicIdOrNew,
    named.Id,
    named.Key,
    named.Month,
    named.FileName,
    PathDay,
)
# As they stand in an address or a body: some are no text.
NAMELESS = {
    "nul": "anna%00annaannaan",
    "long": "a" * 300,
    "31 bits": str(2**31),
    "63 bits": str(2**63),
    "half a character": "%ED%A0%80",
    "no utf-8": "%FF",
    "negative": "-1",
    "a digit of another script": quote("١"),
    "a line": "1%0A2",
}
DAYS = {"the last day": "9999-12-31", "the first day": "0001-01-01", "no day": "2026-02-30"}
HOSTILE = {**NAMELESS, **DAYS, "nothing": "", "blank": "%20"}
AS_LONG = re.compile(r"'maxLength': 16\b")
# One try in so many is enough beside each change; all of them are `make sweep`.
SHARE = 90
QUERIES = ("page", "weeks", "kept", "day", "until", "before", "after", "month", "week", "entry")
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def form_models():
    for name in modules():
        if not name.endswith("__main__"):
            importlib.import_module(name)
    found, waiting = set(), [FormModel]
    while waiting:
        below = waiting.pop().__subclasses__()
        found |= {one for one in below if one.__module__.startswith("app.")}
        waiting += below
    return sorted(found, key=repr)


def test_every_parameter_of_an_address_is_read_into_a_type_of_ours(app):
    for context in iter_route_contexts(app.routes):
        asked = signature(context.endpoint).parameters
        for name in _PARAMETER.findall(str(context.path)):
            assert asked[name].annotation in IN_ADDRESSES, (context.path, name)


def test_what_names_a_thing_in_a_form_is_a_name_or_an_error_of_its_field():
    """A number has room in both databases; what is as long as a public id is read as one."""
    tried = 0
    for model in form_models():
        for name, field in model.model_fields.items():
            kind: Any = field.annotation
            whole = Annotated[kind, *field.metadata] if field.metadata else kind
            schema = str(TypeAdapter(whole).json_schema())
            assert not AS_LONG.search(schema), (model, name)
            if "'integer'" not in schema and named.PublicId.__metadata__[0].pattern not in schema:
                continue
            for value in ("9" * 19, str(2**31), str(2**63), "-1", "a" * 300, "anna annaannaann"):
                tried += 1
                field_name = field.alias or name
                form = form_from(Body([Pair(field_name, value, True)]))
                asked = Alone(model, name)
                assert field_name in check(asked, form, translator("en")).errors, (model, name)
    assert tried > 50


def Alone(model, name):
    """A form of this one field of the model."""
    field = model.model_fields[name]
    return type("Alone", (FormModel,), {"__annotations__": {name: field.annotation}, name: field})


def test_an_address_that_names_nothing_is_no_page(app, people, sown, share):
    for row, each in enumerate(routes(app)):
        for which in _PARAMETER.findall(each.path):
            kinds = {**NAMELESS, **DAYS} if which in ("day", "month") else NAMELESS
            for who, browser in names(people):
                if each.audience.kind not in ("public", who) and who not in each.audience.roles:
                    continue
                for kind in share.of(kinds, row, 3):
                    path = filled(each.path, which, kinds[kind])
                    answer = browser.post(path) if each.unsafe else browser.get(path)
                    assert answer.status_code < 500, (each, which, kind, who)
                    if kind in NAMELESS:
                        assert answer.status_code == 404, (each, which, kind, who)


def filled(path, which, value):
    found = {name: FITTING.get(name, OWN) for name in _PARAMETER.findall(path)} | {which: value}
    return _PARAMETER.sub(lambda one: found[one.group(1)], path)


def test_a_question_after_an_address_is_answered_or_refused(app, people, sown, share):
    row = 0
    for each, who, browser in pages(app, people):
        for name in QUERIES:
            row += 1
            for kind in share.of(HOSTILE, row, SHARE):
                answer = browser.get(f"{each.address()}?{name}={HOSTILE[kind]}")
                assert answer.status_code < 500, (each, name, kind, who)
    assert row > 500


def test_a_field_that_names_nothing_is_no_fault_of_ours(app, people, sown, share):
    """Every form that a page shows, with one field at a time taken by what is hostile."""
    row = 0
    for each, who, browser in pages(app, people):
        for form in forms(browser.get(each.address()).text):
            path = form.action or each.address()
            for name in form.pairs if path not in ENDING else ():
                row += 1
                for kind in share.of(HOSTILE, row, SHARE):
                    rest = {**form.pairs, "idem": f"named-{row}-{kind}"}
                    rest.pop(name)
                    body = f"{urlencode(rest)}&{quote(name)}={HOSTILE[kind]}"
                    answer = browser.post(path, None, content=body, headers=ENCODED)
                    assert answer.status_code < 500, (each, form, name, kind, who)
    assert row > 500


def pages(app, people):
    """Every page with everybody for whom it is."""
    for each in routes(app):
        for who, browser in names(people):
            if not each.unsafe and (each.audience.kind == who or who in each.audience.roles):
                yield each, who, browser
