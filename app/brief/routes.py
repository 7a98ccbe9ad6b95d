"""The pre-session brief, and the entries of a day that its sentences lead to."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.responses import Response

from app import audit
from app.appointments.readings import record_reading
from app.audit import Subject
from app.brief import words
from app.brief.context import gather, shown
from app.brief.day_queries import read_beside
from app.brief.entries import Teller, entries_on
from app.brief.promoted import answers_of
from app.clock import local_day, zone_on
from app.named import PublicId
from app.staff.frame import staff_page
from app.timeline.tables import read_timeline
from app.visit.gate import for_staff
from app.visit.identity import StaffMe
from app.visit.roles import PROPOSES_EVENTS, READS_RECORDS
from app.visit.scope import ScopedParticipant, participant_for
from app.visit.visits import StaffVisit
from app.web.errors import NotFound
from app.web.forms import PathDay

router = APIRouter()
SHORT_WEEKS, LONG_WEEKS = 6, 24
EARLIEST = date(2000, 1, 1)


@router.get("/participants/{public_id}/brief")
@for_staff(READS_RECORDS, records_read=True)
def brief(
    visit: StaffVisit,
    public_id: PublicId,
    weeks: Annotated[int, Query()] = SHORT_WEEKS,
    show: str = "",
) -> Response:
    """Reading it is recorded, and for which session. ``weeks``: 6, or 24; ``show=tables``."""
    if weeks not in (SHORT_WEEKS, LONG_WEEKS) or show not in ("", "tables"):
        raise NotFound
    who = participant_for(visit.session, visit.me, public_id)
    _record_read(visit.session, visit.me, who, "brief.open", visit.now)
    # A browser that fetches ahead of a tap has no reader.
    if "prefetch" not in visit.request.headers.get("sec-purpose", ""):
        record_reading(visit.session, visit.me, who.id, visit.now)
    found = gather(visit.session, visit.me, who, visit.protocol, weeks, visit.now)
    context = shown(found, visit.protocol, visit.tr) | {
        "tables": show == "tables",
        "idem": uuid4().hex,
    }
    return staff_page(visit, "brief/brief.html", context)


@router.get("/participants/{public_id}/day/{day}")
@for_staff(READS_RECORDS, records_read=True)
def show_day(visit: StaffVisit, public_id: PublicId, day: PathDay) -> Response:
    """What was told about a day, when it came, and what it replaced. Reading it is recorded."""
    who = participant_for(visit.session, visit.me, public_id)
    if not EARLIEST < day <= local_day(visit.now, who.timezone):
        raise NotFound
    _record_read(visit.session, visit.me, who, "day.open", visit.now)
    timeline = read_timeline(visit.session, who.id, day)
    beside = read_beside(visit.session, who.id)
    tr = visit.tr
    teller = Teller(tr, visit.protocol, who.timezone, beside.screens)
    context = {
        "nav": "sessions",
        "who": who,
        "day": day,
        "city": tr.city(zone_on(day, who.timezone)),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < local_day(visit.now, who.timezone) else None,
        "entries": entries_on(timeline, day, teller),
        "beside": beside,
        "answers": answers_of(visit.session, who.id, timeline, tr.lang),
        "may_promote": visit.me.may(PROPOSES_EVENTS),
        "why": words.change_reason,
    }
    return staff_page(visit, "brief/day.html", context)


def _record_read(
    session: Session, me: StaffMe, who: ScopedParticipant, action: str, now: datetime
) -> None:
    audit.record(session, me.actor, action, Subject("participant", who.id), now=now)
