"""A participant's sessions for staff: the plan of the treatment beside what became of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import NowDep, SessionDep, StaffDep, for_staff
from app.auth.identity import StaffMe
from app.auth.scope import CARE_TEAM, ScopedParticipant, participant_for
from app.clock import local_day
from app.protocol.loader import load_protocol
from app.safety.frame import staff_page
from app.sessions import forms, note_routes, phone_routes, queries, service, step_routes, words
from app.sessions.here import PLANNERS, about, active_participant
from app.sessions.note_queries import notes_of
from app.sessions.plan import plan_view
from app.web.forms import Form, FormDep, check
from app.web.pages import see_other, tr_of

router = APIRouter()
router.include_router(phone_routes.router)
router.include_router(step_routes.router)
router.include_router(note_routes.router)


@router.get("/participants/{public_id}/sessions")
@for_staff(*CARE_TEAM)
def show_sessions(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    public_id: str,
    now: NowDep,
    day: date | None = None,
    kept: Annotated[tuple[int, ...], Query()] = (),
) -> Response:
    """``day``: one that a note agreed on, to be planned; ``kept``: weeks just left out."""
    who = participant_for(session, me, public_id)
    form = Form({"day": [str(day)], "repeat": ["once"]} if day else {})
    return _list_page(request, session, me, who, now, form, {}, 200, kept)


def _list_page(
    request: Request,
    session: Session,
    me: StaffMe,
    who: ScopedParticipant,
    now: datetime,
    form: Form,
    errors: Mapping[str, str],
    status: int,
    kept: Sequence[int] = (),
) -> Response:
    found = queries.appointments(session, who.id)
    today = local_day(now, who.timezone)
    tr = tr_of(request)
    view = plan_view(load_protocol(), who.first_dose_on, found, who.timezone, today, tr.lang)
    context = {
        "nav": "sessions",
        "who": who,
        "now": now,
        "words": words,
        "plan": view,
        "kept": words.kept(view, kept, me.timezone, tr),
        "summary": queries.summary(found, now),
        "notes": notes_of(session, who.id),
        "can_plan": me.role in PLANNERS and who.status == "active",
        "form": form,
        "errors": errors,
        "idem": form.token or uuid4().hex,
    }
    return staff_page(request, session, me, "sessions/list.html", context, status)


@router.post("/participants/{public_id}/sessions")
@for_staff(*PLANNERS)
def plan(
    request: Request, session: SessionDep, me: StaffDep, public_id: str, form: FormDep, now: NowDep
) -> Response:
    """One session, or one a week to the end; the same form sent again plans nothing more."""
    who = active_participant(session, me, public_id)
    tr = tr_of(request)
    checked = check(forms.PlanForm, form, tr, forms.slot_days(me.timezone, now, tr))
    planner = about(me, who, now)
    errors: Mapping[str, str] = forms.name_empty(checked.errors, form, tr)
    if service.planned_before(session, planner, form.token):
        return see_other(f"/participants/{public_id}/sessions", "same")
    if checked.value:
        if checked.value.repeat == "weekly":
            found = queries.appointments(session, who.id)
            standing = [one for one in found if one.state != "cancelled"]
            chosen = forms.weekly_slots(session, me, who, checked.value, standing, tr)
        else:
            chosen = forms.one_slot(session, me, who, checked.value, tr)
        if not chosen.errors:
            service.plan(session, planner, chosen.slots, form.token)
            weeks = urlencode([("kept", week) for week in chosen.kept])
            target = f"/participants/{public_id}/sessions"
            return see_other(f"{target}?{weeks}" if weeks else target, "saved")
        errors = chosen.errors
    return _list_page(request, session, me, who, now, form, errors, 422)
