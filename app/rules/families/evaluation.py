"""What every rule gets to look at, and the words that several families share."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TypeVar

from app.protocol.model import Protocol
from app.rules.finding import Reason
from app.timeline.days import ONE_DAY, day_range, local
from app.timeline.known import Baseline, DrinkDay, Known, SubstanceUse, Taken, answered

Kept = TypeVar("Kept")
AUTONOMIC = ("sweating", "chills", "runny_nose_tears", "yawning", "palpitations")
GUT = ("nausea", "stomach_cramps")
MUSCLE = ("muscle_pain", "tremor", "twitching")
AROUSAL = ("anxiety", "irritability", "agitation", "insomnia", "fatigue")
GROUPED = AUTONOMIC + GUT + MUSCLE + AROUSAL
COUGH, HEADACHE, CRAVING = "cough_sore_throat", "headache", "opioid_craving"
# What S compares with what is usual.
SCORED = (*GROUPED, HEADACHE, COUGH, CRAVING)
# So many days in a row are named one by one.
NAMED_DAYS = 7


@dataclass(frozen=True, slots=True)
class Exposure:
    """Why a check-in counts as one under the tablet. `dose`: the last on record before it, if any.

    `told`: that dose still acts; else taking is presumed, since nobody said otherwise.
    """

    told: bool
    dose: Taken | None


@dataclass(frozen=True, slots=True)
class UsualAnswers:
    """What a person usually answers, beside which S is counted.

    `checkins` of the run-in made it together with the protocol's references; `None` where it was
    given with the timeline and stands as it is.
    """

    checkins: int | None
    values: Mapping[str, float]

    def of(self, item: str) -> float:
        """The usual answer; 0 for an item that a given baseline does not name."""
        return self.values.get(item, 0.0)


@dataclass(frozen=True)
class Evaluation:
    """One evaluation: what is known, at which moment, by which protocol."""

    known: Known
    now: datetime
    protocol: Protocol
    kept: dict[int, str | None] = field(default_factory=dict)
    """The withdrawal rule of a check-in that was judged already, by its place in memory."""

    @cached_property
    def baseline(self) -> Baseline:
        """The participant's own usual answers."""
        terms = self.protocol.rules.terms
        days, least = terms.baseline_days, terms.baseline_min_checkins
        return self._kept(("baseline", days, least), lambda: self.known.baseline(days, least))

    @cached_property
    def usual(self) -> UsualAnswers:
        """The run-in's answers, however few, drawn towards the protocol's references.

        An item counts over the answers to it, as in the baseline. A given baseline is used as it
        is; "none on record" leaves the references alone.
        """
        key = "usual", self.protocol.rules.terms.baseline_days, self.protocol.rules.usual
        return self._kept(key, self._usual)

    def _kept(self, key: object, work: Callable[[], Kept]) -> Kept:
        """What rests on the run-in alone, worked out once for as long as that holds."""
        kept = self.known.kept
        if key not in kept:
            kept[key] = work()
        found: Kept = kept[key]  # type: ignore[assignment]
        return found

    def _usual(self) -> UsualAnswers:
        given, terms, usual = self.known.given, self.protocol.rules.terms, self.protocol.rules.usual
        if given is not None and given.on_record:
            return UsualAnswers(None, given.values)
        run_in = [] if given is not None else self.known.run_in(terms.baseline_days)
        answers = answered(run_in)
        values = {}
        for item in SCORED:
            told, weight = answers.get(item, []), usual.weight
            weighed = sum(told) + weight * usual.of(item)
            values[item] = weighed / (len(told) + weight) if told or weight else usual.of(item)
        return UsualAnswers(len(run_in), values)

    @cached_property
    def heavy_grams(self) -> float:
        """Grams from which a day is heavy for this participant."""
        return self.protocol.heavy_day.grams(self.known.participant.sex)

    def heavy(self, day: date) -> bool:
        """Whether a heavy day was reported; a silent day is not one."""
        drinks = self.known.drinks.get(day)
        return drinks is not None and drinks.grams >= self.heavy_grams

    def mg(self, dose: Taken) -> float:
        """A dose without an amount is the protocol's."""
        return self.protocol.dose_mg if dose.mg is None else dose.mg

    def last_dose(self, moment: datetime) -> Taken | None:
        """The last dose on record at or before `moment`."""
        return self.known.last_dose(moment)

    def exposure(self, moment: datetime) -> Exposure | None:
        """Whether the tablet counts as acting at `moment`, and by what; None where it does not.

        A dose on record acts for its hours. Beyond them, from the first dose on (until one is on
        record: the planned one), one is presumed, unless every one of the last days, the day of
        `moment` included, was told as not taken or held.
        """
        terms, dose = self.protocol.rules.terms, self.last_dose(moment)
        if dose is not None and moment - dose.at <= timedelta(hours=terms.exposed_hours):
            return Exposure(told=True, dose=dose)
        first = self.known.first_dose
        if not terms.presumed_days or first is None or moment < first[0]:
            return None
        today = self.known.day(moment)
        last = (today - timedelta(days=n) for n in range(terms.presumed_days))
        without = all(self.known.is_without_dose(day, self.now) for day in last)
        return None if without else Exposure(False, dose)

    def is_without_dose(self, day: date) -> bool:
        """Whether `day` was told as without a dose or, where doses are presumed, lies in a hold.

        Nobody is asked about a tablet on a physician's hold. The first edition knew of none.
        """
        if not self.protocol.rules.terms.presumed_days:
            return day in self.known.untaken
        return self.known.is_without_dose(day, self.now)

    def first_without_dose(self, day: date) -> date | None:
        """The first of the unbroken days without a dose that end on `day`; `None` without one.

        Told days are passed over a run at a time: a walk along them, asked for at every use,
        would cost the square of their number.
        """
        first = None
        while self.is_without_dose(day):
            first = self.known.untaken_runs.first_of(day) or day
            day = first - ONE_DAY
        return first

    def starts(self, after: datetime, until: datetime) -> list[datetime]:
        """Moments of this span at which a start window begins: first dose, restart, higher dose.

        Until a dose is on record the planned one is the first, where doses are presumed.
        """
        doses = self.known.doses
        if not doses:
            first = self.known.first_dose
            presumed = self.protocol.rules.terms.presumed_days and first is not None
            return [first[0]] if presumed and first and after <= first[0] <= until else []
        found = []
        for place in range(bisect_left(doses, after, key=lambda dose: dose.at), len(doses)):
            dose = doses[place]
            if dose.at > until:
                break
            before = doses[place - 1] if place else None
            if before is None or self._restarts(before, dose) or self.mg(dose) > self.mg(before):
                found.append(dose.at)
        return found

    def _restarts(self, before: Taken, dose: Taken) -> bool:
        """Whether the days between two doses make the later one a restart."""
        terms = self.protocol.rules.terms
        gap = (dose.day - before.day).days - 1
        if gap < terms.restart_gap_days or not terms.restart_told:
            return gap >= terms.restart_gap_days
        run = 0
        for n in range(1, gap + 1):
            run = run + 1 if self.is_without_dose(before.day + timedelta(days=n)) else 0
            if run >= terms.restart_gap_days:
                return True
        return False

    def in_start_window(self, moment: datetime) -> bool:
        """Whether a start window holds at `moment`; its last moment is part of it."""
        length = timedelta(days=self.protocol.rules.terms.start_window_days)
        return bool(self.starts(moment - length, moment))

    def recent_opioid(self, moment: datetime) -> SubstanceUse | None:
        """The last opioid use in the days up to the last dose before `moment`, where known."""
        dose = self.last_dose(moment)
        if dose is None:
            return None
        first = dose.at - timedelta(days=self.protocol.rules.terms.recent_opioid_days)
        use = self.known.last_opioid(dose.at)
        return use if use is not None and use.at >= first else None

    def is_history(self, at: datetime, told: datetime, hours: float) -> bool:
        """Whether something was so long past when it was told that it is no alarm."""
        return bool(hours) and told - at > timedelta(hours=hours)

    def is_before_contact(self, day: date, hours: float) -> bool:
        """Whether a day before the first contact with the study stays in the record alone."""
        contact = self.known.contact_day
        return bool(hours) and contact is not None and day < contact

    def uses_from(self, day: date) -> list[SubstanceUse]:
        """All use about `day` and later, day by day, of one day earliest first."""
        dates, uses = self.known.use_dates, self.known.uses_on
        return [use for one in dates[bisect_left(dates, day) :] for use in uses[one]]

    def drinks_from(self, day: date) -> list[DrinkDay]:
        """The reported days of drinking from `day` on, earliest first."""
        dates, drinks = self.known.drink_dates, self.known.drinks
        return [drinks[one] for one in dates[bisect_left(dates, day) :]]

    def last_drink(self, moment: datetime) -> tuple[datetime, DrinkDay] | None:
        """The last drink on record before `moment`, and the day that it was told for."""
        return self.known.last_drink(moment)

    def stamp(self, moment: datetime) -> str:
        """A moment as a reason or a fact carries it: with the participant's own offset."""
        return local(moment, self.known.zone).isoformat(timespec="seconds")

    def reason(self, key: str, **values: object) -> Reason:
        """A reason, its moments stamped."""
        plain = {
            name: self.stamp(value) if isinstance(value, datetime) else value
            for name, value in values.items()
        }
        return Reason(key, plain)

    def run_reason(self, named: str, since: str, first: date, last: date) -> Reason:
        """Days in a row as a reason: each by its date, of a longer run the first and how many.

        Thousands of days that each name all the others would cost the square of their number.
        """
        count = (last - first).days + 1
        if count > NAMED_DAYS:
            return self.reason(since, first=first.isoformat(), count=count)
        days = [day.isoformat() for day in day_range(first, last)]
        return self.reason(named, days=days, count=count)


def days_before(day: date, count: int) -> Iterator[date]:
    """The `count` days before `day`, nearest first."""
    return (day - timedelta(days=n) for n in range(1, count + 1))
