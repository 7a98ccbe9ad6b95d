"""What a browser asks before it makes or shows a passkey. Its answer comes with an ordinary form.

Both are for a script (``passkeys.js``); the pages do without it, by the code of an app.
"""

from fastapi import APIRouter
from starlette.responses import Response

from app.signin import factors, passkeys
from app.visit.gate import for_staff
from app.visit.roles import HAS_ACCOUNT
from app.visit.visits import StaffVisit
from app.web.errors import NotFound

router = APIRouter()


@router.post("/sign-in/passkey/show")
@for_staff(HAS_ACCOUNT, half=True, button=True)
def ask_to_show(visit: StaffVisit) -> Response:
    question = passkeys.question_to_show(visit.session, visit.me, visit.now)
    if question is None:
        raise NotFound
    return Response(question, media_type="application/json")


@router.post("/sign-in/passkey/add")
@for_staff(HAS_ACCOUNT, half=True, button=True)
def ask_to_add(visit: StaffVisit) -> Response:
    """Half a session may ask where there is no factor yet: this is how it becomes whole."""
    if visit.me.second_at is None and factors.factors(visit.session, visit.me.id):
        raise NotFound
    question = passkeys.question_to_add(visit.session, visit.me, visit.now)
    return Response(question, media_type="application/json")
