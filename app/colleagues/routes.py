"""The administrator's page of accounts; everybody's own account has a file of its own."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app import turns
from app.colleagues import account_routes, queries, service, setup_routes
from app.colleagues.forms import ColleagueForm, LeavingForm, ResetForm
from app.colleagues.queries import Colleague
from app.colleagues.service import ADDED
from app.i18n import Translator
from app.named import PublicId
from app.signin.staff import LINKED
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import KEEPS_ACCOUNTS, ROLES
from app.visit.visits import StaffVisit
from app.web.errors import NotFound
from app.web.forms import Form, check
from app.web.pages import see_other

router = APIRouter()
router.include_router(account_routes.router)
router.include_router(setup_routes.router)
PATH = "/colleagues"


@router.get("/colleagues")
@for_staff(KEEPS_ACCOUNTS)
def list_colleagues(visit: StaffVisit) -> Response:
    return _page(visit)


@router.post("/colleagues")
@for_staff(KEEPS_ACCOUNTS)
def invite(visit: StaffVisit) -> Response:
    """A new account, and the mail with its first link; the same form again makes no second."""
    checked = check(ColleagueForm, visit.form, visit.tr)
    if checked.value is None:
        return _page(visit, checked.errors, 422)
    form, token = checked.value, visit.form.token
    # Whether an address is free is asked in its turn: of two who ask, the second sees the first.
    turns.of_names(visit.session, [f"account:{form.email}"])
    taken = queries.account_of(visit.session, form.email)
    if taken is not None and service.knows(visit.session, visit.me, ADDED, taken.id, token):
        return see_other(PATH, "invitation_sent")
    if taken is not None:
        return _page(visit, {"email": _taken(taken, visit)}, 422)
    new = service.add(visit.session, visit.me.site_id, form, visit.me.actor, visit.now, token)
    service.invite(visit.session, visit.me, new, form.email, form.language, visit.now)
    return see_other(PATH, "invitation_sent")


def _taken(taken: queries.AddressInUse, visit: StaffVisit) -> str:
    """Of another site nothing is told but that the address is in use."""
    if taken.site_id == visit.me.site_id and not taken.active:
        return visit.tr("This address has an account that is switched off. Switch it on below.")
    return visit.tr("This address has an account already.")


@router.post("/colleagues/{public_id}/link")
@for_staff(KEEPS_ACCOUNTS, button=True)
def send_link(visit: StaffVisit, public_id: PublicId) -> Response:
    """A one-time link by mail: for the first sign-in, or a lost password."""
    who = _in_turn(visit, public_id)
    if not who.active:
        raise NotFound
    token = visit.form.token
    if not service.knows(visit.session, visit.me, LINKED, who.id, token):
        address = (who.id, who.email, who.language)
        service.invite(visit.session, visit.me, *address, visit.now, token)
    return see_other(PATH, "invitation_sent")


@router.post("/colleagues/{public_id}/on")
@for_staff(KEEPS_ACCOUNTS, button=True)
def switch_on(visit: StaffVisit, public_id: PublicId) -> Response:
    who = _in_turn(visit, public_id)
    if who.active:
        return see_other(PATH, "same")
    service.switch_on(visit.session, visit.me, who, visit.now)
    return see_other(PATH, "invitation_sent")


@router.post("/colleagues/{public_id}/sign-out")
@for_staff(KEEPS_ACCOUNTS, button=True)
def sign_out(visit: StaffVisit, public_id: PublicId) -> Response:
    """A laptop was lost: the account works on, and everywhere it has to sign in anew."""
    who = _in_turn(visit, public_id)
    service.sign_out_everywhere(visit.session, visit.me, who, visit.now)
    return see_other(PATH, "signed_out")


@router.get("/colleagues/{public_id}/off")
@for_staff(KEEPS_ACCOUNTS)
def leaving(visit: StaffVisit, public_id: PublicId) -> Response:
    """What they hold, who can take it over, and what ends."""
    return _leaving_page(
        visit, _other(visit, queries.colleague(visit.session, visit.me, public_id))
    )


@router.post("/colleagues/{public_id}/off")
@for_staff(KEEPS_ACCOUNTS)
def switch_off(visit: StaffVisit, public_id: PublicId) -> Response:
    who = _other(visit, _in_turn(visit, public_id))
    if not who.active:
        return see_other(PATH, "same")
    checked = check(LeavingForm, visit.form, visit.tr)
    errors = dict(checked.errors)
    offered = {one.public_id: one for one in _successors(visit, who)}
    chosen = visit.form.one("successor").strip()
    if (who.leaves_work or chosen) and chosen not in offered:
        errors["successor"] = visit.tr("Choose who takes over.")
    if checked.value is None or errors:
        return _leaving_page(visit, who, errors, 422)
    successor = offered.get(chosen) if who.leaves_work else None
    service.switch_off(visit.session, visit.me, who, successor, checked.value, visit.now)
    return see_other(PATH, "switched_off")


@router.get("/colleagues/{public_id}/factor")
@for_staff(KEEPS_ACCOUNTS)
def resetting(visit: StaffVisit, public_id: PublicId) -> Response:
    who = _other(visit, queries.colleague(visit.session, visit.me, public_id))
    return _reset_page(visit, who)


@router.post("/colleagues/{public_id}/factor")
@for_staff(KEEPS_ACCOUNTS)
def reset_factor(visit: StaffVisit, public_id: PublicId) -> Response:
    """By a second person, with a reason."""
    who = _other(visit, _in_turn(visit, public_id))
    checked = check(ResetForm, visit.form, visit.tr)
    if checked.value is None:
        return _reset_page(visit, who, checked.errors, 422)
    service.reset_factors(visit.session, visit.me, who, checked.value.reason, visit.now)
    return see_other(PATH, "factor_reset")


def _reset_page(
    visit: StaffVisit, who: Colleague, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    context = {
        "nav": "colleagues",
        "who": who,
        "role": _role_words(visit.tr)[who.role],
        "errors": errors or {},
        "form": visit.form if errors else Form({}),
        "idem": uuid4().hex,
    }
    return staff_page(visit, "colleagues/reset.html", context, status)


def _in_turn(visit: StaffVisit, public_id: str) -> Colleague:
    """A colleague as they stand when it is one's turn to decide; so is oneself. Raises NotFound.

    Two administrators who switch each other off would leave nobody; whoever comes second is
    switched off by then.
    """
    turns.of_site(visit.session, visit.me.site_id)
    who = queries.colleague(visit.session, visit.me, public_id)
    queries.hold(visit.session, who.id)
    everybody = queries.colleagues(visit.session, visit.me)
    if not any(one.id == visit.me.id and one.active for one in everybody):
        raise NotFound
    return next(one for one in everybody if one.id == who.id)


def _other(visit: StaffVisit, who: Colleague) -> Colleague:
    """Somebody else of the site: nobody locks themselves out. Raises NotFound."""
    if who.id == visit.me.id:
        raise NotFound
    return who


def _successors(visit: StaffVisit, who: Colleague) -> list[Colleague]:
    everybody = queries.colleagues(visit.session, visit.me)
    return [one for one in everybody if one.may_follow(who)]


def _page(visit: StaffVisit, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    tr = visit.tr
    people = queries.colleagues(visit.session, visit.me)
    context: dict[str, Any] = {
        "nav": "colleagues",
        "people": people,
        "own": visit.me.id,
        "states": {one.public_id: _state(one, visit.now, visit.me.timezone, tr) for one in people},
        "roles": _role_words(tr),
        "errors": errors or {},
        "form": visit.form if errors else Form({}),
        "idem": uuid4().hex,
    }
    return staff_page(visit, "colleagues/list.html", context, status)


def _leaving_page(
    visit: StaffVisit, who: Colleague, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    words = _role_words(visit.tr)
    context = {
        "nav": "colleagues",
        "who": who,
        "role": words[who.role],
        "successors": [
            (one.public_id, _named(one, words[one.role], visit.tr))
            for one in _successors(visit, who)
        ],
        "errors": errors or {},
        "form": visit.form if errors else Form({}),
        "idem": uuid4().hex,
    }
    return staff_page(visit, "colleagues/off.html", context, status)


def _named(one: Colleague, role: str, tr: Translator) -> str:
    """Who was never here may not come: alerts would wait for them."""
    here = one.has_password or one.signed_in_at is not None
    return f"{one.name}, {role}" if here else f"{one.name}, {role} · {tr('never signed in')}"


def _role_words(tr: Translator) -> dict[str, str]:
    return {name: tr(role.word) for name, role in ROLES.items()}


def _state(one: Colleague, now: datetime, zone: str, tr: Translator) -> str:
    """How far the account is, in one line."""
    if not one.active:
        return tr("Switched off")
    link = ""
    if one.link_until and one.link_until > now:
        link = tr("The mailed link is good until %(when)s.", when=tr.moment(one.link_until, zone))
    if one.signed_in_at:
        last = tr("Last signed in: %(when)s.", when=tr.moment(one.signed_in_at, zone))
        return f"{last} {link}".strip()
    return link or tr("Never signed in, and no link is good any more.")
