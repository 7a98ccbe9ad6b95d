"""Whether whoever sits at a signed-in page is its owner right now: asked again, every time.

A route that asks says so, ``@for_staff(…, weighs=True)``, and its form takes in ``Proof``: a
session left open signs nothing and changes no way in.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from sqlalchemy import bindparam, select

from app import audit
from app.audit import Subject
from app.i18n import Translator
from app.models.people import STAFF
from app.signin import factors, passkeys, throttle
from app.signin.staff import account_key
from app.typed import plain
from app.visit.visits import StaffVisit
from app.web.forms import FormModel, Plain

_ACCOUNT = select(STAFF.c.email, STAFF.c.password_hash).where(STAFF.c.id == bindparam("who"))


class Proof(FormModel):
    """What a form asks for beside its own fields.

    ``present`` is the password, ``code`` that of the app, ``passkey`` what a browser said instead
    of it. A recovery code is no proof here.
    """

    present: Annotated[str, Field(max_length=300)] = ""
    code: Annotated[Plain, Field(max_length=20)] = ""
    passkey: Annotated[str, Field(max_length=passkeys.LONGEST)] = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for beside the password: of whoever has neither, nothing (the demo)."""

    code: bool
    passkey: bool


def asks(visit: StaffVisit) -> Asked:
    """As the form has to show it (``ui.proof``)."""
    mine = factors.factors(visit.session, visit.me.id)
    passkeys_of = [one.is_passkey for one in mine]
    return Asked(code=not all(passkeys_of), passkey=any(passkeys_of))


def confirm(visit: StaffVisit) -> dict[str, str]:
    """What is wrong with the proof in the form, by its field; empty: it is them, right now.

    Call it last, when all else in the form is right: a code that was taken is used up. Answer a
    refusal with 4xx by returning it, so that the attempt stays counted.
    """
    return confirm_password(visit) or show_second(visit)


def show_second(visit: StaffVisit, *, recovery: bool = False) -> dict[str, str]:
    """The second factor alone, counted by itself, of who has one.

    ``recovery``: such a code will do as well.
    """
    tr, me, form = visit.tr, visit.me, visit.form
    asked = asks(visit)
    if not asked.code and not asked.passkey:
        return {}
    answer = form.one("passkey")
    # The page has a field for codes wherever a code would do.
    field = "code" if not answer and (recovery or asked.code) else "passkey"
    key = f"second:{me.id}"
    wait = throttle.attempt(visit.session, (key,), visit.now)
    if wait:
        return {field: wait_words(tr, int(wait.total_seconds()) + 1)}
    if answer:
        shown = passkeys.is_shown(visit.session, me, answer, visit.now)
    else:
        shown = _is_typed(visit, form.one("code"), recovery)
    if not shown:
        subject = Subject("staff", me.id)
        audit.record(visit.session, me.actor, "factor.refuse", subject, now=visit.now)
        if field == "passkey":
            return {field: tr("The passkey was not accepted. Show it again.")}
        return {field: tr("This code is not right, or was used before. Wait for the next one.")}
    throttle.forget(visit.session, key)
    return {}


def _is_typed(visit: StaffVisit, typed: str, recovery: bool) -> bool:
    keys = visit.session.info["keys"]
    if factors.take_code(visit.session, keys, visit.me.id, plain(typed), visit.now):
        return True
    if not recovery or not factors.take_recovery(visit.session, visit.me.id, typed, visit.now):
        return False
    subject = Subject("staff", visit.me.id)
    left = factors.recovery_left(visit.session, visit.me.id)
    changes = {"left": [left + 1, left]}
    audit.record(
        visit.session, visit.me.actor, "recovery.use", subject, now=visit.now, changes=changes
    )
    return True


def confirm_password(visit: StaffVisit) -> dict[str, str]:
    """The password alone; attempts count with those at the door."""
    row = visit.session.execute(_ACCOUNT, {"who": visit.me.id}).one()
    if row.password_hash is None:
        return {
            "present": visit.tr(
                "You have no password yet. Choose one on the page of your account first."
            )
        }
    key = account_key(row.email)
    wait = throttle.attempt(visit.session, (key,), visit.now)
    if wait:
        return {"present": wait_words(visit.tr, int(wait.total_seconds()) + 1)}
    if not visit.weighed.proves(row.password_hash):
        subject = Subject("staff", visit.me.id)
        audit.record(visit.session, visit.me.actor, "password.refuse", subject, now=visit.now)
        return {"present": visit.tr("That is not your password.")}
    throttle.forget(visit.session, key)
    return {}


def wait_words(tr: Translator, seconds: int) -> str:
    return tr.n(
        "Too many attempts. Try again in %(num)s second.",
        "Too many attempts. Try again in %(num)s seconds.",
        seconds,
    )
