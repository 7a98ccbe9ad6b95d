"""Suggested sheets: the plan's week, and safety first while a danger is open."""

import pytest

from app.instruments.worksheets.loader import all_sheets
from app.protocol.loader import load_protocol
from app.worksheets.suggest import DANGERS, suggested

NONE: frozenset[str] = frozenset()
SAFETY = [("emergency_plan", "safety"), ("lapse_plan", "safety"), ("medication_diary", "safety")]


def found(week=None, families=NONE, already=NONE):
    return [(one.sheet_key, one.why) for one in suggested(load_protocol(), week, families, already)]


def test_every_week_of_the_plan_suggests_its_own_sheets():
    numbers = {sheet.number: sheet.key for sheet in all_sheets()}
    for plan in load_protocol().sessions:
        assert found(plan.week) == [(numbers[n], "week") for n in plan.sheets]


@pytest.mark.parametrize(("week", "count"), [(None, 0), (0, 0), (1, 3), (24, 3), (25, 0), (-1, 0)])
def test_outside_the_plan_nothing_is_suggested(week, count):
    assert len(found(week)) == count


@pytest.mark.parametrize("family", ["WDL", "OPI", "SUI"])
def test_an_open_danger_puts_the_safety_sheets_first(family):
    assert found(3, frozenset({family, "DIA"})) == [
        *SAFETY,
        ("decisional_balance", "week"),
        ("values", "week"),
    ]


@pytest.mark.parametrize("family", ["DIA", "DOS", "CRV", "ALC", "EMG"])
def test_another_alert_changes_nothing(family):
    assert found(3, frozenset({family})) == found(3)


def test_a_danger_speaks_without_a_week_and_after_the_last_one():
    assert found(None, DANGERS) == found(25, DANGERS) == SAFETY


def test_a_sheet_of_the_week_that_is_about_safety_stands_there_once():
    keys = [key for key, _ in found(11, frozenset({"WDL"}))]
    assert keys == ["emergency_plan", "lapse_plan", "medication_diary"]


def test_what_is_assigned_already_is_not_suggested_again():
    assert found(3, NONE, frozenset({"values"})) == [("decisional_balance", "week")]
    left = found(3, frozenset({"OPI"}), frozenset({"lapse_plan", "decisional_balance"}))
    assert left == [SAFETY[0], SAFETY[2], ("values", "week")]
