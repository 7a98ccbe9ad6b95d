"""What the product computes from the timelines, beside what the tables of outcomes say.

One line a definition: people compared, differences. A published program and the product say some
things in other words; each of those is named where it is translated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.measures import abstinence, drinking, words
from app.measures.abstinence import Reading
from app.measures.drinking import Untold
from app.measures.weeks import Specimens, Told, Weeks, specimens, told, told_word, urine_word
from app.timeline.known import Known
from app.timeline.timeline import Timeline
from tests.real.convert import DAY_0, STUDY_DAYS, Person, on
from tests.real.folder import Row, Table

CLOSE = 1e-9
EXAMPLES = 5


@dataclass(slots=True)
class Line:
    """One definition: the columns that check it, and what was found."""

    name: str
    columns: tuple[str, ...]
    people: int = 0
    differences: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def compare(self, who: str, row: Row, ours: Mapping[str, object]) -> None:
        """One person; a column that the table has not is not compared."""
        here = [column for column in self.columns if column in row]
        self.missing = [column for column in self.columns if column not in row]
        self.people += bool(here)
        for column in here:
            if not same(ours[column], row[column]):
                self.differences.append(
                    f"{who}: {column} is {row[column]!r}, ours {written(ours[column])!r}"
                )

    def told(self) -> Iterator[str]:
        """The line itself, and the first differences under it."""
        what = f"{self.people} people, {len(self.differences)} differences"
        if not self.people:
            what = "not compared"
        yield f"{self.name} ({', '.join(self.columns)}): {what}"
        for one in self.differences[:EXAMPLES]:
            yield f"    {one}"


def written(value: object) -> str:
    """A value as the tables write it: nothing for no value, 1 and 0 for yes and no."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def same(ours: object, theirs: str) -> bool:
    """Whether two values are one, numbers up to the digits that the tables have."""
    text = written(ours)
    if text == theirs:
        return True
    try:
        return abs(float(text) - float(theirs)) < CLOSE
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class One:
    """What is read of one person, once."""

    person: Person
    known: Known
    tests: Specimens
    told: Told

    @classmethod
    def of(cls, person: Person, timeline: Timeline) -> One:
        known = timeline.known_at(max(e.received_at for e in timeline.events))
        return cls(person, known, specimens(known), told(known))

    def urine(self, weeks: Weeks) -> str:
        """The word from urine."""
        return urine_word(self.tests, weeks)

    def published_told(self, weeks: Weeks) -> str:
        """The word from self-report as it was published: a week about which nothing was told reads
        `-`, and a week of a single day, with use on it, `_`."""
        word = told_word(self.told, weeks).replace(words.MISSING, words.NEGATIVE)
        return "".join(
            words.NOT_DUE if sign == words.MIXED and _days_in(weeks, number) == 1 else sign
            for number, sign in zip(weeks.numbers, word, strict=True)
        )


def _days_in(weeks: Weeks, number: int) -> int:
    first = max(weeks.begins + timedelta(days=7 * (number - 1)), weeks.first)
    last = min(weeks.begins + timedelta(days=7 * number - 1), weeks.last)
    return (last - first).days + 1


# --- the weekly patterns --------------------------------------------------------------------------


def patterns(one: One) -> dict[str, object]:
    """The words of everybody who was randomized, in three parts."""
    weeks, second = one.person.weeks, one.person.second_week
    found: dict[str, object] = {"start_week": weeks.numbers[0], "end_week": weeks.numbers[-1]}
    before, after = weeks.before_week_1(), weeks.from_week_1()
    for kind, word_of in (("uds", one.urine), ("tlfb", one.published_told)):
        word = word_of(after)
        cut = len(word) if second is None else second - 1
        found[f"{kind}_word_baseline"] = word_of(before)
        found[f"{kind}_word_phase1"], found[f"{kind}_word_phase2"] = word[:cut], word[cut:]
    return found


# --- the published outcomes -----------------------------------------------------------------------

Endpoint = Callable[[str], object]


def _week(by: Callable[[str], words.Time]) -> Endpoint:
    return lambda word: by(word).week


def _event(by: Callable[[str], words.Time]) -> Endpoint:
    return lambda word: by(word).event


def _timed(name: str, by: Callable[[str], words.Time], prefix: str) -> dict[str, Endpoint]:
    return {f"{prefix}T_{name}": _week(by), f"{prefix}E_{name}": _event(by)}


