"""Kaplan-Meier on the remission times that textbooks use (6-MP, Freireich 1963), and by hand."""

import pytest

from app.measures.survival import at_risk_at, kaplan_meier, survival_at

EVENTS = (6, 6, 6, 7, 10, 13, 16, 22, 23)
CENSORED = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PEOPLE = [(float(t), True) for t in EVENTS] + [(float(t), False) for t in CENSORED]
# time, at risk, survival, and the log-log band, as printed.
PRINTED = [
    (6, 21, 0.8571, 0.6197, 0.9516),
    (7, 17, 0.8067, 0.5631, 0.9228),
    (10, 15, 0.7529, 0.5032, 0.8894),
    (13, 12, 0.6902, 0.4316, 0.8491),
    (16, 11, 0.6275, 0.3675, 0.8049),
    (22, 7, 0.5378, 0.2678, 0.7468),
    (23, 6, 0.4482, 0.1881, 0.6801),
]


def test_the_curve_numbers_at_risk_and_bands_are_the_printed_ones():
    steps = [s for s in kaplan_meier(PEOPLE) if s.events]
    assert [(s.time, s.at_risk) for s in steps] == [(time, n) for time, n, *_ in PRINTED]
    for step, (_, _, *printed) in zip(steps, PRINTED, strict=True):
        assert [step.survival, step.low, step.high] == pytest.approx(printed, abs=6e-5)


def test_reading_the_curve_at_a_time_and_the_numbers_at_risk():
    steps = kaplan_meier(PEOPLE)
    assert [round(survival_at(steps, t), 4) for t in (0, 6, 12, 40)] == [1, 0.8571, 0.7529, 0.4482]
    assert at_risk_at(steps, (0, 6, 7, 30, 40)) == (21, 21, 17, 4, 0)


def test_eight_people_of_whom_everybody_leaves_have_a_curve_that_ends_at_0_without_a_band():
    steps = kaplan_meier([(float(n), True) for n in range(1, 9)])
    assert [s.survival for s in steps][-1] == pytest.approx(0)
    assert steps[-1].low is None and steps[0].low is not None


def test_nobody_and_nobody_who_left():
    assert kaplan_meier([]) == ()
    (step,) = kaplan_meier([(24.0, False)] * 3)
    assert (step.survival, step.low, step.censored) == (1.0, None, 3)
