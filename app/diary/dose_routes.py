"""The tablet of a day: taken or not, when and why, and a second one where there was one."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.diary.day_pages import about, read_only, writable
from app.diary.days import day_meant, day_typed
from app.diary.dose import DoseForm, TakeBackForm, details_of, dose_words
from app.diary.entries import DoseEntry
from app.diary.queries import read_day, read_doses
from app.diary.service import held_as, record_dose, take_back_dose
from app.diary.tablets import calls_first
from app.diary.ways import way_of
from app.instruments.loader import load_instrument
from app.sent.closing import NOT_ASKED, asks_why, offered, read_why
from app.sent.conflict import show_conflict
from app.sent.once import Earlier, Entry, on_to, once
from app.visit.gate import for_participants
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.errors import TEXTS
from app.web.forms import Form, PathDay, check
from app.web.pages import numbers_of, page, see_other

router = APIRouter()


@router.get("/today/dose")
@for_participants
def today_dose(visit: ParticipantVisit) -> Response:
    return _show(
        visit,
        day_meant(None, None, visit.now, visit.me.timezone),
    )


@router.post("/today/dose")
@for_participants
def answer_today(visit: ParticipantVisit) -> Response:
    """One tap stores the answer; time and reason may follow on the page that it leads to."""
    return _answer(visit, None)


@router.get("/day/{day}/dose")
@for_participants
def show_dose(visit: ParticipantVisit, day: PathDay) -> Response:
    writable(visit, day)
    return _show(visit, day)


@router.post("/day/{day}/dose")
@for_participants
def answer_dose(visit: ParticipantVisit, day: PathDay) -> Response:
    return _answer(visit, day)


@router.post("/day/{day}/dose/back")
@for_participants
def take_back(visit: ParticipantVisit, day: PathDay) -> Response:
    """One of several tablets was entered by mistake; the last one left is changed instead."""
    writable(visit, day)
    checked = check(TakeBackForm, visit.form, visit.tr)
    if checked.value is None:
        return _show(visit, day, None, checked.errors)
    wanted, path = checked.value.entry, f"/day/{day.isoformat()}/dose"

    def tell(_earlier: Earlier | None) -> Entry | Response:
        own = [dose for dose in read_doses(visit.session, visit.me.id, day) if dose.own]
        if len(own) < 2 or wanted not in {dose.id for dose in own}:
            return _show(visit, day, None, {"": visit.tr(TEXTS[409])})
        done = take_back_dose(visit.session, about(visit, day, "slip"), wanted)
        return Entry(done.id, path, "changed", done.outcome)

    return once(visit, "dose_back", f"{path}/back", tell, on_to(path))


def _answer(visit: ParticipantVisit, named: date | None) -> Response:
    checked = check(DoseForm, visit.form, visit.tr)
    told = checked.value
    # A wrong detail is asked for again on the page of its own day.
    shown = told.day if told else day_typed(visit.form.one("day"))
    day = day_meant(named or shown, visit.form.client_at, visit.now, visit.me.timezone)
    writable(visit, day)
    doses = read_doses(visit.session, visit.me.id, day)
    if told is None:
        return _show(visit, day, visit.form, checked.errors)
    way = way_of(visit.form, day)
    if doses and not any(dose.own for dose in doses) and not told.another:
        # Staff entered it since the page was opened.
        if any(dose.taken == told.taken for dose in doses) and not told.details:
            return see_other(way.end, "same")
        # It says more, or something else: the gate acts on what cannot wait.
        return read_only(visit, day, read_day(visit.session, visit.me.id, day), 409)
    former = _former(doses, told)
    late = _asks_why(former, day, visit.me, visit.now)
    why = read_why(visit.form, visit.tr) if late else NOT_ASKED
    if why.error:
        return _show(visit, day, visit.form, why.errors)
    try:
        at, reason = details_of(told, former, day, visit.me.timezone, visit.now)
    except ValueError as problem:
        errors = {"time": visit.tr(str(problem))}
        return _show(visit, day, visit.form, errors)
    leads_to = way.after_dose(asks_why=not told.taken and not told.details)

    def tell(earlier: Earlier | None) -> Entry | Response:
        if earlier:
            return _conflict(visit, former, told.taken, at, reason, day)
        if told.entry is not None and former is None and not told.another:
            # It was changed elsewhere since the page was opened.
            stands = [dose for dose in doses if dose.own]
            if len(stands) > 1:  # which of them took its place nobody can say
                return _show(visit, day, visit.form, {"": visit.tr(TEXTS[409])})
            return _conflict(visit, stands[0] if stands else None, told.taken, at, reason, day)
        done = record_dose(
            visit.session,
            about(visit, day, why.code),
            taken=told.taken,
            at=at,
            reason=reason,
            entry=told.entry,
            another=told.another is not None,
        )
        note = "changed" if done.new and former else "saved"
        return Entry(done.id, leads_to, note, done.outcome)

    return once(visit, "dose", day.isoformat(), tell, on_to(leads_to))


def _asks_why(dose: DoseEntry | None, day: date, me: ParticipantMe, now: datetime) -> bool:
    told_at = dose.received_at if dose and dose.own else None
    return asks_why(day, told_at, now, me.timezone)


def _former(doses: tuple[DoseEntry, ...], told: DoseForm) -> DoseEntry | None:
    """The entry that the form changes: the one it names, else the day's latest."""
    if told.another:
        return None
    if told.entry is not None:
        return next((dose for dose in doses if dose.id == told.entry), None)
    return doses[-1] if doses else None


