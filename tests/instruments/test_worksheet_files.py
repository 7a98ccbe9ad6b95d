"""The twenty worksheets: each field of the counseling plan, safety texts where they belong."""

import pytest

from app.instruments.reading import InstrumentError
from app.instruments.text import placeholders
from app.instruments.worksheets.definitions import FIGURES
from app.instruments.worksheets.loader import (
    all_sheets,
    load_sheet,
    parse_sheet,
    sheet_by_number,
    short_sheets,
)
from tests.broken import accepted_file

# What the counseling plan asks of each sheet; "table.column" is a column.
REQUIRED = {
    1: "importance importance_why_not_lower importance_what_would_raise "
    "confidence confidence_why_not_lower confidence_what_would_raise "
    "readiness readiness_why_not_lower readiness_what_would_raise",
    2: "grams_per_week risk_level craving symptoms reaction",
    3: "use.good use.less_good change.good change.less_good",
    4: "values.value values.fit",
    5: "change reasons steps.step helpers.who obstacles.obstacle signs",
    6: "trigger thought feeling behaviour gains costs",
    7: "situations.situation situations.risk situations.plan",
    8: "start peak end skill result",
    9: "who offer reply rehearsal",
    10: "thought belief evidence.supports evidence.against alternative re_rating",
    11: "choices.choice choices.riskier choices.safer",
    12: "contacts.name contacts.phone places distractions numbers.number",
    13: "problem options.option options.pros options.cons step review",
    14: "activities.activity activities.planned activities.done "
    "activities.mood_before activities.mood_after",
    15: "nights.bed nights.up nights.awakenings nights.caffeine nights.alcohol plan",
    16: "stop leave call.name learn",
    17: "benefits effects.effect barriers",
    18: "trigger level skill",
    19: "people.person people.effect people.ask",
    20: "letter_to letter warning_signs.sign warning_signs.answer",
}
RULERS = {
    1: ["importance", "confidence", "readiness"],
    8: ["start", "peak", "end"],
    9: ["rehearsal"],
    18: ["level", "level_after"],
}


def ids(sheet):
    found = {field.id for field in sheet.fields}
    return found | {f"{field.id}.{cell.id}" for field in sheet.fields for cell in field.columns}


def told(texts):
    return " ".join(text.en for text in texts)


def test_there_are_twenty_sheets_in_the_order_of_their_numbers():
    assert [sheet.number for sheet in all_sheets()] == list(range(1, 21))
    assert len({sheet.key for sheet in all_sheets()}) == 20


@pytest.mark.parametrize("number", REQUIRED)
def test_a_sheet_has_every_field_of_the_counseling_plan(number):
    missing = set(REQUIRED[number].split()) - ids(sheet_by_number(number))
    assert not missing


@pytest.mark.parametrize("number", RULERS)
def test_rulers_are_rulers_with_both_ends_named(number):
    sheet = sheet_by_number(number)
    assert [field.id for field in sheet.fields if field.kind == "ruler"] == RULERS[number]
    assert all(field.low and field.high for field in sheet.fields if field.kind == "ruler")


def test_the_balance_weighs_use_first_and_dwells_on_change():
    sheet = load_sheet("decisional_balance")
    assert [(field.id, field.kind) for field in sheet.fields[:2]] == [
        ("use", "balance"),
        ("change", "balance"),
    ]
    assert sheet.fields[1].columns[-1].id == "good"


def test_five_values_and_seven_nights_fit():
    assert load_sheet("values").field("values").rows == 5
    assert load_sheet("sleep").field("nights").rows == 7


def test_beliefs_are_percentages():
    sheet = load_sheet("thought_record")
    assert (sheet.field("belief").kind, sheet.field("re_rating").kind) == ("percent", "percent")


def test_the_feedback_sheet_shows_every_figure_and_asks_for_the_reaction_alone():
    sheet = load_sheet("personal_feedback")
    assert {field.id for field in sheet.fields if field.kind == "shown"} == FIGURES
    assert [field.id for field in sheet.fields if field.kind != "shown"] == ["reaction"]


@pytest.mark.parametrize("number", [12, 16])
def test_crisis_and_lapse_sheets_warn_of_lost_tolerance_and_of_the_next_dose(number):
    warnings = told(sheet_by_number(number).warnings)
    assert "no longer used to them" in warnings
    assert "stop the breathing" in warnings
    assert "naloxone" in warnings
    assert "wait with the next tablet until you have spoken with the study doctor" in warnings
    russian = " ".join(text.ru for text in sheet_by_number(number).warnings)
    assert "подождите со следующей таблеткой" in russian
    assert "{clinic}" in russian
    assert "{emergency}" in russian


