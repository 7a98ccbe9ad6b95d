"""The first opening on a phone: the invitation, then a code of one's own.

Between the two pages no session exists; the phone carries a sealed cookie (``arrival``).
"""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import field_validator
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.i18n import N_
from app.signin import arrival, phone
from app.signin.arrival import START_COOKIE, START_LIFE, Arrival, Standing
from app.signin.phone import KnownDevice
from app.signin.phone_routes import (
    DEVICE_LIFE,
    NewPinForm,
    database_of,
    device_on,
    differ,
    in_read,
    in_write,
    pin_is_right,
    session_token,
    welcome,
)
from app.typed import plain
from app.visit.gate import NowDep, public
from app.visit.identity import DEVICE_COOKIE, SESSION_COOKIE
from app.visit.tokens import CODE_LENGTH, clean_code, hash_secret
from app.web.forms import FormDep, FormModel, Plain, check
from app.web.pages import LANGUAGE_COOKIE, forget_cookie, page, see_other, set_cookie, tr_of

router = APIRouter()
REFUSED = N_(
    "This code does not work. It may be used already, or older than a day. "
    "Compare it with the sheet, or ask the study team for a new one."
)
FORGOTTEN = N_(
    "Your new code was not saved, as this phone no longer knows the invitation. "
    "Please type the invitation once more."
)


class CodeForm(FormModel):
    code: Plain

    @field_validator("code")
    @classmethod
    def _whole(cls, code: str) -> str:
        if len(clean_code(code)) != CODE_LENGTH:
            raise ValueError(N_("A code has 24 characters. Please compare it with the sheet."))
        return code


@router.get("/start")
@public
async def start(request: Request, now: NowDep) -> Response:
    """The form for an invitation; opening it uses nothing up."""
    on_its_way, stands = await _on_its_way(request, now)
    if on_its_way and stands.device:
        return _known_by_now(on_its_way)
    return page(request, "signin/start.html")


@router.post("/start")
@public
async def enter(request: Request, form: FormDep, now: NowDep) -> Response:
    """An invitation that works leads to the code page. It is not used up by that."""
    tr = tr_of(request)
    checked = check(CodeForm, form, tr)
    errors = checked.errors
    if checked.value:
        found = await in_read(request, arrival.enter, checked.value.code, now)
        if found:
            answer = see_other("/start/pin")
            sealed = found.sealed(database_of(request).keys, now)
            set_cookie(answer, START_COOKIE, sealed, max_age=int(START_LIFE.total_seconds()))
            return answer
        errors = {"code": tr(REFUSED)}
    return page(request, "signin/start.html", {"errors": errors, "code": form.one("code")}, 422)


@router.get("/start/pin")
@public
async def choose_code(request: Request, now: NowDep) -> Response:
    on_its_way, stands = await _on_its_way(request, now)
    if on_its_way is None:
        known = await run_in_threadpool(device_on, request)
        return see_other("/today" if known else "/start")
    if stands.device:
        return _known_by_now(on_its_way)
    return page(request, "signin/pin.html") if stands.works else _over(request)


@router.post("/start/pin")
@public
async def save_code(request: Request, form: FormDep, now: NowDep) -> Response:
    found, stands = await _on_its_way(request, now)
    if found is None:
        return await _without_invitation(request)
    tr = tr_of(request)
    checked = check(NewPinForm, form, tr)
    if stands.device:
        return await _saved_before(request, found, stands.device, plain(form.one("pin")), now)
    if not stands.works:
        return _over(request)
    errors = {**checked.errors, **differ(checked.value, tr)}
    if checked.value is None or errors:
        return page(request, "signin/pin.html", {"errors": errors}, 422)
    hashed = await hash_secret(checked.value.pin)

    def write(session: Session) -> str | None:
        old = session_token(request)
        return arrival.save_code(session, found, hashed, old, now, request.state.request_id)

    token = await in_write(request, write)
    if token is None:  # somebody was faster, perhaps this phone itself by a second tap
        stands = await in_read(request, arrival.standing, found, now)
        if stands.device is None:
            return _over(request)
        return await _saved_before(request, found, stands.device, checked.value.pin, now)
    return _in(request, found, token, stands.language)


async def _on_its_way(request: Request, now: datetime) -> tuple[Arrival | None, Standing]:
    """The arrival that this phone carries; pages speak its owner's language from here on."""
    cookie = request.cookies.get(START_COOKIE)
    found = arrival.arrival_of(database_of(request).keys, cookie, now)
    if found is None:
        return None, Standing()
    stands = await in_read(request, arrival.standing, found, now)
    if stands.language and LANGUAGE_COOKIE not in request.cookies:
        request.state.lang = stands.language
    return found, stands


def _in(request: Request, on_its_way: Arrival, token: str, language: str | None) -> Response:
    answer = see_other("/today")
    set_cookie(answer, SESSION_COOKIE, token)
    _remember(answer, on_its_way)
    if language:
        welcome(answer, request, language)
    return answer


def _remember(answer: Response, on_its_way: Arrival) -> None:
    set_cookie(answer, DEVICE_COOKIE, on_its_way.device_token, max_age=DEVICE_LIFE)
    forget_cookie(answer, START_COOKIE)


def _known_by_now(on_its_way: Arrival) -> Response:
    """The code is saved, and the answer that said so never arrived: the lock asks for it."""
    answer = see_other("/lock")
    _remember(answer, on_its_way)
    return answer


async def _saved_before(
    request: Request, on_its_way: Arrival, device: KnownDevice, pin: str, now: datetime
) -> Response:
    """The form was sent twice, as by a second tap: the same code opens as it does at the lock."""
    if not pin or not await pin_is_right(request, device, pin, now):
        return _known_by_now(on_its_way)
    token = await in_write(
        request, phone.open_device, device, session_token(request), now, request.state.request_id
    )
    return _in(request, on_its_way, token, device.language) if token else _over(request)


async def _without_invitation(request: Request) -> Response:
    """Back after saving, or a phone that has lost what it carried."""
    if await run_in_threadpool(device_on, request):
        return see_other("/today", "has_code")
    return _again(request, FORGOTTEN)


def _over(request: Request) -> Response:
    answer = _again(request, REFUSED)
    forget_cookie(answer, START_COOKIE)
    return answer


def _again(request: Request, text: str) -> Response:
    errors: dict[str, Any] = {"code": tr_of(request)(text)}
    return page(request, "signin/start.html", {"errors": errors, "code": ""}, 422)
