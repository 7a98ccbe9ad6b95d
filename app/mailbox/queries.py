"""What the blank forms are made of, and which answers came back refused."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.diary.drinks import item_words, read_day_form
from app.diary.others import read_classes
from app.i18n import N_, Translator
from app.instruments.loader import load_instrument
from app.mailbox.tasks import TASKS
from app.models.mailbox import MAILBOX_ENTRY
from app.models.people import PARTICIPANT, dated_zone

Fields = Mapping[str, list[str]]
_ZONE = select(dated_zone(PARTICIPANT)).where(PARTICIPANT.c.id == bindparam("who"))
_REFUSED = (
    select(MAILBOX_ENTRY)
    .where(
        MAILBOX_ENTRY.c.participant_id == bindparam("who"),
        MAILBOX_ENTRY.c.state == "refused",
        MAILBOX_ENTRY.c.seen_at.is_(None),
    )
    .order_by(MAILBOX_ENTRY.c.told_at, MAILBOX_ENTRY.c.id)
)
WHY = {
    "form": N_("Something in it was missing or could not be read."),
    "later": N_("Later than this you said something else, and that stands."),
    "closed": N_("The day had closed. A change of it asks for a reason."),
    "staff": N_("This was entered together with the study team."),
    "unreadable": N_("It could not be opened."),
    "stranger": N_("It was sealed on this phone when the phone was not yours."),
    "fault": N_("Something went wrong on our side."),
}
# Where the same is told again; {day} is the day that it was about.
_AGAIN = {
    "dose": "/day/{day}/dose",
    "alcohol": "/day/{day}",
    "substances": "/day/{day}/other",
    "urges": "/today/urges?another=1",
    "effects": "/today/check/new/first",
    "wrong": "/today/check/new/now",
}


@dataclass(frozen=True, slots=True)
class Returned:
    """An answer that was not stored: when it was given, what it said, why, and the way on."""

    id: int
    task: str
    told_at: datetime
    day: date
    said: list[str]
    why: str
    again: str


def zone_of(session: Session, participant_id: int) -> str:
    zone: str = session.execute(_ZONE, {"who": participant_id}).scalar_one()
    return zone


def returned(
    session: Session, who: int, zone: str, holds: Callable[[date], bool], tr: Translator
) -> list[Returned]:
    """What its person has not seen yet, the oldest first; ``holds``: the days to be filled in."""
    rows = session.execute(_REFUSED, {"who": who})
    return [_returned(session, row, zone, holds, tr) for row in rows]


def _returned(
    session: Session, row: Any, zone: str, holds: Callable[[date], bool], tr: Translator
) -> Returned:
    task = TASKS.get(row.task)
    day = task.day(row.told_at, zone) if task else row.told_at.date()
    again = _AGAIN.get(row.task, "/today")
    if "{day}" in again and not holds(day):
        again = "/calendar/{day}"
    own = row.kept_sealed and row.reason not in ("unreadable", "stranger")
    said = _said(row.task, session.info["keys"].unseal(row.kept_sealed), tr) if own else []
    why = tr(WHY.get(row.reason, WHY["fault"]))
    return Returned(row.id, row.task, row.told_at, day, said, why, again.format(day=day))


def _said(task: str, kept: str, tr: Translator) -> list[str]:
    """What can be said of a day in a line or two; a check-in is answered anew."""
    fields: dict[str, list[str]] = {}
    for name, value in json.loads(kept):
        fields.setdefault(name, []).append(value)
    if task == "dose":
        words = {"taken": tr("Taken"), "not_taken": tr("Not taken")}
        return [words[one] for one in fields.get("answer", []) if one in words]
    if task == "alcohol":
        answer = read_day_form(fields, tr)
        return item_words(answer.items, tr) or ([tr("No alcohol")] if answer.none else [])
    if task == "substances":
        codes, _ = read_classes(fields, tr)
        listed = load_instrument("substances").lists["substances"]
        return [one.label.say(tr.lang) for one in listed if one.code in codes]
    return []
