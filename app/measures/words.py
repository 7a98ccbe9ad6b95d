"""Endpoints that read one person's word: one character a study week, the first is week 1.

`+` positive, `-` negative, `*` both in one week, `o` due and not there, `_` nothing was due. A week
in which nothing was due is in no denominator, and breaks no run.

Two readings of a missing week stand side by side everywhere: it counts as positive, or it is left
out (complete-case). A mixed week counts as positive unless a definition says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

POSITIVE, NEGATIVE, MIXED, MISSING, NOT_DUE = "+", "-", "*", "o", "_"


@dataclass(frozen=True, slots=True)
class Time:
    """Weeks until something happened, or until the record ends without it (`event` is false)."""

    week: int
    event: bool


def as_positive(word: str) -> str:
    """Missing and mixed weeks read as positive; the weeks keep their numbers."""
    return word.replace(MISSING, POSITIVE).replace(MIXED, POSITIVE)


def complete_case(word: str) -> str:
    """Missing weeks cut out, so that their neighbours close up; mixed weeks read as positive."""
    return word.replace(MISSING, "").replace(MIXED, POSITIVE)


def _due(word: str) -> str:
    return word.replace(NOT_DUE, "")


def confirmed_weeks(word: str, first: int = 5, last: int = 24) -> int:
    """Weeks of confirmed abstinence in the window (Krupitsky 2011, primary).

    Missing and mixed weeks count as positive, so does a week after the word's end.
    """
    return word[first - 1 : last].count(NEGATIVE)


def confirmed_share(word: str, first: int = 5, last: int = 24) -> float | None:
    """The same by the weeks in which something was due; `None` where nothing was."""
    due = last - first + 1 - word[first - 1 : last].count(NOT_DUE)
    return confirmed_weeks(word, first, last) / due if due else None


def confirmed_share_complete_case(word: str, first: int = 5, last: int = 24) -> float | None:
    """The same by the weeks that are there: missing weeks are in no denominator."""
    there = complete_case(_due(word[first - 1 : last]))
    return there.count(NEGATIVE) / len(there) if there else None


def confirmed_throughout(word: str, first: int = 5, last: int = 24) -> bool:
    """Confirmed abstinence in every week of the window (Krupitsky 2011).

    Missing and mixed weeks count as positive, so does a week after the word's end.
    """
    due = last - first + 1 - word[first - 1 : last].count(NOT_DUE)
    return due > 0 and confirmed_weeks(word, first, last) == due


def abstinent_weeks(word: str) -> int:
    """Negative weeks of the whole word (Fiellin 2006); missing and mixed count as positive."""
    return word.count(NEGATIVE)


def abstinent_share(word: str) -> float | None:
    """Negative weeks by weeks due; missing weeks are in the denominator, a mixed one counts half.

    (Fiellin 2006, the share.) `None` where nothing was due.
    """
    return _halves(_due(word))


def abstinent_share_complete_case(word: str) -> float | None:
    """Negative weeks by weeks that are there; a mixed week counts half (Fudala 2003,
    Schottenfeld 2005)."""
    return _halves(_due(word).replace(MISSING, ""))


def _halves(word: str) -> float | None:
    if not word:
        return None
    return (word.count(NEGATIVE) + word.count(MIXED) / 2) / len(word)


def first_positive(word: str) -> Time:
    """The first positive week, counted from 1 (Mokri 2016, Schottenfeld 2008).

    Missing and mixed weeks count as positive. Without one: the length of the word.
    """
    return _first(as_positive(word), POSITIVE)


def first_positive_missing_negative(word: str) -> Time:
    """The same with missing weeks read as negative (Shufman 1994)."""
    return _first(as_positive(word.replace(MISSING, NEGATIVE)), POSITIVE)


def _first(word: str, sign: str) -> Time:
    found = word.find(sign)
    return Time(found + 1, True) if found >= 0 else Time(len(word), False)


def longest_run(word: str) -> int:
    """The longest run of negative weeks; missing and mixed count as positive (Schottenfeld
    2008)."""
    return _longest(_due(as_positive(word)))


def longest_run_complete_case(word: str) -> int:
    """The same with missing weeks cut out before looking (Schottenfeld 2005)."""
    return _longest(_due(complete_case(word)))


def _longest(word: str) -> int:
    runs = (len(list(run)) for sign, run in groupby(word) if sign == NEGATIVE)
    return max(runs, default=0)


def weeks_in_a_row(word: str, weeks: int) -> bool:
    """At least so many negative weeks in a row: three (Kosten 1993), four (Ling 1998).

    Nothing is imputed: a missing and a mixed week break the run.
    """
    return _longest(_due(word)) >= weeks


def end_of_treatment(word: str) -> bool:
    """Negative in the last week and in two at least of the three before (Weiss 2011).

    Missing and mixed weeks count as positive; a word of fewer than four weeks fails.
    """
    last = as_positive(word)[-4:]
    return len(last) == 4 and last[-1] == NEGATIVE and last[:3].count(NEGATIVE) >= 2


def softer_end(word: str, first: int = 12, last: int = 15) -> bool | None:
    """No positive and no mixed week in the window, and one missing week at most.

    `None` where the word ends before the window.
    """
    window = word[first - 1 : last]
    if len(window) < last - first + 1:
        return None
    return not {POSITIVE, MIXED} & set(window) and window.count(MISSING) <= 1


def relapse_three_weeks(word: str) -> Time:
    """The first of three positive weeks in a row (Krupitsky 2004 and 2006).

    Missing and mixed weeks count as positive. Without one: the last week at which it could begin.
    """
    return _run_begins(as_positive(word), POSITIVE, 3)


def relapse_four_weeks(word: str, from_week: int = 3) -> Time:
    """The first of four positive weeks in a row, from day 21 on (Lee 2018, the part by weeks).

    Missing and mixed weeks count as positive. `from_week` 1 leaves the late start away.
    """
    found = _run_begins(as_positive(word)[from_week - 1 :], POSITIVE, 4)
    return Time(found.week + from_week - 1, found.event)


def _run_begins(word: str, sign: str, weeks: int) -> Time:
    found = word.find(sign * weeks)
    return Time(found + 1, True) if found >= 0 else Time(max(len(word) - weeks + 1, 0), False)


def relapse_two_in_four_weeks(word: str) -> Time:
    """Ten days of use in 28, read from urine: two positive weeks in any four (Lee 2016).

    A positive or missing fortnightly specimen counts as five days. Missing and mixed count as
    positive. The time is the window's first week plus two; without one the last it could be.
    """
    read = as_positive(word)
    for start in range(max(len(read) - 3, 0)):
        if read[start : start + 4].count(POSITIVE) >= 2:
            return Time(start + 3, True)
    return Time(max(len(read) - 1, 0), False)


def last_week_with_specimen(word: str) -> int:
    """Retention: the number of the last week with a specimen, whatever it showed; 0 without one."""
    return max((n for n, sign in enumerate(word, 1) if sign in "+-*"), default=0)


def four_missing_weeks(word: str) -> Time:
    """Drop-out: the first of four missing weeks in a row. Without: the last it could begin at."""
    return _run_begins(word, MISSING, 4)


def completed(word: str, weeks: int) -> bool:
    """Retention: whether there is a specimen in the last of so many weeks, or after it."""
    return last_week_with_specimen(word) >= weeks


def illicit_use_index(word: str, weeks: int = 15) -> float | None:
    """The index of Ling 1976, 0 to 120, the best 120: the one graded rule for missing weeks.

    A positive week weighs 1 to 5, rising every three weeks, a mixed one half of that, a missing
    one 0.22 whenever it is.
    """
    read = word[:weeks]
    if len(read) < weeks:
        return None
    if last_week_with_specimen(word) <= 3:
        return 0.0
    shares = {POSITIVE: 1.0, MIXED: 0.5}
    weights = [place // 3 + 1 for place in range(weeks)]
    lost = sum(
        0.22 if sign == MISSING else weight * shares.get(sign, 0.0)
        for sign, weight in zip(read, weights, strict=True)
    )
    return 120 * (1 - lost / sum(weights))
