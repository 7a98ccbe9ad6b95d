"""Whom alerts are about, and who answers for them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from app.models.people import Participant, Site, dated_zone
from app.models.trial import ProtocolVersion
from app.timeline.known import Participant as Header

_P: Any = Participant.__table__  # type: ignore[attr-defined]
_S: Any = Site.__table__  # type: ignore[attr-defined]
_V: Any = ProtocolVersion.__table__  # type: ignore[attr-defined]
_PERSON = (
    select(
        _P.c.id,
        _P.c.site_id,
        dated_zone(_P),
        _P.c.counselor_id,
        _P.c.code,
        _P.c.sex,
        _P.c.first_dose_on,
        _S.c.timezone,
        exists().where(_V.c.site_id == _P.c.site_id),
    )
    .join(_S, _S.c.id == _P.c.site_id)
    .where(_P.c.id == bindparam("who"))
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
    site_zone: str
    own_protocol: bool

    @property
    def header(self) -> Header:
        """As a timeline begins."""
        return Header(self.code, self.timezone, self.sex, self.first_dose_on)


def read_person(session: Session, participant_id: int) -> Person:
    """Raises NoResultFound."""
    return Person(*session.connection().execute(_PERSON, {"who": participant_id}).one())
