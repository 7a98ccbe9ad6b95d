"""The site's telephone numbers, in memory: they are shown when nothing else works."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.models.people import Site

_SITE: Any = Site.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Numbers:
    """As a person reads them; the page turns them into ``tel:`` links."""

    emergency: str = "112"
    crisis: str = ""
    clinic: str = ""


def read_numbers(session: Session) -> Numbers:
    """The numbers of the first site; with no site yet, the European emergency number."""
    row = session.execute(
        select(_SITE.c.emergency_number, _SITE.c.crisis_number, _SITE.c.clinic_number)
        .order_by(_SITE.c.id)
        .limit(1)
    ).first()
    return Numbers(*row) if row else Numbers()
