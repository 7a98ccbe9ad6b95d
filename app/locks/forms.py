"""What is said of a lock: of what it is, and why."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from app.web.forms import FormModel, Plain
from app.web.limits import Limits

FARTHEST = timedelta(days=3660)
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class LockForm(FormModel):
    """``person``: the code of the participant; the days are those of a visit."""

    scope: Literal["study", "participant", "visit"]
    person: Annotated[Plain, Field(max_length=20)] = ""
    first_day: date | None = None
    last_day: date | None = None
    reason: Reason


class LiftForm(FormModel):
    reason: Reason


def lock_days(today: date) -> dict[str, Limits]:
    limits = Limits(today - FARTHEST, today)
    return {"first_day": limits, "last_day": limits}
