"""Participants: the list, enrolment, one person's page and what staff do there."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth import phone
from app.auth.gate import NowDep, SessionDep, StaffDep, for_staff
from app.auth.identity import StaffMe
from app.auth.numbers import OfSite, numbers_of_site
from app.auth.scope import CARE_TEAM, TELLERS, ScopedParticipant, participant_for
from app.clock import local_day
from app.i18n import LANGUAGES, translator
from app.protocol.loader import load_protocol
from app.protocol.study_time import study_time
from app.safety.frame import staff_page
from app.sessions.queries import attendance
from app.trial import queries, service
from app.trial.forms import (
    EnrolForm,
    FirstDoseForm,
    HoldForm,
    LiftForm,
    ZoneForm,
    first_dose_days,
    hold_days,
    known_zone,
    name_empty,
)
from app.trial.handout import qr_svg
from app.typed import plain
from app.web.errors import NotFound
from app.web.forms import Form, FormDep, check
from app.web.pages import see_other, tr_of

router = APIRouter()
CAN_ENROL = ("coordinator",)
CAN_INVITE = ("coordinator", "investigator")


@router.get("/participants")
@for_staff(*CARE_TEAM)
def list_participants(request: Request, session: SessionDep, me: StaffDep, now: NowDep) -> Response:
    context = {
        "nav": "participants",
        "people": queries.participants(session, me, now),
        "can_enrol": me.role in CAN_ENROL,
        "weeks": load_protocol().weeks,
    }
    return staff_page(request, session, me, "trial/list.html", context)


@router.get("/participants/new")
@for_staff(*CAN_ENROL)
def enrol_form(request: Request, session: SessionDep, me: StaffDep) -> Response:
    return _enrol_page(request, session, me, Form({"timezone": [me.timezone]}), {}, 200)


@router.post("/participants/new")
@for_staff(*CAN_ENROL)
def enrol(
    request: Request, session: SessionDep, me: StaffDep, form: FormDep, now: NowDep
) -> Response:
    tr = tr_of(request)
    today = local_day(now, _zone_of(form, me))
    checked = check(EnrolForm, form, tr, first_dose_days(today, today, tr))
    errors = name_empty(checked.errors, form, tr_of(request))
    if checked.value:
        before = service.enrolled_before(session, me, checked.value.code, form.token)
        if before is not None:
            return see_other(f"/participants/{before}", note="enrolled")
    counselor_id, more = _check_site(request, session, me, form)
    errors = {**more, **errors}
    if checked.value is None or counselor_id is None or errors:
        return _enrol_page(request, session, me, form, errors, 422, checked.asked)
    person = service.enrol(session, me, checked.value, counselor_id, now, form.token)
    return see_other(f"/participants/{person.public_id}", note="enrolled")


def _zone_of(form: Form, me: StaffMe) -> str:
    """Where the new participant's today is; the site's own where that is not said yet."""
    try:
        return known_zone(plain(form.one("timezone")) or me.timezone)
    except ValueError:
        return me.timezone


def _check_site(
    request: Request, session: Session, me: StaffMe, form: Form
) -> tuple[int | None, dict[str, str]]:
    """What only the site knows: is the code free, does the counselor work here.

    Asked of each field by itself, so that one round names all there is to mend.
    """
    tr = tr_of(request)
    errors: dict[str, str] = {}
    if queries.code_taken(session, me.site_id, plain(form.one("code")).upper()):
        errors["code"] = tr("Another participant of your site has this code.")
    offered = {one.public_id: one.id for one in queries.counselors(session, me.site_id)}
    chosen = offered.get(plain(form.one("counselor")))
    if chosen is None:
        errors["counselor"] = tr("Choose a counselor of your site.")
    return chosen, errors


def _enrol_page(
    request: Request,
    session: Session,
    me: StaffMe,
    form: Form,
    errors: dict[str, str],
    status: int,
    asked: Mapping[str, date] | None = None,
) -> Response:
    lang = tr_of(request).lang
    context = {
        "nav": "participants",
        "form": form,
        "errors": errors,
        "asked": asked or {},
        "counselors": [(c.public_id, c.name) for c in queries.counselors(session, me.site_id)],
        "presets": [(p.key, p.name.in_(lang)) for p in load_protocol().presets],
        "idem": form.token or uuid4().hex,
    }
    return staff_page(request, session, me, "trial/new.html", context, status)


@router.get("/participants/{public_id}")
@for_staff(*CARE_TEAM)
def show_participant(
    request: Request, session: SessionDep, me: StaffDep, public_id: str, now: NowDep
) -> Response:
    return _person_page(request, session, me, participant_for(session, me, public_id), now)


def _person_page(
    request: Request,
    session: Session,
    me: StaffMe,
    who: ScopedParticipant,
    now: datetime,
    status: int = 200,
    **more: Any,
) -> Response:
    protocol = load_protocol()
    today = local_day(now, who.timezone)
    context = {
        "nav": "participants",
        "who": who,
        "today": today,
        "study": study_time(who.first_dose_on, today),
        "protocol": protocol,
        "counselor": queries.counselor_name(session, who.counselor_id),
        "drinks": queries.usual_drinks(session, who.id, protocol, tr_of(request)),
        "run_in": queries.run_in(session, who, protocol, now),
        "access": queries.access(session, who.id, now),
        "hold": queries.active_hold(session, who.id, today),
        "attendance": attendance(session, who.id, now),
        "can_plan": me.role in CAN_INVITE,
        "can_invite": me.role in CAN_INVITE and who.status == "active",
        "can_interview": me.role in TELLERS,
        "can_hold": me.role == "investigator" and who.status == "active",
        "contact": None,
        "asked": {},
        "form": Form({}),
        "idem": uuid4().hex,
        **more,
    }
    return staff_page(request, session, me, "trial/person.html", context, status)


@router.post("/participants/{public_id}/first-dose")
@for_staff(*CAN_INVITE)
def plan_first_dose(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    public_id: str,
    form: FormDep,
    now: NowDep,
) -> Response:
    who = participant_for(session, me, public_id)
    tr, today = tr_of(request), local_day(now, who.timezone)
    enrolled_on = local_day(who.enrolled_at, who.timezone)
    checked = check(FirstDoseForm, form, tr, first_dose_days(enrolled_on, today, tr))
    errors = name_empty(checked.errors, form, tr)
    if checked.value is None or errors:
        named = {"reason_for_date" if name == "reason" else name: e for name, e in errors.items()}
        more = {"errors": named, "form": form, "asked": checked.asked}
        return _person_page(request, session, me, who, now, 422, **more)
    service.plan_first_dose(session, me, who, checked.value, now)
    return see_other(f"/participants/{public_id}", note="saved")


@router.post("/participants/{public_id}/time-zone")
@for_staff(*CARE_TEAM)
def change_zone(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    public_id: str,
    form: FormDep,
    now: NowDep,
) -> Response:
    who = participant_for(session, me, public_id)
    checked = check(ZoneForm, form, tr_of(request))
    errors = name_empty(checked.errors, form, tr_of(request))
    if checked.value is None or errors:
        named = {"reason_for_zone" if name == "reason" else name: e for name, e in errors.items()}
        return _person_page(request, session, me, who, now, 422, errors=named, form=form)
    moved = service.change_zone(session, me, who, checked.value, now)
    return see_other(f"/participants/{public_id}", note="saved" if moved else "same")


@router.post("/participants/{public_id}/invitation")
@for_staff(*CAN_INVITE)
def invite(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    public_id: str,
    form: FormDep,
    now: NowDep,
) -> Response:
    """Shown in answer to the POST and never again: the code is stored as its hash.

    The same form sent again, as by loading the page anew, makes no other code: the printed one
    stays good, and the page says so.
    """
    who = participant_for(session, me, public_id)
    if who.status != "active":
        raise NotFound
    context: dict[str, Any] = {"nav": "participants", "who": who, "idem": uuid4().hex}
    if phone.invited_before(session, who.id, me.actor, form.token):
        context |= {"code": None, "access": queries.access(session, who.id, now)}
    else:
        code = phone.invite(session, who.id, me.id, me.actor, now, form.token)
        context |= _handout(request, who, code, numbers_of_site(session, who.site_id), now)
    return staff_page(request, session, me, "trial/invitation.html", context)


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
@for_staff(*CARE_TEAM)
def reveal_contact(
    request: Request, session: SessionDep, me: StaffDep, public_id: str, now: NowDep
) -> Response:
    """A POST, because looking leaves a mark; shown once, in answer to it."""
    who = participant_for(session, me, public_id)
    contact = service.reveal_contact(session, me, who, now)
    return _person_page(request, session, me, who, now, contact=contact, revealed=True)


@router.post("/participants/{public_id}/hold")
@for_staff("investigator")
def set_hold(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    public_id: str,
    form: FormDep,
    now: NowDep,
) -> Response:
    who = participant_for(session, me, public_id)
    tr = tr_of(request)
    today = local_day(now, who.timezone)
    checked = check(HoldForm, form, tr, hold_days(today, tr))
    errors = name_empty(checked.errors, form, tr)
    if checked.value:
        first, last = checked.value.from_day, checked.value.until_day
        if last and last < first:
            errors["until_day"] = tr("The last day cannot be before the first one.")
        if queries.active_hold(session, who.id, today):
            errors["from_day"] = tr("A hold is on record already. Lift it first.")
    if checked.value is None or errors:
        more = {"errors": errors, "form": form, "asked": checked.asked}
        return _person_page(request, session, me, who, now, 422, **more)
    service.set_hold(session, me, who, checked.value, now)
    return see_other(f"/participants/{public_id}", note="hold_set")


@router.post("/participants/{public_id}/hold/lift")
@for_staff("investigator")
def lift_hold(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    public_id: str,
    form: FormDep,
    now: NowDep,
) -> Response:
    """Lifting a hold that has ended already changes nothing and is no error."""
    who = participant_for(session, me, public_id)
    checked = check(LiftForm, form, tr_of(request))
    if checked.value is None:
        raise NotFound
    lifted = service.lift_hold(session, me, who, checked.value.hold, now)
    return see_other(f"/participants/{public_id}", note="hold_lifted" if lifted else "same")
