"""Whether whoever sits at a signed-in page is its owner right now: asked again, every time.

A route that asks says so, ``@for_staff(…, weighs=True)``, and its form takes in ``Proof``: a
session left open signs nothing and changes no way in.
"""

from typing import Annotated

from pydantic import Field
from sqlalchemy import bindparam, select

from app import audit
from app.audit import Subject
from app.i18n import Translator
from app.models.people import STAFF
from app.signin import throttle
from app.signin.staff import account_key
from app.visit.visits import StaffVisit
from app.web.forms import FormModel, Plain

_ACCOUNT = select(STAFF.c.email, STAFF.c.password_hash).where(STAFF.c.id == bindparam("who"))


class Proof(FormModel):
    """What a form asks for beside its own fields.

    ``present`` is the password, ``code`` that of the app, ``passkey`` the answer of a passkey as
    JSON, written by the script. A recovery code is no proof here.
    """

    present: Annotated[str, Field(max_length=300)] = ""
    code: Annotated[Plain, Field(max_length=20)] = ""
    passkey: Annotated[str, Field(max_length=8000)] = ""


def confirm(visit: StaffVisit) -> dict[str, str]:
    """What is wrong with the proof in the form, by its field; empty: it is them, right now.

    Call it last, when all else in the form is right: a code that was taken is used up. Answer a
    refusal with 4xx by returning it, so that the attempt stays counted.
    """
    return confirm_password(visit)


def confirm_password(visit: StaffVisit) -> dict[str, str]:
    """The password alone; attempts count with those at the door."""
    row = visit.session.execute(_ACCOUNT, {"who": visit.me.id}).one()
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
