"""A day's other substances: which classes, and then how and how much."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import NowDep, ParticipantDep, SessionDep, for_participants
from app.auth.identity import ParticipantMe
from app.diary import others
from app.diary.closing import FIELD, asks_why, offered, read_why
from app.diary.conflict import show_conflict
from app.diary.day_pages import day_context, read_only, writable
from app.diary.guidance import go_on
from app.diary.queries import DayRecord, read_day
from app.diary.service import About, record_substances
from app.diary.submissions import once, remember
from app.diary.ways import way_of
from app.diary.words import other_lines
from app.instruments.loader import load_instrument
from app.web.errors import NotFound
from app.web.forms import Form, FormDep
from app.web.pages import page, see_other, tr_of

router = APIRouter()


@router.get("/day/{day}/other")
@for_participants
def show_other(
    request: Request, session: SessionDep, me: ParticipantDep, day: date, now: NowDep
) -> Response:
    writable(me, day, now)
    record = read_day(session, me.id, day)
    if record.others and not record.others.own:
        return read_only(request, me, day, record, now)
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
    writable(me, day, now)
    codes, errors = others.read_classes(_asked(form), tr)
    record = read_day(session, me.id, day)
    why = read_why(form, _asks_why(record, day, me, now), tr)
    errors = errors | why.errors | form.said(tr)
    if errors:
        return _other_page(request, me, day, record, now, form, errors)
    path = f"/day/{day.isoformat()}/other"
    way = way_of(form, day)
    leads_to = way.onward(f"{path}/more") if codes else way.end
    earlier = once(session, me, form, "substances", path)
    if earlier and not earlier.same:
        saved = other_lines(record.others, tr, me.timezone) if record.others else None
        return show_conflict(request, saved, _class_lines(codes, request), form, path)
    if earlier:
        return see_other(leads_to, "same")
    if record.others and not record.others.own:
        return read_only(request, me, day, record, now, 409)
    former = record.others.items if record.others else ()
    about = About(me.id, me.timezone, day, me.actor, now, form.client_at, reason=why.code)
    done = record_substances(session, about, others.chosen(codes, former))
    remember(session, me, form, "substances", done.id, now, path)
    note = "changed" if done.new and record.others else "saved"
    return go_on(done.outcome, leads_to, note)


def _asked(form: Form) -> dict[str, list[str]]:
    """The fields of the page itself, without the reason of a late change."""
    return {name: sent for name, sent in form.fields.items() if name != FIELD}


def _asks_why(record: DayRecord, day: date, me: ParticipantMe, now: datetime) -> bool:
    told_at = record.others.received_at if record.others and record.others.own else None
    return asks_why(day, told_at, now, me.timezone)


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
        **day_context(request, day, now, me, form),
        **offered(_asks_why(record, day, me, now), form, tr_of(request)),
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
    writable(me, day, now)
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
    writable(me, day, now)
    record = read_day(session, me.id, day)
    if not (record.others and record.others.own and record.others.items):
        raise NotFound
    path, leads_to = f"/day/{day.isoformat()}/other/more", way_of(form, day).end
    earlier = once(session, me, form, "substances", path)
    if earlier and earlier.same:
        return see_other(leads_to, "same")
    fields = {name: sent for name, sent in _asked(form).items() if name != "from"}
    why = read_why(form, _asks_why(record, day, me, now), tr)
    found, errors = others.read_details(record.others.items, fields, day, me.timezone, now, tr)
    errors = errors | why.errors | form.said(tr)
    if errors:
        return _more_page(request, me, day, record, now, form, errors)
    if earlier:
        saved = other_lines(record.others, tr, me.timezone)
        sent = other_lines(replace(record.others, items=tuple(found)), tr, me.timezone)
        return show_conflict(request, saved, sent, form, path)
    about = About(me.id, me.timezone, day, me.actor, now, form.client_at, reason=why.code)
    done = record_substances(session, about, found)
    remember(session, me, form, "substances", done.id, now, path)
    return go_on(done.outcome, leads_to, "saved")


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
        **day_context(request, day, now, me, form),
        **offered(_asks_why(record, day, me, now), form, tr_of(request)),
        "instrument": instrument,
        "uses": uses,
        "labels": {one.code: one.label.say(tr.lang) for one in instrument.lists["substances"]},
        "routes": [(one.code, one.label.say(tr.lang)) for one in instrument.lists["routes"]],
        "typed": typed,
        "errors": errors or {},
    }
    return page(request, "diary/more.html", context, 422 if errors else 200)
