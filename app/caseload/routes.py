"""My sessions: who is next, and what to know about each before opening their brief."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.appointments.queries import today_began
from app.appointments.readings import reading_report
from app.appointments.words import PLACES, ahead, near
from app.caseload import queries
from app.caseload.headline import headline
from app.i18n import Translator
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.identity import StaffMe
from app.visit.roles import HOLDS_SESSIONS, READS_RECORDS
from app.visit.visits import StaffVisit
from app.web.appointment import Walls, on_both_walls

router = APIRouter()


@router.get("/sessions")
@for_staff(READS_RECORDS)
def my_sessions(visit: StaffVisit) -> Response:
    tr = visit.tr
    context = {
        "nav": "sessions",
        "mine": visit.me.may(HOLDS_SESSIONS),
        "cases": queries.caseload(
            visit.session, visit.me, today_began(visit.now, visit.me.timezone), visit.now
        ),
        "report": reading_report(visit.session, visit.me, visit.now),
        "places": PLACES,
        "ahead": lambda span: ahead(span, tr),
        "near": lambda moment: near(moment, visit.now, visit.me.timezone, tr),
        "headline": lambda one: headline(one, visit.now, visit.me.timezone, tr),
        "session_when": lambda one: _session_when(one, visit.now, visit.me, tr),
    }
    return staff_page(visit, "caseload/sessions.html", context)


def _session_when(one: queries.Case, now: datetime, me: StaffMe, tr: Translator) -> str:
    """The next session on the clinic's wall, and of a call what the participant's clock shows."""
    if one.next_at is None or one.place is None:
        return ""
    said = near(one.next_at, now, me.timezone, tr)
    return on_both_walls(said, one.next_at, one.place, Walls(one.timezone, me.timezone), tr)
