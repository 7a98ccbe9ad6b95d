"""What the brief reads besides the timeline: sessions, alerts and what was done, holds, own words.

One prebuilt statement each, none of which grows with the number of participants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, case, or_, select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.counseling.since import Hold
from app.instruments.reading import InstrumentError
from app.instruments.worksheets.loader import load_sheet
from app.models.people import Hold as HoldRow
from app.models.people import Staff
from app.models.safety import Flag, FlagAction
from app.models.worksheets import Worksheet, WorksheetCopy
from app.sessions.queries import appointments
from app.worksheets.shared import VISIBLE


def _table(model: Any) -> Any:
    return model.__table__


_FLAG, _ACTION, _HOLD, _T = map(_table, (Flag, FlagAction, HoldRow, Staff))
_W, _C = map(_table, (Worksheet, WorksheetCopy))
_LATER: Any = _ACTION.alias("later")
_RANK = case({"emergency": 3, "urgent": 2, "routine": 1}, value=_FLAG.c.severity)
_WHO: Any = bindparam("who")
_SINCE: Any = bindparam("since")
PREPARED = "before_session"


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions that took place, by local day with their number; the last of them; the next one.

    `not_held` are the local days of those that did not take place since the last one.
    """

    held: dict[date, int]
    last_at: datetime | None
    not_held: tuple[date, ...]
    next_at: datetime | None
    next_id: str | None

    @property
    def next_number(self) -> int:
        return len(self.held) + 1


def sessions_of(session: Session, who: int, zone: str, since: datetime) -> Sessions:
    """A participant's sessions, cancelled ones left out; the next one is not before ``since``."""
    standing = [one for one in appointments(session, who) if one.cancelled_at is None]
    held = [one.at for one in standing if one.attended]
    last = held[-1] if held else None
    off = [one.at for one in standing if one.attended is False and (not last or one.at > last)]
    coming = (one for one in standing if one.attended is None and one.at >= since)
    planned = next(coming, None)
    return Sessions(
        held={local_day(at, zone): number for number, at in enumerate(held, 1)},
        last_at=last,
        not_held=tuple(local_day(at, zone) for at in off),
        next_at=planned.at if planned else None,
        next_id=planned.public_id if planned else None,
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
        _ACTION.c.flag_id,
        _ACTION.c.at,
        _T.c.name,
        _ACTION.c.action,
        _ACTION.c.outcome,
        _ACTION.c.note,
    )
    .join(_FLAG, _FLAG.c.id == _ACTION.c.flag_id)
    .join(_T, _T.c.id == _ACTION.c.staff_id)
    .outerjoin(_LATER, _LATER.c.replaces_id == _ACTION.c.id)
    .where(
        _FLAG.c.participant_id == _WHO,
        or_(_FLAG.c.status != "resolved", _FLAG.c.resolved_at >= _SINCE),
        _LATER.c.id.is_(None),
    )
    .order_by(_ACTION.c.id)
)


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did about an alert; a note that was corrected is left out."""

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
    done: dict[int, list[Done]] = {}
    for flag_id, *rest in session.execute(_DONE, values):
        done.setdefault(flag_id, []).append(Done(*rest))
    return tuple(
        BriefFlag(*row[1:], done=tuple(done.get(row.id, ())))
        for row in session.execute(_FLAGS, values)
    )


_HOLDS = (
    select(_HOLD.c.from_day, _HOLD.c.until_day, _HOLD.c.set_at, _HOLD.c.lifted_at)
    .where(
        _HOLD.c.participant_id == _WHO,
        or_(_HOLD.c.set_at >= _SINCE, _HOLD.c.lifted_at >= _SINCE),
    )
    .order_by(_HOLD.c.set_at)
)


def holds_of(session: Session, who: int, since: datetime) -> tuple[Hold, ...]:
    """Holds that were set or lifted since."""
    return tuple(Hold(*row) for row in session.execute(_HOLDS, {"who": who, "since": since}))


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
