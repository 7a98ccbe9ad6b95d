"""Consent for the team: which text is in force, and what one participant agreed to."""

from fastapi import APIRouter
from starlette.responses import Response

from app.consent import phone_routes, queries, service
from app.consent.forms import NEEDED, TextForm
from app.instruments.consent.text import load_text, versions
from app.named import PublicId
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import READS_RECORDS, SETS_CONSENT_TEXT
from app.visit.scope import participant_for
from app.visit.visits import StaffVisit
from app.web.forms import check
from app.web.pages import see_other

router = APIRouter()
router.include_router(phone_routes.router)


@router.get("/participants/{public_id}/consent")
@for_staff(READS_RECORDS)
def show_consent(visit: StaffVisit, public_id: PublicId) -> Response:
    """Who agreed when to which text, in the words that they read; to be printed."""
    who = participant_for(visit.session, visit.me, public_id)
    given = queries.given_by(visit.session, who.id)
    agreed = [one for one in given if one.kind == "given"]
    context = {
        "nav": "participants",
        "who": who,
        "given": given,
        "text": load_text(agreed[-1].text_version) if agreed else None,
        "read_in": agreed[-1].language if agreed else "",
        "in_force": queries.in_force_at(visit.session, visit.me.site_id),
    }
    return staff_page(visit, "consent/person.html", context)


@router.get("/consent-texts")
@for_staff(SETS_CONSENT_TEXT)
def show_texts(visit: StaffVisit) -> Response:
    return _texts(visit)


def _texts(visit: StaffVisit, errors: dict[str, str] | None = None) -> Response:
    in_force = queries.in_force_at(visit.session, visit.me.site_id)
    newest = in_force[0].text_version if in_force else 0
    later = [one for one in versions() if one > newest]
    context = {
        "nav": "participants",
        "in_force": in_force,
        "later": later,
        "choices": [(str(one), str(one)) for one in later],
        "text": load_text(later[-1]) if later else load_text(newest),
        "errors": errors or {},
        "form": visit.form,
    }
    return staff_page(visit, "consent/texts.html", context, 422 if errors else 200)


@router.post("/consent-texts")
@for_staff(SETS_CONSENT_TEXT)
def put_text_in_force(visit: StaffVisit) -> Response:
    tr = visit.tr
    checked = check(TextForm, visit.form, tr)
    errors = {
        name: tr(NEEDED[name]) if name in NEEDED and not visit.form.one(name).strip() else said
        for name, said in checked.errors.items()
    }
    value = checked.value
    if value is not None and value.text not in versions():
        errors["text"] = tr("Choose one of the answers shown.")
    if value is None or errors:
        return _texts(visit, errors)
    done = service.put_in_force(
        visit.session, visit.me, value.text, value.change, value.reason, visit.now
    )
    return see_other("/consent-texts", "consent_set" if done else "same")
