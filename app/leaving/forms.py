"""What the forms about leaving may say."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.i18n import N_, Translator
from app.named import Id
from app.web.forms import FormModel
from app.web.limits import Limits

Scope = Literal["treatment", "all"]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class OwnForm(FormModel):
    """A participant takes back consent. Nobody has to say why."""

    scope: Scope
    why: Annotated[str, Field(max_length=2000)] = ""


class WithdrawalForm(FormModel):
    """What a participant told the staff, and when."""

    scope: Scope
    on_day: date
    reason: Annotated[str, Field(max_length=500)] = ""


class EndForm(FormModel):
    """The end of somebody's part that is no withdrawal of consent."""

    kind: Literal["completed", "lost"]
    ended_on: date
    reason: Annotated[str, Field(max_length=500)] = ""


class StopForm(FormModel):
    """A physician ends the treatment, or all of it."""

    scope: Scope
    stopped_on: date
    reason: Reason


class TerminateForm(FormModel):
    """The study ends for everybody who still takes part at the site."""

    sure: Literal["1"]
    reason: Reason


class UndoForm(FormModel):
    """An end that was put down wrongly: which one, and why."""

    end: Id
    reason: Reason


def days_since(enrolled_on: date, today: date, field: str, tr: Translator) -> dict[str, Limits]:
    """An end lies between the enrolment and today."""
    early = tr("Choose a day since the enrolment.")
    return {field: Limits(min(enrolled_on, today), today, early, tr("Choose a day up to today."))}


NEEDED = {
    "scope": N_("Choose what ends."),
    "kind": N_("Choose how it ended."),
    "on_day": N_("Choose the day."),
    "ended_on": N_("Choose the day."),
    "stopped_on": N_("Choose the day."),
    "reason": N_("Write the reason."),
    "sure": N_("Tick that the study ends for everybody."),
}
