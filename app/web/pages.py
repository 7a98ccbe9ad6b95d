"""Rendering: templates, the language of a request, the note after a redirect."""

from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

import brotli
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.i18n import N_, Translator, best_language, translator
from app.languages import LANGUAGES
from app.web.appointment import their_moment
from app.web.static import static_url
from app.web.summary import with_labels
from app.web.telephone import Numbers, dial, tel
from app.web.units import with_units_joined
from app.web.unsent import keeper_of

TEMPLATES_DIR = Path(__file__).resolve().parent.parent / "templates"
LANGUAGE_COOKIE = "__Host-lang"
NOTE_COOKIE = "__Host-note"
# What a page may say once after a redirect; the cookie carries the key alone.
NOTES = {
    "saved": N_("Saved."),
    "offer": N_("Saved."),
    "sent": N_("Saved and sent to the study team."),
    "go_on": N_("Saved. On the next pages you can say what else you feel."),
    "changed": N_("Changed. The earlier answer stays in the record."),
    "same": N_("This was already saved."),
    "alert_raised": N_("Saved. The rules see an alert in it: please look at it now."),
    "acknowledged": N_("Acknowledged. The alert is yours."),
    "resolved": N_("Resolved. The record is closed."),
    "enrolled": N_("Enrolled."),
    "promoted": N_("On the list of adverse events. It waits to be judged."),
    "call_asked": N_("The clinic sees that you asked for a call."),
    "call_taken_back": N_("Taken back. The clinic sees that you need no call any more."),
    "phones_ended": N_("The phone is ended. No code opens it any more."),
    "invitation_sent": N_("The mail with the link is on its way."),
    "signed_out": N_("Signed out everywhere. They have to sign in anew."),
    "switched_off": N_("Switched off. Nothing is open to them any more."),
    "password_set": N_("Your new password is set. Everywhere else you are signed out."),
    "export_asked": N_("The export is being made. It stands below once it is ready."),
    "export_gone": N_("This file is not kept any more. Ask for the export anew."),
    "export_same": N_("The very same is being made already."),
    "reviewed": N_("The review is on record."),
    "factor_removed": N_("Removed. Everywhere else you are signed out."),
    "factor_reset": N_("Reset. They are told by mail."),
    "session_ended": N_("Signed out there."),
    "invited": N_("A new invitation is ready."),
    "hold_set": N_("The hold is on record."),
    "hold_lifted": N_("The hold is lifted."),
    "consent_first": N_("Please read this first. What you sent just now was not stored."),
    "consent_given": N_("You agreed. A copy is yours to keep."),
    "consent_set": N_("The text is in force."),
    "leaving_saved": N_("It is on record."),
    "leaving_undone": N_("Undone. The wrong entry stays on record with its reason."),
    "shared": N_("Shared with your counselor."),
    "taken_back": N_("Taken back. The team no longer sees it."),
    "put_away": N_("Put away. At the end of this page it can be brought back."),
    "note_closed": N_("The note is closed. It can be amended, and no longer changed."),
    "taken_out": N_("It counts no longer, and stays on record with its reason."),
    "has_code": N_("This phone has its code. It can be changed under Settings."),
    "test_sent": N_("The test alert is on its way. What becomes of it stands below."),
    "test_nobody": N_("Nobody was mailed: an emergency would reach nobody now. See the list."),
    "note_amended": N_("The amendment stands beside the earlier version."),
}

environment = Environment(
    loader=FileSystemLoader(TEMPLATES_DIR),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.do"],
)
environment.globals["static"] = static_url
environment.globals["languages"] = LANGUAGES
environment.globals["their_moment"] = their_moment
environment.filters["tel"] = tel
environment.filters["dial"] = lambda text, numbers: dial(text, astuple(numbers))


def language_of(request: Request) -> str:
    """Profile of whoever is signed in, else the cookie, else Accept-Language."""
    chosen = getattr(request.state, "lang", None) or request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else best_language(request.headers.get("accept-language"))


def tr_of(request: Request) -> Translator:
    return translator(language_of(request))


def numbers_of(request: Request) -> Numbers:
    """Whom to call: the numbers that came with whoever is signed in, in their language.

    A phone that is locked is shown those of its owner's site, a stranger those of the first one.
    """
    me = getattr(request.state, "me", None)
    if me is not None:
        found: Numbers = me.numbers
        return found
    site = getattr(request.state, "site", None)
    of_site: Numbers = request.app.state.numbers.to(language_of(request), site)
    return of_site


def page(
    request: Request, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> Response:
    """Render ``template`` eagerly, in the language of the request, compressed if taken."""
    tr = tr_of(request)
    key = request.cookies.get(NOTE_COOKIE, "")
    note = NOTES.get(key)
    shared: dict[str, Any] = {
        "lang": tr.lang,
        "_": tr,
        "ngettext": tr.n,
        "tr": tr,
        "request_path": request.url.path,
        "saved": tr(note) if note else None,
        "offer": key == "offer",
        "nav": None,
        "me": getattr(request.state, "me", None),
        "title": "Daybook",
        "errors": {},
        "numbers": numbers_of(request),
        "keeper": keeper_of(request),
        "large": getattr(getattr(request.state, "me", None), "large", False),
    }
    html = environment.get_template(template).render({**shared, **(context or {})})
    html = with_units_joined(with_labels(html, tr))
    answer = _packed(request, html, status)
    if note:
        forget_cookie(answer, NOTE_COOKIE)
    return answer


def _packed(request: Request, html: str, status: int) -> Response:
    body = html.encode()
    if "br" in request.headers.get("accept-encoding", "") and len(body) > 500:
        packed = brotli.compress(body, mode=brotli.MODE_TEXT, quality=5)
        return HTMLResponse(packed, status, {"Content-Encoding": "br"})
    return HTMLResponse(body, status)


def see_other(url: str, note: str | None = None) -> Response:
    """After a write: go and look. ``note`` is a key of NOTES, shown once."""
    if not url.startswith("/") or url.startswith("//"):
        raise ValueError("a redirect stays on this site")
    answer = RedirectResponse(url, status_code=303)
    if note:
        set_cookie(answer, NOTE_COOKIE, note, max_age=60)
    return answer


def set_cookie(answer: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    """Every cookie of the product is ``__Host-``, Secure, HttpOnly and Lax."""
    answer.set_cookie(
        name, value, max_age=max_age, secure=True, httponly=True, samesite="lax", path="/"
    )


def forget_cookie(answer: Response, name: str) -> None:
    answer.delete_cookie(name, secure=True, httponly=True, samesite="lax")


def is_fragment(request: Request) -> bool:
    """htmx asks for a part of the page, not for the page."""
    return request.headers.get("hx-request") == "true"
