"""A specimen beside what was told for the days that it covers: facts, in both directions."""

from dataclasses import replace

import pytest

from app.brief.phrases import urine_line
from app.brief.record import Day
from app.brief.urine import compared
from app.i18n import translator
from tests.brief.records import ago, record, urine


def line(told, result="positive", days=5, lang="en"):
    (one,) = compared(record(told, urines=[urine(days, result)]))
    return urine_line(one, translator(lang))


NONE = {n: {"opioids": False} for n in range(5, 10)}


@pytest.mark.parametrize(
    ("told", "result", "says"),
    [
        (
            NONE,
            "positive",
            "Urine 18 Nov: positive for opioids. "
            "No use was told for 14 Nov to 18 Nov (5 of 5 days told).",
        ),
        (
            NONE | {7: {"opioids": True}},
            "negative",
            "Urine 18 Nov: negative for opioids. Use was told for 16 Nov (5 of 5 days told).",
        ),
        (
            {n: {"opioids": n != 6} for n in range(5, 10)},
            "positive",
            "Urine 18 Nov: positive for opioids. "
            "Use was told for 14 Nov – 16 Nov, 18 Nov (5 of 5 days told).",
        ),
        (
            {},
            "positive",
            "Urine 18 Nov: positive for opioids. Nothing was told for 14 Nov to 18 Nov.",
        ),
        ({}, None, "Urine 18 Nov: not tested for opioids."),
    ],
)
def test_a_result_stands_beside_what_was_told(told, result, says):
    assert line(told, result) == says


def test_the_window_has_its_day_and_the_four_before_it_and_no_more():
    assert "No use" in line(NONE | {10: {"opioids": True}})
    assert "Use was told for 14 Nov" in line(NONE | {9: {"opioids": True}})
    assert "Use was told for 18 Nov" in line(NONE | {5: {"opioids": True}})
    assert "No use" in line(NONE | {4: {"opioids": True}})


def test_the_newest_specimen_stands_first_and_one_without_its_whole_window_is_left_out():
    found = compared(record(urines=[urine(38, "negative"), urine(2, None), urine(39, "positive")]))
    assert [one.urine.day for one in found] == [ago(2), ago(38)]


def test_what_was_told_today_counts_for_a_specimen_of_today():
    base = record(NONE, urines=[urine(0, "positive")])
    today = replace(base, told_today=Day(ago(0), opioids=True))
    (one,) = compared(today)
    assert (one.told, one.reported) == ((ago(0),), 1)
    (silent,) = compared(base)
    assert (silent.told, silent.reported) == ((), 0)


def test_it_is_said_in_russian_too():
    assert line(NONE, lang="ru").startswith("Моча 18 нояб., опиоиды: положительный. Об")


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({}, "Nothing was told for that day."),
        ({5: {"opioids": False}}, "No use was told for that day."),
        ({5: {"opioids": True}, 6: {"opioids": True}}, "Use was told for that day."),
    ],
)
def test_the_window_begins_no_earlier_than_the_diary(told, says):
    (one,) = compared(record(told, urines=[urine(5, "positive")], asked_from=ago(5)))
    assert urine_line(one, translator("en")) == f"Urine 18 Nov: positive for opioids. {says}"
    assert (one.days, one.first) == (1, ago(5))
