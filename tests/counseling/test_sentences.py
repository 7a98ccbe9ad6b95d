"""Each rule of the brief: where it speaks, and where it must not."""

import pytest

from app.counseling import sentences as rules
from app.counseling.record import Answered
from app.counseling.sentences import Item, Level, Weekday, in_short
from app.counseling.words import say
from app.i18n import translator
from tests.counseling.records import ago, answers, at, grams, record, urine


def test_a_blank_record_says_only_that_it_is_blank():
    (only,) = in_short(record())
    assert only == rules.blank_days(record())
    assert only.values == {"count": 7}
    assert only.days == tuple(ago(n) for n in range(7, 0, -1))


def test_at_most_five_sentences_are_shown():
    told = {n: {"opioids": True, "opioid_urge": 9.0, "alcohol_urge": 9.0} for n in range(1, 8)}
    told |= {n: {"opioid_urge": 1.0, "alcohol_urge": 1.0} for n in range(8, 15)}
    told[1] |= {"grams": 100.0, "tablet": "not_taken"}
    told[2] |= {"tablet": "not_taken"}
    long = record(told, answered=answers((3, 3), (2, 3), (1, 3)))
    assert len(in_short(long)) == rules.MOST
    assert in_short(long)[0] == rules.opioid_use(long)


def test_opioid_use_is_named_for_two_weeks():
    assert rules.opioid_use(record({14: {"opioids": True}})).days == (ago(14),)
    assert rules.opioid_use(record({15: {"opioids": True}})) is None
    assert rules.opioid_use(record({3: {"opioids": False}})) is None


@pytest.mark.parametrize(
    ("told", "result", "speaks"),
    [
        ({}, "positive", True),
        ({}, "negative", False),
        ({}, "invalid", False),
        ({}, None, False),
        ({3: {"opioids": True}}, "positive", False),
        ({7: {"opioids": True}}, "positive", False),
        ({8: {"opioids": True}}, "positive", True),
        ({2: {"opioids": True}}, "positive", True),
        ({3: {"opioids": False}}, "positive", True),
    ],
)
def test_a_positive_urine_without_a_word_about_use(told, result, speaks):
    found = rules.urine_without_word(record(told, urines=[urine(3, result)]))
    assert (found is not None) is speaks
    if found:
        assert found.days == (ago(3),)


def test_an_old_specimen_is_not_brought_up_again():
    assert rules.urine_without_word(record(urines=[urine(14, "positive")])) is not None
    assert rules.urine_without_word(record(urines=[urine(15, "positive")])) is None


def test_two_tablets_not_taken_in_a_week_are_counted_over_reported_days():
    told = {1: {"tablet": "not_taken"}, 2: {"tablet": "taken"}, 7: {"tablet": "not_taken"}}
    found = rules.tablets_not_taken(record(told))
    assert found.values == {"count": 2, "told": 3}
    assert found.days == (ago(7), ago(1))
    assert rules.tablets_not_taken(record({1: {"tablet": "not_taken"}})) is None
    del told[7]
    assert rules.tablets_not_taken(record(told | {8: {"tablet": "not_taken"}})) is None


def test_a_hold_is_no_tablet_not_taken():
    told = {1: {"tablet": "held"}, 2: {"tablet": "held"}, 3: {"tablet": "not_taken"}}
    assert rules.tablets_not_taken(record(told)) is None


def test_the_heaviest_day_without_the_tablet_is_pointed_out():
    told = grams(20, 120, 60)
    told[2]["tablet"] = "not_taken"
    found = rules.heaviest_without_tablet(record(told))
    assert found.days == (ago(2),) and found.values == {"drinks": 12.0}
    told[2]["tablet"] = "taken"
    assert rules.heaviest_without_tablet(record(told)) is None
    told[2]["tablet"] = None
    assert rules.heaviest_without_tablet(record(told)) is None


def test_a_light_day_without_the_tablet_is_not_pointed_out():
    told = {2: {"grams": 59.9, "tablet": "not_taken"}}
    assert rules.heaviest_without_tablet(record(told)) is None
    assert rules.heaviest_without_tablet(record(told, heavy=40.0)) is not None
    assert (
        rules.heaviest_without_tablet(record({15: {"grams": 99.0, "tablet": "not_taken"}})) is None
    )


