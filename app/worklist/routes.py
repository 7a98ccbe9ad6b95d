"""The worklist of the staff: who is to be called, by when, and what came of it."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.named import PublicId
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import ENTERS_TOLD, HANDLES_TASKS
from app.visit.visits import StaffVisit
from app.web.forms import Form, check
from app.web.pages import see_other
from app.web.paging import SIZE
from app.worklist import forms, phone_routes, queries, service, words
from app.worklist.service import Call

router = APIRouter()
router.include_router(phone_routes.router)
EMPTY = Form({})


@router.get("/worklist")
@for_staff(HANDLES_TASKS)
def worklist(visit: StaffVisit) -> Response:
    """Open tasks; ``?show=mine`` those of whoever asks, ``?show=closed`` what is done."""
    show = visit.request.query_params.get("show", "open")
    number = _page_number(visit.request.query_params.get("page", "1"))
    closed = show == "closed"
    newer = older = None
    if closed:
        found = queries.closed_tasks(visit.session, visit.me, SIZE + 1, (number - 1) * SIZE)
        newer = number - 1 if number > 1 else None
        older = number + 1 if len(found) > SIZE else None
        shown = found[:SIZE]
        waiting = queries.open_tasks(visit.session, visit.me)
    else:
        shown = waiting = queries.open_tasks(visit.session, visit.me)
        if show == "mine":
            shown = [one for one in waiting if one.owner_id == visit.me.id]
    context = {
        "nav": "worklist",
        "show": show,
        "tasks": shown,
        "waiting": waiting,
        "mine": sum(one.owner_id == visit.me.id for one in waiting),
        "late": sum(one.late(visit.now) for one in waiting),
        "newer": newer,
        "older": older,
        "now": visit.now,
        "words": words,
    }
    return staff_page(visit, "worklist/list.html", context)


def _page_number(text: str) -> int:
    """The first page where the address names none."""
    known = text.isascii() and text.isdigit() and 0 < len(text) < 6
    return max(1, int(text)) if known else 1


@router.get("/worklist/{public_id}")
@for_staff(HANDLES_TASKS, records_read=True)
def show_task(visit: StaffVisit, public_id: PublicId) -> Response:
    """One task; that it was read is on record."""
    task = queries.task_for(visit.session, visit.me, public_id)
    subject = Subject("task", task.id)
    audit.record(visit.session, visit.me.actor, "task.open", subject, now=visit.now)
    return _page(visit, task)


def _page(
    visit: StaffVisit,
    task: queries.ScopedTask,
    errors: dict[str, str] | None = None,
    form: Form = EMPTY,
    status: int = 200,
) -> Response:
    context: dict[str, Any] = {
        "nav": "worklist",
        "task": task,
        "steps": queries.steps_of(visit.session, task.id),
        "last": queries.last_entry(visit.session, task.participant_id),
        "callers": [
            (one.public_id, one.name)
            for one in queries.callers(visit.session, visit.me.site_id, task.counselor_id)
        ],
        "choices": [(key, visit.tr(words.OUTCOMES[key])) for key in words.CHOICES],
        "can_tell": visit.me.may(ENTERS_TOLD) and task.status != "withdrawn",
        "words": words,
        "now": visit.now,
        "errors": errors or {},
        "form": form,
    }
    return staff_page(visit, "worklist/task.html", context, status)


@router.post("/worklist/{public_id}/call")
@for_staff(HANDLES_TASKS)
def note_call(visit: StaffVisit, public_id: PublicId) -> Response:
    task = queries.task_for(visit.session, visit.me, public_id)
    tr, zone = visit.tr, visit.me.timezone
    checked = check(forms.CallForm, visit.form, tr, forms.again_days(zone, visit.now, tr))
    errors = forms.name_empty(checked.errors, visit.form, tr)
    if checked.value:
        errors |= forms.missing(checked.value, tr)
    if checked.value is None or errors:
        return _page(visit, task, errors, visit.form, 422)
    value = checked.value
    again = None
    if value.again_on is not None and value.outcome not in service.ENDS:
        again = forms.end_of_work(value.again_on, visit.protocol.working_hours, zone)
    call = Call(value.outcome, value.note, again)
    try:
        service.note_call(visit.session, visit.me, task, value.version, call, visit.now)
    except service.Changed:
        return _changed(visit, public_id)
    return see_other(f"/worklist/{public_id}", "saved")


@router.post("/worklist/{public_id}/owner")
@for_staff(HANDLES_TASKS)
def hand_over(visit: StaffVisit, public_id: PublicId) -> Response:
    task = queries.task_for(visit.session, visit.me, public_id)
    checked = check(forms.OwnerForm, visit.form, visit.tr)
    errors = forms.name_empty(checked.errors, visit.form, visit.tr)
    found = queries.callers(visit.session, visit.me.site_id, task.counselor_id)
    offered = {one.public_id: one.id for one in found}
    if checked.value and checked.value.owner not in offered:
        errors["owner"] = visit.tr("Choose somebody of the list.")
    if checked.value is None or errors:
        return _page(visit, task, errors, visit.form, 422)
    owner = offered[checked.value.owner]
    if owner == task.owner_id:
        return see_other(f"/worklist/{public_id}", "same")
    try:
        service.hand_over(visit.session, visit.me, task, checked.value.version, owner, visit.now)
    except service.Changed:
        return _changed(visit, public_id)
    return see_other(f"/worklist/{public_id}", "saved")


def _changed(visit: StaffVisit, public_id: str) -> Response:
    """The task as it stands now, with what was typed."""
    task = queries.task_for(visit.session, visit.me, public_id)
    text = visit.tr(
        "This task changed after you opened it, so nothing was stored. Look at it as it is now, "
        "then send again."
    )
    return _page(visit, task, {"": text}, visit.form, 409)
