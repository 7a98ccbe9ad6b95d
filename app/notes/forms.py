"""What a session note may say; a draft may leave anything open, a closed one may not."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from app.appointments.forms import FARTHEST
from app.i18n import N_, Translator
from app.instruments.scoring import UNSAFE
from app.named import PublicId
from app.notes.service import Content
from app.notes.words import (
    PLAN,
    RISKS,
    WITHOUT_THEM,
    plan_codes,
    sheet_keys,
    topic_codes,
)
from app.signin.confirm import Proof
from app.timeline.days import ONE_DAY
from app.web.forms import protocol_said
from app.web.limits import Limits

TEXT_LIMIT = 4000
# So close to the end of the treatment the next session may be a visit after it.
NEAR_THE_END = timedelta(weeks=4)
UNKEEPABLE = N_("The text has an invisible character that cannot be stored.")
Answer = Literal["asked", "asked_concern", "not_asked"]


def kept(text: str) -> str:
    """Free text as it is stored. Raises ValueError."""
    words = text.replace("\r\n", "\n").replace("\r", "\n")
    if UNSAFE.search(words):
        raise ValueError(UNKEEPABLE)
    return words


class NoteForm(Proof):
    """A note as it is typed, and the proof of whoever closes it.

    ``seen`` is when the draft that the page showed was saved.
    """

    attendance: Literal["attended", "late", "no_show"] | None = None
    topics: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    self_harm: Answer | None = None
    overdose: Answer | None = None
    opioid_return: Answer | None = None
    withdrawal: Answer | None = None
    next_on: date | None = None
    text: Annotated[str, Field(max_length=TEXT_LIMIT)] = ""
    seen: str = ""
    do: Literal["save", "close"] = "save"

    @field_validator("topics")
    @classmethod
    def _topics(cls, codes: tuple[str, ...], said: ValidationInfo) -> tuple[str, ...]:
        protocol = protocol_said(said)
        return _among(codes, topic_codes(protocol) if protocol else set(codes))

    @field_validator("sheets")
    @classmethod
    def _sheets(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        return _among(codes, sheet_keys())

    @field_validator("plan")
    @classmethod
    def _plan(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        return _among(codes, plan_codes())

    @field_validator("text", mode="before")
    @classmethod
    def _text(cls, text: str) -> str:
        return kept(text)

    @property
    def content(self) -> Content:
        risks = {name: getattr(self, name) for name in RISKS}
        return Content(
            attendance=self.attendance,
            topics=self.topics,
            sheets=self.sheets,
            plan=self.plan,
            risk_asked={name: answer for name, answer in risks.items() if answer},
            next_on=self.next_on,
            text=self.text,
        )


class AmendForm(NoteForm):
    """Another version of a closed note; ``former`` is the one that it stands beside."""

    former: PublicId
    reason: Annotated[str, Field(max_length=500)] = ""

    @field_validator("reason", mode="before")
    @classmethod
    def _reason(cls, text: str) -> str:
        return kept(text)


def _among(codes: tuple[str, ...], known: set[str]) -> tuple[str, ...]:
    if not set(codes) <= known or len(set(codes)) != len(codes):
        raise ValueError(N_("Choose one of the answers shown."))
    return codes


@dataclass(frozen=True, slots=True)
class Days:
    """The local day of a session, and the last day on which the next one can be."""

    session: date
    last: date


def days_of(session_day: date, first_dose_on: date | None, weeks: int) -> Days:
    """The next session is within the treatment; near its end and after it, within a year."""
    year = session_day + FARTHEST
    if first_dose_on is None:
        return Days(session_day, year)
    end = first_dose_on + timedelta(weeks=weeks) - ONE_DAY
    return Days(session_day, end if session_day + NEAR_THE_END <= end else year)


def open_questions(content: Content, tr: Translator) -> dict[str, str]:
    """What a note still needs, or says against itself, before it is closed; by field."""
    found = {}
    if content.attendance is None:
        found["attendance"] = tr("Choose whether the participant came.")
    if content.attendance == "no_show":
        found |= _said_of_nobody(content, tr)
    else:
        for name, words in RISKS.items():
            if name not in content.risk_asked:
                found[name] = tr("%(risk)s: choose whether it was asked.", risk=tr(words))
    return found


def _said_of_nobody(content: Content, tr: Translator) -> dict[str, str]:
    """Somebody who did not come spoke about nothing, was asked nothing, agreed on nothing."""
    found = {}
    if content.topics:
        found["topics"] = tr("Did not come, so nothing was spoken about: take the ticks away.")
    if content.sheets:
        found["sheets"] = tr("Did not come, so no worksheet was worked on: take the ticks away.")
    if not set(content.plan) <= set(WITHOUT_THEM):
        steps = "; ".join(tr(PLAN[code]) for code in WITHOUT_THEM)
        found["plan"] = tr(
            "Did not come, so nothing was agreed on. Keep only what the team does: %(steps)s.",
            steps=steps,
        )
    for name, words in RISKS.items():
        if content.risk_asked.get(name, "not_asked") != "not_asked":
            found[name] = tr(
                "%(risk)s: did not come, so it was not asked. Choose “Not asked”.", risk=tr(words)
            )
    return found


def agreed_days(days: Days, tr: Translator) -> dict[str, Limits]:
    """The day agreed on is after the session: in a draft as in a closed note."""
    session, last = (tr.day_inline(day, "d MMMM y") for day in (days.session, days.last))
    early = tr("Choose a day after this session, which was on %(day)s.", day=session)
    late = tr("Choose a day up to %(day)s.", day=last)
    return {"next_on": Limits(days.session + ONE_DAY, days.last, early, late)}
