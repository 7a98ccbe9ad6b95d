"""Put mail into the outbox, in the transaction of what it tells of; send refused mail again."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app.addresses import BadAddress, bare, mailbox
from app.models.outbox import MESSAGE

_KNOWN = select(MESSAGE.c.id).where(MESSAGE.c.dedup_key == bindparam("key"))
_INSERT = insert(MESSAGE).returning(MESSAGE.c.id)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")


class BadHeader(ValueError):
    """A recipient or subject that would write headers of its own."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What one mail says, to whoever gets it."""

    subject: str
    text: str
    html: str


def enqueue(
    session: Session,
    dedup_key: str,
    kind: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
) -> int:
    """The id of the waiting message; that of the earlier one where ``dedup_key`` is known.

    ``dedup_key`` has at most 120 characters. Raises BadHeader.
    """
    if not usable_address(recipient):
        raise BadHeader("the recipient is not one plain mail address")
    if _CONTROL.search(subject) or not subject.strip():
        raise BadHeader("the subject is not one line of text")
    known = session.execute(_KNOWN, {"key": dedup_key}).scalar()
    if known is not None:
        return int(known)
    values = {
        "dedup_key": dedup_key,
        "header_id": header_id(dedup_key, session.info.get("base_url", "")),
        "kind": kind,
        "recipient": recipient,
        "subject": subject,
        "text": text,
        "html": html,
        "created_at": now,
        "due_at": now,
        "status": "waiting",
        "attempts": 0,
    }
    return int(session.execute(_INSERT, values).scalar_one())


def header_id(dedup_key: str, base_url: str) -> str:
    """The Message-ID: made from the key, so that every copy of a mail carries the same."""
    host = urlsplit(base_url).hostname or "localhost"
    return f"<{sha256(dedup_key.encode()).hexdigest()[:32]}@{host}>"


def usable_address(text: str) -> bool:
    """Whether ``text`` is one plain address that can stand in a header and an envelope."""
    try:
        return bool(mailbox(text)) and text == bare(text)
    except BadAddress:
        return False


def retry_refused(session: Session, now: datetime) -> int:
    """Send refused mail once more, after an address or a mail server was put right; how many."""
    done = session.execute(
        update(MESSAGE)
        .where(MESSAGE.c.status == "failed")
        .values(status="waiting", due_at=now, lease_owner=None, lease_until=None)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
