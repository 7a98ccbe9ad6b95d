"""Who of the staff read which page of a participant: an entry a page and half hour.

It is written once the answer is made, in a transaction of its own: a page may be read while
nothing can be stored. Pages that leave an entry each time they are opened need none of it.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session
from starlette.requests import Request

from app import audit
from app.audit import Subject
from app.models.audit import AUDIT_ENTRY
from app.visit.identity import StaffMe
from app.web.errors import UNAVAILABLE

log = logging.getLogger("daybook")
READ = "record.read"
SLOT = timedelta(minutes=30)
# What this process has noted already; the trail is asked again after that many.
MOST_KEPT = 4096
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_NOTED = select(AUDIT_ENTRY.c.changes).where(
    AUDIT_ENTRY.c.subject_kind == "participant",
    AUDIT_ENTRY.c.subject_id == bindparam("who"),
    AUDIT_ENTRY.c.action == READ,
    AUDIT_ENTRY.c.actor == bindparam("actor"),
    AUDIT_ENTRY.c.at >= bindparam("since"),
)


def note_reads(request: Request, me: StaffMe, people: Iterable[int], now: datetime) -> None:
    """That ``me`` saw this page of these people; what was asked for is done by now."""
    page = request.scope["endpoint"].__name__
    since = now - (now - _EPOCH) % SLOT
    kept: set[tuple[int, int, str, datetime]] = request.app.state.reads
    for who in people:
        key = (me.id, who, page, since)
        if key in kept:
            continue
        try:
            with request.app.state.database.write() as session:
                _note(session, me, who, page, since, now)
        except UNAVAILABLE as error:
            log.warning("who read a page was not noted (%s)", type(error).__name__)
            return
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept.add(key)


def _note(
    session: Session, me: StaffMe, who: int, page: str, since: datetime, now: datetime
) -> None:
    # Whoever else notes the same looks after this one is done.
    audit.hold_chain(session, me.site_id)
    asked = {"who": who, "actor": me.actor.name, "since": since}
    if any(changes["page"][1] == page for changes in session.execute(_NOTED, asked).scalars()):
        return
    changes = {"page": [None, page]}
    audit.record(session, me.actor, READ, Subject("participant", who), now=now, changes=changes)
