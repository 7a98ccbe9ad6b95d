"""Participants: the list, enrolment, one person's page and what staff do there."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.appointments.queries import attendance
from app.clock import local_day
from app.enrolment import queries, service
from app.enrolment.forms import (
    EndPhonesForm,
    EnrolForm,
    FirstDoseForm,
    HoldForm,
    LiftForm,
    ZoneForm,
    first_dose_days,
    hold_days,
    name_empty,
)
from app.i18n import translator
from app.languages import LANGUAGES
from app.locks.queries import locks_on
from app.named import PublicId
from app.protocol.study_time import study_time
from app.signin import phone
from app.staff.contact import reveal
from app.staff.frame import staff_page
from app.typed import plain
from app.visit.gate import for_staff
from app.visit.identity import StaffMe
from app.visit.left import left_word
from app.visit.roles import (
    CAN_ENROL,
    CAN_INVITE,
    ENDS_PHONES,
    ENTERS_TOLD,
    MOVES_ZONES,
    OPENS_CONTACTS,
    PLANS_FIRST_DOSE,
    READS_MESSAGES,
    READS_RECORDS,
    SETS_CONSENT_TEXT,
    SETS_HOLDS,
    SIGNS_OFF,
)
from app.visit.scope import ScopedParticipant, participant_for
from app.visit.site_numbers import OfSite, numbers_of_site
from app.visit.visits import StaffVisit
from app.web.errors import NotFound
from app.web.forms import Form, check, known_zone
from app.web.pages import see_other
from app.web.square import qr_svg

router = APIRouter()


@router.get("/participants")
@for_staff(READS_RECORDS)
def list_participants(visit: StaffVisit) -> Response:
    context = {
        "nav": "participants",
        "people": queries.participants(visit.session, visit.me, visit.now),
        "can_enrol": visit.me.may(CAN_ENROL),
        "can_set_text": visit.me.may(SETS_CONSENT_TEXT),
        "weeks": visit.protocol.weeks,
    }
    return staff_page(visit, "enrolment/list.html", context)


@router.get("/participants/new")
@for_staff(CAN_ENROL)
def enrol_form(visit: StaffVisit) -> Response:
    return _enrol_page(visit, Form({"timezone": [visit.me.timezone]}), {}, 200)


@router.post("/participants/new")
@for_staff(CAN_ENROL)
def enrol(visit: StaffVisit) -> Response:
    tr = visit.tr
    today = local_day(visit.now, _zone_of(visit.form, visit.me))
    checked = check(
        EnrolForm, visit.form, tr, first_dose_days(today, today, visit.protocol, tr), visit.protocol
    )
    errors = name_empty(checked.errors, visit.form, visit.tr)
    if checked.value:
        before = service.enrolled_before(
            visit.session, visit.me, checked.value.code, visit.form.token
        )
        if before is not None:
            return see_other(f"/participants/{before}", note="enrolled")
    counselor_id, more = _check_site(visit)
    errors = {**errors, **more}
    if checked.value is None or counselor_id is None or errors:
        return _enrol_page(visit, visit.form, errors, 422, checked.asked)
    person = service.enrol(
        visit.session, visit.me, checked.value, counselor_id, visit.now, visit.form.token
    )
    return see_other(f"/participants/{person.public_id}", note="enrolled")


def _zone_of(form: Form, me: StaffMe) -> str:
    """Where the new participant's today is; the site's own where that is not said yet."""
    try:
        return known_zone(plain(form.one("timezone")) or me.timezone)
    except ValueError:
        return me.timezone


def _check_site(visit: StaffVisit) -> tuple[int | None, dict[str, str]]:
    """What only the site knows: is the code free, does the counselor work here.

    Asked of each field by itself, so that one round names all there is to mend.
    """
    tr = visit.tr
    errors: dict[str, str] = {}
    if queries.code_taken(visit.session, visit.me.site_id, plain(visit.form.one("code")).upper()):
        errors["code"] = tr("Another participant of your site has this code.")
    offered = {one.public_id: one.id for one in queries.counselors(visit.session, visit.me.site_id)}
    chosen = offered.get(plain(visit.form.one("counselor")))
    if chosen is None:
        errors["counselor"] = tr("Choose a counselor of your site.")
    return chosen, errors


def _enrol_page(
    visit: StaffVisit,
    form: Form,
    errors: dict[str, str],
    status: int,
    asked: Mapping[str, date] | None = None,
) -> Response:
    lang = visit.tr.lang
    context = {
        "nav": "participants",
        "form": form,
        "errors": errors,
        "asked": asked or {},
        "counselors": [
            (c.public_id, c.name) for c in queries.counselors(visit.session, visit.me.site_id)
        ],
        "presets": [(p.key, p.name.in_(lang)) for p in visit.protocol.presets],
        "idem": form.token or uuid4().hex,
    }
    return staff_page(visit, "enrolment/new.html", context, status)


@router.get("/participants/{public_id}")
@for_staff(READS_RECORDS)
def show_participant(visit: StaffVisit, public_id: PublicId) -> Response:
    return _person_page(
        visit,
        participant_for(visit.session, visit.me, public_id),
    )


def _person_page(
    visit: StaffVisit, who: ScopedParticipant, status: int = 200, **more: Any
) -> Response:
    protocol = visit.protocol
    today = local_day(visit.now, who.timezone)
    context = {
        "nav": "participants",
        "who": who,
        "today": today,
        "study": study_time(who.first_dose_on, today),
        "protocol": protocol,
        "left": left_word(visit.session, who.id, who.status),
        "counselor": queries.counselor_name(visit.session, who.counselor_id),
        "drinks": queries.usual_drinks(visit.session, who.id, protocol, visit.tr),
        "run_in": queries.run_in(visit.session, who, protocol, visit.now),
        "access": queries.access(visit.session, who.id, visit.now),
        "hold": queries.active_hold(visit.session, who.id, today),
        "attendance": attendance(visit.session, who.id, visit.now),
        "locks": locks_on(visit.session, visit.me, who.id),
        "signs_off": visit.me.may(SIGNS_OFF),
        "can_plan": visit.me.may(PLANS_FIRST_DOSE),
        "can_invite": visit.me.may(CAN_INVITE) and who.status == "active",
        "can_end_phones": visit.me.may(ENDS_PHONES),
        "ending": False,
        "can_interview": visit.me.may(ENTERS_TOLD),
        "can_hold": visit.me.may(SETS_HOLDS) and who.status == "active",
        "reads_messages": visit.me.may(READS_MESSAGES),
        "contact": None,
        "asked": {},
        "form": Form({}),
        "idem": uuid4().hex,
        **more,
    }
    return staff_page(visit, "enrolment/person.html", context, status)


@router.post("/participants/{public_id}/first-dose")
@for_staff(PLANS_FIRST_DOSE)
def plan_first_dose(visit: StaffVisit, public_id: PublicId) -> Response:
    who = participant_for(visit.session, visit.me, public_id)
    tr, today = visit.tr, local_day(visit.now, who.timezone)
    enrolled_on = local_day(who.enrolled_at, who.timezone)
    checked = check(
        FirstDoseForm, visit.form, tr, first_dose_days(enrolled_on, today, visit.protocol, tr)
    )
    errors = name_empty(checked.errors, visit.form, tr)
    if checked.value is None or errors:
        named = {"reason_for_date" if name == "reason" else name: e for name, e in errors.items()}
        more = {"errors": named, "form": visit.form, "asked": checked.asked}
        return _person_page(visit, who, 422, **more)
    service.plan_first_dose(visit.session, visit.me, who, checked.value, visit.now)
    return see_other(f"/participants/{public_id}", note="saved")


@router.post("/participants/{public_id}/time-zone")
@for_staff(MOVES_ZONES)
def change_zone(visit: StaffVisit, public_id: PublicId) -> Response:
    who = participant_for(visit.session, visit.me, public_id)
    checked = check(ZoneForm, visit.form, visit.tr)
    errors = name_empty(checked.errors, visit.form, visit.tr)
    if checked.value is None or errors:
        named = {"reason_for_zone" if name == "reason" else name: e for name, e in errors.items()}
        return _person_page(visit, who, 422, errors=named, form=visit.form)
    moved = service.change_zone(visit.session, visit.me, who, checked.value, visit.now)
    return see_other(f"/participants/{public_id}", note="saved" if moved else "same")


@router.post("/participants/{public_id}/phones/end")
@for_staff(ENDS_PHONES)
def end_phones(visit: StaffVisit, public_id: PublicId) -> Response:
    """A phone that was lost, or is somebody else's now; also of who has left."""
    who = participant_for(visit.session, visit.me, public_id)
    checked = check(EndPhonesForm, visit.form, visit.tr)
    errors = name_empty(checked.errors, visit.form, visit.tr)
    if checked.value is None or errors:
        named = {"reason_for_phones" if name == "reason" else name: e for name, e in errors.items()}
        return _person_page(visit, who, 422, errors=named, form=visit.form, ending=True)
    ended = phone.end_phones(
        visit.session, who.id, visit.me.actor, visit.now, reason=checked.value.reason
    )
    return see_other(f"/participants/{public_id}", note="phones_ended" if ended else "same")


