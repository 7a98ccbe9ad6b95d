"""Where the gate sends somebody who is not signed in, or not on an open session."""

from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.auth import held, phone
from app.auth.gate import HasLeft, NotAllowed, NotSignedIn
from app.auth.identity import DEVICE_COOKIE
from app.auth.phone_routes import way_in
from app.auth.staff_routes import came_from
from app.web.errors import UNAVAILABLE, show_http_error, show_unavailable
from app.web.middleware import SAFE_METHODS
from app.web.pages import is_fragment, page, see_other

# What these buttons show to the team is not offered again behind the lock, as if it were a text.
SHOWS_TO_TEAM = ("/share", "/finish")


async def show_sign_in(request: Request, error: Any) -> Response:
    """To the lock or the sign-in page; a participant's unsent form is kept, sealed.

    A staff member's is not, and the sign-in page says so.
    """
    if error.kind == "participant":
        try:
            await _hold(request, error)
        except UNAVAILABLE as trouble:  # no handler stands above this one
            return await show_unavailable(request, trouble)
        return _go(_door(request), request)
    if request.method not in SAFE_METHODS:
        from_page = came_from(request)
        wanted = "" if from_page == "/" else f"&next={from_page}"
        return _go(f"/sign-in?unsent=1{wanted}", request)
    path = "" if is_fragment(request) else request.url.path
    return _go(f"/sign-in?next={path}" if path else "/sign-in", request)


def _door(request: Request) -> str:
    """A known phone asks for its code, one on its way in for a new one; others need to be asked."""
    if DEVICE_COOKIE in request.cookies:
        return "/lock"
    return way_in(request)


def _go(url: str, request: Request) -> Response:
    answer = see_other(url)
    if is_fragment(request):
        # A redirect inside a fragment would put the sign-in page into a corner of this one.
        answer.status_code = 401
        answer.headers["HX-Redirect"] = url
    return answer


async def _hold(request: Request, error: NotSignedIn) -> None:
    """Keep what was typed; a press that shows something to the team is pressed again or not."""
    if request.method in SAFE_METHODS or not error.form.fields:
        return
    if request.url.path.endswith(SHOWS_TO_TEAM):
        return
    database = request.app.state.database

    def keep() -> None:
        with database.read() as session:
            device = phone.device_of(session, request.cookies.get(DEVICE_COOKIE))
        if device and not device.has_left:
            now = request.app.state.clock()
            held.keep(database, device.id, request.url.path, error.form, now)

    async with database.turn:
        await run_in_threadpool(keep)


async def show_not_allowed(request: Request, _error: Any) -> Response:
    return await show_http_error(request, HTTPException(403))


async def show_has_left(request: Request, _error: Any) -> Response:
    """What is still there for whoever left the study; what was sent, if anything, is not stored."""
    sent = request.method not in SAFE_METHODS
    return page(request, "auth/left.html", {"sent": sent}, 403 if sent else 200)


def install_redirects(app: FastAPI) -> None:
    app.add_exception_handler(HasLeft, show_has_left)
    app.add_exception_handler(NotSignedIn, show_sign_in)
    app.add_exception_handler(NotAllowed, show_not_allowed)
