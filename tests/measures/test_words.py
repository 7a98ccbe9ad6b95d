"""What the patterns of real trials do not hold: other windows, weeks in which nothing was due."""

import pytest

from app.measures import words as w
from app.measures.words import Time


@pytest.mark.parametrize(
    ("word", "weeks", "throughout", "share", "complete"),
    [
        ("++++" + "-" * 20, 20, True, 1.0, 1.0),
        ("----" + "-" * 19 + "o", 19, False, 19 / 20, 1.0),
        ("----" + "-" * 19 + "*", 19, False, 19 / 20, 19 / 20),
        ("----" + "-_" * 10, 10, True, 1.0, 1.0),
        ("-" * 10, 6, False, 6 / 20, 1.0),
        ("----", 0, False, 0.0, None),
        ("____" + "_" * 20, 0, False, None, None),
    ],
)
def test_confirmed_abstinence_in_weeks_5_to_24(word, weeks, throughout, share, complete):
    assert w.confirmed_weeks(word) == weeks
    assert w.confirmed_throughout(word) is throughout
    assert w.confirmed_share(word) == share
    assert w.confirmed_share_complete_case(word) == complete


def test_a_week_in_which_nothing_was_due_breaks_no_run_and_is_in_no_share():
    word = "-_-_-_-"
    assert (w.longest_run(word), w.weeks_in_a_row(word, 4)) == (4, True)
    assert (w.abstinent_share(word), w.abstinent_share_complete_case(word)) == (1.0, 1.0)


@pytest.mark.parametrize("word", ["", "_", "__"])
def test_a_word_in_which_nothing_was_due_has_no_value(word):
    assert w.abstinent_share(word) is None
    assert w.abstinent_share_complete_case(word) is None
    assert w.longest_run(word) == w.last_week_with_specimen(word) == 0
    assert not w.end_of_treatment(word) and w.softer_end(word) is None
    assert w.illicit_use_index(word) is None


def test_a_word_too_short_for_a_relapse_has_none():
    assert w.relapse_three_weeks("++") == Time(0, False)
    assert w.relapse_four_weeks("+++++") == Time(2, False)
    assert w.relapse_two_in_four_weeks("++") == Time(1, False)


def test_completing_is_a_specimen_in_the_last_week_or_after_it():
    assert w.completed("+ooo-", 5) and not w.completed("+oo-o", 5)
