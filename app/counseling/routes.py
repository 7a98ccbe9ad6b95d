"""My sessions, the pre-session brief, and the entries of a day that its sentences lead to."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.auth.gate import NowDep, SessionDep, StaffDep, for_staff
from app.auth.identity import StaffMe
from app.auth.scope import CARE_TEAM, ScopedParticipant, participant_for
from app.clock import local_day, zone_on
from app.counseling import queries, words
from app.counseling.context import gather, shown
from app.counseling.day_queries import read_beside
from app.counseling.entries import Teller, entries_on
from app.counseling.headline import headline
from app.i18n import Translator
from app.protocol.loader import load_protocol
from app.safety.frame import staff_page
from app.sessions.queries import today_began
from app.sessions.readings import reading_report, record_reading
from app.sessions.words import PLACES, ahead, near
from app.timeline.tables import read_timeline
from app.web.appointment import Walls, on_both_walls
from app.web.errors import NotFound
from app.web.pages import tr_of

router = APIRouter()
SHORT_WEEKS, LONG_WEEKS = 6, 24
EARLIEST = date(2000, 1, 1)


@router.get("/sessions")
@for_staff(*CARE_TEAM)
def my_sessions(request: Request, session: SessionDep, me: StaffDep, now: NowDep) -> Response:
    tr = tr_of(request)
    context = {
        "nav": "sessions",
        "cases": queries.caseload(session, me, today_began(now, me.timezone), now),
        "report": reading_report(session, me, now),
        "places": PLACES,
        "ahead": lambda span: ahead(span, tr),
        "near": lambda moment: near(moment, now, me.timezone, tr),
        "headline": lambda one: headline(one, now, me.timezone, tr),
        "session_when": lambda one: _session_when(one, now, me, tr),
    }
    return staff_page(request, session, me, "counseling/sessions.html", context)


def _session_when(one: queries.Case, now: datetime, me: StaffMe, tr: Translator) -> str:
    """The next session on the clinic's wall, and of a call what the participant's clock shows."""
    if one.next_at is None or one.place is None:
        return ""
    said = near(one.next_at, now, me.timezone, tr)
    return on_both_walls(said, one.next_at, one.place, Walls(one.timezone, me.timezone), tr)


@router.get("/participants/{public_id}/brief")
@for_staff(*CARE_TEAM, records_read=True)
def brief(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    public_id: str,
    now: NowDep,
    weeks: Annotated[int, Query()] = SHORT_WEEKS,
    show: str = "",
) -> Response:
    """Reading it is recorded, and for which session. ``weeks``: 6, or 24; ``show=tables``."""
    if weeks not in (SHORT_WEEKS, LONG_WEEKS) or show not in ("", "tables"):
        raise NotFound
    who = participant_for(session, me, public_id)
    _record_read(session, me, who, "brief.open", now)
    # A browser that fetches ahead of a tap has no reader.
    if "prefetch" not in request.headers.get("sec-purpose", ""):
        record_reading(session, me, who.id, now)
    protocol = load_protocol()
    found = gather(session, me, who, protocol, weeks, now)
    context = shown(found, protocol, tr_of(request)) | {
        "tables": show == "tables",
        "idem": uuid4().hex,
    }
    return staff_page(request, session, me, "counseling/brief.html", context)


@router.get("/participants/{public_id}/day/{day}")
@for_staff(*CARE_TEAM, records_read=True)
def show_day(
    request: Request, session: SessionDep, me: StaffDep, public_id: str, day: date, now: NowDep
) -> Response:
    """What was told about a day, when it came, and what it replaced. Reading it is recorded."""
    who = participant_for(session, me, public_id)
    if not EARLIEST < day <= local_day(now, who.timezone):
        raise NotFound
    _record_read(session, me, who, "day.open", now)
    timeline = read_timeline(session, who.id, day)
    beside = read_beside(session, who.id)
    tr = tr_of(request)
    teller = Teller(tr, load_protocol(), who.timezone, beside.screens)
    context = {
        "nav": "sessions",
        "who": who,
        "day": day,
        "city": tr.city(zone_on(day, who.timezone)),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < local_day(now, who.timezone) else None,
        "entries": entries_on(timeline, day, teller),
        "beside": beside,
        "why": words.change_reason,
    }
    return staff_page(request, session, me, "counseling/day.html", context)


def _record_read(
    session: Session, me: StaffMe, who: ScopedParticipant, action: str, now: datetime
) -> None:
    audit.record(session, me.actor, action, Subject("participant", who.id), now=now)
