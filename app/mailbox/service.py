"""An envelope that arrived: opened, told of once, and kept with what became of it.

Whatever an envelope holds, it is kept and has its receipt: one that cannot be stored is shown to
the person when the phone is opened next. Only a phone that is not known gets none.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, insert, select, update
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.db import Database, write
from app.diary.days import Window
from app.keys import Keys
from app.mailbox.envelope import (
    LONGEST,
    Letter,
    Receipt,
    Unreadable,
    decode,
    digest_of,
    encode,
    unseal,
)
from app.mailbox.tasks import TASKS, Refused, Told, cannot_wait
from app.models.mailbox import MAILBOX_ENTRY
from app.models.people import DEVICE
from app.sent.once import Earlier, Entry, once
from app.visit.identity import owner_of
from app.visit.shell import mark_of
from app.visit.visits import ParticipantVisit
from app.web.errors import UNAVAILABLE, NotFound
from app.web.forms import Form
from app.web.pages import see_other

log = logging.getLogger("daybook")
# So many new answers of one phone are taken in a day; who fills disks waits for the next.
MOST_A_DAY = 1000
# What a phone says of its clock is believed so far back; else only the receipt is known.
FARTHEST = timedelta(days=92)
UNREADABLE, STRANGER, LEFT, FAULT = "unreadable", "stranger", "left", "fault"

_BY_DIGEST = select(MAILBOX_ENTRY).where(
    MAILBOX_ENTRY.c.device_id == bindparam("device"), MAILBOX_ENTRY.c.digest == bindparam("digest")
)
_BY_TOKEN = select(MAILBOX_ENTRY).where(
    MAILBOX_ENTRY.c.participant_id == bindparam("who"), MAILBOX_ENTRY.c.token == bindparam("token")
)
_LATELY = (
    select(func.count())
    .select_from(MAILBOX_ENTRY)
    .where(
        MAILBOX_ENTRY.c.device_id == bindparam("device"),
        MAILBOX_ENTRY.c.received_at > bindparam("since"),
    )
)
_PHONES = select(DEVICE.c.token_hash).where(DEVICE.c.participant_id == bindparam("who"))
_ADD = insert(MAILBOX_ENTRY).returning(MAILBOX_ENTRY.c.id)


@dataclass(frozen=True, slots=True)
class Sent:
    """One envelope as it came, and its letter if it opens."""

    envelope: bytes
    letter: Letter | None

    @property
    def digest(self) -> str:
        return digest_of(self.envelope)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who sends, from which phone, and how the clocks stand."""

    request: Request
    device_id: int
    now: datetime
    sent_at: datetime | None
    """what the phone's clock shows as it sends"""

    @property
    def offset(self) -> int | None:
        """By how many seconds the phone's clock is ahead."""
        return round((self.sent_at - self.now).total_seconds()) if self.sent_at else None

    def told_at(self, letter: Letter | None) -> datetime:
        """When it was told, by our clock: as long ago as both times of the phone's are apart."""
        if letter is None or self.sent_at is None:
            return self.now
        ago = self.sent_at - letter.at
        return self.now - ago if timedelta(0) <= ago <= FARTHEST else self.now


def opened(keys: Keys, sealed: Sequence[str]) -> list[Sent]:
    """What came, in order, but what cannot wait before all else."""
    found = []
    for text in sealed:
        try:
            envelope = decode(text)
        except Unreadable:
            envelope = text.encode()
        envelope = envelope[:LONGEST]
        try:
            found.append(Sent(envelope, unseal(keys, envelope)))
        except Unreadable:
            found.append(Sent(envelope, None))
    return sorted(found, key=lambda one: one.letter is None or not cannot_wait(one.letter))


class Full(Exception):
    """A phone sent more in a day than a person answers: the rest stays there until later."""


def take(database: Database, arrival: Arrival, sent: Sent) -> Receipt:
    """One transaction. A fault of ours loses no answer: it is kept to be looked at.

    Raises Full.
    """
    try:
        with database.write() as session:
            return _take(session, arrival, sent, None)
    except (Full, *UNAVAILABLE):
        raise
    except Exception as error:
        log.warning("an answer could not be stored (%s)", type(error).__name__)
        with database.write() as session:
            return _take(session, arrival, sent, FAULT)


def _take(session: Session, arrival: Arrival, sent: Sent, broken: str | None) -> Receipt:
    me = owner_of(session, arrival.request, arrival.device_id)
    known = {"device": arrival.device_id, "digest": sent.digest}
    row = session.execute(_BY_DIGEST, known).first()
    if row is None and sent.letter is not None:
        row = session.execute(_BY_TOKEN, {"who": me.id, "token": sent.letter.token}).first()
    if row is not None:
        return Receipt(sent.digest, row.id, row.received_at, row.state)
    _make_sure_of_room(session, arrival, sent)
    arrival.request.state.lang = me.language
    form = _form(arrival, sent.letter)
    visit = ParticipantVisit(arrival.request, session, me, arrival.now, form)
    return _keep(visit, arrival, sent, _outcome(visit, arrival, sent, broken))


def _make_sure_of_room(session: Session, arrival: Arrival, sent: Sent) -> None:
    """Raises Full; what cannot wait has as much room again."""
    most = MOST_A_DAY * (2 if sent.letter and cannot_wait(sent.letter) else 1)
    values = {"device": arrival.device_id, "since": arrival.now - timedelta(days=1)}
    if int(session.execute(_LATELY, values).scalar_one()) >= most:
        raise Full