@router.post("/participants/{public_id}/invitation")
@for_staff(CAN_INVITE, button=True)
def invite(visit: StaffVisit, public_id: PublicId) -> Response:
    """Shown in answer to the POST and never again: the code is stored as its hash.

    The same form sent again, as by loading the page anew, makes no other code: the printed one
    stays good, and the page says so.
    """
    who = participant_for(visit.session, visit.me, public_id)
    if who.status != "active":
        raise NotFound
    context: dict[str, Any] = {"nav": "participants", "who": who, "idem": uuid4().hex}
    if phone.invited_before(visit.session, who.id, visit.me.actor, visit.form.token):
        context |= {"code": None, "access": queries.access(visit.session, who.id, visit.now)}
    else:
        code = phone.invite(
            visit.session, who.id, visit.me.id, visit.me.actor, visit.now, visit.form.token
        )
        context |= _handout(
            visit.request, who, code, numbers_of_site(visit.session, who.site_id), visit.now
        )
    return staff_page(visit, "enrolment/invitation.html", context)


def _handout(
    request: Request, who: ScopedParticipant, code: str, numbers: OfSite, now: datetime
) -> dict[str, Any]:
    """The sheet that the participant takes home: in their language, then in the other ones.

    Somebody else may find it, so it says nothing of a study or of what the diary is about.
    """
    base_url = request.app.state.settings.base_url
    theirs = translator(who.language)
    others = [translator(lang) for lang in LANGUAGES if lang != who.language]
    ends = now + phone.INVITATION_LIFE
    return {
        "code": code,
        "parts": [
            (say, say.moment(ends, who.timezone), numbers.to(say.lang).clinic)
            for say in (theirs, *others)
        ],
        "address": f"{base_url}/start",
        "qr": qr_svg(f"{base_url}/start#{code}", theirs("Code for the camera")),
    }


