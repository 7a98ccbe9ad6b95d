"""A participant's door: invitation, PIN, lock, Hide."""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import Field, field_validator
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.auth import held, held_routes, phone
from app.auth.gate import NowDep, public
from app.auth.identity import DEVICE_COOKIE, SESSION_COOKIE
from app.auth.phone import KnownDevice
from app.auth.tokens import CODE_LENGTH, clean_code, hash_secret, verify_secret
from app.db import Database
from app.i18n import N_
from app.web.forms import FormDep, FormModel, check
from app.web.pages import LANGUAGE_COOKIE, page, see_other, set_cookie, tr_of

router = APIRouter()
router.include_router(held_routes.router)
DEVICE_LIFE = int(timedelta(days=400).total_seconds())


class CodeForm(FormModel):
    code: str

    @field_validator("code")
    @classmethod
    def _whole(cls, code: str) -> str:
        if len(clean_code(code)) != CODE_LENGTH:
            raise ValueError(N_("A code has 24 characters. Please compare it with the sheet."))
        return code


class PinForm(FormModel):
    pin: Annotated[str, Field(min_length=1, max_length=60)]


class NewPinForm(FormModel):
    pin: str
    again: str

    @field_validator("pin")
    @classmethod
    def _strong(cls, pin: str) -> str:
        if not (pin.isascii() and pin.isdigit() and phone.PIN_MIN <= len(pin) <= phone.PIN_MAX):
            raise ValueError(N_("Choose 6 to 12 digits."))
        if phone.weak_pin(pin):
            raise ValueError(N_("That code is easy to guess. Choose digits without a pattern."))
        return pin


def _database(request: Request) -> Database:
    return request.app.state.database


def device_on(request: Request) -> KnownDevice | None:
    """The known phone that asks; its pages speak its owner's language unless another was chosen."""
    with _database(request).read() as session:
        found = phone.device_of(session, request.cookies.get(DEVICE_COOKIE))
    if found is not None and LANGUAGE_COOKIE not in request.cookies:
        request.state.lang = found.language
    return found


def _speak(answer: Response, request: Request, device: KnownDevice) -> None:
    """Help opens without the database: the phone itself remembers its owner's language."""
    if LANGUAGE_COOKIE not in request.cookies:
        set_cookie(answer, LANGUAGE_COOKIE, device.language, max_age=DEVICE_LIFE)


def _token(request: Request) -> str | None:
    return request.cookies.get(SESSION_COOKIE)


