"""Which version of the protocol the rules go by at a site.

The newest on record, or where none is, the one of this process: the bundled file or another.

A version is stored as its whole text after it was read, so a text that cannot be read was
damaged. The rules then go on with the version before it: a rule that stops is worse than one
with yesterday's threshold.
"""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.models.trial import ProtocolVersion
from app.protocol.loader import bundled_protocol, load_protocol, parse_stored, protocol_text
from app.protocol.model import Protocol, ProtocolError

log = logging.getLogger("daybook")
_V: Any = ProtocolVersion.__table__  # type: ignore[attr-defined]
_IN_FORCE = (
    select(_V.c.version, _V.c.text)
    .where(_V.c.site_id == bindparam("site"), _V.c.since <= bindparam("now"))
    .order_by(_V.c.since.desc(), _V.c.id.desc())
)
_ALL = select(_V.c.version, _V.c.text).where(_V.c.site_id == bindparam("site"))


def protocol_in_force(session: Session, site_id: int, now: datetime) -> Protocol:
    """The protocol by which flags of ``site_id`` are judged at ``now``."""
    for row in session.connection().execute(_IN_FORCE, {"site": site_id, "now": now}):
        found = _read(row.version, row.text)
        if found is not None:
            return found
    return load_protocol()


def text_in_force(session: Session, site_id: int, now: datetime) -> str:
    """The TOML text of `protocol_in_force`."""
    for row in session.execute(_IN_FORCE, {"site": site_id, "now": now}):
        if _read(row.version, row.text) is not None:
            return str(row.text)
    return protocol_text()


def all_versions(session: Session, site_id: int) -> dict[str, Protocol]:
    """Every version that a record of this site may name: the bundled one and the file's too."""
    known = {one.version: one for one in (bundled_protocol(), load_protocol())}
    for row in session.execute(_ALL, {"site": site_id}):
        found = _read(row.version, row.text)
        if found is not None:
            known[row.version] = found
    return known


def _read(version: str, text: str) -> Protocol | None:
    try:
        return parse_stored(text)
    except ProtocolError:
        log.error("protocol version %r cannot be read", version)
        return None
