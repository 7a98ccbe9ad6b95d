"""What a page says when something went wrong; nothing that was typed is lost or shown.

An error that nobody foresaw names no table, no value and no trace. A write that did not
commit says so, keeps the form, offers to send it again, and shows the emergency number.
"""

import logging
import re
from contextlib import suppress
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from markupsafe import escape
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from app.db import Busy
from app.i18n import N_
from app.web.bodies import MAX_BODY
from app.web.forms import BadForm, Form, form_of
from app.web.origin import CONFIRMED, Nowhere, confirmation
from app.web.pages import is_fragment, page, tr_of

log = logging.getLogger("daybook")
# The database is held by others, out of connections, or away: it may answer in a moment.
UNAVAILABLE = (OperationalError, NoConnection, Busy)
SECRET_PATHS = (
    "/lock",
    "/start",
    "/start/pin",
    "/me/pin",
    "/sign-in",
    "/sign-in/link",
    "/sign-in/second",
    "/account/password",
    "/sign-in/setup/password",
    "/sign-in/setup/app",
    "/sign-in/setup/passkey",
    "/account/factor",
    "/account/factor/remove",
    "/account/passkey",
    "/account/recovery",
)
TEXTS = {
    400: N_("The page could not be read."),
    403: N_("This page is not for your role."),
    404: N_("There is no such page."),
    405: N_("This address cannot be used that way."),
    409: N_("This was changed in the meantime."),
    413: N_("That is too much at once."),
    415: N_("This address takes forms only."),
    422: N_("The page could not be read."),
    429: N_("Too many attempts. Please wait a moment."),
    500: N_("Not saved: something went wrong on our side. What you typed is still here."),
    503: N_("Not saved: something went wrong on our side. What you typed is still here."),
}
LOOK_AGAIN = N_("Please look at this once more.")
# What happened, and what to do.
ELSEWHERE = (
    N_("This was sent from another site."),
    N_("If you wanted to send it, open Daybook in a new tab and enter it there."),
)
IS_LOCKED = (
    N_("Not saved: this part of the record is locked."),
    N_("Nothing of it is changed until a data manager lifts the lock. What you typed is below."),
    N_("If somebody may be in danger, act on it now: alerts and what participants tell go on."),
)
NOWHERE = (
    N_("Nothing is stored yet."),
    N_("Your browser did not say that this comes from Daybook. If you sent it, send it again."),
)
# The secrets of a door, which no page shows again: what each field is called, and its kind.
ANEW = {
    "email": (N_("Email address"), "email"),
    "password": (N_("Password"), "password"),
    "code": (N_("Code"), "text"),
    "pin": (N_("Code"), "password"),
    "old": (N_("Your present code"), "password"),
    "present": (N_("Your present password"), "password"),
    "again": (N_("The same code again"), "password"),
}
# An address is no secret by itself, nor is the code of a participant, which is this short.
_PLAIN_CODE = 20
# A code, a number, a date: whatever a person ticks or picks.
_CHOSEN = re.compile(r"[\w:.+/-]{1,40}", re.ASCII)


class Unheeded(Exception):
    """A route took a form with faults for a whole one: nothing of it is committed."""

    def __init__(self, form: Form):
        super().__init__()
        self.form = form


class RecordLocked(Exception):
    """What a form would change is locked: the database refused it, and nothing is stored."""


class NotFound(HTTPException):
    """Missing and foreign are the same: neither exists for whoever asks."""

    def __init__(self) -> None:
        super().__init__(404)


async def show_http_error(request: Request, error: Any) -> Response:
    answer = await show_refusal(request, error.status_code)
    answer.headers.update(error.headers or {})
    return answer


async def show_status(request: Request, status: int) -> Response:
    """In the place of a bare line of what stands around the application."""
    return await show_refusal(request, status)


async def show_bad_form(request: Request, error: Any) -> Response:
    return await show_refusal(request, error.status, error.text)


async def show_unheeded(request: Request, error: Any) -> Response:
    """A form with faults that its route has no place for: what was typed, to be sent again."""
    return await show_refusal(request, error.form.status, LOOK_AGAIN, again=True)


async def show_locked(request: Request, _error: Any) -> Response:
    """What was typed is shown, to be kept elsewhere until the lock is lifted."""
    return await show_refusal(request, 409, *IS_LOCKED)


async def show_elsewhere(request: Request) -> Response:
    return await show_refusal(request, 403, *ELSEWHERE)


async def show_nowhere(request: Request, _error: Any) -> Response:
    """Nothing says that it came from a page of ours: whoever reads it may say so."""
    return await show_refusal(request, 403, *NOWHERE, again=True)


async def show_bad_address(request: Request, _error: Any) -> Response:
    """A path that does not parse (a date that does not exist) is a page that does not exist."""
    return await show_http_error(request, NotFound())


