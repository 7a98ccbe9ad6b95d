"""What each blank form says, read by the models of the pages and written by their services.

Every answer is about the moment at which it was given: its day, how fresh it is, and whether the
day had closed are reckoned from there. What somebody said later than that stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select

from app.checkins.asked import readable
from app.checkins.flow import NOW, is_emergency, page_at
from app.checkins.listed import ListErrors, read_list
from app.checkins.service import Telling, submit_pages
from app.clock import local_day
from app.diary import others
from app.diary.days import provenance_of
from app.diary.dose import DoseForm, details_of
from app.diary.drinks import last_moment, read_day_form
from app.diary.queries import read_day, read_doses
from app.diary.service import About, record_dose, record_drinks, record_substances
from app.instruments.definitions import Instrument
from app.instruments.loader import load_instrument
from app.instruments.reading import InstrumentError
from app.instruments.scoring import AnswerErrors, PageAnswers, validate_page
from app.mailbox.envelope import Letter
from app.models.mailbox import MAILBOX_ENTRY
from app.sent.closing import asks_why
from app.sent.once import Entry
from app.visit.visits import ParticipantVisit
from app.web.forms import check

_TOLD = select(MAILBOX_ENTRY.c.told_at).where(
    MAILBOX_ENTRY.c.participant_id == bindparam("who"),
    MAILBOX_ENTRY.c.subject_kind == bindparam("kind"),
    MAILBOX_ENTRY.c.subject_id == bindparam("row"),
)
FORM, LATER, CLOSED, STAFF = "form", "later", "closed", "staff"
# Where an answer would lead; nobody is there to follow.
TODAY = "/today"


class Refused(Exception):
    """An answer that cannot be stored as it is; ``reason`` is a code.

    ``row``: a check-in that was made of what cannot wait in it.
    """

    def __init__(self, reason: str, row: int | None = None):
        super().__init__(reason)
        self.reason = reason
        self.row = row


@dataclass(frozen=True, slots=True)
class Told:
    """One letter, whose it is, and the moment at which it was told by our clock."""

    visit: ParticipantVisit
    letter: Letter
    at: datetime
    day: date
    """which day it is about"""

    @property
    def about(self) -> About:
        me = self.visit.me
        fresh = provenance_of(self.day, self.at, me.timezone)
        return About(me.id, me.timezone, self.day, me.actor, self.visit.now, self.letter.at, fresh)

    @property
    def telling(self) -> Telling:
        me = self.visit.me
        return Telling(
            me.id,
            me.actor,
            self.visit.now,
            me.language,
            self.letter.at,
            token=self.letter.token,
            at=self.at,
        )


@dataclass(frozen=True, slots=True)
class Task:
    """``kind``: of what it makes; ``back``: how many days before it was told its day is."""

    kind: str
    tell: Callable[[Told], Entry]
    back: int = 0

    def day(self, at: datetime, zone: str) -> date:
        return local_day(at, zone) - timedelta(days=self.back)


def _unless_later(told: Told, kind: str, row: int, received_at: datetime) -> None:
    """What was said after this answer stands; a day that had closed asks why. Raises Refused."""
    who = told.visit.me.id
    found = told.visit.session.execute(_TOLD, {"who": who, "kind": kind, "row": row}).scalar()
    said_at = found or received_at
    if said_at > told.at:
        raise Refused(LATER)
    if asks_why(told.day, said_at, told.at, told.visit.me.timezone):
        raise Refused(CLOSED)


def _dose(told: Told) -> Entry:
    visit = told.visit
    said = check(DoseForm, visit.form, visit.tr).value
    if said is None:
        raise Refused(FORM)
    doses = read_doses(visit.session, visit.me.id, told.day)
    standing = doses[-1] if doses else None
    if standing and standing.taken == said.taken:
        return Entry(standing.id, TODAY)
    if standing and not standing.own:
        raise Refused(STAFF)
    if standing:
        _unless_later(told, "dose", standing.id, standing.received_at)
    at, reason = details_of(said, None, told.day, visit.me.timezone, told.at)
    done = record_dose(visit.session, told.about, taken=said.taken, at=at, reason=reason)
    return Entry(done.id, TODAY, outcome=done.outcome)


def _drinks(told: Told) -> Entry:
    visit = told.visit
    answer = read_day_form(visit.form.fields, visit.tr)
    if answer.errors or visit.form.faults:
        raise Refused(FORM)
    try:
        last = last_moment(told.day, answer.last, visit.me.timezone, told.at)
    except ValueError:
        raise Refused(FORM) from None
    standing = read_day(visit.session, visit.me.id, told.day).drinks
    if standing and standing.items == answer.items:
        return Entry(standing.id, TODAY)
    if standing and not standing.own:
        raise Refused(STAFF)
    if standing:
        _unless_later(told, "drinks", standing.id, standing.received_at)
    done = record_drinks(
        visit.session,
        told.about,
        answer.items,
        best_guess=answer.best_guess,
        last_drink_at=last,
    )
    return Entry(done.id, TODAY, outcome=done.outcome)


def _substances(told: Told) -> Entry:
    visit = told.visit
    codes, errors = others.read_classes(visit.form.fields, visit.tr)
    if errors or visit.form.faults:
        raise Refused(FORM)
    standing = read_day(visit.session, visit.me.id, told.day).others
    former = standing.items if standing else ()
    if standing and {use.substance for use in former} == set(codes):
        return Entry(standing.id, TODAY)
    if standing and not standing.own:
        raise Refused(STAFF)
    if standing:
        _unless_later(told, "substances", standing.id, standing.received_at)
    chosen = others.chosen(codes, former)
    done = record_substances(visit.session, told.about, chosen)
    return Entry(done.id, TODAY, outcome=done.outcome)


def _urges(told: Told) -> Entry:
    instrument = _asked("urges", told)
    page = instrument.pages[0]
    try:
        answers = validate_page(page, told.visit.form.pairs())
    except AnswerErrors as problem:
        raise Refused(FORM) from problem
    return _checkin(told, instrument, {page.key: answers}, "pages")


def _effects(told: Told) -> Entry:
    """All of them on one page: its "none of these" stands beside each group."""
    instrument = _asked("side_effects", told)
    try:
        answers = read_list(instrument.pages, told.visit.form.pairs())
    except ListErrors as problem:
        grave = {key: one for key, one in problem.readable.items() if is_emergency(one)}
        raise _refused_but(told, instrument, grave, "list") from problem
    return _checkin(told, instrument, answers, "list")


def _wrong(told: Told) -> Entry:
    """Something is wrong now: the page with the danger signs."""
    instrument = _asked("side_effects", told)
    page = page_at(instrument.pages, NOW)
    if page is None:
        raise Refused(FORM)
    try:
        answers = validate_page(page, told.visit.form.pairs())
    except AnswerErrors as problem:
        found = readable(page, told.visit.form)
        grave = {page.key: found} if is_emergency(found) else {}
        raise _refused_but(told, instrument, grave, "pages") from problem
    return _checkin(told, instrument, {page.key: answers}, "pages")


def _asked(key: str, told: Told) -> Instrument:
    """The questions as they were asked: an answer to former ones is one. Raises Refused."""
    try:
        return load_instrument(key, told.letter.version or None)
    except InstrumentError:
        raise Refused(FORM) from None


def _checkin(
    told: Told, instrument: Instrument, pages: Mapping[str, PageAnswers], layout: str
) -> Entry:
    telling = told.telling.laid_out(layout)
    done = submit_pages(told.visit.session, telling, instrument, pages)
    return Entry(done.checkin.id, TODAY, outcome=done.outcome)


def _refused_but(
    told: Told, instrument: Instrument, grave: Mapping[str, PageAnswers], layout: str
) -> Refused:
    """The signs that cannot wait are told of all the same, and nothing else of the form."""
    if not grave:
        return Refused(FORM)
    alone = {key: PageAnswers({}, one.signs, "each", {}) for key, one in grave.items()}
    return Refused(FORM, _checkin(told, instrument, alone, layout).row)


# By the name that a letter carries.
TASKS = {
    "dose": Task("dose", _dose),
    "alcohol": Task("drinks", _drinks, back=1),
    "substances": Task("substances", _substances, back=1),
    "urges": Task("checkin", _urges),
    "effects": Task("checkin", _effects),
    "wrong": Task("checkin", _wrong),
}


def cannot_wait(letter: Letter) -> bool:
    """Whether it is looked at before the others that came with it."""
    return letter.task == "wrong" or any(name == "signs" for name, _ in letter.fields)
