"""What waited behind the lock: shown after the PIN, to be sent or to be left."""

from dataclasses import replace

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.signin import phone
from app.visit import back, held
from app.visit.gate import (
    NowDep,
    for_whoever_was_enrolled,
    public,
)
from app.visit.identity import DEVICE_COOKIE
from app.visit.visits import ParticipantVisit
from app.web.forms import FormDep
from app.web.pages import forget_cookie, page, see_other

router = APIRouter()


@router.post("/held/keep")
@public
async def keep_typed(request: Request, form: FormDep, now: NowDep) -> Response:
    """What was answered on a page that locks by itself and had not been sent.

    Public like the lock: the session of a page that was left alone has often ended already.
    """
    page_path = form.one("page")
    fields = {name: values for name, values in form.fields.items() if name != "page"}
    # The forms of participants: a draft of any other address is none of ours.
    ours = back.is_form(request.app, page_path, "participant") and len(page_path) <= 200
    if not fields or not ours or page_path.endswith(held.SHOWS_TO_TEAM):
        raise HTTPException(422)
    if form.status == 413:
        raise HTTPException(413)
    database = request.app.state.database

    def keep() -> bool:
        with database.read() as session:
            device = phone.device_of(session, request.cookies.get(DEVICE_COOKIE))
        if device is None or device.has_left:
            return False
        held.keep(database, device.id, page_path, replace(form, fields=fields), now)
        return True

    async with database.turn:
        try:
            kept = await run_in_threadpool(keep)
        except held.Full:
            raise HTTPException(429) from None
    if not kept:
        raise HTTPException(403)
    return Response(status_code=204)


@router.get("/held")
@for_whoever_was_enrolled
def show_held(visit: ParticipantVisit) -> Response:
    """What was being sent when the lock came down, ready to be sent again."""
    waiting = held.oldest(visit.session, visit.me.device_id)
    if waiting is None:
        place = back.place_of(visit.request, visit.me.device_id)
        answer = see_other(place.path if place else "/today")
        forget_cookie(answer, back.BACK_COOKIE)
        return answer
    tr = visit.tr
    context = {
        "held": waiting,
        "kind": held.kind_of(waiting.path),
        "when": tr.moment(waiting.at, visit.me.timezone),
    }
    return page(visit.request, "signin/held.html", context)


@router.post("/held/drop")
@for_whoever_was_enrolled
def drop_held(visit: ParticipantVisit) -> Response:
    """Not to be sent after all: the gate has dropped the form that ``held`` names."""
    if visit.form.fields:
        raise HTTPException(422)
    return see_other("/held")
