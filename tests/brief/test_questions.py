"""Each question rule: where its question is put, and where it must not; and always two of them."""

import re

import pytest

from app.brief.questions import ALWAYS, RULES, Situation, questions
from app.brief.words import say
from app.i18n import translator
from app.instruments.loader import load_instrument
from app.rules.wording import wording
from app.worksheets.shared import RulerPoint
from tests.brief.records import ago, answers, at, grams, record, urine
from tests.brief.test_week_sentences import urges, weeks

QUIET = grams(*[20, 20, 0] * 7)
NOTHING = Situation(record(QUIET))


def told(more, **options):
    """A quiet record, with what is told besides by days ago."""
    days = {n: dict(fields) for n, fields in QUIET.items()}
    for n, fields in more.items():
        days.setdefault(n, {}).update(fields)
    return Situation(record(days, **options))


def alert(*families, of=None, pressing=()):
    drawn = of or record(QUIET)
    return Situation(drawn, frozenset(families), frozenset(pressing))


def ruled(importance, confidence):
    return Situation(record(QUIET), rulers=RulerPoint(at(1), importance, confidence, None))


def of(drawn):
    return Situation(drawn)


NOT_TAKEN = {"tablet": "not_taken"}
CASES = {
    "self_harm": (alert("SUI"), alert("CRV", "DIA")),
    "sign": (alert("EMG"), alert("WDL", "BP")),
    "reaction": (alert("WDL"), alert("AWD", "BP")),
    "stopping": (alert("AWD"), alert("WDL", "ALC")),
    "alert": (alert("BP", pressing=["BP"]), alert("BP", "SUI", pressing=["SUI"])),
    "opioid_alert": (alert("OPI"), alert("UDS", "CRV")),
    "opioid_use": (told({14: {"opioids": True}}), told({15: {"opioids": True}})),
    "urine": (
        told({4: {"opioids": False}}, urines=[urine(3, "positive")]),
        told({3: {"opioids": True}}, urines=[urine(3, "positive")]),
    ),
    "tablet": (told({1: NOT_TAKEN, 7: NOT_TAKEN}), told({1: NOT_TAKEN, 8: NOT_TAKEN})),
    "symptom": (
        told({}, answered=answers((1, 3))),
        told({}, answered=answers((1, 2))),
    ),
    "urge": (of(urges("opioid_urge", 5.0, 3.0)), of(urges("alcohol_urge", 4.9, 3.0))),
    "again": (of(record(grams(30, *[0] * 7))), of(record(grams(30, *[0] * 6)))),
    "rose": (of(weeks(80, 60, 50)), of(weeks(50, 60, 80))),
    "weekday": (
        of(record(grams(10, 50, *[0] * 6, 50, *[0] * 7))),
        of(record(grams(100, 50, *[0] * 6, 50, *[0] * 7))),
    ),
    "fell": (of(weeks(50, 60, 80)), of(weeks(80, 60, 50))),
    "free_week": (of(record(grams(*[0] * 7))), of(record(grams(0, 0, 0)))),
    "confidence": (ruled(7, 4), ruled(7, 5)),
    "importance": (ruled(4, 9), ruled(5, 9)),
    "begun": (
        Situation(record(QUIET), begun=[("values", ago(14))]),
        Situation(record(QUIET), begun=[("values", ago(15))]),
    ),
    "blank": (of(record(grams(0, 0, 0, 0))), of(record(grams(0, 0, 0, 0, 0)))),
}


