"""What the trial team's forms may say, checked before anything is written."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from app.i18n import N_, Translator
from app.languages import Key
from app.named import Id, PublicId
from app.protocol.model import Protocol
from app.web.forms import Form, FormModel, Plain, known_zone, protocol_said
from app.web.limits import Limits, Usual

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]")
_PHONE = re.compile(r"\+?[\d\s()-]{5,}")
# How far from today a day of these forms may lie: a slip of the year is noticed.
FARTHEST = timedelta(days=366)
# What is planned is planned for the next weeks; a slip of the month is asked back.
SOON = timedelta(weeks=4)
# Sex decides the heavy-day line; a site may leave it open, and the lower line then holds.
Sex = Literal["female", "male", "open"]


class EnrolForm(FormModel):
    """A new participant. ``usual_drinks`` are keys of the protocol's presets."""

    code: Annotated[Plain, Field(min_length=1, max_length=20)]
    sex: Sex
    timezone: Annotated[Plain, Field(min_length=1, max_length=64)]
    language: Key
    first_dose_on: date | None = None
    counselor: PublicId
    usual_drinks: tuple[str, ...] = ()
    name: Annotated[str, Field(min_length=1, max_length=120)]
    phone: Annotated[Plain, Field(min_length=1, max_length=40)]
    note: Annotated[str, Field(max_length=500)] = ""

    @field_validator("code")
    @classmethod
    def _plain_code(cls, code: str) -> str:
        if not _CODE.fullmatch(code):
            raise ValueError(N_("Use Latin letters, digits and dashes, such as DB-014."))
        return code.upper()

    @field_validator("timezone")
    @classmethod
    def _iana(cls, name: str) -> str:
        return known_zone(name)

    @field_validator("usual_drinks")
    @classmethod
    def _presets(cls, keys: tuple[str, ...], said: ValidationInfo) -> tuple[str, ...]:
        protocol = protocol_said(said)
        known = {preset.key for preset in protocol.presets} if protocol else set(keys)
        if not set(keys) <= known or len(set(keys)) != len(keys):
            raise ValueError(N_("Choose from the drinks shown."))
        return keys

    @field_validator("phone")
    @classmethod
    def _dialable(cls, phone: str) -> str:
        if not _PHONE.fullmatch(phone):
            raise ValueError(N_("Write a telephone number with digits, such as +7 900 000-00-00."))
        return phone


class FirstDoseForm(FormModel):
    """Another planned first dose, and why."""

    first_dose_on: date
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class ZoneForm(FormModel):
    """Where the participant lives from now on, and how that is known."""

    timezone: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]

    @field_validator("timezone")
    @classmethod
    def _iana(cls, name: str) -> str:
        return known_zone(name)


class HoldForm(FormModel):
    """A physician's hold; without ``until_day`` it stays until it is lifted."""

    from_day: date
    until_day: date | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class EndPhonesForm(FormModel):
    """Why a phone opens nothing any more, such as that it was lost."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class LiftForm(FormModel):
    """The hold that ends: the page may be older than the hold."""

    hold: Id


# What to say of a field that was left empty, so that the summary names each of them.
NEEDED = {
    "code": N_("Write the participant’s code."),
    "sex": N_("Choose what is on record for sex."),
    "timezone": N_("Write a time zone such as Europe/Moscow."),
    "language": N_("Choose the language of the phone pages."),
    "counselor": N_("Choose a counselor of your site."),
    "name": N_("Write the name."),
    "phone": N_("Write the telephone number."),
    "first_dose_on": N_("Choose the day of the first dose."),
    "from_day": N_("Choose the first day without a tablet."),
    "reason": N_("Write the reason."),
}


def first_dose_days(
    enrolled_on: date, today: date, protocol: Protocol, tr: Translator
) -> dict[str, Limits]:
    """As far back as the participant can fill in at enrolment, and a year ahead.

    A first dose in the past leaves no run-in to compare with, so it is asked back.
    """
    first = enrolled_on - timedelta(days=protocol.backfill_days)
    late = tr("Choose a date within a year of today.")
    usual = Usual(today, today, today + SOON)
    return {"first_dose_on": Limits(first, today + FARTHEST, "", late, usual)}


def hold_days(today: date, tr: Translator) -> dict[str, Limits]:
    """A hold begins today or soon; any other day is asked back. It ends on a day to come."""
    far = tr("Choose a date within a year of today.")
    over = tr("Choose a last day that is not over yet.")
    usual = Usual(today, today, today + SOON)
    return {
        "from_day": Limits(today - FARTHEST, today + FARTHEST, far, far, usual),
        "until_day": Limits(today, today + FARTHEST, over, far),
    }


def name_empty(errors: Mapping[str, str], form: Form, tr: Translator) -> dict[str, str]:
    """The errors of a form, with words of their own for fields that were left empty."""
    return {
        name: tr(NEEDED[name]) if name in NEEDED and not form.one(name).strip() else text
        for name, text in errors.items()
    }
