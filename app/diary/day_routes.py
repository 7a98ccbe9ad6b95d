"""A day's alcohol and other substances: asked in two steps, changed the same way."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import NowDep, ParticipantDep, SessionDep, for_participants
from app.auth.identity import ParticipantMe
from app.diary import others
from app.diary.conflict import show_conflict
from app.diary.days import Window
from app.diary.drinks import BEVERAGES, item_words, offers, read_day_form
from app.diary.guidance import go_on
from app.diary.queries import DayRecord, read_day, usual_drinks
from app.diary.service import About, record_drinks, record_substances
from app.diary.submissions import once, remember
from app.diary.words import day_eyebrow, drinks_lines, other_lines
from app.instruments.loader import load_instrument
from app.protocol.loader import load_protocol
from app.web.errors import NotFound
from app.web.forms import Form, FormDep
from app.web.pages import page, see_other, tr_of

router = APIRouter()


def _window(me: ParticipantMe, now: datetime) -> Window:
    return Window.at(now, me.timezone, load_protocol().backfill_days)


def _writable(me: ParticipantMe, day: date, now: datetime) -> None:
    """An address of a day that cannot be filled in (any more) does not exist. Raises NotFound."""
    if not _window(me, now).holds(day):
        raise NotFound


@router.get("/day/{day}")
@for_participants
def show_day(
    request: Request, session: SessionDep, me: ParticipantDep, day: date, now: NowDep
) -> Response:
    window = _window(me, now)
    record = read_day(session, me.id, day)
    if day > window.today:
        raise NotFound
    if day < window.first or (record.drinks and not record.drinks.own):
        return _read_only(request, me, day, record, now)
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
    _writable(me, day, now)
    fields = {name: sent for name, sent in form.fields.items() if name != "from"}
    answer = read_day_form(fields, tr)
    record = read_day(session, me.id, day)
    if answer.errors:
        return _drinks_page(request, session, me, day, record, now, form, answer.errors)
    path = f"/day/{day.isoformat()}"
    leads_to = "/today" if record.others or form.one("from") == "today" else f"{path}/other"
    earlier = once(session, me, form, "drinks", path)
    if earlier and not earlier.same:
        saved = drinks_lines(record.drinks, tr) if record.drinks else []
        sent = item_words(answer.items, tr) or [tr("No alcohol")]
        return show_conflict(request, saved, sent, form, path)
    if earlier:
        return see_other(leads_to, "same")
    about = About(me.id, me.timezone, day, me.actor, now, form.client_at)
    done = record_drinks(session, about, answer.items, best_guess=answer.best_guess)
    remember(session, me, form, "drinks", done.id, now, path)
    note = "changed" if done.new and record.drinks else "saved"
    return go_on(done.outcome, leads_to, note)


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
    region = "us" if me.timezone.startswith("America/") else "ru"
    usual = usual_drinks(session, me.id)
    context: dict[str, Any] = {
        **_day_context(request, day, now, me),
        "rows": offers(usual, record.drinks, typed, plan, region, tr),
        "record": record,
        "typed": typed,
        "guess": "guess" in typed or bool(not form and record.drinks and record.drinks.best_guess),
        "errors": errors or {},
        "standard": plan.standard_drink.shown,
        "beverages": [(code, tr(name)) for code, name in BEVERAGES.items()],
        "other_words": other_lines(record.others, tr, me.timezone) if record.others else [],
    }
    return page(request, "diary/drinks.html", context, 422 if errors else 200)


def _day_context(request: Request, day: date, now: datetime, me: ParticipantMe) -> dict[str, Any]:
    tr = tr_of(request)
    return {
        "day": day,
        "path": f"/day/{day.isoformat()}",
        "eyebrow": day_eyebrow(day, _window(me, now).today, tr),
        "idem": uuid4().hex,
        "back": ("/today", tr("Today")),
        "title": f"Daybook, {tr.day_inline(day, 'd MMMM')}",
    }


def _read_only(
    request: Request, me: ParticipantMe, day: date, record: DayRecord, now: datetime
) -> Response:
    """A day as it stands: too long ago to change, or entered together with staff."""
    tr = tr_of(request)
    context = {
        **_day_context(request, day, now, me),
        "drinks": drinks_lines(record.drinks, tr) if record.drinks else [],
        "others": other_lines(record.others, tr, me.timezone) if record.others else [],
        "too_old": day < _window(me, now).first,
    }
    return page(request, "diary/day.html", context)


@router.get("/day/{day}/other")
@for_participants
def show_other(
    request: Request, session: SessionDep, me: ParticipantDep, day: date, now: NowDep
) -> Response:
    _writable(me, day, now)
    record = read_day(session, me.id, day)
    if record.others and not record.others.own:
        return _read_only(request, me, day, record, now)
    return _other_page(request, me, day, record, now)


@router.post("/day/{day}/other")
@for_participants
def answer_other(
    request: Request,
    session: SessionDep,
    me: ParticipantDep,
    day: date,
    form: FormDep,
    now: NowDep,
) -> Response:
    """Which classes there were. Stored at once; how and how much may follow on the next page."""
    tr = tr_of(request)
    _writable(me, day, now)
    codes, errors = others.read_classes(form.fields, tr)
    record = read_day(session, me.id, day)
    if errors:
        return _other_page(request, me, day, record, now, form, errors)
    path = f"/day/{day.isoformat()}/other"
    leads_to = f"{path}/more" if codes else "/today"
    earlier = once(session, me, form, "substances", path)
    if earlier and not earlier.same:
        saved = other_lines(record.others, tr, me.timezone) if record.others else []
        return show_conflict(request, saved, _class_lines(codes, request), form, path)
    if earlier:
        return see_other(leads_to, "same")
    former = record.others.items if record.others and record.others.own else ()
    about = About(me.id, me.timezone, day, me.actor, now, form.client_at)
    done = record_substances(session, about, others.chosen(codes, former))
    remember(session, me, form, "substances", done.id, now, path)
    note = "changed" if done.new and record.others else "saved"
    return go_on(done.outcome, leads_to, note)


def _class_lines(codes: tuple[str, ...], request: Request) -> list[str]:
    instrument, lang = load_instrument("substances"), tr_of(request).lang
    names = [one.label.say(lang) for one in instrument.lists["substances"] if one.code in codes]
    return names or [instrument.texts["none"].say(lang)]


def _other_page(
    request: Request,
    me: ParticipantMe,
    day: date,
    record: DayRecord,
    now: datetime,
    form: Form | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    ticked = [use.substance for use in record.others.items] if record.others else []
    context = {
        **_day_context(request, day, now, me),
        "instrument": load_instrument("substances"),
        "record": record,
        "ticked": form.fields.get("substance", []) if form else ticked,
        "errors": errors or {},
    }
    return page(request, "diary/other.html", context, 422 if errors else 200)


@router.get("/day/{day}/other/more")
@for_participants
def show_more(
    request: Request, session: SessionDep, me: ParticipantDep, day: date, now: NowDep
) -> Response:
    _writable(me, day, now)
    record = read_day(session, me.id, day)
    if not (record.others and record.others.own and record.others.items):
        return see_other(f"/day/{day.isoformat()}/other")
    return _more_page(request, me, day, record, now)


@router.post("/day/{day}/other/more")
@for_participants
def answer_more(
    request: Request,
    session: SessionDep,
    me: ParticipantDep,
    day: date,
    form: FormDep,
    now: NowDep,
) -> Response:
    """How, when and how much, in the person's own words; nothing of it has to be said."""
    tr = tr_of(request)
    _writable(me, day, now)
    record = read_day(session, me.id, day)
    if not (record.others and record.others.own and record.others.items):
        raise NotFound
    found, errors = others.read_details(record.others.items, form.fields, day, me.timezone, now, tr)
    if errors:
        return _more_page(request, me, day, record, now, form, errors)
    about = About(me.id, me.timezone, day, me.actor, now, form.client_at)
    done = record_substances(session, about, found)
    return go_on(done.outcome, "/today", "saved")


def _more_page(
    request: Request,
    me: ParticipantMe,
    day: date,
    record: DayRecord,
    now: datetime,
    form: Form | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    tr = tr_of(request)
    uses = record.others.items if record.others else ()
    typed: dict[str, str | None] = {}
    for use in uses:
        typed[f"route-{use.substance}"] = use.route
        typed[f"time-{use.substance}"] = tr.time(use.at, me.timezone) if use.at else None
        typed[f"note-{use.substance}"] = use.note
    if form:
        typed = {name: form.one(name) or None for name in typed}
    instrument = load_instrument("substances")
    context = {
        **_day_context(request, day, now, me),
        "instrument": instrument,
        "uses": uses,
        "labels": {one.code: one.label.say(tr.lang) for one in instrument.lists["substances"]},
        "routes": [(one.code, one.label.say(tr.lang)) for one in instrument.lists["routes"]],
        "typed": typed,
        "errors": errors or {},
    }
    return page(request, "diary/more.html", context, 422 if errors else 200)
