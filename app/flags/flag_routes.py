"""Further pages of one flag: the contact card, a note put right, and the report on paper."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.flags import notes, queries
from app.flags.pages import Seen, flag_context, flag_page
from app.named import Id, PublicId
from app.staff.contact import look, reveal
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import HANDLES_ALERTS, OPENS_CONTACTS
from app.visit.visits import StaffVisit
from app.web.errors import NotFound
from app.web.forms import FormModel, check
from app.web.pages import see_other

router = APIRouter()


class NoteForm(FormModel):
    """``entry`` is the number of the entry in the flag's history."""

    entry: Id
    correction: Annotated[str, Field(min_length=1, max_length=2000)]


class RevealForm(FormModel):
    """What is typed beside the button comes along, whatever it is, and stands there again."""

    version: str = ""
    outcome: str = ""
    note: str = ""


@router.post("/flags/{public_id}/contact")
@for_staff(OPENS_CONTACTS)
def reveal_contact(visit: StaffVisit, public_id: PublicId) -> Response:
    """A POST, because looking leaves a mark; shown in answer to it, and while one acts on it."""
    flag = queries.flag_for(visit.session, visit.me, public_id)
    checked = check(RevealForm, visit.form, visit.tr)
    if checked.value is None:
        return flag_page(visit, flag, checked.errors, checked.raw, 422)
    contact = reveal(visit.session, visit.me, flag.participant_id, visit.now)
    handed_on = look(visit.session, visit.me, flag.participant_id, visit.now)
    return flag_page(visit, flag, raw=checked.raw, seen=Seen(contact, handed_on))


@router.post("/flags/{public_id}/note")
@for_staff(HANDLES_ALERTS)
def correct_note(visit: StaffVisit, public_id: PublicId) -> Response:
    """Another text in the place of an own one; both stay readable. Raises NotFound."""
    flag = queries.flag_for(visit.session, visit.me, public_id)
    checked = check(NoteForm, visit.form, visit.tr)
    if checked.value is None:
        return flag_page(visit, flag, checked.errors, checked.raw, 422)
    value = checked.value
    if not notes.correct(visit.session, visit.me, flag, value.entry, value.correction, visit.now):
        raise NotFound
    return see_other(f"/flags/{public_id}", "changed")


@router.get("/flags/{public_id}/report")
@for_staff(HANDLES_ALERTS, records_read=True)
def report(visit: StaffVisit, public_id: PublicId) -> Response:
    """Everything about the flag on one sheet, for the paper record."""
    flag = queries.flag_for(visit.session, visit.me, public_id)
    audit.record(
        visit.session, visit.me.actor, "flag.report", Subject("flag", flag.id), now=visit.now
    )
    context = {
        "nav": "flags",
        **flag_context(visit.session, flag, visit.tr, visit.me, visit.now),
        "now": visit.now,
        "zone": visit.me.timezone,
    }
    return staff_page(visit, "flags/report.html", context)
