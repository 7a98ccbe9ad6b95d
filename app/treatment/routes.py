"""A participant's sessions for staff: the plan of the treatment beside what became of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.appointments import forms, phone_routes, queries, service, words
from app.appointments.plan import plan_view
from app.clock import local_day
from app.named import PublicId
from app.notes.queries import notes_of
from app.staff.frame import staff_page
from app.treatment import note_routes, step_routes
from app.treatment.here import about, active_participant
from app.visit.gate import for_staff
from app.visit.roles import PLANS_SESSIONS, READS_RECORDS
from app.visit.scope import ScopedParticipant, participant_for
from app.visit.visits import StaffVisit
from app.web.forms import Form, check
from app.web.pages import see_other

router = APIRouter()
router.include_router(phone_routes.router)
router.include_router(step_routes.router)
router.include_router(note_routes.router)


@router.get("/participants/{public_id}/sessions")
@for_staff(READS_RECORDS)
def show_sessions(
    visit: StaffVisit,
    public_id: PublicId,
    day: date | None = None,
    kept: Annotated[tuple[int, ...], Query()] = (),
) -> Response:
    """``day``: one that a note agreed on, to be planned; ``kept``: weeks just left out."""
    who = participant_for(visit.session, visit.me, public_id)
    form = Form({"day": [str(day)], "repeat": ["once"]} if day else {})
    return _list_page(visit, who, form, {}, 200, kept)


def _list_page(
    visit: StaffVisit,
    who: ScopedParticipant,
    form: Form,
    errors: Mapping[str, str],
    status: int,
    kept: Sequence[int] = (),
) -> Response:
    found = queries.appointments(visit.session, who.id)
    today = local_day(visit.now, who.timezone)
    tr = visit.tr
    view = plan_view(visit.protocol, who.first_dose_on, found, who.timezone, today, tr.lang)
    context = {
        "nav": "sessions",
        "who": who,
        "now": visit.now,
        "words": words,
        "plan": view,
        "kept": words.kept(view, kept, visit.me.timezone, tr),
        "summary": queries.summary(found, visit.now),
        "notes": notes_of(visit.session, who.id),
        "can_plan": visit.me.may(PLANS_SESSIONS) and who.status == "active",
        "form": form,
        "errors": errors,
        "idem": form.token or uuid4().hex,
    }
    return staff_page(visit, "treatment/list.html", context, status)


@router.post("/participants/{public_id}/sessions")
@for_staff(PLANS_SESSIONS)
def plan(visit: StaffVisit, public_id: PublicId) -> Response:
    """One session, or one a week to the end; the same form sent again plans nothing more."""
    who = active_participant(visit.session, visit.me, public_id)
    tr = visit.tr
    checked = check(
        forms.PlanForm, visit.form, tr, forms.slot_days(visit.me.timezone, visit.now, tr)
    )
    planner = about(visit.me, who, visit.now)
    errors: Mapping[str, str] = forms.name_empty(checked.errors, visit.form, tr)
    if service.planned_before(visit.session, visit.me.site_id, planner, visit.form.token):
        return see_other(f"/participants/{public_id}/sessions", "same")
    if checked.value:
        if checked.value.repeat == "weekly":
            found = queries.appointments(visit.session, who.id)
            standing = [one for one in found if one.state != "cancelled"]
            chosen = forms.weekly_slots(
                visit.session, visit.me, who, checked.value, standing, visit.protocol.weeks, tr
            )
        else:
            chosen = forms.one_slot(visit.session, visit.me, who, checked.value, tr)
        if not chosen.errors:
            service.plan(visit.session, planner, chosen.slots, visit.form.token)
            weeks = urlencode([("kept", week) for week in chosen.kept])
            target = f"/participants/{public_id}/sessions"
            return see_other(f"{target}?{weeks}" if weeks else target, "saved")
        errors = chosen.errors
    return _list_page(visit, who, visit.form, errors, 422)
