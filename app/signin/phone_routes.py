"""A participant's door: PIN, lock, Hide."""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import Field, field_validator
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.clock import wait_until
from app.db import Database
from app.i18n import N_, Translator
from app.signin import held_routes, phone
from app.signin.arrival import START_COOKIE
from app.signin.phone import KnownDevice
from app.signin.pin import PIN_MAX, PIN_MIN, weak_pin
from app.visit import back, held, returned
from app.visit.gate import NowDep, public
from app.visit.identity import DEVICE_COOKIE, SESSION_COOKIE
from app.visit.tokens import verify_secret
from app.web.forms import FormDep, FormModel, Plain, check
from app.web.middleware import only_head
from app.web.pages import LANGUAGE_COOKIE, forget_cookie, page, see_other, set_cookie, tr_of

router = APIRouter()
router.include_router(held_routes.router)
DEVICE_LIFE = int(timedelta(days=400).total_seconds())


class PinForm(FormModel):
    pin: Annotated[Plain, Field(min_length=1, max_length=60)]


class NewPinForm(FormModel):
    pin: Plain
    again: Plain

    @field_validator("pin")
    @classmethod
    def _strong(cls, pin: str) -> str:
        if not (pin.isascii() and pin.isdigit() and PIN_MIN <= len(pin) <= PIN_MAX):
            raise ValueError(N_("Choose 6 to 12 digits."))
        if weak_pin(pin):
            raise ValueError(N_("That code is easy to guess. Choose digits without a pattern."))
        return pin


def differ(new: NewPinForm | None, tr: Translator) -> dict[str, str]:
    """The error of a new code that was typed twice, and not alike."""
    if new is None or new.pin == new.again:
        return {}
    return {"again": tr("The two codes differ. Please type the same code twice.")}


def database_of(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def device_on(request: Request) -> KnownDevice | None:
    """The known phone that asks.

    Its pages speak its owner's language unless another was chosen, and show the numbers
    of its owner's site as they are now; a stranger sees the first site's.
    """
    with database_of(request).read() as session:
        found = phone.device_of(session, request.cookies.get(DEVICE_COOKIE))
        request.state.site = found.site_id if found else None
        request.app.state.numbers.learn(session, request.state.site)
    if found is not None and LANGUAGE_COOKIE not in request.cookies:
        request.state.lang = found.language
    return found


def welcome(answer: Response, request: Request, language: str) -> None:
    """Help opens without the database: the phone itself remembers its owner's language."""
    if LANGUAGE_COOKIE not in request.cookies:
        set_cookie(answer, LANGUAGE_COOKIE, language, max_age=DEVICE_LIFE)


def way_in(request: Request) -> str:
    """For a phone that nobody knows: the code page if it is on its way in, else the invitation."""
    return "/start/pin" if START_COOKIE in request.cookies else "/start"


def session_token(request: Request) -> str | None:
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


async def in_write(request: Request, write: Any, *args: Any) -> Any:
    """One transaction of its own: a refusal counts as an attempt, whatever the page says."""
    database = database_of(request)

    def run() -> Any:
        with database.write() as session:
            return write(session, *args)

    async with database.turn:
        return await run_in_threadpool(run)


async def in_read(request: Request, read: Any, *args: Any) -> Any:
    def run() -> Any:
        with database_of(request).read() as session:
            return read(session, *args)

    return await run_in_threadpool(run)


@router.get("/lock")
@public
async def locked(request: Request, now: NowDep) -> Response:
    """Ask for the PIN. Arriving here locks: leaving the page open is no way around it."""
    device = await run_in_threadpool(device_on, request)
    if device is None:
        return see_other(way_in(request))
    was_open = await in_read(request, phone.holds_session, device, session_token(request), now)
    if was_open and not only_head(request.state):
        await in_write(request, phone.lock_device, device, now, request.state.request_id)
    waiting = await run_in_threadpool(held.count, database_of(request), device.id)
    answer = page(
        request, "signin/lock.html", {"wait": minutes_to_wait(device, now), "waiting": waiting}
    )
    place = back.seen_at_the_lock(request, back.place_of(request, device.id), was_open=was_open)
    if place:
        back.remember(answer, database_of(request).keys, device.id, place)
    return answer


def minutes_to_wait(device: KnownDevice, now: datetime) -> int:
    """Minutes until the next PIN is taken."""
    wait = wait_until(device.locked_until, phone.PIN_LOCK, now)
    return int(wait.total_seconds() // 60) + 1 if wait else 0


@router.post("/lock")
@public
async def unlock(request: Request, form: FormDep, now: NowDep) -> Response:
    device = await run_in_threadpool(device_on, request)
    tr = tr_of(request)
    if device is None:
        return see_other(way_in(request))
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
        session_token(request),
        now,
        request.state.request_id,
    )
    if token is None:
        return see_other(way_in(request))
    waiting = await run_in_threadpool(held.count, database_of(request), device.id)
    place = back.place_of(request, device.id)
    came_back = await in_read(request, returned.has_unseen, device.participant_id)
    first = "/held" if waiting else "/sealed" if came_back and not device.has_left else ""
    answer = see_other(first or (place.path if place else "/today"))
    if not waiting:
        forget_cookie(answer, back.BACK_COOKIE)
    set_cookie(answer, SESSION_COOKIE, token)
    welcome(answer, request, device.language)
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
        return see_other(way_in(request))
    return await _locked_again(request, device, {}, minutes_to_wait(device, now))


async def _locked_again(
    request: Request, device: KnownDevice, errors: dict[str, str], wait: int
) -> Response:
    """The lock once more; what waits behind it still waits."""
    waiting = await run_in_threadpool(held.count, database_of(request), device.id)
    context = {"errors": errors, "wait": wait, "waiting": waiting}
    return page(request, "signin/lock.html", context, 422)


@router.get("/hide")
@public
async def hide(request: Request, now: NowDep) -> Response:
    """Lock, clear the cache, and be somewhere neutral. A link, so that no script is needed."""
    device = await run_in_threadpool(device_on, request)
    if device is not None and not only_head(request.state):
        await in_write(request, phone.lock_device, device, now, request.state.request_id)
    answer = RedirectResponse(request.app.state.settings.hide_url, 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    forget_cookie(answer, SESSION_COOKIE)
    # Whoever hides a page does not want it to come up again by itself: Today opens next.
    forget_cookie(answer, back.BACK_COOKIE)
    return answer
