"""What a page says when something went wrong; nothing that was typed is lost or shown.

An error that nobody foresaw names no table, no value and no trace. A write that did not
commit says so, keeps the form, offers to send it again, and shows the emergency number.
"""

import logging
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.db import Busy
from app.i18n import N_
from app.web.forms import BadForm, Form
from app.web.pages import page, tr_of

log = logging.getLogger("daybook")
# The database is held by others, out of connections, or away: it may answer in a moment.
UNAVAILABLE = (OperationalError, NoConnection, Busy)
SECRET_PATHS = ("/lock", "/start", "/start/pin", "/me/pin", "/sign-in", "/sign-in/link")
TEXTS = {
    400: N_("The page could not be read."),
    403: N_("This page is not for your role."),
    404: N_("There is no such page."),
    405: N_("This address cannot be used that way."),
    409: N_("This was changed in the meantime."),
    413: N_("That is too much at once."),
    422: N_("The page could not be read."),
}


class NotFound(HTTPException):
    """Missing and foreign are the same: neither exists for whoever asks."""

    def __init__(self) -> None:
        super().__init__(404)


async def show_http_error(request: Request, error: Any) -> Response:
    text = TEXTS.get(error.status_code, TEXTS[400])
    return page(
        request,
        "error.html",
        {"code": error.status_code, "text": tr_of(request)(text)},
        error.status_code,
    )


async def show_bad_form(request: Request, error: Any) -> Response:
    context = {"code": error.status, "text": tr_of(request)(error.text)}
    return page(request, "error.html", context, error.status)


async def show_bad_address(request: Request, _error: Any) -> Response:
    """A path that does not parse (a date that does not exist) is a page that does not exist."""
    return await show_http_error(request, NotFound())


async def show_unavailable(request: Request, error: Any) -> Response:
    log.error(
        "request %s: the database did not answer (%s)",
        request.state.request_id,
        type(error).__name__,
    )
    answer = await _not_saved(request, 503)
    answer.headers["Retry-After"] = "10"
    return answer


def _silent(error: BaseException) -> BaseException:
    """The kind of the error without its words: they may repeat what somebody typed."""
    return Exception(type(error).__name__)


async def show_crash(request: Request, error: Any) -> Response:
    log.error(
        "request %s failed: %s",
        request.state.request_id,
        type(error).__name__,
        exc_info=(type(error), _silent(error), error.__traceback__),
    )
    return await _not_saved(request, 500)


class CatchCrash:
    """Answers what no handler foresaw, inside the security headers.

    Starlette's own last resort stands outside of every middleware.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            answer = await show_crash(Request(scope), error)
            await answer(scope, receive, send)


async def _not_saved(request: Request, status: int) -> Response:
    """The form again, ready to be sent again under the same token."""
    form: Form = getattr(request.state, "form", None) or Form({})
    fields = [*form.pairs(), *form.technical()] if form.fields or form.token else []
    if request.url.path in SECRET_PATHS:
        fields = []  # a PIN or a password is typed again
    return page(request, "not_saved.html", {"fields": fields, "path": request.url.path}, status)


def install(app: FastAPI) -> None:
    app.add_exception_handler(HTTPException, show_http_error)
    app.add_exception_handler(RequestValidationError, show_bad_address)
    app.add_exception_handler(BadForm, show_bad_form)
    for kind in UNAVAILABLE:
        app.add_exception_handler(kind, show_unavailable)
