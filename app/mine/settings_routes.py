"""Settings of one participant, and the sign of life of a page that is being written on."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import field_validator
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import NowDep, ParticipantDep, SessionDep, for_whoever_was_enrolled
from app.auth.identity import ParticipantMe
from app.auth.moving import Mover, move
from app.clock import zone
from app.i18n import N_
from app.mine.service import save_preferences
from app.mine.zones import offered
from app.web.forms import Form, FormDep, FormModel, check
from app.web.pages import page, see_other, tr_of

router = APIRouter()


class SettingsForm(FormModel):
    """A box that is not ticked is not sent."""

    large: Literal["1"] | None = None
    single: Literal["1"] | None = None


class ZoneForm(FormModel):
    """Where the phone is from now on."""

    timezone: str

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            zone(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(N_("Choose a time zone of the list.")) from error
        return name


@router.get("/me/settings")
@for_whoever_was_enrolled
def show_settings(
    request: Request, session: SessionDep, me: ParticipantDep, now: NowDep
) -> Response:
    return _page(request, me, now)


def _page(
    request: Request, me: ParticipantMe, now: datetime, errors: dict[str, str] | None = None
) -> Response:
    tr = tr_of(request)
    context = {
        "chosen": me.preferences,
        "zones": offered(me.timezone, now, tr),
        "errors": errors or {},
        "back": ("/me", tr("Back")),
    }
    return page(request, "mine/settings.html", context, 422 if errors else 200)


@router.post("/me/settings")
@for_whoever_was_enrolled
def set_settings(
    request: Request, session: SessionDep, me: ParticipantDep, form: FormDep, now: NowDep
) -> Response:
    if "timezone" in form.fields:
        return _move(request, session, me, form, now)
    checked = check(SettingsForm, form, tr_of(request))
    if checked.value is None:
        return _page(request, me, now, checked.errors)
    wanted = {"large": bool(checked.value.large), "single": bool(checked.value.single)}
    changed = save_preferences(session, me, wanted, now)
    return see_other("/me/settings", "saved" if changed else "same")


def _move(
    request: Request, session: Session, me: ParticipantMe, form: Form, now: datetime
) -> Response:
    """Another time zone from now on; the form of the zone sends nothing else."""
    checked = check(ZoneForm, form, tr_of(request))
    if checked.value is None:
        return _page(request, me, now, checked.errors)
    moved = move(session, Mover(me.id, me.timezone, me.actor), checked.value.timezone, now)
    return see_other("/me/settings", "saved" if moved else "same")


@router.post("/alive")
@for_whoever_was_enrolled
def alive(request: Request, session: SessionDep, me: ParticipantDep, form: FormDep) -> Response:
    """Somebody is writing: the gate notes it, and nothing else happens."""
    return Response(status_code=422 if form.fields else 204)
