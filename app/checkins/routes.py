"""Side effects page by page. Every page is stored as it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.checkins import list_routes, urge_routes, week_routes
from app.checkins.asked import (
    INSTRUMENT,
    NEW,
    AskedPage,
    asked_on,
    own_checkin,
    path_of,
    read_page,
    telling_of,
)
from app.checkins.flow import (
    NOW,
    Stored,
    is_emergency,
    next_open,
    number_of,
    page_at,
    pages_of,
    rest_and_repeat,
)
from app.checkins.queries import get_checkin
from app.checkins.service import finish, start, store_page
from app.checkins.words import page_lines, review_of, told_at, typed_from
from app.flags.service import Outcome
from app.i18n import Translator
from app.instruments.definitions import Page
from app.instruments.messages import explain
from app.instruments.scoring import AnswerErrors, PageAnswers
from app.named import Key, PublicIdOrNew
from app.sent.closing import FIELD, NOT_ASKED, Why, read_why, reasons
from app.sent.conflict import show_conflict
from app.sent.once import Earlier, Entry, go_on, once
from app.visit import held
from app.visit.gate import for_participants
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.errors import NotFound
from app.web.pages import numbers_of, see_other, tr_of
from app.web.pages import page as show

router = APIRouter()
router.include_router(urge_routes.router)
router.include_router(week_routes.router)
router.include_router(list_routes.router)


def _left(stored: Stored, me: ParticipantMe, now: datetime) -> bool:
    """Whether it stays unfinished: pages are open, and its day is over."""
    if stored.finished_at is not None or stored.takes_new(now, me.timezone):
        return False
    return next_open(pages_of(stored.instrument, stored.single), stored.pages) is not None


@router.get("/today/check/{public_id}")
@for_participants
def show_checkin(visit: ParticipantVisit, public_id: PublicIdOrNew) -> Response:
    """The page on which something typed waits, else the next open one, else all answers."""
    stored = own_checkin(visit.session, visit.me, public_id, visit.now)
    pages = pages_of(stored.instrument, stored.single)
    takes_new = stored.takes_new(visit.now, visit.me.timezone)
    unsent = held.path_under(visit.session, visit.me.device_id, path_of(public_id))
    page = page_at(pages, unsent.rpartition("/")[2]) if unsent else None
    if unsent and page and (takes_new or page.key in stored.pages):
        return see_other(unsent)
    open_page = next_open(pages, stored.pages)
    if open_page and stored.finished_at is None and takes_new:
        return see_other(path_of(public_id, number_of(pages, open_page)))
    tr = visit.tr
    bp = visit.protocol.rules.bp
    answers = [one.answers for one in stored.pages.values()]
    repeat = rest_and_repeat(answers, bp.systolic_routine, bp.diastolic_routine)
    may_finish = stored.finished_at is None and takes_new
    measured = next((n for n, page in enumerate(pages, 1) if "systolic_bp" in page.by_code), None)
    context = {
        "again": path_of(public_id, measured) if repeat and may_finish else None,
        "left": _left(stored, visit.me, visit.now),
        "fixed": {page.key for page in pages if page.key not in stored.pages and not takes_new},
        "instrument": stored.instrument,
        "parts": review_of(pages, stored, tr),
        "path": path_of(public_id),
        "finished": tr.time(stored.finished_at, visit.me.timezone) if stored.finished_at else None,
        "idem": uuid4().hex,
        "back": ("/today", tr("Today")),
    }
    return show(visit.request, "checkins/review.html", context)


@router.get("/today/check/{public_id}/{page}")
@for_participants
def show_page(visit: ParticipantVisit, public_id: PublicIdOrNew, page: Key) -> Response:
    asked = asked_on(visit.session, visit.me, public_id, page, visit.now)
    if public_id != NEW and (asked.stored is None or asked.stored.public_id != public_id):
        return see_other(path_of(public_id))
    typed = typed_from(asked.page, asked.former, visit.tr) if asked.former else {}
    here = path_of(asked.stored.public_id, asked.number) if asked.stored else ""
    kept = held.typed_at(visit.session, visit.me.device_id, here) if here else None
    why = Why(asked.late(visit.now, visit.me.timezone))
    return _page(visit.request, public_id, asked, kept or typed, why, kept=kept is not None)


@router.post("/today/check/{public_id}/save")
@for_participants
def save(visit: ParticipantVisit, public_id: PublicIdOrNew) -> Response:
    """The last step: everything is stored already, and is now finished and judged."""
    if visit.form.fields:
        raise HTTPException(422)
    stored = own_checkin(visit.session, visit.me, public_id, visit.now)
    if not stored.pages:
        raise NotFound
    if _left(stored, visit.me, visit.now):
        return see_other(path_of(public_id), "same")
    done = finish(visit.session, telling_of(visit), stored)
    return go_on(done.outcome, "/today", "same" if stored.finished_at else "saved")


@router.post("/today/check/{public_id}/{page}")
@for_participants
def answer_page(visit: ParticipantVisit, public_id: PublicIdOrNew, page: Key) -> Response:
    asked = asked_on(visit.session, visit.me, public_id, page, visit.now)
    here, place = path_of(public_id, asked.number), f"{INSTRUMENT}/{asked.page.key}"

    def tell(earlier: Earlier | None) -> Entry | Response:
        form = visit.form
        late = asked.late(visit.now, visit.me.timezone)
        why = read_why(form, visit.tr) if late else NOT_ASKED
        try:
            answers = read_page(asked.page, form, form.pairs(FIELD))
        except AnswerErrors as problem:
            wrong, said = problem.errors, form.said(visit.tr)
            return _page(visit.request, public_id, asked, form.fields, why, wrong, said=said)
        if why.error and not is_emergency(answers):
            return _page(visit.request, public_id, asked, form.fields, why)
        if earlier:
            return _both(visit, earlier, asked.page, answers, here)
        telling = replace(
            telling_of(visit), reason=why.code, layout=asked.layout, at_once=asked.now
        )
        if asked.stored is None:
            done = start(visit.session, telling, asked.instrument, asked.page.key, answers)
        else:
            done = store_page(visit.session, telling, asked.stored, asked.page.key, answers)
        changed = asked.stored is not None and asked.stored.finished_at is not None
        note = "changed" if changed else "go_on" if asked.now else None
        waited = (path_of(done.checkin.public_id, asked.number),)
        leads_to, outcome = _onward(done.checkin, asked.page.key, answers, done.outcome)
        return Entry(done.checkin.id, leads_to, note, outcome, waited)

    named = asked.stored if asked.stored and asked.stored.public_id == public_id else None
    row = named.id if named else None
    return once(
        visit, "checkin", place, tell, lambda one: _again(visit, one, asked.page, here), row
    )


def _page(
    request: Request,
    public_id: str,
    asked: AskedPage,
    typed: Mapping[str, Sequence[str]],
    why: Why,
    errors: Mapping[str, str] | None = None,
    *,
    said: Mapping[str, str] | None = None,
    kept: bool = False,
) -> Response:
    tr = tr_of(request)
    numbers = numbers_of(request)
    clinic = numbers.clinic or numbers.emergency
    wrong = explain(asked.page, errors or {}, tr.lang) | why.errors | dict(said or {})
    stored = asked.stored if asked.stored and asked.stored.finished_at else None
    told = told_at(stored, request.state.me.timezone, tr) if stored else ""
    context = {
        "why": reasons(tr) if why.wanted else None,
        "typed_why": next(iter(typed.get(FIELD, [])), None),
        "instrument": asked.instrument,
        "asked": asked.page,
        "number": asked.number,
        "total": len(asked.pages),
        "typed": typed,
        "errors": wrong,
        "kept": kept,
        "told": told,
        "action": path_of(public_id, NOW if asked.now else asked.number),
        "repeat": "systolic_bp" in typed and "systolic_bp_repeat" not in typed,
        "skip_note": asked.instrument.texts["skip_note"].say(tr.lang, clinic=clinic),
        "idem": uuid4().hex,
        "back": _back(asked, tr),
    }
    template = "checkins/now.html" if asked.now else "checkins/page.html"
    return show(request, template, context, 422 if wrong else 200)


def _back(asked: AskedPage, tr: Translator) -> tuple[str, str]:
    """To all answers of a finished check-in, else to the answered page before this one."""
    stored, before = asked.stored, asked.number - 1
    if stored and stored.finished_at:
        return (path_of(stored.public_id), tr("Back"))
    if stored and before and asked.pages[before - 1].key in stored.pages:
        return (path_of(stored.public_id, before), tr("Previous"))
    return ("/today", tr("Today"))


def _made_by(visit: ParticipantVisit, earlier: Earlier, key: str) -> Stored | None:
    """The check-in that the earlier form told a page of; None for any other form."""
    if earlier.subject_id is None:
        return None
    stored = get_checkin(visit.session, visit.me.id, earlier.subject_id)
    known = stored is not None and stored.instrument.key == INSTRUMENT and key in stored.pages
    return stored if known else None


def _again(visit: ParticipantVisit, earlier: Earlier, page: Page, here: str) -> Response:
    """A page that was sent twice leads where it led."""
    stored = _made_by(visit, earlier, page.key)
    if stored is None:
        return see_other(here)
    leads_to, outcome = _onward(stored, page.key, stored.pages[page.key].answers, Outcome())
    return go_on(outcome, leads_to)


def _both(
    visit: ParticipantVisit, earlier: Earlier, page: Page, answers: PageAnswers, here: str
) -> Response:
    """What came earlier under the token, and what came now.

    A token of another page or of another form leaves what was sent here as it is, to be asked.
    """
    tr, key = visit.tr, page.key
    sent = page_lines(page, answers, tr)
    stored = _made_by(visit, earlier, key)
    if stored is None:
        return show_conflict(visit.request, None, sent, visit.form, here)
    saved = page_lines(page, stored.pages[key].answers, tr)
    pages = pages_of(stored.instrument, stored.single)
    action = path_of(stored.public_id, number_of(pages, key))
    return show_conflict(visit.request, saved, sent, visit.form, action)


def _onward(
    stored: Stored, key: str, answers: PageAnswers, outcome: Outcome
) -> tuple[str, Outcome]:
    """The next open page, else all answers; and what the page calls for."""
    if is_emergency(answers):
        outcome = Outcome("emergency", ("EMG",))
    pages = pages_of(stored.instrument, stored.single)
    upcoming = next_open(pages, stored.pages, key) if stored.finished_at is None else None
    number = number_of(pages, upcoming) if upcoming else None
    return path_of(stored.public_id, number), outcome
