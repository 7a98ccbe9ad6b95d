"""The site's telephone numbers, in memory: they are shown when nothing else works."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.models.people import Site, SiteNumbers

_SITE: Any = Site.__table__  # type: ignore[attr-defined]
_OWN: Any = SiteNumbers.__table__  # type: ignore[attr-defined]
_FIRST = (
    select(_SITE.c.id, _SITE.c.emergency_number, _SITE.c.crisis_number, _SITE.c.clinic_number)
    .order_by(_SITE.c.id)
    .limit(1)
)
_BY_LANGUAGE = select(_OWN.c.language, _OWN.c.emergency, _OWN.c.crisis, _OWN.c.clinic).where(
    _OWN.c.site_id == bindparam("site")
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """As a person reads them; the page turns them into ``tel:`` links."""

    emergency: str = "112"
    crisis: str = ""
    clinic: str = ""


@dataclass(frozen=True, slots=True)
class KnownNumbers:
    """The numbers of the site, and those of its own for a language."""

    usual: Numbers = Numbers()
    by_language: Mapping[str, Numbers] = field(default_factory=dict)

    @property
    def emergency(self) -> str:
        return self.usual.emergency

    @property
    def crisis(self) -> str:
        return self.usual.crisis

    @property
    def clinic(self) -> str:
        return self.usual.clinic

    def to(self, lang: str) -> Numbers:
        """What somebody who reads ``lang`` is told to call."""
        return self.by_language.get(lang, self.usual)


def read_numbers(session: Session) -> KnownNumbers:
    """The numbers of the first site; with no site yet, the European emergency number."""
    row = session.execute(_FIRST).first()
    if row is None:
        return KnownNumbers()
    own = session.execute(_BY_LANGUAGE, {"site": row.id}).all()
    return KnownNumbers(Numbers(*row[1:]), {one[0]: Numbers(*one[1:]) for one in own})
