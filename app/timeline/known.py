"""What the record says at one moment: corrections applied, resends left out, days added up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from statistics import median
from typing import TypeVar

from app.timeline.days import (
    MIDNIGHT,
    NOON,
    ONE_DAY,
    Runs,
    at_local,
    day_of,
    dose_at,
    last_drink_at,
    local_day,
    use_at,
)
from app.timeline.events import (
    UNTOLD,
    Checkin,
    ConsentWithdrawn,
    Dose,
    Drinks,
    Event,
    FlagResolved,
    ProtocolChange,
    Screen,
    Session,
    SpecimenDue,
    Substances,
    Urinalysis,
    Visit,
)
from app.timeline.holds import Hold
from app.timeline.measures import blood_pressure, grams_of

E = TypeVar("E", bound=Event)
_at = attrgetter("at")
SYSTOLIC, DIASTOLIC = "systolic_bp", "diastolic_bp"
PRESSURES = (SYSTOLIC, DIASTOLIC, "systolic_bp_repeat", "diastolic_bp_repeat")


@dataclass(frozen=True, slots=True)
class Participant:
    """Who the timeline is about. `first_dose_on` is the planned study day 1; without
    `enrolled_on` the first receipt stands for the first contact with the study."""

    code: str
    timezone: str
    sex: str | None = None
    first_dose_on: date | None = None
    enrolled_on: date | None = None
    arm: str | None = None
    """of a study that has arms"""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A participant's own usual answers. Not `on_record`: everything is compared with 0."""

    on_record: bool
    values: Mapping[str, float] = field(default_factory=dict)

    def of(self, item: str) -> float:
        """The usual answer to a symptom or a craving; 0 where there is none."""
        return self.values.get(item, 0.0)

    def pressure(self, item: str) -> float | None:
        """The usual blood pressure; without one a rise is never judged."""
        return self.values.get(item)


NO_BASELINE = Baseline(on_record=False)


@dataclass(frozen=True, slots=True)
class DrinkDay:
    """One reported day of drinking.

    `lasts` has the last drink of each entry, earliest first: what was told in the morning still
    counts for a check-in at noon when the evening is told too. `at` stands for the day where there
    was no drink; `received_at` is that of its last entry. `told` has those of `lasts` whose time
    somebody told; the others stand where the convention puts them. `unknown`: there was more than
    `grams`, and nobody knows how much.
    """

    day: date
    grams: float
    lasts: tuple[datetime, ...]
    at: datetime
    received_at: datetime
    told: tuple[datetime, ...] = ()
    unknown: bool = False

    @property
    def drank(self) -> bool:
        """Whether there was alcohol on this day, also where nobody knows how much."""
        return self.grams > 0 or self.unknown

    @property
    def last_at(self) -> datetime | None:
        """The day's last drink; `None` on an alcohol-free day."""
        return self.lasts[-1] if self.lasts else None


@dataclass(frozen=True, slots=True)
class Taken:
    """One dose that was taken; `mg` is `None` where it was the protocol dose.

    Not `timed`: no time was told, and `at` is the convention's.
    """

    at: datetime
    day: date
    mg: float | None
    received_at: datetime
    timed: bool = True


@dataclass(frozen=True, slots=True)
class Untaken:
    """A day whose dose was told as not taken; `held` where a physician's hold is on record."""

    at: datetime
    held: bool
    received_at: datetime


@dataclass(frozen=True, slots=True)
class SubstanceUse:
    """One use: told by the participant, or shown by a specimen (then `specimen` is its root).

    Not `timed`: no time was told, and `at` is the convention's.
    """

    substance: str
    at: datetime
    day: date
    received_at: datetime
    specimen: str | None = None
    timed: bool = True


