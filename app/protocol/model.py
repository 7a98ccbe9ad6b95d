"""The protocol in memory: frozen, typed, complete in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from babel import Locale

from app.languages import KNOWN, Text
from app.protocol.thresholds import Thresholds

# How a participant comes by the frame of a message.
Assignment = Literal["gain", "by_rule", "alternating_weeks"]


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

    male: float
    female: float

    def grams(self, sex: str | None) -> float:
        """The line for `sex`; the lower one where it is not on record."""
        return self.male if sex == "male" else self.female


@dataclass(frozen=True, slots=True)
class StandardDrink:
    """Grams per standard drink, and whether participants see the number."""

    grams: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Preset:
    """A usual drink: `ml` at `abv` percent, with a name in both languages."""

    key: str
    region: str
    beverage: str
    ml: float
    abv: float
    name: Text


@dataclass(frozen=True, slots=True)
class SessionWeek:
    """One week of the counseling plan: its focus and the worksheet numbers."""

    week: int
    focus: Text
    sheets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DueTimes:
    """How soon staff act; `None` is "before the next session"."""

    emergency: timedelta | None
    urgent: timedelta | None
    routine: timedelta | None


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The site's week, on its own wall; `weekdays` from 1 (Monday) to 7, hours from 0 to 24."""

    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    from_hour: int = 9
    until_hour: int = 18


@dataclass(frozen=True, slots=True)
class Framing:
    """Daily messages on Today; off unless a protocol turns them on.

    `assignment`: "gain" shows gain frames alone; "by_rule" a loss frame while fewer than
    `loss_below_days` of the last seven days were told; "alternating_weeks" a loss frame in even
    study weeks. Where no loss message may be shown, a gain message stands in its place.
    """

    enabled: bool = False
    assignment: Assignment = "gain"
    loss_below_days: int = 4


@dataclass(frozen=True, slots=True)
class Protocol:
    """One version of the study protocol. An empty `approved_by` is not approved yet."""

    key: str
    version: str
    approved_by: str
    title: Text
    dose_mg: float
    weeks: int
    backfill_days: int
    checkin_closing: timedelta
    sitting: timedelta
    due: DueTimes
    heavy_day: HeavyDay
    standard_drink: StandardDrink
    presets: tuple[Preset, ...]
    sessions: tuple[SessionWeek, ...]
    rules: Thresholds
    thresholds: Mapping[str, Threshold]
    working_hours: WorkingHours = WorkingHours()
    whole_list_after_days: int = 0
    """Days without any side effect after which one page asks for all of them; 0: never."""
    framing: Framing = Framing()

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