def test_a_side_effect_that_lasts_is_named_with_since_when():
    found = rules.lasting_symptom(record(answered=answers((9, 1), (7, 2), (4, 3), (1, 2))))
    assert found.values == {
        "item": Item("insomnia"),
        "level": Level(2),
        "now": Level(2),
        "since": ago(7),
    }
    assert found.days == (ago(7), ago(4), ago(1))


@pytest.mark.parametrize(
    "pairs",
    [
        [(7, 2), (4, 1), (1, 2)],  # broken
        [(4, 2), (1, 2)],  # too few answers
        [(2, 2), (2, 2), (1, 2)],  # too few days
        [(7, 2), (4, 2), (1, 1)],  # over now
        [(9, 3), (7, 3), (4, 3)],  # not asked for four days
    ],
)
def test_a_side_effect_that_does_not_last_is_not(pairs):
    assert rules.lasting_symptom(record(answered=answers(*pairs))) is None


def test_an_unanswered_item_neither_breaks_nor_feeds_a_run():
    gap = Answered(ago(2), at(2), {"headache": 0})
    run = answers((7, 2), (4, 2))
    last = answers((1, 2))
    assert rules.lasting_symptom(record(answered=[*run, gap, *last])).values["since"] == ago(7)
    assert rules.lasting_symptom(record(answered=[run[0], gap, *last])) is None


def test_severe_side_effects_of_the_last_answers_are_named():
    found = rules.severe_last_time(record(answered=answers((9, 1), (1, 4))))
    assert found.values == {
        "day": ago(1),
        "count": 1,
        "item": Item("insomnia"),
        "level": Level(4),
    }
    assert rules.severe_last_time(record(answered=answers((1, 3)))) is not None


@pytest.mark.parametrize(
    "pairs",
    [
        [(1, 2)],  # moderate
        [(2, 4), (1, 1)],  # over now
        [(4, 4)],  # not asked for four days
        [(7, 2), (4, 2), (1, 4)],  # has lasted, which is said already
    ],
)
def test_what_is_not_severe_now_or_has_lasted_is_not_named_again(pairs):
    assert rules.severe_last_time(record(answered=answers(*pairs))) is None


def urges(name, now, before):
    told = {n: {name: now} for n in (1, 2, 3)}
    return record(told | {n: {name: before} for n in (8, 9, 10)})


@pytest.mark.parametrize(
    ("rule", "name"),
    [(rules.opioid_urge_rose, "opioid_urge"), (rules.alcohol_urge_rose, "alcohol_urge")],
)
def test_an_urge_that_rose_by_two_points_is_named(rule, name):
    found = rule(urges(name, 5.0, 3.0))
    assert found.values == {"before": 3.0, "now": 5.0}
    assert found.days == (ago(3), ago(2), ago(1))
    assert rule(urges(name, 4.9, 3.0)) is None
    few = record({n: {name: 9.0} for n in (1, 2)} | {n: {name: 0.0} for n in (8, 9, 10)})
    assert rule(few) is None
    few = record({n: {name: 9.0} for n in (1, 2, 3)} | {n: {name: 0.0} for n in (8, 9)})
    assert rule(few) is None


def weeks(third, second, first, days=4):
    told = {}
    for start, amount in ((1, third), (8, second), (15, first)):
        told |= grams(*[amount] * days, start=start)
    return record(told)


def test_two_falls_in_a_row_and_two_rises_are_named():
    fell = rules.weeks_fell(weeks(50, 60, 80))
    assert fell.values == {"first": 8.0, "second": 6.0, "third": 5.0}
    assert len(fell.days) == 4
    assert rules.weeks_rose(weeks(80, 60, 50)).values == {
        "first": 5.0,
        "second": 6.0,
        "third": 8.0,
    }
    assert rules.weeks_rose(weeks(50, 60, 80)) is rules.weeks_fell(weeks(80, 60, 50)) is None


@pytest.mark.parametrize(
    ("third", "second", "speaks"),
    [(72, 80, True), (72.1, 80, False), (79.3, 88, False)],
)
def test_a_fall_counts_from_a_tenth(third, second, speaks):
    first = second / 0.9
    assert (rules.weeks_fell(weeks(third, second, first)) is not None) is speaks


@pytest.mark.parametrize(("third", "speaks"), [(88, True), (87.9, False)])
def test_a_rise_counts_from_a_tenth(third, speaks):
    assert (rules.weeks_rose(weeks(third, 80, 60)) is not None) is speaks


