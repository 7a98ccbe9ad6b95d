"""A simulated past is told to the end: starting the demo mails nobody about it.

Flags that nobody acknowledged in the story stay open, with the mails that would have gone out
about them on record as sent.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from app.alerts.digest import send_digest
from app.alerts.escalation import Waiting, open_flags, tell_all_steps
from app.demo.mail import mark_as_sent
from app.demo.site import ZONE, Team
from app.flags.service import acknowledge
from app.models.flags import FLAG
from app.rules.finding import Severity


def tell_the_past(
    session: Session, team: Team, participants: Collection[int], until: datetime
) -> None:
    """Every step of escalation, as if it had been taken by ``until``."""
    for one in open_flags(session):
        if one.participant_id not in participants:
            continue
        if one.flag.severity is Severity.EMERGENCY:
            _answer(session, team, one)
        else:
            tell_all_steps(session, one, until)
    mark_as_sent(session, list(participants))


def send_last_digest(
    session: Session, team: Team, participants: Collection[int], until: datetime
) -> None:
    """The one mail about routine flags that nobody took, when everybody is written."""
    send_digest(session, team.site_id, ZONE, until)
    mark_as_sent(session, list(participants))


def _answer(session: Session, team: Team, one: Waiting) -> None:
    """Mail about an emergency that nobody has in hand would never end."""
    wanted = select(FLAG.c.version).where(FLAG.c.id == one.flag.flag_id)
    version = session.execute(wanted).scalar_one()
    acknowledge(session, team.coordinator, one.flag.public_id, version, "", one.raised_at)
