"""A comma before three digits is a thousand to one reader and one to another: nobody reads it."""

import re
from datetime import date
from urllib.parse import urlencode

import pytest

import app.main  # noqa: F401  every form there is
from app.diary.drinks import read_day_form
from app.i18n import translator
from app.instruments.loader import all_instruments
from app.instruments.messages import explain, explain_sheet
from app.instruments.scoring import AnswerErrors, validate_page
from app.instruments.worksheets.answers import SheetErrors, field_names, read_cells
from app.instruments.worksheets.loader import all_sheets
from app.protocol.loader import load_protocol
from app.thresholds.shown import shown_number
from app.thresholds.versions import read_changes
from app.typed import number
from app.web.bodies import parse
from app.web.forms import FormModel, check, form_from
from app.web.limits import Limits, date_fields
from tests.house.source import calls, dotted, imports, modules

TWO_WAYS = ("1,000", "12,345", "1 234,500", "1,000,000", "0,125", "1，000", "١,٠٠٠", "38,500")
ONE_WAY = {"1,5": 1.5, "36,65": 36.65, "1000": 1000.0, "1 000": 1000.0, "0,1250": 0.125, "1.000": 1}
SAYS = {"en": "A comma before three digits", "ru": "тремя цифрами"}
# Who reads numbers of a form; whoever joins them is tried below.
READERS = {
    "app.checkins.asked",
    "app.diary.drinks",
    "app.instruments.scoring",
    "app.instruments.worksheets.answers",
    "app.specimens.forms",
    "app.thresholds.versions",
    "app.web.forms",
}


def _taken(module):
    return {one.name for one in imports(module.tree) if one.target == "app.typed"}


def models(above=FormModel):
    for one in above.__subclasses__():
        yield one
        yield from models(one)


def counted(model):
    return [n for n, f in model.model_fields.items() if NUMBERS.search(str(f.annotation))]


NUMBERS = re.compile(r"\b(?:int|float|Decimal)\b")


def test_what_is_read_one_way_is_read_and_what_is_read_two_ways_is_not():
    assert {text: float(number(text)) for text in ONE_WAY} == ONE_WAY
    for text in TWO_WAYS:
        with pytest.raises(ValueError):
            float(number(text))


def test_nobody_else_reads_numbers_of_a_form_or_makes_a_point_of_a_comma():
    found = {name for name, one in modules().items() if "number" in _taken(one)}
    assert found == READERS
    commas = {
        name
        for name, one in modules().items()
        for call in calls(one.tree)
        if dotted(call.func).endswith("replace")
        and [getattr(arg, "value", None) for arg in call.args] == [",", "."]
    }
    assert commas == {"app.typed"}


def of_models(text, tr):
    for model in models():
        limits = {name: Limits(date(2000, 1, 1), date(2080, 1, 1)) for name in date_fields(model)}
        own = getattr(model, "diary_days", frozenset())
        days = {name: limit for name, limit in limits.items() if name not in own}
        for name in counted(model):
            sent = model.model_fields[name].alias or name
            form = form_from(parse(urlencode({sent: text}).encode()))
            yield (model.__name__, sent), check(model, form, tr, days).errors.get(sent, "")


def of_the_diary_and_the_thresholds(text, tr):
    for name in load_protocol().thresholds:
        yield name, read_changes({name: [text]}, load_protocol(), tr)[1].get(name, "")
    for name in ("other_ml", "other_abv", "other_count", "n:beer:500:4.5"):
        yield name, read_day_form({name: [text]}, tr).errors.get(name, "")


def of_the_check_ins(text, tr):
    for page in (page for one in all_instruments() for page in one.pages):
        for item in page.items:
            if item.kind in ("count", "measure"):
                with pytest.raises(AnswerErrors) as wrong:
                    validate_page(page, [("method", "each"), (item.code, text)])
                yield item.code, explain(page, wrong.value.errors, tr.lang).get(item.code, "")


def of_the_worksheets(text, tr):
    for sheet in all_sheets():
        for name, one in field_names(sheet):
            if one.kind in ("percent", "count"):
                with pytest.raises(SheetErrors) as wrong:
                    read_cells(sheet, [(name, text)])
                yield (sheet.key, name), explain_sheet(sheet, wrong.value.errors, tr.lang)[name]


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(
    ("fields", "least"),
    [
        (of_models, 9),
        (of_the_diary_and_the_thresholds, 80),
        (of_the_check_ins, 6),
        (of_the_worksheets, 9),
    ],
)
def test_every_number_of_every_form_is_refused_with_words_at_its_field(fields, least, lang):
    for text in TWO_WAYS:
        found = dict(fields(text, translator(lang)))
        assert len(found) >= least
        assert {name: said for name, said in found.items() if SAYS[lang] not in said} == {}, text


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("value", [0.125, 72.125, 1.5, 38.25, 1000.0, 1234.0625])
def test_a_number_is_shown_so_that_its_field_takes_it_back(value, lang):
    assert float(number(shown_number(value, lang))) == value
