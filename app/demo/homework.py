"""What becomes of a simulated person's worksheets: asked for, begun, shared or kept. Pure.

Most of what is asked for is shared, some stays with the person, some is finished in the session;
what nobody began is asked for again, for the session after. And there are sheets that nobody
asked for.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Annotated, Any

from pydantic import TypeAdapter

from app.demo.body import dice_of
from app.demo.simulator import Simulated
from app.demo.told import ConsentTakenBack, SessionHeld
from app.instruments.worksheets.answers import Cell
from app.instruments.worksheets.loader import sheet_by_number
from app.languages import KNOWN
from app.protocol.loader import load_protocol
from app.strict import STRICT, Whole, Word, each, read_toml
from app.timeline.days import at_local

FILE = Path(__file__).with_name("sheets.toml")
RULERS_IN_WEEKS = frozenset({1, 4, 8, 12, 16, 20, 23})
AFTER_SESSION = timedelta(minutes=5)
LET_GO_AFTER = timedelta(minutes=4)
FILLED_IN = timedelta(minutes=12)
INTO_SESSION = timedelta(minutes=30)
BEFORE_SESSION = timedelta(minutes=20)
COMMENT_AFTER = timedelta(minutes=4)
PRIVATE_EVERY = 3
# Where the phone is put away, from 0.
PAGE = 1
# What nobody began is asked for again so many times, each time for the session after.
ASKED_AGAIN = 2
# Shares of what is asked for: shared, kept, begun; what is left is not begun.
SHARED, KEPT, BEGUN = 0.6, 0.75, 0.88
# Of what is shared.
READ_SOON, COMMENTED = 0.4, 0.5
MOMENTS = ("withdrawn_at", "begun_at", "finished_at", "shared_at", "read_at", "comment_at")


@dataclass(frozen=True, slots=True)
class SheetTold:
    """One sheet and its moments; what did not happen is None.

    ``half``: the phone is put away after the first answer, before the rest is written.
    """

    sheet_key: str
    asked_at: datetime | None = None
    withdrawn_at: datetime | None = None
    begun_at: datetime | None = None
    cells: Mapping[str, Cell] = field(default_factory=dict)
    half: bool = False
    finished_at: datetime | None = None
    shared_at: datetime | None = None
    read_at: datetime | None = None
    comment_at: datetime | None = None
    comment: str = ""

    @property
    def first_cells(self) -> dict[str, Cell]:
        """What stands there when the sheet is begun."""
        return dict(list(self.cells.items())[: 1 if self.half else None])

    def by(self, last: datetime) -> "SheetTold":
        """As much of it as happens before ``last``."""
        later: dict[str, Any] = {
            name: None for name in MOMENTS if (at := getattr(self, name)) and at >= last
        }
        return replace(self, **later)


@dataclass(frozen=True, slots=True)
class _Sheets:
    """What people write, by sheet, language and the name of the form; what counselors answer."""

    __pydantic_config__ = STRICT

    cells: Mapping[str, Annotated[Mapping[str, Mapping[str, Word | Whole]], each(KNOWN)]]
    comments: Annotated[Mapping[str, tuple[Word, ...]], each(KNOWN)]


@cache
def _words() -> _Sheets:
    return read_toml(TypeAdapter(_Sheets), FILE.read_bytes(), FILE.name)


def homework_of(person: Simulated, until: datetime) -> list[SheetTold]:
    """Every sheet, and what becomes of it before ``until`` or before consent is taken back."""
    ends = [one.at for one in person.told if isinstance(one, ConsentTakenBack)]
    last = min([until, *ends])
    recorded = [
        one for one in person.told if isinstance(one, SessionHeld) and one.attended is not None
    ]
    again: Counter[str] = Counter()
    found: list[SheetTold] = []
    for place, session in enumerate(recorded):
        waiting = [key for key in again if again[key] <= ASKED_AGAIN]
        told = list(_of_session(person, session, recorded[place + 1 :], waiting))
        for one in told:
            again[one.sheet_key] = again[one.sheet_key] + 1 if one.withdrawn_at else 0
        again = +again
        found += told
    known = [one.by(last) for one in found if one.asked_at is None or one.asked_at < last]
    return [one for one in known if one.asked_at or one.finished_at]


def _of_session(
    person: Simulated, session: SessionHeld, later: Sequence[SessionHeld], again: Sequence[str]
) -> Iterator[SheetTold]:
    """What surrounds a session; where nobody came, what was asked for is asked for again."""
    dice = dice_of(person.persona, session.week, "worksheets")
    if session.attended and dice.random() < 0.5:
        yield _before(person, session, dice)
    planned = _asked_for(session.week) if session.attended else []
    for key in dict.fromkeys([*planned, *again]):
        yield _asked(person, session, key, later, dice)
    if session.attended and session.week % PRIVATE_EVERY == 0:
        yield _filled(person, "trigger_diary", session.week, _evening(person, session.at, 3, dice))


def _asked_for(week: int) -> list[str]:
    """The first sheet of next week's plan that somebody has words for, and at times the rulers."""
    plan = [one.sheets for one in load_protocol().sessions if one.week == week + 1]
    keys = [sheet_by_number(number).key for sheets in plan for number in sheets]
    known = [key for key in keys if key in _words().cells and key != "rulers"][:1]
    return [*known, *(["rulers"] if week in RULERS_IN_WEEKS else [])]