def _nothing_is_0(by: Callable[[str], float | None]) -> Endpoint:
    """The published program gives 0 to somebody of whom no week is there; the product no value."""
    return lambda word: by(word) or 0.0


# The published window: these trials promise 15 weeks.
FIRST, LAST = 5, 15
OUTCOMES: dict[str, dict[str, Endpoint]] = {
    "1 confirmed abstinence, weeks 5-15, throughout": {
        "Ab_krupitskyA_2011": lambda w: words.confirmed_throughout(w, FIRST, LAST)
    },
    "2 confirmed abstinent weeks, 5-15": {
        "Ab_krupitskyB_2011": lambda w: words.confirmed_weeks(w, FIRST, LAST)
    },
    "3 abstinent weeks, whole trial, and their share": {
        "Ab_fiellin_2006": words.abstinent_weeks,
        "Rd_fiellin_2006": words.abstinent_share,
        "Rd_fudala_2003": _nothing_is_0(words.abstinent_share_complete_case),
        "Rd_schottenfeld_2005": _nothing_is_0(words.abstinent_share_complete_case),
    },
    "4 time to the first positive week": {
        **_timed("mokri_2016", words.first_positive, "Ab"),
        **_timed("schottenfeldA_2008", words.first_positive, "Ab"),
        **_timed("shufman_1994", words.first_positive_missing_negative, "Ab"),
    },
    "5 longest run of abstinent weeks": {
        "Ab_schottenfeldB_2008": words.longest_run,
        "Ab_schottenfeld_2005": words.longest_run_complete_case,
    },
    "6 three and four abstinent weeks in a row": {
        "Ab_kosten_1993": lambda w: words.weeks_in_a_row(w, 3),
        "Ab_ling_1998": lambda w: words.weeks_in_a_row(w, 4),
    },
    "7 abstinence at the end of treatment": {
        "Ab_ctnThirty_2011": words.end_of_treatment,
        "Ab_ctnNinetyFour_2023": words.softer_end,
    },
    "8 relapse: three positive weeks": {
        "Rs_krupitsky_2004": _event(words.relapse_three_weeks),
        **_timed("schottenfeld_2008", words.relapse_three_weeks, "Rs"),
    },
    "9 relapse: four positive weeks": {
        **_timed("ctnFiftyOne_2018", words.relapse_four_weeks, "Rs"),
        **_timed("ctnNinetyFour_2023", lambda w: words.relapse_four_weeks(w, 1), "Rs"),
    },
    "10 relapse: ten of 28 days": _timed("lee_2016", words.relapse_two_in_four_weeks, "Rs"),
    "11 retention: last specimen, four missing weeks": {
        "retention_weeks": words.last_week_with_specimen,
        **_timed("ctnNinetyFour_2023", words.four_missing_weeks, "Dr"),
    },
    "12 index of illicit use": {"Rd_lingA_1976": words.illicit_use_index},
}


def outcomes(word: str, endpoints: Mapping[str, Endpoint]) -> dict[str, object]:
    """What the definitions make of a word."""
    return {column: by(word) for column, by in endpoints.items()}


# --- alcohol --------------------------------------------------------------------------------------

COUNTS = "13 drinking days, heavy days, longest dry run, first drink, 14 first heavy day"
DAYS_ABSTINENT = "13 percent days abstinent"


def last_told(person: Person) -> int:
    """The last day about which somebody could have been asked: that of the last visit."""
    last = (person.randomized or 0) + STUDY_DAYS
    return last if person.last_visit is None else min(last, person.last_visit)


def alcohol_counts(one: One) -> dict[str, object]:
    """The days after randomization, and the 28 before consent. A day not told counts as dry, which
    is an assumption of that table. Heavy by the US line, where the amount was asked for."""
    person = one.person
    assert person.randomized is not None
    first, last = person.randomized + 1, last_told(person)
    heavy = drinking.us_heavy_line(person.sex)
    after = drinking.counted(one.known, on(first), on(last), heavy, Untold.DRY)
    before = drinking.counted(one.known, on(-28), on(-1), heavy, Untold.DRY)
    asked = person.trial != "30"
    used = [day for day in one.told.used if on(first) <= day <= on(last)]
    return {
        "trial": person.trial,
        "first_day": first,
        "last_day": last,
        "days": after.observed,
        "drinking_days": after.drinking_days,
        "heavy_days": after.heavy_days if asked else None,
        "longest_dry_run": after.longest_dry_run,
        "day_of_first_drink": _since(after.first_drink, on(first - 1)),
        "day_of_first_heavy": _since(after.first_heavy, on(first - 1)) if asked else None,
        "baseline28_drinking_days": before.drinking_days,
        "baseline28_heavy_days": before.heavy_days if asked else None,
        "opioid_days": len(used),
        "percent": after.percent_days_abstinent,
    }


