"""The tablet's form, and the tablet in words. Pure."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from app.diary.entries import DoseEntry
from app.diary.others import moment_on, read_time
from app.i18n import N_, Translator
from app.instruments.loader import load_instrument
from app.instruments.vocabulary import DOSE_REASONS
from app.named import Id
from app.web.forms import FormModel


def _known_reason(code: str) -> str:
    if code not in DOSE_REASONS:
        raise ValueError(N_("Choose one of the answers shown."))
    return code


def _clock(typed: str) -> str:
    read_time(typed)
    return typed


class DoseForm(FormModel):
    """``day`` is the day the page was about; ``details`` tells a detail left blank from none.

    ``entry`` names one of several tablets of the day; ``another`` adds one to them.
    """

    answer: Literal["taken", "not_taken"]
    day: date | None = None
    diary_days: ClassVar = frozenset({"day"})
    reason: Annotated[str, AfterValidator(_known_reason)] | None = None
    time: Annotated[str, Field(max_length=8), AfterValidator(_clock)] | None = None
    details: Literal["1"] | None = None
    entry: Id | None = None
    another: Literal["1"] | None = None
    why: str | None = None
    way: Annotated[Literal["today", "day", "fill"] | None, Field(alias="from")] = None

    @property
    def taken(self) -> bool:
        return self.answer == "taken"


class TakeBackForm(FormModel):
    """``entry`` is the tablet that was entered by mistake."""

    entry: Id
    way: Annotated[Literal["today", "day", "fill"] | None, Field(alias="from")] = None


def details_of(
    form: DoseForm, former: DoseEntry | None, day: date, zone: str, now: datetime
) -> tuple[datetime | None, str | None]:
    """Time of taking and reason. A second tap on the same answer keeps what was said before.

    Raises ValueError for a time that is still to come.
    """
    if form.details is None and former is not None and former.taken == form.taken:
        return former.at, former.reason
    at = moment_on(day, form.time or "", zone, now) if form.taken else None
    return at, None if form.taken else form.reason


def dose_words(
    taken: bool, at: datetime | None, reason: str | None, tr: Translator, zone: str
) -> str:
    """«Taken at 08:30», «Not taken · No tablets left»."""
    if taken:
        return tr("Taken at %(time)s", time=tr.time(at, zone)) if at else tr("Taken")
    words = tr("Not taken")
    if reason is None:
        return words
    reasons = {choice.code: choice.label for choice in load_instrument("dose").lists["reasons"]}
    return f"{words} · {reasons[reason].say(tr.lang)}"
