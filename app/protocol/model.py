"""The protocol in memory: frozen, typed, complete in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from babel import Locale
from pydantic import AfterValidator, Field, PlainValidator, Strict

from app.languages import KNOWN, Text
from app.protocol.thresholds import Thresholds
from app.strict import (
    STRICT,
    Count,
    Flag,
    Number,
    Whole,
    Word,
    Words,
    complete,
    number,
    single,
    within,
    wrong,
)

# How a participant comes by the frame of a message.
Assignment = Literal["gain", "by_rule", "alternating_weeks"]


def _due(value: object) -> timedelta | None:
    if value == "now":
        return timedelta(0)
    if value == "next session":
        return None
    try:
        return timedelta(hours=number(value))
    except ValueError:
        raise wrong('must be "now", "next session" or a number of hours') from None


def _minutes(value: object) -> timedelta:
    return timedelta(minutes=number(value))


Due = Annotated[timedelta | None, PlainValidator(_due)]
Minutes = Annotated[timedelta, PlainValidator(_minutes)]


class ProtocolError(ValueError):
    """A protocol file that cannot be used; the text names the key and the reason."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts, in the forms that follow it: "1 day", "7 days"; «7 дней»."""

    forms: Mapping[str, tuple[str, ...]]

    def after(self, value: float, language: str) -> str:
        """The form that follows `value` in `language`."""
        plural = Locale.parse(KNOWN[language].locale).plural_form(value)
        forms = self.forms[language]
        return forms[min(KNOWN[language].plurals[plural], len(forms) - 1)]


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number, what it decides, its unit and where it comes from.

    The name reads on with the number: "A dose counts as acting for: 72 h".
    """

    value: float
    name: Text
    unit: Unit
    source: Text


@dataclass(frozen=True, slots=True)
class HeavyDay:
    """Grams of pure alcohol from which a day counts as heavy."""

    male: Number
    female: Number

    def grams(self, sex: str | None) -> float:
        """The line for `sex`; the lower one where it is not on record."""
        return self.male if sex == "male" else self.female


@dataclass(frozen=True, slots=True)
class StandardDrink:
    """Grams per standard drink, and whether participants see the number."""

    grams: Number
    shown: Flag


@dataclass(frozen=True, slots=True)
class Preset:
    """A usual drink: `ml` at `abv` percent, with a name in both languages."""

    key: Word
    region: Literal["ru", "us", "any"]
    beverage: Word
    ml: Number
    abv: Number
    name: Words


@dataclass(frozen=True, slots=True)
class SessionWeek:
    """One week of the counseling plan: its focus and the worksheet numbers."""

    week: Whole
    focus: Words
    sheets: tuple[Whole, ...]


@dataclass(frozen=True, slots=True)
class DueTimes:
    """How soon staff act; `None` is "before the next session"."""

    emergency: Due
    urgent: Due
    routine: Due


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The site's week, on its own wall; `weekdays` from 1 (Monday) to 7, hours from 0 to 24."""

    weekdays: tuple[Annotated[Whole, within(1, 7)], ...] = (1, 2, 3, 4, 5)
    from_hour: Annotated[Whole, within(0, 24)] = 9
    until_hour: Annotated[Whole, within(0, 24)] = 18

    def __post_init__(self) -> None:
        single(self.weekdays, "weekdays")
        if not self.weekdays:
            raise wrong("must name a day from 1 (Monday) to 7", "weekdays")
        if self.from_hour >= self.until_hour:
            raise wrong("must come after 'from_hour'", "until_hour")


@dataclass(frozen=True, slots=True)
class Framing:
    """Daily messages on Today; off unless a protocol turns them on.

    `assignment`: "gain" shows gain frames alone; "by_rule" a loss frame while fewer than
    `loss_below_days` of the last seven days were told; "alternating_weeks" a loss frame in even
    study weeks. Where no loss message may be shown, a gain message stands in its place.
    """

    enabled: Flag = False
    assignment: Assignment = "gain"
    loss_below_days: Annotated[Whole, within(0, 7)] = 4


Causality = Literal["certain", "probable", "possible", "unlikely", "conditional", "unassessable"]


