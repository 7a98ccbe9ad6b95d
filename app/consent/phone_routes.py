"""A participant reads the text, shows by a few questions that it was clear, and agrees."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app.consent import queries, service
from app.consent.forms import (
    ASKED,
    NEEDED,
    ROUNDS,
    UNANSWERED,
    AgreeForm,
    ReadForm,
    misunderstood,
    without_questions,
)
from app.instruments.consent.text import ConsentText, load_text
from app.visit.gate import for_whoever_was_enrolled
from app.visit.visits import ParticipantVisit
from app.web.forms import check
from app.web.pages import page, see_other

router = APIRouter()
PATH = "/me/consent"
COPY = {"Content-Disposition": 'attachment; filename="daybook-consent.html"'}


@router.get(PATH)
@for_whoever_was_enrolled
def read_text(visit: ParticipantVisit) -> Response:
    """The text that is asked about, else what was agreed to."""
    return _page(visit)


def _asked(visit: ParticipantVisit) -> ConsentText | None:
    """The text that this person is asked to agree to now, in force at their site."""
    me = visit.me
    if me.status != "active" or not me.owes_consent:
        return None
    return load_text(me.text_newest)


def _page(
    visit: ParticipantVisit, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    given = queries.given_by(visit.session, visit.me.id)
    asked = _asked(visit)
    news = visit.me.may_read_news and visit.me.status == "active"
    shown = asked or (load_text(visit.me.text_newest) if news else None)
    agreed = [one for one in given if one.kind == "given"]
    typed = visit.form.one("round")
    round_ = int(typed) + 1 if typed.isascii() and typed.isdigit() and len(typed) < 3 else 1
    context: dict[str, Any] = {
        "text": shown or (load_text(given[-1].text_version) if given else None),
        "asked": asked is not None,
        "news": news,
        "before": agreed[-1] if agreed else None,
        "given": given,
        "choices": _choices(asked, visit.tr.lang),
        "errors": errors or {},
        "form": visit.form,
        "round": min(round_, ROUNDS),
        "idem": uuid4().hex,
        "back": ("/me/settings", visit.tr("Settings")),
    }
    return page(visit.request, "consent/own.html", context, status)


def _choices(text: ConsentText | None, lang: str) -> dict[str, list[tuple[str, str]]]:
    """The answers to each question, in the language of the page."""
    return {
        one.key: [(choice.code, choice.label.in_(lang)) for choice in one.choices]
        for one in (text.questions if text else ())
    }


@router.post(PATH)
@for_whoever_was_enrolled
def agree(visit: ParticipantVisit) -> Response:
    """A wrong answer refuses nobody: the page comes again and says where to read."""
    text, tr = _asked(visit), visit.tr
    if text is None:
        return _read_news(visit)
    form = replace(visit.form, fields=without_questions(text, visit.form))
    checked = check(AgreeForm, form, tr)
    unclear = misunderstood(text, visit.form, tr.lang)
    errors = {name: hint or tr(UNANSWERED) for name, hint in unclear.items()}
    for name, said in (checked.errors | visit.form.said(tr)).items():
        empty = name in NEEDED and not visit.form.one(name).strip()
        errors[name] = tr(NEEDED[name]) if empty else said
    value = checked.value
    if value is None or errors:
        return _page(visit, errors, 422)
    if value.text != text.version:
        return _page(visit, {"": tr("The text has changed meanwhile. Please read it anew.")}, 409)
    service.give(
        visit.session,
        visit.me.actor,
        visit.me.id,
        text.version,
        tr.lang,
        visit.now,
        name=value.name,
        rounds=value.round,
    )
    return see_other(PATH, "consent_given")


def _read_news(visit: ParticipantVisit) -> Response:
    """A minor change was read, or the same came again: nothing more is asked then."""
    newest = visit.me.text_newest
    if not visit.me.may_read_news or newest is None or visit.me.status != "active":
        return _nothing_asked(visit)
    checked = check(ReadForm, visit.form, visit.tr)
    if checked.value is None or checked.value.text != newest:
        return _page(visit, checked.errors, 422)
    service.inform(visit.session, visit.me.actor, visit.me.id, newest, visit.tr.lang, visit.now)
    return see_other(PATH, "saved")


def _nothing_asked(visit: ParticipantVisit) -> Response:
    """The form of a text came once more, or a page that has no such form sends something."""
    agreed = queries.given_by(visit.session, visit.me.id)
    asked = load_text(agreed[-1].text_version).questions if agreed else ()
    known = {*AgreeForm.model_fields, *(ASKED + one.key for one in asked)}
    if visit.form.faults:
        return _page(visit, visit.form.said(visit.tr), 422)
    if not set(visit.form.fields) <= known:
        return _page(visit, {"": visit.tr("This page has no such field.")}, 422)
    return see_other(PATH, "same")


@router.get(f"{PATH}/copy")
@for_whoever_was_enrolled
def own_copy(visit: ParticipantVisit) -> Response:
    """The newest text that was agreed to, with name and moment, as a file to keep or to print."""
    agreed = [one for one in queries.given_by(visit.session, visit.me.id) if one.kind == "given"]
    if not agreed:
        return see_other(PATH)
    given = agreed[-1]
    context = {
        "text": load_text(given.text_version),
        "given": given,
        "name": queries.signed_name(visit.session, given),
    }
    answer = page(visit.request, "consent/copy.html", context)
    answer.headers.update(COPY)
    return answer
