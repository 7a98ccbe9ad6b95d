"""The staff's door: password, one-time link, sign-out; and the language of everybody."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import Field
from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.languages import LANGUAGES
from app.signin import sessions, staff
from app.signin.confirm import wait_words
from app.signin.phone_routes import client_address, in_write
from app.visit.back import came_from, own_page
from app.visit.gate import NowDep, public
from app.visit.identity import SESSION_COOKIE
from app.visit.tokens import hash_secret, is_of_old, verify_secret
from app.web.forms import FormDep, FormModel, Plain, check
from app.web.pages import LANGUAGE_COOKIE, forget_cookie, page, see_other, set_cookie, tr_of

router = APIRouter()
HOME = "/flags"
ACCOUNT = "/account"


class SignInForm(FormModel):
    email: Annotated[Plain, Field(min_length=3, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=300)]
    next: str = HOME


class LinkForm(FormModel):
    code: Annotated[Plain, Field(min_length=24, max_length=60)]


class LanguageForm(FormModel):
    lang: str


def page_after(request: Request, wanted: str) -> str:
    """``wanted`` if it is a page of staff on this site, else the first page after sign-in."""
    return own_page(request.app, wanted, "staff") or HOME


def with_next(door: str, wanted: str) -> str:
    """The address of a door that leads on to the page that was asked for."""
    return f"{door}?{urlencode({'next': wanted}, safe='/')}"


@router.get("/sign-in")
@public
def sign_in_page(request: Request) -> Response:
    wanted = page_after(request, request.query_params.get("next", HOME))
    unsent = request.query_params.get("unsent") == "1"
    return page(request, "signin/sign_in.html", {"next": wanted, "email": "", "unsent": unsent})


@router.post("/sign-in")
@public
async def sign_in(request: Request, form: FormDep, now: NowDep) -> Response:
    tr = tr_of(request)
    checked = check(SignInForm, form, tr)
    if checked.value is None:
        return _again(request, form.one("email"), form.one("next", HOME), checked.errors)
    email, address = checked.value.email.lower(), client_address(request)
    account = await in_write(request, staff.start_attempt, email, address, now)
    if isinstance(account, staff.Waiting):
        text = wait_words(tr, account.seconds)
        return _again(request, email, checked.value.next, {"": text})
    if not await verify_secret(account.password_hash, checked.value.password):
        await in_write(request, staff.refuse, account, now, request.state.request_id)
        text = tr("Address and password do not match an account.")
        return _again(request, email, checked.value.next, {"email": text})
    stored = account.password_hash or ""
    anew = await hash_secret(checked.value.password) if is_of_old(stored) else None
    token = await in_write(
        request, staff.sign_in, account, email, now, request.state.request_id, anew
    )
    if token is None:
        text = tr("Address and password do not match an account.")
        return _again(request, email, checked.value.next, {"email": text})
    return _welcome(page_after(request, checked.value.next), token)


def _again(request: Request, email: str, wanted: str, errors: dict[str, str]) -> Response:
    context = {
        "next": page_after(request, wanted),
        "email": email,
        "errors": errors,
        "unsent": False,
    }
    return page(request, "signin/sign_in.html", {**context, "unsent": False}, 422)


def _welcome(url: str, token: str) -> Response:
    answer = see_other(url)
    set_cookie(answer, SESSION_COOKIE, token)
    return answer


@router.get("/sign-in/link")
@public
def link_page(request: Request) -> Response:
    """The form for a one-time link; opening it uses nothing up."""
    return page(request, "signin/link.html")


@router.post("/sign-in/link")
@public
async def use_link(request: Request, form: FormDep, now: NowDep) -> Response:
    tr = tr_of(request)
    checked = check(LinkForm, form, tr)
    errors = checked.errors
    if checked.value:
        came = await in_write(
            request,
            staff.use_link,
            checked.value.code,
            now,
            request.state.request_id,
        )
        if came:
            # Who works with the demo comes back by the next link, and needs no password.
            settled = came.has_password or request.app.state.settings.demo
            return _welcome(HOME if settled else ACCOUNT, came.token)
        errors = {"code": tr("This link does not work. It may be used already, or too old.")}
    return page(request, "signin/link.html", {"errors": errors}, 422)


@router.post("/sign-out")
@public
async def sign_out(request: Request, now: NowDep) -> Response:
    def write(session: Session) -> Any:
        return sessions.sign_out(
            session, request.cookies.get(SESSION_COOKIE), now, request.state.request_id
        )

    await in_write(request, write)
    answer = see_other("/sign-in")
    forget_cookie(answer, SESSION_COOKIE)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@router.post("/language")
@public
async def choose_language(request: Request, form: FormDep, now: NowDep) -> Response:
    """Switch the language: of the profile when signed in, and of this browser."""
    checked = check(LanguageForm, form, tr_of(request))
    if checked.value is None or checked.value.lang not in LANGUAGES:
        raise HTTPException(422)
    lang = checked.value.lang
    await in_write(
        request,
        sessions.set_language,
        request.cookies.get(SESSION_COOKIE),
        lang,
        now,
        request.state.request_id,
    )
    here = await run_in_threadpool(came_from, request, "public", "participant", "staff")
    answer = see_other(here or "/")
    set_cookie(answer, LANGUAGE_COOKIE, lang, max_age=365 * 86400)
    return answer
