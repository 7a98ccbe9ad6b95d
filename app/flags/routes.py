"""The triage page: which flags are open, why one was raised, and what was done about it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.flags import flag_routes, queries, service
from app.flags.pages import flag_page, list_context, seen_before
from app.named import PublicId, Version
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import HANDLES_ALERTS, READS_TRAIL, RUNS_SITE
from app.visit.visits import StaffVisit
from app.web.forms import FormModel, check
from app.web.pages import NOTES, is_fragment, page, see_other

router = APIRouter()
router.include_router(flag_routes.router)
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
    version: Version
    note: Annotated[str, Field(max_length=2000)] = ""
    look: str = ""
    """of the contact that the page shows (``pages.seen_before``)"""


class ResolveForm(FormModel):
    version: Version
    outcome: Outcome
    note: Annotated[str, Field(min_length=1, max_length=2000)]
    look: str = ""


@router.get("/flags")
@for_staff(HANDLES_ALERTS, RUNS_SITE, READS_TRAIL)
def flags(visit: StaffVisit) -> Response:
    """The list; alone where the page asks for it again by itself.

    Sign-in leads here; who sees nobody's alerts goes on to the page that is theirs.
    """
    if not visit.me.may(HANDLES_ALERTS):
        return see_other("/site" if visit.me.may(RUNS_SITE) else "/audit")
    chosen = visit.request.query_params.get("current", "")
    context = {**list_context(visit, chosen), "flag": None}
    if is_fragment(visit.request):
        return page(visit.request, "flags/_queue.html", context)
    return staff_page(visit, "flags/flags.html", context)


@router.get("/flags/{public_id}")
@for_staff(HANDLES_ALERTS, records_read=True, in_need=True)
def one_flag(visit: StaffVisit, public_id: PublicId) -> Response:
    """One flag beside the list; that it was read is on record."""
    flag = queries.flag_for(visit.session, visit.me, public_id)
    audit.record(
        visit.session, visit.me.actor, "flag.read", Subject("flag", flag.id), now=visit.now
    )
    return flag_page(visit, flag)


@router.post("/flags/{public_id}/acknowledge")
@for_staff(HANDLES_ALERTS)
def acknowledge(visit: StaffVisit, public_id: PublicId) -> Response:
    """Taken; a number that is on the screen stays there, as one is about to dial it."""
    flag = queries.flag_for(visit.session, visit.me, public_id)
    checked = check(AcknowledgeForm, visit.form, visit.tr)
    if checked.value is None:
        return flag_page(visit, flag, checked.errors, checked.raw, 422)
    value = checked.value
    try:
        service.acknowledge(
            visit.session, visit.me, public_id, value.version, value.note, visit.now
        )
    except service.ChangedMeanwhile:
        return _changed(visit, public_id, checked.raw)
    seen = seen_before(visit, flag)
    if seen is None:
        return see_other(f"/flags/{public_id}", "acknowledged")
    flag = queries.flag_for(visit.session, visit.me, public_id)
    return flag_page(visit, flag, seen=seen, saved=visit.tr(NOTES["acknowledged"]))


@router.post("/flags/{public_id}/resolve")
@for_staff(HANDLES_ALERTS)
def resolve(visit: StaffVisit, public_id: PublicId) -> Response:
    flag = queries.flag_for(visit.session, visit.me, public_id)
    checked = check(ResolveForm, visit.form, visit.tr)
    if checked.value is None:
        return flag_page(visit, flag, checked.errors, checked.raw, 422)
    value = checked.value
    try:
        service.resolve(
            visit.session, visit.me, public_id, value.version, value.outcome, value.note, visit.now
        )
    except service.ChangedMeanwhile:
        return _changed(visit, public_id, checked.raw)
    return see_other(f"/flags/{public_id}", "resolved")


def _changed(visit: StaffVisit, public_id: str, raw: Mapping[str, list[str]]) -> Response:
    """The flag as it is now, with what was typed, ready to be sent once more."""
    tr = visit.tr
    text = tr(
        "This alert changed after you opened it, so nothing was stored. Look at it as it is "
        "now, then send again."
    )
    flag = queries.flag_for(visit.session, visit.me, public_id)
    return flag_page(visit, flag, {"": text}, raw, 409)
