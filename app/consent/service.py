"""What is put on record about consent: the text in force at a site, and who agreed to which."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlmodel import Session

from app import audit, turns
from app.audit import Actor, Subject
from app.instruments.consent.text import fingerprint
from app.models.consent import CONSENT, CONSENT_VERSION
from app.visit.identity import StaffMe

_TEXT = insert(CONSENT_VERSION).returning(CONSENT_VERSION.c.id)
_GIVE = insert(CONSENT).returning(CONSENT.c.id)
_NEWEST = (
    select(CONSENT_VERSION.c.text_version)
    .where(CONSENT_VERSION.c.site_id == bindparam("site"))
    .order_by(CONSENT_VERSION.c.text_version.desc())
    .limit(1)
)
_GIVEN = select(CONSENT.c.id).where(
    CONSENT.c.participant_id == bindparam("who"), CONSENT.c.text_version == bindparam("text")
)


def newest_in_force(session: Session, site_id: int) -> int | None:
    """The newest text in force at a site, if any is."""
    found: int | None = session.execute(_NEWEST, {"site": site_id}).scalar()
    return found


def put_in_force(
    session: Session, me: StaffMe, text_version: int, change: str, reason: str, now: datetime
) -> bool:
    """A later text than the one in force; the first one is asked of everybody. False if not later.

    After a major change everybody is asked anew; a minor one is shown and asks nothing.
    """
    turns.of_site(session, me.site_id)
    newest = newest_in_force(session, me.site_id)
    if newest is not None and text_version <= newest:
        return False
    values: dict[str, Any] = {
        "site_id": me.site_id,
        "text_version": text_version,
        "change": "major" if newest is None else change,
        "since": now,
        "set_by": me.id,
        "reason": reason,
    }
    row = int(session.execute(_TEXT, values).scalar_one())
    changes = {"version": [newest, text_version], "change": [None, values["change"]]}
    subject = Subject("consent_version", row)
    audit.record(
        session, me.actor, "consent.text", subject, now=now, changes=changes, reason=reason
    )
    return True


def give(
    session: Session,
    actor: Actor,
    who: int,
    text_version: int,
    language: str,
    now: datetime,
    *,
    name: str,
    rounds: int,
) -> bool:
    """A participant agrees, under their own name, after all questions were right."""
    sealed = session.info["keys"].seal(name)
    more = {"kind": "given", "rounds": rounds, "name_sealed": sealed}
    return _put(session, actor, who, text_version, language, now, more)


def inform(
    session: Session, actor: Actor, who: int, text_version: int, language: str, now: datetime
) -> bool:
    """A participant has read of a minor change."""
    more = {"kind": "informed", "rounds": 0, "name_sealed": session.info["keys"].seal("")}
    return _put(session, actor, who, text_version, language, now, more)


def _put(
    session: Session,
    actor: Actor,
    who: int,
    text_version: int,
    language: str,
    now: datetime,
    more: dict[str, Any],
) -> bool:
    """False where it is on record already. No name stands in the trail: it can be erased."""
    turns.of_person(session, who)
    if session.execute(_GIVEN, {"who": who, "text": text_version}).first() is not None:
        return False
    digest = fingerprint(text_version)
    values = {
        "participant_id": who,
        "text_version": text_version,
        "text_hash": digest,
        "language": language,
        "given_at": now,
        **more,
    }
    row = int(session.execute(_GIVE, values).scalar_one())
    changes = {
        "version": [None, text_version],
        "language": [None, language],
        "text_hash": [None, digest],
        "rounds": [None, more["rounds"]],
    }
    action = "consent.give" if more["kind"] == "given" else "consent.inform"
    subject = Subject("consent_given", row)
    audit.record(session, actor, action, subject, now=now, changes=changes)
    return True
