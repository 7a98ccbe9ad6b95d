"""What a simulated person tells, and when: one frozen record for each sent form.

``at`` is the moment the server receives it, aware and in UTC; ``day`` the local date it is
about. The order of the list is the order of sending.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Drink:
    """``count`` drinks of ``ml`` at ``abv`` percent."""

    beverage: str
    ml: float
    abv: float
    count: float

    @property
    def litres(self) -> float:
        """Pure alcohol in litres, for the simulator's own sense of how heavy an evening was."""
        return self.ml * self.abv * self.count / 100_000


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a substance other than alcohol; ``at`` where the person names a time."""

    substance: str
    at: datetime | None
    route: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class DoseTold:
    at: datetime
    day: date
    taken: bool
    taken_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class DrinksTold:
    """A day's alcohol; no items: a day without."""

    at: datetime
    day: date
    items: tuple[Drink, ...]
    best_guess: bool


@dataclass(frozen=True, slots=True)
class SubstancesTold:
    """A day's other substances; no items: a day without."""

    at: datetime
    day: date
    items: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class PageTold:
    """One page of a check-in; ``method`` is each, page_none or skipped."""

    page: str
    method: str
    ratings: tuple[tuple[str, float], ...]
    signs: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class CheckinTold:
    """A check-in page by page, begun with its first page at ``at``.

    ``finished_at`` None: the person put the phone away after the last page given here.
    """

    at: datetime
    instrument: str
    pages: tuple[PageTold, ...]
    finished_at: datetime | None

    @property
    def ratings(self) -> dict[str, float]:
        return {item: value for page in self.pages for item, value in page.ratings}

    @property
    def signs(self) -> tuple[str, ...]:
        return tuple(sign for page in self.pages for sign in page.signs)


@dataclass(frozen=True, slots=True)
class NoteTold:
    """The person's own words for the next session."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class NoteWritten:
    """A counselor's note, in its codes, stored at ``at``; closed then, or left a draft.

    ``sheets``: how many worksheets of the plan's week were worked on.
    """

    at: datetime
    attendance: str
    topics: tuple[str, ...]
    sheets: int
    plan: tuple[str, ...]
    risks: tuple[tuple[str, str], ...]
    text: str
    closed: bool
    amended_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SessionHeld:
    """A counseling session as staff record it, at ``at``; ``planned_at`` its time.

    ``attended`` None: it was cancelled, at ``at``. ``moved_from`` is its first time, ``read_at``
    when the counselor opened the brief for it.
    """

    at: datetime
    planned_at: datetime
    week: int
    attended: bool | None
    place: str = "clinic"
    moved_from: datetime | None = None
    read_at: datetime | None = None
    note: NoteWritten | None = None


@dataclass(frozen=True, slots=True)
class SpecimenTested:
    """A urine test: taken at ``taken_at``, entered at ``at``."""

    at: datetime
    taken_at: datetime
    results: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ConsentTakenBack:
    at: datetime
    scope: str
    reason: str


Told = (
    DoseTold
    | DrinksTold
    | SubstancesTold
    | CheckinTold
    | NoteTold
    | SessionHeld
    | SpecimenTested
    | ConsentTakenBack
)


@dataclass(frozen=True, slots=True)
class Planted:
    """The truth behind the answers: a withdrawal-like reaction from ``first`` to ``last``.

    Kept apart from everything told, so that the rules can be measured against it.
    """

    first: date
    last: date
    severity: str
