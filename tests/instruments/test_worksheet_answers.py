"""A worksheet may be left half filled; what is there is stored as it was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.instruments.messages import explain_sheet
from app.instruments.worksheets.answers import (
    MESSAGES,
    SheetErrors,
    field_names,
    flatten,
    gather,
    read_cells,
)
from app.instruments.worksheets.loader import all_sheets, load_sheet


def read_sheet_form(sheet, pairs):
    return gather(sheet, read_cells(sheet, pairs))


def refused(key, *pairs):
    with pytest.raises(SheetErrors) as caught:
        read_sheet_form(load_sheet(key), pairs)
    return caught.value.errors


@pytest.mark.parametrize("sheet", all_sheets(), ids=lambda sheet: sheet.key)
def test_an_empty_sheet_is_an_empty_draft(sheet):
    assert read_sheet_form(sheet, [(name, " ") for name, _ in field_names(sheet)]) == {}


def test_values_come_out_as_texts_numbers_lists_and_rows():
    plan = read_sheet_form(
        load_sheet("change_plan"),
        [
            ("change", " Меньше по будням "),
            ("reasons.0", "Сон"),
            ("reasons.2", "Дети"),
            ("steps.1.step", "Позвонить"),
        ],
    )
    assert plan == {
        "change": "Меньше по будням",
        "reasons": ["Сон", "Дети"],
        "steps": [{"step": "Позвонить"}],
    }
    assert read_sheet_form(load_sheet("rulers"), [("importance", "0")]) == {"importance": 0}
    assert read_sheet_form(load_sheet("thought_record"), [("belief", "100")]) == {"belief": 100}


def test_a_night_has_times_and_counts():
    night = [("nights.0.bed", "9.05"), ("nights.0.up", "23:59"), ("nights.0.awakenings", "0")]
    assert read_sheet_form(load_sheet("sleep"), night) == {
        "nights": [{"bed": "09:05", "up": "23:59", "awakenings": 0}]
    }


@pytest.mark.parametrize(
    ("key", "name", "raw", "message"),
    [
        ("rulers", "importance", "11", "choice"),
        ("rulers", "importance", "1.5", "choice"),
        ("thought_record", "belief", "101", "range"),
        ("thought_record", "belief", "1000", "range"),
        ("thought_record", "belief", "-1", "whole_number"),
        ("sleep", "nights.0.bed", "24:00", "time"),
        ("sleep", "nights.0.bed", "7:60", "time"),
        ("support_map", "people.0.effect", "loves", "choice"),
        ("change_plan", "change", "я" * 2001, "text_length"),
        ("change_plan", "reasons.0", "я" * 301, "text_length"),
        ("change_plan", "steps.0.step", "я" * 301, "text_length"),
        ("goodbye_and_maintenance", "letter", "я" * 5001, "text_length"),
        ("change_plan", "change", "a\x00b", "text_characters"),
        ("change_plan", "change", "a\u202eb", "text_characters"),
    ],
)
def test_what_a_field_cannot_hold_is_refused_beside_it(key, name, raw, message):
    assert refused(key, (name, raw)) == {name: message}


@pytest.mark.parametrize(
    ("key", "name", "length"),
    [
        ("change_plan", "change", 2000),
        ("change_plan", "reasons.0", 300),
        ("goodbye_and_maintenance", "letter", 5000),
    ],
)
def test_a_text_may_be_as_long_as_its_limit(key, name, length):
    assert read_sheet_form(load_sheet(key), [(name, "я" * length)])


@pytest.mark.parametrize(
    "name", ["odd", "reasons", "reasons.4", "steps.0", "steps.4.step", "steps.0.odd", "reasons.-1"]
)
def test_a_name_that_the_form_does_not_have_is_refused(name):
    assert refused("change_plan", (name, "1")) == {"": "unknown_field"}


def test_figures_of_the_diary_cannot_be_typed():
    assert refused("personal_feedback", ("grams_per_week", "0")) == {"": "unknown_field"}


def test_two_values_for_one_field_are_refused():
    assert refused("rulers", ("importance", "1"), ("importance", "2")) == {"importance": "repeated"}


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("key", MESSAGES)
def test_every_complaint_can_be_put_into_words(key, lang):
    words = explain_sheet(load_sheet("change_plan"), {"reasons.0": key}, lang)["reasons.0"]
    assert words
    assert "{" not in words


def test_a_length_is_told_as_it_is_held():
    errors = {"letter": "text_length", "": "unknown_field"}
    told = explain_sheet(load_sheet("goodbye_and_maintenance"), errors, "en")
    assert "up to 5000 characters" in told["letter"]
    assert "open it again" in told[""]


plan_names = st.sampled_from([name for name, _ in field_names(load_sheet("change_plan"))])
words = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20)


@given(st.dictionaries(plan_names, words))
def test_a_draft_that_is_shown_again_and_sent_again_is_the_same_draft(form):
    sheet = load_sheet("change_plan")
    stored = read_sheet_form(sheet, form.items())
    assert read_sheet_form(sheet, flatten(stored).items()) == stored
