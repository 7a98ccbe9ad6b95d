"""One's own account: the password, and where one is signed in."""

from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app.colleagues import queries, service
from app.colleagues.choosing import password_faults, scanned, square
from app.colleagues.forms import AppForm, EndForm, PasskeyForm, PasswordForm, RemoveForm
from app.colleagues.queries import OwnAccount
from app.signin import factors, passkeys
from app.signin.confirm import Proof, asks, confirm, confirm_password
from app.signin.password import SHORTEST
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.identity import SESSION_COOKIE, STAFF_IDLE
from app.visit.roles import HAS_ACCOUNT
from app.visit.visits import StaffVisit
from app.web.forms import Form, check
from app.web.pages import see_other, set_cookie

router = APIRouter()
PATH = "/account"


@router.get("/account")
@for_staff(HAS_ACCOUNT)
def account(visit: StaffVisit) -> Response:
    return _page(visit)


@router.post("/account/password")
@for_staff(HAS_ACCOUNT, weighs=True)
def set_password(visit: StaffVisit) -> Response:
    """The present one is asked for, counted like at the door; not of who came by a link."""
    own = queries.own_account(visit.session, visit.me)
    checked = check(PasswordForm, visit.form, visit.tr)
    errors = {**checked.errors}
    if checked.value:
        errors |= password_faults(visit, own, checked.value)
    if not errors and _asks_present(own):
        errors |= confirm_password(visit)
    if errors or not visit.weighed.new:
        return _page(visit, errors, 422)
    token = service.set_password(visit.session, visit.me, visit.weighed.new, visit.now)
    answer = see_other(PATH, "password_set")
    set_cookie(answer, SESSION_COOKIE, token)
    return answer


@router.get("/account/factor")
@for_staff(HAS_ACCOUNT)
def new_app(visit: StaffVisit) -> Response:
    return _app_page(visit)


@router.post("/account/factor")
@for_staff(HAS_ACCOUNT, weighs=True)
def add_app(visit: StaffVisit) -> Response:
    """The first code of the app shows that it has the secret. The codes for a lost phone follow."""
    checked = check(AppForm, visit.form, visit.tr)
    if checked.value is None:
        return _app_page(visit, checked.errors, 422)
    found = scanned(visit, checked.value)
    errors = found if isinstance(found, dict) else confirm(visit)
    if isinstance(found, dict) or errors:
        return _app_page(visit, errors, 422)
    name = checked.value.name
    factors.add_app(visit.session, visit.me.actor, visit.me.id, name, found, visit.now)
    return _codes_page(visit)


@router.get("/account/passkey")
@for_staff(HAS_ACCOUNT)
def new_passkey(visit: StaffVisit) -> Response:
    return _passkey_page(visit)


@router.post("/account/passkey")
@for_staff(HAS_ACCOUNT, weighs=True)
def add_passkey(visit: StaffVisit) -> Response:
    """The browser has made it by now; the codes for a lost device follow."""
    checked = check(PasskeyForm, visit.form, visit.tr)
    if checked.value is None:
        return _passkey_page(visit, checked.errors, 422)
    made = passkeys.made(visit.session, visit.me, checked.value.made, visit.now)
    if made is None:
        return _passkey_page(visit, {"made": visit.tr(passkeys.NOT_MADE)}, 422)
    errors = confirm(visit)
    if errors:
        return _passkey_page(visit, errors, 422)
    me = visit.me
    passkeys.add(visit.session, me.actor, me.id, checked.value.device, made, visit.now)
    return _codes_page(visit)


@router.post("/account/factor/remove")
@for_staff(HAS_ACCOUNT, weighs=True)
def remove_app(visit: StaffVisit) -> Response:
    """Never the last: that would be a way around it."""
    checked = check(RemoveForm, visit.form, visit.tr)
    if checked.value is None:
        return _recovery_page(visit, checked.errors, 422)
    mine = factors.factors(visit.session, visit.me.id)
    one = next((found for found in mine if found.id == checked.value.number), None)
    if one is None:
        return see_other(PATH, "same")
    if len(mine) == 1:
        return _recovery_page(visit, {"": visit.tr("The last one stays. Add another first.")}, 422)
    errors = confirm(visit)
    if errors:
        return _recovery_page(visit, errors, 422)
    factors.remove(visit.session, visit.me.actor, visit.me.id, one, visit.now)
    answer = see_other(PATH, "factor_removed")
    set_cookie(answer, SESSION_COOKIE, service.change_factors(visit.session, visit.me, visit.now))
    return answer