def _asked(
    person: Simulated, session: SessionHeld, key: str, later: Sequence[SessionHeld], dice: Random
) -> SheetTold:
    asked_at = session.at + AFTER_SESSION
    fate, begun = dice.random(), _evening(person, asked_at, dice.randint(1, 4), dice)
    if key == "rulers":
        fate *= SHARED  # the figures over time are to be seen
    day = (begun.date() - person.first_dose_on).days
    if fate >= BEGUN or any(day in span for span in person.persona.silences):
        let_go = [one.at + LET_GO_AFTER for one in later[:1]]
        return SheetTold(key, asked_at, withdrawn_at=next(iter(let_go), None))
    told = replace(_filled(person, key, session.week, begun), asked_at=asked_at)
    if fate >= KEPT:
        return _finished_together(told, later)
    if dice.random() < 0.33:  # put away half-filled and finished the day after
        told = replace(told, half=True, finished_at=begun + timedelta(days=1))
    return _shared(person, told, later, dice) if fate < SHARED else told


def _finished_together(told: SheetTold, later: Sequence[SessionHeld]) -> SheetTold:
    """Begun alone; the rest is written, and read, in the next session that takes place."""
    held = [one.planned_at + INTO_SESSION for one in later if one.attended]
    at = next(iter(held), None)
    return replace(told, half=True, finished_at=at, shared_at=at, read_at=at)


def _shared(
    person: Simulated, told: SheetTold, later: Sequence[SessionHeld], dice: Random
) -> SheetTold:
    """Read just before the next session that takes place, or sooner."""
    assert told.finished_at
    shared = told.finished_at + timedelta(minutes=2)
    times = [one.planned_at - BEFORE_SESSION for one in later if one.attended][:1]
    sooner = shared + timedelta(hours=dice.randint(12, 60))
    if dice.random() < READ_SOON:
        times.append(sooner)
    told = replace(told, shared_at=shared)
    if not times:
        return told
    read = min(times)
    if dice.random() >= COMMENTED:
        return replace(told, read_at=read)
    said = dice.choice(_comments(person))
    return replace(told, read_at=read, comment_at=read + COMMENT_AFTER, comment=said)


def _comments(person: Simulated) -> list[str]:
    return list(_words().comments[person.persona.language])


def _before(person: Simulated, session: SessionHeld, dice: Random) -> SheetTold:
    """The three questions before a session: sent as they are finished, read just before it."""
    begun = _evening(person, session.planned_at, -1, dice)
    told = _filled(person, "before_session", session.week, begun)
    read = session.planned_at - BEFORE_SESSION
    return replace(told, shared_at=told.finished_at, read_at=read)


def _filled(person: Simulated, key: str, week: int, begun: datetime) -> SheetTold:
    cells = dict(_words().cells[key][person.persona.language])
    if key in ("rulers", "before_session"):
        cells |= _rulers(person, week, readiness=key == "rulers")
    return SheetTold(key, begun_at=begun, cells=cells, finished_at=begun + FILLED_IN)


def _rulers(person: Simulated, week: int, *, readiness: bool) -> dict[str, Cell]:
    """Numbers that grow over the weeks, each person from a place of their own."""
    dice = dice_of(person.persona, week, "rulers")
    start = dice_of(person.persona, 0, "rulers").randint(2, 5)
    at = {"importance": start + 2, "confidence": start - 1, "readiness": start}
    names = [name for name in at if readiness or name != "readiness"]
    grown = week // 6
    return {name: max(0, min(10, at[name] + grown + dice.randint(-1, 1))) for name in names}


def _evening(person: Simulated, after: datetime, days: int, dice: Random) -> datetime:
    day = (after + timedelta(days=days)).date()
    return at_local(day, time(dice.randint(18, 21), dice.randint(0, 59)), person.persona.zone)
