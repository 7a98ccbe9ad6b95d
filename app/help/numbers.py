"""The sites' telephone numbers, in memory: they are shown when nothing else works."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.models.people import Site, SiteNumbers

_SITE: Any = Site.__table__  # type: ignore[attr-defined]
_OWN: Any = SiteNumbers.__table__  # type: ignore[attr-defined]
_SITES = select(
    _SITE.c.id, _SITE.c.emergency_number, _SITE.c.crisis_number, _SITE.c.clinic_number
).order_by(_SITE.c.id)
_BY_LANGUAGE = select(
    _OWN.c.site_id, _OWN.c.language, _OWN.c.emergency, _OWN.c.crisis, _OWN.c.clinic
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """As a person reads them; the page turns them into ``tel:`` links."""

    emergency: str = "112"
    crisis: str = ""
    clinic: str = ""


@dataclass(frozen=True, slots=True)
class OfSite:
    """The numbers of one site, and those of its own for a language."""

    usual: Numbers = Numbers()
    by_language: Mapping[str, Numbers] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownNumbers:
    """The numbers of every site by its id, the first site first."""

    sites: Mapping[int, OfSite] = field(default_factory=dict)

    def to(self, lang: str, site: int | None = None) -> Numbers:
        """What somebody of ``site`` who reads ``lang`` is told to call.

        Where the site is not known, those of the first one; with no site yet, the European
        emergency number.
        """
        first = next(iter(self.sites.values()), OfSite())
        found = first if site is None else self.sites.get(site, first)
        return found.by_language.get(lang, found.usual)


def read_numbers(session: Session) -> KnownNumbers:
    """The numbers of every site."""
    rows = session.execute(_SITES).all()
    by_language: dict[int, dict[str, Numbers]] = {row.id: {} for row in rows}
    for one in session.execute(_BY_LANGUAGE):
        by_language[one.site_id][one.language] = Numbers(one.emergency, one.crisis, one.clinic)
    return KnownNumbers({row.id: OfSite(Numbers(*row[1:]), by_language[row.id]) for row in rows})
