"""A day's other substances: which classes, and then how and how much."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.diary import others
from app.diary.day_pages import about, day_context, read_only, writable
from app.diary.queries import DayRecord, read_day
from app.diary.service import record_substances
from app.diary.ways import way_of
from app.diary.words import other_lines
from app.instruments.loader import load_instrument
from app.sent.closing import FIELD, NOT_ASKED, asks_why, offered, read_why
from app.sent.conflict import show_conflict
from app.sent.once import Earlier, Entry, on_to, once
from app.visit.gate import for_participants
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.errors import NotFound
from app.web.forms import Form, PathDay
from app.web.pages import page, see_other, tr_of

router = APIRouter()


@router.get("/day/{day}/other")
@for_participants
def show_other(visit: ParticipantVisit, day: PathDay) -> Response:
    writable(visit, day)
    record = read_day(visit.session, visit.me.id, day)
    if record.others and not record.others.own:
        return read_only(visit, day, record)
    return _other_page(visit, day, record)


@router.post("/day/{day}/other")
@for_participants
def answer_other(visit: ParticipantVisit, day: PathDay) -> Response:
    """Which classes there were. Entry at once; how and how much may follow on the next page."""
    writable(visit, day)
    codes, errors = others.read_classes(_asked(visit.form), visit.tr)
    path = f"/day/{day.isoformat()}/other"
    way = way_of(visit.form, day)
    leads_to = way.onward(f"{path}/more") if codes else way.end

    def tell(earlier: Earlier | None) -> Entry | Response:
        tr, record = visit.tr, read_day(visit.session, visit.me.id, day)
        late = _asks_why(record, day, visit.me, visit.now)
        why = read_why(visit.form, tr) if late else NOT_ASKED
        wrong = errors | why.errors | visit.form.said(tr)
        if wrong:
            return _other_page(visit, day, record, visit.form, wrong)
        if earlier:
            saved = other_lines(record.others, tr, visit.me.timezone) if record.others else None
            sent = _class_lines(codes, visit.request)
            return show_conflict(visit.request, saved, sent, visit.form, path)
        if record.others and not record.others.own:
            return read_only(visit, day, record, 409)
        former = record.others.items if record.others else ()
        chosen = others.chosen(codes, former)
        done = record_substances(visit.session, about(visit, day, why.code), chosen)
        note = "changed" if done.new and record.others else "saved"
        return Entry(done.id, leads_to, note, done.outcome)

    return once(visit, "substances", path, tell, on_to(leads_to))


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
    visit: ParticipantVisit,
    day: date,
    record: DayRecord,
    form: Form | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    ticked = [use.substance for use in record.others.items] if record.others else []
    context = {
        **day_context(visit, day, form),
        **offered(_asks_why(record, day, visit.me, visit.now), form, visit.tr),
        "instrument": load_instrument("substances"),
        "record": record,
        "ticked": form.fields.get("substance", []) if form else ticked,
        "errors": errors or {},
    }
    return page(visit.request, "diary/other.html", context, 422 if errors else 200)


@router.get("/day/{day}/other/more")
@for_participants
def show_more(visit: ParticipantVisit, day: PathDay) -> Response:
    writable(visit, day)
    record = read_day(visit.session, visit.me.id, day)
    if not (record.others and record.others.own and record.others.items):
        return see_other(f"/day/{day.isoformat()}/other")
    return _more_page(visit, day, record)


@router.post("/day/{day}/other/more")
@for_participants
def answer_more(visit: ParticipantVisit, day: PathDay) -> Response:
    """How, when and how much, in the person's own words; nothing of it has to be said."""
    tr = visit.tr
    writable(visit, day)
    record = read_day(visit.session, visit.me.id, day)
    if not (record.others and record.others.own and record.others.items):
        raise NotFound
    entry = record.others
    path, leads_to = f"/day/{day.isoformat()}/other/more", way_of(visit.form, day).end

    def tell(earlier: Earlier | None) -> Entry | Response:
        fields = {name: sent for name, sent in _asked(visit.form).items() if name != "from"}
        late = _asks_why(record, day, visit.me, visit.now)
        why = read_why(visit.form, tr) if late else NOT_ASKED
        zone = visit.me.timezone
        found, errors = others.read_details(entry.items, fields, day, zone, visit.now, tr)
        errors = errors | why.errors | visit.form.said(tr)
        if errors:
            return _more_page(visit, day, record, visit.form, errors)
        if earlier:
            saved = other_lines(entry, tr, zone)
            sent = other_lines(replace(entry, items=tuple(found)), tr, zone)
            return show_conflict(visit.request, saved, sent, visit.form, path)
        done = record_substances(visit.session, about(visit, day, why.code), found)
        return Entry(done.id, leads_to, "saved", done.outcome)

    return once(visit, "substances", path, tell, on_to(leads_to))


def _more_page(
    visit: ParticipantVisit,
    day: date,
    record: DayRecord,
    form: Form | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    tr = visit.tr
    uses = record.others.items if record.others else ()
    typed: dict[str, str | None] = {}
    for use in uses:
        typed[f"route-{use.substance}"] = use.route
        typed[f"time-{use.substance}"] = tr.time(use.at, visit.me.timezone) if use.at else None
        typed[f"note-{use.substance}"] = use.note
    if form:
        typed = {name: form.one(name) or None for name in typed}
    instrument = load_instrument("substances")
    context = {
        **day_context(visit, day, form),
        **offered(_asks_why(record, day, visit.me, visit.now), form, visit.tr),
        "instrument": instrument,
        "uses": uses,
        "labels": {one.code: one.label.say(tr.lang) for one in instrument.lists["substances"]},
        "routes": [(one.code, one.label.say(tr.lang)) for one in instrument.lists["routes"]],
        "typed": typed,
        "errors": errors or {},
    }
    return page(visit.request, "diary/more.html", context, 422 if errors else 200)
