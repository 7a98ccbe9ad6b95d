"""Every rule of the brief: a case where it speaks, one where it must not, and both languages."""

import pytest

from app.brief import sentences as rules
from app.brief.words import say
from app.i18n import translator
from tests.brief.records import answers, grams, record, urine
from tests.brief.test_week_sentences import urges, weeks

# Where each rule speaks, and where it must not, by the name of the rule.
CASES = {
    "opioid_use": (record({14: {"opioids": True}}), record({14: {"opioids": False}})),
    "urine_without_word": (
        record({2: {"opioids": False}}, urines=[urine(1, "positive")]),
        record({1: {"opioids": True}}, urines=[urine(1, "positive")]),
    ),
    "heaviest_without_tablet": (
        record({1: {"grams": 60.0, "tablet": "not_taken"}}),
        record({1: {"grams": 60.0, "tablet": "taken"}}),
    ),
    "tablets_not_taken": (
        record({n: {"tablet": "not_taken"} for n in (1, 7)}),
        record({n: {"tablet": "not_taken"} for n in (1, 8)}),
    ),
    "lasting_symptom": (
        record(answered=answers((3, 2), (2, 2), (1, 3))),
        record(answered=answers((3, 2), (2, 1), (1, 3))),
    ),
    "severe_last_time": (record(answered=answers((1, 3))), record(answered=answers((1, 2)))),
    "opioid_urge_rose": (urges("opioid_urge", 5.0, 3.0), urges("opioid_urge", 4.9, 3.0)),
    "first_after_free_days": (
        record(grams(30, *[0] * 7)),
        record(grams(30, *[0] * 6)),
    ),
    "weeks_rose": (weeks(80, 60, 50), weeks(50, 60, 80)),
    "week_rose": (weeks(80, 60, 60), weeks(79, 60, 60)),
    "weeks_fell": (weeks(50, 60, 80), weeks(80, 60, 50)),
    "week_fell": (weeks(60, 80, 80), weeks(61, 80, 80)),
    "heavy_days": (weeks(0, 60, 60), weeks(60, 60, 0)),
    "one_weekday": (
        record(grams(10, 50, *[0] * 6, 50, *[0] * 7)),
        record(grams(100, 50, *[0] * 6, 50, *[0] * 7)),
    ),
    "alcohol_urge_rose": (urges("alcohol_urge", 5.0, 3.0), urges("alcohol_urge", 4.9, 3.0)),
    "opioid_urge_fell": (urges("opioid_urge", 3, 5, 5), urges("opioid_urge", 3.1, 5, 5)),
    "alcohol_urge_fell": (urges("alcohol_urge", 3, 5, 5), urges("alcohol_urge", 3.1, 5, 5)),
    "week_without_alcohol": (record(grams(0, 0, 0, 0)), record(grams(0, 0, 0))),
    "blank_days": (record(grams(0, 0, 0, 0)), record(grams(0, 0, 0, 0, 0))),
}


def test_every_rule_has_a_case_where_it_speaks_and_one_where_it_must_not():
    assert len(rules.RULES) >= 12
    assert set(CASES) == {rule.__name__ for rule in rules.RULES}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_rule_speaks_where_it_should_in_both_languages_and_else_is_silent(rule, lang):
    speaks, silent = CASES[rule.__name__]
    found = rule(speaks)
    said = say(found, translator(lang))
    assert "%(" not in said and said.strip()
    assert any("а" <= letter <= "я" for letter in said) is (lang == "ru")
    assert found.days, "a sentence leads to the entries that it rests on"
    compares = rule.__name__.startswith("week") or "urge" in rule.__name__
    assert not compares or found.before or rule is rules.week_without_alcohol
    assert rule(silent) is None


def test_a_sentence_names_things_as_the_reader_does():
    lasting = rules.lasting_symptom(record(answered=answers((3, 2), (2, 2), (1, 3))))
    assert (
        say(lasting, translator("en"))
        == "Trouble sleeping: at least “moderate” in every answer since 20 Nov, now “severe”."
    )
    weekday = rules.one_weekday(CASES["one_weekday"][0])
    assert say(weekday, translator("en")).endswith(" Saturday. Days reported: 16 of 28.")
