"""The diary interview: thirty days at a glance, and one day as the participant tells it."""

from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app import audit, turns
from app.audit import Subject
from app.clock import local_day
from app.diary.calendar import origin_words
from app.diary.dose import dose_words
from app.diary.drinks import BEVERAGES, offers
from app.diary.holidays import region_on
from app.diary.markers import read_markers
from app.diary.queries import DayRecord, read_day, usual_drinks
from app.diary.words import drinks_lines, other_lines
from app.flags.service import Outcome
from app.instruments.loader import load_instrument
from app.interview import told_routes
from app.interview.forms import ALCOHOL, OTHERS, PROVENANCES, TABLET, DayAsked, read_day_told
from app.interview.queries import DAYS_SHOWN, day_lines
from app.interview.scope import closed_words, told_participant
from app.interview.service import record_day
from app.named import PublicId
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.left import left_as
from app.visit.roles import ENTERS_TOLD
from app.visit.scope import ScopedParticipant, participant_for
from app.visit.visits import StaffVisit
from app.web.appointment import Walls, told_hour
from app.web.errors import NotFound
from app.web.forms import Form, PathDay
from app.web.pages import see_other, tr_of

router = APIRouter()
router.include_router(told_routes.router)
# How far before the enrolment an interview may go: the month that the baseline is about.
BEFORE = timedelta(days=60)


@router.get("/participants/{public_id}/interview")
@for_staff(ENTERS_TOLD, records_read=True)
def interview(visit: StaffVisit, public_id: PublicId, until: date | None = None) -> Response:
    """Thirty days, newest first. Reading it is recorded."""
    who = participant_for(visit.session, visit.me, public_id)
    first, today = _bounds(who, visit.now)
    last = min(until or today, today)
    if last < first:
        raise NotFound
    audit.record(
        visit.session,
        visit.me.actor,
        "interview.open",
        Subject("participant", who.id),
        now=visit.now,
    )
    tr, walls = visit.tr, Walls(who.timezone, visit.me.timezone)
    earlier = last - timedelta(days=DAYS_SHOWN)
    context = {
        "nav": "participants",
        "who": who,
        "takes_part": who.status != "withdrawn",
        "closed": visit.tr(closed_words(left_as(visit.session, who.id))),
        "lines": [
            line for line in day_lines(visit.session, who.id, walls, last, tr) if line.day >= first
        ],
        "earlier": earlier if earlier >= first else None,
        "later": min(last + timedelta(days=DAYS_SHOWN), today) if last < today else None,
        **_words(visit.request, who),
    }
    return staff_page(visit, "interview/days.html", context)


@router.get("/participants/{public_id}/interview/{day}")
@for_staff(ENTERS_TOLD, records_read=True)
def interview_day(visit: StaffVisit, public_id: PublicId, day: PathDay, told: str = "") -> Response:
    who = told_participant(visit.session, visit.me, public_id)
    check_day(who, day, visit.now)
    audit.record(
        visit.session,
        visit.me.actor,
        "interview.open",
        Subject("participant", who.id),
        now=visit.now,
    )
    before = Form({"told": [told]} if told in PROVENANCES else {})
    return _day_page(visit, who, day, before)


@router.post("/participants/{public_id}/interview/{day}")
@for_staff(ENTERS_TOLD)
def tell_day(visit: StaffVisit, public_id: PublicId, day: PathDay) -> Response:
    """Stored beside what the participant told, marked as told to staff, judged alike."""
    who = told_participant(visit.session, visit.me, public_id)
    check_day(who, day, visit.now)
    turns.of_person(visit.session, who.id)
    parts = open_parts(read_day(visit.session, who.id, day))
    told = read_day_told(visit.form.fields, DayAsked(day, who.timezone, visit.now, parts), visit.tr)
    errors = told.errors | visit.form.said(visit.tr)
    if errors:
        return _day_page(visit, who, day, visit.form, errors)
    outcome = record_day(visit.session, visit.me, who, day, told, visit.now)
    base = f"/participants/{who.public_id}/interview"
    onward = f"{base}/{(day - timedelta(days=1)).isoformat()}?told={told.told}"
    goes_on = visit.form.one("go") == "on" and day > _bounds(who, visit.now)[0]
    return after_telling(outcome, onward if goes_on else base)


def after_telling(outcome: Outcome, url: str) -> Response:
    """An alert is the next thing to look at, for whoever has just heard the answer."""
    if outcome.worst in ("urgent", "emergency"):
        return see_other("/flags", "alert_raised")
    return see_other(url, "saved")


def _bounds(who: ScopedParticipant, now: datetime) -> tuple[date, date]:
    return local_day(who.enrolled_at, who.timezone) - BEFORE, local_day(now, who.timezone)


def check_day(who: ScopedParticipant, day: date, now: datetime) -> None:
    first, today = _bounds(who, now)
    if not first <= day <= today:
        raise NotFound


def open_parts(record: DayRecord) -> frozenset[str]:
    """What staff may enter: blank parts, and those that staff entered before."""
    found = set()
    if record.drinks is None or not record.drinks.own:
        found.add(ALCOHOL)
    if record.others is None or not record.others.own:
        found.add(OTHERS)
    if not any(dose.own for dose in record.doses):
        found.add(TABLET)
    return frozenset(found)


def _words(request: Request, who: ScopedParticipant) -> dict[str, Any]:
    """How entries read in the staff member's language and the participant's zone."""
    tr, zone = tr_of(request), who.timezone
    return {
        "drinks_words": lambda entry: drinks_lines(entry, tr),
        "other_words": lambda entry: other_lines(entry, tr, zone),
        "dose_words": lambda dose: dose_words(dose.taken, dose.at, dose.reason, tr, zone),
        "came": lambda origin: origin_words(origin, zone, tr),
    }


def _day_page(
    visit: StaffVisit,
    who: ScopedParticipant,
    day: date,
    form: Form,
    errors: dict[str, str] | None = None,
) -> Response:
    tr, record = visit.tr, read_day(visit.session, who.id, day)
    typed = {name: sent[0] for name, sent in form.fields.items()}
    region = region_on(day, who.timezone)
    walls = Walls(who.timezone, visit.me.timezone)
    marks = read_markers(visit.session, who.id, walls, day, day, tr, told_hour).get(day, ())
    parts = open_parts(record)
    dose, substances = load_instrument("dose"), load_instrument("substances")
    entered = record.drinks if ALCOHOL in parts else None
    usual = usual_drinks(visit.session, who.id)
    context: dict[str, Any] = {
        "nav": "participants",
        "who": who,
        "day": day,
        "record": record,
        "parts": parts,
        "marks": marks,
        "typed": typed,
        "ticked": form.fields.get("substance", []),
        "rows": offers(usual, entered, typed if errors else {}, visit.protocol, region, tr),
        "beverages": [(code, tr(name)) for code, name in BEVERAGES.items()],
        "substances": [(c.code, c.label.say(tr.lang)) for c in substances.lists["substances"]],
        "reasons": [(c.code, c.label.say(tr.lang)) for c in dose.lists["reasons"]],
        "dose_texts": dose.texts,
        "errors": errors or {},
        **_words(visit.request, who),
    }
    status = 422 if errors else 200
    return staff_page(visit, "interview/day.html", context, status)
