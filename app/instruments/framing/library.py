"""Daily messages: their words in both languages, their frame, and when each may be shown.

A gain frame says what an act brings, a loss frame what is lost without it. The file is held to
what the study may say: a loss frame speaks of noticing and reporting alone, and while a serious
alert is open only messages about reaching the team, in a gain frame, are allowed.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from app.instruments.reading import Stamp, Table, choose, open_table, read_stamp
from app.languages import Text

FOLDER = Path(__file__).parent
KEY = "messages"
Frame = Literal["gain", "loss"]
Topic = Literal["reach", "notice", "care"]
LAST_WEEK, DAYS = 24, 7
LONGEST = 180


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``weeks``: study weeks, first and last, 0 being the time before the first dose.

    ``told``: fewest and most days with an entry among the last seven. ``while_serious``: it may be
    shown while an urgent or emergency alert is not resolved.
    """

    key: str
    frame: Frame
    topic: Topic
    weeks: tuple[int, int]
    told: tuple[int, int]
    while_serious: bool
    text: Text


@dataclass(frozen=True, slots=True)
class Library:
    """One version of all messages. An empty ``approved_by`` is not approved yet."""

    stamp: Stamp
    messages: tuple[Message, ...]

    @property
    def version(self) -> int:
        """Logged with every message shown."""
        return self.stamp.version

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
    table = open_table(content, file)
    stamp = read_stamp(table, content, file)
    messages = tuple(_message(each) for each in table.tables("messages"))
    keys = [message.key for message in messages]
    table.done()
    for key in keys:
        if keys.count(key) > 1:
            raise table.error("messages", f"{key!r} stands there twice")
    if not any(message.frame == "gain" for message in messages):
        raise table.error("messages", "there must be messages in a gain frame")
    return Library(stamp, messages)


def _message(table: Table) -> Message:
    message = Message(
        key=table.string("key"),
        frame=_frame(table),
        topic=_topic(table),
        weeks=_range(table, "weeks", LAST_WEEK),
        told=_range(table, "told", DAYS),
        while_serious=table.boolean("while_serious"),
        text=table.text("text"),
    )
    table.done()
    problem = _problem(message)
    if problem:
        raise table.error(*problem)
    return message


def _problem(message: Message) -> tuple[str, str] | None:
    if message.frame == "loss" and message.topic != "notice":
        return "frame", "a loss frame is for noticing and reporting alone"
    if message.while_serious and (message.frame, message.topic) != ("gain", "reach"):
        return "while_serious", "only a gain frame about reaching the team"
    if max(map(len, message.text.all())) > LONGEST:
        return "text", f"must have at most {LONGEST} characters"
    return None


def _frame(table: Table) -> Frame:
    word = table.string("frame")
    frames: tuple[Frame, ...] = get_args(Frame)
    for frame in frames:
        if frame == word:
            return frame
    raise table.error("frame", f"{word!r} is not one of {', '.join(frames)}")


def _topic(table: Table) -> Topic:
    word = table.string("topic")
    topics: tuple[Topic, ...] = get_args(Topic)
    for topic in topics:
        if topic == word:
            return topic
    raise table.error("topic", f"{word!r} is not one of {', '.join(topics)}")


def _range(table: Table, key: str, greatest: int) -> tuple[int, int]:
    """First and last, as a table of two whole numbers; an absent one is all there is."""
    if not table.has(key):
        return 0, greatest
    ends = table.table(key)
    first, last = ends.integer("first"), ends.integer("last")
    ends.done()
    if not 0 <= first <= last <= greatest:
        raise table.error(key, f"must be in order, from 0 to {greatest}")
    return first, last
