"""What a participant tells about a day, written with its audit entry and seen by the rules at once.

An entry is never overwritten: a change is a new row that replaces the former one. What staff
enter (``with_staff``, ``by_phone``) stands beside the participant's own words and replaces
nothing of theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update
from sqlmodel import Session

from app import audit
from app.audit import Actor, Subject
from app.clock import local_day
from app.diary.days import provenance_of
from app.diary.entries import OWN, STAFF
from app.diary.usual import note_use
from app.flags.service import Outcome, reassess
from app.models.diary import DOSE, DRINK_DAY, SUBSTANCE_DAY
from app.models.people import HOLD, PARTICIPANT, dated_zone
from app.timeline.events import Drink, Use
from app.timeline.holds import HeldSpan
from app.timeline.measures import grams, grams_of

_HOLDS = (
    select(
        HOLD.c.from_day, HOLD.c.until_day, HOLD.c.lifted_at, HOLD.c.over, dated_zone(PARTICIPANT)
    )
    .join(PARTICIPANT, PARTICIPANT.c.id == HOLD.c.participant_id)
    .where(HOLD.c.participant_id == bindparam("who"))
)


@dataclass(frozen=True, slots=True)
class About:
    """Whose day it is, who tells it, and when.

    ``zone`` is the participant's IANA zone. ``provenance`` and ``entered_by`` are given only for
    what staff enter; else the provenance follows from the day.
    """

    participant_id: int
    zone: str
    day: date
    actor: Actor
    now: datetime
    client_at: datetime | None = None
    provenance: str | None = None
    entered_by: int | None = None
    reason: str | None = None
    """why an entry is changed after its day has closed"""

    @property
    def told(self) -> str:
        return self.provenance or provenance_of(self.day, self.now, self.zone)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The entry that stands now, and what the rules made of it; ``new`` if a row was written.

    ``event`` is its name in the timeline.
    """

    id: int
    event: str
    outcome: Outcome = field(default_factory=Outcome)
    new: bool = True


class _Kind:
    """One table of day entries with its statements, prebuilt."""

    def __init__(self, name: str, table: Table, fields: Sequence[str]):
        self.name = name
        self.fields = fields
        self.insert = insert(table).returning(table.c.id)
        standing = select(table.c.id, *(table.c[field] for field in fields)).where(
            table.c.participant_id == bindparam("who"),
            table.c.day == bindparam("day"),
            table.c.superseded_at.is_(None),
            table.c.void.is_(False),
            table.c.provenance.in_(bindparam("authors", expanding=True)),
        )
        self.current = standing.order_by(table.c.id.desc()).limit(1)
        self.named = standing.where(table.c.id == bindparam("entry"))
        self.supersede = (
            update(table)
            .where(table.c.id == bindparam("former_id"))
            .values(superseded_at=bindparam("replaced_at"))
        )


_DOSE = _Kind("dose", DOSE, ("taken", "at", "mg", "reason", "hold"))
_DRINKS = _Kind("drinks", DRINK_DAY, ("items", "grams", "best_guess", "last_drink_at"))
_SUBSTANCES = _Kind("substances", SUBSTANCE_DAY, ("items",))


def record_dose(
    session: Session,
    about: About,
    *,
    taken: bool,
    at: datetime | None = None,
    mg: float | None = None,
    reason: str | None = None,
    entry: int | None = None,
    another: bool = False,
) -> Recorded:
    """One study tablet, taken or not. ``mg``: milligrams, None for the protocol's dose.

    Replaces the day's latest entry, or ``entry`` of several; ``another`` stands beside them.
    Raises LookupError for an ``entry`` that does not stand.
    """
    held = not taken and is_held(session, about.participant_id, about.day)
    values = {"taken": taken, "at": at, "mg": mg, "reason": reason, "hold": held}
    former = None if another else _standing(session, _DOSE, about, entry)
    return _record(session, _DOSE, about, values, former)


def take_back_dose(session: Session, about: About, entry: int) -> Recorded:
    """Take back one tablet of several: it was entered by mistake. Raises LookupError."""
    former = _standing(session, _DOSE, about, entry)
    values = {field: getattr(former, field) for field in _DOSE.fields}
    return _store(session, _DOSE, about, values, former, void=True)


