"""Reads whom a site can tell: its list, a participant's counselor, their covers, its leads."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, true
from sqlmodel import Session

from app.alerts.ladder import LEADS, Contact
from app.clock import local
from app.models.people import ContactHours, Site, Staff
from app.outbox.service import usable_address

_T: Any = Staff.__table__  # type: ignore[attr-defined]
_C: Any = ContactHours.__table__  # type: ignore[attr-defined]
_S: Any = Site.__table__  # type: ignore[attr-defined]
_STAFF = (
    select(
        _T.c.id,
        _T.c.email,
        _T.c.language,
        _T.c.role,
        _T.c.alert_position,
        (_T.c.id == bindparam("counselor")).label("is_counselor"),
        _C.c.weekdays,
        _C.c.from_minute,
        _C.c.until_minute,
        _C.c.absent_from,
        _C.c.absent_until,
        _C.c.cover_id,
    )
    .outerjoin(_C, _C.c.staff_id == _T.c.id)
    .where(
        _T.c.site_id == bindparam("site"),
        _T.c.active == true(),
        or_(
            _T.c.alert_position.is_not(None),
            _T.c.id == bindparam("counselor"),
            _T.c.role.in_(LEADS),
            _T.c.id.in_(select(_C.c.cover_id).where(_C.c.cover_id.is_not(None))),
        ),
    )
    # Those without a place on the list come last.
    .order_by(_T.c.alert_position.is_(None), _T.c.alert_position, _T.c.id)
)
_ZONE = select(_S.c.timezone).where(_S.c.id == bindparam("site"))


def contacts(session: Session, site_id: int, counselor_id: int | None) -> list[Contact]:
    """Everybody who may be told, in the order of the list; no mail goes to a bad address."""
    found = session.execute(_STAFF, {"site": site_id, "counselor": counselor_id or 0})
    return [_contact(row) for row in found if usable_address(row.email)]


def _contact(row: Any) -> Contact:
    own = (row.id, row.email, row.language, row.role, row.alert_position, bool(row.is_counselor))
    if row.from_minute is None:
        return Contact(*own)
    hours = (tuple(row.weekdays), row.from_minute, row.until_minute)
    return Contact(*own, *hours, row.absent_from, row.absent_until, row.cover_id)


def wall_of(session: Session, site_id: int, now: datetime) -> datetime:
    """``now`` on the wall of the site."""
    return local(now, session.execute(_ZONE, {"site": site_id}).scalar_one())
