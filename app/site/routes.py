"""The page of an administrator: who is told, when they are reached, which numbers are shown."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import NowDep, SessionDep, StaffDep, for_staff
from app.auth.identity import StaffMe
from app.clock import local_day
from app.i18n import LANGUAGES, Translator
from app.safety.frame import ROLES, staff_page
from app.site import queries, service
from app.site.forms import ContactForm, NumbersForm
from app.site.words import WEEK, away_words, hours_words
from app.web.forms import Form, FormDep, check
from app.web.limits import Limits
from app.web.pages import see_other, tr_of

router = APIRouter()
YEAR = timedelta(days=366)


@router.get("/site")
@for_staff("admin")
def site(request: Request, session: SessionDep, me: StaffDep) -> Response:
    return _page(request, session, me)


@router.post("/site/contacts/{public_id}")
@for_staff("admin")
def set_contact(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    now: NowDep,
    form: FormDep,
    public_id: str,
) -> Response:
    who = queries.colleague(session, me, public_id)
    checked = check(ContactForm, form, tr_of(request), _absence(me, now, tr_of(request)))
    errors = dict(checked.errors)
    known = {one.public_id: one.id for one in queries.staff_of(session, me)}
    if checked.value and checked.value.cover and checked.value.cover not in known:
        errors["cover"] = tr_of(request)("Choose somebody of your site.")
    if checked.value and checked.value.cover == public_id:
        errors["cover"] = tr_of(request)("Choose somebody else.")
    if checked.value is None or errors:
        return _page(request, session, me, errors, form, public_id, 422)
    cover = known.get(checked.value.cover)
    service.set_contact(session, me, who, checked.value, cover, now)
    return see_other("/site", "saved")


def _absence(me: StaffMe, now: datetime, tr: Translator) -> dict[str, Limits]:
    """An absence that is over stays in the form for a while, so the past is as wide as the rest."""
    today, said = local_day(now, me.timezone), tr("Choose a date within a year of today.")
    limits = Limits(today - YEAR, today + YEAR, said, said)
    return {"absent_from": limits, "absent_until": limits}


@router.post("/site/numbers")
@for_staff("admin")
def set_numbers(
    request: Request, session: SessionDep, me: StaffDep, now: NowDep, form: FormDep
) -> Response:
    """Participants see them from the next page on."""
    checked = check(NumbersForm, form, tr_of(request))
    if checked.value is None:
        return _page(request, session, me, checked.errors, form, form.one("language"), 422)
    service.set_numbers(session, me, checked.value, now)
    return see_other("/site", "saved")


@router.post("/site/test")
@for_staff("admin")
def send_test(request: Request, session: SessionDep, me: StaffDep, now: NowDep) -> Response:
    service.send_test(session, me, now)
    return see_other("/site", "saved")


def _page(
    request: Request,
    session: Session,
    me: StaffMe,
    errors: dict[str, str] | None = None,
    form: Form | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    """``wrong``: whose form, or which language's, the errors are about."""
    tr = tr_of(request)
    people = queries.staff_of(session, me)
    numbers = queries.numbers_of(session, me.site_id)
    context: dict[str, Any] = {
        "nav": "site",
        "people": people,
        "reached": {one.public_id: hours_words(one, tr) for one in people},
        "away": {one.public_id: away_words(one, tr) for one in people},
        "roles": {role: tr(label) for role, label in ROLES.items()},
        "days": [(day.isoweekday(), tr.day_inline(day, "EEE")) for day in WEEK],
        "covers": [(one.public_id, one.name) for one in people],
        "names": {one.public_id: one.name for one in people},
        "phones": [(key, name, numbers.get(key, numbers[""])) for key, name in LANGUAGES.items()],
        "tests": queries.last_test(session, me.site_id),
        "errors": errors or {},
        "form": form or Form({}),
        "wrong": wrong,
        "idem": uuid4().hex,
    }
    return staff_page(request, session, me, "site/site.html", context, status)