def client_address(request: Request) -> str:
    """Whose attempts count together: an IPv4 address, or the /64 that one IPv6 customer has.

    Behind a trusted proxy the server has put the client's address in the proxy's place.
    """
    try:
        found = ip_address(request.client.host if request.client else "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Network((found, 64), strict=False))
    return str(found)


@router.get("/start")
@public
def start(request: Request) -> Response:
    """The form for an invitation; opening it uses nothing up."""
    return page(request, "auth/start.html")


@router.post("/start")
@public
async def redeem(request: Request, form: FormDep, now: NowDep) -> Response:
    tr = tr_of(request)
    checked = check(CodeForm, form, tr)
    errors = checked.errors
    if checked.value:
        done = await in_write(
            request,
            phone.try_redeem,
            checked.value.code,
            client_address(request),
            now,
            request.state.request_id,
        )
        if done:
            answer = see_other("/start/pin")
            set_cookie(answer, DEVICE_COOKIE, done.device_token, max_age=DEVICE_LIFE)
            set_cookie(answer, SESSION_COOKIE, done.session_token)
            return answer
        errors = {
            "code": tr(
                "This code does not work. It may be used already, or older than a "
                "day. Wait a moment and try again, or ask the study team for a new one."
            )
        }
    return page(request, "auth/start.html", {"errors": errors, "code": form.one("code")}, 422)


async def in_write(request: Request, write: Any, *args: Any) -> Any:
    """One transaction of its own: a refusal counts as an attempt, whatever the page says."""
    database = _database(request)

    def run() -> Any:
        with database.write() as session:
            return write(session, *args)

    async with database.turn:
        return await run_in_threadpool(run)


async def in_read(request: Request, read: Any, *args: Any) -> Any:
    def run() -> Any:
        with _database(request).read() as session:
            return read(session, *args)

    return await run_in_threadpool(run)


@router.get("/start/pin")
@public
def choose_pin(request: Request) -> Response:
    device = device_on(request)
    if device is None:
        return see_other("/start")
    return see_other("/lock") if device.pin_hash else page(request, "auth/pin.html")


@router.post("/start/pin")
@public
async def set_pin(request: Request, form: FormDep, now: NowDep) -> Response:
    device = await run_in_threadpool(device_on, request)
    tr = tr_of(request)
    if device is None or not await in_read(
        request, phone.holds_session, device, _token(request), now
    ):
        return see_other("/start")
    if device.pin_hash:
        return see_other("/lock")
    checked = check(NewPinForm, form, tr)
    errors = dict(checked.errors)
    if checked.value and checked.value.pin != checked.value.again:
        errors["again"] = tr("The two codes differ. Please type the same code twice.")
    if checked.value is None or errors:
        return page(request, "auth/pin.html", {"errors": errors}, 422)
    hashed = await hash_secret(checked.value.pin)

    def write(session: Session) -> str | None:
        phone.set_pin(
            session, device.id, hashed, phone.actor_of(device, request.state.request_id), now
        )
        return phone.open_device(session, device, _token(request), now, request.state.request_id)

    token = await in_write(request, write)
    if token is None:
        return see_other("/start")
    answer = see_other("/today")
    set_cookie(answer, SESSION_COOKIE, token)
    _speak(answer, request, device)
    return answer


@router.get("/lock")
@public
async def locked(request: Request, now: NowDep) -> Response:
    """Ask for the PIN. Arriving here locks: leaving the page open is no way around it."""
    device = await run_in_threadpool(device_on, request)
    if device is None:
        return see_other("/start")
    if device.pin_hash is None:
        return see_other("/start/pin")
    if await in_read(request, phone.holds_session, device, _token(request), now):
        await in_write(request, phone.lock_device, device, now, request.state.request_id)
    waiting = await run_in_threadpool(held.count, _database(request), device.id)
    return page(
        request, "auth/lock.html", {"wait": minutes_to_wait(device, now), "waiting": waiting}
    )


def minutes_to_wait(device: KnownDevice, now: datetime) -> int:
    """Minutes until the next PIN is taken."""
    if device.locked_until is None or device.locked_until <= now:
        return 0
    return int((device.locked_until - now).total_seconds() // 60) + 1


@router.post("/lock")
@public
async def unlock(request: Request, form: FormDep, now: NowDep) -> Response:
    device = await run_in_threadpool(device_on, request)
    tr = tr_of(request)
    if device is None:
        return see_other("/start")
    checked = check(PinForm, form, tr)
    wait = minutes_to_wait(device, now)
    if checked.value is None or wait:
        return await _locked_again(request, device, checked.errors, wait)
    right = await pin_is_right(request, device, checked.value.pin, now)
    if right is None:
        return await _not_now(request, now)
    if not right:
        errors = {"pin": tr("That is not the code. Please try again.")}
        return await _locked_again(request, device, errors, 0)
    token = await in_write(
        request,
        phone.open_device,
        device,
        _token(request),
        now,
        request.state.request_id,
    )
    if token is None:
        return see_other("/start")
    waiting = await run_in_threadpool(held.count, _database(request), device.id)
    answer = see_other("/held" if waiting else "/today")
    set_cookie(answer, SESSION_COOKIE, token)
    _speak(answer, request, device)
    return answer


async def pin_is_right(
    request: Request, device: KnownDevice, typed: str, now: datetime
) -> bool | None:
    """Count the attempt, then look at it; None: not looked at, as the phone is locked or ended."""
    if not await in_write(request, phone.count_pin_error, device, now, request.state.request_id):
        return None
    if await verify_secret(device.pin_hash, typed):
        return True
    await in_write(request, phone.refuse_pin, device, now, request.state.request_id)
    return False


async def _not_now(request: Request, now: datetime) -> Response:
    device = await run_in_threadpool(device_on, request)
    if device is None:
        return see_other("/start")
    return await _locked_again(request, device, {}, minutes_to_wait(device, now))


async def _locked_again(
    request: Request, device: KnownDevice, errors: dict[str, str], wait: int
) -> Response:
    """The lock once more; what waits behind it still waits."""
    waiting = await run_in_threadpool(held.count, _database(request), device.id)
    context = {"errors": errors, "wait": wait, "waiting": waiting}
    return page(request, "auth/lock.html", context, 422)


@router.get("/hide")
@public
async def hide(request: Request, now: NowDep) -> Response:
    """Lock, clear the cache, and be somewhere neutral. A link, so that no script is needed."""
    device = await run_in_threadpool(device_on, request)
    if device is not None:
        await in_write(request, phone.lock_device, device, now, request.state.request_id)
    answer = RedirectResponse(request.app.state.settings.hide_url, 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    answer.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="lax")
    return answer
