"""One page of a form becomes typed answers, or plain complaints; nothing is filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.instruments.loader import load_instrument
from app.instruments.messages import explain
from app.instruments.scoring import (
    MESSAGES,
    AnswerErrors,
    PageAnswers,
    urge_to_asked,
    validate_page,
)

EFFECTS = load_instrument("side_effects")
SYMPTOMS, SIGNS = EFFECTS.pages[0], EFFECTS.pages[5]
URGES = load_instrument("urges").pages[0]
MOOD = load_instrument("mood").pages[0]


def complaints(page, *pairs):
    with pytest.raises(AnswerErrors) as caught:
        validate_page(page, pairs)
    return caught.value.errors


def signs_page(*pairs):
    return validate_page(SIGNS, [("method", "each"), ("signs", "none"), *pairs])


def test_answers_one_by_one_are_stored_and_what_was_left_out_stays_out():
    answers = validate_page(SYMPTOMS, [("method", "each"), ("nausea", "3"), ("headache", "0")])
    assert answers == PageAnswers({"nausea": 3, "headache": 0}, (), "each", {})


def test_none_of_the_page_is_a_zero_for_each_question_of_it():
    answers = validate_page(SYMPTOMS, [("method", "page_none")])
    assert answers.ratings == {"nausea": 0, "dizziness": 0, "insomnia": 0, "headache": 0}
    assert answers.method == "page_none"


def test_none_of_the_page_beside_a_symptom_is_asked_about():
    assert complaints(SYMPTOMS, ("method", "page_none"), ("nausea", "1")) == {
        "nausea": "none_conflict"
    }
    assert (
        validate_page(SYMPTOMS, [("method", "page_none"), ("nausea", "0")]).ratings["nausea"] == 0
    )


def test_a_skipped_page_holds_nothing_and_says_so():
    nothing = PageAnswers({}, (), "skipped", {})
    assert validate_page(SYMPTOMS, [("method", "skipped")]) == nothing
    assert validate_page(SYMPTOMS, [("method", "skipped"), ("nausea", "2")]) == nothing


def test_a_page_without_any_answer_is_not_taken_for_none_or_skipped():
    assert complaints(SYMPTOMS, ("method", "each")) == {"": "answer_or_skip"}
    assert complaints(SYMPTOMS, ("method", "each"), ("nausea", " ")) == {"": "answer_or_skip"}


@pytest.mark.parametrize("method", [None, "", "none", "Each", "page_none"])
def test_a_button_that_the_page_does_not_have_is_refused(method):
    pairs = [("alcohol_craving", "5")] + ([("method", method)] if method is not None else [])
    assert complaints(URGES, *pairs) == {"": "method"}


@pytest.mark.parametrize("raw", ["-1", "5", "1.0", "01", "1e0", "yes", "1 1"])
def test_a_rating_that_the_scale_does_not_have_is_refused(raw):
    assert complaints(SYMPTOMS, ("method", "each"), ("nausea", raw)) == {"nausea": "choice"}


@pytest.mark.parametrize(("raw", "stored"), [("0", 0), ("1", 10), ("7", 70), ("10", 100)])
def test_an_urge_is_asked_to_ten_and_stored_to_a_hundred(raw, stored):
    answers = validate_page(URGES, [("method", "each"), ("opioid_craving", raw)])
    assert answers.ratings == {"opioid_craving": stored}


@pytest.mark.parametrize("raw", ["11", "-1", "5.5", "100", "05"])
def test_an_urge_outside_the_row_is_refused(raw):
    assert complaints(URGES, ("method", "each"), ("opioid_craving", raw)) == {
        "opioid_craving": "choice"
    }


def test_a_stored_urge_comes_back_as_it_was_asked():
    assert [urge_to_asked(asked * 10) for asked in range(11)] == list(range(11))
    assert urge_to_asked(15) == 1.5
    for outside in (-1, 101):
        with pytest.raises(ValueError, match="0 to 100"):
            urge_to_asked(outside)


def test_a_field_that_the_page_does_not_ask_for_is_refused_without_repeating_its_name():
    assert complaints(SYMPTOMS, ("method", "each"), ("nausea", "1"), ("<b>", "1")) == {
        "": "unknown_field"
    }
    assert complaints(SYMPTOMS, ("method", "each"), ("signs", "seizure")) == {"": "unknown_field"}
    assert complaints(SYMPTOMS, ("method", "each"), ("fatigue", "1")) == {"": "unknown_field"}
    assert complaints(SYMPTOMS, ("method", "skipped"), ("odd", "1")) == {"": "unknown_field"}
    assert complaints(SYMPTOMS, ("method", "each"), ("nausea", b"1")) == {"": "unknown_field"}


def test_two_answers_to_one_question_are_refused():
    assert complaints(SYMPTOMS, ("method", "each"), ("nausea", "1"), ("nausea", "2")) == {
        "nausea": "repeated"
    }
    assert complaints(SYMPTOMS, ("method", "each"), ("method", "skipped"), ("nausea", "2")) == {
        "": "repeated"
    }
    both = (("method", "each"), ("signs", "seizure"), ("signs", "seizure"))
    assert complaints(SIGNS, *both) == {"signs": "repeated"}


def test_danger_signs_are_marked_denied_or_asked_for_again():
    pairs = [("method", "each"), ("signs", "seizure"), ("signs", "chest_pain")]
    assert validate_page(SIGNS, pairs).signs == ("seizure", "chest_pain")
    assert signs_page().signs == ()
    assert complaints(SIGNS, ("method", "each"), ("vomiting_24h", "2")) == {
        "signs": "signs_or_none"
    }
    assert complaints(SIGNS, ("method", "each"), ("signs", "hiccup")) == {"signs": "choice"}
    assert complaints(SIGNS, *pairs, ("signs", "none")) == {"signs": "signs_conflict"}


def test_none_on_the_last_page_covers_counts_and_signs_and_keeps_the_measurements():
    answers = validate_page(SIGNS, [("method", "page_none"), ("temperature", "36,6")])
    assert answers.ratings == {"vomiting_24h": 0, "diarrhea_24h": 0, "temperature": 36.6}
    assert answers.signs == ()
    assert complaints(SIGNS, ("method", "page_none"), ("signs", "seizure")) == {
        "signs": "none_conflict"
    }
    assert complaints(SIGNS, ("method", "page_none"), ("vomiting_24h", "1")) == {
        "vomiting_24h": "none_conflict"
    }


def test_a_marked_sign_or_a_typed_number_is_not_skipped_away():
    assert complaints(SIGNS, ("method", "skipped"), ("signs", "seizure")) == {"": "skip_conflict"}
    assert complaints(SIGNS, ("method", "skipped"), ("temperature", "x")) == {"": "skip_conflict"}
    assert complaints(MOOD, ("method", "skipped"), ("own_words", "hello")) == {"": "skip_conflict"}


def test_a_danger_sign_is_readable_even_while_a_number_waits_for_a_correction():
    with pytest.raises(AnswerErrors) as caught:
        validate_page(SIGNS, [("method", "each"), ("signs", "seizure"), ("temperature", "38,x")])
    assert caught.value.errors == {"temperature": "number"}
    assert caught.value.readable.signs == ("seizure",)
    with pytest.raises(AnswerErrors) as caught:
        validate_page(MOOD, [("self_harm_thoughts", "2")])
    assert caught.value.readable.ratings == {"self_harm_thoughts": 2}


def test_own_words_are_kept_as_written():
    words = "Плохо сплю.\r\n\tBut “fine” <b>otherwise</b> 🙂"
    answers = validate_page(MOOD, [("method", "each"), ("own_words", f" {words} ")])
    assert answers.texts == {"own_words": words.replace("\r\n", "\n")}
    assert answers.ratings == {}


@pytest.mark.parametrize("mark", ["\x00", "\x1b", "\ud800", "\u202e", "\u2066", "\x85"])
def test_characters_that_cannot_be_stored_or_that_reorder_a_line_are_refused(mark):
    assert complaints(MOOD, ("method", "each"), ("own_words", f"a{mark}b")) == {
        "own_words": "text_characters"
    }


def test_own_words_may_be_two_thousand_characters_long_and_no_longer():
    assert validate_page(MOOD, [("method", "each"), ("own_words", "я" * 2000)]).texts
    assert complaints(MOOD, ("method", "each"), ("own_words", "я" * 2001)) == {
        "own_words": "text_length"
    }


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("key", MESSAGES)
def test_every_complaint_can_be_put_into_words(key, lang):
    words = explain(SIGNS, {"temperature": key}, lang)["temperature"]
    assert words
    assert "{" not in words


def test_a_range_is_told_as_it_is_asked():
    assert "from 30 to 45" in explain(SIGNS, {"temperature": "range"}, "en")["temperature"]
    assert explain(SIGNS, {"": "answer_or_skip"}, "ru")[""].startswith("Пока ничего")


names = [*(item.code for item in SIGNS.items), "vomiting_24h_none", "signs", "method", "odd"]
values = st.one_of(
    st.sampled_from(["", "0", "1", "80", "120", "37,5", "none", "seizure"]), st.text()
)
methods = st.sampled_from(["each", "page_none", "skipped"])


@given(methods, st.lists(st.tuples(st.sampled_from(names), values), max_size=8))
def test_any_form_gives_possible_values_or_known_complaints_and_never_loses_a_sign(method, pairs):
    marked = any(pair == ("signs", "seizure") for pair in pairs)
    try:
        answers = validate_page(SIGNS, [("method", method), *pairs])
    except AnswerErrors as caught:
        assert set(caught.errors.values()) <= set(MESSAGES)
        assert ("seizure" in caught.readable.signs) == marked
    else:
        assert ("seizure" in answers.signs) == marked
        for code, value in answers.ratings.items():
            item = SIGNS.by_code[code]
            assert item is not None
            assert item.range.holds(value)
