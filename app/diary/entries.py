"""Standing entries as the pages show them: frozen, and free of the database."""

from dataclasses import dataclass
from datetime import date, datetime

from app.timeline.events import Drink, Use
from app.timeline.measures import drinks_in, grams_of

# Told by the participant; every other provenance names staff.
OWN = ("same_day", "late", "recalled")
STAFF = ("with_staff", "by_phone")


@dataclass(frozen=True, slots=True)
class Origin:
    """How an entry came (``provenance``), and when: by the server's and by the phone's clock."""

    provenance: str
    received_at: datetime
    client_at: datetime | None


@dataclass(frozen=True, slots=True)
class DoseEntry:
    """One tablet, taken or not. ``own``: told by the participant, so theirs to change."""

    id: int
    day: date
    taken: bool
    at: datetime | None
    reason: str | None
    received_at: datetime
    own: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class DrinksEntry:
    """A day's alcohol. A day without has no items, or only drinks without alcohol."""

    id: int
    day: date
    items: tuple[Drink, ...]
    grams: float
    best_guess: bool
    received_at: datetime
    own: bool
    origin: Origin
    last_drink_at: datetime | None = None

    @property
    def count(self) -> float:
        """Drinks with alcohol."""
        return drinks_in(self.items)

    @property
    def free(self) -> bool:
        """A day without alcohol, as the rules, the brief and the picture count it."""
        return grams_of(self.items) == 0


@dataclass(frozen=True, slots=True)
class OthersEntry:
    """A day's other substances; no items is a day without."""

    id: int
    day: date
    items: tuple[Use, ...]
    received_at: datetime
    own: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class SpanRecord:
    """All that stands about a span of days, by day."""

    drinks: dict[date, DrinksEntry]
    others: dict[date, OthersEntry]
    doses: dict[date, DoseEntry]


@dataclass(frozen=True, slots=True)
class CheckinLine:
    """A check-in of today. ``judged``: something in it was answered."""

    public_id: str
    instrument: str
    started_at: datetime
    finished_at: datetime | None
    judged: bool


@dataclass(frozen=True, slots=True)
class UsualOffer:
    """A drink of the participant's own list."""

    beverage: str
    ml: float
    abv: float
