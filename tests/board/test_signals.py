"""Intervals and boundaries against published values, and against adding up every outcome."""

from itertools import permutations
from math import comb

import pytest

from app.measures.signals import (
    Boundary,
    at_most,
    bayesian,
    crossing,
    exact,
    probably_above,
    soonest_and_latest,
)

# Clopper and Pearson (1934) as tabled for a few; the Bayesian ones are quantiles of a beta
# distribution with whole parameters, as any table of it has them.
EXACT = [(6, 8, 0.3491, 0.9681), (0, 8, 0.0, 0.3694), (8, 8, 0.6306, 1.0), (1, 10, 0.0025, 0.4450)]
BAYESIAN = [(6, 8, 0.3999, 0.9251), (0, 8, 0.0028, 0.3363), (1, 1, 0.1581, 0.9874)]
LINE = Boundary(0.3, 0.95, 3)


@pytest.mark.parametrize(("events", "people", "low", "high"), EXACT)
def test_the_exact_interval_is_that_of_the_tables(events, people, low, high):
    found = exact(events, people)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("events", "people", "low", "high"), BAYESIAN)
def test_the_bayesian_interval_has_equal_tails_of_the_posterior(events, people, low, high):
    found = bayesian(events, people)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert probably_above(events, people, found.low) == pytest.approx(0.975)
    assert probably_above(events, people, found.high) == pytest.approx(0.025)


def test_nobody_says_nothing():
    assert (exact(0, 0).low, exact(0, 0).high) == (0.0, 1.0)
    assert not LINE.crossed(0, 0) and crossing([], LINE) is None


def test_a_binomial_tail_is_its_terms_added_up():
    for people in (1, 7, 30):
        for events in range(-1, people + 2):
            wanted = sum(
                comb(people, n) * 0.3**n * 0.7 ** (people - n)
                for n in range(min(events, people) + 1)
            )
            assert at_most(events, people, 0.3) == pytest.approx(wanted)


def test_a_line_is_crossed_from_its_certainty_and_its_number_on():
    assert LINE.needed(2) is None and LINE.needed(3) == 3 and LINE.needed(8) == 5
    for people in range(3, 30):
        least = LINE.needed(people)
        assert LINE.crossed(least, people) and not LINE.crossed(least - 1, people)
    assert not Boundary(0.3, 0.95, 4).crossed(3, 3)


def test_the_pilot_crosses_it_in_every_order():
    orders = set(permutations([True] * 6 + [False] * 2))
    found = {crossing(order, LINE) for order in orders}
    assert (min(found), max(found)) == soonest_and_latest(6, 8, LINE) == (3, 6)
    assert soonest_and_latest(1, 8, LINE) is None
