"""The page of an administrator: who is told, when they are reached, which numbers are shown."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app.clock import local_day
from app.i18n import Translator
from app.languages import LANGUAGES
from app.named import PublicId
from app.site import queries, service
from app.site.forms import AlertListForm, NumbersForm
from app.site.words import WEEK, away_words, hours_words
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.identity import StaffMe
from app.visit.roles import ROLES, RUNS_SITE
from app.visit.visits import StaffVisit
from app.web.forms import Form, check
from app.web.limits import Limits
from app.web.pages import is_fragment, page, see_other

router = APIRouter()
YEAR = timedelta(days=366)
TEST_PLACE = "/site#test-alert"


@router.get("/site")
@for_staff(RUNS_SITE)
def site(visit: StaffVisit) -> Response:
    return _page(visit)


@router.post("/site/alert-list/{public_id}")
@for_staff(RUNS_SITE)
def set_on_alert_list(visit: StaffVisit, public_id: PublicId) -> Response:
    who = queries.colleague(visit.session, visit.me, public_id)
    checked = check(AlertListForm, visit.form, visit.tr, _absence(visit.me, visit.now, visit.tr))
    errors = dict(checked.errors)
    known = {one.public_id: one.id for one in queries.staff_of(visit.session, visit.me)}
    if checked.value and checked.value.cover and checked.value.cover not in known:
        errors["cover"] = visit.tr("Choose somebody of your site.")
    if checked.value and checked.value.cover == public_id:
        errors["cover"] = visit.tr("Choose somebody else.")
    if checked.value is None or errors:
        return _page(visit, errors, visit.form, public_id, 422)
    cover = known.get(checked.value.cover)
    service.set_on_alert_list(visit.session, visit.me, who, checked.value, cover, visit.now)
    return see_other("/site", "saved")


def _absence(me: StaffMe, now: datetime, tr: Translator) -> dict[str, Limits]:
    """An absence that is over stays in the form for a while, so the past is as wide as the rest."""
    today, said = local_day(now, me.timezone), tr("Choose a date within a year of today.")
    limits = Limits(today - YEAR, today + YEAR, said, said)
    return {"absent_from": limits, "absent_until": limits}


@router.post("/site/numbers")
@for_staff(RUNS_SITE)
def set_numbers(visit: StaffVisit) -> Response:
    """Participants see them from the next page on."""
    checked = check(NumbersForm, visit.form, visit.tr)
    if checked.value is None:
        return _page(visit, checked.errors, visit.form, visit.form.one("language"), 422)
    service.set_numbers(visit.session, visit.me, checked.value, visit.now)
    return see_other("/site", "saved")


@router.get("/site/test")
@for_staff(RUNS_SITE)
def test_alert(visit: StaffVisit) -> Response:
    """What became of the test, asked by the page itself until it is known."""
    if not is_fragment(visit.request):
        return see_other(TEST_PLACE)
    return page(visit.request, "site/_test.html", _test(visit))


@router.post("/site/test")
@for_staff(RUNS_SITE, button=True)
def send_test(visit: StaffVisit) -> Response:
    told = service.send_test(visit.session, visit.me, visit.now)
    return see_other(TEST_PLACE, "test_sent" if told else "test_nobody")


def _test(visit: StaffVisit) -> dict[str, Any]:
    return {
        "test": queries.last_test(visit.session, visit.me.site_id, visit.now),
        "zone": visit.me.timezone,
    }


def _page(
    visit: StaffVisit,
    errors: dict[str, str] | None = None,
    form: Form | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    """``wrong``: whose form, or which language's, the errors are about."""
    tr = visit.tr
    people = queries.staff_of(visit.session, visit.me)
    numbers = queries.numbers_of(visit.session, visit.me.site_id)
    context: dict[str, Any] = {
        "nav": "site",
        "people": people,
        "reached": {one.public_id: hours_words(one, tr) for one in people},
        "away": {one.public_id: away_words(one, tr) for one in people},
        "roles": {name: tr(role.word) for name, role in ROLES.items()},
        "days": [(day.isoweekday(), tr.day_inline(day, "EEE")) for day in WEEK],
        "covers": [(one.public_id, one.name) for one in people],
        "names": {one.public_id: one.name for one in people},
        "phones": [(key, name, numbers.get(key, numbers[""])) for key, name in LANGUAGES.items()],
        **_test(visit),
        "errors": errors or {},
        "form": form or Form({}),
        "wrong": wrong,
        "idem": uuid4().hex,
    }
    return staff_page(visit, "site/site.html", context, status)
