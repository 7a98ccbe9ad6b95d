"""Housekeeping: what only counts attempts, and what nobody came back for."""

from datetime import datetime

from sqlmodel import Session

from app.signin import passkeys, throttle
from app.visit import held

EVERY_SECONDS = 3600.0


def tidy_up(session: Session, now: datetime) -> None:
    """Delete old counts, and forms and questions whose time is over. Called by the worker."""
    throttle.forget_old(session, now)
    held.forget_old(session, now)
    passkeys.forget_old(session, now)
