"""One appointment for staff, and what is done with it: moved, cancelled, who came.

A form names the version of the session that its page showed. Sent twice it changes nothing more;
sent after somebody else's it shows how the session stands now (409).
"""

from collections.abc import Callable, Mapping
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app import audit, turns
from app.appointments import forms, service, words
from app.appointments.history import steps_of
from app.appointments.readings import readings_of
from app.appointments.service import About
from app.audit import Subject
from app.i18n import N_, Translator
from app.named import PublicId
from app.notes.queries import notes_of
from app.staff.frame import staff_page
from app.treatment.here import (
    Here,
    here_at,
    note_words,
    whats_agreed,
)
from app.visit.gate import for_staff
from app.visit.roles import PLANS_SESSIONS, READS_RECORDS
from app.visit.visits import StaffVisit
from app.web.errors import NotFound
from app.web.forms import Form, check
from app.web.pages import see_other

router = APIRouter()
ONE = "/participants/{public_id}/sessions/{appointment}"
EMPTY = Form({})
HAS_BEGUN = N_("The session has begun. What is left to say is whether the participant came.")
NOTE_BEGUN = N_(
    "A note about this session is begun and would have no place. Move the session instead: "
    "the note goes with it."
)


@router.get(ONE)
@for_staff(READS_RECORDS, records_read=True)
def show_session(visit: StaffVisit, public_id: PublicId, appointment: PublicId) -> Response:
    return _page(
        here_at(visit, public_id, appointment),
        EMPTY,
        {},
        200,
    )


def _page(here: Here, form: Form, errors: Mapping[str, str], status: int) -> Response:
    one, who, me = here.one, here.who, here.me
    note = notes_of(here.session, who.id).get(one.id)
    left = who.status != "active"
    planner, planned, begun = me.may(PLANS_SESSIONS), one.state == "planned", one.begun(here.now)
    readings = readings_of(here.session, who.id)
    shown = whats_agreed(here, bool(note and note.closed))
    # What was agreed on is a part of the note, and so read with it.
    action = "note.open" if shown["agreed"] else "session.open"
    audit.record(here.session, me.actor, action, Subject("session", one.id), now=here.now)
    context = {
        "nav": "sessions",
        "who": who,
        "now": here.now,
        "words": words,
        "one": one,
        "note": note,
        "steps": steps_of(here.session, one.id),
        "readings": [each for each in readings if each.session == one.public_id],
        "can_move": planner and planned and not begun and not left,
        "can_cancel": planner and planned and not begun and (left or note is None),
        "can_mark": planner and planned and begun,
        "can_undo": planner and one.attended is not None and not (note and note.closed),
        "can_write": here.may_write,
        "note_words": note_words(here),
        **shown,
        "form": form,
        "errors": errors,
        "idem": uuid4().hex,
    }
    return staff_page(here.visit, "treatment/one.html", context, status)


def _begun(here: Here, tr: Translator) -> Response | None:
    """Why a session is no longer moved or cancelled: nobody's absence is planned away."""
    if here.one.state != "planned" or not here.one.begun(here.now):
        return None
    return _page(here, EMPTY, {"": tr(HAS_BEGUN)}, 422)


def _take(here: Here, version: int, step: Callable[[About], None]) -> Response:
    """Take ``step`` if the session is still the one that the form was made for."""
    try:
        if here.one.version != version:
            raise service.Changed
        step(here.about)
    except service.Changed:
        tr = here.tr
        text = tr("Somebody changed this session in the meantime. It stands as shown here.")
        return _page(here, EMPTY, {"": text}, 409)
    return see_other(here.path, "saved")


@router.post(f"{ONE}/move")
@for_staff(PLANS_SESSIONS)
def move(visit: StaffVisit, public_id: PublicId, appointment: PublicId) -> Response:
    # Two who move two sessions into one hour: the second sees where the first has gone.
    turns.of_site(visit.session, visit.me.site_id)
    here = here_at(visit, public_id, appointment)
    one, tr = here.one, visit.tr
    if here.who.status != "active":
        raise NotFound
    checked = check(
        forms.MoveForm, visit.form, tr, forms.slot_days(visit.me.timezone, visit.now, tr)
    )
    if checked.value is None:
        return _page(here, visit.form, forms.name_empty(checked.errors, visit.form, tr), 422)
    wanted = checked.value
    chosen = forms.one_slot(visit.session, visit.me, here.who, wanted, tr, moved=one)
    if chosen.errors:
        return _page(here, visit.form, chosen.errors, 422)
    slot = chosen.slots[0]
    if (refused := _begun(here, tr)) is not None:
        return refused
    if (one.at, one.minutes, one.place) == (slot.at, slot.minutes, slot.place):
        return see_other(here.path, "same")
    return _take(
        here,
        wanted.version,
        lambda who: service.move(visit.session, who, one, slot, wanted.asked_by),
    )


@router.post(f"{ONE}/cancel")
@for_staff(PLANS_SESSIONS)
def cancel(visit: StaffVisit, public_id: PublicId, appointment: PublicId) -> Response:
    """Also of somebody who has left the study: their sessions are not waited for, note or none."""
    here = here_at(visit, public_id, appointment)
    tr = visit.tr
    checked = check(forms.CancelForm, visit.form, tr)
    if checked.value is None:
        errors = forms.name_empty(checked.errors, visit.form, tr)
        named = {"cancel_asked_by" if k == "asked_by" else k: text for k, text in errors.items()}
        return _page(here, visit.form, named, 422)
    if here.one.state == "cancelled":
        return see_other(here.path, "same")
    if (refused := _begun(here, tr)) is not None:
        return refused
    left = here.who.status != "active"
    noted = here.one.id in notes_of(visit.session, here.who.id)
    if here.one.state == "planned" and noted and not left:
        return _page(here, EMPTY, {"": tr(NOTE_BEGUN)}, 422)
    wanted = checked.value
    return _take(
        here,
        wanted.version,
        lambda who: service.cancel(visit.session, who, here.one, wanted.asked_by, noted=left),
    )


@router.post(f"{ONE}/attendance")
@for_staff(PLANS_SESSIONS)
def mark(visit: StaffVisit, public_id: PublicId, appointment: PublicId) -> Response:
    """Whether the participant came; not before the session has begun."""
    here = here_at(visit, public_id, appointment)
    tr = visit.tr
    checked = check(forms.AttendanceForm, visit.form, tr)
    if checked.value is None:
        return _page(here, visit.form, forms.name_empty(checked.errors, visit.form, tr), 422)
    if not here.one.begun(visit.now):
        return _page(here, visit.form, {"came": tr("The session has not begun yet.")}, 422)
    attended = checked.value.came == "yes"
    if here.one.attended is attended:
        return see_other(here.path, "same")
    return _take(
        here,
        checked.value.version,
        lambda who: service.record_attendance(visit.session, who, here.one, attended),
    )


@router.post(f"{ONE}/attendance/undo")
@for_staff(PLANS_SESSIONS)
def undo(visit: StaffVisit, public_id: PublicId, appointment: PublicId) -> Response:
    """A wrong mark, as long as no note is closed; afterwards the note is amended."""
    here = here_at(visit, public_id, appointment)
    checked = check(forms.UndoForm, visit.form, visit.tr)
    if checked.value is None:
        return _page(here, visit.form, checked.errors, 422)
    if here.one.state == "planned":
        return see_other(here.path, "same")
    was = checked.value.was == "yes"
    # Another mark than the page showed counts as a change in between.
    version = checked.value.version if here.one.attended is was else -1
    return _take(
        here, version, lambda who: service.take_back_attendance(visit.session, who, here.one)
    )
