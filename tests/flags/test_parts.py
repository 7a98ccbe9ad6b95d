"""Small parts: transitions, references, guidance."""

import itertools

import pytest

from app.flags.reference import LETTERS, new_reference
from app.models.flags import STATUSES
from app.rules.guidance import guidance, steps_for
from app.rules.life import RULE_ORDER
from app.rules.transitions import ACKNOWLEDGE, RESOLVE, TRANSITIONS, next_status

STAFF = {("open", ACKNOWLEDGE): "acknowledged", ("acknowledged", RESOLVE): "resolved"}


@pytest.mark.parametrize(
    ("status", "action"), list(itertools.product(STATUSES, (ACKNOWLEDGE, RESOLVE, "reopen")))
)
def test_staff_move_a_flag_forward_and_no_other_way(status, action):
    assert next_status(status, action) == STAFF.get((status, action))


def test_nothing_leaves_the_resolved_status():
    assert all(status != "resolved" for status, _ in TRANSITIONS)
    assert set(TRANSITIONS.values()) <= set(STATUSES)


def test_references_have_no_letters_that_are_misheard():
    assert not set("01OILUV") & set(LETTERS)
    assert len({new_reference() for _ in range(200)}) > 195


@pytest.mark.parametrize("rule", RULE_ORDER)
def test_every_rule_says_what_to_do_in_both_languages(rule):
    steps = guidance()[rule]
    assert len(steps["en"]) == len(steps["ru"]) >= 2
    for text in steps_for(rule, "en"):
        assert text.isascii(), text
    words = " ".join([*steps["en"], *steps["ru"]]).lower()
    for word in ("relapse", "clean", "dirty", "abuse", "addict", "срыв", "чистый", "наркоман"):
        assert word not in words
