"""What an administrator says of an account, and what everybody says of their own."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from app.addresses import BadAddress, mailbox
from app.i18n import N_
from app.languages import ENGLISH, LANGUAGES
from app.named import Id, PublicId
from app.signin import passkeys
from app.signin.confirm import Proof
from app.visit.roles import ROLES
from app.web.forms import FormModel, Plain


class ColleagueForm(FormModel):
    """Somebody who is to work at the site."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    email: Annotated[Plain, Field(min_length=3, max_length=254)]
    role: str
    language: str = ENGLISH

    @field_validator("email")
    @classmethod
    def _reaches_a_server(cls, typed: str) -> str:
        try:
            return mailbox(typed).lower()
        except BadAddress as error:
            raise ValueError(N_("Write one mail address such as name@clinic.org.")) from error

    @field_validator("role")
    @classmethod
    def _is_a_role(cls, name: str) -> str:
        if name not in ROLES:
            raise ValueError(N_("Choose one of the answers shown."))
        return name

    @field_validator("language")
    @classmethod
    def _is_spoken_here(cls, key: str) -> str:
        if key not in LANGUAGES:
            raise ValueError(N_("Choose one of the answers shown."))
        return key


class LeavingForm(FormModel):
    """Why an account is switched off, and who takes over; blank where there is nothing to."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    successor: PublicId | Literal[""] = ""


class PasswordForm(FormModel):
    """A password of one's own. ``present`` is blank for who came by a link."""

    present: Annotated[str, Field(max_length=300)] = ""
    password: Annotated[str, Field(min_length=12, max_length=300)]
    again: Annotated[str, Field(max_length=300)]


class FirstCode(FormModel):
    """An app to be added: the secret that was shown, sealed, and the first code of it."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    sealed: Annotated[str, Field(max_length=400)] = ""
    first: Annotated[Plain, Field(min_length=6, max_length=20)]


class AppForm(FirstCode, Proof):
    """A further app, of who is signed in."""


class SettingUp(FormModel):
    """Where a sign-in goes on to, on each page of the way."""

    next: str = ""


class FirstPassword(PasswordForm, SettingUp):
    """The password of who came by a link."""


class FirstApp(FirstCode, SettingUp):
    """The app of who has none."""


class NewPasskey(FormModel):
    """A passkey to be added: what the browser that made it says."""

    device: Annotated[str, Field(min_length=1, max_length=60)]
    made: Annotated[str, Field(max_length=passkeys.LONGEST)] = ""


class PasskeyForm(NewPasskey, Proof):
    """A further passkey, of who is signed in."""


class FirstPasskey(NewPasskey, SettingUp):
    """The passkey of who has no second factor."""


class RemoveForm(Proof):
    """One second factor of one's own, by its number in the list."""

    number: Id


class ResetForm(FormModel):
    """Why a colleague's second factor is reset."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class EndForm(FormModel):
    """One session of one's own, by its number in the list."""

    number: Id
