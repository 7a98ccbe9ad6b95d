"""A participant changes the code of their phone; the present one is asked for once more.

The old code is counted and verified like at the lock: this page is no second door.
"""

from datetime import datetime

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.signin import phone
from app.signin.phone_routes import (
    NewPinForm,
    device_on,
    differ,
    in_write,
    minutes_to_wait,
    pin_is_right,
    way_in,
)
from app.visit.gate import NowDep, for_whoever_was_enrolled, public
from app.visit.tokens import hash_secret
from app.visit.visits import ParticipantVisit
from app.web.forms import FormDep, Plain, check
from app.web.pages import page, see_other, tr_of

router = APIRouter()


class ChangePinForm(NewPinForm):
    old: Plain


@router.get("/me/pin")
@for_whoever_was_enrolled
def show_pin(visit: ParticipantVisit) -> Response:
    return page(visit.request, "signin/change_pin.html", {"wait": 0})


@router.post("/me/pin")
@public
async def change_pin(request: Request, form: FormDep, now: NowDep) -> Response:
    """Public like the lock: hashing takes its time, and holds no transaction meanwhile."""
    device = await run_in_threadpool(device_on, request)
    tr = tr_of(request)
    if device is None:
        return see_other(way_in(request))
    checked = check(ChangePinForm, form, tr)
    errors = {**checked.errors, **differ(checked.value, tr)}
    wait = minutes_to_wait(device, now)
    if checked.value is None or errors or wait:
        return page(request, "signin/change_pin.html", {"errors": errors, "wait": wait}, 422)
    right = await pin_is_right(request, device, checked.value.old, now)
    if right is None:
        return await _not_now(request, now)
    if not right:
        errors = {"old": tr("That is not the code. Please try again.")}
        return page(request, "signin/change_pin.html", {"errors": errors, "wait": 0}, 422)
    hashed = await hash_secret(checked.value.pin)

    def write(session: Session) -> bool:
        actor = phone.actor_of(device, request.state.request_id)
        return phone.change_pin(session, device, hashed, actor, now)

    if not await in_write(request, write):
        return see_other(way_in(request))
    return see_other("/me/settings", "saved")


async def _not_now(request: Request, now: datetime) -> Response:
    device = await run_in_threadpool(device_on, request)
    if device is None:
        return see_other(way_in(request))
    context = {"errors": {}, "wait": minutes_to_wait(device, now)}
    return page(request, "signin/change_pin.html", context, 422)
