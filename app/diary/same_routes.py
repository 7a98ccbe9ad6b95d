"""Several blank days that were the same: from, to, and like which day."""

from datetime import date
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.diary.day_pages import about, asked_since, window_of
from app.diary.queries import read_span
from app.diary.same import Pattern, SameForm, meant, patterns
from app.diary.service import record_drinks, record_substances
from app.diary.today import blank_days
from app.flags.service import Outcome, reassess
from app.i18n import N_, Translator
from app.sent.conflict import show_conflict
from app.sent.once import Earlier, Entry, on_to, once
from app.visit.gate import for_participants
from app.visit.visits import ParticipantVisit
from app.web.forms import Form, check
from app.web.pages import page, tr_of

router = APIRouter()
NEEDED = {
    "first": N_("Choose the first day."),
    "last": N_("Choose the last day."),
    "like": N_("Choose what the days were like."),
}


@router.get("/calendar/same")
@for_participants
def same_days(visit: ParticipantVisit) -> Response:
    blanks, likes = offered(visit)
    return _page(visit.request, blanks, likes)


@router.post("/calendar/same")
@for_participants
def fill_same_days(visit: ParticipantVisit) -> Response:
    """Fill in the blank days between the two; a day that somebody filled in already stays."""

    def tell(earlier: Earlier | None) -> Entry | Response:
        tr, checked = visit.tr, check(SameForm, visit.form, visit.tr)
        blanks, likes = offered(visit)
        errors = {
            name: tr(NEEDED[name]) if name in NEEDED and not visit.form.one(name) else text
            for name, text in checked.errors.items()
        }
        told = checked.value
        like = next((one for one in likes if told and one.value == told.like), None)
        days = meant(told, blanks) if told else []
        if told and like is None:
            errors["like"] = tr("Choose one of the answers shown.")
        if told and not days:
            errors["first"] = tr("None of these days is blank any more.")
        if errors or like is None:
            return _page(visit.request, blanks, likes, visit.form, errors)
        if earlier:
            sent = _lines(days, like, tr)
            return show_conflict(visit.request, None, sent, visit.form, "/calendar/same")
        row, outcome = fill(visit, days, like)
        return Entry(row, "/calendar", "saved", outcome)

    return once(visit, "same", "same", tell, on_to("/calendar"))


def _lines(days: list[date], like: Pattern, tr: Translator) -> list[str]:
    return [like.says, *(tr.day_inline(day, "EEEE d MMMM") for day in days)]


def fill(visit: ParticipantVisit, days: list[date], like: Pattern) -> tuple[int, Outcome]:
    """One entry a day, each with its own provenance, and one look of the rules at them all.

    Judged one by one, the days of a single form would each write to the same people. Returns
    the first row and what the rules made of the whole.
    """
    rows, events = [], []
    for day in days:
        told, guess = about(visit, day), like.best_guess
        done = record_drinks(visit.session, told, like.items, best_guess=guess, evaluate=False)
        rows.append(done.id)
        events.append(done.event)
        if like.uses is not None:
            uses = record_substances(visit.session, told, like.uses, evaluate=False)
            events.append(uses.event)
    return rows[0], reassess(visit.session, visit.me.id, events, visit.me.actor, visit.now)


def offered(visit: ParticipantVisit) -> tuple[tuple[date, ...], list[Pattern]]:
    """The blank days up to yesterday, newest first, and the days that they may have been like."""
    window = window_of(visit)
    since = asked_since(visit.session, visit.me)
    span = read_span(visit.session, visit.me.id, window.first, window.today)
    blanks = blank_days(span.drinks, window, since, window.yesterday)
    return blanks, patterns(span, window.today, visit.tr)


def _page(
    request: Request,
    blanks: tuple[date, ...],
    likes: list[Pattern],
    form: Form | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    tr = tr_of(request)
    context: dict[str, Any] = {
        "blanks": blanks[::-1],
        "offered": [(one.value, one.says) for one in likes],
        "typed": {name: form.one(name) if form else "" for name in NEEDED},
        "errors": errors or {},
        "idem": uuid4().hex,
        "back": ("/calendar", tr("Calendar")),
        "title": "Daybook",
    }
    return page(request, "diary/same.html", context, 422 if errors else 200)
