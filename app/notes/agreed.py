"""What a closed note agrees on, and what became of it: sheets to assign, a day to plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.appointments.queries import Appointment, sessions_since
from app.clock import local_day
from app.i18n import Translator
from app.models.counseling import SESSION_NOTE
from app.notes.words import SHEET, sheet_words
from app.timeline.days import at_local
from app.worksheets.staff_queries import lines

_LATEST = (
    select(SESSION_NOTE.c.plan, SESSION_NOTE.c.next_on)
    .where(SESSION_NOTE.c.session_id == bindparam("session"), SESSION_NOTE.c.closed_at.is_not(None))
    .order_by(SESSION_NOTE.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class AgreedSheet:
    """``assigned``: since the day of the session, or waiting to be filled in anyway."""

    key: str
    title: str
    assigned: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """``on_plan`` is the session that stands on the agreed ``day``; ``over``: the day is past."""

    sheets: tuple[AgreedSheet, ...]
    day: date | None
    on_plan: Appointment | None
    over: bool


def agreed_of(
    session: Session, who: int, one: Appointment, zone: str, today: date, tr: Translator
) -> Agreed | None:
    """By the latest closed version of the note; None where that agrees on neither."""
    row = session.execute(_LATEST, {"session": one.id}).first()
    keys = [code.removeprefix(SHEET) for code in row.plan if code.startswith(SHEET)] if row else []
    day = row.next_on if row else None
    if not keys and day is None:
        return None
    return Agreed(
        _sheets(session, who, one, zone, keys, tr) if keys else (),
        day,
        _on_plan(session, who, day, zone) if day else None,
        bool(day and day < today),
    )


def _sheets(
    session: Session, who: int, one: Appointment, zone: str, keys: Sequence[str], tr: Translator
) -> tuple[AgreedSheet, ...]:
    day = local_day(one.at, zone)
    done = {
        line.sheet_key
        for line in lines(session, who)
        if line.asked and (line.can_withdraw or local_day(line.asked.assigned_at, zone) >= day)
    }
    titles = sheet_words(tr)
    return tuple(AgreedSheet(key, titles[key], key in done) for key in keys if key in titles)


def _on_plan(session: Session, who: int, day: date, zone: str) -> Appointment | None:
    coming = sessions_since(session, who, at_local(day, time(0), zone))
    theirs = [one for one in coming if not one.cancelled_at and local_day(one.at, zone) == day]
    return theirs[0] if theirs else None
