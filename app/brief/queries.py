"""What the brief reads besides the timeline: sessions, alerts and what was done, holds, own words.

One prebuilt statement each, none of which grows with the number of participants.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, or_, select
from sqlalchemy.orm import Session

from app.appointments.queries import Appointment, appointments
from app.brief.since import Hold, Otherwise
from app.clock import local_day
from app.instruments.reading import InstrumentError
from app.instruments.worksheets.loader import load_sheet
from app.models.audit import AuditEntry
from app.models.counseling import CounselingSession
from app.models.flags import Flag, FlagAction
from app.models.people import Hold as HoldRow
from app.models.people import Staff
from app.models.worksheets import Worksheet, WorksheetCopy
from app.worksheets.shared import VISIBLE


def _table(model: Any) -> Any:
    return model.__table__


_FLAG, _ACTION, _HOLD, _T = map(_table, (Flag, FlagAction, HoldRow, Staff))
_W, _C = map(_table, (Worksheet, WorksheetCopy))
_S, _A = map(_table, (CounselingSession, AuditEntry))
_RANK = case({"emergency": 3, "urgent": 2, "routine": 1}, value=_FLAG.c.severity)
_WHO: Any = bindparam("who")
_SINCE: Any = bindparam("since")
PREPARED = "before_session"
MOVE = "session.move"


@dataclass(frozen=True, slots=True)
class Sessions:
    """A participant's sessions, cancelled ones too, and the next one.

    `held` are the local days of those that took place with the number of the last one of the day,
    `count` is how many there were, `last_at` when the last one was.
    """

    all: tuple[Appointment, ...]
    held: Mapping[date, int]
    count: int
    last_at: datetime | None
    next_at: datetime | None
    next_id: str | None
    next_place: str = "clinic"

    @property
    def next_number(self) -> int:
        return self.count + 1


def sessions_of(session: Session, who: int, zone: str, since: datetime) -> Sessions:
    """All sessions of a participant; the next one is planned and not before ``since``."""
    found = appointments(session, who)
    held = [one.at for one in found if one.state == "attended"]
    coming = (one for one in found if one.state == "planned" and one.at >= since)
    planned = next(coming, None)
    return Sessions(
        all=tuple(found),
        held={local_day(at, zone): number for number, at in enumerate(held, 1)},
        count=len(held),
        last_at=held[-1] if held else None,
        next_at=planned.at if planned else None,
        next_id=planned.public_id if planned else None,
        next_place=planned.place if planned else "clinic",
    )


_MOVED = (
    select(_S.c.id, _A.c.changes)
    .join(_A, and_(_A.c.subject_kind == "session", _A.c.subject_id == _S.c.id))
    .where(_S.c.participant_id == _WHO, _A.c.action == MOVE, _A.c.at >= _SINCE)
)


def went_otherwise(
    session: Session, who: int, zone: str, found: Sessions, since: datetime, now: datetime
) -> Otherwise:
    """What became of sessions since then; a cancellation and a move count when they were made."""
    steps = session.execute(_MOVED, {"who": who, "since": since})
    # Another room or a longer hour is no other day.
    moved = {step.id for step in steps if step.changes["at"][0] != step.changes["at"][1]}

    def days(which: Callable[[Appointment], bool]) -> tuple[date, ...]:
        return tuple(local_day(one.at, zone) for one in found.all if which(one))

    return Otherwise(
        not_held=days(lambda one: one.state == "not_attended" and one.at >= since),
        cancelled=days(lambda one: one.cancelled_at is not None and one.cancelled_at >= since),
        moved=days(lambda one: one.state == "planned" and one.at > now and one.id in moved),
        unrecorded=days(lambda one: one.state == "planned" and since <= one.at and one.ends <= now),
    )


_FLAGS = (
    select(
        _FLAG.c.id,
        _FLAG.c.public_id,
        _FLAG.c.family,
        _FLAG.c.rule,
        _FLAG.c.severity,
        _FLAG.c.status,
        _FLAG.c.raised_at,
        _FLAG.c.resolved_at,
        _FLAG.c.outcome,
    )
    .where(
        _FLAG.c.participant_id == _WHO,
        or_(_FLAG.c.status != "resolved", _FLAG.c.resolved_at >= _SINCE),
    )
    .order_by((_FLAG.c.status == "resolved"), _RANK.desc(), _FLAG.c.raised_at.desc())
)
_DONE = (
    select(
        _ACTION.c.id,
        _ACTION.c.replaces_id,
        _ACTION.c.flag_id,
        _ACTION.c.at,
        _T.c.name,
        _ACTION.c.action,
        _ACTION.c.outcome,
        _ACTION.c.note,
    )
    .join(_FLAG, _FLAG.c.id == _ACTION.c.flag_id)
    .join(_T, _T.c.id == _ACTION.c.staff_id)
    .where(
        _FLAG.c.participant_id == _WHO,
        or_(_FLAG.c.status != "resolved", _FLAG.c.resolved_at >= _SINCE),
    )
    .order_by(_ACTION.c.id)
)


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did about an alert, with the note as it was corrected last."""

    at: datetime
    name: str
    action: str
    outcome: str | None
    note: str


