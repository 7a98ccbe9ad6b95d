"""Further pages of one flag: the contact card, a note put right, and the report on paper."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.auth.gate import NowDep, SessionDep, StaffDep, for_staff
from app.auth.scope import CARE_TEAM
from app.safety import notes, queries
from app.safety.contact import reveal
from app.safety.frame import staff_page
from app.safety.pages import flag_context, flag_page
from app.web.errors import NotFound
from app.web.forms import FormDep, FormModel, check
from app.web.pages import see_other, tr_of

router = APIRouter()


class NoteForm(FormModel):
    """``entry`` is the number of the entry in the flag's history."""

    entry: Annotated[int, Field(ge=1, le=2**31 - 1)]
    correction: Annotated[str, Field(min_length=1, max_length=2000)]


@router.post("/flags/{public_id}/contact")
@for_staff(*CARE_TEAM)
def reveal_contact(
    request: Request, session: SessionDep, me: StaffDep, now: NowDep, public_id: str
) -> Response:
    """A POST, because looking leaves a mark; shown once, in answer to it."""
    flag = queries.flag_for(session, me, public_id)
    contact = reveal(session, me, flag.participant_id, now)
    return flag_page(request, session, me, now, flag, contact=contact, revealed=True)


@router.post("/flags/{public_id}/note")
@for_staff(*CARE_TEAM)
def correct_note(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    now: NowDep,
    form: FormDep,
    public_id: str,
) -> Response:
    """Another text in the place of an own one; both stay readable. Raises NotFound."""
    flag = queries.flag_for(session, me, public_id)
    checked = check(NoteForm, form, tr_of(request))
    if checked.value is None:
        return flag_page(request, session, me, now, flag, checked.errors, checked.raw, 422)
    value = checked.value
    if not notes.correct(session, me, flag, value.entry, value.correction, now):
        raise NotFound
    return see_other(f"/flags/{public_id}", "changed")


@router.get("/flags/{public_id}/report")
@for_staff(*CARE_TEAM, records_read=True)
def report(
    request: Request, session: SessionDep, me: StaffDep, now: NowDep, public_id: str
) -> Response:
    """Everything about the flag on one sheet, for the paper record."""
    flag = queries.flag_for(session, me, public_id)
    audit.record(session, me.actor, "flag.report", Subject("flag", flag.id), now=now)
    context = {
        "nav": "flags",
        **flag_context(session, flag, tr_of(request), me, now),
        "now": now,
        "zone": me.timezone,
    }
    return staff_page(request, session, me, "safety/report.html", context)
