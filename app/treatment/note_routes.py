"""The note of a session: written by the counselor, closed under their name, amended beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app import audit
from app.appointments.queries import next_session
from app.appointments.service import Changed
from app.audit import Subject
from app.i18n import Translator
from app.named import PublicId
from app.notes import service as notes
from app.notes import words
from app.notes.forms import AmendForm, NoteForm, agreed_days, days_of, open_questions
from app.notes.queries import Notes, NoteVersion, notes_of, read_notes
from app.signin.confirm import asks, confirm
from app.signing.service import Declared, declared
from app.signing.words import WORDS
from app.staff.frame import staff_page
from app.treatment.here import Here, here_at, note_words, whats_agreed
from app.treatment.step_routes import EMPTY, ONE
from app.visit.gate import for_staff
from app.visit.roles import READS_RECORDS, WRITES_NOTES
from app.visit.visits import StaffVisit
from app.web.errors import NotFound
from app.web.forms import Form, check
from app.web.limits import Limits
from app.web.pages import see_other

router = APIRouter()


@router.get(f"{ONE}/note")
@for_staff(READS_RECORDS, records_read=True)
def show_note(visit: StaffVisit, public_id: PublicId, appointment: PublicId) -> Response:
    """Reading it is recorded. Whoever may write finds the form as long as the note is open."""
    here = here_at(visit, public_id, appointment)
    found = _read(here)
    mode = "write" if here.may_write and not found.closed else "read"
    return _page(here, found, mode, _first_form(here, found), {}, 200)


@router.get(f"{ONE}/note/amend")
@for_staff(WRITES_NOTES, records_read=True)
def amend_form(visit: StaffVisit, public_id: PublicId, appointment: PublicId) -> Response:
    here = here_at(visit, public_id, appointment)
    found = _read(here)
    if not found.closed:
        mode = "write" if here.may_write else "read"
        return _page(here, found, mode, _first_form(here, found), {}, 200)
    return _page(here, found, "amend", _as_form(found.closed[-1]), {}, 200)


def _read(here: Here) -> Notes:
    subject = Subject("session", here.one.id)
    audit.record(here.session, here.me.actor, "note.open", subject, now=here.now)
    return read_notes(here.session, here.me, here.one.id)


def _first_form(here: Here, found: Notes) -> Form:
    """The draft; without one what the session's page says already of somebody who did not come."""
    if found.draft is None and here.one.attended is False:
        return Form({"attendance": ["no_show"]})
    return _as_form(found.draft)


def _as_form(note: NoteVersion | None) -> Form:
    """A stored note as the form would send it."""
    if note is None:
        return EMPTY
    one = {"attendance": note.attendance, "text": note.text, "next_on": note.next_on}
    fields = {name: [str(value)] for name, value in one.items() if value}
    fields |= {name: [answer] for name, answer in note.risk_asked.items() if name in words.RISKS}
    fields |= {"topics": list(note.topics), "sheets": list(note.sheets), "plan": list(note.plan)}
    if note.closed_at is None:
        fields["seen"] = [note.written_at.isoformat()]
    return Form(fields)


def _page(
    here: Here, found: Notes, mode: str, form: Form, errors: Mapping[str, str], status: int
) -> Response:
    tr = here.tr
    context: dict[str, Any] = {
        "nav": "sessions",
        "who": here.who,
        "one": here.one,
        "notes": found,
        "mode": mode,
        "form": form,
        "errors": errors,
        "words": words,
        "topic_words": words.topic_words(here.visit.protocol, tr),
        "sheet_words": words.sheet_words(tr),
        "plan_words": words.plan_words(tr),
        "near": {f"week_{here.one.week + step}" for step in (-1, 0, 1)},
        "week_codes": [code for code, _ in words.week_topics(here.visit.protocol, tr)],
        "week_sheets": words.sheets_of_week(here.visit.protocol, here.one.week),
        "near_plan": words.near_plan(here.visit.protocol, here.one.week),
        "next": next_session(here.session, here.who.id, here.now),
        "note_words": note_words(here),
        "taken_over": _taken_over(here, found),
        **whats_agreed(here, mode == "read" and bool(found.closed)),
        "can_amend": here.me.may(WRITES_NOTES) and bool(found.closed),
        "meanings": WORDS,
        "asks": mode != "read" and asks(here.visit),
        "idem": uuid4().hex,
    }
    return staff_page(here.visit, "treatment/note.html", context, status)


