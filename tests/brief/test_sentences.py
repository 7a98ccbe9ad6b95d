"""Each rule of the brief: where it speaks, and where it must not."""

import pytest

from app.brief import sentences as rules
from app.brief.record import Answered
from app.brief.sentences import Item, Level, holding, in_short
from tests.brief.records import ago, answers, at, grams, record, urine


def test_a_blank_record_says_only_that_it_is_blank():
    (only,) = in_short(holding(record()))
    assert only == rules.blank_days(record())
    assert only.values == {"count": 7}
    assert only.days == tuple(ago(n) for n in range(7, 0, -1))


def test_at_most_five_sentences_are_shown():
    told = {n: {"opioids": True, "opioid_urge": 9.0, "alcohol_urge": 9.0} for n in range(1, 8)}
    told |= {n: {"opioid_urge": 1.0, "alcohol_urge": 1.0} for n in range(8, 15)}
    told[1] |= {"grams": 100.0, "tablet": "not_taken"}
    told[2] |= {"tablet": "not_taken"}
    long = record(told, answered=answers((3, 3), (2, 3), (1, 3)))
    assert len(in_short(holding(long))) == rules.MOST
    assert in_short(holding(long))[0] == rules.opioid_use(long)


def test_opioid_use_is_named_for_two_weeks():
    assert rules.opioid_use(record({14: {"opioids": True}})).days == (ago(14),)
    assert rules.opioid_use(record({15: {"opioids": True}})) is None
    assert rules.opioid_use(record({3: {"opioids": False}})) is None


TOLD = {5: {"opioids": False}, 14: {"opioids": False}, 15: {"opioids": False}}


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
    found = rules.urine_without_word(record(TOLD | told, urines=[urine(3, result)]))
    assert (found is not None) is speaks
    if found:
        assert found.days == (ago(3),)


def test_a_blank_diary_does_not_differ_from_a_specimen():
    assert rules.urine_without_word(record(urines=[urine(3, "positive")])) is None
    begun = record({1: {"opioids": False}}, urines=[urine(1, "positive")], asked_from=ago(1))
    assert rules.urine_without_word(begun).values == {"reported": 1, "days": 1}


def test_an_older_specimen_is_not_looked_for_where_use_was_told_for_the_newest():
    told = {n: {"opioids": n == 2} for n in range(1, 13)}
    both = [urine(8, "positive"), urine(1, "positive")]
    assert rules.urine_without_word(record(told, urines=both)) is None
    assert rules.urine_without_word(record(told, urines=both[:1])) is not None


def test_an_old_specimen_is_not_brought_up_again():
    assert rules.urine_without_word(record(TOLD, urines=[urine(14, "positive")])) is not None
    assert rules.urine_without_word(record(TOLD, urines=[urine(15, "positive")])) is None


def test_two_tablets_not_taken_in_a_week_are_counted_over_reported_days():
    told = {1: {"tablet": "not_taken"}, 2: {"tablet": "taken"}, 7: {"tablet": "not_taken"}}
    found = rules.tablets_not_taken(record(told))
    assert found.values == {"count": 2, "told": 3}
    assert found.days == (ago(7), ago(1))
    assert rules.tablets_not_taken(record({1: {"tablet": "not_taken"}})) is None
    del told[7]
    assert rules.tablets_not_taken(record(told | {8: {"tablet": "not_taken"}})) is None


def test_a_day_on_hold_is_in_no_denominator_of_tablets():
    told = {n: {"tablet": "not_taken"} for n in (1, 2)} | {n: {"tablet": "held"} for n in (3, 4, 5)}
    told[6] = {"tablet": "taken"}
    assert rules.tablets_not_taken(record(told)).values == {"count": 2, "told": 3}


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


@pytest.mark.parametrize(("heavier", "speaks"), [("taken", False), (None, False)])
def test_a_day_as_heavy_as_the_one_without_the_tablet_leaves_none_to_point_out(heavier, speaks):
    told = {2: {"grams": 80.0, "tablet": heavier}, 5: {"grams": 80.0, "tablet": "not_taken"}}
    assert (rules.heaviest_without_tablet(record(told)) is not None) is speaks
    told[2]["tablet"] = "not_taken"
    assert rules.heaviest_without_tablet(record(told)).days == (ago(5), ago(2))


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


def test_days_before_the_diary_are_not_blank():
    assert rules.blank_days(record(asked_from=ago(3))).days == (ago(3), ago(2), ago(1))
    assert rules.blank_days(record(asked_from=ago(2))) is None


def test_of_several_that_last_the_worst_now_is_named():
    def said(n, sleep, pain):
        return Answered(ago(n), at(n), {"insomnia": sleep, "muscle_pain": pain})

    longer = [Answered(ago(4), at(4), {"insomnia": 2})]
    both = [*longer, said(3, 2, 2), said(2, 2, 2), said(1, 2, 3)]
    assert rules.lasting_symptom(record(answered=both)).values["item"] == Item("muscle_pain")
    equal = [*longer, said(3, 2, 2), said(2, 2, 2), said(1, 2, 2)]
    assert rules.lasting_symptom(record(answered=equal)).values["item"] == Item("insomnia")


def test_only_the_newest_positive_specimen_is_spoken_of():
    told = {2: {"opioids": True}, 12: {"opioids": False}}
    both = [urine(1, "positive"), urine(10, "positive")]
    assert rules.urine_without_word(record(told, urines=both[1:])) is not None
    assert rules.urine_without_word(record(told, urines=both)) is None


def test_a_hold_is_in_no_denominator_of_tablets():
    told = {n: {"tablet": "not_taken"} for n in (1, 2)} | {3: {"tablet": "held"}}
    assert rules.tablets_not_taken(record(told)).values == {"count": 2, "told": 2}
