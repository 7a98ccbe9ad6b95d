"""A check-in told by phone or in a visit: urges and side effects on one page, as they are said."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app import turns
from app.instruments.definitions import Instrument, Page
from app.instruments.loader import load_instrument
from app.instruments.messages import explain
from app.instruments.scoring import AnswerErrors, PageAnswers, validate_page
from app.interview.forms import HOW, PROVENANCES
from app.interview.queries import told_before
from app.interview.scope import told_participant
from app.interview.service import record_checkins
from app.named import PublicId
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import ENTERS_TOLD
from app.visit.scope import ScopedParticipant
from app.visit.visits import StaffVisit
from app.web.forms import Form
from app.web.pages import see_other

router = APIRouter()
INSTRUMENTS = ("urges", "side_effects")
Pages = list[tuple[Instrument, dict[str, PageAnswers]]]


@router.get("/participants/{public_id}/told")
@for_staff(ENTERS_TOLD)
def told_form(visit: StaffVisit, public_id: PublicId) -> Response:
    return _page(visit, told_participant(visit.session, visit.me, public_id), {}, {})


@router.post("/participants/{public_id}/told")
@for_staff(ENTERS_TOLD)
def tell_checkin(visit: StaffVisit, public_id: PublicId) -> Response:
    who, tr = told_participant(visit.session, visit.me, public_id), visit.tr
    turns.of_person(visit.session, who.id)
    if told_before(visit.session, who.id, visit.form.token):
        return see_other(f"/participants/{public_id}", "same")
    answers, errors = _read(visit.form, tr.lang)
    told = visit.form.one("told")
    if told not in PROVENANCES or len(visit.form.fields.get("told", [])) > 1:
        errors = {"told": tr(HOW), **errors}
    if not errors and not answers:
        errors[""] = tr("Nothing was filled in.")
    errors |= visit.form.said(tr)
    if errors:
        return _page(visit, who, visit.form.fields, errors)
    outcome = record_checkins(
        visit.session, visit.me, who, told, visit.form.token, answers, visit.now
    )
    if outcome.worst in ("urgent", "emergency"):
        return see_other("/flags", "alert_raised")
    return see_other(f"/participants/{public_id}", "saved")


def _read(form: Form, lang: str) -> tuple[Pages, dict[str, str]]:
    """Answers of every page of which something was told, and errors by field."""
    errors: dict[str, str] = {}
    left = {name for name in form.fields if name != "told"}
    found: Pages = []
    for key in INSTRUMENTS:
        instrument = load_instrument(key)
        pages: dict[str, PageAnswers] = {}
        for page in instrument.pages:
            names = _names(page)
            left -= names
            pages[page.key] = _page_answers(page, form, names, errors, lang)
        if any(answers.method != "skipped" for answers in pages.values()):
            found.append((instrument, pages))
    if left:
        errors[""] = explain(load_instrument("urges").pages[0], {"": "unknown_field"}, lang)[""]
    return found, errors


def _names(page: Page) -> set[str]:
    names = {item.code for item in page.items}
    names |= {f"{item.code}_none" for item in page.items if item.kind == "count"}
    return names | ({"signs"} if page.signs else set())


def _page_answers(
    page: Page, form: Form, names: set[str], errors: dict[str, str], lang: str
) -> PageAnswers:
    """A page of which nothing was said is a skipped one."""
    pairs = [(name, value) for name, value in form.pairs() if name in names and value.strip()]
    method = "each" if pairs else "skipped"
    try:
        return validate_page(page, [*pairs, ("method", method)])
    except AnswerErrors as problem:
        errors |= explain(page, problem.errors, lang)
        return problem.readable


def _page(
    visit: StaffVisit,
    who: ScopedParticipant,
    typed: Mapping[str, list[str]],
    errors: dict[str, str],
) -> Response:
    context: dict[str, Any] = {
        "nav": "participants",
        "who": who,
        "instruments": [load_instrument(key) for key in INSTRUMENTS],
        "typed": typed,
        "errors": errors,
        "idem": uuid4().hex,
    }
    status = 422 if errors else 200
    return staff_page(visit, "interview/told.html", context, status)