def record_drinks(
    session: Session,
    about: About,
    items: Sequence[Drink],
    *,
    best_guess: bool = False,
    last_drink_at: datetime | None = None,
    evaluate: bool = True,
) -> Recorded:
    """A day's alcohol; no items is a reported day without. Grams are stored with each item.

    Without ``evaluate`` the caller lets the rules see the event, with others of the same form.
    """
    values = {
        "items": [
            {**asdict(one), "grams": round(grams(one.ml, one.abv, one.count), 3)} for one in items
        ],
        "grams": grams_of(items),
        "best_guess": best_guess,
        "last_drink_at": last_drink_at,
    }
    former = _standing(session, _DRINKS, about)
    done = _record(session, _DRINKS, about, values, former, evaluate=evaluate)
    if done.new and items:
        note_use(session, about.participant_id, items, about.day)
    return done


def record_substances(
    session: Session, about: About, items: Sequence[Use], *, evaluate: bool = True
) -> Recorded:
    """A day's other substances; no items is a reported day without. ``evaluate`` as for drinks."""
    values = {"items": [_use(one) for one in items]}
    former = _standing(session, _SUBSTANCES, about)
    return _record(session, _SUBSTANCES, about, values, former, evaluate=evaluate)


def is_held(session: Session, participant_id: int, day: date) -> bool:
    """Whether no tablet was due on ``day``, also where the hold was lifted later."""
    return held_as(session, participant_id, day) != ""


def held_as(session: Session, participant_id: int, day: date) -> str:
    """Why no tablet is due on ``day``: "paused" by a physician, "over", or "" where one is."""
    found = [
        one.over
        for one in session.execute(_HOLDS, {"who": participant_id})
        if _span(one).covers(day)
    ]
    return ("over" if any(found) else "paused") if found else ""


def holds_of(session: Session, participant_id: int) -> list[HeldSpan]:
    """The days of every hold there was."""
    return [_span(one) for one in session.execute(_HOLDS, {"who": participant_id})]


def _span(one: Any) -> HeldSpan:
    lifted_on = one.lifted_at and local_day(one.lifted_at, one.timezone)
    return HeldSpan.of(one.from_day, one.until_day, lifted_on)


def _use(use: Use) -> dict[str, Any]:
    """As stored: what was not said is not there; the time as ISO 8601 with its offset."""
    values = {**asdict(use), "at": use.at.isoformat() if use.at else None}
    return {name: value for name, value in values.items() if value is not None}


def _record(
    session: Session,
    kind: _Kind,
    about: About,
    values: Mapping[str, Any],
    former: Any,
    *,
    evaluate: bool = True,
) -> Recorded:
    if former and values == {field: getattr(former, field) for field in kind.fields}:
        subject, action = Subject(kind.name, former.id), f"{kind.name}.same"
        audit.record(
            session, about.actor, action, subject, now=about.now, client_at=about.client_at
        )
        return Recorded(former.id, f"{kind.name}-{former.id}", new=False)
    return _store(session, kind, about, values, former, evaluate=evaluate)


def _store(
    session: Session,
    kind: _Kind,
    about: About,
    values: Mapping[str, Any],
    former: Any,
    *,
    void: bool = False,
    evaluate: bool = True,
) -> Recorded:
    row = {
        **values,
        "participant_id": about.participant_id,
        "day": about.day,
        "received_at": about.now,
        "client_at": about.client_at,
        "provenance": about.told,
        "entered_by": about.entered_by,
        "change_reason": about.reason if former else None,
        "superseded_at": None,
        "replaces_id": former.id if former else None,
        "void": void,
    }
    new_id = session.execute(kind.insert, row).scalar_one()
    if former:
        session.execute(kind.supersede, {"former_id": former.id, "replaced_at": about.now})
    old = {field: getattr(former, field) for field in kind.fields} if former else {}
    audit.record(
        session,
        about.actor,
        f"{kind.name}.{'void' if void else 'change' if former else 'add'}",
        Subject(kind.name, new_id),
        now=about.now,
        changes={"void": [False, True]} if void else _changes(old, values),
        reason=(about.reason or "correction") if former else "",
        client_at=about.client_at,
    )
    event = f"{kind.name}-{new_id}"
    if not evaluate:
        return Recorded(new_id, event)
    outcome = reassess(session, about.participant_id, [event], about.actor, about.now)
    return Recorded(new_id, event, outcome)


def _standing(session: Session, kind: _Kind, about: About, entry: int | None = None) -> Any:
    """The standing entry of the same side: a participant corrects only their own words, and staff
    only what staff entered. Raises LookupError where ``entry`` is not one of them.
    """
    authors = OWN if about.told in OWN else STAFF
    values = {"who": about.participant_id, "day": about.day, "authors": authors}
    if entry is None:
        return session.execute(kind.current, values).first()
    found = session.execute(kind.named, {**values, "entry": entry}).first()
    if found is None:
        raise LookupError(entry)
    return found


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {
        field: [_plain(old.get(field)), _plain(value)]
        for field, value in new.items()
        if old.get(field) != value
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
