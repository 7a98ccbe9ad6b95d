"""What becomes of a simulated person's worksheets: asked for, begun, shared or kept. Pure.

Most of what is asked for is shared, some stays with the person, some is never begun; and there
are sheets that nobody asked for.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random

from app.demo.body import dice_of
from app.demo.simulator import Simulated
from app.demo.told import ConsentTakenBack, SessionHeld
from app.instruments.worksheets.answers import Cell
from app.instruments.worksheets.loader import sheet_by_number
from app.protocol.loader import load_protocol
from app.timeline.days import at_local

FILE = Path(__file__).with_name("sheets.toml")
RULERS_IN_WEEKS = frozenset({1, 4, 8, 12, 16, 20, 23})
AFTER_SESSION = timedelta(minutes=5)
FILLED_IN = timedelta(minutes=12)
PRIVATE_EVERY = 3
# Shares of what is asked for: shared, kept, begun; what is left is not begun.
SHARED, KEPT, BEGUN = 0.6, 0.75, 0.88


@dataclass(frozen=True, slots=True)
class SheetTold:
    """One sheet and its moments; what did not happen is None. ``comment`` comes with ``read_at``.

    ``half``: cells that stand there when the phone is put away before the rest is written.
    """

    sheet_key: str
    asked_at: datetime | None = None
    begun_at: datetime | None = None
    cells: Mapping[str, Cell] | None = None
    half: int = 0
    finished_at: datetime | None = None
    shared_at: datetime | None = None
    read_at: datetime | None = None
    comment: str = ""


@cache
def _words() -> Mapping[str, Mapping[str, Mapping[str, Mapping[str, Cell]]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def homework_of(person: Simulated, until: datetime) -> list[SheetTold]:
    """Every sheet up to ``until``, or until consent was taken back."""
    ends = [one.at for one in person.told if isinstance(one, ConsentTakenBack)]
    last = min([until, *ends])
    held = [one for one in person.told if isinstance(one, SessionHeld) and one.attended]
    waiting: set[str] = set()
    found: list[SheetTold] = []
    for session in held:
        for told in _of_session(person, session, waiting, last):
            found.append(told)
    return found


def _of_session(
    person: Simulated, session: SessionHeld, waiting: set[str], last: datetime
) -> Iterator[SheetTold]:
    dice = dice_of(person.persona, session.week, "worksheets")
    if dice.random() < 0.5:
        yield _before(person, session, dice)
    asked_at = session.at + AFTER_SESSION
    for key in _asked_for(session.week):
        if key not in waiting and asked_at < last:
            told = _asked(person, session.week, key, asked_at, dice, last)
            if told.finished_at is None:
                waiting.add(key)
            yield told
    if session.week % PRIVATE_EVERY == 0:
        begun = _evening(person, session.at, 3, dice)
        if begun + FILLED_IN < last:
            yield _filled(person, "trigger_diary", session.week, begun)


def _asked_for(week: int) -> list[str]:
    """The first sheet of next week's plan that somebody has words for, and at times the rulers."""
    plan = [one.sheets for one in load_protocol().sessions if one.week == week + 1]
    keys = [sheet_by_number(number).key for sheets in plan for number in sheets]
    known = [key for key in keys if key in _words()["cells"] and key != "rulers"][:1]
    return [*known, *(["rulers"] if week in RULERS_IN_WEEKS else [])]


def _asked(
    person: Simulated, week: int, key: str, asked_at: datetime, dice: Random, last: datetime
) -> SheetTold:
    fate, begun = dice.random(), _evening(person, asked_at, dice.randint(1, 4), dice)
    if key == "rulers":
        fate *= SHARED  # the figures over time are to be seen
    day = (begun.date() - person.first_dose_on).days
    silent = any(day in span for span in person.persona.silences)
    if silent or fate >= BEGUN or begun + FILLED_IN >= last:
        return SheetTold(key, asked_at)
    filled = _filled(person, key, week, begun)
    if fate >= KEPT:
        return SheetTold(key, asked_at, begun, filled.cells, half=1)
    # Every third one is put away half-filled and finished the day after.
    late = dice.random() < 0.33
    finished = begun + (timedelta(days=1) if late else FILLED_IN)
    if finished >= last:
        return SheetTold(key, asked_at, begun, filled.cells, half=1)
    shared = finished + timedelta(minutes=2) if fate < SHARED else None
    read = _read_at(shared, dice, last) if shared else None
    comment = dice.choice(_comments(person)) if read and dice.random() < 0.6 else ""
    half = 1 if late else 0
    return SheetTold(key, asked_at, begun, filled.cells, half, finished, shared, read, comment)


def _before(person: Simulated, session: SessionHeld, dice: Random) -> SheetTold:
    """The three questions before a session: sent as they are finished, read just before it."""
    begun = _evening(person, session.planned_at, -1, dice)
    told = _filled(person, "before_session", session.week, begun)
    read = session.planned_at - timedelta(minutes=20)
    sent = told.finished_at
    return SheetTold("before_session", None, begun, told.cells, 0, sent, sent, read)


def _filled(person: Simulated, key: str, week: int, begun: datetime) -> SheetTold:
    cells = dict(_words()["cells"][key][person.persona.language])
    if key in ("rulers", "before_session"):
        cells |= _rulers(person, week, readiness=key == "rulers")
    return SheetTold(key, None, begun, cells, 0, begun + FILLED_IN)


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


def _read_at(shared: datetime, dice: Random, last: datetime) -> datetime | None:
    read = shared + timedelta(hours=dice.randint(12, 60))
    return read if read < last and dice.random() < 0.85 else None


def _comments(person: Simulated) -> list[str]:
    return list(_words()["comments"][person.persona.language])
