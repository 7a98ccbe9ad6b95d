"""Which side effect the brief names, also where the last check-in did not ask about all."""

from app.brief import sentences as rules
from app.brief.record import Answered
from app.brief.sentences import Item, Level
from tests.brief.records import ago, answers, at, record


def both(*days, **levels):
    """The same answers on each of these days."""
    return [Answered(ago(n), at(n), dict(levels)) for n in days]


def test_of_several_that_last_the_one_that_is_worst_now_is_named():
    longer = both(9, nausea=2)
    found = rules.lasting_symptom(record(answered=[*longer, *both(7, 4, 1, nausea=2, tremor=3)]))
    assert found.values["item"] == Item("tremor") and found.values["now"] == Level(3)


def test_of_two_that_are_equally_bad_the_one_that_lasts_longer_is_named():
    longer = both(9, nausea=2)
    found = rules.lasting_symptom(record(answered=[*longer, *both(7, 4, 1, tremor=2, nausea=2)]))
    assert found.values["item"] == Item("nausea") and found.values["since"] == ago(9)


def test_an_answer_that_was_not_asked_again_stays_while_it_is_fresh():
    later = both(0, headache=0)
    fresh = rules.severe_last_time(record(answered=[*both(3, agitation=4), *later]))
    assert fresh.values == {
        "day": ago(3),
        "count": 1,
        "item": Item("agitation"),
        "level": Level(4),
    }
    assert fresh.days == (ago(3),)
    assert rules.severe_last_time(record(answered=[*both(4, agitation=4), *later])) is None


def test_a_side_effect_that_lasts_does_not_end_because_it_was_not_asked():
    run = answers((7, 2), (4, 2), (1, 3))
    unfinished = both(0, headache=0)
    found = rules.lasting_symptom(record(answered=[*run, *unfinished]))
    assert found.values["item"] == Item("insomnia") and found.days == (ago(7), ago(4), ago(1))
    over = answers((0, 1))
    assert rules.lasting_symptom(record(answered=[*run, *over])) is None


def test_severe_answers_of_two_days_are_counted_together_and_both_days_are_linked():
    found = rules.severe_last_time(
        record(answered=[*both(2, agitation=4, nausea=4), *both(1, nausea=3)])
    )
    assert found.values["count"] == 2 and found.values["item"] == Item("agitation")
    assert found.days == (ago(2), ago(1))
