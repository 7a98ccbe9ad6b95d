"""One's own account: the password, and where one is signed in."""

from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app.colleagues import queries, service
from app.colleagues.forms import EndForm, PasswordForm
from app.colleagues.queries import OwnAccount
from app.signin.confirm import confirm_password
from app.signin.password import SHORTEST, too_easy
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.identity import SESSION_COOKIE, STAFF_IDLE
from app.visit.roles import HAS_ACCOUNT
from app.visit.visits import StaffVisit
from app.web.forms import check
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
        errors |= _faults(visit, own, checked.value)
    if not errors and _asks_present(own):
        errors |= confirm_password(visit)
    if errors or not visit.weighed.new:
        return _page(visit, errors, 422)
    token = service.set_password(visit.session, visit.me, visit.weighed.new, visit.now)
    answer = see_other(PATH, "password_set")
    set_cookie(answer, SESSION_COOKIE, token)
    return answer


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


def _asks_present(own: OwnAccount) -> bool:
    return own.password_hash is not None and not own.by_link


def _faults(visit: StaffVisit, own: OwnAccount, form: PasswordForm) -> dict[str, str]:
    tr, errors = visit.tr, {}
    if too_easy(form.password, (visit.me.name, own.email, visit.me.site_name)):
        errors["password"] = tr(
            "This is too easy to guess. Take at least %(num)s characters, such as four words"
            " that have nothing to do with you.",
            num=SHORTEST,
        )
    elif form.password != form.again:
        errors["again"] = tr("The two are not the same.")
    return errors


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
        "errors": errors or {},
        "idem": uuid4().hex,
    }
    return staff_page(visit, "colleagues/account.html", context, status)