def test_every_sheet_says_what_it_is_for_and_that_one_may_stop():
    for sheet in (*all_sheets(), *short_sheets()):
        assert sheet.purpose.en.startswith("To ")
        assert "stop at any point and go on later" in sheet.way_out.en


def test_a_sheet_needs_no_number_that_a_site_does_not_have():
    for sheet in all_sheets():
        for text in (*sheet.warnings, *sheet.notes):
            assert placeholders(text.en) <= {"emergency", "crisis", "clinic"}
        for field in sheet.fields:
            assert not placeholders(field.label.en)


def test_no_sheet_claims_an_approval_that_nobody_gave():
    assert [sheet.key for sheet in all_sheets() if sheet.approved] == []


def test_an_unknown_sheet_is_refused():
    with pytest.raises(InstrumentError, match="no file with this key"):
        load_sheet("horoscope")
    with pytest.raises(InstrumentError, match="no sheet 21"):
        sheet_by_number(21)


SAMPLE = """
key = "sample"
version = 1
number = 1
source = "own wording"
translator = "somebody"
approved_by = ""
title = { en = "Title", ru = "Название" }
purpose = { en = "To see", ru = "Увидеть" }
way_out = { en = "You can stop", ru = "Можно остановиться" }

[[fields]]
id = "people"
kind = "table"
rows = 2
label = { en = "People", ru = "Люди" }
[[fields.columns]]
id = "who"
kind = "text"
label = { en = "Who", ru = "Кто" }
[[fields.columns]]
id = "effect"
kind = "choice"
label = { en = "Effect", ru = "Влияние" }
options = [
  { code = "helps", label = { en = "Helps", ru = "Помогает" } },
  { code = "hinders", label = { en = "Hinders", ru = "Мешает" } },
]
"""


def test_a_complete_sheet_is_read():
    sheet = parse_sheet(SAMPLE.encode(), "sample.v1.toml")
    assert [column.id for column in sheet.field("people").columns] == ["who", "effect"]
    assert sheet.field("people").columns[0].limit == 300


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('purpose = { en = "To see", ru = "Увидеть" }', "", "purpose"),
        ('ru = "Можно остановиться"', 'ru = ""', "way_out"),
        ("rows = 2", "", "rows"),
        ("rows = 2", "rows = 0", "rows"),
        ("rows = 2", "rows = 11", "rows"),
        ('kind = "table"', 'kind = "grid"', "kind"),
        ('kind = "table"', 'kind = "balance"', "columns"),
        ('id = "people"', 'id = "People"', "id"),
        ('id = "people"', 'id = "_people"', "id"),
        ('id = "effect"', 'id = "who"', "columns"),
        ('kind = "choice"', 'kind = "list"\nrows = 2', "kind"),
        ('kind = "choice"', 'kind = "count"', "options"),
        ('code = "hinders"', 'code = "helps"', "options"),
        ('kind = "text"', 'kind = "ruler"', "low"),
        ('kind = "text"', 'kind = "shown"', "kind"),
        ('kind = "table"\nrows = 2', 'kind = "shown"', "columns"),
        ("number = 1", "number = 1\nodd = 2", "odd"),
    ],
)
def test_a_broken_sheet_is_refused_with_its_key(old, new, key):
    assert old in SAMPLE
    with pytest.raises(InstrumentError) as caught:
        parse_sheet(SAMPLE.replace(old, new, 1).encode(), "sample.v1.toml")
    assert str(caught.value).startswith("sample.v1.toml: ") and key in str(caught.value)


def test_whatever_breaks_at_whatever_place_of_a_sheet_is_refused_with_its_key():
    passed = accepted_file("sample.v1.toml", SAMPLE, parse_sheet, InstrumentError)
    # Codes and names are free, a number is the sheet's own.
    assert passed == {"str approved_by"}


def test_two_short_forms_stand_beside_the_plan_and_only_one_is_sent():
    assert {sheet.key: sheet.sent for sheet in short_sheets()} == {
        "before_session": True,
        "trigger_diary": False,
    }
    preparation = load_sheet("before_session")
    kinds = [("importance", "ruler"), ("confidence", "ruler"), ("wish", "text")]
    assert [(field.id, field.kind) for field in preparation.fields] == kinds
    assert "your counselor can read it" in told(preparation.notes)
    diary = load_sheet("trigger_diary")
    assert [field.id for field in diary.fields] == ["where", "who", "feeling", "did"]


@pytest.mark.parametrize(("number", "short"), [("0", "false"), ("1", "true")])
def test_a_form_without_a_place_in_the_plan_is_short_and_no_other_is(number, short):
    content = SAMPLE.replace("number = 1", f"number = {number}\nshort = {short}", 1)
    with pytest.raises(InstrumentError, match="0 for a short form"):
        parse_sheet(content.encode(), "sample.v1.toml")
