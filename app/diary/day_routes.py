"""A day's alcohol; other substances are asked in the step after it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.diary.day_pages import about, day_context, read_only, window_of, writable
from app.diary.drinks import BEVERAGES, DayAnswer, item_words, last_moment, offers, read_day_form
from app.diary.holidays import region_on
from app.diary.queries import DayRecord, read_day, usual_drinks
from app.diary.service import record_drinks
from app.diary.ways import way_of
from app.diary.words import drinks_lines, other_lines
from app.i18n import Translator
from app.sent.closing import FIELD, NOT_ASKED, asks_why, offered, read_why
from app.sent.conflict import show_conflict
from app.sent.once import Earlier, Entry, on_to, once
from app.visit.gate import for_participants
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.amounts import by_strength_form
from app.web.errors import NotFound
from app.web.forms import Form, PathDay
from app.web.pages import page

router = APIRouter()


@router.get("/day/{day}")
@for_participants
def show_day(visit: ParticipantVisit, day: PathDay) -> Response:
    window = window_of(visit)
    record = read_day(visit.session, visit.me.id, day)
    if day > max(window.today, window.begun):
        raise NotFound
    if day < window.first or (record.drinks and not record.drinks.own):
        return read_only(visit, day, record)
    return _drinks_page(visit, day, record)


@router.post("/day/{day}")
@for_participants
def answer_day(visit: ParticipantVisit, day: PathDay) -> Response:
    writable(visit, day)
    fields = {name: sent for name, sent in visit.form.fields.items() if name not in ("from", FIELD)}
    answer = read_day_form(fields, visit.tr)
    record = read_day(visit.session, visit.me.id, day)
    path = f"/day/{day.isoformat()}"
    way = way_of(visit.form, day)
    on_cards = bool(way.name) and answer.none  # the page with the cards asks the rest
    leads_to = way.end if record.others or on_cards else way.onward(f"{path}/other")
    return once(
        visit,
        "drinks",
        path,
        lambda earlier: _tell(visit, day, record, answer, leads_to, earlier),
        on_to(leads_to),
    )


def _tell(
    visit: ParticipantVisit,
    day: date,
    record: DayRecord,
    answer: DayAnswer,
    leads_to: str,
    earlier: Earlier | None,
) -> Entry | Response:
    tr, zone = visit.tr, visit.me.timezone
    late = _asks_why(record, day, visit.me, visit.now)
    why = read_why(visit.form, tr) if late else NOT_ASKED
    errors = dict(answer.errors) | why.errors | visit.form.said(tr)
    last = record.drinks.last_drink_at if record.drinks else None
    if not errors and answer.last != _last_typed(None, record, tr, zone):
        try:
            last = last_moment(day, answer.last, zone, visit.now)
        except ValueError as problem:
            errors["last"] = tr(str(problem))
    if errors:
        return _drinks_page(visit, day, record, visit.form, errors)
    if record.drinks and not record.drinks.own:
        return read_only(visit, day, record, 409)
    if earlier:
        saved = drinks_lines(record.drinks, tr) if record.drinks else None
        sent = item_words(answer.items, tr) or [tr("No alcohol")]
        return show_conflict(visit.request, saved, sent, visit.form, f"/day/{day.isoformat()}")
    told, guess = about(visit, day, why.code), answer.best_guess
    done = record_drinks(visit.session, told, answer.items, best_guess=guess, last_drink_at=last)
    note = "changed" if done.new and record.drinks else "saved"
    return Entry(done.id, leads_to, note, done.outcome)


def _asks_why(record: DayRecord, day: date, me: ParticipantMe, now: datetime) -> bool:
    told_at = record.drinks.received_at if record.drinks and record.drinks.own else None
    return asks_why(day, told_at, now, me.timezone)


def _drinks_page(
    visit: ParticipantVisit,
    day: date,
    record: DayRecord,
    form: Form | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    tr, plan = visit.tr, visit.protocol
    typed = {name: sent[0] for name, sent in form.fields.items()} if form else {}
    region = region_on(day, visit.me.timezone)
    usual = usual_drinks(visit.session, visit.me.id)
    context: dict[str, Any] = {
        **day_context(visit, day, form),
        **offered(_asks_why(record, day, visit.me, visit.now), form, tr),
        "last": _last_typed(form, record, tr, visit.me.timezone),
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
        "other_words": other_lines(record.others, tr, visit.me.timezone) if record.others else [],
    }
    return page(visit.request, "diary/drinks.html", context, 422 if errors else 200)


def _last_typed(form: Form | None, record: DayRecord, tr: Translator, zone: str) -> str:
    if form:
        return form.one("last")
    stored = record.drinks.last_drink_at if record.drinks else None
    return tr.time(stored, zone) if stored else ""
