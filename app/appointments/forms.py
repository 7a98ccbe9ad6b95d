"""What the forms about appointments may say, and the slots that they mean."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator
from sqlmodel import Session

from app.appointments.queries import Appointment, clash
from app.appointments.service import Slot
from app.appointments.times import ClockChange, moment_at, weekly
from app.appointments.words import slot_words
from app.clock import local_day
from app.i18n import N_, Translator
from app.named import Count
from app.timeline.days import ONE_DAY
from app.visit.identity import StaffMe
from app.visit.scope import ScopedParticipant
from app.web.appointment import Walls
from app.web.forms import Form, FormModel, Plain
from app.web.limits import Limits

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
# How far ahead a session may be planned: a slip of the year is noticed.
FARTHEST = timedelta(days=366)
Place = Literal["clinic", "phone", "video"]
AskedBy = Literal["participant", "clinic"]


class SlotForm(FormModel):
    """A day and a time on the clinic's wall, how long, and where."""

    day: date
    time: Plain
    minutes: Annotated[int, Field(ge=10, le=180)]
    place: Place

    @field_validator("time")
    @classmethod
    def _clock(cls, text: str) -> str:
        if not _CLOCK.fullmatch(text):
            raise ValueError(N_("Write the time as hours and minutes, such as 09:30."))
        return text

    @property
    def clock(self) -> dt.time:
        return dt.time.fromisoformat(self.time)


class PlanForm(SlotForm):
    """One session, or one a week to the end of the treatment."""

    repeat: Literal["once", "weekly"]


class MoveForm(SlotForm):
    """``version`` is that of the session which the page showed."""

    asked_by: AskedBy
    version: Count


class CancelForm(FormModel):
    asked_by: AskedBy
    version: Count


class AttendanceForm(FormModel):
    came: Literal["yes", "no"]
    version: Count


class UndoForm(FormModel):
    """``was`` is the mark that the page showed."""

    was: Literal["yes", "no"]
    version: Count


NEEDED = {
    "day": N_("Choose the day."),
    "time": N_("Write the time as hours and minutes, such as 09:30."),
    "minutes": N_("Write how many minutes it takes."),
    "place": N_("Choose where it takes place."),
    "repeat": N_("Choose one session or one every week."),
    "asked_by": N_("Choose who asked for it."),
    "came": N_("Choose whether the participant came."),
}


def name_empty(errors: Mapping[str, str], form: Form, tr: Translator) -> dict[str, str]:
    """The errors of a form, with words of their own for fields that were left empty."""
    return {
        name: tr(NEEDED[name]) if name in NEEDED and not form.one(name).strip() else text
        for name, text in errors.items()
    }


def slot_days(zone: str, now: datetime, tr: Translator) -> dict[str, Limits]:
    """A session is planned for today or later, on the clinic's wall."""
    today = local_day(now, zone)
    early = tr("This day is over. Choose today or a day to come.")
    late = tr("Choose a day within a year of today.")
    return {"day": Limits(today, today + FARTHEST, early, late)}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The slots that a form means, or why it cannot be planned; ``kept`` are the weeks of the study
    that were left out, as they have a session."""

    slots: Sequence[Slot] = ()
    errors: Mapping[str, str] | None = None
    kept: Sequence[int] = ()


def one_slot(
    session: Session,
    me: StaffMe,
    who: ScopedParticipant,
    form: SlotForm,
    tr: Translator,
    moved: Appointment | None = None,
) -> Chosen:
    """The slot of a single session; ``moved`` is the one that gives its former time up."""
    slot, errors = _slot(form, form.day, me.timezone, tr)
    if slot is None:
        return Chosen(errors=errors)
    taken = _clash(session, me, who, slot, tr, moved.id if moved else None)
    return Chosen(errors={"time": taken}) if taken else Chosen((slot,))


def weekly_slots(
    session: Session,
    me: StaffMe,
    who: ScopedParticipant,
    form: SlotForm,
    standing: Sequence[Appointment],
    weeks: int,
    tr: Translator,
) -> Chosen:
    """One slot a week to the end of the treatment, at the same hour on the clinic's wall.

    Weeks of the study that have a session already keep it.
    """
    if who.first_dose_on is None:
        return Chosen(errors={"repeat": tr("The weeks are known once a first dose is planned.")})
    last = who.first_dose_on + timedelta(weeks=weeks) - ONE_DAY
    if form.day > last:
        text = tr("The last week ends on %(day)s.", day=tr.day_inline(last, "d MMMM y"))
        return Chosen(errors={"day": text})
    full = {_week(local_day(one.at, me.timezone), who.first_dose_on) for one in standing}
    days = weekly(form.day, last)
    slots, kept = [], []
    for day in days:
        week = _week(day, who.first_dose_on)
        if week in full:
            kept.append(week + 1)
            continue
        slot, errors = _slot(form, day, me.timezone, tr)
        taken = _clash(session, me, who, slot, tr) if slot else None
        if slot is None or taken:
            return Chosen(errors={"time": taken} if taken else errors)
        slots.append(slot)
    if not slots:
        return Chosen(errors={"repeat": tr("Every week from then on has a session already.")})
    return Chosen(slots, kept=kept)


def _week(day: date, first_dose_on: date) -> int:
    return (day - first_dose_on).days // 7


def _slot(
    form: SlotForm, day: date, zone: str, tr: Translator
) -> tuple[Slot | None, dict[str, str]]:
    try:
        at = moment_at(day, form.clock, zone)
    except ClockChange as change:
        shown = tr.day_inline(change.day, "d MMMM y")
        if change.twice:
            text = tr("On %(day)s the clock shows this time twice. Choose another.", day=shown)
        else:
            text = tr("On %(day)s the clock skips this time. Choose another.", day=shown)
        return None, {"time": text}
    return Slot(at, form.minutes, form.place), {}


def _clash(
    session: Session,
    me: StaffMe,
    who: ScopedParticipant,
    slot: Slot,
    tr: Translator,
    without: int | None = None,
) -> str | None:
    found = clash(session, who.id, who.counselor_id, slot.at, slot.minutes, without)
    if found is None:
        return None
    when = slot_words(found.at, found.place, Walls(found.timezone, me.timezone), tr)
    if found.own:
        return tr("There is a session already, %(when)s.", when=when)
    return tr("The counselor sees %(code)s then, %(when)s.", code=found.code, when=when)
