"""Who works at a site, how far each account is, and what somebody would leave behind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, true
from sqlmodel import Session

from app.addresses import spellings
from app.models.flags import FLAG
from app.models.people import AUTH_SESSION, PARTICIPANT, STAFF, STAFF_LINK
from app.visit.identity import StaffMe
from app.visit.roles import HANDLES_ALERTS, HOLDS_SESSIONS, SEES_SITE, may
from app.web.errors import NotFound

_SIGNED_IN = (
    select(func.max(AUTH_SESSION.c.created_at))
    .where(AUTH_SESSION.c.staff_id == STAFF.c.id)
    .scalar_subquery()
)
_LINK = (
    select(func.max(STAFF_LINK.c.expires_at))
    .where(STAFF_LINK.c.staff_id == STAFF.c.id, STAFF_LINK.c.used_at.is_(None))
    .scalar_subquery()
)
_CASELOAD = (
    select(func.count())
    .select_from(PARTICIPANT)
    .where(PARTICIPANT.c.counselor_id == STAFF.c.id)
    .scalar_subquery()
)
_IN_HAND = (
    select(func.count())
    .select_from(FLAG)
    .where(FLAG.c.acknowledged_by == STAFF.c.id, FLAG.c.status == "acknowledged")
    .scalar_subquery()
)
_COLLEAGUES = (
    select(
        STAFF.c.id,
        STAFF.c.public_id,
        STAFF.c.name,
        STAFF.c.email,
        STAFF.c.role,
        STAFF.c.language,
        STAFF.c.active,
        STAFF.c.alert_position,
        STAFF.c.password_hash.is_not(None).label("has_password"),
        _SIGNED_IN.label("signed_in_at"),
        _LINK.label("link_until"),
        _CASELOAD.label("caseload"),
        _IN_HAND.label("in_hand"),
    )
    .where(STAFF.c.site_id == bindparam("site"))
    .order_by(STAFF.c.active.desc(), STAFF.c.name, STAFF.c.id)
)
_HOLD = select(STAFF.c.id).where(STAFF.c.id == bindparam("who")).with_for_update()
_BY_ADDRESS = select(STAFF.c.id, STAFF.c.site_id, STAFF.c.active)


@dataclass(frozen=True, slots=True)
class Colleague:
    """An account. ``caseload``: participants whose counselor they are; ``in_hand``: alerts that
    they acknowledged and nobody closed; ``link_until``: how long an unused link is good."""

    id: int
    public_id: str
    name: str
    email: str
    role: str
    language: str
    active: bool
    position: int | None
    has_password: bool
    signed_in_at: datetime | None
    link_until: datetime | None
    caseload: int
    in_hand: int

    @property
    def leaves_work(self) -> bool:
        return bool(self.caseload or self.in_hand)

    def may_follow(self, other: "Colleague") -> bool:
        """Whether this one can take over all that the other would leave."""
        if not self.active or self.id == other.id:
            return False
        takes_people = not other.caseload or may(self.role, HOLDS_SESSIONS)
        whose = may(self.role, SEES_SITE) or bool(other.caseload)
        takes_alerts = not other.in_hand or (may(self.role, HANDLES_ALERTS) and whose)
        return takes_people and takes_alerts


def hold(session: Session, staff_id: int) -> None:
    """Until this transaction ends nobody takes an alert, or signs in, as this staff member."""
    session.execute(_HOLD, {"who": staff_id})


def colleagues(session: Session, me: StaffMe) -> list[Colleague]:
    """Everybody who ever had an account at the site of ``me``, who works there now first."""
    return [Colleague(*row) for row in session.execute(_COLLEAGUES, {"site": me.site_id})]


def colleague(session: Session, me: StaffMe, public_id: str) -> Colleague:
    """One of them. Raises NotFound."""
    found = next((one for one in colleagues(session, me) if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class AddressInUse:
    """An address that has an account already; perhaps at another site."""

    id: int
    site_id: int
    active: bool


def account_of(session: Session, email: str) -> AddressInUse | None:
    wanted = _BY_ADDRESS.where(STAFF.c.email.in_(spellings(email)))
    row: Any = session.execute(wanted).first()
    return AddressInUse(*row) if row else None


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A signed-in browser of one's own; ``here``: the one that asks."""

    id: int
    created_at: datetime
    last_seen_at: datetime
    here: bool


_OWN = (
    select(AUTH_SESSION.c.id, AUTH_SESSION.c.created_at, AUTH_SESSION.c.last_seen_at)
    .where(
        AUTH_SESSION.c.staff_id == bindparam("who"),
        AUTH_SESSION.c.ended_at.is_(None),
        AUTH_SESSION.c.expires_at > bindparam("now"),
        AUTH_SESSION.c.last_seen_at > bindparam("since"),
    )
    .order_by(AUTH_SESSION.c.id.desc())
)
_ACCOUNT = select(STAFF.c.email, STAFF.c.password_hash).where(
    STAFF.c.id == bindparam("who"), STAFF.c.active == true()
)
_BY_LINK = (
    select(STAFF_LINK.c.id)
    .join(AUTH_SESSION, AUTH_SESSION.c.created_at == STAFF_LINK.c.used_at)
    .where(
        STAFF_LINK.c.staff_id == bindparam("who"),
        AUTH_SESSION.c.staff_id == bindparam("who"),
        AUTH_SESSION.c.id == bindparam("id"),
    )
)


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """``by_link``: this session began with a one-time link, so that no password is known."""

    email: str
    password_hash: str | None
    by_link: bool


def own_account(session: Session, me: StaffMe) -> OwnAccount:
    row = session.execute(_ACCOUNT, {"who": me.id}).one()
    came = session.execute(_BY_LINK, {"who": me.id, "id": me.session_id}).first()
    return OwnAccount(row.email, row.password_hash, came is not None)


def own_sessions(session: Session, me: StaffMe, now: datetime, since: datetime) -> list[OwnSession]:
    """The live ones, the newest first; ``since``: who was not seen after it is signed out."""
    rows = session.execute(_OWN, {"who": me.id, "now": now, "since": since})
    return [
        OwnSession(row.id, row.created_at, row.last_seen_at, row.id == me.session_id)
        for row in rows
    ]
