"""Every measure and endpoint by name, with its rule for missing data and where it was published.

The README's table is this list; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.measures import abstinence, drinking, retention, survival, weeks, words


@dataclass(frozen=True, slots=True)
class Definition:
    """One measure. `missing` is what becomes of what is missing."""

    name: str
    missing: str
    source: str
    by: Callable[..., Any]


_AS_POSITIVE = "missing and mixed weeks count as positive"
_LEFT_OUT = "missing days are in no denominator"

DEFINITIONS = (
    Definition(
        "weekly opioid abstinence from urine and self-report",
        "no valid specimen, or nothing told: missing; use told beats a negative specimen",
        "Krupitsky 2011; clinical page, (a)",
        weeks.composite,
    ),
    Definition(
        "confirmed abstinence, weeks 5-24, throughout",
        _AS_POSITIVE,
        "Krupitsky 2011",
        words.confirmed_throughout,
    ),
    Definition(
        "confirmed abstinent weeks, weeks 5-24",
        _AS_POSITIVE,
        "Krupitsky 2011",
        words.confirmed_weeks,
    ),
    Definition(
        "the same as a share of weeks due",
        _AS_POSITIVE,
        "Krupitsky 2011",
        words.confirmed_share,
    ),
    Definition(
        "the same, complete-case",
        "missing weeks left out, mixed ones positive",
        "sensitivity of the above",
        words.confirmed_share_complete_case,
    ),
    Definition("abstinent weeks, whole trial", _AS_POSITIVE, "Fiellin 2006", words.abstinent_weeks),
    Definition(
        "share of abstinent weeks",
        "missing weeks in the denominator, a mixed one counts half",
        "Fiellin 2006",
        words.abstinent_share,
    ),
    Definition(
        "share of abstinent weeks, complete-case",
        "missing weeks left out, a mixed one counts half",
        "Fudala 2003, Schottenfeld 2005",
        words.abstinent_share_complete_case,
    ),
    Definition(
        "time to the first positive week",
        _AS_POSITIVE,
        "Mokri 2016, Schottenfeld 2008",
        words.first_positive,
    ),
    Definition(
        "time to the first positive week, missing as negative",
        "missing weeks count as negative, mixed ones as positive",
        "Shufman 1994",
        words.first_positive_missing_negative,
    ),
    Definition(
        "longest run of abstinent weeks", _AS_POSITIVE, "Schottenfeld 2008", words.longest_run
    ),
    Definition(
        "longest run, complete-case",
        "missing weeks cut out, so that neighbours close up; mixed ones positive",
        "Schottenfeld 2005",
        words.longest_run_complete_case,
    ),
    Definition(
        "three or four abstinent weeks in a row",
        "nothing imputed: missing and mixed weeks break the run",
        "Kosten 1993, Ling 1998",
        words.weeks_in_a_row,
    ),
    Definition(
        "abstinence at the end of treatment", _AS_POSITIVE, "Weiss 2011", words.end_of_treatment
    ),
    Definition(
        "the same, softer: weeks 12-15",
        "one missing week allowed, no mixed one",
        "CTN-0094 2023",
        words.softer_end,
    ),
    Definition(
        "relapse: three positive weeks in a row",
        _AS_POSITIVE,
        "Krupitsky 2004, 2006",
        words.relapse_three_weeks,
    ),
    Definition(
        "relapse: four positive weeks in a row, from day 21",
        _AS_POSITIVE,
        "Lee 2018",
        words.relapse_four_weeks,
    ),
    Definition(
        "relapse: seven days in a row with use told",
        "nothing imputed: a day not told breaks the run",
        "Lee 2018",
        weeks.seven_days_told,
    ),
    Definition(
        "relapse: two positive weeks in four",
        _AS_POSITIVE,
        "Lee 2016, as read from weekly urine",
        words.relapse_two_in_four_weeks,
    ),
    Definition(
        "relapse: ten days of use in 28",
        "a positive or missing specimen counts as five days; a day not told as none",
        "Lee 2016",
        weeks.ten_of_28,
    ),
    Definition(
        "index of illicit use",
        "a missing week weighs 0.22, whenever it is",
        "Ling 1976",
        words.illicit_use_index,
    ),
    Definition(
        "retention: last week with a specimen",
        "a missing week is no specimen",
        "the reading by specimens",
        words.last_week_with_specimen,
    ),
    Definition(
        "retention: last dose",
        "a day without an answer is no dose",
        "the reading by doses (Hser 2014)",
        retention.last_dose_day,
    ),
    Definition(
        "retention: last visit",
        "a visit that nobody recorded did not take place",
        "the reading by visits",
        retention.last_visit_day,
    ),
    Definition(
        "drop-out: four missing weeks in a row",
        "it is what is missing that counts",
        "CTN-0094 2023",
        words.four_missing_weeks,
    ),
    Definition(
        "drop-out: three missed visits in a row, or consent taken back",
        "a visit that nobody recorded is not a missed one; the study's end is a censoring",
        "clinical page, (d)",
        retention.stay,
    ),
    Definition(
        "Kaplan-Meier with numbers at risk and log-log bands",
        "who is censored leaves the numbers at risk",
        "Kaplan and Meier 1958",
        survival.kaplan_meier,
    ),
    Definition(
        "drinking days, percent days abstinent, heavy days, grams and drinks a drinking day, "
        "longest dry run, first drink, first heavy day",
        _LEFT_OUT + "; a missing day breaks the dry run; unknown amounts are in no grams",
        "timeline follow-back (Sobell and Sobell)",
        drinking.counted,
    ),
    Definition(
        "no heavy drinking day, after a grace period",
        "a missing day and an unknown amount are failures",
        "FDA draft guidance 2015",
        drinking.no_heavy_day,
    ),
    Definition(
        "WHO risk level, reduced by 1 or 2",
        "a month without a told day is no reduction; no baseline, no value",
        "Witkiewitz 2020",
        drinking.who_reduction,
    ),
    Definition(
        "point-prevalence abstinence",
        "intention to treat: missing is not abstinent; responders only: no value",
        "as abstcal 0.9",
        abstinence.point_prevalence,
    ),
    Definition(
        "continuous abstinence",
        "intention to treat: missing is not abstinent; responders only: no value",
        "as abstcal 0.9",
        abstinence.continuous,
    ),
    Definition(
        "prolonged abstinence, after a grace period",
        "intention to treat: missing is not abstinent; responders only: no value",
        "as abstcal 0.9",
        abstinence.prolonged,
    ),
)
