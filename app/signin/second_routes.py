"""The second door of the staff: a passkey, a code of the app, or a recovery code. Nothing else is
open yet.

Who has none of them is led to where one is set up.
"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.signin import factors, passkeys
from app.signin.confirm import asks, show_second
from app.signin.sessions import open_whole
from app.signin.staff_routes import HOME, page_after, with_next
from app.visit.gate import for_staff
from app.visit.identity import SESSION_COOKIE
from app.visit.roles import HAS_ACCOUNT
from app.visit.visits import StaffVisit
from app.web.forms import FormModel, check
from app.web.pages import page, see_other, set_cookie

router = APIRouter()
# Where an account without a second factor gets one (``colleagues``).
SET_UP = "/sign-in/setup"


class SecondForm(FormModel):
    code: Annotated[str, Field(max_length=300)] = ""
    passkey: Annotated[str, Field(max_length=passkeys.LONGEST)] = ""
    next: str = HOME


@router.get("/sign-in/second")
@for_staff(HAS_ACCOUNT, half=True)
def second(visit: StaffVisit) -> Response:
    wanted = page_after(visit.request, visit.request.query_params.get("next", HOME))
    if visit.me.second_at is not None:
        return see_other(wanted)
    if not factors.factors(visit.session, visit.me.id):
        return see_other(with_next(SET_UP, wanted))
    return _page(visit, wanted)


@router.post("/sign-in/second")
@for_staff(HAS_ACCOUNT, half=True)
def show(visit: StaffVisit) -> Response:
    wanted = page_after(visit.request, visit.form.one("next", HOME))
    checked = check(SecondForm, visit.form, visit.tr)
    if checked.value is None:
        return _page(visit, wanted, checked.errors, 422)
    if visit.me.second_at is not None:
        return see_other(wanted)
    if not factors.factors(visit.session, visit.me.id):
        return see_other(with_next(SET_UP, wanted))
    errors = show_second(visit, recovery=True)
    if errors:
        return _page(visit, wanted, errors, 422)
    audit.record(
        visit.session,
        visit.me.actor,
        "session.second",
        Subject("staff", visit.me.id),
        now=visit.now,
    )
    answer = see_other(wanted)
    set_cookie(answer, SESSION_COOKIE, open_whole(visit.session, visit.me.session_id, visit.now))
    return answer


def _page(
    visit: StaffVisit, wanted: str, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    unsent = visit.request.query_params.get("unsent") == "1"
    context = {
        "next": wanted,
        "errors": errors or {},
        "unsent": unsent,
        "asks": asks(visit),
    }
    return page(visit.request, "signin/second.html", context, status)
