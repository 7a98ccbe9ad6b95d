"""The locks of a site: a list, one with what came after it, setting and lifting."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app.clock import local_day
from app.locks import queries, service
from app.locks.forms import LiftForm, LockForm, lock_days
from app.locks.queries import Lock
from app.locks.words import KINDS, SCOPES
from app.named import PublicId
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import READS_LOCKS, SETS_LOCKS
from app.visit.visits import StaffVisit
from app.web.forms import Form, check
from app.web.pages import see_other

router = APIRouter()
PATH = "/locks"


@router.get("/locks")
@for_staff(READS_LOCKS)
def show_locks(visit: StaffVisit) -> Response:
    return _list(visit, Form({}), {}, 200)


@router.post("/locks")
@for_staff(SETS_LOCKS)
def set_lock(visit: StaffVisit) -> Response:
    tr, me = visit.tr, visit.me
    today = local_day(visit.now, me.timezone)
    checked = check(LockForm, visit.form, tr, lock_days(today))
    errors = dict(checked.errors)
    form, who = checked.value, None
    if form and form.scope != "study":
        who = queries.by_code(visit.session, me, form.person)
        if who is None:
            errors["person"] = tr("There is no participant with this code at your site.")
    if form:
        errors |= _odd(visit, form)
    if form is None or errors:
        return _list(visit, visit.form, errors, 422)
    days = (form.first_day, form.last_day) if form.first_day and form.last_day else None
    new = service.set_lock(visit.session, me, form.scope, who, days, form.reason, visit.now)
    return see_other(PATH, "saved" if new else "same")


def _odd(visit: StaffVisit, form: LockForm) -> dict[str, str]:
    """What does not go with what is to be locked: nothing typed is passed over in silence."""
    tr, found = visit.tr, {}
    if form.scope == "study" and form.person:
        found["person"] = tr("The whole study has no one participant: leave this empty.")
    for name in ("first_day", "last_day"):
        if form.scope == "visit" and getattr(form, name) is None:
            found[name] = tr("Choose the day.")
        elif form.scope != "visit" and getattr(form, name) is not None:
            found[name] = tr("Days are for the lock of a visit: leave this empty.")
    if not found and form.first_day and form.last_day and form.last_day < form.first_day:
        found["last_day"] = tr("This day is before the first.")
    return found


def _list(visit: StaffVisit, form: Form, errors: Mapping[str, str], status: int) -> Response:
    context = {
        "locks": queries.locks(visit.session, visit.me),
        "may_set": visit.me.may(SETS_LOCKS),
        "form": form,
        "errors": errors,
        "idem": uuid4().hex,
        **_words(visit),
    }
    return staff_page(visit, "locks/list.html", context, status)


def _words(visit: StaffVisit) -> dict[str, Any]:
    return {
        "nav": "locks",
        "scopes": {key: visit.tr(words) for key, words in SCOPES.items()},
        "kinds": {key: visit.tr(words) for key, words in KINDS.items()},
    }


@router.get("/locks/{public_id}")
@for_staff(READS_LOCKS)
def show_lock(visit: StaffVisit, public_id: PublicId) -> Response:
    return _one(visit, queries.lock_for(visit.session, visit.me, public_id), Form({}), {}, 200)


@router.post("/locks/{public_id}/lift")
@for_staff(SETS_LOCKS)
def lift(visit: StaffVisit, public_id: PublicId) -> Response:
    lock = queries.lock_for(visit.session, visit.me, public_id)
    checked = check(LiftForm, visit.form, visit.tr)
    if checked.value is None:
        return _one(visit, lock, visit.form, checked.errors, 422)
    lifted = service.lift(visit.session, visit.me, lock.id, checked.value.reason, visit.now)
    return see_other(f"{PATH}/{public_id}", "saved" if lifted else "same")


def _one(
    visit: StaffVisit, lock: Lock, form: Form, errors: Mapping[str, str], status: int
) -> Response:
    context = {
        "lock": lock,
        "arrived": queries.arrivals(visit.session, lock),
        "may_lift": visit.me.may(SETS_LOCKS) and lock.lifted_at is None,
        "form": form,
        "errors": errors,
        "idem": uuid4().hex,
        **_words(visit),
    }
    return staff_page(visit, "locks/one.html", context, status)
