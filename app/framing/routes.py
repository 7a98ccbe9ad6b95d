"""The line that Today asks for by itself, and the log of what was shown for the investigator."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import NowDep, ParticipantDep, SessionDep, StaffDep, for_participants, for_staff
from app.auth.scope import participant_for
from app.framing import queries, service
from app.i18n import N_
from app.instruments.framing.library import load_library
from app.protocol.loader import load_protocol
from app.safety.frame import staff_page
from app.web.forms import BadForm, FormDep, FormModel, check
from app.web.pages import page, tr_of

router = APIRouter()
WAYS = {
    "gain": N_("always a gain frame"),
    "by_rule": N_("a loss frame when few days have entries"),
    "alternating_weeks": N_("a loss frame in even study weeks"),
}
FRAMES = {"gain": N_("Gain"), "loss": N_("Loss")}


class NothingForm(FormModel):
    """The line is asked for and says nothing by itself."""


@router.post("/today/message")
@for_participants
def show_message(
    request: Request, session: SessionDep, me: ParticipantDep, form: FormDep, now: NowDep
) -> Response:
    """A POST, because what was shown is logged; 204 where no message may stand."""
    tr = tr_of(request)
    if check(NothingForm, form, tr).value is None:
        raise BadForm(N_("This page has no such field."), 422)
    shown = service.message_of_today(session, me, load_protocol().framing, now)
    if shown is None:
        return Response(status_code=204)
    message, language = shown
    context = {"text": message.text.say(language), "language": language}
    return page(request, "framing/_message.html", context)


@router.get("/participants/{public_id}/messages")
@for_staff("investigator")
def list_messages(request: Request, session: SessionDep, me: StaffDep, public_id: str) -> Response:
    who = participant_for(session, me, public_id)
    context = {
        "nav": "participants",
        "who": who,
        "framing": load_protocol().framing,
        "library": load_library(),
        "shown": queries.exposures(session, who.id),
        "message_of": service.message_of,
        "ways": WAYS,
        "frames": FRAMES,
    }
    return staff_page(request, session, me, "framing/messages.html", context)
