"""Whom alerts are about, and who answers for them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from app.clock import local_day
from app.models.people import PARTICIPANT, SITE, dated_zone
from app.models.trial import PROTOCOL_VERSION
from app.timeline.known import Participant as Header

_PERSON = (
    select(
        PARTICIPANT.c.id,
        PARTICIPANT.c.site_id,
        dated_zone(PARTICIPANT),
        PARTICIPANT.c.counselor_id,
        PARTICIPANT.c.code,
        PARTICIPANT.c.sex,
        PARTICIPANT.c.first_dose_on,
        PARTICIPANT.c.enrolled_at,
        SITE.c.timezone,
        exists().where(PROTOCOL_VERSION.c.site_id == PARTICIPANT.c.site_id),
    )
    .join(SITE, SITE.c.id == PARTICIPANT.c.site_id)
    .where(PARTICIPANT.c.id == bindparam("who"))
)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the flags are about, and who answers for them.

    ``own_protocol``: the site has a version of the protocol on record, in force or not.
    """

    id: int
    site_id: int
    timezone: str
    counselor_id: int | None
    code: str
    sex: str | None
    first_dose_on: date | None
    enrolled_at: datetime
    site_zone: str
    own_protocol: bool

    @property
    def header(self) -> Header:
        """As a timeline begins."""
        enrolled_on = local_day(self.enrolled_at, self.timezone)
        return Header(self.code, self.timezone, self.sex, self.first_dose_on, enrolled_on)


def read_person(session: Session, participant_id: int) -> Person:
    """Raises NoResultFound."""
    return Person(*session.connection().execute(_PERSON, {"who": participant_id}).one())
