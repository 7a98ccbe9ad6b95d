"""Everything that was told, by day, and every change of it with what stood there before. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.brief.entries import Entry, Teller, entries_by_day, kind_words, lines_of
from app.checkins.words import page_lines
from app.clock import local_day
from app.instruments.loader import load_instrument
from app.instruments.scoring import PageAnswers
from app.sent.closing import reason_words
from app.timeline.days import day_of
from app.timeline.events import Event, Void
from app.timeline.timeline import Timeline

DAY_KINDS = ("dose", "drinks", "substances")


@dataclass(frozen=True, slots=True)
class DayRecord:
    """What was told about one day, earlier versions last."""

    day: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One correction: what stood there, what stands there since ``at``, and why."""

    at: datetime
    day: date
    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One page of a check-in as it was sent again, beside the one before."""

    at: datetime
    started_at: datetime
    instrument: str
    version: int
    page: str
    before: PageAnswers
    after: PageAnswers
    reason: str | None


def days_told(timeline: Timeline, teller: Teller) -> tuple[DayRecord, ...]:
    """The whole record, newest day first."""
    found = entries_by_day(timeline, teller)
    return tuple(DayRecord(day, found[day]) for day in sorted(found, reverse=True))


def months_of(days: Iterable[DayRecord]) -> tuple[date, ...]:
    """The first days of the months with entries, newest first."""
    return tuple(sorted({one.day.replace(day=1) for one in days}, reverse=True))


def changes_of(
    timeline: Timeline,
    revisions: Sequence[Revision],
    reasons: Mapping[str, str],
    teller: Teller,
) -> tuple[Change, ...]:
    """Corrections, newest first. ``reasons``: by the id of the event that replaced another."""
    by_id = {event.id: event for event in timeline.events}
    zone = timeline.participant.timezone
    days = [
        Change(
            event.received_at,
            day_of(event, zone),
            kind_words(event, teller.tr),
            lines_of(by_id[event.replaces], teller),
            lines_of(event, teller),
            reason_words(reasons.get(event.id), teller.tr),
        )
        for event in timeline.events
        if event.replaces in by_id and _about_a_day(event)
    ]
    pages = [change for one in revisions if (change := _of_page(one, zone, teller))]
    return tuple(sorted([*days, *pages], key=lambda change: change.at, reverse=True))


def _about_a_day(event: Event) -> bool:
    """Check-ins are told page by page: a later version of one is no correction by itself."""
    return (event.of if isinstance(event, Void) else event.kind) in DAY_KINDS


def _of_page(one: Revision, zone: str, teller: Teller) -> Change | None:
    instrument, tr = load_instrument(one.instrument, one.version), teller.tr
    pages = (*instrument.pages, *instrument.single_pages())
    page = next((page for page in pages if page.key == one.page), None)
    if page is None or one.before == one.after:
        return None
    return Change(
        one.at,
        local_day(one.started_at, zone),
        instrument.title.say(tr.lang),
        tuple(page_lines(page, one.before, tr)),
        tuple(page_lines(page, one.after, tr)),
        reason_words(one.reason, tr),
    )
