"""Settings of one participant, and the sign of life of a page that is being written on."""

from typing import Literal

from fastapi import APIRouter
from pydantic import field_validator
from starlette.responses import Response

from app.clock import zone
from app.i18n import N_
from app.mine.service import save_preferences
from app.mine.zones import offered
from app.signin.moving import Mover, move
from app.visit.gate import for_whoever_was_enrolled
from app.visit.visits import ParticipantVisit
from app.web.forms import FormModel, check
from app.web.pages import page, see_other

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
def show_settings(visit: ParticipantVisit) -> Response:
    return _page(visit)


def _page(visit: ParticipantVisit, errors: dict[str, str] | None = None) -> Response:
    tr = visit.tr
    context = {
        "chosen": visit.me.preferences,
        "zones": offered(visit.me.timezone, visit.now, tr),
        "errors": errors or {},
        "back": ("/me", tr("Back")),
    }
    return page(visit.request, "mine/settings.html", context, 422 if errors else 200)


@router.post("/me/settings")
@for_whoever_was_enrolled
def set_settings(visit: ParticipantVisit) -> Response:
    if "timezone" in visit.form.fields:
        return _move(visit)
    checked = check(SettingsForm, visit.form, visit.tr)
    if checked.value is None:
        return _page(visit, checked.errors)
    wanted = {"large": bool(checked.value.large), "single": bool(checked.value.single)}
    changed = save_preferences(visit.session, visit.me, wanted, visit.now)
    return see_other("/me/settings", "saved" if changed else "same")


def _move(visit: ParticipantVisit) -> Response:
    """Another time zone from now on; the form of the zone sends nothing else."""
    checked = check(ZoneForm, visit.form, visit.tr)
    if checked.value is None:
        return _page(visit, checked.errors)
    moved = move(
        visit.session,
        Mover(visit.me.id, visit.me.timezone, visit.me.actor),
        checked.value.timezone,
        visit.now,
    )
    return see_other("/me/settings", "saved" if moved else "same")


@router.post("/alive")
@for_whoever_was_enrolled
def alive(visit: ParticipantVisit) -> Response:
    """Somebody is writing: the gate notes it, and nothing else happens."""
    return Response(status_code=422 if visit.form.fields else 204)
