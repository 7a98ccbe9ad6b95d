"""The note of a session: written by the counselor, closed under their name, amended beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.auth.gate import NowDep, SessionDep, StaffDep, for_staff
from app.auth.scope import CARE_TEAM
from app.clock import local_day
from app.i18n import Translator
from app.safety.frame import staff_page
from app.sessions import note_words as words
from app.sessions import notes
from app.sessions.note_forms import AmendForm, NoteForm, open_questions
from app.sessions.note_queries import TEXT_READERS, Notes, NoteVersion, read_notes
from app.sessions.queries import next_session
from app.sessions.service import Changed
from app.sessions.step_routes import EMPTY, ONE, Here, about, here_at
from app.web.errors import NotFound
from app.web.forms import Form, FormDep, check
from app.web.pages import see_other, tr_of

router = APIRouter()


@router.get(f"{ONE}/note")
@for_staff(*CARE_TEAM, records_read=True)
def show_note(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    public_id: str,
    appointment: str,
    now: NowDep,
) -> Response:
    """Reading it is recorded. Whoever may write finds the form as long as the note is open."""
    here = here_at(request, session, me, public_id, appointment, now)
    found = _read(here)
    mode = "write" if _may_write(here) and not found.closed else "read"
    return _page(here, found, mode, _as_form(found.draft), {}, 200)


@router.get(f"{ONE}/note/amend")
@for_staff("counselor", records_read=True)
def amend_form(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    public_id: str,
    appointment: str,
    now: NowDep,
) -> Response:
    here = here_at(request, session, me, public_id, appointment, now)
    found = _read(here)
    if not found.closed:
        return _page(
            here, found, "write" if _may_write(here) else "read", _as_form(found.draft), {}, 200
        )
    return _page(here, found, "amend", _as_form(found.closed[-1]), {}, 200)


def _read(here: Here) -> Notes:
    subject = Subject("session", here.one.id)
    audit.record(here.session, here.me.actor, "note.open", subject, now=here.now)
    return read_notes(here.session, here.me, here.one.id)


def _may_write(here: Here) -> bool:
    """From the morning of the session on; what was cancelled has no note."""
    begun = local_day(here.one.at, here.me.timezone) <= local_day(here.now, here.me.timezone)
    return here.me.role == "counselor" and here.one.state != "cancelled" and begun


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
    tr = tr_of(here.request)
    context: dict[str, Any] = {
        "nav": "sessions",
        "who": here.who,
        "one": here.one,
        "notes": found,
        "mode": mode,
        "form": form,
        "errors": errors,
        "words": words,
        "topic_words": words.topic_words(tr),
        "sheet_words": words.sheet_words(tr),
        "plan_words": words.plan_words(tr),
        "near": {f"week_{here.one.week + step}" for step in (-1, 0, 1)},
        "week_codes": [code for code, _ in words.week_topics(tr)],
        "week_sheets": words.sheets_of_week(here.one.week),
        "near_plan": words.near_plan(here.one.week),
        "next": next_session(here.session, here.who.id, here.now),
        "sees_text": here.me.role in TEXT_READERS,
        "can_amend": here.me.role == "counselor" and bool(found.closed),
        "idem": uuid4().hex,
    }
    return staff_page(here.request, here.session, here.me, "sessions/note.html", context, status)


@router.post(f"{ONE}/note")
@for_staff("counselor")
def write_note(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    public_id: str,
    appointment: str,
    form: FormDep,
    now: NowDep,
) -> Response:
    """Save the draft, or close the note. Whatever is refused keeps all that was typed."""
    here = here_at(request, session, me, public_id, appointment, now)
    if not _may_write(here):
        raise NotFound
    who, tr = about(me, here.who, now), tr_of(request)
    path = f"{here.path}/note"
    if notes.sent_before(session, who, here.one, form.token):
        return see_other(path, "same")
    checked = check(NoteForm, form, tr)
    errors = dict(checked.errors)
    wanted = checked.value
    if wanted and wanted.do == "close":
        errors = open_questions(wanted.content, tr) | _early(here, tr)
    if wanted is None or errors:
        return _page(here, read_notes(session, me, here.one.id), "write", form, errors, 422)
    seen = _moment(wanted.seen)
    try:
        if wanted.do == "close":
            signature = _signature(here, wanted.content, tr)
            notes.close_note(session, who, here.one, wanted.content, seen, signature, form.token)
            return see_other(path, "note_closed")
        notes.save_note(session, who, here.one, wanted.content, seen, form.token)
        return see_other(path, "saved")
    except (notes.Closed, Changed) as problem:
        return _refused(here, form, isinstance(problem, notes.Closed))


def _early(here: Here, tr: Translator) -> dict[str, str]:
    if here.one.at <= here.now:
        return {}
    return {"": tr("The session has not begun yet. Save the note as a draft.")}


def _signature(here: Here, content: notes.Content, tr: Translator) -> notes.Signature:
    return notes.Signature(here.me.name, tr(words.meaning(content.attendance)))


def _refused(here: Here, form: Form, closed: bool) -> Response:
    """Somebody was faster: what they stored, and below it what was typed here."""
    tr = tr_of(here.request)
    found = read_notes(here.session, here.me, here.one.id)
    if closed or (found.closed and not found.draft):
        text = tr("This note was closed in the meantime. What you typed is kept below.")
        fields = {**form.fields, "former": [found.closed[-1].public_id]}
        return _page(here, found, "amend", Form(fields), {"": text}, 409)
    text = tr("This draft was saved from another page in the meantime. Sending replaces that one.")
    seen = found.draft.written_at.isoformat() if found.draft else ""
    return _page(here, found, "write", Form({**form.fields, "seen": [seen]}), {"": text}, 409)


@router.post(f"{ONE}/note/amend")
@for_staff("counselor")
def amend(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    public_id: str,
    appointment: str,
    form: FormDep,
    now: NowDep,
) -> Response:
    """Another version with its reason; the original stays and stays readable."""
    here = here_at(request, session, me, public_id, appointment, now)
    who, tr = about(me, here.who, now), tr_of(request)
    path = f"{here.path}/note"
    if notes.sent_before(session, who, here.one, form.token):
        return see_other(path, "same")
    found = read_notes(session, me, here.one.id)
    if not found.closed:
        raise NotFound
    checked = check(AmendForm, form, tr)
    errors, wanted = dict(checked.errors), checked.value
    if wanted:
        errors = open_questions(wanted.content, tr)
        if not wanted.reason:
            errors["reason"] = tr("Write why the note is amended.")
    if wanted is None or errors:
        return _page(here, found, "amend", form, errors, 422)
    signature = _signature(here, wanted.content, tr)
    try:
        notes.amend_note(
            session,
            who,
            here.one,
            wanted.former,
            wanted.content,
            wanted.reason,
            signature,
            form.token,
        )
    except Changed:
        return _refused(here, form, closed=True)
    return see_other(path, "note_amended")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