async def show_refusal(
    request: Request,
    status: int,
    text: str = "",
    *said: str,
    again: bool = False,
    stored: bool = False,
    door: str = "",
) -> Response:
    """Why nothing was stored, what was typed, and where Help is, in the reader's language.

    ``said`` adds sentences; all of them are translated here. With ``again`` the form can be sent
    again from here, signed; a PIN, a password or a code is typed anew for that. What is too much
    is shown as far as a form may be long, and not offered to be refused once more. ``stored``: a
    part of it stands, which ``said`` tells. ``door``: where to sign in before.
    """
    await _recognise(request)
    tr, form = tr_of(request), await _form(request)
    words = tr(text or TEXTS.get(status, TEXTS[400]))
    said = tuple(dict.fromkeys([*said, *form.faults.values()]))
    if is_fragment(request):
        # It is put under the field that was being written, beside all that stands there.
        return HTMLResponse(str(escape(" ".join([words, *map(tr, said)]))), status)
    again = again and form.status != 413
    secret = request.url.path in SECRET_PATHS
    pairs = [] if secret else _shown(form)
    # To staff, what is foreign and what is not there look the same however they are asked for.
    same = status == 404 and hasattr(getattr(request.state, "me", None), "role")
    context = {
        "text": words,
        "said": [tr(sentence) for sentence in said],
        "typed": [] if same else _at_most(MAX_BODY, _texts(pairs, words_alone=bool(door))),
        "action": request.url.path if again else None,
        "fields": [*pairs, *form.technical()] if again and not secret else [],
        "anew": [
            name for name in form.fields if name in ANEW and (secret or name not in dict(pairs))
        ],
        "labels": {name: tr(words) for name, (words, _) in ANEW.items()},
        "kinds": {name: kind for name, (_, kind) in ANEW.items()},
        "signed": (CONFIRMED, confirmation(request)) if again else None,
        "stored": stored,
        "door": door,
        "home": _home(request),
    }
    return page(request, "error.html", context, status)


def _texts(pairs: list[tuple[str, str]], *, words_alone: bool) -> list[str]:
    """What is shown of a form; with ``words_alone`` what was written and not what was chosen."""
    texts = [value for _, value in pairs if value.strip()]
    return [text for text in texts if not (words_alone and _CHOSEN.fullmatch(text))]


def _shown(form: Form) -> list[tuple[str, str]]:
    """What was typed without the secrets, whatever address it was sent to."""
    return [pair for pair in form.pairs() if not _is_secret(*pair)]


def _is_secret(name: str, value: str) -> bool:
    return name in ANEW and name != "email" and (name != "code" or len(value) > _PLAIN_CODE)


def _at_most(left: int, texts: list[str]) -> list[str]:
    """The texts from the first on, until so many characters are used up."""
    found = []
    for text in texts:
        if left > 0:
            found.append(text[:left])
        left -= len(text)
    return found


def _home(request: Request) -> str:
    """Under a name that is none of ours, the pages of this one do not open."""
    settings = request.app.state.settings
    return "" if request.url.hostname == settings.host_name else settings.base_url


async def _form(request: Request) -> Form:
    try:
        return await form_of(request)
    except ClientDisconnect:
        return Form({})


async def _recognise(request: Request) -> None:
    """Whoever is signed in reads the page in their language, also where no route was reached."""
    if getattr(request.state, "me", None) is None:
        try:
            await run_in_threadpool(request.app.state.recognise, request)
        except UNAVAILABLE:
            log.warning("a refusal is shown to somebody unknown")


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
    with suppress(Exception):  # whatever broke may break this as well
        await _recognise(request)
    return await _not_saved(request, 500)


async def _not_saved(request: Request, status: int) -> Response:
    """The form again, ready to be sent again under the same token."""
    form: Form = getattr(request.state, "form", None) or Form({})
    if is_fragment(request):
        return HTMLResponse(str(escape(tr_of(request)(TEXTS[status]))), status)
    fields = [*_shown(form), *form.technical()] if form.fields or form.token else []
    if request.url.path in SECRET_PATHS:
        fields = []  # a PIN or a password is typed again
    return page(request, "not_saved.html", {"fields": fields, "path": request.url.path}, status)


def install(app: FastAPI) -> None:
    app.add_exception_handler(HTTPException, show_http_error)
    app.add_exception_handler(RequestValidationError, show_bad_address)
    app.add_exception_handler(BadForm, show_bad_form)
    app.add_exception_handler(Unheeded, show_unheeded)
    app.add_exception_handler(Nowhere, show_nowhere)
    app.add_exception_handler(RecordLocked, show_locked)
    for kind in UNAVAILABLE:
        app.add_exception_handler(kind, show_unavailable)
