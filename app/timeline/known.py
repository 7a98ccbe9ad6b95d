"""What the record says at one moment: corrections applied, resends left out, days added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import median
from typing import TypeVar

from app.timeline.days import at_local, local_day
from app.timeline.events import (
    Checkin,
    ConsentWithdrawn,
    Dose,
    Drinks,
    Event,
    FlagResolved,
    Note,
    ProtocolChange,
    Session,
    Substances,
    Urinalysis,
)
from app.timeline.measures import blood_pressure, grams_of
from app.timeline.moments import MIDNIGHT, NOON, day_of, dose_at, last_drink_at, use_at

E = TypeVar("E", bound=Event)
SYSTOLIC, DIASTOLIC = "systolic_bp", "diastolic_bp"
_PRESSURES = (SYSTOLIC, DIASTOLIC, "systolic_bp_repeat", "diastolic_bp_repeat")


@dataclass(frozen=True, slots=True)
class Participant:
    """Who the timeline is about. `first_dose_on` is the planned study day 1."""

    code: str
    timezone: str
    sex: str | None = None
    first_dose_on: date | None = None


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
    somebody told; the others stand where the convention puts them.
    """

    day: date
    grams: float
    lasts: tuple[datetime, ...]
    at: datetime
    received_at: datetime
    told: tuple[datetime, ...] = ()

    @property
    def last_at(self) -> datetime | None:
        """The day's last drink; `None` on an alcohol-free day."""
        return self.lasts[-1] if self.lasts else None


@dataclass(frozen=True, slots=True)
class Taken:
    """One dose that was taken; `mg` is `None` where it was the protocol dose."""

    at: datetime
    day: date
    mg: float | None
    received_at: datetime


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

    `events` are those that count then; `roots` maps the id of a correction to the id of the
    entry that it goes back to, so that an entry keeps its identity through its versions.
    """

    participant: Participant
    events: tuple[Event, ...]
    given: Baseline | None
    roots: Mapping[str, str]
    earliest_day: date | None = None

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
        return sorted(self.of(Checkin), key=lambda event: event.at)

    @cached_property
    def doses(self) -> list[Taken]:
        """All doses that were taken, earliest first."""
        taken = [
            Taken(dose_at(dose, self.zone), dose.day, dose.mg, dose.received_at)
            for dose in self.of(Dose)
            if dose.taken
        ]
        return sorted(taken, key=lambda dose: dose.at)

    @cached_property
    def untaken(self) -> dict[date, Untaken]:
        """Days whose dose was told as not taken, and that have no dose taken."""
        taken = {dose.day for dose in self.doses}
        days: dict[date, Untaken] = {}
        for dose in self.of(Dose):
            if dose.taken or dose.day in taken:
                continue
            before = days.get(dose.day)
            one = Untaken(dose_at(dose, self.zone), dose.hold, dose.received_at)
            if before is not None:
                one = Untaken(
                    max(one.at, before.at),
                    one.held or before.held,
                    max(one.received_at, before.received_at),
                )
            days[dose.day] = one
        return days

    @cached_property
    def drinks(self) -> dict[date, DrinkDay]:
        """Every reported day of drinking, several entries for a day added up."""
        days: dict[date, DrinkDay] = {}
        for entry in self.of(Drinks):
            amount = grams_of(entry.items)
            before = days.get(entry.day)
            lasts = (last_drink_at(entry, self.zone),) if amount > 0 else ()
            at = min(at_local(entry.day, NOON, self.zone), entry.received_at)
            told = lasts if entry.last_drink_at else ()
            received = entry.received_at
            if before is not None:
                amount = round(amount + before.grams, 6)
                lasts = tuple(sorted((*before.lasts, *lasts)))
                told = (*before.told, *told)
                at = min(at, before.at)
                received = max(received, before.received_at)
            days[entry.day] = DrinkDay(entry.day, amount, lasts, at, received, told)
        return days

    @cached_property
    def uses(self) -> list[SubstanceUse]:
        """Substance use told, and opioid use shown by a specimen; earliest first."""
        found = [
            SubstanceUse(
                use.substance,
                use_at(use, entry, self.zone),
                entry.day,
                entry.received_at,
                timed=use.at is not None,
            )
            for entry in self.of(Substances)
            for use in entry.items
        ]
        found += [
            SubstanceUse("opioid", test.at, self.day(test.at), test.received_at, self.root(test))
            for test in self.of(Urinalysis)
            if test.results.get("opioid") == "positive"
        ]
        return sorted(found, key=lambda use: use.at)

    @cached_property
    def opioid_uses(self) -> list[SubstanceUse]:
        """Opioid use told or shown by a specimen, earliest first."""
        return [use for use in self.uses if use.substance == "opioid"]

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

    def baseline(self, days: int, least: int) -> Baseline:
        """Given with the timeline, or the median of the run-in.

        `days` are the local days before the first dose, `least` the check-ins needed in them. An
        item counts over the check-ins that rate it.
        """
        if self.given is not None:
            return self.given
        if self.first_dose is None:
            return NO_BASELINE
        end = self.first_dose[1]
        first, last = (at_local(d, MIDNIGHT, self.zone) for d in (end - timedelta(days), end))
        run_in = [one for one in self.checkins if first <= one.at < last]
        if len(run_in) < least:
            return NO_BASELINE
        answers: dict[str, list[float]] = {}
        for one in run_in:
            for item, value in usual(one.ratings).items():
                answers.setdefault(item, []).append(value)
        return Baseline(True, {item: median(values) for item, values in answers.items()})

    @cached_property
    def reported_days(self) -> set[date]:
        """Days about which something was received; notes and sessions without them do not count."""
        return {day_of(event, self.zone) for event in self.events if _reports(event)}

    @cached_property
    def diary_from(self) -> date | None:
        """The day from which a diary is expected."""
        days = [day_of(event, self.zone) for event in self.events]
        days += [d for d in (self.participant.first_dose_on, self.earliest_day) if d is not None]
        return min(days, default=None)


def usual(ratings: Mapping[str, float]) -> dict[str, float]:
    """Ratings with the blood pressure that counts in the place of both readings."""
    values = {item: value for item, value in ratings.items() if item not in _PRESSURES}
    for item, value in zip((SYSTOLIC, DIASTOLIC), blood_pressure(ratings), strict=True):
        if value is not None:
            values[item] = value
    return values


def _reports(event: Event) -> bool:
    if isinstance(event, Session):
        return event.attended
    return not isinstance(event, Note | FlagResolved | ProtocolChange)
