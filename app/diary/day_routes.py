"""A day's alcohol; other substances are asked in the step after it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import NowDep, ParticipantDep, SessionDep, for_participants
from app.auth.identity import ParticipantMe
from app.diary.closing import FIELD, asks_why, offered, read_why
from app.diary.conflict import show_conflict
from app.diary.day_pages import day_context, read_only, window_of, writable
from app.diary.drinks import BEVERAGES, item_words, last_moment, offers, read_day_form
from app.diary.guidance import go_on
from app.diary.holidays import region_on
from app.diary.queries import DayRecord, read_day, usual_drinks
from app.diary.service import About, record_drinks
from app.diary.submissions import once, remember
from app.diary.ways import way_of
from app.diary.words import drinks_lines, other_lines
from app.i18n import Translator
from app.protocol.loader import load_protocol
from app.web.amounts import by_strength_form
from app.web.errors import NotFound
from app.web.forms import Form, FormDep
from app.web.pages import page, see_other, tr_of

router = APIRouter()


@router.get("/day/{day}")
@for_participants
def show_day(
    request: Request, session: SessionDep, me: ParticipantDep, day: date, now: NowDep
) -> Response:
    window = window_of(me, now)
    record = read_day(session, me.id, day)
    if day > window.today:
        raise NotFound
    if day < window.first or (record.drinks and not record.drinks.own):
        return read_only(request, me, day, record, now)
    return _drinks_page(request, session, me, day, record, now)


@router.post("/day/{day}")
@for_participants
def answer_day(
    request: Request,
    session: SessionDep,
    me: ParticipantDep,
    day: date,
    form: FormDep,
    now: NowDep,
) -> Response:
    tr = tr_of(request)
    writable(me, day, now)
    fields = {name: sent for name, sent in form.fields.items() if name not in ("from", FIELD)}
    answer = read_day_form(fields, tr)
    record = read_day(session, me.id, day)
    why = read_why(form, _asks_why(record, day, me, now), tr)
    errors = dict(answer.errors) | why.errors | form.said(tr)
    last = record.drinks.last_drink_at if record.drinks else None
    if not errors and answer.last != _last_typed(None, record, tr, me.timezone):
        try:
            last = last_moment(day, answer.last, me.timezone, now)
        except ValueError as problem:
            errors["last"] = tr(str(problem))
    if errors:
        return _drinks_page(request, session, me, day, record, now, form, errors)
    if record.drinks and not record.drinks.own:
        return read_only(request, me, day, record, now, 409)
    path = f"/day/{day.isoformat()}"
    way = way_of(form, day)
    on_cards = bool(way.name) and answer.none  # the page with the cards asks the rest
    leads_to = way.end if record.others or on_cards else way.onward(f"{path}/other")
    earlier = once(session, me, form, "drinks", path)
    if earlier and not earlier.same:
        saved = drinks_lines(record.drinks, tr) if record.drinks else None
        sent = item_words(answer.items, tr) or [tr("No alcohol")]
        return show_conflict(request, saved, sent, form, path)
    if earlier:
        return see_other(leads_to, "same")
    about = About(me.id, me.timezone, day, me.actor, now, form.client_at, reason=why.code)
    guess = answer.best_guess
    done = record_drinks(session, about, answer.items, best_guess=guess, last_drink_at=last)
    remember(session, me, form, "drinks", done.id, now, path)
    note = "changed" if done.new and record.drinks else "saved"
    return go_on(done.outcome, leads_to, note)


def _asks_why(record: DayRecord, day: date, me: ParticipantMe, now: datetime) -> bool:
    told_at = record.drinks.received_at if record.drinks and record.drinks.own else None
    return asks_why(day, told_at, now, me.timezone)


def _drinks_page(
    request: Request,
    session: Session,
    me: ParticipantMe,
    day: date,
    record: DayRecord,
    now: datetime,
    form: Form | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    tr, plan = tr_of(request), load_protocol()
    typed = {name: sent[0] for name, sent in form.fields.items()} if form else {}
    region = region_on(day, me.timezone)
    usual = usual_drinks(session, me.id)
    context: dict[str, Any] = {
        **day_context(request, day, now, me, form),
        **offered(_asks_why(record, day, me, now), form, tr),
        "last": _last_typed(form, record, tr, me.timezone),
        "rows": offers(usual, record.drinks, typed, plan, region, tr),
        "record": record,
        "typed": typed,
        "guess": "guess" in typed or bool(not form and record.drinks and record.drinks.best_guess),
        "errors": errors or {},
        "standard": plan.standard_drink.shown,
        "strength": by_strength_form(plan.standard_drink.grams, tr)
        if plan.standard_drink.shown
        else "",
        "beverages": [(code, tr(name)) for code, name in BEVERAGES.items()],
        "other_words": other_lines(record.others, tr, me.timezone) if record.others else [],
    }
    return page(request, "diary/drinks.html", context, 422 if errors else 200)


def _last_typed(form: Form | None, record: DayRecord, tr: Translator, zone: str) -> str:
    if form:
        return form.one("last")
    stored = record.drinks.last_drink_at if record.drinks else None
    return tr.time(stored, zone) if stored else ""
