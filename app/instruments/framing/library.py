"""Daily messages: their words in both languages, their frame, and when each may be shown.

A gain frame says what an act brings, a loss frame what is lost without it. The file is held to
what the study may say: a loss frame speaks of noticing and reporting alone, and while a serious
alert is open only messages about reaching the team, in a gain frame, are allowed.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator

from app.instruments.reading import Released, choose, read_file
from app.instruments.text import Words
from app.strict import Flag, Whole, Word, single, wrong

FOLDER = Path(__file__).parent
KEY = "messages"
Frame = Literal["gain", "loss"]
Topic = Literal["reach", "notice", "care"]
LAST_WEEK, DAYS = 24, 7
LONGEST = 180


class Span(NamedTuple):
    """The first and the last of something that is counted."""

    first: Whole
    last: Whole


def _table(value: Any) -> Any:
    if not isinstance(value, dict):
        raise wrong("must be a table with 'first' and 'last'")
    return value


def _up_to(greatest: int) -> AfterValidator:
    def check(span: Span) -> Span:
        if not 0 <= span.first <= span.last <= greatest:
            raise wrong(f"must be in order, from 0 to {greatest}")
        return span

    return AfterValidator(check)


ANY_WEEK, ANY_DAYS = Span(0, LAST_WEEK), Span(0, DAYS)
Weeks = Annotated[Span, BeforeValidator(_table), _up_to(LAST_WEEK)]
Days = Annotated[Span, BeforeValidator(_table), _up_to(DAYS)]


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``weeks``: study weeks, first and last, 0 being the time before the first dose.

    ``told``: fewest and most days with an entry among the last seven. ``while_serious``: it may be
    shown while an urgent or emergency alert is not resolved.
    """

    key: Word
    frame: Frame
    topic: Topic
    text: Words
    weeks: Weeks = ANY_WEEK
    told: Days = ANY_DAYS
    while_serious: Flag = False

    def __post_init__(self) -> None:
        if self.frame == "loss" and self.topic != "notice":
            raise wrong("must be gain: a loss frame is for noticing and reporting alone", "frame")
        if self.while_serious and (self.frame, self.topic) != ("gain", "reach"):
            raise wrong("is for a gain frame about reaching the team alone", "while_serious")
        if max(map(len, self.text.all())) > LONGEST:
            raise wrong(f"must have at most {LONGEST} characters", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Library(Released):
    """One version of all messages; the version is logged with every message shown."""

    messages: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        single((message.key for message in self.messages), "messages")
        if not any(message.frame == "gain" for message in self.messages):
            raise wrong("must have some in a gain frame", "messages")

    def message(self, key: str) -> Message:
        """One message by its key. Raises KeyError."""
        return {message.key: message for message in self.messages}[key]


@cache
def load_library(version: int | None = None) -> Library:
    """One version, the newest where none is named. Raises InstrumentError."""
    path = choose(FOLDER, KEY, version)
    return parse_library(path.read_bytes(), path.name)


def parse_library(content: bytes, file: str) -> Library:
    """Turn a file's bytes into a library. Raises InstrumentError."""
    return read_file(Library, content, file)
