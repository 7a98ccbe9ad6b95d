"""The line that Today asks for by itself, and the log of what was shown for the investigator."""

from fastapi import APIRouter
from starlette.responses import Response

from app.framing import queries, service
from app.i18n import N_
from app.instruments.framing.library import load_library
from app.named import PublicId
from app.staff.frame import staff_page
from app.visit.gate import for_participants, for_staff
from app.visit.roles import READS_MESSAGES
from app.visit.scope import participant_for
from app.visit.visits import ParticipantVisit, StaffVisit
from app.web.forms import BadForm, FormModel, check
from app.web.pages import page

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
def show_message(visit: ParticipantVisit) -> Response:
    """A POST, because what was shown is logged; 204 where no message may stand."""
    tr = visit.tr
    if check(NothingForm, visit.form, tr).value is None:
        raise BadForm(N_("This page has no such field."), 422)
    shown = service.message_of_today(visit.session, visit.me, visit.protocol.framing, visit.now)
    if shown is None:
        return Response(status_code=204)
    message, language = shown
    context = {"text": message.text.say(language), "language": language}
    return page(visit.request, "framing/_message.html", context)


@router.get("/participants/{public_id}/messages")
@for_staff(READS_MESSAGES)
def list_messages(visit: StaffVisit, public_id: PublicId) -> Response:
    who = participant_for(visit.session, visit.me, public_id)
    context = {
        "nav": "participants",
        "who": who,
        "framing": visit.protocol.framing,
        "library": load_library(),
        "shown": queries.exposures(visit.session, who.id),
        "message_of": service.message_of,
        "ways": WAYS,
        "frames": FRAMES,
    }
    return staff_page(visit, "framing/messages.html", context)
