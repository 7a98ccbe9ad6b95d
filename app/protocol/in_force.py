"""Which version of the protocol the rules go by at a site.

The newest on record, or where none is, the one of this process: the bundled file or another.

A version is stored as its whole text after it was read, so a text that cannot be read was
damaged. The rules then go on with the version before it: a rule that stops is worse than one
with yesterday's threshold.
"""

import logging
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.models.people import PARTICIPANT
from app.models.trial import PROTOCOL_VERSION
from app.protocol.loader import known_versions, parse_stored, process_protocol, protocol_text
from app.protocol.model import Protocol, ProtocolError

log = logging.getLogger("daybook")
_IN_FORCE = (
    select(PROTOCOL_VERSION.c.version, PROTOCOL_VERSION.c.text)
    .where(
        PROTOCOL_VERSION.c.site_id == bindparam("site"),
        PROTOCOL_VERSION.c.since <= bindparam("now"),
    )
    .order_by(PROTOCOL_VERSION.c.since.desc(), PROTOCOL_VERSION.c.id.desc())
)
_SITE_OF = select(PARTICIPANT.c.site_id).where(PARTICIPANT.c.id == bindparam("who"))
_ALL = select(PROTOCOL_VERSION.c.version, PROTOCOL_VERSION.c.text).where(
    PROTOCOL_VERSION.c.site_id == bindparam("site")
)


def protocol_in_force(session: Session, site_id: int, now: datetime) -> Protocol:
    """The protocol that holds for everybody at ``site_id`` at ``now``; read once a transaction."""
    kept = _kept(session)
    if site_id not in kept:
        kept[site_id] = _newest(session, _IN_FORCE, {"site": site_id, "now": now})
    return kept[site_id]


def protocol_without_version() -> Protocol:
    """What holds at a site that never put a version in force."""
    return process_protocol()


def newest_protocol(session: Session, site_id: int) -> Protocol:
    """The one in force, for a reader who knows no moment: no version begins in the future."""
    return protocol_in_force(session, site_id, datetime.max.replace(tzinfo=UTC))


def protocol_of(session: Session, participant_id: int, now: datetime) -> Protocol:
    """`protocol_in_force` at the site of a participant."""
    site = session.info.get("site of", {}).get(participant_id)
    if site is None:
        site = session.connection().execute(_SITE_OF, {"who": participant_id}).scalar_one()
    return protocol_in_force(session, site, now)


def is_of_site(session: Session, participant_id: int, site_id: int) -> None:
    """Say what another read told already: at which site a participant is."""
    session.info.setdefault("site of", {})[participant_id] = site_id


def has_none_of_its_own(session: Session, site_id: int) -> None:
    """Say what another read told already: the site never put a version in force."""
    _kept(session)[site_id] = process_protocol()


def forget_protocol(session: Session, site_id: int) -> None:
    """To be said where another version is put in force: what was read does not hold any more."""
    _kept(session).pop(site_id, None)


def _kept(session: Session) -> dict[int, Protocol]:
    kept: dict[int, Protocol] = session.info.setdefault("protocols", {})
    return kept


def _newest(session: Session, statement: Any, values: dict[str, Any]) -> Protocol:
    for row in session.connection().execute(statement, values):
        found = _read(row.text)
        if found is not None:
            return found
    return protocol_without_version()


def text_in_force(session: Session, site_id: int, now: datetime) -> str:
    """The TOML text of `protocol_in_force`."""
    for row in session.execute(_IN_FORCE, {"site": site_id, "now": now}):
        if _read(row.text) is not None:
            return str(row.text)
    return protocol_text()


def all_versions(session: Session, site_id: int) -> dict[str, Protocol]:
    """Every version that a record of this site may name: the bundled ones and the file's too."""
    known = known_versions()
    for row in session.execute(_ALL, {"site": site_id}):
        found = _read(row.text)
        if found is not None:
            known[row.version] = found
    return known


def _read(text: str) -> Protocol | None:
    try:
        return parse_stored(text)
    except ProtocolError:
        log.error("a version of the protocol that was stored cannot be read")
        return None
