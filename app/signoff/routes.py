"""Signing off a participant: the record as it stands, under the investigator's signature."""

from collections.abc import Mapping
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app import turns
from app.named import PublicId
from app.signin.confirm import Proof, asks, confirm
from app.signing.queries import signatures_of
from app.signing.records import digests
from app.signing.service import Version, declared, sign
from app.signing.words import WORDS
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import SIGNS_OFF
from app.visit.scope import ScopedParticipant, participant_for
from app.visit.visits import StaffVisit
from app.web.forms import check
from app.web.pages import see_other

router = APIRouter()
PATH = "/participants/{public_id}/sign-off"
KIND, MEANING = "participant", "reviewed"


class SignOffForm(Proof):
    """``seen``: the hash of the record that the page was about."""

    seen: str = ""


@router.get(PATH)
@for_staff(SIGNS_OFF)
def show(visit: StaffVisit, public_id: PublicId) -> Response:
    return _page(visit, participant_for(visit.session, visit.me, public_id), {}, 200)


@router.post(PATH)
@for_staff(SIGNS_OFF, weighs=True)
def sign_off(visit: StaffVisit, public_id: PublicId) -> Response:
    """What came in since the page was opened is not signed unseen."""
    me, tr = visit.me, visit.tr
    who = participant_for(visit.session, me, public_id)
    turns.of_person(visit.session, who.id)
    checked = check(SignOffForm, visit.form, tr)
    if checked.value is None:
        return _page(visit, who, checked.errors, 422)
    if checked.value.seen != digests(visit.session, KIND, [who.id])[who.id]:
        text = tr(
            "The record changed since this page was opened, so nothing was signed. Look again."
        )
        return _page(visit, who, {"": text}, 409)
    before = signatures_of(visit.session, KIND, [who.id]).get(who.id)
    if before and before.stands:
        return see_other(f"/participants/{public_id}/sign-off", "same")
    errors = confirm(visit)
    if errors:
        return _page(visit, who, errors, 422)
    by = declared(me.id, me.actor, me.name, MEANING, tr)
    number = str(before.count + 1 if before else 1)
    sign(visit.session, by, Version(KIND, who.id, number), visit.now)
    return see_other(f"/participants/{public_id}/sign-off", "saved")


def _page(
    visit: StaffVisit, who: ScopedParticipant, errors: Mapping[str, str], status: int
) -> Response:
    context = {
        "nav": "participants",
        "who": who,
        "signed": signatures_of(visit.session, KIND, [who.id]).get(who.id),
        "seen": digests(visit.session, KIND, [who.id])[who.id],
        "meaning": visit.tr(WORDS[MEANING]),
        "asks": asks(visit),
        "errors": errors,
        "idem": uuid4().hex,
    }
    return staff_page(visit, "signoff/page.html", context, status)
