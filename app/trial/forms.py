"""What the trial team's forms may say, checked before anything is written."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from app.clock import zone
from app.i18n import N_
from app.protocol.loader import load_protocol
from app.web.forms import FormModel

_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_PHONE = re.compile(r"\+?[\d\s()-]{5,}")
# Sex decides the heavy-day line; a site may leave it open, and the lower line then holds.
Sex = Literal["female", "male", "open"]


def known_zone(name: str) -> str:
    """An IANA zone name. Raises ValueError."""
    try:
        zone(name)
    except (KeyError, ValueError, OSError) as error:
        text = N_("Write a time zone such as Europe/Moscow.")
        raise ValueError(text) from error
    return name


class EnrolForm(FormModel):
    """A new participant. ``usual_drinks`` are keys of the protocol's presets."""

    code: Annotated[str, Field(min_length=2, max_length=20)]
    sex: Sex
    timezone: Annotated[str, Field(min_length=1, max_length=64)]
    language: Literal["en", "ru"]
    first_dose_on: date | None = None
    counselor: Annotated[str, Field(min_length=1, max_length=16)]
    usual_drinks: tuple[str, ...] = ()
    name: Annotated[str, Field(min_length=1, max_length=120)]
    phone: Annotated[str, Field(min_length=1, max_length=40)]
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
    def _presets(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        known = {preset.key for preset in load_protocol().presets}
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


class HoldForm(FormModel):
    """A physician's hold; without ``until_day`` it stays until it is lifted."""

    from_day: date
    until_day: date | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class LiftForm(FormModel):
    """The hold that ends: the page may be older than the hold."""

    hold: int
