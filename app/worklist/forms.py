"""What the forms of the worklist may say."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import Field

from app.clock import local_day
from app.i18n import N_, Translator
from app.named import PublicId, Version
from app.protocol.model import WorkingHours
from app.timeline.days import at_local
from app.web.forms import Form, FormModel
from app.web.limits import Limits
from app.worklist.service import ENDS

FARTHEST = timedelta(days=60)


class CallForm(FormModel):
    """What came of a call; ``again_on`` is asked for where it is to be tried again."""

    outcome: Literal["reached", "not_reached", "wrong_number", "no_calls", "not_needed"]
    note: Annotated[str, Field(max_length=2000)] = ""
    again_on: date | None = None
    version: Version


class OwnerForm(FormModel):
    owner: PublicId
    version: Version


NEEDED = {
    "outcome": N_("Choose what came of it."),
    "owner": N_("Choose who calls."),
}


def name_empty(errors: dict[str, str], form: Form, tr: Translator) -> dict[str, str]:
    """The errors of a form, with words of their own for fields that were left empty."""
    return {
        name: tr(NEEDED[name]) if name in NEEDED and not form.one(name).strip() else text
        for name, text in errors.items()
    }


def again_days(zone: str, now: datetime, tr: Translator) -> dict[str, Limits]:
    """A call is tried again today or later, on the clinic's wall."""
    today = local_day(now, zone)
    said = tr("Choose today or a day of the next two months.")
    return {"again_on": Limits(today, today + FARTHEST, said, said)}


def missing(value: CallForm, tr: Translator) -> dict[str, str]:
    """What an outcome asks for besides."""
    errors = {}
    if value.outcome not in ENDS and value.again_on is None:
        errors["again_on"] = tr("Choose the day on which it is tried again.")
    if value.outcome == "not_needed" and not value.note:
        errors["note"] = tr("Write why no call is needed.")
    return errors


def end_of_work(day: date, hours: WorkingHours, zone: str) -> datetime:
    """When the clinic closes on ``day``."""
    last = time(23, 59) if hours.until_hour == 24 else time(hours.until_hour)
    return at_local(day, last, zone)
