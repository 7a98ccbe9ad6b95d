"""The chart: what is drawn for a day, and that a blank day is neither a bar nor a point."""

import re
from xml.etree import ElementTree

import pytest

from app.brief.chart import Marks, day_chart
from app.i18n import translator
from app.web import charts
from app.web.charts import Columns, Scale
from tests.brief.records import ago, grams, record

NONE = Marks({}, frozenset())


def drawn(told=None, marks=NONE, **more):
    chart = day_chart(record(told, **more), marks, "Six <weeks>", "It & all", translator("en"))
    return ElementTree.fromstring(str(chart)), str(chart)


def marks_of(root, cls):
    """Marks in the paths of a class: each begins where the pen moves without drawing."""
    paths = [p.get("d") for p in root.iter("path") if p.get("class") == cls]
    return sum(len(re.findall("M", d)) for d in paths)


def test_it_says_what_there_is_to_see_and_is_well_formed():
    root, text = drawn()
    assert root.get("role") == "img"
    assert root.find("title").text == "Six <weeks>"
    assert root.find("desc").text == "It & all"
    assert root.get("aria-labelledby") == "c-t c-d"
    assert "style" not in text


def test_blank_weeks_have_only_grey():
    root, _ = drawn()
    for cls in ("c-drink", "c-dose", "c-no", "c-opi", "c-dot", "c-se0", "c-pt"):
        assert marks_of(root, cls) == 0, cls
    assert marks_of(root, "c-gap") == 42 * 2
    assert marks_of(root, "c-blank") == 42 * 2


def test_a_day_without_alcohol_is_no_bar_and_no_gap():
    root, _ = drawn(grams(0, 25, None))
    assert marks_of(root, "c-drink") == 1
    assert marks_of(root, "c-gap") == 40 + 42


def test_both_urges_break_at_a_blank_day():
    told = {n: {"alcohol_urge": 5.0, "opioid_urge": 1.0} for n in (1, 2, 4, 5, 7)}
    root, text = drawn(told)
    key = 1  # the sample beside the name
    assert marks_of(root, "c-crave") == marks_of(root, "c-crave2") == 3 + key
    assert text.count('class="c-pt"') == text.count('class="c-pt2"') == 1


def test_the_strips_have_a_mark_for_each_kind_of_day():
    told = {
        1: {"tablet": "taken", "opioids": False, "worst": 0},
        2: {"tablet": "not_taken", "opioids": True, "worst": 4},
        3: {"tablet": "held", "worst": 2},
    }
    root, _ = drawn(told, Marks({ago(2): 4}, frozenset({ago(1), ago(2)})))
    for cls in ("c-dose", "c-no", "c-zero", "c-opi", "c-dot", "c-se0", "c-se2", "c-se4"):
        assert marks_of(root, cls) == 1, cls
    assert [t.text for t in root.iter("text") if t.get("class") == "c-sess-t"] == ["S4"]


def test_a_taller_day_makes_a_taller_scale():
    _, text = drawn(grams(500))
    assert ">60</text>" in text and ">20</text>" in text


@pytest.mark.parametrize(
    ("highest", "marks"),
    [
        (0.5, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (4.1, [0, 2, 4, 6]),
        (7.2, [0, 2, 4, 6, 8]),
        (16, [0, 5, 10, 15, 20]),
        (45, [0, 20, 40, 60]),
        (3000, [0, 1000, 2000, 3000]),
    ],
)
def test_the_scale_has_at_most_four_round_steps(highest, marks):
    assert charts.ticks(highest) == marks


def test_a_value_beyond_the_scale_is_cut_at_its_top():
    scale = Scale(10, 110, 5)
    assert [scale.y(v) for v in (0, 2.5, 5, 50)] == [110, 60, 10, 10]


def test_half_a_year_stays_small():
    columns = Columns(0, 560, 168)
    assert columns.step == pytest.approx(3.333, abs=0.01)
    assert charts.alone([1, None, 2, 3, None, None, 4]) == [0, 6]
    assert "".join(charts.line([1, 2, None, 3], columns, Scale(0, 10, 10))).count("M") == 2


def test_words_from_a_translation_are_escaped():
    assert "<b>" not in charts.label(0, 0, "a <b> & c")


def test_days_before_the_diary_are_left_white():
    root, _ = drawn(asked_from=ago(10))
    assert marks_of(root, "c-gap") == 10 * 2
    assert marks_of(root, "c-blank") == 10 * 2