@dataclass(frozen=True, slots=True)
class _Outcome:
    reason: str | None = None
    row: int | None = None
    late: bool = False


def _outcome(visit: ParticipantVisit, arrival: Arrival, sent: Sent, broken: str | None) -> _Outcome:
    letter, me = sent.letter, visit.me
    if me.status == "withdrawn":
        return _Outcome(LEFT)
    if letter is None:
        return _Outcome(UNREADABLE)
    if not _is_theirs(visit.session, me.id, letter):
        return _Outcome(STRANGER)
    if broken or letter.task not in TASKS:
        return _Outcome(broken or "form")
    task, at = TASKS[letter.task], arrival.told_at(letter)
    day = task.day(at, me.timezone)
    late = not Window.at(visit.now, me.timezone, visit.protocol.backfill_days).holds(day)
    told = Told(visit, letter, at, day)
    rows: list[int] = []

    def tell(earlier: Earlier | None) -> Entry | Response:
        if earlier is not None:
            # The page itself was sent under this token: what it said is asked about there.
            raise Refused("later")
        entry = task.tell(told)
        rows.append(entry.row)
        return entry

    def same(earlier: Earlier) -> Response:
        rows.extend([earlier.subject_id] if earlier.subject_id is not None else [])
        return see_other("/today")

    try:
        once(visit, task.kind, f"mailbox/{letter.task}", tell, same)
    except Refused as refused:
        return _Outcome(refused.reason, refused.row, late)
    return _Outcome(None, rows[0] if rows else None, late)


def _is_theirs(session: Session, who: int, letter: Letter) -> bool:
    """A phone that went to somebody else brings nothing of its former owner's to their diary."""
    phones = session.execute(_PHONES, {"who": who}).scalars()
    return any(mark_of(phone) == letter.phone for phone in phones)


def _form(arrival: Arrival, letter: Letter | None) -> Form:
    """As the page would have sent it. Its clock is the one that the phone has now."""
    fields: dict[str, list[str]] = {}
    for name, value in letter.fields if letter else ():
        fields.setdefault(name, []).append(value)
    return Form(fields, letter.token if letter else "", arrival.sent_at)


def _keep(visit: ParticipantVisit, arrival: Arrival, sent: Sent, outcome: _Outcome) -> Receipt:
    letter, task = sent.letter, TASKS.get(sent.letter.task) if sent.letter else None
    state = "refused" if outcome.reason else "stored"
    told_at = arrival.told_at(letter)
    row = {
        "participant_id": visit.me.id,
        "device_id": arrival.device_id,
        "token": letter.token if letter else sent.digest,
        "digest": sent.digest,
        "task": letter.task if letter else "",
        "told_at": told_at,
        "client_at": letter.at if letter else None,
        "sealed_at": letter.sealed_at if letter else None,
        "received_at": arrival.now,
        "offset_seconds": arrival.offset,
        "zone": letter.zone if letter else "",
        "shell": letter.shell if letter else "",
        "state": state,
        "reason": outcome.reason,
        "late": outcome.late,
        "subject_kind": task.kind if task and outcome.row is not None else None,
        "subject_id": outcome.row,
        "kept_sealed": _kept(visit.session, sent, outcome),
        "seen_at": None,
    }
    entry: int = write(visit.session, _ADD, row).scalar_one()
    audit.record(
        visit.session,
        visit.me.actor,
        f"mailbox.{state}",
        Subject("mailbox", entry),
        now=arrival.now,
        changes={
            "told_at": [None, told_at.isoformat()],
            "sealed_at": [None, letter.sealed_at.isoformat() if letter else None],
            "offset_seconds": [None, arrival.offset],
            "reason": [None, outcome.reason],
        },
        client_at=letter.at if letter else None,
    )
    return Receipt(sent.digest, entry, arrival.now, state)


def _kept(session: Session, sent: Sent, outcome: _Outcome) -> str | None:
    """What was refused stays, sealed; of somebody who left the study nothing does."""
    if outcome.reason in (None, LEFT):
        return None
    letter = sent.letter
    body = json.dumps(letter.fields, ensure_ascii=False) if letter else encode(sent.envelope)
    sealed: str = session.info["keys"].seal(body)
    return sealed


_MINE = select(MAILBOX_ENTRY.c.seen_at).where(
    MAILBOX_ENTRY.c.participant_id == bindparam("who"),
    MAILBOX_ENTRY.c.id == bindparam("entry"),
    MAILBOX_ENTRY.c.state == "refused",
)
_SEEN = (
    update(MAILBOX_ENTRY)
    .where(MAILBOX_ENTRY.c.id == bindparam("row"))
    .values(seen_at=bindparam("seen"))
)


def mark_seen(visit: ParticipantVisit, entry: int) -> None:
    """Its person has read that it was not stored; it stays on record. Raises NotFound."""
    row = visit.session.execute(_MINE, {"who": visit.me.id, "entry": entry}).first()
    if row is None:
        raise NotFound
    if row.seen_at is None:
        write(visit.session, _SEEN, {"row": entry, "seen": visit.now})
        subject = Subject("mailbox", entry)
        audit.record(visit.session, visit.me.actor, "mailbox.seen", subject, now=visit.now)