@router.get("/account/recovery")
@for_staff(HAS_ACCOUNT)
def recovery(visit: StaffVisit) -> Response:
    return _recovery_page(visit)


@router.post("/account/recovery")
@for_staff(HAS_ACCOUNT, weighs=True)
def new_codes(visit: StaffVisit) -> Response:
    checked = check(Proof, visit.form, visit.tr)
    errors = dict(checked.errors)
    if not errors and not factors.factors(visit.session, visit.me.id):
        errors = {"": visit.tr("Add an app first.")}
    errors = errors or confirm(visit)
    return _recovery_page(visit, errors, 422) if errors else _codes_page(visit)


@router.post("/account/end")
@for_staff(HAS_ACCOUNT)
def end(visit: StaffVisit) -> Response:
    """Sign out somewhere else: one that is not one's own, or ended, changes nothing."""
    checked = check(EndForm, visit.form, visit.tr)
    if checked.value is None:
        return _page(visit, checked.errors, 422)
    rows = {one.id for one in _sessions(visit) if not one.here}
    if checked.value.number not in rows:
        return see_other(PATH, "same")
    service.end_session(visit.session, visit.me, checked.value.number, visit.now)
    return see_other(PATH, "session_ended")


def _app_page(
    visit: StaffVisit, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    own = queries.own_account(visit.session, visit.me)
    context = {
        "nav": "account",
        "has_password": own.password_hash is not None,
        "asks": asks(visit),
        **square(visit, own.email),
        "errors": errors or {},
        "form": visit.form if errors else Form({}),
        "idem": uuid4().hex,
    }
    return staff_page(visit, "colleagues/app.html", context, status)


def _passkey_page(
    visit: StaffVisit, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    own = queries.own_account(visit.session, visit.me)
    context = {
        "nav": "account",
        "has_password": own.password_hash is not None,
        "asks": asks(visit),
        "errors": errors or {},
        "form": visit.form if errors else Form({}),
        "idem": uuid4().hex,
    }
    return staff_page(visit, "colleagues/passkey.html", context, status)


def _recovery_page(
    visit: StaffVisit, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    context = {
        "nav": "account",
        "apps": factors.factors(visit.session, visit.me.id),
        "asks": asks(visit),
        "errors": errors or {},
        "idem": uuid4().hex,
    }
    return staff_page(visit, "colleagues/recovery.html", context, status)


def _codes_page(visit: StaffVisit) -> Response:
    """The codes in letters, this once; whoever has come another way is out."""
    codes = factors.new_recovery_codes(visit.session, visit.me.actor, visit.me.id, visit.now)
    answer = staff_page(visit, "colleagues/codes.html", {"nav": "account", "codes": codes})
    set_cookie(answer, SESSION_COOKIE, service.change_factors(visit.session, visit.me, visit.now))
    return answer


def _asks_present(own: OwnAccount) -> bool:
    return own.password_hash is not None and not own.by_link


def _sessions(visit: StaffVisit) -> list[queries.OwnSession]:
    return queries.own_sessions(visit.session, visit.me, visit.now, visit.now - STAFF_IDLE)


def _page(visit: StaffVisit, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    own = queries.own_account(visit.session, visit.me)
    context = {
        "nav": "account",
        "email": own.email,
        "has_password": own.password_hash is not None,
        "asks_present": _asks_present(own),
        "shortest": SHORTEST,
        "sessions": _sessions(visit),
        "apps": factors.factors(visit.session, visit.me.id),
        "codes_left": factors.recovery_left(visit.session, visit.me.id),
        "errors": errors or {},
        "idem": uuid4().hex,
    }
    return staff_page(visit, "colleagues/account.html", context, status)