def test_every_rule_has_a_case_where_it_asks_and_one_where_it_must_not():
    assert len(RULES) >= 8
    assert set(CASES) == {rule.key for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_a_rule_asks_where_it_should_and_nowhere_else(rule):
    asks, silent = CASES[rule.key]
    assert rule.reason(asks) is not None
    assert rule.reason(silent) is None


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("rule", [*RULES, *ALWAYS], ids=lambda rule: rule.key)
def test_every_question_and_its_reason_stand_in_both_languages(rule, lang):
    situation = CASES[rule.key][0] if rule.key in CASES else NOTHING
    because = say(rule.reason(situation), translator(lang))
    assert because and "%(" not in because
    assert any("а" <= letter <= "я" for letter in because) is (lang == "ru")
    assert load_instrument("questions").texts[rule.key].say(lang).endswith("?")


def test_each_text_belongs_to_a_rule_and_each_rule_has_a_text():
    keys = [rule.key for rule in (*RULES, *ALWAYS)]
    assert len(keys) == len(set(keys))
    assert set(load_instrument("questions").texts) == set(keys)


CONFRONTING = re.compile(r"\b(why|should|must|admit|почему|зачем|долж\w+|признай\w*)\b", re.I)


def test_no_question_asks_why_and_none_can_be_answered_with_yes_or_no():
    for key, text in load_instrument("questions").texts.items():
        assert not CONFRONTING.search(text.en + text.ru), key
        first = text.en.split()[0]
        assert first in {"What", "How", "When", "If", "Tests"}, key


@pytest.mark.parametrize("case", [case for pair in CASES.values() for case in pair])
def test_there_are_always_two_different_questions(case):
    first, second = questions(case)
    assert first.key != second.key


def test_without_anything_on_record_the_two_that_always_fit_are_put():
    assert [one.key for one in questions(NOTHING)] == ["agenda", "ahead"]


DANGERS = {
    "SUI": "self_harm",
    "EMG": "sign",
    "WDL": "reaction",
    "AWD": "stopping",
    "OPI": "opioid_alert",
}


def keys(situation):
    return [one.key for one in questions(situation)]


@pytest.mark.parametrize("family", DANGERS)
def test_with_a_danger_open_safety_is_asked_first(family):
    everything = told({1: NOT_TAKEN, 2: NOT_TAKEN, 3: {"opioids": True}})
    assert keys(alert(family, of=everything.record))[0] == DANGERS[family]
    assert keys(everything)[0] == "opioid_use"


FAMILIES = {rule.partition("-")[0] for rule in wording().rules}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_no_page_with_an_urgent_alert_begins_with_anything_but_safety(family):
    free_week = record(grams(*[0] * 7))
    first, second = questions(alert(family, of=free_week, pressing=[family]))
    assert first.key in {*DANGERS.values(), "alert"}
    assert second.key not in {*DANGERS.values(), "alert"}
    assert "nothing" not in say(second.because, translator("en")).lower()


def test_two_dangers_are_both_asked_about():
    assert keys(alert("OPI", "SUI")) == ["self_harm", "opioid_alert"]
    assert keys(alert("AWD", "WDL")) == ["reaction", "stopping"]


@pytest.mark.parametrize(
    ("family", "asked"), [("WDL", False), ("OPI", False), ("EMG", False), ("AWD", True)]
)
def test_the_next_tablet_is_not_made_easier_while_it_has_to_be_decided(family, asked):
    situation = alert(family, of=told({1: NOT_TAKEN, 2: NOT_TAKEN}).record)
    assert ("tablet" in keys(situation)) is asked


@pytest.mark.parametrize("drawn", [record(grams(*[0] * 7)), weeks(50, 60, 80), weeks(50, 80, 80)])
@pytest.mark.parametrize(
    ("family", "asked"), [("AWD", False), ("EMG", False), ("WDL", False), ("BP", True)]
)
def test_less_alcohol_is_not_welcomed_while_stopping_may_be_the_danger(drawn, family, asked):
    found = keys(alert(family, of=drawn))
    assert bool({"free_week", "fell"} & set(found)) is asked


def test_two_questions_are_about_two_things():
    both = told({14: {"opioids": True}, 1: NOT_TAKEN, 2: NOT_TAKEN}, urines=[urine(3, "positive")])
    assert [one.key for one in questions(both)] == ["opioid_use", "tablet"]
    assert keys(alert("OPI", of=both.record)) == ["opioid_alert", "agenda"]
    severe = record(QUIET, answered=answers((1, 3)))
    assert keys(alert("WDL", of=severe)) == ["reaction", "agenda"]
    assert keys(alert("BP", of=severe)) == ["symptom", "agenda"]


def test_of_several_sheets_that_were_begun_the_latest_is_named():
    begun = [("values", ago(9)), ("sleep", ago(2)), ("rulers", ago(5))]
    first, _ = questions(Situation(record(QUIET), begun=begun))
    assert first.key == "begun"
    assert say(first.because, translator("en")) == "Begun on 21 Nov and not finished: Sleep."


def test_empty_days_are_asked_about_before_a_sheet_and_before_free_ones():
    blank = record(grams(9, 0, 0, 0))
    assert keys(Situation(blank, begun=[("sleep", ago(1))])) == ["blank", "begun"]
    assert keys(Situation(record(grams(0, 0, 0, 0)))) == ["blank", "free_week"]


def test_rulers_that_were_left_empty_ask_nothing():
    assert [one.key for one in questions(ruled(None, 1))] == ["agenda", "ahead"]
    assert questions(ruled(8, None))[0].key == "agenda"