@dataclass(frozen=True, slots=True)
class AdverseEvents:
    """How adverse events are graded, and how soon they are reported.

    `grading`: the scales that a grade may be of, each with its version. `related`: the causalities
    that count as related. Days count from the day of awareness on the site's wall.
    """

    grading: tuple[Word, ...] = ("CTCAE 5.0", "CTCAE 6.0")
    related: tuple[Causality, ...] = (
        "certain",
        "probable",
        "possible",
        "conditional",
        "unassessable",
    )
    sponsor_hours: Annotated[Whole, within(1, 720)] = 24
    fatal_days: Annotated[Whole, within(1, 90)] = 7
    fatal_follow_up_days: Annotated[Whole, within(1, 90)] = 8
    serious_days: Annotated[Whole, within(1, 90)] = 15

    def __post_init__(self) -> None:
        single(self.grading, "grading")
        single(self.related, "related")
        if not self.grading:
            raise wrong("must name a scale with its version", "grading")


# What a study may be stopped for: a possible withdrawal-like reaction, consent taken back, opioid
# use after the first dose, a serious adverse event.
Signal = Literal["reaction", "withdrawal", "opioid_use", "serious_event"]


@dataclass(frozen=True, slots=True)
class Stopping:
    """A boundary set before the study: the rate of `signal` is above `share` with a probability
    of at least `certainty`, and at least `least` people had it."""

    signal: Signal
    share: Annotated[Number, within(0.01, 0.99)]
    certainty: Annotated[Number, within(0.5, 0.999)]
    least: Annotated[Whole, within(1, 1000)]


@dataclass(frozen=True, slots=True)
class Specimens:
    """What is tested, how often a specimen is due, and how warm a fresh one is."""

    panel: tuple[Word, ...] = ()
    """substances by their codes"""
    every_weeks: Annotated[Whole, within(0, 52)] = 0
    """due in study week 1, and after so many weeks again; 0: none is due"""
    from_celsius: Number = 32.0
    until_celsius: Number = 38.0

    def __post_init__(self) -> None:
        single(self.panel, "panel")
        if self.every_weeks and not self.panel:
            raise wrong("must name a substance where specimens are due", "panel")
        if self.until_celsius <= self.from_celsius:
            raise wrong("must come after 'from_celsius'", "until_celsius")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a protocol says beside its rules. An empty `approved_by` is not approved yet."""

    __pydantic_config__ = STRICT

    key: Word
    version: Word
    edition: Count = 1
    """of the rules that its numbers are for; a text that does not say is of the first"""
    approved_by: Annotated[str, Strict(), AfterValidator(str.strip)]
    title: Words
    dose_mg: Number
    weeks: Count
    backfill_days: Count
    checkin_closing: Annotated[Minutes, Field(alias="checkin_closing_minutes")]
    sitting: Annotated[Minutes, Field(alias="sitting_minutes")]
    due: DueTimes
    heavy_day: Annotated[HeavyDay, Field(alias="heavy_day_grams")]
    standard_drink: StandardDrink
    presets: Annotated[tuple[Preset, ...], Field(min_length=1)]
    sessions: tuple[SessionWeek, ...]
    working_hours: Annotated[WorkingHours, complete(WorkingHours)] = WorkingHours()
    whole_list_after_days: Count = 0
    """Days without any side effect after which one page asks for all of them; 0: never."""
    framing: Annotated[Framing, complete(Framing)] = Framing()
    lost_after_missed: Count = 3
    """Sessions missed in a row after which somebody counts as lost to follow-up."""
    adverse_events: Annotated[AdverseEvents, complete(AdverseEvents)] = AdverseEvents()
    planned_participants: Count = 0
    """How many are to be enrolled; 0: not said."""
    stopping: tuple[Stopping, ...] = ()
    """Boundaries for the monitoring committee; none: nothing is watched."""
    specimens: Annotated[Specimens, complete(Specimens)] = Specimens()

    def __post_init__(self) -> None:
        single((one.signal for one in self.stopping), "stopping")
        single((preset.key for preset in self.presets), "presets")
        if [session.week for session in self.sessions] != list(range(1, self.weeks + 1)):
            raise wrong(f"must hold weeks 1 to {self.weeks} in order", "sessions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol(Plan):
    """One version of the study protocol."""

    rules: Thresholds
    thresholds: Mapping[str, Threshold]

    @property
    def run_in_days(self) -> int:
        """Local days before the first dose whose check-ins make the baseline."""
        return self.rules.terms.baseline_days

    @property
    def run_in_min_checkins(self) -> int:
        """Check-ins that the run-in needs before there is a baseline."""
        return self.rules.terms.baseline_min_checkins

    @property
    def approved(self) -> bool:
        """Whether a physician's name stands under this version."""
        return bool(self.approved_by)
