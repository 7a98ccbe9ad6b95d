"""A participant's own page about leaving: what can be taken back, and what follows from it."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app.clock import local_day
from app.leaving import queries, service
from app.leaving.forms import NEEDED, OwnForm
from app.leaving.service import AlreadyEnded, Ending
from app.sent.once import Earlier, Entry, on_to, once
from app.visit.gate import for_whoever_was_enrolled
from app.visit.visits import ParticipantVisit
from app.web.forms import check
from app.web.pages import page, see_other

router = APIRouter()
PATH = "/me/leaving"


@router.get(PATH)
@for_whoever_was_enrolled
def leaving(visit: ParticipantVisit) -> Response:
    return _page(visit)


def _page(visit: ParticipantVisit, errors: dict[str, str] | None = None) -> Response:
    standing = [one for one in queries.ends_of(visit.session, visit.me.id) if one.undone_at is None]
    context: dict[str, Any] = {
        "ends": standing,
        "takes_part": visit.me.status == "active",
        "tablets": not any(one.scope == "treatment" for one in standing),
        "errors": errors or {},
        "form": visit.form,
        "idem": visit.form.token or uuid4().hex,
        "back": ("/me/settings", visit.tr("Settings")),
    }
    return page(visit.request, "leaving/own.html", context, 422 if errors else 200)


@router.post(PATH)
@for_whoever_was_enrolled
def take_back(visit: ParticipantVisit) -> Response:
    """Of the treatment or of all. It leads nowhere urgent: whoever leaves is called."""
    checked = check(OwnForm, visit.form, visit.tr)
    said = checked.value
    if said is None:
        errors = checked.errors
        if not visit.form.one("scope").strip() and "scope" in errors:
            errors = {**errors, "scope": visit.tr(NEEDED["scope"])}
        return _page(visit, errors)

    def tell(earlier: Earlier | None) -> Entry | Response:
        today = local_day(visit.now, visit.me.timezone)
        ending = Ending("withdrew", said.scope, today, said.why)
        try:
            ended = service.end_part(visit.session, visit.me.actor, visit.me, ending, visit.now)
        except AlreadyEnded:
            return see_other(PATH, "same")
        return Entry(ended.id, PATH, "leaving_saved")

    return once(visit, "study_end", "", tell, on_to(PATH))
