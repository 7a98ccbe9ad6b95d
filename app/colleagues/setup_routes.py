"""The way into an account that has not all of its ways in yet: a password, an app, the codes.

Whoever stands here has opened the mailed link, or typed the password of an account that never had
an app. Nothing else is open to them, and who has an app finds nothing here.
"""

from uuid import uuid4

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.colleagues import queries, service
from app.colleagues.choosing import password_faults, scanned, square
from app.colleagues.forms import FirstApp, FirstPasskey, FirstPassword
from app.colleagues.queries import OwnAccount
from app.signin import factors, passkeys
from app.signin.password import SHORTEST
from app.signin.staff_routes import HOME, page_after, with_next
from app.visit.gate import for_staff
from app.visit.identity import SESSION_COOKIE
from app.visit.roles import HAS_ACCOUNT
from app.visit.visits import StaffVisit
from app.web.forms import Form, check
from app.web.pages import page, see_other, set_cookie

router = APIRouter()
PATH = "/sign-in/setup"


@router.get("/sign-in/setup")
@for_staff(HAS_ACCOUNT, half=True)
def setup(visit: StaffVisit) -> Response:
    return _step(visit)


@router.post("/sign-in/setup/password")
@for_staff(HAS_ACCOUNT, half=True, weighs=True)
def set_first_password(visit: StaffVisit) -> Response:
    """Of who came by a link: it stands in for the former password, forgotten or not."""
    checked = check(FirstPassword, visit.form, visit.tr)
    own = queries.own_account(visit.session, visit.me)
    if _is_done(visit) or not _asks_password(own):
        return _instead(visit, checked.errors)
    errors = {**checked.errors}
    if checked.value:
        errors |= password_faults(visit, own, checked.value)
    if errors or not visit.weighed.new:
        return _password_page(visit, own, errors, 422)
    token = service.set_password(visit.session, visit.me, visit.weighed.new, visit.now)
    answer = see_other(with_next(PATH, _wanted(visit)))
    set_cookie(answer, SESSION_COOKIE, token)
    return answer


@router.post("/sign-in/setup/app")
@for_staff(HAS_ACCOUNT, half=True)
def add_first_app(visit: StaffVisit) -> Response:
    """Its first code shows that it has the secret; the codes for a lost phone follow."""
    checked = check(FirstApp, visit.form, visit.tr)
    own = queries.own_account(visit.session, visit.me)
    if _is_done(visit) or _asks_password(own):
        return _instead(visit, checked.errors)
    if checked.value is None:
        return _app_page(visit, own, checked.errors, 422)
    found = scanned(visit, checked.value)
    if isinstance(found, dict):
        return _app_page(visit, own, found, 422)
    name, me = checked.value.name, visit.me
    factors.add_app(visit.session, me.actor, me.id, name, found, visit.now)
    return _in(visit)


@router.post("/sign-in/setup/passkey")
@for_staff(HAS_ACCOUNT, half=True)
def add_first_passkey(visit: StaffVisit) -> Response:
    """In the place of the app: the browser has made it by now."""
    checked = check(FirstPasskey, visit.form, visit.tr)
    own = queries.own_account(visit.session, visit.me)
    if _is_done(visit) or _asks_password(own):
        return _instead(visit, checked.errors)
    if checked.value is None:
        return _app_page(visit, own, checked.errors, 422)
    made = passkeys.made(visit.session, visit.me, checked.value.made, visit.now)
    if made is None:
        return _app_page(visit, own, {"made": visit.tr(passkeys.NOT_MADE)}, 422)
    name, me = checked.value.device, visit.me
    passkeys.add(visit.session, me.actor, me.id, name, made, visit.now)
    return _in(visit)


def _in(visit: StaffVisit) -> Response:
    """The factor stands: this session is whole, and every other of the account has ended."""
    me = visit.me
    codes = factors.new_recovery_codes(visit.session, me.actor, me.id, visit.now)
    answer = page(
        visit.request, "colleagues/setup_codes.html", {"codes": codes, "next": _wanted(visit)}
    )
    set_cookie(answer, SESSION_COOKIE, service.change_factors(visit.session, me, visit.now))
    return answer


def _instead(visit: StaffVisit, errors: dict[str, str]) -> Response:
    """For a form of another step than the one that comes now. Raises HTTPException."""
    if errors:
        raise HTTPException(422)
    return _step(visit)


def _step(visit: StaffVisit) -> Response:
    """What comes next on the way, or what lies behind it."""
    if visit.me.second_at is not None:
        return see_other(_wanted(visit))
    if _is_done(visit):
        return see_other(with_next("/sign-in/second", _wanted(visit)))
    own = queries.own_account(visit.session, visit.me)
    return _password_page(visit, own) if _asks_password(own) else _app_page(visit, own)


def _is_done(visit: StaffVisit) -> bool:
    """A second factor is there: what was typed here could only be a way around it.

    Two who know the password may be here at once: the account's row lets one of them through.
    """
    if visit.request.method == "POST":
        queries.hold(visit.session, visit.me.id)
    return visit.me.second_at is not None or bool(factors.factors(visit.session, visit.me.id))


def _asks_password(own: OwnAccount) -> bool:
    return own.password_hash is None or own.by_link


def _wanted(visit: StaffVisit) -> str:
    asked = visit.form.one("next") or visit.request.query_params.get("next", HOME)
    return page_after(visit.request, asked)


def _password_page(
    visit: StaffVisit,
    own: OwnAccount,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    context = {"email": own.email, "shortest": SHORTEST, **_common(visit, errors)}
    return page(visit.request, "colleagues/setup_password.html", context, status)


def _app_page(
    visit: StaffVisit,
    own: OwnAccount,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    context = {**square(visit, own.email), **_common(visit, errors)}
    return page(visit.request, "colleagues/setup_app.html", context, status)


def _common(visit: StaffVisit, errors: dict[str, str] | None) -> dict[str, object]:
    return {
        "next": _wanted(visit),
        "errors": errors or {},
        "form": visit.form if errors else Form({}),
        "idem": uuid4().hex,
    }
