"""One-time sign-in links for the demo: one for each role and language that has somebody."""

from datetime import datetime

from sqlalchemy import select, true
from sqlmodel import Session

from app.audit import SYSTEM
from app.db import Database
from app.models.people import PARTICIPANT, STAFF
from app.signin import phone, staff
from app.visit.roles import ROLES

_ORDER = tuple(ROLES)
_PARTICIPANTS = (
    select(PARTICIPANT.c.language, PARTICIPANT.c.id)
    .where(PARTICIPANT.c.status == "active")
    .order_by(PARTICIPANT.c.code, PARTICIPANT.c.id)
)
_STAFF = (
    select(STAFF.c.role, STAFF.c.language, STAFF.c.id)
    .where(STAFF.c.active == true())
    .order_by(STAFF.c.id)
)


def sign_in_links(database: Database, now: datetime) -> list[tuple[str, str]]:
    """(who, address), each good once and for 24 hours; former unused invitations end."""
    base_url = database.settings.base_url
    with database.write() as session:
        invited = [
            (label, f"{base_url}/start#{phone.invite(session, who, None, SYSTEM, now)}")
            for label, who in _first_participants(session)
        ]
        linked = [
            (label, f"{base_url}/sign-in/link#{staff.make_link(session, who, SYSTEM, now)}")
            for label, who in _first_staff(session)
        ]
    return [*invited, *linked]


def _first_participants(session: Session) -> list[tuple[str, int]]:
    first: dict[str, int] = {}
    for language, who in session.execute(_PARTICIPANTS):
        first.setdefault(_label("participant", language), who)
    return sorted(first.items())


def _first_staff(session: Session) -> list[tuple[str, int]]:
    first: dict[tuple[int, str], int] = {}
    for role, language, who in session.execute(_STAFF):
        first.setdefault((_ORDER.index(role), _label(role, language)), who)
    return [(label, who) for (_, label), who in sorted(first.items())]


def _label(role: str, language: str) -> str:
    return role if language == "en" else f"{role} {language}"
