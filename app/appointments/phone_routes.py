"""The participant's next session, and the file that puts it into a calendar."""

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from app.appointments.history import Step, former_slot
from app.appointments.ics import MEDIA_TYPE, calendar_file
from app.appointments.queries import Appointment, sessions_since, today_began
from app.appointments.words import PLACES, PLACES_PLAIN
from app.clock import local_day
from app.visit.gate import for_participants
from app.visit.visits import ParticipantVisit
from app.web.appointment import theirs, walls_of
from app.web.errors import NotFound
from app.web.pages import numbers_of, page

router = APIRouter()
LATER_SHOWN = 3


@router.get("/session")
@for_participants
def next_one(visit: ParticipantVisit) -> Response:
    """When, where, how to reach the clinic; what was moved or cancelled is said."""
    tr, numbers = visit.tr, numbers_of(visit.request)
    coming = sessions_since(visit.session, visit.me.id, today_began(visit.now, visit.me.timezone))
    planned = [one for one in coming if one.state == "planned"]
    coming_next = planned[0] if planned else None
    walls = walls_of(visit.me)
    context = {
        "title": f"Daybook, {tr.day_inline(local_day(visit.now, visit.me.timezone), 'd MMM')}",
        "back": ("/today", tr("Today")),
        "next": coming_next,
        "former": _former(visit.session, coming_next),
        "later": planned[1 : 1 + LATER_SHOWN],
        "cancelled": [one for one in coming if one.state == "cancelled"],
        "places": PLACES,
        "places_plain": PLACES_PLAIN,
        "when": lambda at, place: theirs(at, place, walls, tr),
        "when_inline": lambda at, place: theirs(at, place, walls, tr, inline=True),
        "clinic": numbers.clinic or numbers.emergency,
    }
    return page(visit.request, "appointments/session.html", context)


def _former(session: Session, one: Appointment | None) -> Step | None:
    return former_slot(session, one.id, one.at) if one and one.moved else None


@router.get("/session.ics")
@for_participants
def calendar_entry(visit: ParticipantVisit) -> Response:
    """The next session, and all to come that were moved or cancelled: their old entries go."""
    coming = sessions_since(visit.session, visit.me.id, today_began(visit.now, visit.me.timezone))
    planned = [one for one in coming if one.state == "planned"]
    moved = [one for one in planned[1:] if one.moved]
    entries = [*planned[:1], *moved, *(one for one in coming if one.state == "cancelled")]
    if not entries:
        raise NotFound
    body = calendar_file(entries, visit.tr("Appointment"), visit.now)
    named = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return Response(body, media_type=MEDIA_TYPE, headers=named)