@dataclass(frozen=True)
class Known:
    """One participant's record as of a moment.

    `phone_from` is the day of the first answer on the phone, `contact_on` that of the first
    receipt, whatever became of either. `events` are those that count then; `roots` maps the id of
    a correction to the id of the entry that it goes back to, so that an entry keeps its identity
    through its versions.
    """

    participant: Participant
    events: tuple[Event, ...]
    given: Baseline | None
    roots: Mapping[str, str]
    earliest_day: date | None = None
    phone_from: date | None = None
    contact_on: date | None = None
    read_holds: Callable[[], tuple[Hold, ...]] = tuple

    @cached_property
    def zone(self) -> str:
        """The name of the participant's time zone."""
        return self.participant.timezone

    def root(self, event: Event) -> str:
        """The id under which an entry is one piece of evidence, whatever its version."""
        return self.roots.get(event.id, event.id)

    def day(self, moment: datetime) -> date:
        """The participant's local date at `moment`."""
        return local_day(moment, self.zone)

    @cached_property
    def _by_kind(self) -> dict[str, list[Event]]:
        kinds: dict[str, list[Event]] = {}
        for event in self.events:
            kinds.setdefault(event.kind, []).append(event)
        return kinds

    def of(self, kind: type[E]) -> list[E]:
        """The events of one kind that count, in the order of the timeline."""
        return self._by_kind.get(kind.kind, [])  # type: ignore[return-value]

    @cached_property
    def checkins(self) -> list[Checkin]:
        """All check-ins, earliest first."""
        return sorted(self.of(Checkin), key=_at)

    def checkins_from(self, moment: datetime) -> list[Checkin]:
        """The check-ins at or after `moment`, earliest first."""
        return self.checkins[bisect_left(self.checkins, moment, key=_at) :]

    def checkins_between(self, first: datetime, end: datetime) -> list[Checkin]:
        """The check-ins from `first` on and before `end`, earliest first."""
        places = (bisect_left(self.checkins, moment, key=_at) for moment in (first, end))
        return self.checkins[slice(*places)]

    def checkins_before(self, checkin: Checkin) -> Iterator[Checkin]:
        """The check-ins before this one, the nearest first."""
        place = bisect_left(self.checkins, checkin.at, key=_at)
        while self.checkins[place] is not checkin:
            place += 1
        return (self.checkins[n] for n in range(place - 1, -1, -1))

    @cached_property
    def screens(self) -> list[Screen]:
        """All screens, earliest first."""
        return sorted(self.of(Screen), key=_at)

    @cached_property
    def doses(self) -> list[Taken]:
        """All doses that were taken, earliest first."""
        taken = [taken_by(dose, self.zone) for dose in self.of(Dose) if dose.taken]
        return sorted(taken, key=_at)

    @cached_property
    def doses_on(self) -> dict[date, list[Taken]]:
        """The doses taken, by the day that they are about."""
        days: dict[date, list[Taken]] = {}
        for dose in self.doses:
            days.setdefault(dose.day, []).append(dose)
        return days

    def last_dose(self, moment: datetime) -> Taken | None:
        """The last dose on record at or before `moment`."""
        place = bisect_right(self.doses, moment, key=_at)
        return self.doses[place - 1] if place else None

    @cached_property
    def untaken(self) -> dict[date, Untaken]:
        """Days whose dose was told as not taken, and that have no dose taken."""
        days: dict[date, list[Dose]] = {}
        for dose in self.of(Dose):
            if not dose.taken and dose.day not in self.doses_on:
                days.setdefault(dose.day, []).append(dose)
        return {day: untaken_on(entries, self.zone) for day, entries in days.items()}

    @cached_property
    def drinks(self) -> dict[date, DrinkDay]:
        """Every reported day of drinking, several entries for a day added up."""
        days: dict[date, list[Drinks]] = {}
        for entry in self.of(Drinks):
            days.setdefault(entry.day, []).append(entry)
        return {day: drink_day(entries, self.zone) for day, entries in days.items()}

    @cached_property
    def drink_dates(self) -> list[date]:
        """The days of `drinks`, earliest first."""
        return sorted(self.drinks)

    @cached_property
    def drinking_dates(self) -> list[date]:
        """The days with alcohol, earliest first."""
        return [day for day in self.drink_dates if self.drinks[day].drank]

    @cached_property
    def last_drinks(self) -> list[tuple[datetime, date]]:
        """The last drink of every entry and the day that it was told for, earliest first."""
        return sorted((at, day.day) for day in self.drinks.values() for at in day.lasts)

    def last_drink(self, moment: datetime) -> tuple[datetime, DrinkDay] | None:
        """The last drink on record before `moment`, and the day that it was told for."""
        place = bisect_left(self.last_drinks, (moment, date.min))
        if not place:
            return None
        at, day = self.last_drinks[place - 1]
        return at, self.drinks[day]

    @cached_property
    def uses(self) -> list[SubstanceUse]:
        """Substance use told, and opioid use shown by a specimen; earliest first."""
        found = [use for entry in self.of(Substances) for use in uses_told(entry, self.zone)]
        found += [
            shown_use(test, self.zone, self.root(test))
            for test in self.of(Urinalysis)
            if shows_opioid(test)
        ]
        return sorted(found, key=_at)

    @cached_property
    def opioid_uses(self) -> list[SubstanceUse]:
        """Opioid use told or shown by a specimen, earliest first."""
        return [use for use in self.uses if use.substance == "opioid"]

    @cached_property
    def uses_on(self) -> dict[date, list[SubstanceUse]]:
        """All use, by the day that it is about; of one day earliest first."""
        days: dict[date, list[SubstanceUse]] = {}
        for use in self.uses:
            days.setdefault(use.day, []).append(use)
        return days

    @cached_property
    def specimens_received(self) -> dict[date, list[SubstanceUse]]:
        """Opioid-positive specimens by the later of their day and that of their result."""
        days: dict[date, list[SubstanceUse]] = {}
        for use in self.opioid_uses:
            if use.specimen is not None:
                days.setdefault(max(use.day, self.day(use.received_at)), []).append(use)
        return days

    @cached_property
    def use_dates(self) -> list[date]:
        """The days of `uses_on`, earliest first."""
        return sorted(self.uses_on)

    @cached_property
    def dose_dates(self) -> list[date]:
        """The days of `doses_on`, earliest first."""
        return sorted(self.doses_on)

    @cached_property
    def untaken_dates(self) -> list[date]:
        """The days of `untaken`, earliest first."""
        return sorted(self.untaken)

    @cached_property
    def untaken_runs(self) -> Runs:
        """The days of `untaken`, run by run."""
        return Runs(self.untaken)

    @cached_property
    def missed_runs(self) -> Runs:
        """The days of `untaken` on which no hold was told, run by run."""
        return Runs(day for day, one in self.untaken.items() if not one.held)

    def last_opioid(self, moment: datetime) -> SubstanceUse | None:
        """The last opioid use at or before `moment`."""
        place = bisect_right(self.opioid_uses, moment, key=_at)
        return self.opioid_uses[place - 1] if place else None

    def is_without_dose(self, day: date, now: datetime) -> bool:
        """Whether `day` was told as without a dose, or lies in a physician's hold."""
        if day in self.untaken:
            return True
        held = any(one.covers(day, self.zone, now) for one in self.read_holds())
        return held and day not in self.doses_on

    @cached_property
    def withdrawn(self) -> bool:
        """Whether consent was taken back."""
        return bool(self.of(ConsentWithdrawn))

    @cached_property
    def first_dose(self) -> tuple[datetime, date] | None:
        """Moment and day of the first dose taken; until then of the planned one, at noon."""
        if self.doses:
            return self.doses[0].at, self.doses[0].day
        planned = self.participant.first_dose_on
        return None if planned is None else (at_local(planned, NOON, self.zone), planned)

    def run_in(self, days: int) -> list[Checkin]:
        """The check-ins of so many local days before the first dose."""
        if self.first_dose is None:
            return []
        end = self.first_dose[1]
        first, last = (at_local(d, MIDNIGHT, self.zone) for d in (end - timedelta(days), end))
        return self.checkins[
            bisect_left(self.checkins, first, key=_at) : bisect_left(self.checkins, last, key=_at)
        ]

    def baseline(self, days: int, least: int) -> Baseline:
        """Given with the timeline, or the median of the run-in.

        `days` are the local days before the first dose, `least` the check-ins needed in them. An
        item counts over the check-ins that rate it.
        """
        if self.given is not None:
            return self.given
        run_in = self.run_in(days)
        if self.first_dose is None or len(run_in) < least:
            return NO_BASELINE
        answers = answered(run_in)
        return Baseline(True, {item: median(values) for item, values in answers.items()})

    @cached_property
    def reported_days(self) -> set[date]:
        """Days about which something was received; notes and sessions without them do not count."""
        return {day_of(event, self.zone) for event in self.events if reports(event)}

    @cached_property
    def diary_from(self) -> date | None:
        """The day from which a diary is on record: the first that anything is about."""
        events = [event for event in self.events if not isinstance(event, SpecimenDue)]
        days = [getattr(event, "day", None) for event in events]
        # What has no day of its own has a moment, and nobody moves by more than a day.
        moments = [
            getattr(event, "at", None) or event.received_at
            for event in events
            if getattr(event, "day", None) is None
        ]
        if moments:
            soon = min(moments) + 2 * ONE_DAY
            days += [local_day(at, self.zone) for at in moments if at < soon]
        days += [self.participant.first_dose_on, self.earliest_day]
        return min([day for day in days if day is not None], default=None)

    @cached_property
    def asked_from(self) -> date | None:
        """The day from which a diary is expected: the first answer on the phone, or the planned
        first dose where that is earlier; never a day that was only told in an interview."""
        days = [d for d in (self.participant.first_dose_on, self.phone_from) if d is not None]
        return min(days, default=None)

    @property
    def contact_day(self) -> date | None:
        """The day of the first contact with the study: the enrolment, or the first receipt.

        Nobody plans a first dose for somebody they have not met: it is no later than that.
        """
        known = self.participant.enrolled_on or self.contact_on
        days = [day for day in (known, self.participant.first_dose_on) if day is not None]
        return min(days, default=None)

    def may_change_usual(self, checkin: Checkin) -> bool:
        """Whether what is usual may rest on this check-in; a live record does not ask for it."""
        return self.given is None

    @cached_property
    def kept(self) -> dict[object, object]:
        """What rules worked out from the run-in alone, for as long as it holds."""
        return {}


