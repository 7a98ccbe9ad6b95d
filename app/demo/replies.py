"""What the demo's staff do about a flag: take it, and days later close it with an outcome.

Answers are planned as flags arise, so that near the end of the story some are still waiting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.demo.write import Writer
from app.flags.service import acknowledge, resolve
from app.languages import Text
from app.models.flags import FLAG
from app.strict import STRICT, Word, read_toml
from app.visit.identity import StaffMe

FILE = Path(__file__).with_name("replies.toml")
_COLUMNS = (
    FLAG.c.id,
    FLAG.c.public_id,
    FLAG.c.family,
    FLAG.c.severity,
    FLAG.c.status,
    FLAG.c.version,
)
_OPEN = select(*_COLUMNS).where(FLAG.c.participant_id == bindparam("who"), FLAG.c.status == "open")
_ONE = select(*_COLUMNS).where(FLAG.c.id == bindparam("flag"))
# Minutes until somebody takes a flag, and hours until it is closed: from and to.
TAKEN = {"emergency": (2, 9), "urgent": (8, 150), "routine": (300, 1800)}
CLOSED = {"emergency": (20, 48), "urgent": (50, 100), "routine": (40, 130)}


@dataclass(frozen=True, slots=True)
class Reply(Text):
    """How a flag is closed, and the note on it in the language of whoever closes it."""

    outcome: Word


_FORM = TypeAdapter(Mapping[str, tuple[Reply, ...]], config=STRICT)


@cache
def _replies() -> Mapping[str, tuple[Reply, ...]]:
    return read_toml(_FORM, FILE.read_bytes(), FILE.name)


@dataclass(slots=True)
class Replies:
    """The staff of one demo. ``never_closed``: (code, family) that they take and keep."""

    seed: int
    never_closed: frozenset[tuple[str, str]] = frozenset()
    planned: set[tuple[int, str]] = field(default_factory=set)

    def alerted(self, writer: Writer, at: datetime) -> None:
        """Plan an answer to every flag that nobody has taken yet."""
        for flag in writer.session.execute(_OPEN, {"who": writer.id}).all():
            if (flag.id, flag.severity) not in self.planned:
                self.planned.add((flag.id, flag.severity))
                dice = self._dice(writer, flag.family, at)
                wait = timedelta(minutes=dice.randint(*TAKEN[flag.severity]))
                writer.agenda.add(at + wait, partial(self._take, writer, flag.id))

    def _take(self, writer: Writer, flag_id: int, at: datetime) -> None:
        flag = _flag(writer.session, flag_id)
        if flag.status != "open":
            return
        me = self._who(writer, flag, at)
        acknowledge(writer.session, me, flag.public_id, flag.version, "", at)
        if (writer.person.code, flag.family) not in self.never_closed:
            hours = self._dice(writer, flag.family, at).randint(*CLOSED[flag.severity])
            close = partial(self._close, writer, flag_id, me)
            writer.agenda.add(at + timedelta(hours=hours), close)

    def _close(self, writer: Writer, flag_id: int, me: StaffMe, at: datetime) -> None:
        flag = _flag(writer.session, flag_id)
        if flag.status != "acknowledged":
            return
        choices = _replies().get(flag.family, _replies()["other"])
        reply = self._dice(writer, flag.family, at).choice(choices)
        note = reply.in_(me.language)
        resolve(writer.session, me, flag.public_id, flag.version, reply.outcome, note, at)

    def _who(self, writer: Writer, flag: Any, at: datetime) -> StaffMe:
        others = (writer.team.coordinator, writer.team.investigator)
        dice = self._dice(writer, flag.family, at)
        if flag.severity != "routine" and dice.random() < 0.4:
            return dice.choice(others)
        return writer.person.counselor

    def _dice(self, writer: Writer, family: str, at: datetime) -> Random:
        return Random(f"{self.seed}/{writer.person.code}/{family}/{at}")  # noqa: S311


def _flag(session: Session, flag_id: int) -> Any:
    return session.execute(_ONE, {"flag": flag_id}).one()
