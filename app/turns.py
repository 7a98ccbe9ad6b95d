"""Whose turn it is to decide: about a person, at a site, under a name.

What is read, decided and then written stands under one lock, held until the transaction ends, so
that of two who come at once the second sees what the first has stored. A participant's requests
hold the participant's row from the gate on; whoever else decides about them asks for it here.

A transaction asks for a site before it asks for a person, and for one person only, unless it takes
those who are free: then nobody can wait in a circle. The chain of the audit trail comes last, at
the commit. SQLite has one writer anyway, so nothing is asked there.
"""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.models.people import PARTICIPANT, SITE

# Not FOR UPDATE: rows that refer to the participant or the site are written meanwhile.
_PERSON = (
    select(PARTICIPANT.c.id)
    .where(PARTICIPANT.c.id == bindparam("id"))
    .with_for_update(key_share=True)
)
_FREE_PERSON = (
    select(PARTICIPANT.c.id)
    .where(PARTICIPANT.c.id == bindparam("id"))
    .with_for_update(key_share=True, skip_locked=True)
)
_SITE = select(SITE.c.id).where(SITE.c.id == bindparam("id")).with_for_update(key_share=True)
_NAME = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 4417002)))


def of_person(session: Session, participant_id: int) -> None:
    """Wait until nobody else decides about the participant."""
    if _asks(session):
        session.execute(_PERSON, {"id": participant_id})


def of_person_if_free(session: Session, participant_id: int) -> bool:
    """For a job over many people: whoever is sending something now is left for its next run."""
    return not _asks(session) or bool(session.execute(_FREE_PERSON, {"id": participant_id}).first())


def of_site(session: Session, site_id: int) -> None:
    """Wait until nobody else decides what only the whole site tells, such as a free code."""
    if _asks(session):
        session.execute(_SITE, {"id": site_id})


def of_names(session: Session, names: Collection[str]) -> None:
    """Wait for what may have no row yet, such as the attempts at an account."""
    if _asks(session):
        for name in sorted(names):
            session.execute(_NAME, {"name": name})


def _asks(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
