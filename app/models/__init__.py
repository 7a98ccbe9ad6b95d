"""Tables only, by subject. They stand on one floor because foreign keys cross rooms."""

from app.models import (
    audit,
    base,
    checkin,
    consent,
    counseling,
    diary,
    flags,
    framing,
    locks,
    mailbox,
    outbox,
    people,
    signing,
    trial,
    worklist,
    worksheets,
)

__all__ = [
    "audit",
    "base",
    "checkin",
    "consent",
    "counseling",
    "diary",
    "flags",
    "framing",
    "locks",
    "mailbox",
    "outbox",
    "people",
    "signing",
    "trial",
    "worklist",
    "worksheets",
]
