"""The released instruments ask for exactly what the timeline, the rules and the forms expect."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from app.instruments import vocabulary
from app.instruments.loader import FOLDER, all_instruments, load_instrument
from app.instruments.scoring import MESSAGES
from app.instruments.text import placeholders
from app.instruments.worksheets.answers import MESSAGES as SHEET_MESSAGES

RELEASED = tomllib.loads((FOLDER / "released.toml").read_text(encoding="utf-8"))["sha256"]
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.v*.toml"))


def test_every_file_is_on_the_list_of_released_files_and_every_listed_file_is_there():
    assert sorted(RELEASED) == FILES
    assert len(FILES) >= 7


@pytest.mark.parametrize("name", FILES)
def test_a_released_file_has_not_changed_since_its_release(name):
    assert hashlib.sha256(Path(FOLDER, name).read_bytes()).hexdigest() == RELEASED[name]


def test_all_instruments_load_in_both_languages():
    assert {each.key for each in all_instruments()} == {
        "dose",
        "errors",
        "help",
        "mood",
        "questions",
        "side_effects",
        "substances",
        "urges",
    }


def test_no_instrument_claims_an_approval_that_nobody_gave():
    assert [each.key for each in all_instruments() if each.approved] == []


def test_both_urges_are_asked_for_this_moment():
    urges = load_instrument("urges")
    assert [item.code for item in urges.items] == ["alcohol_craving", "opioid_craving"]
    assert urges.recall is not None and urges.recall.en == "Right now"
    for item in urges.items:
        assert item.low is not None and item.low.en == "no urge at all"
        assert item.high is not None and item.high.en == "the strongest I have ever had"
    assert all(page.none is None for page in urges.pages)


def test_the_eighteen_symptoms_stand_on_five_pages_and_the_rest_on_a_sixth():
    pages = load_instrument("side_effects").pages
    assert [len(page.items) for page in pages[:5]] == [4, 4, 4, 3, 3]
    symptoms = [item.code for page in pages[:5] for item in page.items]
    assert sorted(symptoms) == sorted(vocabulary.SYMPTOMS)
    assert symptoms[:4] == ["nausea", "dizziness", "insomnia", "headache"]
    assert [item.code for item in pages[5].items] == [
        *vocabulary.COUNTS,
        *vocabulary.PRESSURES,
        "temperature",
    ]
    assert len(pages) == 6


def test_every_danger_sign_can_be_marked_and_denied():
    pages = load_instrument("side_effects").pages
    assert sorted(sign.code for sign in pages[5].signs) == sorted(vocabulary.SIGNS)
    assert pages[5].signs_none is not None
    assert not any(page.signs for page in pages[:5])


def test_the_none_button_names_the_number_of_questions_on_its_page():
    words = {3: ("three", "трёх"), 4: ("four", "четырёх")}
    for page in load_instrument("side_effects").pages[:5]:
        english, russian = words[len(page.items)]
        assert page.none is not None
        assert page.none.en == f"None of the {english} on this page"
        assert russian in page.none.ru
        named = page.none.ru.split(": ")[1].split(", ")  # the button stands before the questions
        assert len(named) == len(page.items)


def test_the_scale_words_are_the_agreed_ones():
    points = load_instrument("side_effects").items[0].points
    assert [point.label.en for point in points] == [
        "None",
        "Mild",
        "Moderate",
        "Severe",
        "Very severe",
    ]
    assert [point.label.ru for point in points] == [
        "Нет",
        "Слабо",
        "Средне",
        "Сильно",
        "Очень сильно",
    ]


def test_one_question_a_screen_asks_the_same_items_from_the_same_definition():
    effects = load_instrument("side_effects")
    single = effects.single_pages()
    assert len(single) == 19
    assert [item for page in single for item in page.items] == list(effects.items)
    assert all(len(page.items) == 1 and page.none is None for page in single[:18])
    assert (
        single[2].heading.en
        == "In the last 24 hours, how bad was your trouble sleeping at its worst?"
    )
    assert single[18].signs == effects.pages[5].signs
    assert len({page.key for page in single}) == 19


def test_the_mood_screen_asks_by_days_and_says_who_reads_the_free_text_and_when():
    mood = load_instrument("mood")
    assert [item.code for item in mood.items] == [
        "low_mood",
        "loss_of_interest",
        "hopelessness",
        "self_harm_thoughts",
        "own_words",
    ]
    assert [point.label.en for point in mood.items[3].points] == [
        "Not at all",
        "Several days",
        "More than half the days",
        "Nearly every day",
    ]
    hint = mood.items[4].hint
    assert hint is not None
    assert "counselor reads it before your next session" in hint.en
    assert "not watched" in hint.en


def test_lists_have_every_code_of_the_vocabulary():
    substances, dose = load_instrument("substances"), load_instrument("dose")
    assert [each.code for each in substances.lists["substances"]] == list(vocabulary.SUBSTANCES)
    assert [each.code for each in substances.lists["routes"]] == list(vocabulary.ROUTES)
    assert [each.code for each in dose.lists["reasons"]] == list(vocabulary.DOSE_REASONS)
    assert all(each.hint is not None for each in substances.lists["substances"])


def test_the_help_page_promises_exactly_what_is_true():
    help_page = load_instrument("help")
    assert help_page.texts["sent"].say("en", emergency="112") == (
        "This was sent to the study team. They may not read it at once. "
        "If you need help now, call 112."
    )
    assert {"emergency", "ambulance", "crisis", "clinic", "grounding"} <= {
        section.key for section in help_page.sections
    }
    assert "blocks opioids" in help_page.section("ambulance").lines[0].en
    assert "without a PIN" in help_page.texts["open_note"].en


def test_the_help_page_names_neither_the_study_nor_its_medicine():
    words = [
        text
        for section in load_instrument("help").sections
        for text in (section.heading, *section.lines, *section.steps)
    ]
    told = " ".join(f"{text.en} {text.ru}" for text in words).lower()
    assert not re.search(r"nalmefene|налмефен|\bstudy\b|исследовани|\btrial\b", told)


def test_a_number_without_a_named_purpose_stands_only_in_a_section_of_the_help_page():
    for instrument in all_instruments():
        for text in instrument.texts.values():
            assert "phone" not in placeholders(text.en)
    for section in load_instrument("help").sections:
        for text in (section.heading, *section.lines, *section.steps):
            assert placeholders(text.en) <= {"phone"}


def test_every_message_key_has_words_and_every_word_has_a_key():
    assert set(load_instrument("errors").texts) == {*MESSAGES, *SHEET_MESSAGES}