@dataclass(frozen=True, slots=True)
class BriefFlag:
    """An alert that is not resolved, or was resolved since the last session."""

    public_id: str
    family: str
    rule: str
    severity: str
    status: str
    raised_at: datetime
    resolved_at: datetime | None
    outcome: str | None
    done: tuple[Done, ...]

    @property
    def open(self) -> bool:
        return self.status != "resolved"


def flags_of(session: Session, who: int, since: datetime) -> tuple[BriefFlag, ...]:
    """The unresolved ones first, the worst of them on top; then those resolved since."""
    values = {"who": who, "since": since}
    done = _done(session.execute(_DONE, values))
    return tuple(
        BriefFlag(*row[1:], done=tuple(done.get(row.id, {}).values()))
        for row in session.execute(_FLAGS, values)
    )


def _done(rows: Iterable[Any]) -> dict[int, dict[int, Done]]:
    """By flag and by first entry. A correction is an entry of its own that alters a note alone:
    who acknowledged, and when, stays."""
    found: dict[int, dict[int, Done]] = {}
    firsts: dict[int, int] = {}
    for id_, replaces, flag, *rest in rows:
        mine = found.setdefault(flag, {})
        first = firsts[id_] = firsts.get(replaces, id_)
        entry = Done(*rest)
        mine[first] = replace(mine[first], note=entry.note) if first in mine else entry
    return found


_HOLDS = (
    select(_HOLD.c.from_day, _HOLD.c.until_day, _HOLD.c.set_at, _HOLD.c.lifted_at)
    .where(_HOLD.c.participant_id == _WHO)
    .order_by(_HOLD.c.set_at)
)


def holds_of(session: Session, who: int) -> tuple[Hold, ...]:
    """Every hold there was: an old one may still be open."""
    return tuple(Hold(*row) for row in session.execute(_HOLDS, {"who": who}))


_PREPARED = (
    select(_W.c.sheet_version, _C.c.made_at, _C.c["values"])
    .select_from(_W)
    .join(_C, VISIBLE)
    .where(_W.c.participant_id == _WHO, _W.c.sheet_key == PREPARED, _C.c.made_at >= _SINCE)
    .order_by(_C.c.made_at.desc(), _C.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Own words from the sheet before a session, as it was shared."""

    at: datetime
    texts: Sequence[str]


def prepared_words(session: Session, who: int, since: datetime) -> Prepared | None:
    """The newest shared one since then; `None` where no words stand on it."""
    row = session.execute(_PREPARED, {"who": who, "since": since}).first()
    if row is None:
        return None
    try:
        fields = load_sheet(PREPARED, row.sheet_version).fields
    except InstrumentError:
        return None
    texts = [row.values.get(field.id) for field in fields if field.kind == "text"]
    said = tuple(text for text in texts if isinstance(text, str) and text.strip())
    return Prepared(row.made_at, said) if said else None