def taken_by(dose: Dose, zone: str) -> Taken:
    """One dose as it was taken."""
    at = dose_at(dose, zone)
    return Taken(at, dose.day, dose.mg, dose.received_at, timed=dose.at is not None)


def untaken_on(entries: Iterable[Dose], zone: str) -> Untaken:
    """One day whose dose was told as not taken, from its entries; there is at least one."""
    told = list(entries)
    if len(told) == 1:
        return Untaken(dose_at(told[0], zone), told[0].hold, told[0].received_at)
    return Untaken(
        max([dose_at(one, zone) for one in told]),
        any([one.hold for one in told]),
        max([one.received_at for one in told]),
    )


def drink_day(entries: Iterable[Drinks], zone: str) -> DrinkDay:
    """One day of drinking from its entries; there is at least one."""
    told = list(entries)
    amount, unknown, lasts, timed = 0.0, False, [], []
    first = told[0].received_at
    received = [first] if len(told) == 1 else [one.received_at for one in told]
    for one in told:
        grams = grams_of(one.items) if one.items else 0.0
        amount = round(amount + grams, 6)
        unknown = unknown or one.amount is not None
        if grams > 0 or one.amount is not None:
            lasts.append(last_drink_at(one, zone))
            timed += lasts[-1:] if one.last_drink_at else []
    noon = at_local(told[0].day, NOON, zone)
    return DrinkDay(
        told[0].day,
        amount,
        tuple(sorted(lasts)),
        min(noon, *received),
        max(received),
        tuple(timed),
        unknown,
    )


