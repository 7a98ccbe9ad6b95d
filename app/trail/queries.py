"""The trail of one site, newest first, a page at a time by the number of its entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session

from app.models.audit import AUDIT_ENTRY
from app.models.people import PARTICIPANT, STAFF
from app.trail.asked import DAYBOOK, PARTICIPANTS, READS_ALONE, Asked
from app.trail.kinds import CODE, READS, about
from app.trail.shown import Entry
from app.visit.identity import StaffMe

SIZE = 50
REVIEW = "trail.review"
_ENTRY = select(
    *(AUDIT_ENTRY.c[name] for name in Entry.__slots__ if name != "code"),
    CODE,
).where(AUDIT_ENTRY.c.chain == bindparam("site"))
_CODES = select(PARTICIPANT.c.code, PARTICIPANT.c.id).where(
    PARTICIPANT.c.site_id == bindparam("site")
)
_STAFF = (
    select(STAFF.c.id, STAFF.c.public_id, STAFF.c.name)
    .where(STAFF.c.site_id == bindparam("site"))
    .order_by(STAFF.c.name, STAFF.c.id)
)
_REVIEWS = (
    _ENTRY.where(
        AUDIT_ENTRY.c.subject_kind == "trail",
        AUDIT_ENTRY.c.subject_id == bindparam("site"),
        AUDIT_ENTRY.c.action == REVIEW,
    )
    .order_by(AUDIT_ENTRY.c.seq.desc())
    .limit(bindparam("most"))
)
_LAST = (
    select(AUDIT_ENTRY.c.seq, AUDIT_ENTRY.c.hash)
    .where(AUDIT_ENTRY.c.chain == bindparam("site"))
    .order_by(AUDIT_ENTRY.c.seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Page:
    """``newer`` and ``older``: the number from which the page beside it goes on, or None."""

    entries: tuple[Entry, ...]
    newer: int | None
    older: int | None


@dataclass(frozen=True, slots=True)
class Colleague:
    id: int
    public_id: str
    name: str


def codes(session: Session, me: StaffMe) -> dict[str, int]:
    """The participants of the site by their codes."""
    return {row.code.upper(): row.id for row in session.execute(_CODES, {"site": me.site_id})}


def colleagues(session: Session, me: StaffMe) -> list[Colleague]:
    """Everybody who ever had an account at the site."""
    return [Colleague(*row) for row in session.execute(_STAFF, {"site": me.site_id})]


def one(session: Session, me: StaffMe, number: int) -> Entry | None:
    found = session.execute(_ENTRY.where(AUDIT_ENTRY.c.seq == number), {"site": me.site_id}).first()
    return Entry(*found) if found else None


def page(
    session: Session, me: StaffMe, asked: Asked, before: int | None, after: int | None
) -> Page:
    """The newest that fit; ``before`` and ``after`` are numbers of entries, at most one given."""
    wanted, seq = _wanted(me, asked), AUDIT_ENTRY.c.seq
    if after is not None:
        wanted = wanted.where(seq > after).order_by(seq)
    else:
        wanted = wanted.order_by(seq.desc())
        wanted = wanted.where(seq < before) if before is not None else wanted
    rows = session.execute(wanted.limit(SIZE + 1), {"site": me.site_id}).all()
    found, more = [Entry(*row) for row in rows[:SIZE]], len(rows) > SIZE
    if after is not None:
        found.reverse()
    if not found:
        return Page((), None, None)
    newest, oldest = found[0].seq, found[-1].seq
    has_newer = more if after is not None else before is not None
    has_older = True if after is not None else more
    return Page(tuple(found), newest if has_newer else None, oldest if has_older else None)


def count(session: Session, me: StaffMe, asked: Asked, most: int) -> int:
    """How many entries fit, and no more than ``most`` are counted."""
    some = _wanted(me, asked).with_only_columns(AUDIT_ENTRY.c.seq).limit(most).subquery()
    found: int = session.execute(
        select(func.count()).select_from(some), {"site": me.site_id}
    ).scalar_one()
    return found


def every(session: Session, me: StaffMe, asked: Asked) -> Iterator[Entry]:
    """All that fit, the oldest first, as they come."""
    wanted = _wanted(me, asked).order_by(AUDIT_ENTRY.c.seq).execution_options(yield_per=500)
    for row in session.execute(wanted, {"site": me.site_id}):
        yield Entry(*row)


def _wanted(me: StaffMe, asked: Asked) -> Select[Any]:
    found = _ENTRY
    if asked.person is not None:
        found = found.where(about(asked.person))
    if asked.staff is not None:
        found = found.where(AUDIT_ENTRY.c.actor == f"staff:{asked.staff}")
    if asked.by == PARTICIPANTS:
        found = found.where(AUDIT_ENTRY.c.actor.startswith("participant:"))
    if asked.by == DAYBOOK:
        found = found.where(AUDIT_ENTRY.c.actor.startswith("system:"))
    if asked.kind == READS_ALONE:
        found = found.where(AUDIT_ENTRY.c.action.in_(READS))
    elif asked.kind:
        found = found.where(AUDIT_ENTRY.c.subject_kind == asked.kind)
    first, end = asked.span(me.timezone)
    if first is not None:
        found = found.where(AUDIT_ENTRY.c.at >= first)
    return found.where(AUDIT_ENTRY.c.at < end) if end is not None else found


def reviews(session: Session, me: StaffMe, most: int = 5) -> list[Entry]:
    """The newest reviews of the trail of this site."""
    return [Entry(*row) for row in session.execute(_REVIEWS, {"site": me.site_id, "most": most})]


def head(session: Session, me: StaffMe) -> tuple[int, str]:
    """How many entries the chain of the site has, and its last hash."""
    found = session.execute(_LAST, {"site": me.site_id}).first()
    return (found.seq, found.hash) if found else (0, "")


def reviewed_with(session: Session, me: StaffMe, token: str, since: datetime) -> bool:
    """Whether this form is on record already."""
    return bool(token) and any(
        entry.changes.get("form") == [None, token] and entry.at >= since
        for entry in reviews(session, me)
    )