def _show(
    visit: ParticipantVisit,
    day: date,
    form: Form | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    """The tablet's page: the answer with its details, and both answers to change it."""
    tr, instrument = visit.tr, load_instrument("dose")
    doses = read_doses(visit.session, visit.me.id, day)
    dose = _edited(doses, visit.request, form)
    typed = {"reason": dose.reason if dose else None, "time": ""}
    if dose and dose.at:
        typed["time"] = tr.time(dose.at, visit.me.timezone)
    if form is not None:
        typed = {name: form.one(name) or None for name in typed}
    numbers = numbers_of(visit.request)
    clinic = numbers.clinic or numbers.emergency
    way = way_of(form, day, visit.request.query_params.get("from"))
    context: dict[str, Any] = {
        **offered(_asks_why(dose, day, visit.me, visit.now), form, tr),
        "day": day,
        "dose": dose,
        "others": [one for one in doses if one is not dose],
        "held": held_as(visit.session, visit.me.id, day),
        "call": way.is_today
        and calls_first(visit.session, visit.me.id, visit.now, visit.me.timezone),
        "typed": typed,
        "errors": errors or {},
        "instrument": instrument,
        "reasons": [(one.code, one.label.say(tr.lang)) for one in instrument.lists["reasons"]],
        "restart": instrument.texts["restart_note"].say(tr.lang, clinic=clinic),
        "hold_note": instrument.texts["hold_note"].say(tr.lang, clinic=clinic),
        "new_key": lambda: uuid4().hex,
        "action": way.dose_path,
        "way": way,
        "back": way.back(tr),
        "title": f"Daybook, {tr.day_inline(day, 'd MMMM')}",
        "words": lambda one: dose_words(one.taken, one.at, one.reason, tr, visit.me.timezone),
    }
    return page(visit.request, "diary/dose.html", context, 422 if errors else 200)


def _edited(doses: tuple[DoseEntry, ...], request: Request, form: Form | None) -> DoseEntry | None:
    """The entry on the page: the one that the address or the form names, else the latest."""
    named = form.one("entry") if form else request.query_params.get("entry", "")
    found = [dose for dose in doses if str(dose.id) == named] or list(doses)
    return found[-1] if found else None


def _conflict(
    visit: ParticipantVisit,
    former: DoseEntry | None,
    taken: bool,
    at: datetime | None,
    reason: str | None,
    day: date,
) -> Response:
    tr = visit.tr
    saved = None
    if former:
        saved = [dose_words(former.taken, former.at, former.reason, tr, visit.me.timezone)]
    sent = [dose_words(taken, at, reason, tr, visit.me.timezone)]
    more = [] if "day" in visit.form.fields else [("day", day.isoformat())]
    form = visit.form
    if form.fields.get("entry") and former and form.one("entry") != str(former.id):
        form = replace(form, fields={**form.fields, "entry": [str(former.id)]})
    return show_conflict(visit.request, saved, sent, form, "/today/dose", more)
