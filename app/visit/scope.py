"""Who may see whom: the one place that turns a public id into a participant, or into 404.

Some see their own caseload, some their site, every other role nobody (``roles``). Missing and
foreign are the same answer, so that an id tells nothing.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, bindparam, false, select
from sqlalchemy.orm import Session

from app.models.people import PARTICIPANT, dated_zone
from app.visit.identity import StaffMe
from app.visit.roles import SEES_OWN_CASELOAD, SEES_SITE
from app.web.errors import NotFound

log = logging.getLogger("daybook")


@dataclass(frozen=True, slots=True)
class ScopedParticipant:
    """A participant whom the staff member who asks may see."""

    id: int
    public_id: str
    site_id: int
    code: str
    sex: str | None
    timezone: str
    language: str
    first_dose_on: date | None
    counselor_id: int | None
    status: str
    enrolled_at: datetime


def in_scope(me: StaffMe) -> ColumnElement[bool]:
    """The condition on the ``participant`` table that holds for whoever ``me`` may see.

    For lists and joins; a role without participants of its own gets an empty list.
    """
    same_site = PARTICIPANT.c.site_id == me.site_id
    if me.may(SEES_SITE):
        return same_site
    if me.may(SEES_OWN_CASELOAD):
        return and_(same_site, PARTICIPANT.c.counselor_id == me.id)
    return false()


_COLUMNS = tuple(
    dated_zone(PARTICIPANT) if name == "timezone" else PARTICIPANT.c[name]
    for name in ScopedParticipant.__slots__
)
_ONE = select(*_COLUMNS).where(PARTICIPANT.c.public_id == bindparam("public_id"))


def participant_for(session: Session, me: StaffMe, public_id: str) -> ScopedParticipant:
    """The participant with this public id. Raises NotFound if foreign or missing."""
    row = session.execute(_ONE.where(in_scope(me)), {"public_id": public_id}).first()
    if row is None:
        log.warning("request %s: %s asked beyond their scope", me.request_id, me.actor.name)
        raise NotFound
    reached(session, row.id)
    return ScopedParticipant(*row)


def reached(session: Session, participant_id: int) -> None:
    """Whoever asks is shown this person: the gate notes that they were (``reads``)."""
    session.info.setdefault("reached", set()).add(participant_id)
