"""Settings of one participant, and the sign of life of a page that is being written on."""

from typing import Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import NowDep, ParticipantDep, SessionDep, for_whoever_was_enrolled
from app.mine.service import save_preferences
from app.web.forms import FormDep, FormModel, check
from app.web.pages import page, see_other, tr_of

router = APIRouter()


class SettingsForm(FormModel):
    """A box that is not ticked is not sent."""

    large: Literal["1"] | None = None
    single: Literal["1"] | None = None


@router.get("/me/settings")
@for_whoever_was_enrolled
def show_settings(request: Request, session: SessionDep, me: ParticipantDep) -> Response:
    context = {"chosen": me.preferences, "back": ("/me", tr_of(request)("Back"))}
    return page(request, "mine/settings.html", context)


@router.post("/me/settings")
@for_whoever_was_enrolled
def set_settings(
    request: Request, session: SessionDep, me: ParticipantDep, form: FormDep, now: NowDep
) -> Response:
    checked = check(SettingsForm, form, tr_of(request))
    if checked.value is None:
        context = {
            "chosen": me.preferences,
            "errors": checked.errors,
            "back": ("/me", tr_of(request)("Back")),
        }
        return page(request, "mine/settings.html", context, 422)
    wanted = {"large": bool(checked.value.large), "single": bool(checked.value.single)}
    changed = save_preferences(session, me, wanted, now)
    return see_other("/me/settings", "saved" if changed else "same")


@router.post("/alive")
@for_whoever_was_enrolled
def alive(request: Request, session: SessionDep, me: ParticipantDep, form: FormDep) -> Response:
    """Somebody is writing: the gate notes it, and nothing else happens."""
    return Response(status_code=422 if form.fields else 204)
