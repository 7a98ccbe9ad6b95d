"""What a session note may say; a draft may leave anything open, a closed one may not."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from app.i18n import N_, Translator
from app.instruments.scoring import UNSAFE
from app.sessions.note_words import RISKS, plan_codes, sheet_keys, topic_codes
from app.sessions.notes import Content
from app.web.forms import FormModel

TEXT_LIMIT = 4000
UNKEEPABLE = N_("The text has an invisible character that cannot be stored.")
Answer = Literal["asked", "asked_concern", "not_asked"]


def kept(text: str) -> str:
    """Free text as it is stored. Raises ValueError."""
    words = text.replace("\r\n", "\n").replace("\r", "\n")
    if UNSAFE.search(words):
        raise ValueError(UNKEEPABLE)
    return words


class NoteForm(FormModel):
    """A note as it is typed. ``seen`` is when the draft that the page showed was saved."""

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
    def _topics(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        return _among(codes, topic_codes())

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

    former: Annotated[str, Field(min_length=1, max_length=16)]
    reason: Annotated[str, Field(max_length=500)] = ""

    @field_validator("reason", mode="before")
    @classmethod
    def _reason(cls, text: str) -> str:
        return kept(text)


def _among(codes: tuple[str, ...], known: set[str]) -> tuple[str, ...]:
    if not set(codes) <= known or len(set(codes)) != len(codes):
        raise ValueError(N_("Choose one of the answers shown."))
    return codes


def open_questions(content: Content, tr: Translator) -> dict[str, str]:
    """What a note still needs before it is closed, by field; somebody absent was asked nothing."""
    found = {}
    if content.attendance is None:
        found["attendance"] = tr("Choose whether the participant came.")
    if content.attendance != "no_show":
        for name, words in RISKS.items():
            if name not in content.risk_asked:
                found[name] = tr("%(risk)s: choose whether it was asked.", risk=tr(words))
    return found