def uses_told(entry: Substances, zone: str) -> list[SubstanceUse]:
    """Every use of one entry."""
    return [
        SubstanceUse(
            use.substance,
            use_at(use, entry, zone),
            entry.day,
            entry.received_at,
            timed=use.at is not None,
        )
        for use in entry.items
    ]


def shows_opioid(test: Urinalysis) -> bool:
    """Whether a specimen counts as opioid use."""
    return test.results.get("opioid") == "positive"


def shown_use(test: Urinalysis, zone: str, root: str) -> SubstanceUse:
    """Opioid use as a positive specimen shows it: at its time."""
    return SubstanceUse("opioid", test.at, local_day(test.at, zone), test.received_at, root)


def answered(checkins: Iterable[Checkin]) -> dict[str, list[float]]:
    """All answers by item, blood pressure as it counts."""
    answers: dict[str, list[float]] = {}
    for one in checkins:
        for item, value in usual(one.ratings).items():
            answers.setdefault(item, []).append(value)
    return answers


# What a participant answers on the phone; an entry of staff says so in its provenance.
PHONE = (Dose, Drinks, Substances, Checkin, Screen)
STAFF = ("recalled", "with_staff", "by_phone")


def usual(ratings: Mapping[str, float]) -> dict[str, float]:
    """Ratings with the blood pressure that counts in the place of both readings."""
    values = {item: value for item, value in ratings.items() if item not in PRESSURES}
    for item, value in zip((SYSTOLIC, DIASTOLIC), blood_pressure(ratings), strict=True):
        if value is not None:
            values[item] = value
    return values


def reports(event: Event) -> bool:
    """Whether a day about which this was received is not silent."""
    if isinstance(event, Session | Visit):
        return event.attended
    return not isinstance(event, (*UNTOLD, FlagResolved, ProtocolChange))
