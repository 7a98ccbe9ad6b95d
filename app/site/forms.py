"""What an administrator may set for a site."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from app.i18n import N_
from app.named import PublicId
from app.web.forms import FormModel, Plain, known_zone

_PHONE = re.compile(r"\+?[\d\s()-]{2,}")
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
Phone = Annotated[Plain, Field(max_length=40)]
Day = Annotated[int, Field(ge=1, le=7)]


def dialled(number: str) -> str:
    """A telephone number, or nothing. Raises ValueError."""
    if number and not _PHONE.fullmatch(number):
        raise ValueError(N_("Write a telephone number with digits, spaces and dashes."))
    return number


class NumbersForm(FormModel):
    """The telephone numbers in one language."""

    language: Annotated[str, Field(pattern=r"^(en|ru)$")]
    emergency: Annotated[Plain, Field(min_length=1, max_length=40)]
    crisis: Phone = ""
    clinic: Phone = ""

    @field_validator("emergency", "crisis", "clinic")
    @classmethod
    def _dials(cls, number: str) -> str:
        return dialled(number)


class SiteForm(FormModel):
    """A new site: its name, where its clocks are, whom participants can call."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    timezone: Plain
    emergency: Annotated[Plain, Field(min_length=1, max_length=40)]
    crisis: Phone = ""
    clinic: Phone = ""

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        return known_zone(name)

    @field_validator("emergency", "crisis", "clinic")
    @classmethod
    def _dials(cls, number: str) -> str:
        return dialled(number)


class AlertListForm(FormModel):
    """A staff member's place on the list, hours, absence and cover; blank place: not on it."""

    position: Annotated[int | None, Field(ge=1, le=99)] = None
    weekdays: list[Day] = Field(default_factory=list)
    opens: Plain = "00:00"
    closes: Plain = "24:00"
    absent_from: date | None = None
    absent_until: date | None = None
    cover: PublicId | Literal[""] = ""

    @field_validator("opens", "closes")
    @classmethod
    def _clock(cls, text: str) -> str:
        found = _CLOCK.fullmatch(text)
        if not found or minutes(text) > 1440:
            raise ValueError(N_("Write a time such as 09:00."))
        return text

    @model_validator(mode="after")
    def _in_order(self) -> "AlertListForm":
        if minutes(self.opens) >= minutes(self.closes):
            raise ValueError(N_("The hours must end after they begin."))
        if self.absent_until and (not self.absent_from or self.absent_until < self.absent_from):
            raise ValueError(N_("The absence must end after it begins."))
        return self


def minutes(text: str) -> int:
    """Minutes since midnight of "09:30"."""
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)
