"""The pages about leaving: a participant's own, one person's for the team, and the site's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Literal, TypeVar
from uuid import uuid4

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from app.clock import local_day, moment_of
from app.leaving import phone_routes, queries, service
from app.leaving.forms import (
    NEEDED,
    EndForm,
    StopForm,
    TerminateForm,
    UndoForm,
    WithdrawalForm,
    days_since,
)
from app.leaving.service import AlreadyEnded, Ending
from app.leaving.words import SCOPES
from app.named import PublicId
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.left import WORDS
from app.visit.roles import READS_RECORDS, RECORDS_LEAVING, STOPS_PARTICIPANTS
from app.visit.scope import ScopedParticipant, participant_for
from app.visit.visits import StaffVisit
from app.web.errors import NotFound
from app.web.forms import Checked, Form, check
from app.web.limits import Limits
from app.web.pages import see_other

router = APIRouter()
router.include_router(phone_routes.router)
How = Literal["", "consent", "end", "stop", "undo"]
NOON = time(12)
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class _Here:
    """One participant's page about leaving."""

    visit: StaffVisit
    who: ScopedParticipant

    @classmethod
    def at(cls, visit: StaffVisit, public_id: str) -> "_Here":
        return cls(visit, participant_for(visit.session, visit.me, public_id))

    @property
    def today(self) -> date:
        return local_day(self.visit.now, self.who.timezone)

    @property
    def path(self) -> str:
        return f"/participants/{self.who.public_id}/leaving"

    def days(self, field: str) -> dict[str, Limits]:
        enrolled_on = local_day(self.who.enrolled_at, self.who.timezone)
        return days_since(enrolled_on, self.today, field, self.visit.tr)

    def end(self, ending: Ending, how: How) -> Response:
        """Put it on record; the same once more leads where it led."""
        visit = self.visit
        try:
            service.end_part(visit.session, visit.me.actor, self.who, ending, visit.now)
        except AlreadyEnded:
            if self._stands(ending):
                return see_other(self.path, "same")
            field = "kind" if how == "end" else "scope"
            return _page(self, how, {field: visit.tr("This has ended already: see above.")}, 409)
        return see_other(self.path, "leaving_saved")

    def _stands(self, ending: Ending) -> bool:
        said = (ending.kind, ending.scope, ending.on_day, ending.reason)
        return any(
            (one.kind, one.scope, one.on_day, one.reason) == said and one.undone_at is None
            for one in queries.ends_of(self.visit.session, self.who.id)
        )


@router.get("/participants/{public_id}/leaving")
@for_staff(READS_RECORDS)
def show_leaving(visit: StaffVisit, public_id: PublicId, how: How = "") -> Response:
    return _page(_Here.at(visit, public_id), how)


