"""Today, and the tablet of a day."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import NowDep, ParticipantDep, SessionDep, for_participants
from app.auth.identity import ParticipantMe
from app.diary import day_routes
from app.diary.conflict import show_conflict
from app.diary.days import Window, day_meant
from app.diary.dose import DoseForm, details_of, dose_words
from app.diary.entries import DoseEntry
from app.diary.guidance import go_on
from app.diary.queries import read_dose, read_today
from app.diary.service import About, is_held, record_dose
from app.diary.submissions import once, remember
from app.diary.today import build_today, drinks_words, saved_when
from app.diary.weekly import week_done_on
from app.instruments.loader import load_instrument
from app.protocol.loader import load_protocol
from app.web.errors import NotFound
from app.web.forms import Form, FormDep, check
from app.web.pages import page, see_other, tr_of

router = APIRouter()
router.include_router(day_routes.router)


@router.get("/today")
@for_participants
def today(request: Request, session: SessionDep, me: ParticipantDep, now: NowDep) -> Response:
    tr = tr_of(request)
    window = Window.at(now, me.timezone, load_protocol().backfill_days)
    view = build_today(
        read_today(session, me.id, me.timezone, window), window, me.first_dose_on, tr
    )
    context = {
        "view": view,
        "nav": "today",
        "title": f"Daybook, {tr.day_inline(view.day, 'd MMMM')}",
        "new_key": lambda: uuid4().hex,
        "dose_title": load_instrument("dose").title.say(tr.lang),
        "dose_texts": load_instrument("dose").texts,
        "urges_title": load_instrument("urges").title.say(tr.lang),
        "week_title": load_instrument("mood").title.say(tr.lang),
        "week_done_at": week_done_on(session, me.id, me.timezone, view.day),
        "effects_title": load_instrument("side_effects").title.say(tr.lang),
        "other_texts": load_instrument("substances").texts,
        "dose_words": lambda dose: dose_words(dose.taken, dose.at, dose.reason, tr, me.timezone),
        "drinks_words": drinks_words,
        "when": lambda moment: saved_when(moment, view.day, me.timezone, tr),
    }
    return page(request, "diary/today.html", context)


@router.get("/today/dose")
@for_participants
def today_dose(request: Request, session: SessionDep, me: ParticipantDep, now: NowDep) -> Response:
    day = day_meant(None, None, now, me.timezone)
    return _show_dose(request, me, day, read_dose(session, me.id, day), _held(session, me, day))


@router.post("/today/dose")
@for_participants
def answer_dose(
    request: Request, session: SessionDep, me: ParticipantDep, form: FormDep, now: NowDep
) -> Response:
    """One tap stores the answer; time and reason may follow on the page that it leads to."""
    checked = check(DoseForm, form, tr_of(request))
    named = checked.value.day if checked.value else None
    day = day_meant(named, form.client_at, now, me.timezone)
    if not Window.at(now, me.timezone, load_protocol().backfill_days).holds(day):
        raise NotFound
    former = read_dose(session, me.id, day)
    if checked.value is None:
        return _show_dose(request, me, day, former, _held(session, me, day), form, checked.errors)
    try:
        at, reason = details_of(checked.value, former, day, me.timezone, now)
    except ValueError as problem:
        errors = {"time": tr_of(request)(str(problem))}
        return _show_dose(request, me, day, former, _held(session, me, day), form, errors)
    earlier = once(session, me, form, "dose", day.isoformat())
    if earlier and not earlier.same:
        return _dose_conflict(request, me, form, former, checked.value.taken, at, reason, day)
    leads_to = "/today" if checked.value.taken or checked.value.details else "/today/dose"
    if earlier:
        return see_other(leads_to, "same")
    about = About(me.id, me.timezone, day, me.actor, now, form.client_at)
    done = record_dose(session, about, taken=checked.value.taken, at=at, reason=reason)
    remember(session, me, form, "dose", done.id, now, day.isoformat())
    return go_on(done.outcome, leads_to, "changed" if done.new and former else "saved")


def _held(session: Session, me: ParticipantMe, day: date) -> bool:
    return is_held(session, me.id, day)


def _show_dose(
    request: Request,
    me: ParticipantMe,
    day: date,
    dose: DoseEntry | None,
    held: bool,
    form: Form | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    """The tablet's page: the answer with its details, and both answers to change it."""
    tr, instrument = tr_of(request), load_instrument("dose")
    typed = {"reason": dose.reason if dose else None, "time": ""}
    if dose and dose.at:
        typed["time"] = tr.time(dose.at, me.timezone)
    if form is not None:
        typed = {name: form.one(name) or None for name in typed}
    clinic = request.app.state.numbers.clinic or request.app.state.numbers.emergency
    context: dict[str, Any] = {
        "day": day,
        "dose": dose,
        "held": held,
        "typed": typed,
        "errors": errors or {},
        "instrument": instrument,
        "reasons": [(one.code, one.label.say(tr.lang)) for one in instrument.lists["reasons"]],
        "restart": instrument.texts["restart_note"].say(tr.lang, clinic=clinic),
        "hold_note": instrument.texts["hold_note"].say(tr.lang, clinic=clinic),
        "new_key": lambda: uuid4().hex,
        "back": ("/today", tr("Today")),
        "title": f"Daybook, {tr.day_inline(day, 'd MMMM')}",
        "words": dose and dose_words(dose.taken, dose.at, dose.reason, tr, me.timezone),
    }
    return page(request, "diary/dose.html", context, 422 if errors else 200)


def _dose_conflict(
    request: Request,
    me: ParticipantMe,
    form: Form,
    former: DoseEntry | None,
    taken: bool,
    at: datetime | None,
    reason: str | None,
    day: date,
) -> Response:
    tr = tr_of(request)
    saved = []
    if former:
        saved = [dose_words(former.taken, former.at, former.reason, tr, me.timezone)]
    sent = [dose_words(taken, at, reason, tr, me.timezone)]
    more = [] if "day" in form.fields else [("day", day.isoformat())]
    return show_conflict(request, saved, sent, form, "/today/dose", more)
