"""From the tables of the published trials to timelines, by documented steps.

Day 0 (consent) stands on an invented date, and everything is told on its own evening. What the
published weekly words assume is made a fact of the timeline here, so that the product's own
measures can be held against them:

* A week of the study has a specimen due on its last day, from randomization on; before it, a week
  with a day in `missing_days`.
* Urine that shows an opioid other than the study's own is a positive specimen of its day: O, or M
  unless the arm is methadone, or B unless the arm is buprenorphine. The words read *an attended
  visit without one* as a negative specimen, and a negative result on a day without a visit not at
  all; so does this. Of somebody who was never randomized they read positive results alone.
* A day in a run was told, whatever was used on it: without alcohol it was a dry day. A heavy day
  is five US drinks of 14 g (women four), a light one a single drink, `d` a day of unknown amount.
* `first_dose_delay` counts from randomization; no later dose is in the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from app.measures.weeks import Weeks
from app.timeline.events import (
    Dose,
    Drink,
    Drinks,
    Event,
    SpecimenDue,
    Substances,
    Urinalysis,
    Use,
    Visit,
)
from app.timeline.known import Participant
from app.timeline.timeline import Timeline
from tests.real.folder import Folder, Row

DAY_0 = date(2020, 1, 6)
EVENING, MORNING = time(20, tzinfo=UTC), time(9, tzinfo=UTC)
BEFORE_DAYS = 30
STUDY_DAYS, FIRST_PHASE_DAYS = 168, 98
OPIOIDS = frozenset("OMB")
ALCOHOL = frozenset("lhd")
SUBSTANCES = {
    **dict.fromkeys("OMB", "opioid"),
    **dict.fromkeys("ZS", "sedative"),
    **dict.fromkeys("CAX", "stimulant"),
    "T": "cannabis",
}
US_DRINK = Drink(ml=355, abv=5, count=1, beverage="beer")


@dataclass(frozen=True, slots=True)
class Person:
    """One row of `participants`, in days."""

    who: str
    trial: str
    arm: str
    sex: str
    randomized: int | None
    second: int | None
    """randomized into the second phase, in the trial that has one"""
    first_dose: int | None
    last_visit: int | None
    row: Row = field(repr=False)

    @classmethod
    def of(cls, row: Row) -> Person:
        randomized = _number(row["rand_day"]) if row["arm"] else None
        second = _number(row["rand2_day"]) if row["trial"] == "30" else None
        delay = _number(row["first_dose_delay"])
        dosed = None if delay is None or randomized is None else randomized + delay
        return cls(
            who=row["who"],
            trial=row["trial"],
            arm=row["arm"],
            sex="male" if row["is_male"] == "Yes" else "female",
            randomized=randomized,
            second=second if randomized is not None else None,
            first_dose=dosed,
            last_visit=_number(row["last_visit_day"]),
            row=row,
        )

    @property
    def last_day(self) -> int:
        """The last day of the study: 24 weeks from consent; in the trial of two phases 14 weeks
        from randomization, or 24 from the second one."""
        if self.trial != "30":
            return STUDY_DAYS
        if self.second is not None:
            return self.second + STUDY_DAYS
        return (self.randomized or 0) + FIRST_PHASE_DAYS

    @property
    def weeks(self) -> Weeks:
        """Week 1 begins the day after randomization; without one, on the day of consent."""
        begins = 0 if self.randomized is None else self.randomized + 1
        return Weeks(on(begins), on(-BEFORE_DAYS), on(self.last_day))

    @property
    def second_week(self) -> int | None:
        """The week in which the second phase begins."""
        return None if self.second is None else self.weeks.week(on(self.second))

    def opioid_positive(self, positive: str) -> bool:
        """Whether a specimen shows an opioid that the study did not give."""
        return (
            "O" in positive
            or ("M" in positive and self.arm != "Methadone")
            or ("B" in positive and "BUP" not in self.arm)
        )


def _number(text: str) -> int | None:
    return int(text) if text else None


def on(day: int) -> date:
    """The date of a day that is counted from consent."""
    return DAY_0 + timedelta(days=day)


@dataclass(frozen=True, slots=True)
class Records:
    """The four tables, by person."""

    people: tuple[Person, ...]
    urine: Mapping[str, list[Row]]
    runs: Mapping[str, list[Row]]
    visits: Mapping[str, list[Row]]

    def timelines(self) -> Iterator[tuple[Person, Timeline]]:
        """Everybody, one at a time."""
        for person in self.people:
            yield person, timeline(person, self)


def records(folder: Folder) -> Records:
    """The tables of a folder. Raises `Unusable`."""
    names = ("participants", "urine", "self_report_runs", "visits")
    people, urine, runs, visits = (folder.needed(name) for name in names)
    return Records(
        tuple(map(Person.of, people.rows)), urine.by("who"), runs.by("who"), visits.by("who")
    )


def timeline(person: Person, found: Records) -> Timeline:
    """One person's timeline from the rows that are about them."""
    present, missing = set(), set()
    for row in found.visits.get(person.who, ()):
        present |= set(map(int, row["present_days"].split()))
        missing |= set(map(int, row["missing_days"].split()))
    events: list[Event] = []
    if person.first_dose is not None:
        day = person.first_dose
        events.append(Dose(id="dose", received_at=_evening(day), day=on(day), taken=True))
    events += _urine(person, found.urine.get(person.who, []), present)
    events += _due(person, missing)
    events += _visits(person, present, missing)
    events += _told(person, found.runs.get(person.who, []))
    header = Participant(
        code=f"CTN-{person.who}",
        timezone="UTC",
        sex=person.sex,
        first_dose_on=None if person.first_dose is None else on(person.first_dose),
        enrolled_on=DAY_0,
        arm=person.arm or None,
    )
    return Timeline.of(header, events)


