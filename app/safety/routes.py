"""The triage page: which flags are open, why one was raised, and what was done about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.auth.gate import NowDep, SessionDep, StaffDep, for_staff
from app.auth.identity import StaffMe
from app.auth.scope import CARE_TEAM
from app.safety import figure_routes, flag_routes, queries, service, threshold_routes
from app.safety.frame import staff_page
from app.safety.pages import flag_page, list_context
from app.web.forms import FormDep, FormModel, check
from app.web.pages import is_fragment, page, see_other, tr_of

router = APIRouter()
for further in (flag_routes, figure_routes, threshold_routes):
    router.include_router(further.router)
Outcome = Literal[
    "no_action",
    "called",
    "visit",
    "medication_held",
    "referred",
    "emergency_services",
    "false_alarm",
]


class AcknowledgeForm(FormModel):
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    note: Annotated[str, Field(max_length=2000)] = ""


class ResolveForm(FormModel):
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    outcome: Outcome
    note: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("/flags")
@for_staff(*CARE_TEAM, "admin")
def flags(request: Request, session: SessionDep, me: StaffDep, now: NowDep) -> Response:
    """The list; alone where the page asks for it again by itself.

    Sign-in leads here; an administrator sees nobody's alerts and goes on to the site.
    """
    if me.role == "admin":
        return see_other("/site")
    chosen = request.query_params.get("current", "")
    context = {**list_context(request, session, me, now, chosen), "flag": None}
    if is_fragment(request):
        return page(request, "safety/_queue.html", context)
    return staff_page(request, session, me, "safety/flags.html", context)


@router.get("/flags/{public_id}")
@for_staff(*CARE_TEAM, records_read=True)
def one_flag(
    request: Request, session: SessionDep, me: StaffDep, now: NowDep, public_id: str
) -> Response:
    """One flag beside the list; that it was read is on record."""
    flag = queries.flag_for(session, me, public_id)
    audit.record(session, me.actor, "flag.read", Subject("flag", flag.id), now=now)
    return flag_page(request, session, me, now, flag)


@router.post("/flags/{public_id}/acknowledge")
@for_staff(*CARE_TEAM)
def acknowledge(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    now: NowDep,
    form: FormDep,
    public_id: str,
) -> Response:
    flag = queries.flag_for(session, me, public_id)
    checked = check(AcknowledgeForm, form, tr_of(request))
    if checked.value is None:
        return flag_page(request, session, me, now, flag, checked.errors, checked.raw, 422)
    value = checked.value
    try:
        service.acknowledge(session, me, public_id, value.version, value.note, now)
    except service.ChangedMeanwhile:
        return _changed(request, session, me, now, public_id, checked.raw)
    return see_other(f"/flags/{public_id}", "acknowledged")


@router.post("/flags/{public_id}/resolve")
@for_staff(*CARE_TEAM)
def resolve(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    now: NowDep,
    form: FormDep,
    public_id: str,
) -> Response:
    flag = queries.flag_for(session, me, public_id)
    checked = check(ResolveForm, form, tr_of(request))
    if checked.value is None:
        return flag_page(request, session, me, now, flag, checked.errors, checked.raw, 422)
    value = checked.value
    try:
        service.resolve(session, me, public_id, value.version, value.outcome, value.note, now)
    except service.ChangedMeanwhile:
        return _changed(request, session, me, now, public_id, checked.raw)
    return see_other(f"/flags/{public_id}", "resolved")


def _changed(
    request: Request,
    session: Session,
    me: StaffMe,
    now: datetime,
    public_id: str,
    raw: Mapping[str, list[str]],
) -> Response:
    """The flag as it is now, with what was typed, ready to be sent once more."""
    tr = tr_of(request)
    text = tr(
        "This alert changed after you opened it, so nothing was stored. Look at it as it is "
        "now, then send again."
    )
    flag = queries.flag_for(session, me, public_id)
    return flag_page(request, session, me, now, flag, {"": text}, raw, 409)