@router.post("/participants/{public_id}/contact")
@for_staff(OPENS_CONTACTS, button=True)
def reveal_contact(visit: StaffVisit, public_id: PublicId) -> Response:
    """A POST, because looking leaves a mark; shown once, in answer to it."""
    who = participant_for(visit.session, visit.me, public_id)
    contact = reveal(visit.session, visit.me, who.id, visit.now)
    return _person_page(visit, who, contact=contact, revealed=True)


@router.post("/participants/{public_id}/hold")
@for_staff(SETS_HOLDS)
def set_hold(visit: StaffVisit, public_id: PublicId) -> Response:
    who = participant_for(visit.session, visit.me, public_id)
    tr = visit.tr
    today = local_day(visit.now, who.timezone)
    checked = check(HoldForm, visit.form, tr, hold_days(today, tr))
    errors = name_empty(checked.errors, visit.form, tr)
    if checked.value:
        first, last = checked.value.from_day, checked.value.until_day
        if last and last < first:
            errors["until_day"] = tr("The last day cannot be before the first one.")
        if queries.active_hold(visit.session, who.id, today):
            errors["from_day"] = tr("A hold is on record already. Lift it first.")
    if checked.value is None or errors:
        more = {"errors": errors, "form": visit.form, "asked": checked.asked}
        return _person_page(visit, who, 422, **more)
    service.set_hold(visit.session, visit.me, who, checked.value, visit.now)
    return see_other(f"/participants/{public_id}", note="hold_set")


@router.post("/participants/{public_id}/hold/lift")
@for_staff(SETS_HOLDS)
def lift_hold(visit: StaffVisit, public_id: PublicId) -> Response:
    """Lifting a hold that has ended already changes nothing and is no error."""
    who = participant_for(visit.session, visit.me, public_id)
    checked = check(LiftForm, visit.form, visit.tr)
    if checked.value is None:
        return _person_page(visit, who, 422, errors=checked.errors, form=visit.form)
    lifted = service.lift_hold(visit.session, visit.me, who, checked.value.hold, visit.now)
    return see_other(f"/participants/{public_id}", note="hold_lifted" if lifted else "same")
