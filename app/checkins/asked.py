"""Which page of a check-in an address names, who tells on it, and what its form says: whole, or
as far as it can be read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app.checkins.flow import NOW, Stored, number_of, page_at, pages_of
from app.checkins.queries import find_active, find_checkin
from app.checkins.service import Telling
from app.clock import local_day
from app.instruments.definitions import Instrument, Page
from app.instruments.loader import load_instrument
from app.instruments.scoring import AnswerErrors, PageAnswers, validate_page
from app.protocol.in_force import protocol_in_force
from app.sent.closing import is_closed
from app.typed import number
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.errors import NotFound
from app.web.forms import Form

INSTRUMENT = "side_effects"
NEW = "new"


def path_of(public_id: str, number: int | str | None = None) -> str:
    return f"/today/check/{public_id}/{number}" if number else f"/today/check/{public_id}"


def telling_of(visit: ParticipantVisit) -> Telling:
    """Who answers, when, and how the answer came."""
    me, form = visit.me, visit.form
    return Telling(
        me.id, me.actor, visit.now, me.language, form.client_at, form.seconds, form.token
    )


@dataclass(frozen=True, slots=True)
class AskedPage:
    """The page that the address names. ``stored`` is None before the first page is sent."""

    stored: Stored | None
    instrument: Instrument
    pages: Sequence[Page]
    page: Page
    layout: str
    """which screens ask"""
    now: bool = False
    """asked because something is wrong now, not in its turn"""

    @property
    def number(self) -> int:
        return number_of(self.pages, self.page.key)

    @property
    def former(self) -> PageAnswers | None:
        found = self.stored.pages.get(self.page.key) if self.stored else None
        return found.answers if found else None

    def late(self, now: datetime, zone: str) -> bool:
        """Whether the page would be changed after its day has closed."""
        return self.former is not None and is_late(self.stored, now, zone)


def is_late(stored: Stored | None, now: datetime, zone: str) -> bool:
    """Whether an answer of the check-in would be changed after its day has closed."""
    return stored is not None and is_closed(local_day(stored.started_at, zone), now, zone)


def own_checkin(session: Session, me: ParticipantMe, public_id: str, now: datetime) -> Stored:
    """The participant's check-in, while it can still be changed. Raises NotFound."""
    plan = protocol_in_force(session, me.site_id, now)
    since = now - timedelta(days=plan.backfill_days)
    found = find_checkin(session, me.id, public_id, since)
    if found is None or found.instrument.key != INSTRUMENT:
        raise NotFound
    return found


def asked_on(
    session: Session, me: ParticipantMe, public_id: str, place: str, now: datetime
) -> AskedPage:
    """What the address names. Raises NotFound.

    "new" finds a check-in that is being answered right now: Back on the phone begins no second.
    A page that was left open on an earlier day is asked anew, for it tells of today.
    """
    if public_id == NEW:
        stored = find_active(session, me.id, INSTRUMENT, now)
    else:
        stored = own_checkin(session, me, public_id, now)
    instrument = stored.instrument if stored else load_instrument(INSTRUMENT)
    wanted = "single" if me.preferences.get("single", False) else "pages"
    layout = stored.layout if stored else wanted
    pages = pages_of(instrument, layout == "single")
    page = page_at(pages, place)
    if page is None:
        raise NotFound
    if stored and page.key not in stored.pages and not stored.takes_new(now, me.timezone):
        return asked_on(session, me, NEW, place, now)
    return AskedPage(stored, instrument, pages, page, layout, place == NOW)


def read_page(page: Page, form: Form, pairs: Iterable[tuple[str, str]]) -> PageAnswers:
    """The answers of ``page``. Raises AnswerErrors, also where the form itself has faults.

    Those are not among its errors: the form says them in words.
    """
    answers = validate_page(page, pairs)
    if form.faults:
        raise AnswerErrors({}, answers)
    return answers


def readable(page: Page, form: Form) -> PageAnswers:
    """What the form says of ``page``, leaving out what is wrong: to be acted on, not to be kept.

    Of an answer that came twice the graver one counts.
    """
    asked = {item.code for item in page.items}
    asked |= {f"{item.code}_none" for item in page.items if item.kind == "count"}
    pairs = [(name, _gravest(sent)) for name, sent in form.fields.items() if name in asked]
    if page.signs:
        known = {sign.code for sign in page.signs}
        pairs += [("signs", code) for code in known.intersection(form.fields.get("signs", []))]
    try:
        return validate_page(page, [*pairs, ("method", "each")])
    except AnswerErrors as problem:
        found, wrong = problem.readable, problem.errors
        ratings = {code: value for code, value in found.ratings.items() if code not in wrong}
        return PageAnswers(ratings, found.signs, "each", {})


def _gravest(sent: Sequence[str]) -> str:
    return max(sent, key=_size)


def _size(text: str) -> float:
    try:
        return float(number(text))
    except ValueError:
        return -1
