"""Reads whom a site can notify: its list, a participant's counselor, their covers, its leads."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, true
from sqlmodel import Session

from app.alerts.ladder import Recipient
from app.clock import local
from app.models.people import ALERT_HOURS, SITE, STAFF
from app.outbox.service import usable_address
from app.visit.roles import LEADS_SITE, holders

_STAFF = (
    select(
        STAFF.c.id,
        STAFF.c.email,
        STAFF.c.language,
        STAFF.c.role,
        STAFF.c.alert_position,
        (STAFF.c.id == bindparam("counselor_id")).label("is_counselor"),
        ALERT_HOURS.c.weekdays,
        ALERT_HOURS.c.from_minute,
        ALERT_HOURS.c.until_minute,
        ALERT_HOURS.c.absent_from,
        ALERT_HOURS.c.absent_until,
        ALERT_HOURS.c.cover_id,
    )
    .outerjoin(ALERT_HOURS, ALERT_HOURS.c.staff_id == STAFF.c.id)
    .where(
        STAFF.c.site_id == bindparam("site"),
        STAFF.c.active == true(),
        or_(
            STAFF.c.alert_position.is_not(None),
            STAFF.c.id == bindparam("counselor_id"),
            STAFF.c.role.in_(holders(LEADS_SITE)),
            STAFF.c.id.in_(
                select(ALERT_HOURS.c.cover_id).where(ALERT_HOURS.c.cover_id.is_not(None))
            ),
        ),
    )
    # Those without a place on the list come last.
    .order_by(STAFF.c.alert_position.is_(None), STAFF.c.alert_position, STAFF.c.id)
)
_ZONE = select(SITE.c.timezone).where(SITE.c.id == bindparam("site"))


def recipients(session: Session, site_id: int, counselor_id: int | None) -> list[Recipient]:
    """Everybody who may be notified, in the order of the list; no mail goes to a bad address."""
    found = session.execute(_STAFF, {"site": site_id, "counselor_id": counselor_id or 0})
    return [_recipient(row) for row in found if usable_address(row.email)]


def _recipient(row: Any) -> Recipient:
    own = (row.id, row.email, row.language, row.role, row.alert_position, bool(row.is_counselor))
    if row.from_minute is None:
        return Recipient(*own)
    hours = (tuple(row.weekdays), row.from_minute, row.until_minute)
    return Recipient(*own, *hours, row.absent_from, row.absent_until, row.cover_id)


def wall_of(session: Session, site_id: int, now: datetime) -> datetime:
    """``now`` on the wall of the site."""
    return local(now, session.execute(_ZONE, {"site": site_id}).scalar_one())