@router.post(f"{ONE}/note")
@for_staff(WRITES_NOTES, weighs=True)
def write_note(visit: StaffVisit, public_id: PublicId, appointment: PublicId) -> Response:
    """Save the draft, or close and sign the note. What is refused keeps all that was typed."""
    here = here_at(visit, public_id, appointment)
    if not here.may_write:
        raise NotFound
    who, tr = here.about, visit.tr
    path = f"{here.path}/note"
    if notes.sent_before(visit.session, who, here.one, visit.form.token):
        return see_other(path, "same")
    checked = check(NoteForm, visit.form, tr, _days(here, tr), visit.protocol)
    errors = dict(checked.errors)
    wanted = checked.value
    if wanted and wanted.do == "close":
        errors = open_questions(wanted.content, tr) | _early(here, tr) or confirm(visit)
    if wanted is None or errors:
        return _page(here, _read(here), "write", visit.form, errors, 422)
    seen = _moment(wanted.seen)
    try:
        if wanted.do == "close":
            over = _taken_over(here, read_notes(visit.session, visit.me, here.one.id))
            signed = _signature(here, words.meaning(wanted.attendance, taken_over=over))
            notes.close_note(
                visit.session, who, here.one, wanted.content, seen, signed, visit.form.token
            )
            return see_other(path, "note_closed")
        notes.save_note(visit.session, who, here.one, wanted.content, seen, visit.form.token)
        return see_other(path, "saved")
    except (notes.Closed, Changed):
        return _refused(here, visit.form)


def _days(here: Here, tr: Translator) -> dict[str, Limits]:
    return agreed_days(
        days_of(here.opens_on, here.who.first_dose_on, here.visit.protocol.weeks), tr
    )


def _early(here: Here, tr: Translator) -> dict[str, str]:
    if here.one.begun(here.now):
        return {}
    return {"": tr("The session has not begun yet. Save the note as a draft.")}


def _taken_over(here: Here, found: Notes) -> bool:
    """Somebody else began the draft: they know who held the session."""
    return found.draft is not None and found.draft.written_by != here.me.id


def _signature(here: Here, meaning: str) -> Declared:
    return declared(here.me.id, here.me.actor, here.me.name, meaning, here.tr)


def _refused(here: Here, form: Form) -> Response:
    """Somebody was faster: what they stored, and below it what was typed here."""
    tr, found = here.tr, _read(here)
    changed = tr("Somebody changed this session in the meantime. It stands as shown here.")
    if found.closed:
        latest, former = found.closed[-1].public_id, form.one("former")
        text = tr("This note was closed in the meantime. What you typed is kept below.")
        if former:
            text = tr("This note was amended in the meantime. What you typed is kept below.")
        fields = {**form.fields, "former": [latest]}
        return _page(
            here, found, "amend", Form(fields), {"": changed if former == latest else text}, 409
        )
    seen = found.draft.written_at.isoformat() if found.draft else ""
    text = tr("This draft was saved from another page in the meantime. Sending replaces that one.")
    if seen == form.one("seen"):
        text = changed
    return _page(here, found, "write", Form({**form.fields, "seen": [seen]}), {"": text}, 409)


@router.post(f"{ONE}/note/amend")
@for_staff(WRITES_NOTES, weighs=True)
def amend(visit: StaffVisit, public_id: PublicId, appointment: PublicId) -> Response:
    """Another version with its reason; the original stays and stays readable."""
    here = here_at(visit, public_id, appointment)
    who, tr = here.about, visit.tr
    path = f"{here.path}/note"
    if notes.sent_before(visit.session, who, here.one, visit.form.token):
        return see_other(path, "same")
    state = notes_of(visit.session, here.who.id).get(here.one.id)
    if not state or not state.closed:
        raise NotFound
    checked = check(AmendForm, visit.form, tr, _days(here, tr), visit.protocol)
    errors, wanted = dict(checked.errors), checked.value
    if wanted:
        errors = _left_open(here, wanted, tr) or confirm(visit)
    if wanted is None or errors:
        return _page(here, _read(here), "amend", visit.form, errors, 422)
    signed = _signature(here, words.meaning(wanted.attendance, amends=True))
    content, reason = wanted.content, wanted.reason
    try:
        notes.amend_note(
            visit.session, who, here.one, wanted.former, content, reason, signed, visit.form.token
        )
    except Changed:
        return _refused(here, visit.form)
    return see_other(path, "note_amended")


def _left_open(here: Here, wanted: AmendForm, tr: Translator) -> dict[str, str]:
    errors = open_questions(wanted.content, tr)
    if not wanted.reason:
        errors["reason"] = tr("Write why the note is amended.")
    return errors


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
