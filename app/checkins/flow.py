"""The way through a check-in: which pages there are, what is answered, what comes next. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.clock import local_day
from app.instruments.definitions import Instrument, Page
from app.instruments.scoring import PageAnswers, merged
from app.rules.families.emg import SIGNS

# The signs that are never left to wait for the rest of the pages.
EMERGENCY_SIGNS = frozenset(SIGNS)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """The standing revision of one page."""

    key: str
    revision: int
    answers: PageAnswers


@dataclass(frozen=True, slots=True)
class Stored:
    """A check-in as it stands. ``judgements`` counts the versions that the rules have seen."""

    id: int
    public_id: str
    participant_id: int
    instrument: Instrument
    started_at: datetime
    finished_at: datetime | None
    judgements: int = 0
    pages: Mapping[str, StoredPage] = field(default_factory=dict)
    due_at: datetime | None = None
    """when it will be judged as it stands, while it is being answered"""
    layout: str = "pages"
    """which screens asked: pages, single or list; a check-in goes on the way it was begun"""

    def active(self, now: datetime) -> bool:
        """Whether it is being answered right now."""
        return self.finished_at is None and self.due_at is not None and self.due_at > now

    def takes_new(self, now: datetime, zone: str) -> bool:
        """Whether a page without an answer still belongs to its moment.

        What is told on a later day is about that day: the rules place every answer of a
        check-in at the moment at which it began.
        """
        return self.active(now) or local_day(self.started_at, zone) == local_day(now, zone)

    @property
    def single(self) -> bool:
        """One question a screen."""
        return self.layout == "single"


def pages_of(instrument: Instrument, single: bool) -> tuple[Page, ...]:
    return instrument.single_pages() if single else instrument.pages


NOW = "now"
"""In an address: the page of "something is wrong now", the one with the danger signs."""


def page_at(pages: Sequence[Page], place: str) -> Page | None:
    """A page by its number from 1; ``first``, or `NOW`."""
    if place == NOW:
        return next((page for page in pages if page.signs), pages[0])
    number = "1" if place == "first" else place
    known = {str(count): page for count, page in enumerate(pages, 1)}
    return known.get(number)


def number_of(pages: Sequence[Page], key: str) -> int:
    """The number of a page in its address and its heading. Raises ValueError."""
    return [page.key for page in pages].index(key) + 1


def next_open(pages: Sequence[Page], answered: Iterable[str], after: str = "") -> str | None:
    """The next page without an answer, in order from ``after`` on and then from the start."""
    keys = [page.key for page in pages]
    start = keys.index(after) + 1 if after in keys else 0
    known = set(answered)
    return next((key for key in keys[start:] + keys[:start] if key not in known), None)


def rest_and_repeat(pages: Iterable[PageAnswers], systolic: float, diastolic: float) -> bool:
    """Whether a blood pressure from these values on (mmHg) waits for its second measurement."""
    ratings, _ = merged(pages)
    if {"systolic_bp_repeat", "diastolic_bp_repeat"} <= ratings.keys():
        return False
    return ratings.get("systolic_bp", 0) >= systolic or ratings.get("diastolic_bp", 0) >= diastolic


def is_emergency(answers: PageAnswers) -> bool:
    return not EMERGENCY_SIGNS.isdisjoint(answers.signs)
