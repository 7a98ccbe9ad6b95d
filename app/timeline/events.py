"""The events of a timeline: frozen, typed, every moment aware and in UTC.

`day` is the participant's local calendar date that an event is about. `received_at` is the moment
the server stored it: what was known at some moment is decided by it alone. `id` is always there;
`replaces` names an earlier event that no longer counts once this one is received.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event carries."""

    kind: ClassVar[str] = ""
    id: str
    received_at: datetime
    replaces: str | None = None
    provenance: str | None = None
    told_at: datetime | None = None
    """The time that was told, where it lay after the receipt and the event is judged at that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose(Event):
    """A study dose taken, or one the participant says was not taken (`hold`: on advice)."""

    kind: ClassVar[str] = "dose"
    day: date
    taken: bool
    at: datetime | None = None
    mg: float | None = None
    reason: str | None = None
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Drink:
    """`count` drinks of `ml` at `abv` percent alcohol."""

    ml: float
    abv: float
    count: float
    beverage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drinks(Event):
    """The day's alcohol; no items: a reported alcohol-free day."""

    kind: ClassVar[str] = "drinks"
    day: date
    items: tuple[Drink, ...] = ()
    last_drink_at: datetime | None = None
    amount: str | None = None
    """`unknown`: there was more than the items say, and nobody knows how much."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a substance other than alcohol."""

    substance: str
    at: datetime | None = None
    route: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Substances(Event):
    """The day's other substances; no items: a reported day without."""

    kind: ClassVar[str] = "substances"
    day: date
    items: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkin(Event):
    """One check-in. An item that is not in `ratings` was not answered.

    `method` says which screens asked: `single` one question at a time, `list` all of them on one
    page; without it, page by page.
    """

    kind: ClassVar[str] = "checkin"
    at: datetime
    instrument: str
    ratings: dict[str, float] = field(default_factory=dict)
    signs: tuple[str, ...] = ()
    token: str | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen(Event):
    """A mood or self-harm screen, by the participant or by staff."""

    kind: ClassVar[str] = "screen"
    at: datetime
    instrument: str
    ratings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urinalysis(Event):
    """A specimen and its results by substance."""

    kind: ClassVar[str] = "urinalysis"
    at: datetime
    results: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecimenDue(Event):
    """The protocol asked for a specimen on this day; `reason` where it is on record why none came.

    Without it nobody could tell a specimen that was not given from one that was never asked for.
    """

    kind: ClassVar[str] = "specimen_due"
    day: date
    panel: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Event):
    """A visit that the protocol names `visit`, at a moment or on a day; or that it was missed."""

    kind: ClassVar[str] = "visit"
    visit: str
    attended: bool
    at: datetime | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Event):
    """A counseling session of a study week."""

    kind: ClassVar[str] = "session"
    at: datetime
    week: int
    attended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Event):
    """The participant takes back consent; a reason is never required."""

    kind: ClassVar[str] = "consent_withdrawn"
    at: datetime
    scope: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagResolved(Event):
    """Staff closed the open flag of a family."""

    kind: ClassVar[str] = "flag_resolved"
    at: datetime
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolChange(Event):
    """Another version of the protocol holds from here."""

    kind: ClassVar[str] = "protocol"
    at: datetime
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Event):
    """Free text; no rule reads it."""

    kind: ClassVar[str] = "note"
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Void(Event):
    """Takes back the event that it replaces, and says nothing itself. `of` is its kind."""

    kind: ClassVar[str] = "void"
    of: str
    at: datetime | None = None
    day: date | None = None


# What staff write for themselves, and what a calendar says: nobody told it.
UNTOLD = (Note, SpecimenDue)

# In the order in which a moment's flags are told.
FAMILIES: tuple[str, ...] = (
    "WDL",
    "AWD",
    "OPI",
    "CRV",
    "ALC",
    "DOS",
    "BP",
    "VOM",
    "SUI",
    "EMG",
    "DIA",
    "CON",
    "UDS",
)
