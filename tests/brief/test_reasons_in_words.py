"""Whatever gives a reason gives it in a sentence of the reader's language, never as a code."""

import re

import pytest

from app.brief.names import named
from app.brief.questions import ALWAYS, Situation
from app.brief.words import change_reason, say
from app.flags import shown
from app.i18n import translator
from app.rules import wording
from tests.brief.records import record

OF_RULES = re.compile(r"\brules?\b|\bправил", re.IGNORECASE)
CODE = re.compile(r"[a-z]_[a-z]|[a-z]\.[a-z]")


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_question_that_always_fits_has_a_reason_and_not_the_word_of_a_rule(lang):
    tr = translator(lang)
    for rule in ALWAYS:
        said = say(rule.reason(Situation(record())), tr)
        assert not OF_RULES.search(said) and not CODE.search(said), said
        assert len(said.split()) > 5 and said.endswith("."), said


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("change", shown.CHANGES)
def test_the_history_of_an_alert_says_what_each_rule_found(lang, change):
    tr = translator(lang)
    for rule, words in wording.wording().rules.items():
        said = tr(shown.CHANGES[change], rule=rule, title=wording.title(rule, lang))
        assert words.title.in_(lang) in said and rule in said


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_listed_code_has_words_in_both_languages(lang):
    tr = translator(lang)
    for code in ("remembered", "slip", "other"):
        assert change_reason(code, tr) != code
    for table in (shown.CHANGES, shown.ACTIONS, shown.OUTCOMES, shown.MAIL):
        for code, text in table.items():
            assert tr(text) != code and (lang == "en" or tr(text) != text), code
    for code in ("opioid", "sedative", "stimulant", "cannabis", "nausea", "seizure"):
        assert named(code, tr) != code