@pytest.mark.parametrize(
    ("third", "second", "first", "days"),
    [
        (50, 60, 60, 4),
        (56, 60, 80, 4),
        (60, 50, 60, 4),
        (0, 0, 0, 4),
        (50, 60, 80, 3),
    ],
)
def test_a_mixed_a_small_or_a_thin_change_is_not(third, second, first, days):
    told = weeks(third, second, first, days)
    assert rules.weeks_fell(told) is rules.weeks_rose(told) is None


def test_blank_days_are_in_no_mean():
    """Four days of 80 g and three blank ones are 80 g a day, not 46."""
    told = weeks(80, 80, 80)
    assert rules.weeks_fell(told) is rules.weeks_rose(told) is None


def test_the_weekday_with_most_alcohol_is_named():
    saturdays = {2: {"grams": 100.0}, 9: {"grams": 100.0}, 3: {"grams": 50.0}}
    found = rules.one_weekday(record(saturdays))
    assert found.values == {"weekday": Weekday(5)}
    assert found.days == (ago(9), ago(2))


@pytest.mark.parametrize(
    "told",
    [
        {2: {"grams": 100.0}, 3: {"grams": 50.0}, 4: {"grams": 40.0}},  # one Saturday alone
        {2: {"grams": 50.0}, 9: {"grams": 50.0}, 3: {"grams": 100.0}},  # exactly half
        {2: {"grams": 50.0}, 9: {"grams": 50.0}},  # no other drinking day to compare with
        {30: {"grams": 100.0}, 37: {"grams": 100.0}, 3: {"grams": 10.0}},  # long ago
    ],
)
def test_no_weekday_is_named_without_a_pattern(told):
    assert rules.one_weekday(record(told)) is None


def test_alcohol_after_seven_reported_free_days_is_named():
    told = grams(0, 30, *[0] * 7)
    found = rules.first_after_free_days(record(told))
    assert found.days == (ago(2),) and found.values == {"count": 7}


def test_a_blank_day_breaks_the_run_of_free_days():
    assert rules.first_after_free_days(record(grams(30, 0, 0, 0, None, 0, 0, 0, 0))) is None
    assert rules.first_after_free_days(record(grams(30, *[0] * 6))) is None
    assert rules.first_after_free_days(record(grams(*[0] * 7, 30, *[0] * 8))) is None


def test_a_week_without_alcohol_needs_reported_days():
    found = rules.week_without_alcohol(record(grams(0, 0, None, 0, 0)))
    assert found.values == {"count": 4}
    assert rules.week_without_alcohol(record(grams(0, 0, 0))) is None
    assert rules.week_without_alcohol(record(grams(0, 0, 0, 0, 0.1))) is None


def test_three_blank_days_are_named_and_two_are_not():
    told = grams(0, 0, 0, 0)
    assert rules.blank_days(record(told)).days == (ago(7), ago(6), ago(5))
    assert rules.blank_days(record(told | grams(0, start=5))) is None


# Where each rule speaks, and where it must not, by the name of the rule.
CASES = {
    "opioid_use": (record({14: {"opioids": True}}), record({14: {"opioids": False}})),
    "urine_without_word": (
        record(urines=[urine(1, "positive")]),
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
    "weeks_fell": (weeks(50, 60, 80), weeks(80, 60, 50)),
    "one_weekday": (
        record(grams(10, 50, 0, 0, 0, 0, 0, 0, 50)),
        record(grams(100, 50, 0, 0, 0, 0, 0, 0, 50)),
    ),
    "alcohol_urge_rose": (urges("alcohol_urge", 5.0, 3.0), urges("alcohol_urge", 4.9, 3.0)),
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
    assert rule(silent) is None


def test_a_sentence_names_things_as_the_reader_does():
    lasting = rules.lasting_symptom(record(answered=answers((3, 2), (2, 2), (1, 3))))
    assert (
        say(lasting, translator("en"))
        == "Trouble sleeping: at least “moderate” in every answer since 20 Nov, now “severe”."
    )
    weekday = rules.one_weekday(CASES["one_weekday"][0])
    assert say(weekday, translator("en")).endswith("one day of the week: Saturday.")


def test_days_before_the_diary_are_not_blank():
    assert rules.blank_days(record(asked_from=ago(3))).days == (ago(3), ago(2), ago(1))
    assert rules.blank_days(record(asked_from=ago(2))) is None
