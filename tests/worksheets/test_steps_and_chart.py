"""The pages of a sheet, its rows, and the small chart of the rulers. Without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from app.i18n import translator
from app.instruments.worksheets.answers import field_names
from app.instruments.worksheets.loader import all_sheets, load_sheet, short_sheets
from app.worksheets.chart import finding, rulers_chart, table_rows
from app.worksheets.pages import THEMES
from app.worksheets.shared import RulerPoint
from app.worksheets.steps import Place, first_empty, next_empty, place_at, steps_of

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
EN = translator("en")


@pytest.mark.parametrize("sheet", (*all_sheets(), *short_sheets()), ids=lambda sheet: sheet.key)
def test_the_pages_of_a_sheet_have_each_of_its_fields_once(sheet):
    pages = [Place(step, row) for step in steps_of(sheet) for row in range(step.rows)]
    names = [name for page in pages for name, _ in page.controls]
    assert sorted(names) == sorted(name for name, _ in field_names(sheet))
    assert [place_at(sheet, page.path, {}) for page in pages] == pages


def test_a_balance_is_a_page_a_side():
    steps = steps_of(load_sheet("decisional_balance"))
    sides = [(step.field.id, step.side.id) for step in steps if step.side]
    assert sides == [
        ("use", "good"), ("use", "less_good"), ("change", "less_good"), ("change", "good"),
    ]  # fmt: skip


def test_the_figures_of_the_diary_are_one_page():
    steps = steps_of(load_sheet("personal_feedback"))
    assert [len(step.fields) for step in steps] == [4, 1]


def test_another_row_is_the_first_free_one_and_none_where_all_are_filled():
    step = steps_of(load_sheet("change_plan"))[2]
    filled = {f"steps.{row}.step": "x" for row in (0, 2)}
    assert first_empty(step, filled) == 1
    assert next_empty(step, filled, 1) == 3
    full = {f"steps.{row}.step": "x" for row in range(4)}
    assert (first_empty(step, full), next_empty(step, full, 3)) == (3, None)


def test_every_sheet_of_the_plan_stands_in_one_theme():
    assert sorted(number for _, numbers in THEMES for number in numbers) == list(range(1, 21))


def points():
    return [
        RulerPoint(NOW - timedelta(days=14), 4, 2, None),
        RulerPoint(NOW, 8, None, 5),
    ]


def test_the_chart_says_what_there_is_to_see_and_stands_beside_its_table():
    said = "Importance: 4 at first, 8 now. Confidence: 2 of 10. Readiness: 5 of 10."
    assert finding(points(), EN) == said
    drawn = str(rulers_chart(points(), EN, "Europe/Moscow"))
    assert said in drawn and drawn.count('class="c-name"') == 3
    assert table_rows(points(), EN, "Europe/Moscow") == [
        ("9 Nov 2026", "4", "2", "–"),
        ("23 Nov 2026", "8", "–", "5"),
    ]


def test_one_point_is_drawn_and_a_ruler_without_any_is_left_out():
    drawn = str(rulers_chart([RulerPoint(NOW, 0, 10, None)], EN, "Europe/Moscow"))
    assert drawn.count('class="c-name"') == 2 and drawn.count('class="c-dose"') == 2
    assert "Readiness" not in drawn
