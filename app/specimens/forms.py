"""What the forms about specimens may say."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator

from app.i18n import N_, Translator
from app.named import Id
from app.protocol.model import Specimens
from app.timeline.days import at_local
from app.typed import number
from app.web.forms import Form, FormModel, Plain
from app.web.limits import Limits

RESULT = "r-"
"""before the code of a substance, in the name of its field"""
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
# A specimen that is told of later than this is somebody's slip of the year.
LONGEST = timedelta(days=400)
COLDEST, HOTTEST = 0.0, 60.0


class SpecimenForm(FormModel):
    """Beside the results, which are asked by the panel: day and times are of the site's wall."""

    given_on: date
    given_time: Plain
    read_time: Plain
    celsius: Annotated[Plain, Field(max_length=10)] = ""
    unusable: Literal["", "tampered", "unreadable"] = ""
    lot: Annotated[Plain, Field(max_length=40)] = ""

    @field_validator("given_time", "read_time")
    @classmethod
    def _clock(cls, text: str) -> str:
        if not _CLOCK.fullmatch(text):
            raise ValueError(N_("Write the time as hours and minutes, such as 09:30."))
        return text

    @field_validator("celsius")
    @classmethod
    def _warmth(cls, text: str) -> str:
        if not text:
            return text
        try:
            warmth = float(number(text))
        except ValueError:
            raise ValueError(N_("Write a number, such as 34.5.")) from None
        if not COLDEST <= warmth <= HOTTEST:
            raise ValueError(N_("Write degrees from 0 to 60."))
        return text

    @property
    def warmth(self) -> float | None:
        return float(number(self.celsius)) if self.celsius else None

    def given_at(self, zone: str) -> datetime:
        return at_local(self.given_on, time.fromisoformat(self.given_time), zone)

    def read_at(self, zone: str) -> datetime:
        return at_local(self.given_on, time.fromisoformat(self.read_time), zone)


class MissingForm(FormModel):
    week: Annotated[int, Field(ge=1, le=520)]
    not_given: Literal["absent", "declined", "unable", "not_asked", "other"]


class VoidForm(FormModel):
    specimen: Id
    reason: Annotated[str, Field(min_length=1, max_length=500)]


NEEDED = {
    "given_on": N_("Choose the day."),
    "given_time": N_("Write the time."),
    "read_time": N_("Write the time."),
    "week": N_("Choose the week."),
    "not_given": N_("Choose why."),
    "reason": N_("Write the reason."),
}


def named(errors: Mapping[str, str], form: Form, tr: Translator) -> dict[str, str]:
    """The errors, with words of their own for what was left empty."""
    return {
        name: tr(NEEDED[name]) if name in NEEDED and not form.one(name).strip() else text
        for name, text in errors.items()
    }


def days(today: date) -> dict[str, Limits]:
    return {"given_on": Limits(today - LONGEST, today)}


def results(
    form: Form, panel: tuple[str, ...], tr: Translator
) -> tuple[dict[str, str], dict[str, str]]:
    """What was read of each substance of the panel, and what is wrong with it."""
    found, errors = {}, {}
    for code in panel:
        typed = form.one(RESULT + code)
        if typed in ("negative", "positive"):
            found[code] = typed
        else:
            errors[RESULT + code] = tr("Choose what the test shows.")
    return found, errors


def why_unusable(told: str, warmth: float | None, plan: Specimens) -> str | None:
    """Why a specimen says nothing; None where it says something."""
    if warmth is not None and warmth < plan.from_celsius:
        return "cold"
    if warmth is not None and warmth > plan.until_celsius:
        return "hot"
    return told or None
