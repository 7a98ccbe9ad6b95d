"""What is written about adverse events: rows that are added, and never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlmodel import Session

from app import audit, turns
from app.adverse import queries
from app.adverse.queries import ScopedEvent
from app.audit import Subject
from app.models.adverse import ADVERSE_EVENT, ADVERSE_REPORT, ADVERSE_VERSION
from app.models.audit import AUDIT_ENTRY
from app.models.base import public_id
from app.visit.identity import StaffMe

ENTER = "adverse.enter"
_EVENT = insert(ADVERSE_EVENT).returning(ADVERSE_EVENT.c.id)
_VERSION = insert(ADVERSE_VERSION)
_REPORT = insert(ADVERSE_REPORT)
_NEWEST = select(func.coalesce(func.max(ADVERSE_VERSION.c.n), 0)).where(
    ADVERSE_VERSION.c.event_id == bindparam("event")
)


_ENTERED = (
    select(ADVERSE_EVENT.c.public_id, AUDIT_ENTRY.c.changes)
    .join(
        AUDIT_ENTRY,
        (AUDIT_ENTRY.c.subject_kind == "adverse_event")
        & (AUDIT_ENTRY.c.subject_id == ADVERSE_EVENT.c.id),
    )
    .where(
        ADVERSE_EVENT.c.participant_id == bindparam("who"),
        AUDIT_ENTRY.c.actor == bindparam("actor"),
        AUDIT_ENTRY.c.action == ENTER,
    )
)


# What a version says, beside when, by whom and why it was written.
_SAID = (
    "verdict",
    "term",
    "began_on",
    "ended_on",
    "grade",
    "scale",
    "serious",
    "causality",
    "expected",
    "dechallenge",
    "rechallenge",
    "action",
    "outcome",
    "aware_at",
    "narrative",
    "code",
    "dictionary",
)


class Changed(Exception):
    """Somebody has written a version since the page was opened."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an event comes from: an answer, an alert, or neither."""

    checkin: int | None = None
    item: str | None = None
    flag: int | None = None


def promote(
    session: Session, me: StaffMe, participant_id: int, source: Source, now: datetime
) -> str:
    """The event of this answer or alert; made once, however often it is promoted."""
    turns.of_person(session, participant_id)
    made = queries.made_of(session, source.flag, source.checkin, source.item)
    return made or _make(session, me, participant_id, source, now, "adverse.propose")[1]


def entered_before(session: Session, me: StaffMe, participant_id: int, token: str) -> str | None:
    """The event that this very form has made already: it was sent twice.

    Asked in the turn of the person, so that of two taps at once the second sees the first.
    """
    turns.of_person(session, participant_id)
    values = {"who": participant_id, "actor": me.actor.name}
    rows = session.execute(_ENTERED, values).all()
    found = (row.public_id for row in rows if row.changes.get("form") == [None, token])
    return next(found, None) if token else None


def enter(
    session: Session,
    me: StaffMe,
    participant_id: int,
    values: dict[str, Any],
    now: datetime,
    token: str = "",
) -> str:
    """A new event with its first version."""
    event, named = _make(session, me, participant_id, Source(), now, ENTER, token)
    _write(session, me, event, 1, values, None, now)
    return named


def _make(
    session: Session,
    me: StaffMe,
    participant_id: int,
    source: Source,
    now: datetime,
    action: str,
    token: str = "",
) -> tuple[int, str]:
    values = {
        "public_id": public_id(),
        "participant_id": participant_id,
        "site_id": me.site_id,
        "number": queries.next_number(session, participant_id),
        "made_at": now,
        "made_by": me.id,
        "checkin_id": source.checkin,
        "item": source.item,
        "flag_id": source.flag,
    }
    event: int = session.execute(_EVENT, values).scalar_one()
    told = ("number", "checkin_id", "item", "flag_id")
    changes = {name: [None, values[name]] for name in told if values[name] is not None}
    if token:
        changes["form"] = [None, token]
    subject = Subject("adverse_event", event)
    audit.record(session, me.actor, action, subject, now=now, changes=changes)
    return event, str(values["public_id"])


def follow_up(
    session: Session,
    me: StaffMe,
    event: ScopedEvent,
    shown: int,
    values: dict[str, Any],
    now: datetime,
) -> None:
    """Another version after the one that was ``shown``. Raises Changed."""
    turns.of_person(session, event.participant_id)
    if session.execute(_NEWEST, {"event": event.id}).scalar_one() != shown:
        raise Changed
    before = vars_of(event)
    _write(session, me, event.id, shown + 1, values, before, now)


def vars_of(event: ScopedEvent) -> dict[str, Any]:
    """The newest version by its columns."""
    last = event.last
    return {name: getattr(last, name) for name in last.__slots__} if last else {}


def _write(
    session: Session,
    me: StaffMe,
    event: int,
    n: int,
    values: dict[str, Any],
    before: dict[str, Any] | None,
    now: datetime,
) -> None:
    said = {name: values[name] for name in _SAID if name in values}
    row = {"event_id": event, "n": n, "at": now, "written_by": me.id, "serious": [], **said}
    row["reason"] = values.get("reason", "")
    for name in ("term", "narrative", "code", "dictionary"):
        row.setdefault(name, "")
    session.execute(_VERSION, row)
    old = before or {}
    changes = {
        name: [_plain(old.get(name)), _plain(value)]
        for name, value in values.items()
        if name != "reason" and _plain(old.get(name)) != _plain(value)
    }
    subject = Subject("adverse_event", event)
    action = "adverse.dismiss" if values["verdict"] == "no_event" else "adverse.version"
    reason = values.get("reason", "")
    more = {"n": [n - 1 or None, n], **changes}
    audit.record(session, me.actor, action, subject, now=now, changes=more, reason=reason)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def report(
    session: Session,
    me: StaffMe,
    event: ScopedEvent,
    clock: str,
    reported_at: datetime,
    note: str,
    now: datetime,
) -> None:
    """Put on record that it was reported."""
    values = {
        "event_id": event.id,
        "clock": clock,
        "reported_at": reported_at,
        "recorded_at": now,
        "recorded_by": me.id,
        "note": note,
    }
    session.execute(_REPORT, values)
    changes = {
        "clock": [None, clock],
        "reported_at": [None, reported_at.isoformat()],
        "note": [None, note],
    }
    subject = Subject("adverse_event", event.id)
    audit.record(session, me.actor, "adverse.report", subject, now=now, changes=changes)
