"""Drinks as poured and drinks by strength are two counts: where both stand, the words say which."""

import re

from app.i18n import translator
from app.web.amounts import by_strength, by_strength_form
from tests.diary.test_today import YESTERDAY

PHRASE = re.compile(r"standard drinks by strength \(10\sg each\)")


def test_the_page_of_drinks_says_of_each_count_what_it_counts(anna):
    page = anna.get(f"/day/{YESTERDAY}").text
    total = re.search(r'<p class="total".*?</p>', page, re.S).group(0)
    assert 'data-few="2 drinks as poured"' in total
    assert "≈ # standard drinks by strength (10\u00a0g each)" in total


def test_the_record_the_copy_and_the_brief_use_the_same_phrase(anna, petrova, database, cast):
    from app.models.people import Participant

    anna.post(f"/day/{YESTERDAY}", {"n:vodka:50:40": "4", "idem": "a1"})
    with database.read() as session:
        public = session.get(Participant, cast.anna).public_id
    pages = [anna.get("/me/days"), anna.get("/me/copy/readable")]
    pages += [petrova.get(f"/participants/{public}/day/{YESTERDAY}")]
    for page in pages:
        if page.status_code == 200:
            assert not re.search(r"standard drinks(?! by strength)", page.text), page.url
    assert PHRASE.search(pages[-1].text) and PHRASE.search(pages[1].text)


def test_one_function_says_it_in_both_languages():
    assert by_strength(73, 10, translator("en")) == "7.3 standard drinks by strength (10 g each)"
    said = "стандартных порций по крепости: 7,3 (по 10 г)"
    assert by_strength(73, 10, translator("ru")) == said
    said = "стандартных порций по крепости: ≈ # (по 10 г)"
    assert by_strength_form(10, translator("ru")) == said
