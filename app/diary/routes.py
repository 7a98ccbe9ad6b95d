"""Today; the days, their tablets and the calendar have files of their own."""

from datetime import timedelta
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app.clock import local
from app.diary import calendar_routes, day_routes, dose_routes, other_routes, same_routes
from app.diary.days import Window
from app.diary.dose import dose_words
from app.diary.queries import NextSession, read_today
from app.diary.quiet import takes_whole_list
from app.diary.today import build_today, drinks_words, saved_when
from app.i18n import Translator
from app.instruments.loader import load_instrument
from app.instruments.worksheets.loader import load_sheet
from app.visit.gate import for_participants
from app.visit.shell import shell_version
from app.visit.visits import ParticipantVisit
from app.web.appointment import Walls, theirs, walls_of
from app.web.pages import numbers_of, page

router = APIRouter()


@router.get("/today")
@for_participants
def today(visit: ParticipantVisit) -> Response:
    tr = visit.tr
    numbers = numbers_of(visit.request)
    window = Window.at(visit.now, visit.me.timezone, visit.protocol.backfill_days)
    view = build_today(read_today(visit, window), window, visit.me.first_dose_on, tr)
    context = {
        "view": view,
        "nav": "today",
        "title": f"Daybook, {tr.day_inline(view.day, 'd MMMM')}",
        "new_key": lambda: uuid4().hex,
        "dose_title": load_instrument("dose").title.say(tr.lang),
        "dose_texts": load_instrument("dose").texts,
        "urges_title": load_instrument("urges").title.say(tr.lang),
        "week_title": load_instrument("mood").title.say(tr.lang),
        "effects_title": load_instrument("side_effects").title.say(tr.lang),
        "whole_list": view.effects is None and takes_whole_list(visit.session, visit.me, visit.now),
        "urge_offer": load_instrument("help").texts["urge_offer"].say(tr.lang),
        "urge_sheet": load_sheet("urge_surfing").title.say(tr.lang),
        "other_texts": load_instrument("substances").texts,
        "dose_words": lambda dose: dose_words(
            dose.taken, dose.at, dose.reason, tr, visit.me.timezone
        ),
        "drinks_words": drinks_words,
        "when": lambda moment: saved_when(moment, view.day, visit.me.timezone, tr),
        "clinic": numbers.clinic or numbers.emergency,
        "help_texts": load_instrument("help").texts,
        "shell": shell_version(visit.request, visit.protocol, numbers),
        "framing": visit.protocol.framing.enabled,
        "east": (local(visit.now, visit.me.timezone).utcoffset() or timedelta())
        // timedelta(minutes=1),
        "now_ms": int(visit.now.timestamp() * 1000),
        "session_words": _session_words(view.session, walls_of(visit.me), tr),
    }
    return page(visit.request, "diary/today.html", context)


def _session_words(one: NextSession | None, walls: Walls, tr: Translator) -> str:
    """«Wednesday, 25 November, 10:00», and what became of it; empty where there is none."""
    if one is None:
        return ""
    when = theirs(one.at, one.place, walls, tr)
    said = {"moved": tr("moved to this time"), "cancelled": tr("cancelled")}.get(one.change)
    return f"{when} · {said}" if said else when


# After Today: a router asks its routes in turn, and that is the page that is opened most.
router.include_router(day_routes.router)
router.include_router(other_routes.router)
router.include_router(dose_routes.router)
router.include_router(same_routes.router)
router.include_router(calendar_routes.router)