def _evening(day: int) -> datetime:
    return datetime.combine(on(day), EVENING)


def _urine(person: Person, rows: list[Row], present: set[int]) -> Iterator[Event]:
    shown: dict[int, str] = {}
    for row in rows:
        shown[int(row["day"])] = shown.get(int(row["day"]), "") + row["positive"]
    for day in sorted(shown.keys() | present):
        positive = person.opioid_positive(shown.get(day, ""))
        if not positive and (person.randomized is None or day not in present):
            continue
        results = {
            SUBSTANCES.get(one, "alcohol"): "positive"
            for one in shown.get(day, "")
            if one not in OPIOIDS
        }
        results["opioid"] = "positive" if positive else "negative"
        at = datetime.combine(on(day), MORNING)
        yield Urinalysis(id=f"urine{day}", received_at=at, at=at, results=results)


def _due(person: Person, missing: set[int]) -> Iterator[Event]:
    weeks = person.weeks
    asked = {weeks.week(on(day)) for day in missing} if person.randomized is not None else set()
    for number in weeks.numbers:
        if number >= 1 or number in asked:
            last = min(weeks.begins + timedelta(days=7 * number - 1), weeks.last)
            at = datetime.combine(last, MORNING)
            yield SpecimenDue(id=f"due{number}", received_at=at, day=last, panel="weekly")


def _visits(person: Person, present: set[int], missing: set[int]) -> Iterator[Event]:
    attended = present | ({person.last_visit} if person.last_visit is not None else set())
    for day in sorted(attended | missing):
        yield Visit(
            id=f"visit{day}",
            received_at=_evening(day),
            visit="weekly",
            attended=day in attended,
            day=on(day),
        )


def _told(person: Person, rows: list[Row]) -> Iterator[Event]:
    heavy = Drink(ml=355, abv=5, count=5.1 if person.sex == "male" else 4.1, beverage="beer")
    days: dict[int, set[str]] = {}
    for row in rows:
        for day in range(int(row["first_day"]), int(row["last_day"]) + 1):
            days.setdefault(day, set()).update(row["used"])
    for day, used in days.items():
        received = _evening(day)
        codes = sorted({SUBSTANCES[one] for one in used if one in SUBSTANCES})
        yield Substances(
            id=f"use{day}", received_at=received, day=on(day), items=tuple(map(Use, codes))
        )
        items = (heavy,) if "h" in used else (US_DRINK,) if "l" in used else ()
        unknown = "d" in used and not items
        yield Drinks(
            id=f"drinks{day}",
            received_at=received,
            day=on(day),
            items=items,
            amount="unknown" if unknown else None,
        )
