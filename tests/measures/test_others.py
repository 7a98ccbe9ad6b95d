"""Abstinence from daily reports, retention, and the table of the definitions."""

from datetime import timedelta

import pytest

from app.measures import retention
from app.measures.abstinence import Reading, continuous, point_prevalence, prolonged
from app.measures.definitions import DEFINITIONS
from app.measures.retention import Stay
from tests.house.source import ROOT
from tests.measures.test_weeks import BEGIN, due, known, on, urine

ITT, RO = Reading.INTENTION_TO_TREAT, Reading.RESPONDERS_ONLY


def day(n):
    return BEGIN + timedelta(days=n - 1)


DRY = {day(n): 0.0 for n in range(1, 31)}


@pytest.mark.parametrize(
    ("amounts", "visit", "itt", "ro"),
    [
        (DRY, day(31), True, True),
        ({**DRY, day(30): 1.0}, day(31), False, False),
        ({**DRY, day(31): 9.0}, day(31), True, True),
        ({k: v for k, v in DRY.items() if k != day(28)}, day(31), False, None),
        ({k: v for k, v in DRY.items() if k != day(20)}, day(31), True, True),
        (DRY, None, False, None),
    ],
)
def test_point_prevalence_of_seven_days(amounts, visit, itt, ro):
    assert point_prevalence(amounts, visit, 7, ITT) is itt
    assert point_prevalence(amounts, visit, 7, RO) is ro


def test_continuous_and_prolonged_abstinence_and_their_lapses():
    lapsed = {**DRY, day(20): 4.0}
    assert continuous(DRY, day(1), day(31), ITT) is True
    assert continuous(lapsed, day(1), day(31), RO) is False
    assert continuous(DRY, None, day(31), RO) is None
    assert continuous(DRY, day(31), day(31), ITT) is False
    early = {**DRY, day(10): 9.0}
    assert prolonged(early, day(1), day(31), ITT) is True
    assert prolonged(lapsed, day(1), day(31), ITT) is False
    assert prolonged(lapsed, day(1), day(31), ITT, lapse=5) is True
    assert prolonged(lapsed, day(1), day(31), ITT, lapse=4) is False
    assert prolonged(lapsed, day(1), day(40), RO, lapse=5) is None


def session(n, attended=True):
    return {"kind": "session", "at": f"{on(n)}T12:00:00+03:00", "week": 1, "attended": attended}


def visit(n, attended=True):
    return {"kind": "visit", "day": on(n), "visit": "weekly", "attended": attended}


def test_retention_by_three_readings():
    dose = {"kind": "dose", "day": on(9), "taken": True}
    found = known(urine(8, "invalid"), due(15), dose, session(3), visit(11), visit(18, False))
    assert retention.last_specimen_day(found) == day(8)
    assert retention.last_dose_day(found) == day(9)
    assert retention.last_visit_day(found) == day(11)
    empty = known()
    assert retention.last_dose_day(empty) is retention.last_visit_day(empty) is None


@pytest.mark.parametrize(
    ("events", "stay"),
    [
        ([session(1), session(8)], Stay(168, False)),
        ([session(1), *(session(n, False) for n in (8, 15))], Stay(168, False)),
        ([session(8), *(session(n, False) for n in (15, 22, 29)), session(36)], Stay(7, True)),
        (
            [{"kind": "consent_withdrawn", "at": f"{on(41)}T12:00:00+03:00", "scope": "all"}],
            Stay(40, True),
        ),
    ],
)
def test_somebody_left_with_three_missed_visits_or_with_consent_taken_back(events, stay):
    assert retention.stay(known(*events), day(1), day(169)) == stay


def test_the_readme_has_every_definition_with_its_rule_for_what_is_missing():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = ["| measure | what is missing | published | function |", "|---|---|---|---|"]
    for one in DEFINITIONS:
        function = f"`{one.by.__module__.removeprefix('app.measures.')}.{one.by.__name__}`"
        rows.append(f"| {one.name} | {one.missing} | {one.source} | {function} |")
    assert "\n".join(rows) in text, "\n".join(rows)
    assert all(one.by.__doc__ for one in DEFINITIONS)