def _page(
    here: _Here, how: How = "", errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    visit, who = here.visit, here.who
    tr, may = visit.tr, visit.me.may
    ends = queries.ends_of(visit.session, who.id)
    standing = [one for one in ends if one.undone_at is None]
    active = who.status == "active"
    offered = {
        "consent": active and may(RECORDS_LEAVING),
        "end": active and may(RECORDS_LEAVING),
        "stop": active and may(STOPS_PARTICIPANTS),
        "undo": bool(standing) and may(RECORDS_LEAVING),
    }
    if how and not offered[how] and not errors:
        raise NotFound
    context = {
        "nav": "participants",
        "who": who,
        "today": here.today,
        "ends": ends,
        "standing": standing[-1] if standing else None,
        "offered": offered,
        "how": how,
        "path": here.path,
        "missed": queries.missed_in_a_row(visit.session, who.id),
        "lost_after": visit.protocol.lost_after_missed,
        "kinds": {key: tr(word) for key, word in WORDS.items()},
        "scopes": {key: tr(word) for key, word in SCOPES.items()},
        "errors": errors or {},
        "form": visit.form,
        "idem": uuid4().hex,
    }
    return staff_page(visit, "leaving/person.html", context, status)


def _read(
    here: _Here, how: How, model: type[T], dated: str = ""
) -> tuple[Checked[T], Callable[[dict[str, str]], Response]]:
    """The form as far as it goes, and the page that names what is wrong with it."""
    visit = here.visit
    checked = check(model, visit.form, visit.tr, here.days(dated) if dated else None)

    def refuse(more: dict[str, str]) -> Response:
        return _page(here, how, named(checked.errors | more, visit.form, visit), 422)

    return checked, refuse


def named(errors: dict[str, str], form: Form, visit: StaffVisit) -> dict[str, str]:
    """The errors, with words of their own for what was left empty."""
    return {
        name: visit.tr(NEEDED[name]) if name in NEEDED and not form.one(name).strip() else text
        for name, text in errors.items()
    }


@router.post("/participants/{public_id}/leaving/consent")
@for_staff(RECORDS_LEAVING)
def take_consent_back(visit: StaffVisit, public_id: PublicId) -> Response:
    """What a participant told: nobody has to say why."""
    here = _Here.at(visit, public_id)
    checked, refuse = _read(here, "consent", WithdrawalForm, "on_day")
    said = checked.value
    if said is None:
        return refuse({})
    at = visit.now
    if said.on_day < here.today:
        at = moment_of(said.on_day, NOON, here.who.timezone)
    ending = Ending("withdrew", said.scope, said.on_day, said.reason, visit.me.id, at)
    return here.end(ending, "consent")


@router.post("/participants/{public_id}/leaving/end")
@for_staff(RECORDS_LEAVING)
def end_part(visit: StaffVisit, public_id: PublicId) -> Response:
    """Completed, or lost: the protocol says after how many missed sessions."""
    here = _Here.at(visit, public_id)
    checked, refuse = _read(here, "end", EndForm, "ended_on")
    said = checked.value
    if said is None:
        return refuse({})
    needed = visit.protocol.lost_after_missed
    missed = queries.missed_in_a_row(visit.session, here.who.id)
    if said.kind == "lost" and missed < needed:
        few = visit.tr.n(
            "%(num)s session in a row was not attended; the protocol says %(needed)s.",
            "%(num)s sessions in a row were not attended; the protocol says %(needed)s.",
            missed,
            needed=needed,
        )
        return refuse({"kind": few})
    return here.end(Ending(said.kind, "all", said.ended_on, said.reason, visit.me.id), "end")


@router.post("/participants/{public_id}/leaving/stop")
@for_staff(STOPS_PARTICIPANTS)
def stop(visit: StaffVisit, public_id: PublicId) -> Response:
    """A physician ends the treatment, or all of it; somebody calls."""
    here = _Here.at(visit, public_id)
    checked, refuse = _read(here, "stop", StopForm, "stopped_on")
    said = checked.value
    if said is None:
        return refuse({})
    ending = Ending("physician", said.scope, said.stopped_on, said.reason, visit.me.id)
    return here.end(ending, "stop")


@router.post("/participants/{public_id}/leaving/undo")
@for_staff(RECORDS_LEAVING)
def undo(visit: StaffVisit, public_id: PublicId) -> Response:
    """An end that was put down wrongly."""
    here = _Here.at(visit, public_id)
    checked, refuse = _read(here, "undo", UndoForm)
    said = checked.value
    if said is None:
        if "end" in checked.errors:
            raise NotFound
        return refuse({})
    undone = service.undo(visit.session, visit.me, here.who, said.end, said.reason, visit.now)
    return see_other(here.path, "leaving_undone" if undone else "same")


@router.get("/leaving")
@for_staff(READS_RECORDS)
def show_who_left(visit: StaffVisit) -> Response:
    return _site_page(visit)


def _site_page(visit: StaffVisit, errors: dict[str, str] | None = None) -> Response:
    tr = visit.tr
    context = {
        "nav": "participants",
        "left": queries.who_left(visit.session, visit.me),
        "kinds": {key: tr(word) for key, word in WORDS.items()},
        "scopes": {key: tr(word) for key, word in SCOPES.items()},
        "can_end": visit.me.may(STOPS_PARTICIPANTS),
        "errors": errors or {},
        "form": visit.form,
    }
    return staff_page(visit, "leaving/site.html", context, 422 if errors else 200)


@router.post("/leaving/study")
@for_staff(STOPS_PARTICIPANTS)
def end_study(visit: StaffVisit) -> Response:
    """The study ends: everybody who still takes part leaves, and each is to be called."""
    checked = check(TerminateForm, visit.form, visit.tr)
    if checked.value is None:
        return _site_page(visit, named(checked.errors, visit.form, visit))
    ended = service.end_study(visit.session, visit.me, checked.value.reason, visit.now)
    return see_other("/leaving", "leaving_saved" if ended else "same")
