"""What the forms about adverse events may say."""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from app.clock import local_day
from app.i18n import N_, Translator
from app.protocol.model import AdverseEvents
from app.timeline.days import at_local
from app.web.forms import Form, FormModel, Plain
from app.web.limits import Limits

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LONGEST = timedelta(days=3660)
Seriousness = Literal[
    "death", "life_threatening", "hospital", "disability", "birth_defect", "important"
]


class ProposeForm(FormModel):
    """An answer: the row of a check-in and the item, such as ``7-nausea``."""

    answer: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,17}-[a-z_]{1,40}$")]

    @property
    def checkin(self) -> int:
        return int(self.answer.partition("-")[0])

    @property
    def item(self) -> str:
        return self.answer.partition("-")[2]


class EventForm(FormModel):
    """All that is known of an event at a time."""

    term: Annotated[str, Field(min_length=1, max_length=300)]
    began_on: date
    ended_on: date | None = None
    grade: Literal["1", "2", "3", "4", "5"]
    scale: Annotated[str, Field(min_length=1, max_length=20)]
    serious: list[Seriousness] = Field(default_factory=list)
    not_serious: Literal["", "1"] = ""
    causality: Literal["certain", "probable", "possible", "unlikely", "conditional", "unassessable"]
    expected: Literal["expected", "unexpected", "unknown"]
    dechallenge: Literal["improved", "not_improved", "not_stopped", "unknown"]
    rechallenge: Literal["returned", "not_returned", "not_tried", "unknown"]
    action: Literal["unchanged", "reduced", "held", "stopped", "not_applicable", "unknown"]
    outcome: Literal["recovered", "recovering", "not_recovered", "sequelae", "fatal", "unknown"]
    aware_on: date
    aware_time: Plain
    narrative: Annotated[str, Field(max_length=4000)] = ""
    code: Annotated[str, Field(max_length=40)] = ""
    dictionary: Annotated[str, Field(max_length=40)] = ""
    reason: Annotated[str, Field(max_length=500)] = ""
    n: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0

    @field_validator("aware_time")
    @classmethod
    def _clock(cls, text: str) -> str:
        return clock(text)

    def aware_at(self, zone: str) -> datetime:
        return at_local(self.aware_on, time.fromisoformat(self.aware_time), zone)


class NoEventForm(FormModel):
    reason_none: Annotated[str, Field(min_length=1, max_length=500)]
    n: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class ReportForm(FormModel):
    clock: Literal["sponsor", "fatal", "fatal_follow_up", "serious"]
    reported_on: date
    reported_time: Plain
    report_note: Annotated[str, Field(max_length=500)] = ""

    @field_validator("reported_time")
    @classmethod
    def _clock(cls, text: str) -> str:
        return clock(text)

    def reported_at(self, zone: str) -> datetime:
        return at_local(self.reported_on, time.fromisoformat(self.reported_time), zone)


def clock(text: str) -> str:
    """A time as 09:30. Raises ValueError."""
    if not _CLOCK.fullmatch(text):
        raise ValueError(N_("Write the time as hours and minutes, such as 09:30."))
    return text


NEEDED = {
    "term": N_("Write what happened, in a few words."),
    "began_on": N_("Choose the day on which it began."),
    "grade": N_("Choose the grade."),
    "scale": N_("Choose of which scale the grade is."),
    "causality": N_("Choose how it is connected with the drug."),
    "expected": N_("Choose whether it was expected."),
    "dechallenge": N_("Choose what happened without the drug."),
    "rechallenge": N_("Choose what happened with the drug again."),
    "action": N_("Choose what was done with the drug."),
    "outcome": N_("Choose how it went on."),
    "aware_on": N_("Choose the day on which the site learned of it."),
    "aware_time": N_("Write the time as hours and minutes, such as 09:30."),
    "reason": N_("Write what is new, or why this is changed."),
    "reason_none": N_("Write why this is no adverse event."),
    "clock": N_("Choose which report it was."),
    "reported_on": N_("Choose the day of the report."),
    "reported_time": N_("Write the time as hours and minutes, such as 09:30."),
}


def name_empty(errors: dict[str, str], form: Form, tr: Translator) -> dict[str, str]:
    """The errors of a form, with words of their own for fields that were left empty."""
    return {
        name: tr(NEEDED[name]) if name in NEEDED and not form.one(name).strip() else text
        for name, text in errors.items()
    }


def days(names: tuple[str, ...], zone: str, now: datetime) -> dict[str, Limits]:
    """Nothing of this lies ahead; the days are those of the site's wall."""
    today = local_day(now, zone)
    return dict.fromkeys(names, Limits(today - LONGEST, today))


def together(
    value: EventForm, plan: AdverseEvents, zone: str, now: datetime, first: bool, tr: Translator
) -> dict[str, str]:
    """What the fields say against each other, each named at the field that is to be looked at."""
    errors: dict[str, str] = {}
    if value.scale not in plan.grading:
        errors["scale"] = tr("Choose of which scale the grade is.")
    if bool(value.serious) == bool(value.not_serious):
        errors["serious"] = tr("Tick all that hold, or that none of them does.")
    if value.ended_on is not None and value.ended_on < value.began_on:
        errors["ended_on"] = tr("It cannot end before it began.")
    if value.aware_at(zone) > now:
        errors["aware_time"] = tr("This time is still to come.")
    elif value.aware_on < value.began_on:
        errors["aware_on"] = tr("Nobody can know of it before it began.")
    deaths = {
        "grade": value.grade == "5",
        "serious": "death" in value.serious,
        "outcome": value.outcome == "fatal",
    }
    if any(deaths.values()):
        text = tr("A death is grade 5, the first seriousness criterion, and the outcome.")
        errors |= {name: text for name, said in deaths.items() if not said}
    if not first and not value.reason:
        errors["reason"] = tr(NEEDED["reason"])
    return errors


def stored(value: EventForm, zone: str) -> dict[str, Any]:
    """The columns of a version."""
    return {
        "verdict": "event",
        "term": value.term,
        "began_on": value.began_on,
        "ended_on": value.ended_on,
        "grade": int(value.grade),
        "scale": value.scale,
        "serious": list(dict.fromkeys(value.serious)),
        "causality": value.causality,
        "expected": value.expected,
        "dechallenge": value.dechallenge,
        "rechallenge": value.rechallenge,
        "action": value.action,
        "outcome": value.outcome,
        "aware_at": value.aware_at(zone),
        "narrative": value.narrative,
        "code": value.code,
        "dictionary": value.dictionary,
        "reason": value.reason,
    }