def _since(day: date | None, start: date) -> int | None:
    return None if day is None else (day - start).days


def percent_of(row: Row) -> str:
    """Percent days abstinent by the columns of the table, which has the days alone."""
    days, drank = int(row["days"]), int(row["drinking_days"])
    return str(100 * (days - drank) / days) if days else ""


def alcohol_abstinence(one: One) -> dict[str, object]:
    """Point prevalence before, and continuous abstinence up to, the visits of weeks 12 and 24:
    each on the day after its week, missing where the last visit was earlier."""
    person = one.person
    assert person.randomized is not None
    start, last = person.randomized, last_told(person)
    drank = {day for day, found in one.known.drinks.items() if found.drank}
    amounts = {on(d): float(on(d) in drank) for d in range(start + 1, start + STUDY_DAYS + 1)}
    found: dict[str, object] = {}
    for week in (12, 24):
        end = start + 7 * week
        visit = on(end + 1) if last >= end else None
        for days in (7, 28):
            found[f"pp{days}_week{week}"] = abstinence.point_prevalence(
                amounts, visit, days, Reading.INTENTION_TO_TREAT
            )
        found[f"cont_week{week}"] = abstinence.continuous(
            amounts, on(start + 1), visit, Reading.INTENTION_TO_TREAT
        )
    return found


# --- daily self-report of another trial -----------------------------------------------------------


def daily_abstinence(
    amounts: Table, visits: Table, outcome: Table, shown: Mapping[str, str]
) -> list[Line]:
    """Point prevalence, continuous and prolonged abstinence by day, for visits 2, 3 and 4.

    Under intention to treat a missing visit stands where it usually was, counted from the first
    visit; for responders only it stays missing.
    """
    told = {
        who: {date.fromisoformat(row["date"]): float(row["amount"]) for row in rows}
        for who, rows in amounts.by("id").items()
    }
    held = {
        who: {int(row["visit"]): date.fromisoformat(row["date"]) for row in rows}
        for who, rows in visits.by("id").items()
    }
    usual = {visit: _usual(held.values(), visit) for visit in (1, 2, 3, 4)}
    lines = [
        Line(f"16 {name}", tuple(c for c in outcome.columns if part in c))
        for part, name in shown.items()
    ]
    for row in outcome.rows:
        who = row["id"]
        ours = _daily(told.get(who, {}), held.get(who, {}), usual)
        for line in lines:
            line.compare(who, row, ours)
    return lines


def _usual(people: Iterable[Mapping[int, date]], visit: int) -> int | None:
    """The most frequent number of days from visit 0, the smallest of several."""
    counts: dict[int, int] = {}
    for held in people:
        if 0 in held and visit in held:
            days = (held[visit] - held[0]).days
            counts[days] = counts.get(days, 0) + 1
    return min(counts, key=lambda days: (-counts[days], days), default=None)


def _daily(
    told: Mapping[date, float], held: Mapping[int, date], usual: Mapping[int, int | None]
) -> dict[str, object]:
    found: dict[str, object] = {}
    for reading in Reading:
        quit_on = _visit(held, usual, 1, reading)
        for number in (2, 3, 4):
            visit = _visit(held, usual, number, reading)
            found |= {
                f"{reading.value}_{key}_v{number}": value
                for key, value in (
                    ("pp7", abstinence.point_prevalence(told, visit, 7, reading)),
                    ("cont_v1", abstinence.continuous(told, quit_on, visit, reading)),
                    ("prolonged_5_cigs", abstinence.prolonged(told, quit_on, visit, reading, 5)),
                    ("prolonged_False", abstinence.prolonged(told, quit_on, visit, reading)),
                )
            }
    return found


def _visit(
    held: Mapping[int, date], usual: Mapping[int, int | None], number: int, reading: Reading
) -> date | None:
    if number in held or reading is Reading.RESPONDERS_ONLY:
        return held.get(number)
    days = usual[number]
    return held[0] + timedelta(days=days) if 0 in held and days is not None else None


assert on(0) == DAY_0
