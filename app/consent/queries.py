"""What is read about consent: what one participant agreed to, and the texts in force at a site."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.models.consent import CONSENT, CONSENT_VERSION
from app.models.people import STAFF

_GIVEN = (
    select(
        CONSENT.c.text_version,
        CONSENT.c.text_hash,
        CONSENT.c.language,
        CONSENT.c.kind,
        CONSENT.c.given_at,
        CONSENT.c.rounds,
        CONSENT.c.name_sealed,
    )
    .where(CONSENT.c.participant_id == bindparam("who"))
    .order_by(CONSENT.c.id)
)
_IN_FORCE = (
    select(
        CONSENT_VERSION.c.text_version,
        CONSENT_VERSION.c.change,
        CONSENT_VERSION.c.since,
        STAFF.c.name,
        CONSENT_VERSION.c.reason,
    )
    .join(STAFF, STAFF.c.id == CONSENT_VERSION.c.set_by)
    .where(CONSENT_VERSION.c.site_id == bindparam("site"))
    .order_by(CONSENT_VERSION.c.text_version.desc())
)


@dataclass(frozen=True, slots=True)
class Given:
    """That somebody agreed to a text, or read of a minor change to it."""

    text_version: int
    text_hash: str
    language: str
    kind: str
    given_at: datetime
    rounds: int
    name_sealed: str


@dataclass(frozen=True, slots=True)
class InForce:
    """A text that is or was in force; the newest one is."""

    text_version: int
    change: str
    since: datetime
    set_by: str
    reason: str


def given_by(session: Session, who: int) -> list[Given]:
    """What a participant agreed to, in the order of time."""
    return [Given(*row) for row in session.execute(_GIVEN, {"who": who})]


def signed_name(session: Session, given: Given) -> str:
    """The own name as it was typed, for the person's own copy."""
    found: str = session.info["keys"].unseal(given.name_sealed) if given.name_sealed else ""
    return found


def in_force_at(session: Session, site_id: int) -> list[InForce]:
    """The texts of a site, the one in force first."""
    return [InForce(*row) for row in session.execute(_IN_FORCE, {"site": site_id})]
