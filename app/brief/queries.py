"""What the brief reads besides the timeline: sessions, alerts and what was done, holds, own words.

One prebuilt statement each, none of which grows with the number of participants.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import and_, bindparam, case, or_, select
from sqlalchemy.orm import Session

from app.appointments.queries import Appointment, appointments
from app.brief.since import Hold, Otherwise
from app.clock import local_day
from app.instruments.reading import InstrumentError
from app.instruments.worksheets.loader import load_sheet
from app.models.audit import AUDIT_ENTRY
from app.models.counseling import COUNSELING_SESSION
from app.models.flags import FLAG, FLAG_ACTION
from app.models.people import HOLD, STAFF
from app.worksheets.shared import Sheets

_RANK = case({"emergency": 3, "urgent": 2, "routine": 1}, value=FLAG.c.severity)
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
    select(COUNSELING_SESSION.c.id, AUDIT_ENTRY.c.changes)
    .join(
        AUDIT_ENTRY,
        and_(
            AUDIT_ENTRY.c.subject_kind == "session",
            AUDIT_ENTRY.c.subject_id == COUNSELING_SESSION.c.id,
        ),
    )
    .where(
        COUNSELING_SESSION.c.participant_id == _WHO,
        AUDIT_ENTRY.c.action == MOVE,
        AUDIT_ENTRY.c.at >= _SINCE,
    )
)


def went_otherwise(
    session: Session, who: int, zone: str, found: Sessions, since: datetime, now: datetime
) -> Otherwise:
    """What became of sessions since then; a cancellation and a move count when they were made."""
    steps = session.execute(_MOVED, {"who": who, "since": since})
    # Another room or a longer hour is no other day.
    moved = {step.id for step in steps if step.changes["at"][0] != step.changes["at"][1]}

    states = [(one, one.state, local_day(one.at, zone)) for one in found.all]
    planned = [(one, day) for one, state, day in states if state == "planned"]
    return Otherwise(
        not_held=tuple(
            [day for one, state, day in states if state == "not_attended" and one.at >= since]
        ),
        cancelled=tuple(
            [day for one, _, day in states if one.cancelled_at and one.cancelled_at >= since]
        ),
        moved=tuple([day for one, day in planned if one.at > now and one.id in moved]),
        unrecorded=tuple([day for one, day in planned if since <= one.at and one.ends <= now]),
    )


_OF_FLAG = [
    "public_id",
    "family",
    "rule",
    "severity",
    "status",
    "raised_at",
    "resolved_at",
    "outcome",
]
# A row for each thing that was done, and one for an alert about which nothing was.
_FLAGS = (
    select(
        FLAG.c.id,
        FLAG_ACTION.c.id.label("action_id"),
        FLAG_ACTION.c.replaces_id,
        FLAG_ACTION.c.at,
        STAFF.c.name,
        FLAG_ACTION.c.action,
        FLAG_ACTION.c.outcome.label("done_outcome"),
        FLAG_ACTION.c.note,
        *(FLAG.c[name] for name in _OF_FLAG),
    )
    .outerjoin(FLAG_ACTION, FLAG_ACTION.c.flag_id == FLAG.c.id)
    .outerjoin(STAFF, STAFF.c.id == FLAG_ACTION.c.staff_id)
    .where(
        FLAG.c.participant_id == _WHO,
        or_(FLAG.c.status != "resolved", FLAG.c.resolved_at >= _SINCE),
    )
    .order_by(
        (FLAG.c.status == "resolved"),
        _RANK.desc(),
        FLAG.c.raised_at.desc(),
        FLAG.c.id,
        FLAG_ACTION.c.id,
    )
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
    rows = session.execute(_FLAGS, {"who": who, "since": since}).all()
    alerts = [list(mine) for _, mine in groupby(rows, lambda row: row.id)]
    return tuple(
        BriefFlag(**{name: getattr(mine[0], name) for name in _OF_FLAG}, done=_done(mine))
        for mine in alerts
    )


def _done(rows: Iterable[Any]) -> tuple[Done, ...]:
    """What was done about one alert, by first entry. A correction is an entry of its own that
    alters a note alone: who acknowledged, and when, stays."""
    found: dict[int, Done] = {}
    firsts: dict[int, int] = {}
    for row in rows:
        if row.name is None:
            continue
        first = firsts[row.action_id] = firsts.get(row.replaces_id, row.action_id)
        entry = Done(row.at, row.name, row.action, row.done_outcome, row.note)
        found[first] = replace(found[first], note=entry.note) if first in found else entry
    return tuple(found.values())


_HOLDS = (
    select(HOLD.c.from_day, HOLD.c.until_day, HOLD.c.set_at, HOLD.c.lifted_at)
    .where(HOLD.c.participant_id == _WHO)
    .order_by(HOLD.c.set_at)
)


def holds_of(session: Session, who: int) -> tuple[Hold, ...]:
    """Every hold there was: an old one may still be open."""
    return tuple(Hold(*row) for row in session.execute(_HOLDS, {"who": who}))


@dataclass(frozen=True, slots=True)
class Prepared:
    """Own words from the sheet before a session, as it was shared."""

    at: datetime
    texts: Sequence[str]


def prepared_words(sheets: Sheets, since: datetime) -> Prepared | None:
    """The newest shared one since then; `None` where no words stand on it."""
    copies = [one for one in sheets.copies if one.sheet_key == PREPARED]
    if not copies or copies[-1].made_at is None or copies[-1].made_at < since:
        return None
    newest = copies[-1]
    try:
        fields = load_sheet(PREPARED, newest.sheet_version).fields
    except InstrumentError:
        return None
    texts = [(newest.values or {}).get(field.id) for field in fields if field.kind == "text"]
    said = tuple(text for text in texts if isinstance(text, str) and text.strip())
    return Prepared(copies[-1].made_at, said) if said else None
