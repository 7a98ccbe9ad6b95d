"""Where the gate sends somebody who is not signed in, or not on an open session."""

from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.i18n import N_
from app.logs import denied
from app.signin import phone
from app.signin.phone_routes import in_read, way_in
from app.visit import back, held
from app.visit.gate import HasLeft, NotAllowed, NotSignedIn, OwesConsent
from app.visit.identity import DEVICE_COOKIE, owner_of
from app.visit.visits import ParticipantVisit
from app.web.errors import UNAVAILABLE, show_http_error, show_refusal, show_unavailable
from app.web.forms import Form
from app.web.middleware import SAFE_METHODS
from app.web.pages import is_fragment, page, see_other

CONSENT = "/me/consent"
UNKNOWN = N_("This phone is no longer known.")
ASK = N_("Please ask the study team for a new invitation.")
SIGNED_OUT = N_("You were signed out. Nothing is stored yet.")
BESIDE = N_(
    "What you entered is still on this page. Sign in, which opens beside it, then come back here "
    "and send it again."
)
FULL = N_("Too much is waiting behind the lock already.")
ACTED = (
    N_("The study team is told of what cannot wait."),
    N_("The rest of this page is not stored."),
)


async def show_sign_in(request: Request, error: Any) -> Response:
    """To the lock or the sign-in page, and from there back to the page that was asked for.

    A participant's unsent form is kept, sealed. A staff member's is shown to whoever sent it, to
    be sent again after a sign-in beside it: a desk is shared, and nothing waits there for the next
    person. Where nothing can be kept, as the phone is not known, it is shown as well.
    """
    if error.kind != "participant":
        if error.form.fields and not is_fragment(request):
            return await show_refusal(
                request, 401, SIGNED_OUT, BESIDE, again=True, door=_sign_in(request, error)
            )
        return _go(_sign_in(request, error), request)
    try:
        device = await in_read(request, phone.device_of, request.cookies.get(DEVICE_COOKIE))
        kept = device is not None and await _hold(request, error, device)
    except UNAVAILABLE as trouble:  # no handler stands above this one
        return await show_unavailable(request, trouble)
    except held.Full as full:
        said = ACTED if full.acted else ()
        return await show_refusal(request, 429, FULL, *said, stored=full.acted)
    if device is None and request.method not in SAFE_METHODS and held.typed_in(error.form):
        return await show_refusal(request, 401, UNKNOWN, ASK)
    answer = _go("/lock" if DEVICE_COOKIE in request.cookies else way_in(request), request)
    who = "participant"
    page_wanted = back.wanted(request, who) or back.above(request, who)
    if device and page_wanted:
        place = back.Place(page_wanted, typed=kept, asked=True)
        back.remember(answer, request.app.state.database.keys, device.id, place)
    return answer


def _sign_in(request: Request, error: NotSignedIn) -> str:
    """The door that is shut: the first, or the second behind it."""
    door = "/sign-in/second" if error.half else "/sign-in"
    page_wanted = back.wanted(request, "staff")
    pressed = request.method not in SAFE_METHODS and not error.form.fields
    parts = {"unsent": "1"} if pressed else {}
    if page_wanted:
        parts["next"] = page_wanted
    return f"{door}?{urlencode(parts, safe='/')}" if parts else door


def _go(url: str, request: Request) -> Response:
    answer = see_other(url)
    if not is_fragment(request):
        denied(request.scope, answer.status_code)
    else:
        # A redirect inside a fragment would put the sign-in page into a corner of this one.
        answer.status_code = 401
        answer.headers["HX-Redirect"] = url
    return answer


async def _hold(request: Request, error: NotSignedIn, device: phone.KnownDevice) -> bool:
    """Keep what was typed; a press that shows something to the team is pressed again or not."""
    path = request.url.path
    if request.method in SAFE_METHODS or path.endswith(held.SHOWS_TO_TEAM) or device.has_left:
        return False
    if not held.typed_in(error.form):
        return False
    async with request.app.state.database.turn:
        await run_in_threadpool(_act_or_keep, request, error.form, device.id)
    return True


def _act_or_keep(request: Request, form: Form, device_id: int) -> None:
    """What cannot wait does not wait for a code: it is acted on, and the page kept with it.

    The answer is the lock all the same. It shows the emergency number, and nothing that was told.
    """
    database, now = request.app.state.database, request.app.state.clock()
    with database.write() as session:
        me = owner_of(session, request, device_id)
        visit = ParticipantVisit(request, session, me, now, form)
        acted = any(act(visit) for act in request.app.state.first)
        kept = acted and held.is_kept(session, device_id, form)
    if kept:
        return
    try:
        held.keep(database, device_id, request.url.path, form, now)
    except held.Full:
        raise held.Full(acted) from None


async def show_not_allowed(request: Request, _error: Any) -> Response:
    return await show_http_error(request, HTTPException(403))


async def show_has_left(request: Request, error: Any) -> Response:
    """What is still there for whoever left the study; what was sent, if anything, is not stored."""
    sent = request.method not in SAFE_METHODS
    return page(request, "signin/left.html", {"sent": sent, "how": error.how}, 403 if sent else 200)


async def show_consent_first(request: Request, _error: Any) -> Response:
    """To the text, which is read before anything is told."""
    return see_other(CONSENT, "consent_first" if request.method not in SAFE_METHODS else None)


def install_redirects(app: FastAPI) -> None:
    app.add_exception_handler(HasLeft, show_has_left)
    app.add_exception_handler(OwesConsent, show_consent_first)
    app.add_exception_handler(NotSignedIn, show_sign_in)
    app.add_exception_handler(NotAllowed, show_not_allowed)
