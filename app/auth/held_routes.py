"""What waited behind the lock: shown after the PIN, to be sent or to be left."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.auth import held
from app.auth.gate import ParticipantDep, SessionDep, for_whoever_was_enrolled
from app.web.forms import FormDep
from app.web.pages import page, see_other, tr_of

router = APIRouter()


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
