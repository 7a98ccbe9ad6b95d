"""What waited behind the lock: shown after the PIN, to be sent or to be left."""

import re
from dataclasses import replace

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.auth import held, phone
from app.auth.gate import (
    NowDep,
    ParticipantDep,
    SessionDep,
    for_whoever_was_enrolled,
    public,
)
from app.auth.identity import DEVICE_COOKIE
from app.web.forms import FormDep
from app.web.pages import page, see_other, tr_of

router = APIRouter()
# The pages that ask something: a draft of any other address is none of ours.
_ASKS = re.compile(r"/(today|day|calendar)/[A-Za-z0-9/-]{1,150}", re.ASCII)


@router.post("/held/keep")
@public
async def keep_typed(request: Request, form: FormDep, now: NowDep) -> Response:
    """What was answered on a page that locks by itself and had not been sent.

    Public like the lock: the session of a page that was left alone has often ended already.
    """
    page_path = form.one("page")
    fields = {name: values for name, values in form.fields.items() if name != "page"}
    if not fields or not _ASKS.fullmatch(page_path):
        raise HTTPException(422)
    database = request.app.state.database

    def keep() -> None:
        with database.read() as session:
            device = phone.device_of(session, request.cookies.get(DEVICE_COOKIE))
        if device and not device.has_left:
            held.keep(database, device.id, page_path, replace(form, fields=fields), now)

    async with database.turn:
        await run_in_threadpool(keep)
    return Response(status_code=204)


@router.get("/held")
@for_whoever_was_enrolled
def show_held(request: Request, session: SessionDep, me: ParticipantDep) -> Response:
    """What was being sent when the lock came down, ready to be sent again."""
    waiting = held.oldest(session, me.device_id)
    if waiting is None:
        return see_other("/today")
    tr = tr_of(request)
    context = {
        "held": waiting,
        "kind": tr(held.kind_of(waiting.path)),
        "when": tr.moment(waiting.at, me.timezone),
    }
    return page(request, "auth/held.html", context)


@router.post("/held/drop")
@for_whoever_was_enrolled
def drop_held(request: Request, session: SessionDep, me: ParticipantDep, form: FormDep) -> Response:
    """Not to be sent after all: the gate has dropped the form that ``held`` names."""
    if form.fields:
        raise HTTPException(422)
    return see_other("/held")
