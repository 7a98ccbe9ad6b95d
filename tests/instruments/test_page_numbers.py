"""Counts and measurements: read strictly, held to their range, blood pressure in pairs."""

import pytest

from app.instruments.loader import load_instrument
from app.instruments.scoring import AnswerErrors, validate_page

SIGNS = load_instrument("side_effects").pages[5]


def signs_page(*pairs):
    return validate_page(SIGNS, [("method", "each"), ("signs", "none"), *pairs])


def complaints(page, *pairs):
    with pytest.raises(AnswerErrors) as caught:
        validate_page(page, pairs)
    return caught.value.errors


@pytest.mark.parametrize(
    ("field", "raw", "stored"),
    [
        ("vomiting_24h", "0", 0),
        ("vomiting_24h", "100", 100),
        ("temperature", "30", 30),
        ("temperature", "45.0", 45),
        ("temperature", "37,5", 37.5),
        ("temperature", " 36.65 ", 36.65),
    ],
)
def test_numbers_at_the_edge_of_their_range_are_taken(field, raw, stored):
    assert signs_page((field, raw)).ratings == {field: stored}


@pytest.mark.parametrize(
    ("field", "raw", "key"),
    [
        ("vomiting_24h", "101", "range"),
        ("vomiting_24h", "-1", "whole_number"),
        ("vomiting_24h", "1.5", "whole_number"),
        ("vomiting_24h", "1000", "whole_number"),
        ("vomiting_24h", "two", "whole_number"),
        ("temperature", "29.9", "range"),
        ("temperature", "45.1", "range"),
        ("temperature", "98.6", "range"),
        ("temperature", "36,6,6", "number"),
        ("temperature", "36.666", "number"),
        ("temperature", "nan", "number"),
        ("temperature", "inf", "number"),
        ("temperature", "3_6", "number"),
        ("temperature", "+36", "number"),
    ],
)
def test_numbers_outside_their_range_or_form_are_refused(field, raw, key):
    with pytest.raises(AnswerErrors) as caught:
        signs_page((field, raw))
    assert caught.value.errors == {field: key}


@pytest.mark.parametrize("raw", ["", "0"])
def test_the_explicit_none_of_a_count_is_a_zero(raw):
    answers = signs_page(("vomiting_24h", raw), ("vomiting_24h_none", "1"))
    assert answers.ratings == {"vomiting_24h": 0}


def test_the_explicit_none_beside_a_number_is_asked_about():
    given_ = (("method", "each"), ("signs", "none"), ("vomiting_24h_none", "1"))
    assert complaints(SIGNS, *given_, ("vomiting_24h", "3")) == {"vomiting_24h": "none_conflict"}
    assert complaints(SIGNS, *given_, ("vomiting_24h", "x")) == {"vomiting_24h": "whole_number"}


def pressure(upper, lower, upper_again="", lower_again=""):
    names = ("systolic_bp", "diastolic_bp", "systolic_bp_repeat", "diastolic_bp_repeat")
    return list(zip(names, (upper, lower, upper_again, lower_again), strict=True))


def test_blood_pressure_is_stored_in_pairs():
    ratings = signs_page(*pressure("300", "40", "150", "90")).ratings
    assert ratings == {
        "systolic_bp": 300,
        "diastolic_bp": 40,
        "systolic_bp_repeat": 150,
        "diastolic_bp_repeat": 90,
    }
    assert signs_page(*pressure("81", "80")).ratings == {"systolic_bp": 81, "diastolic_bp": 80}


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        (("120", ""), {"diastolic_bp": "pressure_pair"}),
        (("", "80"), {"systolic_bp": "pressure_pair"}),
        (("80", "80"), {"systolic_bp": "pressure_order"}),
        (("80", "120"), {"systolic_bp": "pressure_order"}),
        (("301", "80"), {"systolic_bp": "range"}),
        (("120", "39"), {"diastolic_bp": "range"}),
        (("12O", "80"), {"systolic_bp": "whole_number"}),
        (("", "", "150", "90"), {"systolic_bp": "pressure_repeat"}),
        (("160", "100", "150", ""), {"diastolic_bp_repeat": "pressure_pair"}),
        (("160", "x", "150", "90"), {"diastolic_bp": "whole_number"}),
    ],
)
def test_blood_pressure_that_cannot_be_right_is_asked_about(values, errors):
    with pytest.raises(AnswerErrors) as caught:
        signs_page(*pressure(*values))
    assert caught.value.errors == errors
