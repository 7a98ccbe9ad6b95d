"""What the page of an account and the way into a new one have in common: a password that is
chosen, and an app that is added."""

from typing import Any

from app.colleagues.forms import FirstCode, PasswordForm
from app.colleagues.queries import OwnAccount
from app.i18n import N_
from app.signin import factors
from app.signin.password import SHORTEST, too_easy
from app.visit.carried import carried, carry
from app.visit.visits import StaffVisit
from app.web.square import qr_svg

SHOWN_ANEW = N_("This page was left open too long. Scan the square once more.")
_PURPOSE = "app"


def password_faults(visit: StaffVisit, own: OwnAccount, form: PasswordForm) -> dict[str, str]:
    """Why this password cannot be theirs, by field."""
    tr, errors = visit.tr, {}
    if too_easy(form.password, (visit.me.name, own.email, visit.me.site_name)):
        errors["password"] = tr(
            "This is too easy to guess. Take at least %(num)s characters, such as four words"
            " that have nothing to do with you.",
            num=SHORTEST,
        )
    elif form.password != form.again:
        errors["again"] = tr("The two are not the same.")
    return errors


def square(visit: StaffVisit, email: str) -> dict[str, Any]:
    """The secret of an app to be added, as a page shows it: the one that the form had, or anew."""
    secret = _secret_in(visit) or factors.new_secret()
    return {
        "square": qr_svg(factors.address(secret, email), visit.tr("Square code for the app")),
        "letters": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "sealed": carry(visit.session.info["keys"], _PURPOSE, str(visit.me.session_id), secret),
    }


def scanned(visit: StaffVisit, form: FirstCode) -> factors.Scanned | dict[str, str]:
    """The app that the form tells of, or what is wrong with it by field."""
    secret = _secret_in(visit)
    if secret is None:
        return {"first": visit.tr(SHOWN_ANEW)}
    step = factors.step_of(secret, form.first, visit.now)
    if step is None:
        return {"first": visit.tr("This is not the code of this app.")}
    return factors.Scanned(secret, step)


def _secret_in(visit: StaffVisit) -> str | None:
    """The secret that the form was shown, if it was shown to this very session."""
    parts = carried(visit.session.info["keys"], _PURPOSE, visit.form.one("sealed"))
    mine = parts is not None and parts[0] == str(visit.me.session_id)
    return parts[1] if parts and mine else None
